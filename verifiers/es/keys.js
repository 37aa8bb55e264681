/** Public keys as entries write them, and their key ids (FORMAT 4). */
import { concat, equal, fromBase64, fromHex, hex } from './bytes.js';
import { checkKey } from './ed25519.js';
import { refuse } from './errors.js';
import { text } from './shape.js';
import { sha256 } from './webcrypto.js';

/** SubjectPublicKeyInfo of Ed25519, before the 32 bytes. */
const PREFIX = fromHex('302a300506032b6570032100', 12);

/**
 * @param {any} value base64 of the SubjectPublicKeyInfo
 * @returns {Promise<{keyid: string, raw: Uint8Array}>}
 * @throws {import('./errors.js').VerifyError} `KEY_FORM`, `KEY_WEAK`
 */
export async function publicKey(value) {
  const bytes = fromBase64(text(value));
  if (!bytes || bytes.length !== 44 || !equal(bytes.subarray(0, 12), PREFIX)) {
    refuse('KEY_FORM', 'This is not the base64 of an Ed25519 SubjectPublicKeyInfo.');
  }
  const raw = bytes.slice(12);
  checkKey(raw);
  return { keyid: await keyIdOf(raw), raw };
}

/** @param {Uint8Array} raw 32 bytes @returns {Promise<string>} */
export async function keyIdOf(raw) {
  return hex((await sha256(concat(PREFIX, raw))).subarray(0, 16));
}

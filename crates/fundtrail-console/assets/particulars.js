/**
 * Particulars that a transaction seals: what stands in it is a digest, and the value travels beside it in a disclosure
 * (FORMAT 9; SD-JWT, RFC 9901).
 */
// @ts-check
import { fail } from './fault.js';
import { base64url, utf8 } from './verify/bytes.js';
import { sha256 } from './verify/webcrypto.js';

const CHARACTERS_MAX = 1_024;

/**
 * @param {string} name
 * @param {string} value
 * @param {Uint8Array} salt 16 bytes, fresh and random for each
 * @returns {Promise<{text: string, digest: string}>}
 * @throws {import('./fault.js').Fault} `DISCLOSURE_FORM`
 */
export async function disclosure(name, value, salt) {
  if (salt.length < 16) fail('DISCLOSURE_FORM', 'A salt has at least 16 bytes.');
  if (['', '_sd', '...'].includes(name)) fail('DISCLOSURE_FORM', 'The name is not allowed.');
  if (/[\ud800-\udfff]/u.test(name + value)) fail('DISCLOSURE_FORM', 'A text has half a surrogate pair.');
  const text = base64url(utf8(JSON.stringify([base64url(salt), name, value])));
  if (text.length > CHARACTERS_MAX) fail('DISCLOSURE_FORM', 'A particular is too long.');
  return { text, digest: base64url(await sha256(utf8(text))) };
}

/**
 * @param {[name: string, value: string][]} particulars those left empty are not sealed
 * @returns {Promise<{sealed: Record<string, string>, disclosures: string[]}>}
 * @throws {import('./fault.js').Fault} `DISCLOSURE_FORM`
 */
export async function seal(particulars) {
  /** @type {Record<string, string>} */
  const sealed = {};
  const disclosures = [];
  for (const [name, value] of particulars) {
    if (value.trim() === '') continue;
    if (Object.hasOwn(sealed, name)) fail('DISCLOSURE_FORM', 'A particular is there twice.');
    const made = await disclosure(name, value.trim(), crypto.getRandomValues(new Uint8Array(16)));
    sealed[name] = made.digest;
    disclosures.push(made.text);
  }
  return { sealed, disclosures };
}

/** Disclosures of sealed particulars (FORMAT 9). What the value must look like (FORMAT 16) is not checked here. */
import { base64url, fromBase64url, textOf, utf8 } from './bytes.js';
import { refuse, under } from './errors.js';
import { parseJson } from './strict-json.js';
import { sha256 } from './webcrypto.js';

const CHARACTERS_MAX = 1_024;
const SALT_BYTES_MIN = 16;

/**
 * @param {import('./bytes.js').Input} input
 * @returns {Promise<{salt: string, name: string, value: string, digest: string}>} `digest` is what the transaction has
 *   under the name in `sealed`
 * @throws {import('./errors.js').VerifyError} `DISCLOSURE_FORM`
 */
export async function parseDisclosure(input) {
  const text = textOf(input, 'DISCLOSURE_FORM');
  const bytes = text.length <= CHARACTERS_MAX ? fromBase64url(text) : null;
  if (!bytes) return refuse('DISCLOSURE_FORM', `A disclosure is base64url of at most ${CHARACTERS_MAX} characters.`);
  const parts = await under('DISCLOSURE_FORM', 'The disclosure is no JSON', () => parseJson(bytes));
  if (!Array.isArray(parts) || parts.length !== 3 || parts.some((part) => typeof part !== 'string')) {
    refuse('DISCLOSURE_FORM', 'A disclosure is an array of a salt, a name and a value.');
  }
  const [salt, name, value] = parts;
  if (!((fromBase64url(salt)?.length ?? 0) >= SALT_BYTES_MIN)) refuse('DISCLOSURE_FORM', 'The salt is too short.');
  if (['', '_sd', '...'].includes(name)) refuse('DISCLOSURE_FORM', 'The name is not allowed.');
  return { salt, name, value, digest: base64url(await sha256(utf8(text))) };
}

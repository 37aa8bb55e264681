/**
 * Tokens that a reader signs for itself: short-lived JWTs under EdDSA (RFC 7519, RFC 8037), byte for byte as
 * `fundtrail token` writes them. Whoever has one reads as its signer until it ends, so it ends soon.
 */
// @ts-check
import { signBytes } from './keys.js';
import { base64url, utf8 } from './verify/bytes.js';

/** How long a token holds, in seconds. A node takes up to an hour, the console a quarter of one. */
export const TOKEN_SECONDS = 600;

/**
 * @param {import('./keys.js').SignerKey} key
 * @param {string} ledger the ledger's origin
 * @param {number} now seconds after 1970
 * @param {number} [seconds] how long it holds
 * @returns {Promise<string>}
 */
export async function signToken(key, ledger, now, seconds = TOKEN_SECONDS) {
  const header = { alg: 'EdDSA', kid: key.keyid, typ: 'JWT' };
  const claims = { aud: ledger, exp: now + seconds, iat: now };
  const part = (value) => base64url(utf8(JSON.stringify(value)));
  const message = `${part(header)}.${part(claims)}`;
  return `${message}.${base64url(await signBytes(key, utf8(message)))}`;
}

/**
 * Private key files: PKCS#8 in PEM, plain or encrypted (RFC 5958, RFC 8018, RFC 8410), as `fundtrail key` and OpenSSL
 * write them. Of encryptions there is one: PBES2 with PBKDF2, HMAC-SHA256 and AES-256-CBC.
 *
 * Nothing here keeps or sends anything. What held a secret is overwritten, as far as the language allows.
 */
// @ts-check
import { Der } from './der.js';
import { fail, Fault } from './fault.js';
import { concat, equal, fromBase64, fromHex, textOf, utf8 } from './verify/bytes.js';
import { VerifyError } from './verify/errors.js';
import { subtle } from './verify/webcrypto.js';

const FILE_BYTES_MAX = 4096;
/** More than this would stop the browser for minutes; what `fundtrail key` writes is 600,000. */
const ITERATIONS_MAX = 10_000_000;

const ED25519 = '2b6570';
const PBES2 = '2a864886f70d01050d';
const PBKDF2 = '2a864886f70d01050c';
const HMAC_SHA256 = '2a864886f70d0209';
const AES_256_CBC = '60864801650304012a';

/** PKCS#8 version 1 of Ed25519, up to the seed: the one form that every WebCrypto takes. */
const PREFIX = fromHex('302e020100300506032b657004220420', 16);

/** @typedef {{isEncrypted: boolean, der: Uint8Array}} KeyFile */
/** @typedef {{pkcs8: Uint8Array, publicKey: Uint8Array | null}} PrivateKey `publicKey`: the 32 bytes the file says */

/**
 * Takes the PEM off a key file.
 * @param {string | Uint8Array} input
 * @returns {KeyFile}
 * @throws {Fault} `NOT_A_KEY`, `PUBLIC_KEY` for the other half, `NOT_PKCS8` for private keys in other clothes
 */
export function readKeyFile(input) {
  const text = textual(input);
  const blocks = [...text.matchAll(/^-----BEGIN ([A-Z0-9 ]+)-----[ \t]*\r?$/gm)];
  if (blocks.length === 0) fail('NOT_A_KEY', 'The file has no key in PEM.');
  if (blocks.length > 1) fail('NOT_A_KEY', 'The file has more than one thing in PEM.');
  const label = blocks[0][1];
  if (label === 'PUBLIC KEY') fail('PUBLIC_KEY', 'This is the public half of a key; the private one signs.');
  if (label !== 'PRIVATE KEY' && label !== 'ENCRYPTED PRIVATE KEY') {
    if (label.endsWith('PRIVATE KEY')) fail('NOT_PKCS8', `A key written as ${label} is not read; convert it to PKCS#8.`);
    fail('NOT_A_KEY', `The file has ${label}, not a private key.`);
  }
  const rest = text.slice(blocks[0].index + blocks[0][0].length);
  const parts = /^\n([A-Za-z0-9+/=\r\n]*)^-----END ([A-Z0-9 ]+)-----\s*$/m.exec(rest);
  if (!parts || parts.index !== 0 || parts[2] !== label || parts[0].length !== rest.length) {
    return fail('NOT_A_KEY', 'The PEM of the key does not end, or something stands in it or follows it.');
  }
  const der = fromBase64(parts[1].replace(/[\r\n]/g, ''));
  if (!der || der.length === 0) return fail('NOT_A_KEY', 'The PEM of the key is not base64.');
  return { isEncrypted: label.startsWith('ENCRYPTED'), der };
}

/**
 * The private key of a file.
 * @param {KeyFile} file
 * @param {string | null} [passphrase] its UTF-8 counts
 * @returns {Promise<PrivateKey>} `pkcs8` in one form, for WebCrypto; overwrite it after use
 * @throws {Fault} `PASSPHRASE_NEEDED`, `WRONG_PASSPHRASE`, `UNSUPPORTED_ENCRYPTION`, `ITERATIONS`, `NOT_ED25519`,
 *   `NOT_A_KEY`
 */
export async function openKey({ isEncrypted, der }, passphrase = null) {
  if (!isEncrypted) return readPrivateKey(der, 'NOT_A_KEY');
  const parameters = readEncrypted(der);
  if (passphrase === null || passphrase === '') fail('PASSPHRASE_NEEDED', 'The key is encrypted.');
  const plain = await decrypt(parameters, passphrase);
  try {
    // One wrong passphrase in 256 leaves a good padding behind, and nonsense before it.
    return readPrivateKey(plain, 'WRONG_PASSPHRASE');
  } finally {
    plain.fill(0);
  }
}

/**
 * OneAsymmetricKey (RFC 5958) of Ed25519 (RFC 8410, section 7).
 * @param {Uint8Array} der
 * @param {string} code of what is no such thing
 * @returns {PrivateKey}
 */
function readPrivateKey(der, code) {
  const file = new Der(der, code);
  const key = file.sequence();
  file.end();
  const version = key.integer();
  if (version > 1) fail(code, 'A key has version 1, or 2 with its public half.');
  const algorithm = key.sequence();
  if (algorithm.oid() !== ED25519) fail('NOT_ED25519', 'The key is of another algorithm than Ed25519.');
  algorithm.end();
  const inner = new Der(key.octets(), code);
  const seed = inner.octets();
  inner.end();
  if (seed.length !== 32) fail(code, 'A private key of Ed25519 has 32 bytes.');
  if (key.next === 0xa0) key.contents(0xa0);
  let publicKey = null;
  if (version === 1) {
    publicKey = key.bits(0x81).slice();
    if (publicKey.length !== 32) fail(code, 'A public key of Ed25519 has 32 bytes.');
  }
  key.end();
  return { pkcs8: concat(PREFIX, seed), publicKey };
}

/**
 * EncryptedPrivateKeyInfo (RFC 5958) under PBES2 (RFC 8018, appendix A.4).
 * @param {Uint8Array} der
 */
function readEncrypted(der) {
  const file = new Der(der);
  const info = file.sequence();
  file.end();
  const algorithm = info.sequence();
  const data = info.octets();
  info.end();
  needs(algorithm.oid(), PBES2, 'not PBES2');
  const parameters = algorithm.sequence();
  algorithm.end();
  const derivation = parameters.sequence();
  const cipher = parameters.sequence();
  parameters.end();
  needs(derivation.oid(), PBKDF2, 'not PBKDF2');
  const { salt, iterations } = readDerivation(derivation.sequence());
  derivation.end();
  needs(cipher.oid(), AES_256_CBC, 'not AES-256-CBC');
  const iv = cipher.octets();
  cipher.end();
  if (iv.length !== 16) fail('NOT_A_KEY', 'The initial block of AES has 16 bytes.');
  if (data.length === 0 || data.length % 16 !== 0) fail('NOT_A_KEY', 'What AES encrypts comes in blocks of 16 bytes.');
  return { salt, iterations, iv, data };
}

/** @param {Der} parameters */
function readDerivation(parameters) {
  const salt = parameters.octets();
  const iterations = parameters.integer();
  if (iterations < 1 || iterations > ITERATIONS_MAX) {
    fail('ITERATIONS', `The passphrase is to be hashed ${iterations} times; 1 to ${ITERATIONS_MAX} are taken.`);
  }
  if (parameters.isInteger && parameters.integer() !== 32) fail('NOT_A_KEY', 'The key of AES-256 has 32 bytes.');
  if (parameters.isAtEnd) fail('UNSUPPORTED_ENCRYPTION', 'The key is encrypted with HMAC-SHA1.');
  const hash = parameters.sequence();
  needs(hash.oid(), HMAC_SHA256, 'not HMAC-SHA256');
  if (!hash.isAtEnd) hash.null();
  hash.end();
  parameters.end();
  return { salt, iterations };
}

function needs(found, expected, otherwise) {
  if (found !== expected) fail('UNSUPPORTED_ENCRYPTION', `The key is encrypted by other means: ${otherwise}.`);
}

/** @param {ReturnType<typeof readEncrypted>} parameters @param {string} passphrase @returns {Promise<Uint8Array>} */
async function decrypt({ salt, iterations, iv, data }, passphrase) {
  const secret = utf8(passphrase);
  const base = await subtle().importKey('raw', secret, 'PBKDF2', false, ['deriveKey']);
  secret.fill(0);
  const derivation = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations };
  const key = await subtle().deriveKey(derivation, base, { name: 'AES-CBC', length: 256 }, false, ['decrypt']);
  try {
    return new Uint8Array(await subtle().decrypt({ name: 'AES-CBC', iv }, key, data));
  } catch {
    return fail('WRONG_PASSPHRASE', 'The passphrase does not open the key.');
  }
}

/** @param {string | Uint8Array} input @returns {string} */
function textual(input) {
  if (input.length > FILE_BYTES_MAX) fail('NOT_A_KEY', `A key file has at most ${FILE_BYTES_MAX} bytes.`);
  try {
    return textOf(input, 'NOT_A_KEY');
  } catch (error) {
    if (error instanceof VerifyError) throw new Fault('NOT_A_KEY', 'The file is not text.');
    throw error;
  }
}

/** @param {Uint8Array | null} stated @param {Uint8Array} derived that a file names its own public half */
export function checkPublicHalf(stated, derived) {
  if (stated && !equal(stated, derived)) fail('NOT_A_KEY', 'The public key in the file is not that of the private one.');
}

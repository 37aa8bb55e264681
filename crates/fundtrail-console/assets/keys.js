/**
 * The signer's key in this browser: taken from a file, kept where pages find it again and no script can read it out,
 * and forgotten. The file itself is never kept and never sent.
 */
// @ts-check
import { fail } from './fault.js';
import { checkPublicHalf, openKey, readKeyFile } from './pkcs8.js';
import { base64, concat, fromBase64url, fromHex } from './verify/bytes.js';
import { keyIdOf } from './verify/keys.js';
import { subtle } from './verify/webcrypto.js';

const ALGORITHM = { name: 'Ed25519' };
/** SubjectPublicKeyInfo of Ed25519, before the 32 bytes (FORMAT 4). */
const SPKI = fromHex('302a300506032b6570032100', 12);

const DATABASE = 'fundtrail';
const STORE = 'keys';
const CURRENT = 'current';
/** After so long a key must be shown again, in milliseconds: a working day. */
const KEPT_MAX = 10 * 3600 * 1000;

/**
 * @typedef {object} SignerKey
 * @property {string} keyid 32 hex digits (FORMAT 4)
 * @property {string} publicKey base64 of the SubjectPublicKeyInfo
 * @property {CryptoKey} privateKey signs, and cannot be exported
 */

/**
 * A key of a key file.
 * @param {string | Uint8Array} file
 * @param {string | null} [passphrase]
 * @returns {Promise<SignerKey>}
 * @throws {import('./fault.js').Fault} the codes of `pkcs8.js`, `NO_ED25519`
 */
export async function importKey(file, passphrase = null) {
  const { pkcs8, publicKey: stated } = await openKey(readKeyFile(file), passphrase);
  try {
    const raw = await publicHalf(pkcs8);
    checkPublicHalf(stated, raw);
    return {
      keyid: await keyIdOf(raw),
      publicKey: base64(concat(SPKI, raw)),
      privateKey: await importPkcs8(pkcs8, false),
    };
  } finally {
    pkcs8.fill(0);
  }
}

/**
 * @param {SignerKey} key
 * @param {Uint8Array} message
 * @returns {Promise<Uint8Array>} 64 bytes
 */
export async function signBytes({ privateKey }, message) {
  return new Uint8Array(await subtle().sign(ALGORITHM, privateKey, message));
}

async function importPkcs8(pkcs8, isExtractable) {
  try {
    return await subtle().importKey('pkcs8', pkcs8, ALGORITHM, isExtractable, ['sign']);
  } catch (error) {
    return fail('NO_ED25519', `This browser cannot sign with Ed25519 (${error?.name ?? error}).`);
  }
}

/** WebCrypto works a public key out only while it exports the private one. */
async function publicHalf(pkcs8) {
  const { x } = await subtle().exportKey('jwk', await importPkcs8(pkcs8, true));
  return fromBase64url(x) ?? fail('NO_ED25519', 'This browser works out no public key.');
}

/** @typedef {SignerKey & {since: number}} Kept `since`: milliseconds after 1970 */

/**
 * Keeps a key for the next pages, instead of whichever was kept.
 * @param {SignerKey} key
 * @param {number} [now]
 */
export async function keep(key, now = Date.now()) {
  const { keyid, publicKey, privateKey } = key;
  await inStore('readwrite', (store) => store.put({ keyid, publicKey, privateKey, since: now }, CURRENT));
}

/**
 * @param {number} [now]
 * @returns {Promise<Kept | null>} none, or one that was kept for too long
 */
export async function kept(now = Date.now()) {
  const key = await inStore('readonly', (store) => store.get(CURRENT));
  if (!key) return null;
  if (now >= key.since && now < key.since + KEPT_MAX) return key;
  await forget();
  return null;
}

export async function forget() {
  await inStore('readwrite', (store) => store.delete(CURRENT));
}

/**
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest} ask
 * @returns {Promise<any>} what it answered, once the transaction is through
 */
async function inStore(mode, ask) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = ask(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? new Error('the browser keeps nothing'));
    });
  } finally {
    database.close();
  }
}

/** How long a database may take to open, in milliseconds, before it is tried once more. */
const PATIENCE = 4000;

/**
 * A browser can lose an opening whose page was left meanwhile, and then says nothing of the next one either; a second
 * try gets through.
 * @returns {Promise<IDBDatabase>}
 * @throws {import('./fault.js').Fault} `KEY_STORE`
 */
async function opened() {
  const database = (await tryOpening()) ?? (await tryOpening());
  return database ?? fail('KEY_STORE', 'This browser does not open the place where it keeps keys. Close its other pages of this ledger.');
}

/** @returns {Promise<IDBDatabase | null>} nothing where it takes too long */
function tryOpening() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    const late = setTimeout(() => resolve(null), PATIENCE);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => {
      clearTimeout(late);
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => {
      clearTimeout(late);
      reject(request.error);
    };
  });
}

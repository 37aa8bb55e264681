/** The hash functions, from WebCrypto. */
import { refuse } from './errors.js';

/** @returns {SubtleCrypto} */
export function subtle() {
  const found = globalThis.crypto?.subtle;
  return found ?? refuse('NO_WEBCRYPTO', 'There is no WebCrypto here; load the page over HTTPS or from this machine.');
}

/** @param {Uint8Array} bytes @returns {Promise<Uint8Array>} 32 bytes */
export async function sha256(bytes) {
  return new Uint8Array(await subtle().digest('SHA-256', bytes));
}

/**
 * Why something does not verify. Every refusal is a `VerifyError` with a stable code of `docs/FORMAT.md`; anything
 * else that is thrown is a fault of this software or of the machine.
 *
 * Two codes are this verifier's own: `NO_WEBCRYPTO` (no WebCrypto here, as on a page that was not loaded over HTTPS)
 * and `NO_ED25519` (WebCrypto has no Ed25519, or one that accepts what the format refuses). Neither says anything
 * about the document.
 */

export class VerifyError extends Error {
  /**
   * @param {string} code stable, upper case
   * @param {string} message one sentence
   * @param {bigint | null} [entry] the entry that it is about
   */
  constructor(code, message, entry = null) {
    super(message);
    this.name = 'VerifyError';
    this.code = code;
    this.entry = entry;
    /** What was checked before, and the check that failed; set by the functions that verify in steps.
     * @type {import('./steps.js').Step[]} */
    this.steps = [];
  }
}

/**
 * @param {string} code
 * @param {string} message
 * @param {bigint | null} [entry]
 * @returns {never}
 */
export function refuse(code, message, entry = null) {
  throw new VerifyError(code, message, entry);
}

/**
 * Runs a check and reports whatever it refuses under another code.
 * @template T
 * @param {string} code
 * @param {string} about what the sentence is about
 * @param {() => T | Promise<T>} check
 * @param {bigint | null} [entry]
 * @returns {Promise<T>}
 */
export async function under(code, about, check, entry = null) {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof VerifyError) || error.code.startsWith('NO_')) throw error;
    throw new VerifyError(code, `${about}: ${error.message}`, entry);
  }
}

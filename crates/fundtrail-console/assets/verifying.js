/** Which verification a document asks for, and whose word is trusted. Nothing here knows a page. */
// @ts-check
import { exportSteps } from './export.js';
import { equal, textOf } from './verify/bytes.js';
import { refuse } from './verify/errors.js';
import { parseEntry, parseReceipt, receiptSteps, sealSteps, statementSteps } from './verify/fundtrail-verify.js';

/** The longest file that is read, in bytes. */
export const FILE_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Whom to trust, as somebody pasted it: a log's verifier key on one line, or else a policy file.
 * @param {string} text
 * @returns {{logKey: string} | {policy: string} | null} null for nothing
 */
export function trustOf(text) {
  const plain = text.trim();
  if (plain === '') return null;
  return /\s/.test(plain) ? { policy: `${text.trim()}\n` } : { logKey: plain };
}

/**
 * The steps for a file, by its beginning.
 * @param {Uint8Array} bytes
 * @param {import('./verify/policy.js').TrustGiven} trust
 * @param {(size: bigint) => Promise<import('./export.js').Grown>} log for files of entries, see `export.js`
 * @returns {AsyncGenerator<import('./verify/steps.js').Step, any>}
 */
export function fileSteps(bytes, trust, log) {
  if (bytes.length > FILE_BYTES_MAX) refuse('FILE_TOO_LARGE', 'The file is too large for a page.');
  const text = textOf(bytes, 'NOT_UTF8');
  if (text.startsWith('{"index":')) return exportSteps(text, trust, log);
  if (!text.trimStart().startsWith('{')) return receiptSteps(bytes, trust);
  return text.includes('"fundtrail-seal/') ? sealSteps(bytes, trust) : statementSteps(bytes, trust);
}

/**
 * The steps for an entry's own page: its receipt, its signatures, and that the page shows the bytes that are proved.
 * @param {string} receipt
 * @param {import('./verify/policy.js').TrustGiven} trust
 * @param {object} page
 * @param {bigint} page.index the entry that the page is about
 * @param {Uint8Array | null} page.shown the raw bytes on the page, where it shows them
 * @param {(keyid: string) => Promise<string | null>} publicKey looks a key up, for those the entry does not bring
 * @returns {AsyncGenerator<import('./verify/steps.js').Step, any>}
 */
export async function* entrySteps(receipt, trust, { index, shown }, publicKey) {
  const keys = await keysFor(receipt, publicKey);
  const found = yield* receiptSteps(receipt, trust, { publicKeys: keys });
  if (found.index !== index) return yield* other(`The receipt is for entry ${found.index}.`);
  if (shown && !equal(shown, found.entry)) return yield* other('The page shows other bytes than those proved.');
  yield { name: 'page', ok: true, detail: 'The page is about these bytes.' };
  return found;
}

async function* other(detail) {
  yield { name: 'page', ok: false, code: 'ENTRY_DIFFERS', detail };
  return refuse('ENTRY_DIFFERS', detail);
}

/** The keys that an entry's signatures name. What cannot be read is left for the steps to say. */
async function keysFor(receipt, publicKey) {
  /** @type {Map<string, string>} */
  const keys = new Map();
  let named = [];
  try {
    const { extra } = parseReceipt(receipt);
    named = extra ? parseEntry(extra).envelope.signatures : [];
  } catch {
    return keys;
  }
  for (const { keyid } of named) {
    const key = await publicKey(keyid);
    if (key) keys.set(keyid, key);
  }
  return keys;
}

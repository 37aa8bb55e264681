/** Receipts (C2SP tlog-proof@v1, FORMAT 11 and 12): one file that proves an entry is in the ledger. */
import { fromBase64, hex, textOf, utf8 } from './bytes.js';
import { checkpointChecks, parseDecimal } from './checkpoint.js';
import { entryChecks } from './entry.js';
import { refuse, under } from './errors.js';
import { finish, walk } from './steps.js';
import { leafHash, verifyInclusion } from './tree.js';

const HEADER = 'c2sp.org/tlog-proof@v1';
const HASHES_MAX = 63;
const EXTRA_BYTES_MAX = 65_535;

/** @typedef {{extra: Uint8Array | null, index: bigint, proof: Uint8Array[], note: string}} Receipt */

/**
 * @param {import('./bytes.js').Input} input
 * @returns {Receipt}
 * @throws {import('./errors.js').VerifyError} `RECEIPT_FORM`, `RECEIPT_TOO_LARGE`
 */
export function parseReceipt(input) {
  const text = textOf(input, 'RECEIPT_FORM');
  const end = text.indexOf('\n\n');
  if (end === -1) wrong('has no blank line before its checkpoint');
  const lines = text.slice(0, end).split('\n');
  if (lines.shift() !== HEADER) wrong(`does not begin with ${HEADER}`);
  const extra = lines[0]?.startsWith('extra ') ? fromBase64(lines.shift().slice(6)) : null;
  const indexLine = lines.shift() ?? '';
  const index = indexLine.startsWith('index ') ? parseDecimal(indexLine.slice(6)) : null;
  if (index === null) return wrong('has no index where it belongs');
  if (lines.length > HASHES_MAX) refuse('RECEIPT_TOO_LARGE', `A receipt has at most ${HASHES_MAX} hashes.`);
  const proof = lines.map((line) => {
    const hash = fromBase64(line);
    return hash?.length === 32 ? hash : wrong('has a line that is no hash');
  });
  return { extra: extraOf(text, extra), index, proof, note: text.slice(end + 2) };
}

function extraOf(text, extra) {
  if (!text.startsWith(`${HEADER}\nextra `)) return null;
  if (!extra || extra.length === 0) return wrong('has an entry that is no base64, or empty');
  if (extra.length > EXTRA_BYTES_MAX) refuse('RECEIPT_TOO_LARGE', `An entry has at most ${EXTRA_BYTES_MAX} bytes.`);
  return extra;
}

/** @param {string} what @returns {never} */
function wrong(what) {
  return refuse('RECEIPT_FORM', `The receipt ${what}.`);
}

/**
 * @typedef {object} ReceiptOptions
 * @property {string | Uint8Array} [entry] the entry you hold; if not given, the one that the receipt carries
 * @property {import('./entry.js').PublicKeys} [publicKeys] also read the entry and verify its signatures under these
 */

/**
 * @param {import('./bytes.js').Input} input
 * @param {import('./policy.js').TrustGiven | import('./policy.js').Trust} trust
 * @param {ReceiptOptions} [options]
 */
export function receiptSteps(input, trust, options = {}) {
  /** @type {any} */
  const found = {};
  let receipt, bytes;
  /** @type {import('./steps.js').Check[]} */
  const checks = [
    ['form', () => {
      receipt = parseReceipt(input);
      const held = typeof options.entry === 'string' ? utf8(options.entry) : options.entry;
      bytes = held ?? receipt.extra;
      if (!bytes) refuse('RECEIPT_NO_ENTRY', 'The receipt carries no entry, and none was given.');
      return `A receipt for entry ${receipt.index}, of ${bytes.length} bytes.`;
    }],
    ...checkpointChecks(() => receipt.note, trust, found),
    ['inclusion', async () => {
      const { size, root } = found.checkpoint;
      const leaf = await leafHash(bytes);
      await under('RECEIPT_PROOF', 'The entry is not in the tree', () => {
        return verifyInclusion({ index: receipt.index, size, leaf, proof: receipt.proof, root });
      });
      Object.assign(found, { index: receipt.index, leaf, entry: bytes });
      return `Entry ${receipt.index} of ${size}, leaf ${hex(leaf)}.`;
    }],
  ];
  if (options.publicKeys) checks.push(...entryChecks(() => found, options.publicKeys));
  return walk(checks, () => found);
}

/**
 * That an entry is in the ledger.
 * @param {import('./bytes.js').Input} input
 * @param {import('./policy.js').TrustGiven | import('./policy.js').Trust} trust
 * @param {ReceiptOptions} [options]
 * @returns {Promise<{index: bigint, leaf: Uint8Array, entry: Uint8Array,
 *   checkpoint: import('./checkpoint.js').Checkpoint, cosigned: import('./checkpoint.js').Cosigned[],
 *   steps: import('./steps.js').Step[]}>} `entry` is its exact bytes
 * @throws {import('./errors.js').VerifyError} `RECEIPT_…`, and the codes of notes and checkpoints
 */
export function verifyReceipt(input, trust, options) {
  return finish(receiptSteps(input, trust, options));
}

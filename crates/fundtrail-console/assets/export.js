/**
 * A file of entries (FORMAT 10), verified in steps: each is an entry, each follows the one before, every signature
 * verifies under a key that an earlier entry brought, and together they are the tree that a checkpoint commits to.
 * Whether the rules were kept is for `fundtrail audit`.
 */
// @ts-check
import { hex, utf8 } from './verify/bytes.js';
import { checkpointChecks } from './verify/checkpoint.js';
import { parseEntry, transactionFor, verifyEntrySignatures } from './verify/entry.js';
import { refuse, under, VerifyError } from './verify/errors.js';
import { walk } from './verify/steps.js';
import { keysBroughtBy } from './verify/transaction.js';
import { leafHash, rootOf, verifyConsistency } from './verify/tree.js';

/** @typedef {{entry: import('./verify/entry.js').Entry, leaf: Uint8Array}} Line */

/** @typedef {{checkpoint: string | Uint8Array, hashes: Uint8Array[]}} Grown the log's checkpoint, and the proof of growth */

/**
 * @param {string} text
 * @param {import('./verify/policy.js').TrustGiven} trust
 * @param {(size: bigint) => Promise<Grown>} log gives a checkpoint and proves that its tree begins with one of that size
 * @returns {AsyncGenerator<import('./verify/steps.js').Step, any>}
 */
export function exportSteps(text, trust, log) {
  /** @type {any} */
  const found = {};
  /** @type {Line[]} */
  let lines = [];
  /** @type {Grown} */
  let grown;
  const [[name, signature], ...rest] = checkpointChecks(() => grown.checkpoint, trust, found);
  return walk([
    ['form', async () => {
      lines = await readLines(text);
      return `${lines.length} entries.`;
    }],
    ['items', () => {
      checkChain(lines);
      return `Each follows the one before, from the first to entry ${lines.length - 1}.`;
    }],
    [name, async () => {
      grown = await log(BigInt(lines.length));
      return signature();
    }],
    ...rest,
    ['inclusion', async () => {
      const { size, root } = found.checkpoint;
      const fromRoot = await rootOf(lines.map(({ leaf }) => leaf));
      const claim = { from: lines.length, to: size, fromRoot, toRoot: root, proof: grown.hashes };
      await under('EXPORT_TREE', 'These are not the entries of the log', () => verifyConsistency(claim));
      return `They are the first ${lines.length} of the log's ${size} entries.`;
    }],
    ['signers', async () => {
      const count = await checkSignatures(lines, found.checkpoint.origin);
      return `${count} signatures, each under a key that an earlier entry brought.`;
    }],
  ], () => found);
}

async function readLines(text) {
  if (!text.endsWith('\n')) refuse('EXPORT_FORM', 'The last line has no end.');
  const lines = [];
  for (const [at, line] of text.slice(0, -1).split('\n').entries()) {
    const about = `Line ${at + 1} is no entry`;
    const entry = await under('EXPORT_FORM', about, () => parseEntry(line), BigInt(at));
    lines.push({ entry, leaf: await leafHash(utf8(line)) });
  }
  return lines;
}

/** @param {Line[]} lines */
function checkChain(lines) {
  for (const [at, { entry }] of lines.entries()) {
    const prev = at === 0 ? '0'.repeat(64) : hex(lines[at - 1].leaf);
    if (entry.index !== BigInt(at) || entry.prev !== prev) {
      refuse('EXPORT_CHAIN', `Line ${at + 1} does not follow the one before it.`, BigInt(at));
    }
  }
}

/** @param {Line[]} lines @param {string} origin @returns {Promise<number>} how many there are */
async function checkSignatures(lines, origin) {
  /** @type {Map<string, Uint8Array>} */
  const keys = new Map();
  let count = 0;
  for (const { entry } of lines) {
    try {
      const transaction = transactionFor(origin, entry);
      count += (await verifyEntrySignatures(entry, keys)).signers.length;
      for (const [keyid, raw] of await keysBroughtBy(transaction)) keys.set(keyid, raw);
    } catch (error) {
      if (error instanceof VerifyError) error.message = `Entry ${entry.index}: ${error.message}`;
      throw error;
    }
  }
  return count;
}

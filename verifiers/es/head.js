/**
 * What a period seal says of one object (FORMAT 13, 13.1): its head, or, by its neighbours in byte order, that it had
 * none. A proof in a tree of the wrong number of leaves still shows whether a leaf is the first, the last, or next to
 * another one, because the directions on its way up are fixed by the root.
 */
import { formatAmount, signedAmount } from './amount.js';
import { compareTexts, fromBase64, fromHex, utf8 } from './bytes.js';
import { transactionFor } from './entry.js';
import { refuse, under } from './errors.js';
import { digest, list, nullable, object, text, whole } from './shape.js';
import { parseJson, quote } from './strict-json.js';
import { leafHash, verifyInclusion } from './tree.js';

/** @typedef {{leaf: string, index: bigint, hashes: Uint8Array[]}} SealLeaf */
/** @typedef {{leaves: bigint, present: SealLeaf | null, before: SealLeaf | null, after: SealLeaf | null}} HeadProof */
/** @typedef {{object: string, revision: bigint, entry: bigint, balance: bigint | null}} Head balance in fen */

/** The members of a `HeadProof`, as a document names them. */
export const HEAD_MEMBERS = ['leaves', 'present?', 'before?', 'after?'];

/** @param {Record<string, any>} members @returns {HeadProof} */
export function readHeadProof({ leaves, present, before, after }) {
  return {
    leaves: whole(leaves),
    present: nullable(present, sealLeaf),
    before: nullable(before, sealLeaf),
    after: nullable(after, sealLeaf),
  };
}

function sealLeaf(value) {
  const { leaf, index, hashes: proof } = object(value, ['leaf', 'index', 'hashes']);
  return { leaf: text(leaf), index: whole(index), hashes: hashes(proof) };
}

/** @param {any} value base64 texts @returns {Uint8Array[]} */
export function hashes(value) {
  return list(value, (item) => {
    const hash = fromBase64(text(item));
    return hash?.length === 32 ? hash : refuse('SHAPE', 'A hash is not the base64 of 32 bytes.');
  });
}

/**
 * @param {import('./entry.js').Entry} entry
 * @param {string} period
 * @param {string} origin of the checkpoint that the entry is under
 * @returns {Promise<Uint8Array>} the root over all heads before the entry
 * @throws {import('./errors.js').VerifyError} `SEAL`
 */
export function sealedRoot(entry, period, origin) {
  return under('SEAL', `Entry ${entry.index} is no seal of ${period}`, () => {
    const { kind, body } = transactionFor(origin, entry);
    if (kind !== 'period_seal') refuse('SEAL', `it is a transaction of the kind ${kind}.`);
    const members = object(body, ['period', 'size', 'root']);
    if (text(members.period) !== period) refuse('SEAL', `it seals ${members.period}.`);
    if (whole(members.size) !== entry.index) refuse('SEAL', `it was made for ${members.size} entries.`);
    return fromHex(digest(members.root), 32);
  }, entry.index);
}

/**
 * @param {HeadProof} proof
 * @param {Uint8Array} root
 * @param {string} name of the object
 * @param {bigint} entry of the seal
 * @returns {Promise<Head | null>} null: proved to have had no revision
 * @throws {import('./errors.js').VerifyError} `SEAL`
 */
export function verifyHead({ leaves, present, before, after }, root, name, entry) {
  return under('SEAL', `The seal does not say what is claimed of ${name}`, async () => {
    const proved = async ({ leaf, index, hashes: proof }) => {
      const hash = await leafHash(utf8(leaf));
      await verifyInclusion({ index, size: leaves, leaf: hash, proof, root });
      return parseLeaf(leaf);
    };
    if (present) {
      if (before || after) refuse('SEAL', 'a head and its absence are both claimed.');
      const head = await proved(present);
      return head.object === name ? head : refuse('SEAL', `the leaf is of ${head.object}.`);
    }
    if (!before && !after) refuse('SEAL', 'neither a head nor its absence is shown.');
    if (before && compareTexts((await proved(before)).object, name) >= 0) refuse('SEAL', 'the one before is not.');
    if (after && compareTexts((await proved(after)).object, name) <= 0) refuse('SEAL', 'the one after is not.');
    const next = before ? before.index + 1n : 0n;
    if (next !== (after ? after.index : leaves)) refuse('SEAL', 'the neighbours are not next to each other.');
    return null;
  }, entry);
}

/** A leaf in its one form. @param {string} line @returns {Head} @throws {import('./errors.js').VerifyError} */
export function parseLeaf(line) {
  const members = object(parseJson(line), ['object', 'revision', 'entry', 'balance?']);
  const head = {
    object: text(members.object),
    revision: whole(members.revision),
    entry: whole(members.entry),
    balance: nullable(members.balance, signedAmount),
  };
  return writeLeaf(head) === line ? head : refuse('SHAPE', 'the leaf is not written in its one form.');
}

/** @param {Head} head @returns {string} */
export function writeLeaf({ object: name, revision, entry, balance }) {
  const written = balance === null ? 'null' : quote(formatAmount(balance));
  return `{"object":${quote(name)},"revision":${revision},"entry":${entry},"balance":${written}}`;
}

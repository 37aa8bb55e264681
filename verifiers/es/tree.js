/** The Merkle tree of RFC 6962 and its proofs (RFC 9162, sections 2.1.3.2 and 2.1.4.2). */
import { concat, equal } from './bytes.js';
import { refuse } from './errors.js';
import { sha256 } from './webcrypto.js';

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
const U64_MAX = 2n ** 64n - 1n;

/** @param {Uint8Array} bytes @returns {Promise<Uint8Array>} */
export function leafHash(bytes) {
  return sha256(concat(LEAF, bytes));
}

/** @param {Uint8Array} left @param {Uint8Array} right @returns {Promise<Uint8Array>} */
export function nodeHash(left, right) {
  return sha256(concat(NODE, left, right));
}

/** @param {Uint8Array[]} leaves their hashes @returns {Promise<Uint8Array>} */
export async function rootOf(leaves) {
  if (leaves.length === 0) return sha256(new Uint8Array());
  let level = leaves;
  while (level.length > 1) {
    const pairs = Array.from({ length: Math.ceil(level.length / 2) }, (_, at) => level.slice(2 * at, 2 * at + 2));
    level = await Promise.all(pairs.map(([left, right]) => (right ? nodeHash(left, right) : left)));
  }
  return level[0];
}

/**
 * The root of a tree whose first leaves are known by their *edge* only: the roots of the complete subtrees that they
 * make, from the left.
 * @param {bigint} size of the part that the edge stands for
 * @param {Uint8Array[]} edge
 * @param {Uint8Array[]} leaves the hashes of those that follow
 * @returns {Promise<Uint8Array>}
 * @throws {import('./errors.js').VerifyError} `PROOF_LENGTH`
 */
export async function rootBehind(size, edge, leaves) {
  const heights = Array.from(size.toString(2)).reverse().flatMap((bit, height) => (bit === '1' ? [height] : []));
  if (edge.length !== heights.length) refuse('PROOF_LENGTH', `An edge at ${size} has ${heights.length} hashes.`);
  const subtrees = heights.reverse().map((height, at) => ({ height, hash: edge[at] }));
  for (const hash of leaves) {
    subtrees.push({ height: 0, hash });
    while (subtrees.length > 1 && subtrees.at(-1).height === subtrees.at(-2).height) {
      const [left, right] = subtrees.splice(-2);
      subtrees.push({ height: left.height + 1, hash: await nodeHash(left.hash, right.hash) });
    }
  }
  if (subtrees.length === 0) return rootOf([]);
  let root = subtrees.pop().hash;
  while (subtrees.length > 0) root = await nodeHash(subtrees.pop().hash, root);
  return root;
}

/**
 * That a leaf stands at an index of a tree.
 * @param {{index: bigint | number, size: bigint | number, leaf: Uint8Array, proof: Uint8Array[],
 *   root: Uint8Array}} claim `leaf` is the leaf's hash
 * @returns {Promise<void>}
 * @throws {import('./errors.js').VerifyError} `OUT_OF_RANGE`, `PROOF_LENGTH`, `ROOT`
 */
export async function verifyInclusion({ index, size, leaf, proof, root }) {
  const [at, leaves] = [count(index), count(size)];
  if (at >= leaves) refuse('OUT_OF_RANGE', `There is no entry ${at} in a tree of ${leaves}.`);
  hashes([leaf, root, ...proof]);
  let [node, last] = [at, leaves - 1n];
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0n) refuse('PROOF_LENGTH', 'The proof has too many hashes.');
    if (node & 1n || node === last) {
      hash = await nodeHash(sibling, hash);
      while (!(node & 1n) && node !== 0n) [node, last] = [node >> 1n, last >> 1n];
    } else {
      hash = await nodeHash(hash, sibling);
    }
    [node, last] = [node >> 1n, last >> 1n];
  }
  if (last !== 0n) refuse('PROOF_LENGTH', 'The proof has too few hashes.');
  if (!equal(hash, root)) refuse('ROOT', 'The proof does not lead to the root.');
}

/**
 * That a tree grew out of a smaller one by appending only.
 * @param {{from: bigint | number, to: bigint | number, fromRoot: Uint8Array, toRoot: Uint8Array,
 *   proof: Uint8Array[]}} claim
 * @returns {Promise<void>}
 * @throws {import('./errors.js').VerifyError} `OUT_OF_RANGE`, `PROOF_LENGTH`, `FROM_ROOT`, `ROOT`
 */
export async function verifyConsistency({ from, to, fromRoot, toRoot, proof }) {
  const [older, newer] = [count(from), count(to)];
  if (older === 0n || older > newer) refuse('OUT_OF_RANGE', `Nothing proves growth from ${older} to ${newer} entries.`);
  hashes([fromRoot, toRoot, ...proof]);
  if (older === newer) {
    if (proof.length > 0) refuse('PROOF_LENGTH', 'The proof has too many hashes.');
    if (!equal(fromRoot, toRoot)) refuse('ROOT', 'Two trees of one size have different roots.');
    return;
  }
  let [node, last] = [older - 1n, newer - 1n];
  while (node & 1n) [node, last] = [node >> 1n, last >> 1n];
  const path = node === 0n ? [fromRoot, ...proof] : proof;
  if (path.length === 0) refuse('PROOF_LENGTH', 'The proof has too few hashes.');
  let [oldHash, newHash] = [path[0], path[0]];
  for (const sibling of path.slice(1)) {
    if (last === 0n) refuse('PROOF_LENGTH', 'The proof has too many hashes.');
    if (node & 1n || node === last) {
      oldHash = await nodeHash(sibling, oldHash);
      newHash = await nodeHash(sibling, newHash);
      while (!(node & 1n) && node !== 0n) [node, last] = [node >> 1n, last >> 1n];
    } else {
      newHash = await nodeHash(newHash, sibling);
    }
    [node, last] = [node >> 1n, last >> 1n];
  }
  if (last !== 0n) refuse('PROOF_LENGTH', 'The proof has too few hashes.');
  if (!equal(oldHash, fromRoot)) refuse('FROM_ROOT', 'The proof does not lead to the older root.');
  if (!equal(newHash, toRoot)) refuse('ROOT', 'The proof does not lead to the newer root.');
}

function count(value) {
  const number = BigInt(value);
  return number >= 0n && number <= U64_MAX ? number : refuse('OUT_OF_RANGE', `${number} is no number of entries.`);
}

function hashes(list) {
  if (list.some((hash) => hash.length !== 32)) refuse('PROOF_LENGTH', 'A hash has 32 bytes.');
}

/** The tree, its proofs, and receipts. */
import { replaced, spliced } from './arrays.js';
import { fromHex, hex, utf8 } from '../bytes.js';
import { refuse } from '../errors.js';
import { verifyReceipt } from '../receipt.js';
import { leafHash, rootOf, verifyConsistency, verifyInclusion } from '../tree.js';
import { site } from './ledger.js';
import { mutants } from './suite-notes.js';
import { allRefused, compared, flipped, hashesMoved } from './vectors.js';

export function rootCases(vectors) {
  return compared(vectors, async ({ leaves, claimed }) => {
    const bytes = leaves.map((leaf) => fromHex(leaf, leaf.length / 2));
    const root = await rootOf(await Promise.all(bytes.map(leafHash)));
    if (hex(root) !== claimed) refuse('DIFFERENT', 'The root is another one.');
  });
}

const hash = (text) => fromHex(text, text.length / 2);

export function inclusionCases(vectors) {
  const right = vectors.cases.filter(({ expect }) => expect === 'ok').map(inclusion);
  return [
    ...compared(vectors, (input) => verifyInclusion(inclusion(input))),
    ...right.map((claim) => allRefused(claim.name, badInclusion(claim), verifyInclusion)),
  ];
}

function inclusion({ name, index, size, leaf, proof, root }) {
  return { name, index, size, leaf: hash(leaf), proof: proof.map(hash), root: hash(root) };
}

function* badInclusion(claim) {
  for (const [what, proof] of hashesMoved(claim.proof)) yield [what, { ...claim, proof }];
  for (const [what, leaf] of flipped(claim.leaf, 5)) yield [`leaf, ${what}`, { ...claim, leaf }];
  for (const [what, root] of flipped(claim.root, 5)) yield [`root, ${what}`, { ...claim, root }];
  yield ['the next index', { ...claim, index: claim.index + 1n }];
  if (claim.index > 0n) yield ['the index before', { ...claim, index: claim.index - 1n }];
}

export function consistencyCases(vectors) {
  const right = vectors.cases.filter(({ expect }) => expect === 'ok').map(consistency);
  return [
    ...compared(vectors, (input) => verifyConsistency(consistency(input))),
    ...right.map((claim) => allRefused(claim.name, badConsistency(claim), verifyConsistency)),
  ];
}

function consistency({ name, from, to, from_root: fromRoot, to_root: toRoot, proof }) {
  return { name, from, to, fromRoot: hash(fromRoot), toRoot: hash(toRoot), proof: proof.map(hash) };
}

function* badConsistency(claim) {
  for (const [what, proof] of hashesMoved(claim.proof)) yield [what, { ...claim, proof }];
  for (const side of ['fromRoot', 'toRoot']) {
    for (const [what, root] of flipped(claim[side], 5)) yield [`${side}, ${what}`, { ...claim, [side]: root }];
  }
  yield ['from nothing', { ...claim, from: 0n }];
  yield ['backwards', { ...claim, from: claim.to + 1n }];
}

export async function receiptCases(vectors, load) {
  const texts = new Map();
  for (const { receipt } of vectors.cases) texts.set(receipt, new TextDecoder().decode(await load(receipt)));
  const text = ({ receipt, changes }) => utf8(changes.reduce(changedLine, texts.get(receipt).split('\n')).join('\n'));
  const { log_key: log, witness_key: witness } = await site(load);
  const policy = `log ${log}\nwitness w1 ${witness}\nquorum w1\n`;
  const right = vectors.cases.filter(({ expect }) => typeof expect !== 'string');
  return [
    ...compared(vectors, async (input) => {
      const trust = { logKey: input.key ?? vectors.key, origin: input.origin ?? vectors.origin };
      const { index, checkpoint, leaf } = await verifyReceipt(text(input), trust);
      return { index, size: checkpoint.size, leaf: hex(leaf) };
    }),
    ...right.map((input) => {
      // With the witness trusted too, every byte of the receipt counts.
      const trust = input.changes.length === 0 ? { policy } : { logKey: vectors.key };
      const bytes = text(input);
      return allRefused(input.name, mutants(bytes, Math.ceil(bytes.length / 500)), (mutant) => verifyReceipt(mutant, trust));
    }),
  ];
}

function changedLine(lines, change) {
  const last = (n) => (n < 0n ? lines.length + Number(n) : Number(n));
  if ('drop' in change) return spliced(lines, last(change.drop), 1);
  if ('insert' in change) return spliced(lines, last(change.insert), 0, change.to);
  const at = last(change.line);
  const line = lines[at];
  if ('to' in change) return replaced(lines, at, change.to);
  if ('append' in change) return replaced(lines, at, line + change.append);
  if ('as' in change) return replaced(lines, at, lines[last(change.as)]);
  const n = Number(change.flip);
  return replaced(lines, at, line.slice(0, n) + (line[n] === 'A' ? 'B' : 'A') + line.slice(n + 1));
}

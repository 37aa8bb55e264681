/**
 * Statements (FORMAT 13.2): every revision of one object under one checkpoint, and, by the last entries of the ledger
 * and at best a period seal, that none is missing at the end.
 */
import { formatAmount } from './amount.js';
import { equal, hex } from './bytes.js';
import { checkpointChecks } from './checkpoint.js';
import { parseEntry, transactionFor } from './entry.js';
import { refuse, under, VerifyError } from './errors.js';
import { HEAD_MEMBERS, hashes, readHeadProof, sealedRoot, verifyHead } from './head.js';
import { Passbook } from './passbook.js';
import { list, nullable, object, text, whole } from './shape.js';
import { finish, walk } from './steps.js';
import { parseJson } from './strict-json.js';
import { leafHash, rootBehind, verifyInclusion } from './tree.js';

export const STATEMENT_FORMAT = 'fundtrail-statement/v1';

function readStatement(input) {
  return under('STATEMENT_FORM', `This is no ${STATEMENT_FORMAT}`, () => {
    const names = ['format', 'object', 'checkpoint', 'revisions', 'newest_entry?', 'items', 'completeness?'];
    const members = object(parseJson(input), names);
    if (members.format !== STATEMENT_FORMAT) refuse('SHAPE', 'its format is another one.');
    return {
      object: text(members.object),
      checkpoint: text(members.checkpoint),
      revisions: whole(members.revisions),
      newest: nullable(members.newest_entry, (value) => whole(value)),
      items: list(members.items, readItem),
      completeness: nullable(members.completeness, readCompleteness),
    };
  });
}

function readItem(value) {
  const members = object(value, ['revision', 'index', 'entry', 'hashes']);
  return {
    revision: whole(members.revision),
    index: whole(members.index),
    entry: text(members.entry),
    hashes: hashes(members.hashes),
  };
}

function readCompleteness(value) {
  const members = object(value, ['seal?', 'tail', 'hashes']);
  const seal = nullable(members.seal, (given) => {
    const parts = object(given, ['period', ...HEAD_MEMBERS]);
    return { period: text(parts.period), head: readHeadProof(parts) };
  });
  return { seal, tail: list(members.tail, text), hashes: hashes(members.hashes) };
}

/**
 * @param {import('./bytes.js').Input} input
 * @param {import('./policy.js').TrustGiven | import('./policy.js').Trust} trust
 */
export function statementSteps(input, trust) {
  /** @type {any} */
  const found = {};
  let statement, items;
  return walk([
    ['form', async () => {
      statement = await readStatement(input);
      found.object = statement.object;
      return `A statement of ${statement.object} with ${statement.items.length} items.`;
    }],
    ...checkpointChecks(() => statement.checkpoint, trust, found),
    ['items', async () => {
      items = await verifyItems(statement, found.checkpoint);
      return `${items.length} revisions without a gap, each in the tree.`;
    }],
    ['end', () => {
      const { revisions, newest, balance } = items.at(-1) ?? new Passbook(statement.object);
      if (statement.revisions !== revisions || statement.newest !== newest) {
        const told = `${statement.revisions} revisions up to entry ${statement.newest}`;
        refuse('TRUNCATED', `The statement speaks of ${told}, its items of others.`, statement.newest ?? newest);
      }
      Object.assign(found, { revisions, newestEntry: newest, balance });
      return balance === null ? 'Nothing was ever posted.' : `The balance is ${formatAmount(balance)}.`;
    }],
    ['completeness', async () => {
      found.restsOn = await verifyCompleteness(statement, items, found.checkpoint);
      const { seal, entry } = found.restsOn;
      return seal ? `None is missing, by the seal of ${seal} in entry ${entry}.` : 'None is missing, by all entries.';
    }],
  ], () => found);
}

/**
 * That a statement is right, and complete up to its checkpoint.
 * @param {import('./bytes.js').Input} input
 * @param {import('./policy.js').TrustGiven | import('./policy.js').Trust} trust
 * @returns {Promise<{object: string, revisions: bigint, newestEntry: bigint | null, balance: bigint | null,
 *   restsOn: {seal: string | null, entry: bigint}, checkpoint: import('./checkpoint.js').Checkpoint,
 *   cosigned: import('./checkpoint.js').Cosigned[], steps: import('./steps.js').Step[]}>} `balance` in fen, null for
 *   what was never posted to; `restsOn` the seal's period and entry, or null and 0 for the entries alone
 * @throws {VerifyError} `STATEMENT_FORM`, the codes of notes and checkpoints, `ENTRY_FORM`, `ENTRY_INDEX`,
 *   `NOT_CONCERNED`, `GAP`, `BALANCE`, `PROOF`, `TRUNCATED`, `OPEN_END`, `TAIL`, `SEAL`; with the `entry` concerned
 */
export function verifyStatement(input, trust) {
  return finish(statementSteps(input, trust));
}

/** The passbook after each item: `{index, revisions, newest, balance}`. */
async function verifyItems(statement, { size, root, origin }) {
  const passbook = new Passbook(statement.object);
  const pages = [];
  for (const [at, item] of statement.items.entries()) {
    try {
      const entry = await under('ENTRY_FORM', 'it is no entry', () => parseEntry(item.entry));
      if (entry.index !== item.index) refuse('ENTRY_INDEX', `the entry calls itself ${entry.index}.`);
      passbook.turn(entry, item.revision);
      const leaf = await leafHash(entry.bytes);
      await under('PROOF', 'it is not in the tree', () => {
        return verifyInclusion({ index: item.index, size, leaf, proof: item.hashes, root });
      });
      await under('ENTRY_FORM', 'its payload is not for this ledger', () => transactionFor(origin, entry));
      const { revisions, newest, balance } = passbook;
      pages.push({ index: item.index, revisions, newest, balance });
    } catch (error) {
      if (!(error instanceof VerifyError)) throw error;
      refuse(error.code, `Item ${at + 1}, entry ${item.index}: ${error.message}`, item.index);
    }
  }
  return pages;
}

async function verifyCompleteness({ object: name, completeness }, items, checkpoint) {
  if (!completeness) refuse('OPEN_END', 'Nothing excludes that later entries are missing.');
  const tail = await verifyTail(completeness, checkpoint);
  const start = checkpoint.size - BigInt(tail.length);
  if (!completeness.seal) {
    if (start !== 0n) refuse('SEAL', `The entries begin with ${start}, and no seal stands for those before.`, start);
    verifyEnd(name, items, tail);
    return { seal: null, entry: 0n };
  }
  const { period: sealed, head: proof } = completeness.seal;
  const root = await sealedRoot(tail[0], sealed, checkpoint.origin);
  const below = items.filter(({ index }) => index < start);
  verifySealed(name, below, await verifyHead(proof, root, name, start));
  verifyEnd(name, items.slice(below.length), tail);
  return { seal: sealed, entry: start };
}

/**
 * The last entries of the ledger: chained to each other, and, behind the edge of the tree before them, leading to the
 * checkpoint's root. The chain alone would not do: a log could chain past an entry that it has.
 */
async function verifyTail({ tail, hashes: edge }, { size, root }) {
  const entries = [];
  const leaves = [];
  for (const line of tail) {
    const place = entries.length > 0 ? entries[0].index + BigInt(entries.length) : null;
    const entry = await under('TAIL', 'An entry of the tail cannot be read', () => parseEntry(line), place);
    const prev = leaves.length > 0 ? hex(leaves.at(-1)) : entry.index === 0n ? '0'.repeat(64) : entry.prev;
    if (entry.index !== (place ?? entry.index) || entry.index >= size || entry.prev !== prev) {
      refuse('TAIL', `Entry ${entry.index} does not follow the one before it in the tail.`, entry.index);
    }
    entries.push(entry);
    leaves.push(await leafHash(entry.bytes));
  }
  if (entries.length === 0) refuse('TAIL', 'The last entries are missing.');
  const start = entries[0].index;
  if (start + BigInt(entries.length) !== size) {
    refuse('TAIL', `The last entry of the tail is not the last of ${size}.`, entries.at(-1).index);
  }
  const found = await under('TAIL', 'The tail does not lead to the checkpoint', () => rootBehind(start, edge, leaves));
  if (!equal(found, root)) refuse('TAIL', 'The tail does not lead to the root of the checkpoint.');
  return entries;
}

/** That the items before the seal end where the seal says. */
function verifySealed(name, below, head) {
  const known = head?.revision ?? 0n;
  const { revisions, newest, balance } = below.at(-1) ?? new Passbook(name);
  if (revisions < known) {
    refuse('TRUNCATED', `The seal knows revision ${known} of ${name}, in entry ${head.entry}.`, head.entry);
  }
  if (revisions > known) {
    const { index } = below[Number(known)];
    refuse('GAP', `The items have ${name} revised in entry ${index}, which the seal does not know.`, index);
  }
  if (newest !== (head?.entry ?? null)) refuse('GAP', `The seal has ${name} last in entry ${head.entry}.`, newest);
  if (balance !== (head?.balance ?? null)) refuse('BALANCE', `The seal has another balance of ${name}.`, newest);
}

/** That the items are exactly those entries of the tail that revise the object. */
function verifyEnd(name, items, tail) {
  const left = [...items];
  for (const { index, effects } of tail) {
    if (left.length > 0 && left[0].index < index) break;
    const revised = effects.revisions.some(({ object: other }) => other === name);
    if (revised && left[0]?.index !== index) refuse('TRUNCATED', `Entry ${index} of ${name} is no item.`, index);
    if (revised) left.shift();
    if (!revised && effects.postings.some(({ book }) => book === name)) {
      refuse('BALANCE', `Entry ${index} posts to ${name} without revising it.`, index);
    }
  }
  if (left.length > 0) refuse('GAP', `Entry ${left[0].index} is an item and not in the tail.`, left[0].index);
}

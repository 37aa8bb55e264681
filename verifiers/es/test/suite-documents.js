/** Statements and seals. */
import { spliced } from './arrays.js';
import { formatAmount } from '../amount.js';
import { utf8 } from '../bytes.js';
import { refuse, VerifyError } from '../errors.js';
import { verifySeal } from '../seal.js';
import { verifyStatement } from '../statement.js';
import { site } from './ledger.js';
import { allRefused, compared, flipped, linesMoved, shown } from './vectors.js';

export async function statementCases(vectors, load) {
  return documentCases(vectors, load, verifyStatement, (found) => ({
    revisions: found.revisions,
    newest_entry: found.newestEntry,
    balance: found.balance === null ? null : formatAmount(found.balance),
    seal: found.restsOn.seal,
    size: found.checkpoint.size,
  }));
}

export async function sealCases(vectors, load) {
  return documentCases(vectors, load, verifySeal, ({ index, head }) => {
    if (head === null) return { index, present: null };
    const { revision, entry, balance } = head;
    return { index, present: { revision, entry, balance: balance === null ? null : formatAmount(balance) } };
  });
}

async function documentCases(vectors, load, verify, told) {
  const texts = new Map();
  const paths = vectors.cases.flatMap(({ document, changes }) => [document, ...changes.flatMap(({ from }) => from?.[0] ?? [])]);
  for (const path of paths) texts.set(path, new TextDecoder().decode(await load(path)));
  const trust = ({ key }) => ({ logKey: key ?? vectors.key, origin: vectors.origin });
  const found = async (input) => {
    try {
      return told(await verify(changedDocument(texts, input), trust(input)));
    } catch (error) {
      if (error instanceof VerifyError && 'entry' in input && error.entry !== input.entry) {
        throw new Error(`names entry ${error.entry}: ${error.message}`);
      }
      throw error;
    }
  };
  const { log_key: log, witness_key: witness } = await site(load);
  const policy = `log ${log}\nwitness w1 ${witness}\nquorum w1\n`;
  const right = vectors.cases.filter(({ expect, changes }) => typeof expect !== 'string' && changes.length === 0);
  return [
    ...compared(vectors, found),
    ...right.map((input) => {
      const value = JSON.parse(texts.get(input.document));
      return allRefused(input.name, mutants(value), async (mutant) => {
        // Under the policy every character counts; what may still change is how a document says the same.
        const outcome = told(await verify(mutant, { policy }));
        if (shown(outcome) !== shown(input.expect.ok)) refuse('DIFFERENT', 'It says something else.');
      });
    }),
  ];
}

/** Bytes changed over the whole document, and every list in it with parts left out, doubled and exchanged. */
function* mutants(value) {
  const bytes = utf8(JSON.stringify(value));
  yield* flipped(bytes, Math.ceil(bytes.length / 250));
  let count = 0;
  for (const mutant of listsMoved(value, value)) if (count++ % 3 === 0) yield mutant;
  for (const [what, note] of linesMoved(utf8(value.checkpoint))) {
    const mutant = { ...value, checkpoint: new TextDecoder().decode(note) };
    if (!what.startsWith('lines')) yield [`checkpoint, ${what}`, JSON.stringify(mutant)];
  }
}

function* listsMoved(value, whole, path = '') {
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) {
    for (const at of value.keys()) {
      const before = [...value];
      for (const [what, after] of [
        ['left out', spliced(before, at, 1)],
        ['doubled', spliced(before, at, 0, before[at])],
        ['exchanged', at > 0 ? spliced(before, at - 1, 2, before[at], before[at - 1]) : null],
      ]) {
        if (!after) continue;
        value.splice(0, value.length, ...after);
        yield [`${path}/${at} ${what}`, JSON.stringify(whole)];
        value.splice(0, value.length, ...before);
      }
    }
  }
  for (const [name, member] of Object.entries(value)) yield* listsMoved(member, whole, `${path}/${name}`);
}

/** The changes of a document: first those in its text, then at JSON pointers. */
function changedDocument(texts, { document, changes }) {
  let text = texts.get(document);
  for (const change of [...changes].sort((a, b) => ('raw' in b) - ('raw' in a))) text = changedOnce(texts, text, change);
  return utf8(text);
}

function changedOnce(texts, text, change) {
  if ('raw' in change) {
    const [from, to] = change.raw;
    if (!text.includes(from)) throw new Error(`${from} is not in the document`);
    return text.replace(from, () => to);
  }
  const value = JSON.parse(text);
  if ('swap' in change) {
    const [a, b] = change.swap.map((pointer) => place(value, pointer));
    [a.holder[a.name], b.holder[b.name]] = [b.holder[b.name], a.holder[a.name]];
    return JSON.stringify(value);
  }
  const { holder, name } = place(value, change.at ?? change.insert);
  if ('from' in change) change = { ...change, to: at(JSON.parse(texts.get(change.from[0])), change.from[1]) };
  if ('insert' in change) {
    holder.splice(Number(name), 0, change.to);
  } else if ('replace' in change) {
    if (!holder[name].includes(change.replace[0])) throw new Error(`${change.replace[0]} is not at ${change.at}`);
    holder[name] = holder[name].replace(change.replace[0], () => change.replace[1]);
  } else if ('to' in change) {
    holder[name] = withNumbers(change.to);
  } else if (Array.isArray(holder)) {
    holder.splice(Number(name), 1);
  } else {
    delete holder[name];
  }
  return JSON.stringify(value);
}

function place(value, pointer) {
  const names = pointer.split('/').slice(1);
  return { holder: at(value, `/${names.slice(0, -1).join('/')}`), name: names.at(-1) };
}

function at(value, pointer) {
  return pointer.split('/').slice(1).filter((name) => name !== '').reduce((holder, name) => holder[name], value);
}

/** A change was read with whole numbers as `BigInt`, which `JSON.stringify` does not write. */
function withNumbers(value) {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(withNumbers);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withNumbers(member)]));
}

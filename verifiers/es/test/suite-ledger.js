/**
 * Whole ledgers, as far as a verifier without the kinds and rules goes: what the changed ledgers whose entries are
 * sound show against a checkpoint, and in their books.
 */
import { hex, utf8 } from '../bytes.js';
import { openCheckpoint } from '../checkpoint.js';
import { parseEntry } from '../entry.js';
import { VerifyError } from '../errors.js';
import { Passbook } from '../passbook.js';
import { leafHash, rootOf } from '../tree.js';
import { changed, frozenLedger, site } from './ledger.js';
import { compared, read } from './vectors.js';

export async function ledgerCases(vectors, load) {
  const lines = await frozenLedger(load);
  const { log_key: logKey } = await site(load);
  const checkpoints = read(await load('ledger/checkpoints.json'));
  const sound = vectors.cases.filter(({ expect }) => expect.integrity === 'ok');
  const cases = sound.map(({ expect, ...input }) => {
    return { ...input, expect: { ok: { checkpoint: expect.checkpoint, books: expect.books } } };
  });
  return compared({ cases }, async ({ changes, checkpoint: size }) => {
    const ledger = await changed(lines, changes);
    const note = checkpoints[Number(size ?? lines.length)];
    return { checkpoint: await againstCheckpoint(ledger, note, logKey), books: books(ledger) };
  });
}

async function againstCheckpoint(lines, note, logKey) {
  const { size, root } = (await openCheckpoint(note, { logKey })).checkpoint;
  if (BigInt(lines.length) < size) return 'refused';
  const leaves = await Promise.all(lines.slice(0, Number(size)).map((line) => leafHash(utf8(line))));
  return hex(await rootOf(leaves)) === hex(root) ? 'ok' : 'refused';
}

/** @returns {'ok' | bigint} the first entry whose books fail */
function books(lines) {
  const passbooks = new Map();
  for (const line of lines) {
    const entry = parseEntry(line);
    const { postings, revisions } = entry.effects;
    const revised = new Set(revisions.map(({ object }) => object));
    const sum = postings.reduce((total, { amount }) => total + amount, 0n);
    if (sum !== 0n || postings.some(({ book }) => !revised.has(book))) return entry.index;
    for (const name of revised) {
      if (!passbooks.has(name)) passbooks.set(name, new Passbook(name));
      try {
        passbooks.get(name).turn(entry);
      } catch (error) {
        if (error instanceof VerifyError) return entry.index;
        throw error;
      }
    }
  }
  return 'ok';
}

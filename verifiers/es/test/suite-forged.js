/**
 * Documents of a log that signs what it should not: every proof is right, and the seal or the entries lie. The ledger
 * is the frozen one that went on after its seal; its log's key is no secret (README of the vectors).
 */
import { replaced } from './arrays.js';
import { base64, compareTexts, concat, fromHex, hex, utf8 } from '../bytes.js';
import { parseEntry } from '../entry.js';
import { refuse } from '../errors.js';
import { writeLeaf } from '../head.js';
import { Passbook } from '../passbook.js';
import { verifyReceipt } from '../receipt.js';
import { verifySeal } from '../seal.js';
import { verifyStatement } from '../statement.js';
import { leafHash, rootOf } from '../tree.js';
import { sha256 } from '../webcrypto.js';
import { changed, site } from './ledger.js';
import { outcomeOf, read } from './vectors.js';

const OBJECT = 'account:main';
const SEAL = 28;
const SIZE = 31;
const PERIOD = '2022Q4';

/**
 * @typedef {object} Forgery
 * @property {any[]} [changes] of entries, before the ledger is sealed
 * @property {(head: import('../head.js').Head) => import('../head.js').Head | null} [head] of our object in the seal
 * @property {(leaf: string) => string} [leaf] how the seal writes it
 * @property {(signed: string) => string} [seal] what the seal's parties signed, once it has its root
 * @property {(document: any, ledger: any) => any} [document] what is handed out
 * @property {string} [as] `statement`, `seal` or `receipt` (of the seal's entry)
 */

/** What is forged → how, what a verifier says, and of which entry. @type {Record<string, [Forgery, string, any]>} */
const CASES = {
  'nothing: as the frozen ledger': [{}, 'ok', null],
  'nothing, in a seal': [{ as: 'seal' }, 'ok', null],
  'nothing, in a receipt': [{ as: 'receipt' }, 'ok', null],
  'the seal has another balance': [{ head: (head) => ({ ...head, balance: head.balance + 1n }) }, 'BALANCE', 27n],
  'the seal has no balance': [{ head: (head) => ({ ...head, balance: null }) }, 'BALANCE', 27n],
  'the seal ends with another entry': [{ head: (head) => ({ ...head, entry: 25n }) }, 'GAP', 27n],
  'the seal has a revision more': [{ head: (head) => ({ ...head, revision: 8n, entry: 26n }) }, 'TRUNCATED', 26n],
  'the seal has a revision less': [{ head: (head) => ({ ...head, revision: 6n, entry: 25n }) }, 'GAP', 27n],
  'the seal has nothing of the object': [{ head: () => null }, 'GAP', 7n],
  'the seal writes a leaf in another form': [{ leaf: (leaf) => leaf.replace(':', ': ') }, 'SEAL', 28n],
  'the seal is of another ledger': [{ seal: (signed) => signed.replace('vectors.', 'others.') }, 'SEAL', 28n],
  'the seal is of another kind': [{ seal: (signed) => signed.replace('period_seal', 'quarter_seal') }, 'SEAL', 28n],
  'the seal is of another period': [{ seal: (signed) => signed.replace('2022Q4', '2022') }, 'SEAL', 28n],
  'the seal is of another size': [{ seal: (signed) => signed.replace('"size":28', '"size":27') }, 'SEAL', 28n],
  'the seal has a member more': [{ seal: (signed) => signed.replace('"size":28', '"size":28,"note":1') }, 'SEAL', 28n],
  'an item is of another ledger': [{ changes: [payload(9, 'vectors.', 'others.')] }, 'ENTRY_FORM', 9n],
  'the last entry revises twice': [
    { changes: [{ entry: 30n, replace: [/(\{"object":"account:main",[^}]*\},)/, '$1$1'] }] }, 'NOT_CONCERNED', 30n,
  ],
  'the last entry posts and does not revise': [
    { changes: [{ entry: 30n, replace: [/\{"object":"account:main",[^}]*\},/, ''] }] }, 'BALANCE', 30n,
  ],
  'called absent, of no leaves': [{ document: (document) => absent(document, { leaves: 0 }) }, 'SEAL', 28n],
  'called absent before itself': [
    { document: (document, { beside: [before, after] }) => absent(document, { before, after }) }, 'SEAL', 28n,
  ],
  'called absent after itself': [
    { document: (document, { beside: [, before, after] }) => absent(document, { before, after }) }, 'SEAL', 28n,
  ],
  'a seal that calls itself another entry': [{ as: 'seal', ...renumbered() }, 'SEAL', 28n],
  'a receipt of an entry that calls itself another': [{ as: 'receipt', ...renumbered() }, 'SHAPE', null],
  'a receipt of another ledger': [{ as: 'receipt', seal: (signed) => signed.replace('vectors.', 'others.') }, 'WRONG_LEDGER', null],
};

const VERIFIERS = {
  statement: verifyStatement,
  seal: verifySeal,
  receipt: async (text, trust) => {
    const { entry } = await verifyReceipt(text, trust);
    const keys = parseEntry(entry).envelope.signatures.map(({ keyid }) => keyid);
    // The payload may be forged, so the signatures are of nobody: what is asked for comes before them.
    const found = await outcomeOf(() => verifyReceipt(text, trust, { publicKeys: {} }));
    if (found !== 'SIG_ROLE' || keys.length === 0) refuse(found, 'The entry is not what it says.');
  },
};

/** @param {(path: string) => Promise<Uint8Array | null>} load */
export async function forgedCases(load) {
  const text = new TextDecoder().decode(await load('ledger-after-seal/entries.jsonl'));
  const lines = text.split('\n').slice(0, SIZE);
  const { log_key: logKey, origin } = await site(load);
  const frozen = read(await load('ledger-after-seal/checkpoints.json'))[SIZE];
  return Object.entries(CASES).map(([name, [forgery, code, entry]]) => ({
    name,
    run: async () => {
      const ledger = await sealed(await edited(lines, forgery.changes ?? []), forgery);
      const note = await checkpoint(origin, ledger.leaves);
      if (code === 'ok' && !frozen.startsWith(note.slice(0, note.indexOf('\n\n')))) throw new Error('another root');
      const [found, named] = await verdict(forgery, ledger, note, { logKey });
      if (found !== code || named !== entry) throw new Error(`${found} of entry ${named}, expected ${code} of ${entry}`);
    },
  }));
}

async function verdict({ as = 'statement', document = (same) => same }, ledger, note, trust) {
  const made = await MAKERS[as](ledger, note);
  const text = typeof made === 'string' ? made : JSON.stringify(document(made, ledger));
  let named = null;
  const found = await outcomeOf(async () => {
    await VERIFIERS[as](text, trust).catch((error) => {
      named = error.entry;
      throw error;
    });
  });
  return [found, named];
}

/** The statement without items, and with another proof of the object's absence. */
function absent(document, proof) {
  const { seal, ...completeness } = document.completeness;
  const other = { period: PERIOD, leaves: seal.leaves, ...proof };
  return { ...document, items: [], revisions: 0, newest_entry: null, completeness: { ...completeness, seal: other } };
}

/** The entry of the seal with the index before its own, everywhere. */
function renumbered() {
  return {
    changes: [{ entry: 28n, replace: ['"index":28', '"index":27'] }],
    seal: (signed) => signed.replace('"size":28', '"size":27'),
  };
}

/** A change of what an entry's parties signed. */
function payload(entry, from, to) {
  return { entry: BigInt(entry), payload: (signed) => signed.replace(from, to) };
}

async function edited(lines, changes) {
  const ledger = [...lines];
  for (const { entry, replace, payload: edit } of changes) {
    const line = ledger[Number(entry)];
    ledger[Number(entry)] = edit ? withPayload(line, edit) : line.replace(...replace);
    if (ledger[Number(entry)] === line) throw new Error('nothing was changed');
  }
  return changed(ledger, [{ rechain: true }]);
}

function withPayload(line, edit) {
  const before = /"payload":"([^"]*)"/.exec(line)[1];
  const signed = new TextDecoder().decode(Uint8Array.from(atob(before), (character) => character.charCodeAt(0)));
  return line.replace(before, base64(utf8(edit(signed))));
}

/** The ledger with its seal over the heads, ours as `forge` makes it; with the tree of both. */
async function sealed(lines, { head: forge = (same) => same, leaf = (same) => same, seal = (same) => same }) {
  const passbooks = new Map();
  for (const entry of lines.slice(0, SEAL).map((line) => parseEntry(line))) {
    for (const { object } of entry.effects.revisions) {
      if (!passbooks.has(object)) passbooks.set(object, new Passbook(object));
      passbooks.get(object).turn(entry);
    }
  }
  const heads = [...passbooks.values()].flatMap(({ object, revisions, newest, balance }) => {
    const head = { object, revision: revisions, entry: newest, balance };
    return (object === OBJECT ? forge(head) : head) ?? [];
  });
  heads.sort((a, b) => compareTexts(a.object, b.object));
  const texts = heads.map((head) => (head.object === OBJECT ? leaf(writeLeaf(head)) : writeLeaf(head)));
  const hashes = await Promise.all(texts.map((text) => leafHash(utf8(text))));
  const root = hex(await rootOf(hashes));
  const rooted = (signed) => seal(signed.replace(/"root":"[0-9a-f]{64}"/, `"root":"${root}"`));
  const ledger = await changed(replaced(lines, SEAL, withPayload(lines[SEAL], rooted)), [{ rechain: true }]);
  const leaves = await Promise.all(ledger.map((line) => leafHash(utf8(line))));
  const place = heads.findIndex(({ object }) => compareTexts(object, OBJECT) >= 0);
  const beside = await Promise.all([place - 1, place, place + 1].map(async (at) => {
    return { leaf: texts[at], index: at, hashes: (await path(hashes, at)).map(base64) };
  }));
  const present = heads[place].object === OBJECT;
  const proof = present ? { present: beside[1] } : { before: beside[0], after: beside[1] };
  return { lines: ledger, leaves, beside, proof: { leaves: texts.length, ...proof } };
}

const MAKERS = {
  statement: async ({ lines, leaves, proof }, note) => {
    const items = [];
    for (const [index, line] of lines.entries()) {
      const own = parseEntry(line).effects.revisions.find(({ object }) => object === OBJECT);
      if (!own) continue;
      items.push({ revision: Number(own.revision), index, entry: line, hashes: (await path(leaves, index)).map(base64) });
    }
    const edge = await Promise.all([[0, 16], [16, 24], [24, 28]].map((part) => rootOf(leaves.slice(...part))));
    const seal = { period: PERIOD, ...proof };
    return {
      format: 'fundtrail-statement/v1',
      object: OBJECT,
      checkpoint: note,
      revisions: items.length,
      newest_entry: items.at(-1).index,
      items,
      completeness: { seal, tail: lines.slice(SEAL), hashes: edge.map(base64) },
    };
  },
  seal: async ({ lines, leaves, proof }, note) => ({
    format: 'fundtrail-seal/v1',
    period: PERIOD,
    object: OBJECT,
    checkpoint: note,
    index: SEAL,
    entry: lines[SEAL],
    hashes: (await path(leaves, SEAL)).map(base64),
    ...proof,
  }),
  receipt: async ({ lines, leaves }, note) => {
    const hashes = (await path(leaves, SEAL)).map(base64);
    const extra = base64(utf8(lines[SEAL]));
    return ['c2sp.org/tlog-proof@v1', `extra ${extra}`, `index ${SEAL}`, ...hashes, '', note].join('\n');
  },
};

/** An inclusion proof, from the leaves. */
async function path(leaves, index) {
  if (leaves.length === 1) return [];
  const half = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  const [left, right] = [leaves.slice(0, half), leaves.slice(half)];
  if (index < half) return [...(await path(left, index)), await rootOf(right)];
  return [...(await path(right, index - half)), await rootOf(left)];
}

/** A checkpoint that the log signs. */
async function checkpoint(origin, leaves) {
  const text = `${origin}\n${leaves.length}\n${base64(await rootOf(leaves))}\n`;
  const seed = await sha256(utf8('fundtrail/vectors/key/log'));
  const secret = concat(fromHex('302e020100300506032b657004220420', 16), seed);
  const { subtle } = globalThis.crypto;
  const key = await subtle.importKey('pkcs8', secret, { name: 'Ed25519' }, false, ['sign']);
  const signature = new Uint8Array(await subtle.sign({ name: 'Ed25519' }, key, utf8(text)));
  return `${text}\n\u2014 ${origin} ${base64(concat(fromHex('a2534edf', 4), signature))}\n`;
}

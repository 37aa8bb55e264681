/** What the console verifies in the browser, with the frozen ledger of the vectors. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { asset, VECTORS } from './modules.js';
import { entryLines, keysOf, text as decoded, utf8, vectors } from './support.js';

const { trustOf, fileSteps, entrySteps } = await asset('verifying.js');
const { rootOf, leafHash } = await import(new URL('../../../../verifiers/es/tree.js', import.meta.url).href);
const file = (path) => new Uint8Array(readFileSync(new URL(path, VECTORS)));
const site = vectors('ledger/site.json');
const checkpoints = vectors('ledger/checkpoints.json');
const trust = { logKey: site.log_key };
const lines = entryLines();

/** @returns {Promise<{passed: string[], failed: string | null, code: string | null}>} */
async function outcome(steps) {
  const passed = [];
  let failed = null;
  try {
    for await (const { name, ok, code } of steps) {
      if (ok) passed.push(name);
      else failed = `${name} ${code}`;
    }
    return { passed, failed, code: null };
  } catch (error) {
    return { passed, failed, code: error.code ?? String(error.stack) };
  }
}

const unasked = () => assert.fail('the log was asked');
const exported = (count) => utf8(lines.slice(0, count).map((line) => `${line}\n`).join(''));
const whole = async (size) => ({ checkpoint: checkpoints[String(size)], hashes: [] });

test('trust is a key or a policy', () => {
  assert.deepEqual(trustOf(' vkey+1+x \n'), { logKey: 'vkey+1+x' });
  assert.deepEqual(trustOf('log vkey\nquorum none'), { policy: 'log vkey\nquorum none\n' });
  assert.equal(trustOf(' \n'), null);
});

test('receipts, statements and seals are known by their beginning, and asked of nobody', async () => {
  const documents = {
    'ledger/receipt-15-25.tlog-proof': ['form', 'signature', 'checkpoint', 'witnesses', 'inclusion'],
    'statements/account-main-31.json': ['form', 'signature', 'checkpoint', 'witnesses', 'items', 'end', 'completeness'],
    'seals/account-main-2022Q4-31.json': ['form', 'signature', 'checkpoint', 'witnesses', 'inclusion', 'seal', 'head'],
  };
  for (const [path, passed] of Object.entries(documents)) {
    assert.deepEqual(await outcome(fileSteps(file(path), trust, unasked)), { passed, failed: null, code: null }, path);
    const cut = await outcome(fileSteps(file(path).slice(0, -30), trust, unasked));
    assert.ok(cut.code, path);
  }
  const changed = utf8(decoded(file('ledger/receipt-15-25.tlog-proof')).replace('index 15', 'index 16'));
  const { failed, code } = await outcome(fileSteps(changed, trust, unasked));
  assert.deepEqual([failed, code], ['inclusion RECEIPT_PROOF', 'RECEIPT_PROOF']);
  const stranger = { logKey: 'vectors.example/fundtrail+00000000+AWNTZQ==' };
  assert.equal((await outcome(fileSteps(file('ledger/receipt-15-25.tlog-proof'), stranger, unasked))).code, 'NOTE_KEY');
});

test('an entry\'s page proves what it shows', async () => {
  const receipt = decoded(file('ledger/receipt-15-25.tlog-proof'));
  const keys = keysOf(lines.slice(0, 15));
  const asked = [];
  const look = async (keyid) => {
    asked.push(keyid);
    return keys.get(keyid) ?? null;
  };
  const page = { index: 15n, shown: utf8(lines[15]) };
  const run = (change, found = look) => outcome(entrySteps(receipt, trust, { ...page, ...change }, found));
  const good = await run({});
  assert.deepEqual(good, {
    passed: ['form', 'signature', 'checkpoint', 'witnesses', 'inclusion', 'entry', 'signers', 'page'], failed: null, code: null,
  });
  assert.ok(asked.length > 0);
  assert.equal((await run({ shown: null })).code, null);
  assert.equal((await run({ index: 14n })).failed, 'page ENTRY_DIFFERS');
  assert.equal((await run({ shown: utf8(`${lines[15]} `) })).failed, 'page ENTRY_DIFFERS');
  assert.equal((await run({ shown: utf8(lines[14]) })).code, 'ENTRY_DIFFERS');
  // A key that nobody has, and one that is another's.
  assert.equal((await run({}, async () => null)).failed, 'signers SIG_ROLE');
  const wrong = [...keys.entries()].find(([keyid]) => !asked.includes(keyid));
  assert.equal((await run({}, async () => wrong[1])).failed, 'signers KEY_FORM');
});

test('a file of entries is held against the log', async () => {
  const passed = ['form', 'items', 'signature', 'checkpoint', 'witnesses', 'inclusion', 'signers'];
  assert.deepEqual(await outcome(fileSteps(exported(25), trust, whole)), { passed, failed: null, code: null });
  // The first entries of a longer log, with a proof from the vectors.
  const grown = await growth(8, 12);
  assert.deepEqual(await outcome(fileSteps(exported(8), trust, async () => grown)), { passed, failed: null, code: null });
  const refused = async (bytes, expected, log = whole) => assert.equal((await outcome(fileSteps(bytes, trust, log))).failed, expected);
  const text = decoded(exported(25));
  await refused(utf8(text.slice(0, -1)), 'form EXPORT_FORM');
  await refused(utf8(text.replace('{"index":7,', '{"index": 7,')), 'form EXPORT_FORM');
  await refused(utf8(`${text}\n`), 'form EXPORT_FORM');
  await refused(utf8(lines.slice(0, 7).concat(lines.slice(8, 25)).join('\n') + '\n'), 'items EXPORT_CHAIN');
  await refused(utf8(`${lines[0]}\n${lines[0]}\n`), 'items EXPORT_CHAIN');
  await refused(exported(7), 'inclusion EXPORT_TREE', async () => grown);
  await refused(exported(8), 'inclusion EXPORT_TREE', async () => ({ ...grown, hashes: grown.hashes.slice(1) }));
  const last = lines[24].replace(/"recorded":"\d{4}/, '"recorded":"2199');
  await refused(utf8([...lines.slice(0, 24), last].join('\n') + '\n'), 'inclusion EXPORT_TREE');
});

/** A checkpoint of the vectors, and the proof that its tree begins with a smaller one (RFC 9162, 2.1.4.1). */
async function growth(from, to) {
  const leaves = await Promise.all(lines.slice(0, to).map((line) => leafHash(utf8(line))));
  const proof = async (size, list, isKnown) => {
    if (size === list.length) return isKnown ? [] : [await rootOf(list)];
    const split = 2 ** Math.floor(Math.log2(list.length - 1));
    const [left, right] = [list.slice(0, split), list.slice(split)];
    if (size <= split) return [...(await proof(size, left, isKnown)), await rootOf(right)];
    return [...(await proof(size - split, right, false)), await rootOf(left)];
  };
  return { checkpoint: checkpoints[String(to)], hashes: await proof(from, leaves, true) };
}

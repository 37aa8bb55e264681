/** The suite in Node. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { FILES, LEFT_OUT, OTHERS, runAll, suite } from './suite.js';
import { load, VECTORS } from './load.js';

test('every file of vectors is run or left out for a reason', () => {
  const found = ['', 'ledger/'].flatMap((folder) => {
    const names = readdirSync(new URL(folder, VECTORS)).filter((name) => name.endsWith('.json'));
    return names.map((name) => `${folder}${name}`);
  });
  const known = new Set([...Object.keys(FILES), ...Object.keys(LEFT_OUT)]);
  assert.deepEqual(found.filter((path) => !known.has(path)), []);
  assert.deepEqual([...known].filter((path) => !existsSync(new URL(path, VECTORS))), []);
});

for (const path of [...Object.keys(FILES), ...Object.keys(OTHERS)]) {
  test(path, async () => {
    const cases = await suite(load, [path]);
    assert.ok(cases.length > 0, 'no cases');
    const { passed, failed } = await runAll(cases);
    assert.deepEqual(failed, []);
    assert.equal(passed, cases.length);
  });
}

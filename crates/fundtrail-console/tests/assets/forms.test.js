/** Forms: tags are asked for whole codes only, and figures have names in both languages. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asset } from './modules.js';
import { key, LEDGER, node, refuses } from './support.js';

const { tagOf, filledFrom } = await asset('forms.js');
const { figureName, figureText } = await asset('figures.js');
const { Api } = await asset('api.js');

test('a tag is asked for when the code is whole', async () => {
  const { fetch, asked } = node({ body: { borrower: 'ab'.repeat(32) } });
  const api = new Api(await key(), LEDGER, { fetch });
  for (const partial of ['', '9115020', '91150200MA0XXXXXX', 'not a credit code!', '91150200MA0N1ABC2I']) {
    assert.equal(await tagOf(api, partial), null);
  }
  assert.equal(asked.length, 0);
  assert.equal(await tagOf(api, ' 91150200ma0n1abc2d '), 'ab'.repeat(32));
  const [{ method, path, body }] = asked;
  assert.deepEqual([method, path, body], ['POST', '/v1/tags', { credit_code: '91150200MA0N1ABC2D' }]);
  const wrong = new Api(await key(), LEDGER, node({ status: 422, body: { code: 'CHECK_CHARACTER' } }));
  await refuses('CHECK_CHARACTER', () => tagOf(wrong, '91150200MA0N1ABC2D'));
});

test('a choice stands in the address', () => {
  const page = 'https://a.example/work/new/claim_submit?lang=en&loan=A1';
  assert.equal(filledFrom(page, 'loan', 'B&2'), '/work/new/claim_submit?lang=en&loan=B%262');
  assert.equal(filledFrom(page, 'loan', ''), '/work/new/claim_submit?lang=en');
});

test('figures are said in the language of the page', () => {
  assert.deepEqual([figureName('expected', 0), figureName('expected', 1)], ['应为', 'Expected']);
  assert.equal(figureName('claimant', 1), 'Claimant');
  for (const odd of ['no_such', '__proto__', 'constructor']) assert.equal(figureName(odd, 0), odd);
  assert.equal(figureText('1200000.00'), '1,200,000.00');
  assert.equal(figureText('-999.00'), '-999.00');
  for (const other of ['2022-08-31', '60', 'A1', '1.5']) assert.equal(figureText(other), other);
});

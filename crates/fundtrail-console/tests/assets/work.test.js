/** Forms: what is entered becomes the bytes, and the node's verdict is taken as it is. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { asset } from './modules.js';
import { key, LEDGER, node, refuses, SIGNED, text, utf8 } from './support.js';

const { made, dryRun } = await asset('work.js');
const { Api } = await asset('api.js');
const { refusalTexts } = await asset('refusals.js');

const field = (name, value, type = 'text') => ({ name, value, type });
const CLAIM = [
  field('date', '2022-09-01'), field('id', 'claim_submit-0001'), field('body.claim', 'C1'), field('body.loan', 'L1'),
  field('body.claimant', 'bank-a'), field('body.as_of', '2022-08-31'),
  field('body.loss.principal', '2,000,000', 'amount'), field('body.loss.interest', '0', 'amount'),
  field('body.borne.0.party', 'bank-a'), field('body.borne.0.amount', '1200000', 'amount'),
  field('body.borne.1.party', 'insurer-a'), field('body.borne.1.amount', '800000.00', 'amount'),
  field('body.borne.2.party', ''), field('body.borne.2.amount', '', 'amount'), field('body.amount', '360,000.00', 'amount'),
];
const changed = (name, value) => CLAIM.map((one) => (one.name === name ? { ...one, value } : one));

test('a form makes the bytes that OpenSSL signed', async () => {
  const { id, bytes, disclosures } = await made('claim_submit', LEDGER, CLAIM);
  assert.equal(text(bytes), SIGNED.cases[0].payload);
  assert.deepEqual([id, disclosures], ['claim_submit-0001', []]);
  const fresh = await made('claim_submit', LEDGER, changed('id', ' '));
  assert.match(fresh.id, /^claim_submit-[0-9a-f]{20}$/);
  assert.equal(JSON.parse(text(fresh.bytes)).id, fresh.id);
});

test('documents stay here: their digest goes', async () => {
  const minutes = utf8('minutes of a meeting');
  const digest = createHash('sha256').update(minutes).digest('hex');
  const fields = [
    field('date', '2022-09-20'), field('body.claim', 'C1'), field('body.amount', '1', 'amount'),
    field('body.decision', minutes, 'document'), field('body.override_misuse', false, 'boolean'),
  ];
  const { body } = JSON.parse(text((await made('claim_approve', LEDGER, fields)).bytes));
  assert.deepEqual(body, { claim: 'C1', amount: '1.00', decision: digest, override_misuse: false });
});

test('particulars are sealed and travel beside', async () => {
  const fields = [
    field('date', '2022-01-05'), field('body.account', 'main'), field('body.purpose', 'main'), field('body.bank', 'bank-a'),
    field('sealed.account_number', ' 1500200000000000001 '), field('sealed.other', ''),
  ];
  const { bytes, disclosures } = await made('account_open', LEDGER, fields);
  assert.ok(!text(bytes).includes('1500200000000000001'));
  assert.equal(disclosures.length, 1);
  const digest = createHash('sha256').update(disclosures[0]).digest('base64url');
  assert.deepEqual(JSON.parse(text(bytes)).sealed, { account_number: digest });
  assert.equal(JSON.parse(Buffer.from(disclosures[0], 'base64url').toString())[2], '1500200000000000001');
});

test('what is entered wrongly is said of its field', async () => {
  const wrong = (name, value, code) => assert.rejects(made('claim_submit', LEDGER, changed(name, value)), (error) => {
    assert.deepEqual([error.code, error.document], [code, { name }]);
    return true;
  });
  await wrong('body.loss.principal', '1.234', 'AMOUNT_FORMAT');
  await wrong('body.amount', '-1', 'AMOUNT_NEGATIVE');
  await wrong('body.borne.1.amount', '9999999999999', 'AMOUNT_OVERFLOW');
  await refuses('DATE_FORMAT', () => made('claim_submit', LEDGER, changed('date', '')));
  await refuses('ID_FORM', () => made('claim_submit', LEDGER, changed('id', '编号')));
});

test('the verdict is the node\'s', async () => {
  const refusals = [{
    code: 'CLAIM_AMOUNT', article: 15, message: { zh: '金额不符', en: 'Wrong amount' }, figures: { expected: '600000.00' },
  }];
  const missing = [{ zh: '银行复核', en: 'bank checker' }];
  const { fetch, asked } = node({ body: { verdict: { passes: false, refusals, malformed: null, prospect: null }, missing } });
  const api = new Api(await key(), LEDGER, { fetch });
  const transaction = await made('claim_submit', LEDGER, CLAIM);
  assert.deepEqual(await dryRun(api, transaction), { passes: false, refusals, malformed: null, prospect: null, missing });
  const [{ method, path, body }] = asked;
  assert.deepEqual([method, path, body.signatures, body.disclosures], ['POST', '/v1/dry-runs', [], []]);
  assert.equal(Buffer.from(body.payload, 'base64').toString(), SIGNED.cases[0].payload);
  // Nothing that is no verdict passes.
  for (const answer of [{}, { verdict: null }, { verdict: { passes: 'yes' } }]) {
    assert.equal((await dryRun(new Api(await key(), LEDGER, node({ body: answer })), transaction)).passes, false);
  }
  const busy = new Api(await key(), LEDGER, node({ status: 503, body: { code: 'BUSY' } }));
  await refuses('BUSY', () => dryRun(busy, transaction));
});

test('a refusal is shown with its article and its figures, whatever it is', () => {
  const refusal = { code: 'X', article: 15, message: { zh: '不符\u202e', en: 'no' }, figures: { expected: '600000.00', days: 3 } };
  assert.deepEqual(refusalTexts(refusal, 0), {
    code: 'X', article: '第 15 条', message: '不符\\u{202e}', figures: [['expected', '600000.00'], ['days', '3']],
  });
  assert.equal(refusalTexts(refusal, 1).message, 'no');
  assert.equal(refusalTexts({ ...refusal, article: 0 }, 1).article, '');
  for (const odd of [null, {}, { message: 1, figures: null }]) {
    assert.deepEqual(refusalTexts(odd, 0), { code: '', article: '', message: '', figures: [] });
  }
});

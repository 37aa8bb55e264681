/** The bytes that are signed, the signatures over them, and that what is shown is what is signed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asset } from './modules.js';
import { key, LEDGER, refuses, SIGNED, text, utf8, vectors } from './support.js';

const { transactionBytes, amountText, bodyOf, freshId } = await asset('canonical.js');
const { disclosure, seal } = await asset('particulars.js');
const { signPayload, submission } = await asset('drafts.js');
const { sayTransaction, shown } = await asset('say.js');
const { signShown } = await asset('sign.js');
const { signToken } = await asset('token.js');
const base64 = (bytes) => Buffer.from(bytes).toString('base64');

test('bytes and signatures are those of OpenSSL, to the last one', async () => {
  const signer = await key();
  assert.deepEqual([signer.keyid, signer.publicKey], [SIGNED.keyid, SIGNED.public_key]);
  for (const { name, given, payload, sig } of SIGNED.cases) {
    const bytes = transactionBytes(given);
    assert.equal(text(bytes), payload, name);
    assert.deepEqual(await signPayload(signer, bytes), { keyid: SIGNED.keyid, sig }, name);
    assert.notEqual((await signPayload(signer, utf8(`${payload} `))).sig, sig);
  }
});

test('a token is what OpenSSL makes of it', async () => {
  const { ledger, now, seconds, text: expected } = SIGNED.token;
  const signer = await key();
  assert.equal(await signToken(signer, ledger, now, seconds), expected);
  assert.notEqual(await signToken(signer, ledger, now + 1, seconds), expected);
  assert.notEqual(await signToken(signer, `${ledger}2`, now, seconds), expected);
  // What the node asks of one: three members each, at most an hour, whole seconds.
  const [header, claims] = (await signToken(signer, ledger, now)).split('.').slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
  assert.deepEqual(header, { alg: 'EdDSA', kid: SIGNED.keyid, typ: 'JWT' });
  assert.deepEqual(Object.keys(claims).sort(), ['aud', 'exp', 'iat']);
  assert.ok(claims.exp - claims.iat >= 1 && claims.exp - claims.iat <= 900);
});

test('values of the frozen bodies survive the writing', () => {
  const cases = vectors('kinds.json').cases.filter(({ expect, sealed = [] }) => expect === 'ok' && sealed.length < 30);
  assert.ok(cases.length >= 49);
  for (const { name, kind, body } of cases) {
    const written = JSON.parse(text(transactionBytes({ ledger: LEDGER, id: 'x', kind, date: '2022-01-01', body })));
    assert.deepEqual(written, { ledger: LEDGER, id: 'x', kind, date: '2022-01-01', body }, name);
  }
});

test('what is malformed is not written', async () => {
  const good = SIGNED.cases[0].given;
  const refused = (code, change) => refuses(code, () => transactionBytes({ ...good, ...change }));
  await refused('ID_FORM', { id: 'a b' });
  await refused('ID_FORM', { id: '' });
  await refused('DATE_FORMAT', { date: '2022-02-29' });
  await refused('DIGEST_FORM', { sealed: { name: 'AA' } });
  await refused('NOT_JSON', { body: { claim: '\ud800' } });
  await refused('FLOAT', { body: { year: 1.5 } });
  await refused('FLOAT', { body: { year: 2 ** 60 } });
  await refused('FLOAT', { body: { year: -0 } });
  await refused('TOO_LARGE', { body: { text: 'x'.repeat(32_768) } });
  await refused('SHAPE', { body: [] });
});

test('amounts are read as people write them, and nothing is rounded', async () => {
  const taken = {
    '0': '0.00', '1': '1.00', '1.5': '1.50', '1500000': '1500000.00', '1,500,000.25': '1500000.25', ' ¥1,000 ': '1000.00',
    '007.10': '7.10', '１２３．４５': '123.45', '100元': '100.00', '999999999999.99': '999999999999.99', '0.05': '0.05',
  };
  for (const [entered, expected] of Object.entries(taken)) assert.equal(amountText(entered), expected);
  for (const entered of ['', '.', '1.', '.5', '1.234', '1,50', '1,5000', '1500,000', '1e3', '0x1', '1 000', 'NaN', '+1', '一']) {
    await refuses('AMOUNT_FORMAT', () => amountText(entered));
  }
  await refuses('AMOUNT_NEGATIVE', () => amountText('-1.00'));
  await refuses('AMOUNT_NEGATIVE', () => amountText('−0.00'));
  await refuses('AMOUNT_OVERFLOW', () => amountText('1000000000000'));
  const written = vectors('amounts.json').cases.filter(({ expect, written_by_the_ledger: own }) => expect.ok && !own);
  assert.ok(written.length >= 5);
  for (const { expect: { ok } } of written) assert.equal(amountText(ok), ok);
});

test('fields make a body in their order', async () => {
  const field = (path, value, type = 'text') => ({ path, type, value });
  const body = bodyOf([
    field('claim', ' C1 '), field('loss.principal', '2,000,000', 'amount'), field('loss.interest', '', 'amount'),
    field('borne.0.party', 'bank-a'), field('borne.0.amount', '1', 'amount'), field('borne.2.party', 'bank-b'),
    field('due.0.due_on', ''), field('override_misuse', true, 'boolean'), field('partial', false, 'boolean'),
    field('year', '2022', 'number'), field('amount', '600000.5', 'amount'),
  ]);
  const expected = '{"claim":"C1","loss":{"principal":"2000000.00"},"borne":[{"party":"bank-a","amount":"1.00"},' +
    '{"party":"bank-b"}],"override_misuse":true,"partial":false,"year":2022,"amount":"600000.50"}';
  assert.equal(JSON.stringify(body), expected);
  await assert.rejects(async () => bodyOf([field('loss.principal', 'x', 'amount')]), (error) => {
    assert.deepEqual([error.code, error.document], ['AMOUNT_FORMAT', { path: 'loss.principal' }]);
    return true;
  });
  await refuses('FLOAT', () => bodyOf([field('year', '20.5', 'number')]));
  // A name is only a name.
  const odd = bodyOf([field('__proto__.polluted', 'yes')]);
  assert.equal({}.polluted, undefined);
  assert.equal(JSON.stringify(odd), '{"__proto__":{"polluted":"yes"}}');
});

test('ids are fresh, and ids', () => {
  const ids = Array.from({ length: 100 }, () => freshId('recovery_report'));
  assert.equal(new Set(ids).size, 100);
  for (const id of ids) assert.match(id, /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
});

test('disclosures are those of the vectors, and each has a salt of its own', async () => {
  const cases = vectors('disclosures.json').cases.filter(({ name }) => ['a name', 'a credit code', 'an empty value'].includes(name));
  assert.equal(cases.length, 3);
  for (const { text: expected, expect: { ok } } of cases) {
    const made = await disclosure(ok.name, ok.value, new Uint8Array(Buffer.from(ok.salt, 'base64url')));
    assert.deepEqual(made, { text: expected, digest: ok.digest });
  }
  const sealed = await seal([['name', ' 示例科技 '], ['credit_code', '']]);
  assert.deepEqual(Object.keys(sealed.sealed), ['name']);
  assert.equal(sealed.disclosures.length, 1);
  const [salt, name, value] = JSON.parse(Buffer.from(sealed.disclosures[0], 'base64url').toString());
  assert.deepEqual([Buffer.from(salt, 'base64url').length, name, value], [16, 'name', '示例科技']);
  assert.notEqual((await seal([['name', '示例科技']])).sealed.name, sealed.sealed.name);
  const salt16 = new Uint8Array(16);
  await refuses('DISCLOSURE_FORM', () => disclosure('_sd', 'x', salt16));
  await refuses('DISCLOSURE_FORM', () => disclosure('', 'x', salt16));
  await refuses('DISCLOSURE_FORM', () => disclosure('name', 'x', new Uint8Array(15)));
  await refuses('DISCLOSURE_FORM', () => disclosure('name', 'x'.repeat(800), salt16));
  await refuses('DISCLOSURE_FORM', () => disclosure('name', '\udc00', salt16));
  await refuses('DISCLOSURE_FORM', () => seal([['name', 'a'], ['name', 'b']]));
});

test('every member of the bytes is said, and nothing else', async () => {
  const { payload } = SIGNED.cases[0];
  const said = await sayTransaction(utf8(payload), { ledger: LEDGER, id: 'claim_submit-0001' });
  assert.deepEqual(said.title, ['补偿申请', 'Claim']);
  assert.deepEqual(said.lines.map(({ path, text: value, sort }) => [path, value, sort]), [
    ['ledger', LEDGER, 'text'], ['id', 'claim_submit-0001', 'text'], ['kind', 'claim_submit', 'text'],
    ['date', '2022-09-01', 'text'], ['body.claim', 'C1', 'text'], ['body.loan', 'L1', 'text'],
    ['body.claimant', 'bank-a', 'text'], ['body.as_of', '2022-08-31', 'text'],
    ['body.loss.principal', '2000000.00', 'amount'], ['body.loss.interest', '0.00', 'amount'],
    ['body.borne.0.party', 'bank-a', 'text'], ['body.borne.0.amount', '1200000.00', 'amount'],
    ['body.borne.1.party', 'insurer-a', 'text'], ['body.borne.1.amount', '800000.00', 'amount'],
    ['body.amount', '360000.00', 'amount'],
  ]);
  assert.deepEqual(said.lines[8].label, ['本金（元）', 'Principal (yuan)']);
  assert.deepEqual(said.lines[13].label, ['金额（元） 2', 'Amount (yuan) 2']);
  // Whatever the order or the spelling of the bytes, it is what they say.
  const spelled = payload.replace('"C1"', '"\\u0043\\u0031"').replace('{"ledger"', '{ "ledger"');
  const again = await sayTransaction(utf8(spelled), { ledger: LEDGER });
  assert.deepEqual(again.lines, said.lines);
  assert.notEqual(again.sha256, said.sha256);
});

test('what cannot be said is not signed', async () => {
  const { payload } = SIGNED.cases[0];
  const saying = (bytes, id) => sayTransaction(typeof bytes === 'string' ? utf8(bytes) : bytes, { ledger: LEDGER, id });
  await refuses('WRONG_LEDGER', () => saying(payload.replace('baotou', 'other')));
  await refuses('OTHER_TRANSACTION', () => saying(payload, 'claim_submit-0002'));
  await refuses('UNKNOWN_KIND', () => saying(payload.replace('"claim_submit"', '"claim_invent"')));
  await refuses('UNKNOWN_KIND', () => saying(payload.replace('"claim_submit"', '"constructor"')));
  await refuses('DUPLICATE_MEMBER', () => saying(payload.replace('"claim":"C1"', '"claim":"C1","claim":"C2"')));
  await refuses('UNKNOWN_MEMBER', () => saying(payload.replace('{"ledger"', '{"note":1,"ledger"')));
  await refuses('FLOAT', () => saying(payload.replace('"360000.00"', '360000.00')));
  await refuses('NOT_JSON', () => saying(`${payload}}`));
  await refuses('NOT_UTF8', () => saying(Uint8Array.of(0xff)));
});

test('nothing in a text hides or turns anything around', async () => {
  assert.equal(shown('某科技 C1 —'), '某科技 C1 —');
  assert.equal(shown('a\u001b[2K\r\nb\u202ec\u200b\u{e0041}'), 'a\\u{1b}[2K\\u{d}\\u{a}b\\u{202e}c\\u{200b}\\u{e0041}');
  const payload = SIGNED.cases[0].payload.replace('"C1"', '"C1\\u202e<b>"');
  const { lines } = await sayTransaction(utf8(payload), { ledger: LEDGER });
  assert.equal(lines[4].text, 'C1\\u{202e}<b>');
});

test('what is sealed is said where the disclosure is its own', async () => {
  const { sealed, disclosures } = await seal([['account_number', '1500200000000000001']]);
  const other = await seal([['account_number', '1500200000000000002']]);
  const renamed = await seal([['name', 'x']]);
  const bytes = transactionBytes({ ...SIGNED.cases[3].given, sealed: { ...sealed, name: renamed.sealed.name } });
  const said = async (list) => (await sayTransaction(bytes, { ledger: LEDGER }, list)).lines.slice(-2);
  const [account, name] = await said(['rubbish', ...other.disclosures, ...disclosures]);
  assert.deepEqual([account.sort, account.text], ['sealed', `1500200000000000001 (${sealed.account_number})`]);
  assert.deepEqual([name.sort, name.text], ['unopened', renamed.sealed.name]);
  assert.equal((await said(other.disclosures))[0].sort, 'unopened');
  // A disclosure of another name under the right digest is not its own.
  const swapped = transactionBytes({ ...SIGNED.cases[3].given, sealed: { account_number: renamed.sealed.name } });
  const [line] = (await sayTransaction(swapped, { ledger: LEDGER }, renamed.disclosures)).lines.slice(-1);
  assert.equal(line.sort, 'unopened');
});

test('a page that shows other bytes stops the signature', async () => {
  const signer = await key();
  const [{ payload, sig }, { payload: another }] = SIGNED.cases;
  const [bytes, others] = [utf8(payload), utf8(another)];
  const said = await sayTransaction(bytes, { ledger: LEDGER });
  const shownAs = { ledger: LEDGER, id: 'claim_submit-0001', page: base64(bytes), said };
  assert.deepEqual(await signShown(signer, bytes, shownAs), { keyid: SIGNED.keyid, sig });
  await refuses('OTHER_BYTES', () => signShown(signer, bytes, { ...shownAs, page: base64(others) }));
  await refuses('OTHER_BYTES', () => signShown(signer, bytes, { ...shownAs, page: base64(utf8(`${payload} `)) }));
  for (const page of [null, undefined, '', 'rubbish']) {
    await refuses('OTHER_BYTES', () => signShown(signer, bytes, { ...shownAs, page }));
  }
  await refuses('OTHER_TRANSACTION', () => signShown(signer, others, { ...shownAs, page: base64(others) }));
  const differing = utf8(payload.replace('360000.00', '960000.00'));
  await refuses('OTHER_BYTES', () => signShown(signer, differing, { ...shownAs, page: base64(differing) }));
  await refuses('WRONG_LEDGER', () => signShown(signer, bytes, { ...shownAs, ledger: 'other' }));
});

test('a submission has the form that the node reads', async () => {
  const { payload } = SIGNED.cases[0];
  const made = submission(utf8(payload), [{ keyid: 'k', sig: 's' }], ['d']);
  assert.deepEqual(made, {
    payload: base64(utf8(payload)),
    payloadType: 'application/vnd.fundtrail.transaction+json',
    signatures: [{ keyid: 'k', sig: 's' }],
    disclosures: ['d'],
  });
});


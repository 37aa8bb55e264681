/** Sessions and requests: tokens that the node takes, clocks that differ, answers that are none. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asset } from './modules.js';
import { key, LEDGER, node, refuses, SIGNED, utf8 } from './support.js';

const { Api } = await asset('api.js');
const { signIn, ownPath } = await asset('session.js');
const { postDraft, fetchDraft, addSignature } = await asset('drafts.js');

const NOW = 1_700_000_000_000;
const at = (milliseconds) => new Date(milliseconds);
const claims = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
const bearer = ({ headers }) => headers.Authorization?.slice('Bearer '.length);

test('a session is a token, and the key is kept once the node has taken it', async () => {
  const { fetch, asked } = node({ status: 204 });
  const kept = [];
  const machine = { fetch, now: () => NOW, keep: async (one) => void kept.push(one) };
  const { keyid, until } = await signIn(utf8(SIGNED.key), null, LEDGER, machine);
  assert.deepEqual([keyid, until, kept.map((one) => one.keyid)], [SIGNED.keyid, NOW + 600_000, [SIGNED.keyid]]);
  assert.equal(asked.length, 1);
  const [{ method, path, body, headers, credentials }] = asked;
  assert.deepEqual([method, path, credentials, headers['Content-Type']], ['PUT', '/session', 'same-origin', 'application/json']);
  assert.deepEqual(Object.keys(body), ['token']);
  assert.deepEqual(claims(body.token), { aud: LEDGER, exp: NOW / 1000 + 600, iat: NOW / 1000 });
  assert.ok(!JSON.stringify(asked).includes(SIGNED.key.split('\n')[1]), 'the key was sent');
});

test('a key that the node does not take is not kept', async () => {
  const machine = (answer) => ({ ...node(answer), now: () => NOW, keep: () => assert.fail('kept') });
  const date = at(NOW);
  const problem = (status, code) => ({ status, body: { code, detail: 'no' }, date });
  const opens = (answer) => signIn(utf8(SIGNED.key), null, LEDGER, machine(answer));
  await refuses('TOKEN_KEY_UNKNOWN', () => opens(problem(401, 'TOKEN_KEY_UNKNOWN')));
  await refuses('TOKEN_KEY_REVOKED', () => opens(problem(401, 'TOKEN_KEY_REVOKED')));
  await refuses('FORBIDDEN', () => opens(problem(403, 'FORBIDDEN')));
  await refuses('NO_ANSWER', () => opens({ status: 502, body: '<html>', date }));
  await refuses('NO_NODE', () => opens({ status: 0 }));
});

test('where clocks differ, the node\'s counts', async () => {
  const late = { status: 401, body: { code: 'TOKEN_EXPIRED' }, date: at(NOW + 3_600_000) };
  const { fetch, asked } = node(late, { status: 204, date: at(NOW + 3_600_000) });
  const api = new Api(await key(), LEDGER, { fetch, now: () => NOW });
  assert.equal(await api.openSession(), NOW + 600_000);
  assert.deepEqual(asked.map(({ body }) => claims(body.token).iat * 1000), [NOW, NOW + 3_600_000]);
  // Not for ever: the same answer again is believed.
  const stubborn = node(late);
  await refuses('TOKEN_EXPIRED', async () => new Api(await key(), LEDGER, { ...stubborn, now: () => NOW }).openSession());
  assert.equal(stubborn.asked.length, 2);
  // And not where the clocks agree.
  const agreeing = node({ ...late, date: at(NOW) });
  await refuses('TOKEN_EXPIRED', async () => new Api(await key(), LEDGER, { ...agreeing, now: () => NOW }).openSession());
  assert.equal(agreeing.asked.length, 1);
});

test('each request shows a token that still holds', async () => {
  const { fetch, asked } = node({ body: { items: [] } });
  let now = NOW;
  const api = new Api(await key(), LEDGER, { fetch, now: () => now });
  await api.ask('GET', '/v1/drafts');
  now += 500_000;
  await api.ask('GET', '/v1/drafts');
  now += 60_000;
  await api.ask('GET', '/v1/drafts');
  const [first, second, third] = asked.map(bearer);
  assert.equal(first, second);
  assert.notEqual(second, third);
  assert.equal(claims(third).iat * 1000, now);
  assert.equal(asked[0].body, undefined);
});

test('drafts are posted, read and signed by the routes of the node', async () => {
  const { payload, sig } = SIGNED.cases[0];
  const base64 = Buffer.from(payload).toString('base64');
  const shown = { id: 'claim_submit-0001', payload: base64, disclosures: ['d', 1], state: 'open' };
  const { fetch, asked } = node({ status: 201, body: shown }, { body: shown }, { status: 200, body: shown });
  const api = new Api(await key(), LEDGER, { fetch });
  const posted = await postDraft(api, utf8(payload), ['d']);
  assert.deepEqual([Buffer.from(posted.payload).toString(), posted.disclosures], [payload, ['d']]);
  await fetchDraft(api, 'a/../b');
  await addSignature(api, 'claim_submit-0001', { keyid: SIGNED.keyid, sig });
  assert.deepEqual(asked.map(({ method, path }) => `${method} ${path}`), [
    'POST /v1/drafts', 'GET /v1/drafts/a%2F..%2Fb', 'POST /v1/drafts/claim_submit-0001/signatures',
  ]);
  assert.deepEqual(asked[0].body.signatures, []);
  assert.equal(asked[0].body.payload, base64);
  assert.deepEqual(asked[2].body, { keyid: SIGNED.keyid, sig });
});

test('an answer that is none is not believed', async () => {
  const drafts = async (body) => fetchDraft(new Api(await key(), LEDGER, node({ body })), 'x');
  for (const body of [{}, { payload: 1 }, { payload: '*' }, [], 'text']) await refuses('NO_ANSWER', () => drafts(body));
  const refusals = [{ code: 'CLAIM_AMOUNT', article: 15, figures: { expected: '600000.00' } }];
  const api = new Api(await key(), LEDGER, node({ status: 422, body: { code: 'REFUSED', refusals } }));
  await assert.rejects(addSignature(api, 'x', {}), (error) => {
    assert.deepEqual([error.code, error.status, error.document.refusals], ['REFUSED', 422, refusals]);
    return true;
  });
});

test('after signing in, a reader stays on this site', () => {
  for (const path of ['/', '/work', '/work/x?lang=en', '/entries?cursor=a%2Fb']) assert.equal(ownPath(path), path);
  const elsewhere = ['//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)', '', 'work', '/a b', '/a\\b'];
  for (const path of elsewhere) assert.equal(ownPath(path), '/');
  assert.equal(ownPath(undefined), '/');
});

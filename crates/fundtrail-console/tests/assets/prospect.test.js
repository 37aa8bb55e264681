/** What would follow is shown as the node says it, and nothing it did not say. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asset } from './modules.js';

const { prospectTexts } = await asset('prospect.js');
const NOTHING = { figures: [], owed: [], postings: [], alerts: [] };

test('what would follow is shown line by line', () => {
  const prospect = {
    amount: '500000.00',
    figures: { cap: '1500000.00', seats: 5 },
    postings: [{ book: 'account:main', amount: '-600000.00', balance: '9400000.00' }],
    alerts: [{ code: 'LATE_RETURN', article: 16, object: 'recovery:R1', owed_by: 'bank', due: '2022-10-14', figures: {} }],
    owed: [
      { kind: 'recovery_return', object: 'recovery:R1', amount: '150000.00', due: '2022-10-14', code: null },
      { kind: 'alert', object: 'loan:L1', amount: null, due: null, code: 'NO_RISK_NOTICE' },
    ],
  };
  assert.deepEqual(prospectTexts(prospect), {
    figures: [['amount', '500000.00'], ['cap', '1500000.00'], ['seats', '5']],
    owed: [['recovery_return', '150000.00', '2022-10-14'], ['NO_RISK_NOTICE', '', '']],
    postings: [['account:main', '-600000.00', '9400000.00']],
    alerts: [['LATE_RETURN', 'recovery:R1', '2022-10-14']],
  });
});

test('what is no prospect shows nothing', () => {
  for (const value of [null, undefined, {}, { owed: 'x', postings: 3, alerts: {} }, { amount: 7 }, 'text', []]) {
    assert.deepEqual(prospectTexts(value), NOTHING);
  }
  const odd = prospectTexts({ owed: [null], postings: [{}], figures: { 'a\u202eb': '\u0000' } });
  assert.deepEqual(odd.owed, [['', '', '']]);
  assert.deepEqual(odd.postings, [['', '', '']]);
  assert.deepEqual(odd.figures, [['a\\u{202e}b', '\\u{0}']]);
});

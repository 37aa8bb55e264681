/** What the vectors do not say: steps, options, faults of the platform, and input that is nothing at all. */
import { concat, utf8 } from '../bytes.js';
import * as api from '../fundtrail-verify.js';
import { frozenLedger, site } from './ledger.js';
import { outcomeOf, shown } from './vectors.js';

const RECEIPT = 'ledger/receipt-8-12.tlog-proof';

/** @param {(path: string) => Promise<Uint8Array | null>} load */
export async function behaviourCases(load) {
  const { log_key: logKey, witness_key: witness, keys } = await site(load);
  const given = {
    load,
    trust: { logKey },
    policy: `log ${logKey}\nwitness w1 ${witness}\nquorum w1\n`,
    witness,
    publicKeys: Object.fromEntries(Object.values(keys).map(({ keyid, public_key: key }) => [keyid, key])),
    receipt: await load(RECEIPT),
    bare: await load('ledger/receipt-bare.tlog-proof'),
    lines: await frozenLedger(load),
    statement: await load('statements/account-main-31.json'),
    seal: await load('seals/account-main-2022Q4-31.json'),
  };
  return Object.entries(CASES).map(([name, run]) => ({ name, run: () => run(given) }));
}

const CASES = {
  'a receipt shows its steps in order': async ({ receipt, trust, publicKeys }) => {
    const { steps } = await api.verifyReceipt(receipt, trust, { publicKeys });
    same(steps.map(({ name }) => name), ['form', 'signature', 'checkpoint', 'witnesses', 'inclusion', 'entry', 'signers']);
    same(steps.every(({ ok, detail }) => ok && detail !== ''), true);
  },

  'a statement and a seal show their steps in order': async ({ statement, seal, policy }) => {
    const opened = ['form', 'signature', 'checkpoint', 'witnesses'];
    const first = await api.verifyStatement(statement, { policy });
    same(first.steps.map(({ name }) => name), [...opened, 'items', 'end', 'completeness']);
    const second = await api.verifySeal(seal, { policy });
    same(second.steps.map(({ name }) => name), [...opened, 'inclusion', 'seal', 'head']);
    for (const { name } of [...first.steps, ...second.steps]) same(Object.keys(api.STEP_LABELS[name]), ['zh', 'en']);
  },

  'steps come one by one, and end with the one that fails': async ({ receipt, trust }) => {
    const mutant = replaced(receipt, 'index 8', 'index 7');
    const steps = api.receiptSteps(mutant, trust);
    const seen = [];
    const code = await outcomeOf(async () => {
      for await (const step of steps) seen.push(`${step.name} ${step.ok} ${step.code}`);
    });
    same(code, 'RECEIPT_PROOF');
    same(seen.at(-1), 'inclusion false RECEIPT_PROOF');
    same(seen.slice(0, -1).every((step) => step.endsWith('true undefined')), true);
    const error = await api.verifyReceipt(mutant, trust).catch((refused) => refused);
    same([error instanceof api.VerifyError, error.steps.length, error.steps.at(-1).ok], [true, seen.length, false]);
  },

  'a receipt without its entry takes the one given': async ({ bare, lines, trust }) => {
    same((await api.verifyReceipt(bare, trust, { entry: lines[8] })).index, 8n);
    same(await outcomeOf(() => api.verifyReceipt(bare, trust, { entry: lines[9] })), 'RECEIPT_PROOF');
    same(await outcomeOf(() => api.verifyReceipt(bare, trust, { entry: `${lines[8]}\n` })), 'RECEIPT_PROOF');
    same(await outcomeOf(() => api.verifyReceipt(bare, trust)), 'RECEIPT_NO_ENTRY');
  },

  'the entry held counts, not the one carried': async ({ receipt, lines, trust }) => {
    same(await outcomeOf(() => api.verifyReceipt(receipt, trust, { entry: lines[9] })), 'RECEIPT_PROOF');
  },

  'signatures of an entry need their keys': async ({ receipt, trust, publicKeys }) => {
    const [first, second] = api.parseEntry((await api.verifyReceipt(receipt, trust)).entry).envelope.signatures;
    const check = (keys) => outcomeOf(async () => void (await api.verifyReceipt(receipt, trust, { publicKeys: keys })));
    same(await check(publicKeys), 'ok');
    same(await check(new Map(Object.entries(publicKeys))), 'ok');
    same(await check({}), 'SIG_ROLE');
    same(await check({ ...publicKeys, [second.keyid]: undefined }), 'SIG_ROLE');
    same(await check({ ...publicKeys, [first.keyid]: publicKeys[second.keyid] }), 'KEY_FORM');
    same(await check({ ...publicKeys, [first.keyid]: 'x' }), 'KEY_FORM');
    same(await outcomeOf(() => api.verifyEntrySignatures('{}', publicKeys)), 'MISSING_MEMBER');
  },

  'an envelope in an entry has one signature of 64 bytes for each key': async ({ lines }) => {
    const [whole, keyid, sig] = /\{"keyid":"([^"]*)","sig":"([^"]*)"\}/.exec(lines[8]);
    const read = (signatures) => outcomeOf(() => api.parseEntry(lines[8].replace(whole, signatures)));
    const other = `{"keyid":"${keyid}","sig":"${'A'.repeat(86)}=="}`;
    same(await read(`${whole},${other}`), 'SIGNATURE_FORM');
    same(await read(`${whole},${whole}`), 'SHAPE');
    same(await read(whole.replace(sig, 'A'.repeat(84))), 'SIGNATURE_FORM');
    same(await read(whole.replace(sig, `${'A'.repeat(87)}=`)), 'SIGNATURE_FORM');
    same(await read(whole.replace(sig, '')), 'SIGNATURE_FORM');
  },

  'trust is a log or a policy': async ({ receipt, trust, policy, witness }) => {
    for (const wrong of [undefined, {}, { ...trust, policy }]) {
      same((await api.verifyReceipt(receipt, wrong).catch((error) => error)) instanceof TypeError, true);
    }
    same(await outcomeOf(() => api.verifyReceipt(receipt, { logKey: witness })), 'CHECKPOINT_KEY_TYPE');
    same(await outcomeOf(() => api.verifyReceipt(receipt, { logKey: 'x' })), 'NOTE_KEY');
    same(await outcomeOf(() => api.verifyReceipt(receipt, { policy: '' })), 'POLICY_FILE_NO_QUORUM');
    same(await outcomeOf(() => api.readTrust({ policy: `#${'x'.repeat(1e6)}` })), 'POLICY_FILE_TOO_LARGE');
    same((await api.verifyReceipt(receipt, { policy })).cosigned.map((line) => line.witness), ['w1']);
    const read = await api.readTrust({ policy: utf8(policy) });
    same((await api.verifyReceipt(receipt, read)).index, 8n);
    same(await outcomeOf(() => api.verifyReceipt(receipt, { ...trust, origin: 'other.example' })), 'CHECKPOINT_ORIGIN');
  },

  'names that every object has are names like others': async ({ policy }) => {
    for (const word of ['constructor', '__proto__', 'toString']) {
      const open = (text) => outcomeOf(() => api.readTrust({ policy: text }));
      same(await open(policy.replace('quorum w1', `group g ${word} w1\nquorum g`)), 'POLICY_FILE_THRESHOLD');
      same(await open(policy.replace('quorum w1', `quorum ${word}`)), 'POLICY_FILE_UNDEFINED');
      same(await outcomeOf(() => api.verifyStatement(`{"${word}":1}`, { policy })), 'STATEMENT_FORM');
    }
  },

  'a platform without WebCrypto verifies nothing': async ({ receipt, trust }) => {
    same(await withCrypto({}, () => outcomeOf(() => api.verifyReceipt(receipt, trust))), 'NO_WEBCRYPTO');
  },

  'a platform without Ed25519 verifies nothing': async ({ receipt, trust, statement, seal, lines, publicKeys }) => {
    const without = async () => {
      throw new DOMException('Unrecognized name.', 'NotSupportedError');
    };
    const fakes = { none: { importKey: without }, yes: { verify: async () => true }, no: { verify: async () => false } };
    for (const fake of Object.values(fakes)) {
      const codes = await withCrypto({ subtle: overSubtle(fake) }, async () => [
        await outcomeOf(() => api.verifyReceipt(receipt, trust)),
        await outcomeOf(() => api.verifyStatement(statement, trust)),
        await outcomeOf(() => api.verifySeal(seal, trust)),
        await outcomeOf(() => api.verifyEntrySignatures(lines[8], publicKeys)),
        await outcomeOf(() => api.ready()),
      ]);
      same(codes, Array(5).fill('NO_ED25519'));
    }
    same(await outcomeOf(() => api.ready()), 'ok');
  },

  'whatever comes is refused with a code': async ({ receipt, statement, seal, lines, policy, trust }) => {
    const checks = [
      (input) => api.verifyReceipt(input, trust),
      (input) => api.openCheckpoint(input, trust),
      (input) => api.verifyStatement(input, { policy }),
      (input) => api.verifySeal(input, { policy }),
      (input) => api.parseEntry(input),
      (input) => api.parseDisclosure(input),
      (input) => api.readTrust({ policy: input }),
      (input) => api.readTrust({ logKey: typeof input === 'string' ? input : 'x' }),
    ];
    const inputs = ['', '\n', '\n\n', '\ud800', '\ufeff{}', '{}', '[]', 'null', '0', '"x"', '['.repeat(1e5), ...noise(60)];
    for (const whole of [receipt, statement, seal, utf8(lines[8])]) inputs.push(...spliced(whole, 40));
    for (const [at, input] of inputs.entries()) {
      for (const check of checks) same(typeof (await outcomeOf(() => check(input))), 'string', at);
    }
  },

  'a document is text or bytes': async ({ trust, receipt }) => {
    for (const wrong of [5, null, undefined, {}, [receipt]]) {
      same((await api.verifyReceipt(wrong, trust).catch((error) => error)) instanceof TypeError, true);
    }
    same((await api.verifyReceipt(receipt.slice().buffer, trust)).index, 8n);
    same((await api.verifyReceipt(new TextDecoder().decode(receipt), trust)).index, 8n);
  },

  'a receipt takes milliseconds': async ({ receipt, policy }) => {
    await api.verifyReceipt(receipt, { policy });
    const start = performance.now();
    for (let round = 0; round < 20; round += 1) await api.verifyReceipt(receipt, { policy });
    const each = (performance.now() - start) / 20;
    if (each > 50) throw new Error(`${each} ms`);
  },
};

function same(found, expected, at = '') {
  const [a, b] = [shown(found), shown(expected)];
  if (a !== b) throw new Error(`found ${a}, expected ${b} ${at}`);
}

function replaced(bytes, from, to) {
  return utf8(new TextDecoder().decode(bytes).replace(from, to));
}

/** Runs with another `crypto`, and puts the right one back. */
async function withCrypto(crypto, run) {
  const right = Object.getOwnPropertyDescriptor(globalThis, 'crypto');
  Object.defineProperty(globalThis, 'crypto', { value: crypto, configurable: true });
  try {
    return await run();
  } finally {
    Object.defineProperty(globalThis, 'crypto', right);
  }
}

function overSubtle(other) {
  const { subtle } = globalThis.crypto;
  return { digest: subtle.digest.bind(subtle), importKey: subtle.importKey.bind(subtle), verify: subtle.verify.bind(subtle), ...other };
}

/** Bytes without sense, the same in each run. */
function* noise(count) {
  const next = random(1);
  for (let n = 0; n < count; n += 1) yield Uint8Array.from({ length: next() % 300 }, () => next() % 256);
}

/** A document with a part of it taken out, repeated, or overwritten. */
function* spliced(bytes, count) {
  const next = random(2);
  for (let n = 0; n < count; n += 1) {
    const [a, b] = [next() % bytes.length, next() % bytes.length].sort((x, y) => x - y);
    yield concat(bytes.slice(0, a), bytes.slice(b + 1));
    yield concat(bytes.slice(0, b), bytes.slice(a));
    yield concat(bytes.slice(0, a), new Uint8Array(b - a + 1).fill(next() % 256), bytes.slice(b + 1));
  }
}

function random(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state >>> 8;
  };
}

/** The modules on pages, in headless Chromium, under the console's content policy: from a key file to a signature. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { VECTORS } from './modules.js';
import { openssl } from './openssl.js';
import { entryLines, keysOf, LEDGER, SIGNED, vectors } from './support.js';

const TIME_OUT = 120_000;
const PASSPHRASE = '口令 1';
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'";
const ASSETS = new URL('../../assets/', import.meta.url);
const VERIFY = new URL('../../../../verifiers/es/', import.meta.url);
const [DRAFT, OTHER] = SIGNED.cases;
const base64 = (text) => Buffer.from(text).toString('base64');

const REFUSAL = {
  code: 'CLAIM_AMOUNT', rule: 'R-15-1', article: 15, message: { zh: '金额应为 600000.00', en: '600000.00 is due' },
  figures: { expected: '600000.00' },
};
const RECEIPT = new URL('ledger/receipt-15-25.tlog-proof', VECTORS);

test('a person signs in, drafts, verifies and signs, and each page shows what it does', { timeout: TIME_OUT }, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'fundtrail-console-'));
  const site = await serve(lockedKey());
  const url = `http://127.0.0.1:${site.port}/sign-in`;
  const browser = spawn(chromium(), flags(folder, url), { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  browser.stderr.on('data', (bytes) => {
    said = (said + bytes).slice(-1000);
  });
  context.after(() => {
    end(browser);
    site.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });
  const reports = await Promise.race([site.reports(7), died(browser, () => said)]);
  const [wrong, work, file, proved, refused, shown, entry] = reports;

  assert.equal(wrong.status, '口令不正确。 (WRONG_PASSPHRASE)');
  assert.deepEqual([wrong.kept, wrong.left], [null, '']);

  assert.equal(work.empty, '请填完必填项。');
  const amount = '金额应为数字，小数点后最多两位。 (AMOUNT_FORMAT)';
  assert.deepEqual(work.wrong, [amount, amount]);
  assert.equal(work.status, '现在提交将不予受理：');
  for (const part of ['金额应为 600000.00', '第 15 条', 'CLAIM_AMOUNT', '600,000.00']) assert.ok(work.refusal.includes(part), part);
  assert.ok(work.says.includes('body.amount') && work.says.includes('360000.00'), work.says);
  assert.equal(work.missing, '银行复核');

  const steps = ['form', 'signature', 'checkpoint', 'witnesses', 'inclusion'].map((name) => `ok ${name}`);
  assert.deepEqual([file.verdict, file.steps], ['核验通过。', steps]);
  assert.deepEqual(proved.steps, [...steps, 'ok entry', 'ok signers', 'ok page']);
  assert.equal(proved.verdict, '核验通过。');

  assert.match(refused.status, /OTHER_BYTES/);
  assert.equal(refused.disabled, true);

  assert.deepEqual([shown.page, shown.before, shown.after, shown.images], ['/draft', true, false, 0]);
  for (const line of ['补偿申请', 'body.loss.principal', '2000000.00', 'insurer-a', '360000.00']) {
    assert.ok(shown.says.includes(line), `${line}: ${shown.says}`);
  }
  assert.deepEqual(entry, {
    page: '/entries/3', keyid: SIGNED.keyid, extractable: false, exported: false,
    tomorrow: null, expired: null, again: SIGNED.keyid, forgotten: null,
  });

  const asked = site.asked.filter(({ method, path }) => method !== 'GET' && path !== '/v1/dry-runs');
  assert.deepEqual(asked.map(({ method, path }) => `${method} ${path}`), [
    'PUT /session', 'POST /v1/drafts', 'POST /v1/drafts/claim_submit-0001/signatures',
  ]);
  const bodies = asked.map(({ body }) => JSON.parse(body));
  // What is drafted are the bytes of the fixture, and nobody has signed them yet.
  assert.deepEqual([bodies[1].payload, bodies[1].signatures], [base64(DRAFT.payload), []]);
  // The signature of OpenSSL over the bytes that were shown, by whoever shows a token.
  assert.deepEqual(bodies[2], { keyid: SIGNED.keyid, sig: DRAFT.sig });
  for (const { path, headers } of site.asked) {
    const isOpen = path === '/session' || path.startsWith('/v1/keys/');
    assert.match(headers.authorization ?? '', isOpen ? /^$/ : /^Bearer [\w-]+\.[\w-]+\.[\w-]+$/, path);
  }
  const { aud } = JSON.parse(Buffer.from(bodies[0].token.split('.')[1], 'base64url').toString());
  assert.equal(aud, LEDGER);
});

function lockedKey() {
  const words = ['pkcs8', '-topk8', '-iter', '1000', '-passout', `pass:${PASSPHRASE}`];
  return openssl(words, SIGNED.key).toString();
}

function page(path) {
  const body = {
    '/sign-in': `<form id="sign-in" data-next="/work/new/claim_submit"><input id="key-file" type="file" required>
      <p id="passphrase-field" hidden><input id="passphrase" type="password"></p>
      <button id="sign-in-button" type="submit">x</button><p id="sign-in-status" role="status"></p></form>`,
    '/work/new/claim_submit': `<form id="work" data-kind="claim_submit">${Object.keys(claim()).map(input).join('')}
      <p data-error="body.amount"></p><button type="submit" id="work-keep">x</button></form><p id="work-status"></p>
      <ul id="work-refusals"></ul><ul id="work-missing"></ul><div id="work-says"></div>`,
    '/work/claim_submit-0001': '',
    '/verify': `<form id="verify">${verifying()}<input type="file" id="verify-file"></form>${outcome}`,
    '/entries/15': `<form id="verify" data-index="15" data-entry="${base64(entryLines()[15])}">${verifying()}</form>${outcome}`,
    '/draft': draft(DRAFT.payload),
    '/draft-of-other-bytes': draft(OTHER.payload),
    '/entries/3': '',
  }[path];
  if (body === undefined) return null;
  const own = { '/draft': 'sign', '/work/new': 'work', '/verify': 'verify', '/entries/15': 'verify' };
  const modules = Object.entries(own).filter(([start]) => path.startsWith(start)).map(([, name]) => `/assets/${name}.js`);
  const scripts = ['/assets/session.js', ...modules, '/pages/frame.js'];
  const written = scripts.map((source) => `<script type="module" src="${source}"></script>`).join('');
  const signedIn = path !== '/sign-in';
  return `<!doctype html><html lang="zh"><head><meta charset="utf-8">${written}</head>
    <body data-origin="${LEDGER}" data-signed-in="${signedIn}">${body}</body></html>`;
}

/** What is entered for the fixture's claim, but for its amount. */
function claim() {
  const { date, id, body } = DRAFT.given;
  const fields = { date, id };
  const walk = (path, value) => {
    if (typeof value === 'string') fields[path] = value;
    else for (const [name, member] of Object.entries(value)) walk(`${path}.${name}`, member);
  };
  walk('body', body);
  return fields;
}

function input(name) {
  return `<input name="${name}" required ${/principal|interest|amount/.test(name) ? 'data-type="amount"' : ''}>`;
}

function verifying() {
  const { log_key: key } = vectors('ledger/site.json');
  return `<textarea id="trust">${key}</textarea><button type="button" id="verify-button">x</button>`;
}

const outcome = '<ol id="verify-steps"></ol><p id="verify-verdict"></p>';

function draft(payload) {
  return `<section data-draft="claim_submit-0001" data-payload="${base64(payload)}"><div data-says-transaction></div>
    <input type="checkbox" data-agreed><button type="button" data-sign disabled>x</button><p data-says role="status"></p>
    <ul data-refusals></ul></section>`;
}

/** The pages, the modules, and a node that knows one draft. @param {string} key */
async function serve(key) {
  const asked = [];
  const reported = [];
  let wake = () => {};
  const answers = async (method, path, body) => {
    if (path === '/key') return [200, 'application/json', JSON.stringify({ key, passphrase: PASSPHRASE })];
    if (path === '/claim') return [200, 'application/json', JSON.stringify(claim())];
    if (path === '/receipt') return [200, 'text/plain', await readFile(RECEIPT)];
    if (path === '/v1/entries/15') {
      return [200, 'application/json', JSON.stringify({ receipt: await readFile(RECEIPT, 'utf8') })];
    }
    if (path.startsWith('/v1/keys/')) {
      return [200, 'application/json', JSON.stringify({ public_key: keysOf(entryLines()).get(path.slice(9)) })];
    }
    if (path === '/v1/dry-runs') {
      const verdict = { passes: false, refusals: [REFUSAL], malformed: null };
      return [200, 'application/json', JSON.stringify({ verdict, missing: [{ zh: '银行复核', en: 'the checker' }] })];
    }
    if (path === '/report') {
      reported.push(JSON.parse(body));
      wake();
      return [204];
    }
    if (method === 'PUT' && path === '/session') return [204];
    const shown = { payload: base64(DRAFT.payload), disclosures: [], state: 'open' };
    if (method === 'GET' && path === '/v1/drafts/claim_submit-0001') return [200, 'application/json', JSON.stringify(shown)];
    if (method === 'POST' && path === '/v1/drafts') return [201, 'application/json', JSON.stringify(shown)];
    if (method === 'POST' && path.endsWith('/signatures')) return [201, 'application/json', JSON.stringify({ ...shown, entry: 3 })];
    const [, verify, asset, own] = /^\/(?:assets\/verify\/([\w-]+\.js)|assets\/([\w-]+\.js)|(pages\/[\w-]+\.js))$/.exec(path) ?? [];
    const file = verify ? new URL(verify, VERIFY) : asset ? new URL(asset, ASSETS) : own ? new URL(own, import.meta.url) : null;
    if (file) return [200, 'text/javascript', await readFile(file)];
    const html = page(path);
    return html === null ? [404] : [200, 'text/html; charset=utf-8', html];
  };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const { method, url: path, headers } = request;
    if (path.startsWith('/v1/') || path === '/session') asked.push({ method, path, headers, body });
    const [status, type = 'text/plain', bytes = ''] = await answers(method, path, body);
    response.writeHead(status, { 'Content-Type': type, 'Content-Security-Policy': POLICY }).end(bytes);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const reports = async (count) => {
    while (reported.length < count && !reported.some(({ fault }) => fault)) {
      await new Promise((resolve) => {
        wake = resolve;
      });
    }
    const fault = reported.find((one) => one.fault);
    assert.equal(fault, undefined, JSON.stringify(fault));
    return reported;
  };
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { port: server.address().port, asked, reports, close };
}

function chromium() {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)];
  const places = process.env.CHROMIUM ? [process.env.CHROMIUM] : names.flatMap((name) => folders.map((one) => join(one, name)));
  const found = places.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  assert.ok(found, 'No Chromium found in $CHROMIUM or on the PATH: run `cargo xtask test`.');
  return found;
}

function flags(profile, url) {
  return [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-extensions',
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1', `--user-data-dir=${profile}`, url,
  ];
}

function died(browser, said) {
  return new Promise((_, reject) => {
    browser.on('error', reject);
    browser.on('exit', (code) => reject(new Error(`Chromium ended with ${code}: ${said()}`)));
  });
}

/** Ends the browser with all of its processes, which are a group of their own. */
function end({ pid }) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** The suite in headless Chromium: as many cases as in Node, and all of them pass. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { load } from './load.js';
import { serve } from './server.js';
import { suite } from './suite.js';

const TIME_OUT = 240_000;
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const NONE = 'No Chromium found in $CHROMIUM or on the PATH: run `cargo xtask test`, or `apt-get install chromium`.';

/** @returns {string} the path of a Chromium */
function chromium() {
  const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)];
  const places = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  const found = (process.env.CHROMIUM ? [process.env.CHROMIUM] : places).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  assert.ok(found, NONE);
  return found;
}

test('the suite passes in Chromium as it does in Node', { timeout: TIME_OUT + 30_000 }, async () => {
  const program = chromium();
  const profile = await mkdtemp(join(tmpdir(), 'fundtrail-verify-'));
  const server = await serve();
  const url = `http://127.0.0.1:${server.port}/verifiers/es/test/browser.html`;
  const browser = spawn(program, flags(profile, url), { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    const { fault, cases, passed, failed, page } = await outcome(browser, server.result);
    assert.equal(fault, undefined);
    assert.deepEqual(failed, []);
    assert.equal(cases, (await suite(load)).length);
    assert.equal(passed, cases);
    checkPage(page);
  } finally {
    end(browser);
    server.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
});

function flags(profile, url) {
  return [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-extensions',
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1', `--user-data-dir=${profile}`, url,
  ];
}

/** What the page posts; or why it cannot come any more. */
async function outcome(browser, result) {
  let said = '';
  browser.stderr.on('data', (bytes) => {
    said = (said + bytes).slice(-2_000);
  });
  let timer;
  const gone = new Promise((_, reject) => {
    browser.on('error', reject);
    browser.on('exit', (code) => reject(new Error(`Chromium ended with ${code}: ${said}`)));
    timer = setTimeout(() => reject(new Error(`Chromium posted nothing in ${TIME_OUT} ms: ${said}`)), TIME_OUT);
  });
  try {
    return await Promise.race([result, gone]);
  } finally {
    clearTimeout(timer);
    gone.catch(() => {});
  }
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

function checkPage(page) {
  const files = Object.entries(page);
  assert.equal(files.length, 6);
  for (const [name, { verdict, steps }] of files) {
    const right = !name.endsWith('changed');
    assert.equal(verdict, right ? 'ok' : 'refused', name);
    assert.match(steps, right ? /^ok( ok)+$/ : /^(ok )*refused$/, name);
  }
}

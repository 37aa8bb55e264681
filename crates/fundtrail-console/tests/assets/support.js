/** What the tests share. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { asset, VECTORS } from './modules.js';

/** Signed with plain OpenSSL. */
export const SIGNED = JSON.parse(readFileSync(new URL('signed.json', import.meta.url), 'utf8'));

/** The ledger of the fixtures. */
export const LEDGER = 'fund.example/baotou';

/** @param {string} path below `tests/vectors/` */
export const vectors = (path) => JSON.parse(readFileSync(new URL(path, VECTORS), 'utf8'));

export const utf8 = (text) => new TextEncoder().encode(text);
export const text = (bytes) => new TextDecoder('utf-8', { fatal: true }).decode(bytes);

/** @param {string} code @param {() => any} work that must be refused with it */
export const refuses = (code, work) =>
  assert.rejects(async () => work(), (error) => {
    assert.equal(error.code, code, error.stack);
    return true;
  });

/** The key of `signed.json`. */
export const key = async () => (await asset('keys.js')).importKey(SIGNED.key);

/** A node that answers what it is told to, and remembers what it was asked. @param {...any} answers */
export function node(...answers) {
  const asked = [];
  const fetch = async (path, init) => {
    asked.push({ path, ...init, body: init.body && JSON.parse(init.body) });
    const { status = 200, body = {}, date = new Date() } = answers.length > 1 ? answers.shift() : answers[0];
    if (status === 0) throw new TypeError('connection refused');
    const written = typeof body === 'string' ? body : JSON.stringify(body);
    return new Response(status === 204 ? null : written, { status, headers: { Date: date.toUTCString() } });
  };
  return { fetch, asked };
}

/** The frozen ledger's entries, one a string. */
export const entryLines = () => readFileSync(new URL('ledger/entries.jsonl', VECTORS), 'utf8').split('\n').slice(0, -1);

/** Public keys by key id, as entries brought them. @param {string[]} entries @returns {Map<string, string>} */
export function keysOf(entries) {
  const found = new Map();
  for (const line of entries) {
    const payload = Buffer.from(JSON.parse(line).envelope.payload, 'base64').toString();
    for (const [, key] of payload.matchAll(/"public_key":\s*"([^"]+)"/g)) {
      found.set(createHash('sha256').update(Buffer.from(key, 'base64')).digest('hex').slice(0, 32), key);
    }
  }
  return found;
}

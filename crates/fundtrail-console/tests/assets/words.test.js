/** Words and labels: each in both languages, each used, none missing. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { asset } from './modules.js';
import { vectors } from './support.js';

const { WORDS, word, faultWords } = await asset('words.js');
const { KINDS, MEMBERS } = await asset('labels.js');
const ASSETS = new URL('../../assets/', import.meta.url);
const sources = readdirSync(ASSETS).filter((name) => name.endsWith('.js'))
  .map((name) => [name, readFileSync(new URL(name, ASSETS), 'utf8')]);
const written = sources.filter(([name]) => name !== 'words.js').map(([, source]) => source).join('\n');

test('every text is there in Chinese and in English', () => {
  for (const table of [WORDS, KINDS, MEMBERS]) {
    for (const [name, pair] of Object.entries(table)) {
      assert.equal(pair.length, 2, name);
      assert.match(pair[0], /[\u4e00-\u9fff]/, name);
      assert.doesNotMatch(pair[1], /[\u4e00-\u9fff]|^$/, name);
    }
  }
});

test('every word and every code that is used has a text', () => {
  const used = [...written.matchAll(/\bword\((?:\w+ \? '(\w+)' : )?'(\w+)'/g)].flatMap(([, ...names]) => names.filter(Boolean));
  const codes = [...written.matchAll(/\bfail\(\s*'([A-Z0-9_]+)'/g)].map(([, name]) => name);
  assert.ok(used.length > 10 && codes.length > 15);
  // Malformed bytes are said by the verifier's own sentence.
  const spoken = ['NOT_JSON'];
  for (const name of [...used, ...codes]) assert.ok(name in WORDS || spoken.includes(name), name);
  const plain = Object.keys(WORDS).filter((name) => name !== name.toUpperCase());
  assert.deepEqual(plain.filter((name) => !used.includes(name)), []);
});

test('kinds are called what the format calls them', () => {
  const format = readFileSync(new URL('../../../../docs/FORMAT.md', import.meta.url), 'utf8');
  const titles = [...format.matchAll(/^#### `(\w+)` (.+)$/gm)].map(([, kind, zh]) => [kind, zh]);
  assert.equal(titles.length, 50);
  assert.deepEqual(Object.entries(KINDS).map(([kind, [zh]]) => [kind, zh]), titles);
});

test('members of all bodies have labels', () => {
  const names = new Set();
  const walk = (value) => {
    if (Array.isArray(value)) return value.forEach(walk);
    if (value === null || typeof value !== 'object') return undefined;
    return Object.entries(value).forEach(([name, member]) => {
      names.add(name);
      walk(member);
    });
  };
  for (const { kind, body, expect } of vectors('kinds.json').cases) {
    // Parameters of a policy are called what the policy calls them.
    if (expect === 'ok' && kind !== 'policy_adopt') walk(body);
  }
  assert.ok(names.size > 90);
  assert.deepEqual([...names].filter((name) => !(name in MEMBERS)), []);
});

test('texts hold no markup, and values are put in as they are', () => {
  assert.equal(word('article', '15'), '第 15 条');
  assert.equal(word('article', '$&'), '第 $& 条');
  assert.equal(faultWords({ code: 'WRONG_PASSPHRASE' }), '口令不正确。 (WRONG_PASSPHRASE)');
  assert.equal(faultWords({ code: 'SOME_RULE', message: 'It says no.' }), 'It says no. (SOME_RULE)');
  assert.equal(faultWords(new Error('x')), '程序出错，操作未完成。 (FAULT)');
  for (const [name, source] of sources) {
    assert.doesNotMatch(source, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/, name);
  }
});

/**
 * JSON as FORMAT 2 wants it. `JSON.parse` takes too much: names twice, fractions, numbers that lose digits. Here an
 * object is a `Map`, a number a `BigInt`, and nothing else is rounded, dropped or repaired.
 */
import { textOf } from './bytes.js';
import { refuse } from './errors.js';

/** @typedef {null | boolean | bigint | string | Json[] | Map<string, Json>} Json */

const DEPTH_MAX = 16;
const LARGEST = 2n ** 64n - 1n;
const SMALLEST = -(2n ** 63n);
const ESCAPES = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/**
 * @param {import('./bytes.js').Input} input
 * @returns {Json}
 * @throws {import('./errors.js').VerifyError} `NOT_UTF8`, `NOT_JSON`, `TOO_DEEP`, `DUPLICATE_MEMBER`, `FLOAT`
 */
export function parseJson(input) {
  const reader = new Reader(textOf(input, 'NOT_UTF8'));
  reader.space();
  const value = reader.value(0);
  reader.space();
  if (reader.at < reader.text.length) reader.wrong('something follows the value');
  return value;
}

/** A text as the ledger writes it (FORMAT 10). @param {string} text @returns {string} */
export function quote(text) {
  return JSON.stringify(text);
}

class Reader {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  /** @param {number} depth arrays and objects around it @returns {Json} */
  value(depth) {
    switch (this.text[this.at]) {
      case '{':
        return this.object(depth + 1);
      case '[':
        return this.array(depth + 1);
      case '"':
        return this.string();
      case 't':
        return this.word('true', true);
      case 'f':
        return this.word('false', false);
      case 'n':
        return this.word('null', null);
      default:
        return this.number();
    }
  }

  object(depth) {
    /** @type {Map<string, Json>} */
    const members = new Map();
    this.enter(depth);
    if (this.taken('}')) return members;
    do {
      this.space();
      if (this.text[this.at] !== '"') this.wrong('a name is missing');
      const name = this.string();
      if (members.has(name)) refuse('DUPLICATE_MEMBER', `The member ${quote(name)} is there twice.`);
      this.space();
      if (!this.taken(':')) this.wrong('a colon is missing');
      this.space();
      members.set(name, this.value(depth));
      this.space();
    } while (this.taken(','));
    return this.taken('}') ? members : this.wrong('an object does not end');
  }

  array(depth) {
    /** @type {Json[]} */
    const values = [];
    this.enter(depth);
    if (this.taken(']')) return values;
    do {
      this.space();
      values.push(this.value(depth));
      this.space();
    } while (this.taken(','));
    return this.taken(']') ? values : this.wrong('an array does not end');
  }

  enter(depth) {
    if (depth > DEPTH_MAX) refuse('TOO_DEEP', `More than ${DEPTH_MAX} arrays and objects stand inside each other.`);
    this.at += 1;
    this.space();
  }

  string() {
    this.at += 1;
    let text = '';
    for (;;) {
      text += this.match(/[^"\\\u0000-\u001f]*/y);
      const character = this.text[this.at];
      if (character === '"') break;
      if (character !== '\\') this.wrong('a text has a raw control character, or does not end');
      text += this.escape();
    }
    this.at += 1;
    if (/[\ud800-\udfff]/u.test(text)) this.wrong('a text has half a surrogate pair');
    return text;
  }

  escape() {
    const letter = this.text[this.at + 1];
    this.at += 2;
    if (letter === 'u') {
      const digits = this.match(/[0-9A-Fa-f]{4}/y);
      return digits ? String.fromCharCode(parseInt(digits, 16)) : this.wrong('an escape lacks digits');
    }
    return Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : this.wrong('there is no such escape');
  }

  number() {
    const digits = this.match(/-?(?:0|[1-9][0-9]*)/y);
    if (!digits) this.wrong('a value is missing');
    const rest = this.match(/(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y);
    if (rest || digits === '-0') refuse('FLOAT', `${digits.slice(0, 40)}${rest.slice(0, 40)} is not a whole number.`);
    const value = digits.length <= 20 ? BigInt(digits) : LARGEST + 1n;
    if (value > LARGEST || value < SMALLEST) refuse('FLOAT', 'A number is larger than 64 bits hold.');
    return value;
  }

  word(word, value) {
    if (!this.text.startsWith(word, this.at)) this.wrong('a value is missing');
    this.at += word.length;
    return value;
  }

  space() {
    this.match(/[ \t\n\r]*/y);
  }

  /** @param {RegExp} sticky @returns {string} what it matches here, or nothing */
  match(sticky) {
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  taken(character) {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  /** @param {string} what @returns {never} */
  wrong(what) {
    return refuse('NOT_JSON', `This is not JSON: ${what}, at character ${this.at}.`);
  }
}

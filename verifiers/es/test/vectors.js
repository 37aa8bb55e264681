/** Reading vector files, comparing outcomes, and breaking what is whole. */
import { spliced } from './arrays.js';
import { concat, fromBase64, hex, utf8 } from '../bytes.js';
import { VerifyError } from '../errors.js';
import { parseJson } from '../strict-json.js';

/** @param {Uint8Array} bytes of a vector file @returns {any} with numbers as `BigInt` */
export function read(bytes) {
  return plain(parseJson(bytes));
}

function plain(value) {
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, member]) => [name, plain(member)]));
  return Array.isArray(value) ? value.map(plain) : value;
}

/** The bytes of a case's input. */
export function inputOf({ text, base64: encoded, parts }) {
  if (text !== undefined) return utf8(text);
  if (encoded !== undefined) return fromBase64(encoded);
  return concat(...parts.map((part) => utf8(part.text.repeat(Number(part.times ?? 1n)))));
}

/**
 * Cases that compare the outcome of `check` whole with `expect`: what it returns as `{ok: …}` (nothing as `ok`), or the
 * code it refuses with.
 * @param {any} vectors
 * @param {(input: any) => any} check
 */
export function compared(vectors, check) {
  return vectors.cases.map((input) => ({
    name: input.name,
    run: async () => {
      const outcome = await outcomeOf(() => check(input));
      const [found, expected] = [shown(outcome), shown(input.expect)];
      if (found !== expected) throw new Error(`found ${found}, expected ${expected}`);
    },
  }));
}

export async function outcomeOf(check) {
  try {
    const value = await check();
    return value === undefined ? 'ok' : { ok: value };
  } catch (error) {
    if (error instanceof VerifyError) return error.code;
    throw error;
  }
}

/** @param {any} value */
export function shown(value) {
  return JSON.stringify(value, (_, member) => {
    if (typeof member === 'bigint') return `${member}n`;
    if (member instanceof Uint8Array) return hex(member);
    if (member === null || typeof member !== 'object' || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/**
 * A case that passes if `check` refuses every mutant.
 * @template T
 * @param {string} name
 * @param {Iterable<[string, T]>} mutants
 * @param {(mutant: T) => any} check
 */
export function allRefused(name, mutants, check) {
  return {
    name: `${name}: mutations`,
    run: async () => {
      let count = 0;
      for (const [what, mutant] of mutants) {
        if (typeof (await outcomeOf(() => check(mutant))) !== 'string') throw new Error(`accepted with ${what}`);
        count += 1;
      }
      if (count === 0) throw new Error('there was no mutation');
    },
  };
}

/** The bytes with one bit of every `step`-th of them changed, alternately the lowest and the second. */
export function* flipped(bytes, step = 1) {
  for (let at = 0; at < bytes.length; at += step) {
    const mutant = bytes.slice();
    mutant[at] ^= at % 2 ? 2 : 1;
    yield [`byte ${at} changed`, mutant];
  }
}

/** The text with each line left out, doubled, or exchanged with the next. */
export function* linesMoved(bytes) {
  const lines = new TextDecoder().decode(bytes).split('\n');
  for (const at of lines.keys()) {
    yield [`line ${at} left out`, utf8(spliced(lines, at, 1).join('\n'))];
    yield [`line ${at} doubled`, utf8(spliced(lines, at, 0, lines[at]).join('\n'))];
    if (at + 1 < lines.length && lines[at] !== lines[at + 1]) {
      yield [`lines ${at} exchanged`, utf8(spliced(lines, at, 2, lines[at + 1], lines[at]).join('\n'))];
    }
  }
}

/** The bytes cut off at every `step`-th place, and with something behind. */
export function* cut(bytes, step = 1) {
  for (let at = 0; at < bytes.length; at += step) yield [`cut at ${at}`, bytes.slice(0, at)];
  yield ['a byte behind', concat(bytes, utf8('x'))];
}

/** A list of hashes with one left out, doubled, changed, exchanged. */
export function* hashesMoved(hashes) {
  yield ['a hash of zeros behind', [...hashes, new Uint8Array(32)]];
  for (const at of hashes.keys()) {
    yield [`hash ${at} left out`, spliced(hashes, at, 1)];
    yield [`hash ${at} doubled`, spliced(hashes, at, 0, hashes[at])];
    if (at > 0) yield [`hash ${at} exchanged`, spliced(hashes, at - 1, 2, hashes[at], hashes[at - 1])];
    for (const [what, hash] of flipped(hashes[at], 5)) yield [`hash ${at}, ${what}`, spliced(hashes, at, 1, hash)];
  }
}

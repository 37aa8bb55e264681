/**
 * What a transaction says, read from the very bytes that are signed: every member, nothing left out, nothing added.
 * Whatever a node says about these bytes is not looked at here.
 */
// @ts-check
import { fail, Fault } from './fault.js';
import { KINDS, MEMBERS } from './labels.js';
import { hex } from './verify/bytes.js';
import { parseDisclosure } from './verify/disclosure.js';
import { VerifyError } from './verify/errors.js';
import { parseTransaction } from './verify/transaction.js';
import { sha256 } from './verify/webcrypto.js';

/**
 * @typedef {object} Line
 * @property {string} path where it stands: `body.loss.principal`
 * @property {[zh: string, en: string]} label
 * @property {string} text as it may be shown, see `shown`
 * @property {'text' | 'amount' | 'sealed' | 'unopened'} sort
 */

/**
 * @typedef {object} Said
 * @property {string} id
 * @property {string} kind
 * @property {[zh: string, en: string]} title
 * @property {Line[]} lines
 * @property {string} sha256 of the bytes, in hex
 */

/**
 * @param {Uint8Array} bytes
 * @param {object} expected
 * @param {string} expected.ledger the ledger that this console is for
 * @param {string} [expected.id] the id under which they were asked for
 * @param {string[]} [disclosures] what is known of the sealed particulars; others are left aside
 * @returns {Promise<Said>}
 * @throws {Fault} `WRONG_LEDGER`, `OTHER_TRANSACTION`, and the codes of FORMAT 2, 3 and 5
 */
export async function sayTransaction(bytes, { ledger, id }, disclosures = []) {
  const transaction = read(bytes);
  if (transaction.ledger !== ledger) fail('WRONG_LEDGER', 'The transaction is for another ledger.');
  if (id !== undefined && transaction.id !== id) fail('OTHER_TRANSACTION', 'The bytes are those of another transaction.');
  const title = Object.hasOwn(KINDS, transaction.kind) ? KINDS[transaction.kind] : null;
  if (!title) return fail('UNKNOWN_KIND', 'This console does not know the kind, and so cannot say what it means.');
  /** @type {Line[]} */
  const lines = [];
  for (const name of /** @type {const} */ (['ledger', 'id', 'kind', 'date'])) add(lines, name, transaction[name]);
  members(lines, 'body', transaction.body);
  const opened = await open(disclosures);
  for (const [name, digest] of transaction.sealed) {
    const found = opened.get(digest);
    const isIts = found !== undefined && found.name === name;
    const text = isIts ? `${shown(found.value)} (${digest})` : digest;
    lines.push({ path: `sealed.${name}`, label: labelOf(name), text, sort: isIts ? 'sealed' : 'unopened' });
  }
  return { id: transaction.id, kind: transaction.kind, title, lines, sha256: hex(await sha256(bytes)) };
}

/** @param {Uint8Array} bytes */
function read(bytes) {
  try {
    return parseTransaction(bytes);
  } catch (error) {
    if (error instanceof VerifyError) throw new Fault(error.code, error.message);
    throw error;
  }
}

/** @param {Line[]} lines @param {string} path @param {any} value */
function members(lines, path, value) {
  if (value instanceof Map && value.size > 0) {
    for (const [name, member] of value) members(lines, `${path}.${name}`, member);
  } else if (Array.isArray(value) && value.length > 0) {
    for (const [at, item] of value.entries()) members(lines, `${path}.${at}`, item);
  } else {
    add(lines, path, value);
  }
}

/** @param {Line[]} lines @param {string} path @param {any} value */
function add(lines, path, value) {
  const empty = value instanceof Map ? '{}' : Array.isArray(value) ? '[]' : null;
  const text = empty ?? shown(String(value));
  const isAmount = typeof value === 'string' && /^(0|[1-9][0-9]*)\.[0-9]{2}$/.test(value);
  lines.push({ path: shown(path), label: labelOf(path), text, sort: isAmount ? 'amount' : 'text' });
}

/** The last name of a path that has a label; an item of a list with its number. */
function labelOf(path) {
  const names = path.split('.');
  const numbers = names.filter((name) => /^[0-9]+$/.test(name)).map((number) => ` ${Number(number) + 1}`).join('');
  const name = names.filter((part) => !/^[0-9]+$/.test(part)).at(-1) ?? path;
  const [zh, en] = Object.hasOwn(MEMBERS, name) ? MEMBERS[name] : [shown(name), shown(name)];
  return /** @type {[string, string]} */ ([zh + numbers, en + numbers]);
}

/** @param {string[]} disclosures @returns {Promise<Map<string, {name: string, value: string}>>} by digest */
async function open(disclosures) {
  const opened = new Map();
  for (const text of disclosures) {
    const found = await parseDisclosure(text).catch((error) => {
      if (error instanceof VerifyError && error.code === 'DISCLOSURE_FORM') return null;
      throw error;
    });
    if (found) opened.set(found.digest, found);
  }
  return opened;
}

/** What would hide, turn around or break a text. */
const HIDES = /[\p{Cc}\p{Zl}\p{Zp}\u00ad\u034f\u061c\u115f-\u1160\u17b4-\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\u{e0000}-\u{e007f}]/gu;

/** A text as a page may show it: what cannot be seen is written out. @param {string} text @returns {string} */
export function shown(text) {
  return text.replace(HIDES, (letter) => `\\u{${letter.codePointAt(0)?.toString(16)}}`);
}

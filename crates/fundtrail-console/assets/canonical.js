/**
 * The exact bytes of a transaction (FORMAT 5), made once and then only passed on. Order of members, spelling and white
 * space are those of `fundtrail sign`, so that the same values make the same bytes, and the same signature.
 */
// @ts-check
import { fail, Fault } from './fault.js';
import { compareTexts, hex, utf8 } from './verify/bytes.js';
import { VerifyError } from './verify/errors.js';
import { parseTransaction } from './verify/transaction.js';

const BYTES_MAX = 32_768;
const AMOUNT_DIGITS_MAX = 12;

/** @typedef {{[name: string]: Body} | Body[] | string | number | boolean | null} Body */

/**
 * @typedef {object} Given
 * @property {string} ledger the origin of the one ledger that it is for
 * @property {string} id
 * @property {string} kind
 * @property {string} date
 * @property {{[name: string]: Body}} body its members in the order in which they are to stand
 * @property {Record<string, string>} [sealed] name → digest
 */

/**
 * @param {Given} given
 * @returns {Uint8Array}
 * @throws {Fault} `TOO_LARGE`, and the codes of FORMAT 2, 3 and 5
 */
export function transactionBytes({ ledger, id, kind, date, body, sealed = {} }) {
  const names = Object.keys(sealed).sort(compareTexts);
  const last = names.length > 0 ? `,"sealed":${write(Object.fromEntries(names.map((name) => [name, sealed[name]])))}` : '';
  const head = `{"ledger":${write(ledger)},"id":${write(id)},"kind":${write(kind)},"date":${write(date)}`;
  const bytes = utf8(`${head},"body":${write(body)}${last}}`);
  if (bytes.length > BYTES_MAX) fail('TOO_LARGE', `A transaction has at most ${BYTES_MAX} bytes.`);
  try {
    parseTransaction(bytes);
  } catch (error) {
    if (error instanceof VerifyError) throw new Fault(error.code, error.message);
    throw error;
  }
  return bytes;
}

/** @param {Body} value @returns {string} */
function write(value) {
  if (typeof value === 'string') {
    if (/[\ud800-\udfff]/u.test(value)) fail('NOT_JSON', 'A text has half a surrogate pair.');
    return JSON.stringify(value);
  }
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) fail('FLOAT', `${value} is not a whole number.`);
    return String(value);
  }
  if (value === null || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  return `{${Object.entries(value).map(([name, member]) => `${write(name)}:${write(member)}`).join(',')}}`;
}

/**
 * An amount as people write it: digits, perhaps in groups of three, perhaps with jiao and fen.
 * @param {string} text
 * @returns {string} as FORMAT 3 has it
 * @throws {Fault} `AMOUNT_FORMAT`, `AMOUNT_NEGATIVE`, `AMOUNT_OVERFLOW`
 */
export function amountText(text) {
  const plain = text.normalize('NFKC').replace(/^\s*[¥￥]?\s*|\s*元?\s*$/g, '');
  const parts = /^([-−]?)([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]{1,2}))?$/.exec(plain);
  if (!parts) return fail('AMOUNT_FORMAT', 'An amount is digits, and at most two after the point.');
  if (parts[1]) fail('AMOUNT_NEGATIVE', 'An amount is negative.');
  const yuan = parts[2].replaceAll(',', '').replace(/^0+(?=[0-9])/, '');
  if (yuan.length > AMOUNT_DIGITS_MAX) fail('AMOUNT_OVERFLOW', 'An amount is above 999999999999.99.');
  return `${yuan}.${(parts[3] ?? '').padEnd(2, '0')}`;
}

/**
 * @typedef {object} Field of a form
 * @property {string} path where it belongs in the body: `loss.principal`, `due.0.amount`
 * @property {'text' | 'amount' | 'number' | 'boolean'} type
 * @property {string | boolean} value as entered
 */

/**
 * The body that fields make, in their order. What is left empty is left out, and so are items of a list of which all is
 * empty.
 * @param {Field[]} fields
 * @returns {{[name: string]: Body}}
 * @throws {Fault} `AMOUNT_…`, `FLOAT`, with the field's path in `document`
 */
export function bodyOf(fields) {
  /** @type {any} */
  const body = {};
  for (const { path, type, value } of fields) {
    if (typeof value === 'string' && value.trim() === '') continue;
    const names = path.split('.');
    const last = names.pop() ?? '';
    let place = body;
    for (const [at, name] of names.entries()) {
      const isList = /^[0-9]+$/.test(names[at + 1] ?? last);
      if (!Object.hasOwn(place, name)) put(place, name, isList ? [] : {});
      place = place[name];
    }
    put(place, last, valueOf(path, type, value));
  }
  return withoutGaps(body);
}

/** Without setters: a name is only a name, also where it is `__proto__`. */
function put(place, name, value) {
  Object.defineProperty(place, name, { value, enumerable: true, writable: true, configurable: true });
}

function valueOf(path, type, value) {
  try {
    if (type === 'boolean') return value === true || value === 'true';
    const text = String(value);
    if (type === 'amount') return amountText(text);
    if (type !== 'number') return text.trim();
    return /^[0-9]{1,15}$/.test(text.trim()) ? Number(text) : fail('FLOAT', 'This is not a whole number.');
  } catch (error) {
    if (error instanceof Fault) error.document = { path };
    throw error;
  }
}

function withoutGaps(value) {
  if (Array.isArray(value)) return value.filter((item) => item !== undefined).map(withoutGaps);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withoutGaps(member)]));
}

/**
 * An id that nobody else chose: the kind and 80 random bits.
 * @param {string} kind
 * @returns {string}
 */
export function freshId(kind) {
  return `${kind}-${hex(crypto.getRandomValues(new Uint8Array(10)))}`;
}

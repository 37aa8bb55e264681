/**
 * The types of FORMAT 2 and 3 that entries, statements and seals are made of, over values read by `strict-json.js`.
 */
import { fromHex } from './bytes.js';
import { refuse } from './errors.js';
import { quote } from './strict-json.js';

const U64_MAX = 2n ** 64n - 1n;

export const ROLES = [
  'government', 'finance', 'market_supervision', 'group_member', 'office', 'manager', 'bank', 'insurer', 'guarantor',
  'auditor', 'regulator',
];

/**
 * An object with exactly these members. One that may be null may be missing.
 * @param {import('./strict-json.js').Json} value
 * @param {string[]} names `name`, or `name?` if it may be null
 * @returns {Record<string, any>}
 */
export function object(value, names) {
  if (!(value instanceof Map)) refuse('SHAPE', 'An object is missing.');
  const members = Object.create(null);
  for (const name of names) {
    const plain = name.replace('?', '');
    if (!value.has(plain) && plain === name) refuse('MISSING_MEMBER', `The member ${quote(name)} is missing.`);
    members[plain] = value.get(plain) ?? null;
  }
  for (const name of value.keys()) {
    if (!(name in members)) refuse('UNKNOWN_MEMBER', `There is no member ${quote(name)} in the format.`);
  }
  return members;
}

/** @template T @param {any} value @param {(item: any) => T} read @returns {T[]} */
export function list(value, read) {
  if (!Array.isArray(value)) refuse('SHAPE', 'A list is missing.');
  return value.map(read);
}

/** @template T @param {any} value @param {(item: any) => T} read @returns {T | null} */
export function nullable(value, read) {
  return value === null ? null : read(value);
}

/** @param {any} value @returns {string} */
export function text(value) {
  return typeof value === 'string' ? value : refuse('SHAPE', 'A text is missing.');
}

/** @param {any} value @param {bigint} [most] @param {bigint} [least] @returns {bigint} */
export function whole(value, most = U64_MAX, least = 0n) {
  if (typeof value !== 'bigint' || value < least || value > most) {
    refuse('SHAPE', `A whole number from ${least} to ${most} is missing.`);
  }
  return value;
}

/** @param {any} value @returns {string} 64 hex digits */
export function digest(value) {
  if (!fromHex(text(value), 32)) refuse('DIGEST_FORM', `${shown(value)} is not 64 hex digits.`);
  return value;
}

/** @param {any} value @returns {string} */
export function role(value) {
  return ROLES.includes(text(value)) ? value : refuse('SHAPE', `${shown(value)} is no role.`);
}

/** @param {any} value @returns {string} */
export function date(value) {
  return isDate(text(value)) ? value : refuse('DATE_FORMAT', `${shown(value)} is not a date of 1900 to 2199.`);
}

/** @param {any} value @returns {string} */
export function id(value) {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text(value))) refuse('ID_FORM', `${shown(value)} is not an id.`);
  return value;
}

/** @param {any} value @returns {string} */
export function period(value) {
  if (!/^(19|20|21)[0-9]{2}(H[12]|Q[1-4]|-(0[1-9]|1[0-2]))?$/.test(text(value))) {
    refuse('SHAPE', `${shown(value)} is not a period.`);
  }
  return value;
}

/** A time as the ledger writes it: UTC with three decimals. @param {any} value @returns {string} */
export function recorded(value) {
  const parts = /^(.{10})T([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$/.exec(text(value));
  if (!parts || !isDate(parts[1]) || parts[2] > '23' || parts[3] > '59' || parts[4] > '59') {
    refuse('TIME_FORMAT', `${shown(value)} is not a time.`);
  }
  if (parts[5]?.length !== 4 || parts[6] !== 'Z') refuse('SHAPE', `${shown(value)} is not written as the ledger does.`);
  if (value >= '2199-12-31T16') refuse('TIME_FORMAT', `${shown(value)} is after 2199 at +08:00.`);
  return value;
}

function isDate(value) {
  const parts = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(value);
  if (!parts) return false;
  const [year, month, day] = parts.slice(1).map(Number);
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return year >= 1900 && year <= 2199 && month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
}

function shown(value) {
  return quote(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}

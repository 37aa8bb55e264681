/**
 * Bytes and their spellings: UTF-8, hex, base64 and base64url, all strict (FORMAT 1). Nothing here knows a document.
 */
import { refuse } from './errors.js';

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @typedef {string | Uint8Array | ArrayBuffer} Input a document as text, or, better, as the bytes that came */

/** @param {string} text @returns {Uint8Array} its UTF-8 */
export function utf8(text) {
  return ENCODER.encode(text);
}

/**
 * A document's text. A byte order mark is kept, so that it is seen.
 * @param {Input} input
 * @param {string} code for bytes that are not UTF-8, and for text with half a surrogate pair
 * @returns {string}
 */
export function textOf(input, code) {
  if (typeof input === 'string') {
    if (/[\ud800-\udfff]/u.test(input)) refuse(code, 'The text has half a surrogate pair.');
    return input;
  }
  const bytes = input instanceof ArrayBuffer ? new Uint8Array(input) : input;
  if (!(bytes instanceof Uint8Array)) throw new TypeError('a document is a string or bytes');
  try {
    return DECODER.decode(bytes);
  } catch {
    return refuse(code, 'The bytes are not UTF-8.');
  }
}

/** @param {...Uint8Array} parts @returns {Uint8Array} */
export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** @param {Uint8Array} a @param {Uint8Array} b @returns {boolean} */
export function equal(a, b) {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** Byte order of two texts, which is not the order of JavaScript's strings. @param {string} a @param {string} b */
export function compareTexts(a, b) {
  const [x, y] = [utf8(a), utf8(b)];
  const at = x.findIndex((byte, i) => byte !== y[i]);
  if (at === -1) return x.length - y.length;
  return at < y.length ? x[at] - y[at] : 1;
}

/** @param {Uint8Array} bytes @returns {string} lower case */
export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * @param {string} text lower-case hex
 * @param {number} length of the bytes
 * @returns {Uint8Array | null} null for anything else
 */
export function fromHex(text, length) {
  if (typeof text !== 'string' || text.length !== 2 * length || !/^[0-9a-f]*$/.test(text)) return null;
  return Uint8Array.from({ length }, (_, at) => parseInt(text.slice(2 * at, 2 * at + 2), 16));
}

/** @param {Uint8Array} bytes @returns {string} padded */
export function base64(bytes) {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** @param {string} text padded base64 @returns {Uint8Array | null} null unless it is the one spelling of its bytes */
export function fromBase64(text) {
  let binary;
  try {
    binary = atob(text);
  } catch {
    return null;
  }
  if (btoa(binary) !== text) return null;
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** @param {Uint8Array} bytes @returns {string} without padding */
export function base64url(bytes) {
  return base64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** @param {string} text base64url without padding @returns {Uint8Array | null} */
export function fromBase64url(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return null;
  const padded = text + '='.repeat((4 - (text.length % 4)) % 4);
  return fromBase64(padded.replaceAll('-', '+').replaceAll('_', '/'));
}

/**
 * DER, as much of it as key files need, read strictly: definite lengths in their shortest form, and nothing left over.
 * Whatever is wrong is `NOT_A_KEY`, unless the reader was made to say otherwise.
 */
// @ts-check
import { fail } from './fault.js';

const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTETS = 0x04;
const NULL = 0x05;
const OID = 0x06;
const SEQUENCE = 0x30;

/** Lengths of more bytes than this are refused unread: no key file comes near. */
const LENGTH_BYTES_MAX = 3;

export class Der {
  #bytes;
  #at = 0;
  #code;

  /**
   * @param {Uint8Array} bytes
   * @param {string} [code] of what is wrong with them
   */
  constructor(bytes, code = 'NOT_A_KEY') {
    this.#bytes = bytes;
    this.#code = code;
  }

  /** @returns {boolean} whether all was read */
  get isAtEnd() {
    return this.#at === this.#bytes.length;
  }

  /** @returns {number | null} the tag of what comes next */
  get next() {
    return this.isAtEnd ? null : this.#bytes[this.#at];
  }

  /** That nothing is left over. */
  end() {
    if (!this.isAtEnd) this.#wrong('something follows its end');
  }

  /** @returns {Der} over the contents of a sequence */
  sequence() {
    return new Der(this.contents(SEQUENCE), this.#code);
  }

  /** @returns {Uint8Array} of an octet string */
  octets() {
    return this.contents(OCTETS);
  }

  /**
   * A whole number that is not negative, of at most four bytes.
   * @returns {number}
   */
  integer() {
    const bytes = this.contents(INTEGER);
    if (bytes.length === 0 || bytes[0] >= 0x80) this.#wrong('a number is empty or negative');
    if (bytes.length > 1 && bytes[0] === 0 && bytes[1] < 0x80) this.#wrong('a number has zeros in front');
    if (bytes.length > 5 || (bytes.length === 5 && bytes[0] !== 0)) return Infinity;
    return bytes.reduce((number, byte) => number * 256 + byte, 0);
  }

  /** @returns {boolean} whether what comes next is a number */
  get isInteger() {
    return this.next === INTEGER;
  }

  /** An object identifier. @returns {string} in hex, which compares as well as dots and digits */
  oid() {
    return Array.from(this.contents(OID), (byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  null() {
    if (this.contents(NULL).length > 0) this.#wrong('a null is not empty');
  }

  /**
   * A bit string of whole bytes, under an implicit tag if one is given.
   * @param {number} [tag]
   * @returns {Uint8Array}
   */
  bits(tag = BIT_STRING) {
    const bytes = this.contents(tag);
    if (bytes[0] !== 0) this.#wrong('a bit string has no whole bytes');
    return bytes.subarray(1);
  }

  /** @param {number} tag that must come next @returns {Uint8Array} what it holds */
  contents(tag) {
    if (this.next !== tag) this.#wrong('another type stands where one is expected');
    this.#at += 1;
    const length = this.#length();
    if (length > this.#bytes.length - this.#at) this.#wrong('it is cut off');
    const found = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return found;
  }

  #length() {
    const first = this.#byte();
    if (first < 0x80) return first;
    const count = first - 0x80;
    if (count === 0 || count > LENGTH_BYTES_MAX) this.#wrong('a length is indefinite, or too large');
    let length = 0;
    for (let at = 0; at < count; at += 1) length = length * 256 + this.#byte();
    if (length < 0x80 || length < 256 ** (count - 1)) this.#wrong('a length is not in its shortest form');
    return length;
  }

  #byte() {
    if (this.isAtEnd) this.#wrong('it is cut off');
    this.#at += 1;
    return this.#bytes[this.#at - 1];
  }

  /** @param {string} what @returns {never} */
  #wrong(what) {
    return fail(this.#code, `This is no DER of a key: ${what}.`);
  }
}

/** Keys and signatures by OpenSSL, in a directory that goes away with the test. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** @param {string[]} words @param {string} [input] @returns {Buffer} what OpenSSL printed */
export function openssl(words, input) {
  try {
    return execFileSync('openssl', words, { input: input ?? '', stdio: ['pipe', 'pipe', 'pipe'] });
  } catch (error) {
    if (error.code === 'ENOENT') throw new Error('There is no openssl on the PATH: install it.');
    throw error;
  }
}

/** @param {import('node:test').TestContext} context */
export function desk(context) {
  const folder = mkdtempSync(join(tmpdir(), 'fundtrail-keys-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const at = (name) => join(folder, name);
  return {
    /** @param {...string} words with `@name` for a file of the desk @returns {Buffer} */
    openssl: (...words) => {
      const named = words.map((word) => word.replace(/(^|:)@(.+)$/, (_, before, name) => before + at(name)));
      return openssl(named);
    },
    read: (name) => new Uint8Array(readFileSync(at(name))),
    write: (name, bytes) => writeFileSync(at(name), bytes),
  };
}

/** @param {Uint8Array | Buffer} der @param {string} label @returns {string} */
export function pem(der, label) {
  const lines = Buffer.from(der).toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** @param {string | Uint8Array} text of a PEM @returns {Buffer} */
export function der(text) {
  return Buffer.from(Buffer.from(text).toString().replace(/-----[^-]*-----|\s/g, ''), 'base64');
}

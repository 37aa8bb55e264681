/**
 * Signed notes and their verifier keys (C2SP signed-note, FORMAT 11). What the text says is not looked at here.
 */
import { concat, fromBase64, hex, textOf, utf8 } from './bytes.js';
import { checkKey, verifies } from './ed25519.js';
import { refuse } from './errors.js';
import { sha256 } from './webcrypto.js';

export const LOG = 1;
export const WITNESS = 4;

const BYTES_MAX = 1_000_000;
const LINES_MAX = 100;
const NAME_BYTES_MAX = 255;

/** @typedef {{name: string, hash: string, type: number, raw: Uint8Array}} VerifierKey */
/** @typedef {{name: string, hash: string, signature: Uint8Array}} NoteLine */
/** @typedef {{text: string, lines: NoteLine[]}} Note */

/** @param {string} name @returns {boolean} whether a key, and so a log, may be called that */
export function isKeyName(name) {
  return name !== '' && !/[\p{White_Space}\p{Cc}+]/u.test(name) && utf8(name).length <= NAME_BYTES_MAX;
}

/**
 * @param {string} vkey `name+hash+base64`
 * @returns {Promise<VerifierKey>}
 * @throws {import('./errors.js').VerifyError} `NOTE_KEY`, `NOTE_KEY_NAME`, `NOTE_KEY_TYPE`, `KEY_WEAK`, `KEY_FORM`
 */
export async function verifierKey(vkey) {
  const parts = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/su.exec(textOf(vkey, 'NOTE_KEY'));
  if (!parts) return refuse('NOTE_KEY', 'A verifier key is name+hash+base64.');
  const [, name, hash, key] = parts;
  if (!isKeyName(name)) refuse('NOTE_KEY_NAME', 'The name of a verifier key is empty, too long, or has white space.');
  const bytes = fromBase64(key);
  if (!bytes || bytes.length < 2) return refuse('NOTE_KEY', 'A verifier key ends in base64.');
  const expected = await sha256(concat(utf8(`${name}\n`), bytes));
  if (hex(expected.subarray(0, 4)) !== hash) refuse('NOTE_KEY', 'The hash of the verifier key is another one.');
  if (bytes[0] !== LOG && bytes[0] !== WITNESS) refuse('NOTE_KEY_TYPE', `Keys of type ${bytes[0]} are unknown.`);
  if (bytes.length !== 33) refuse('NOTE_KEY', 'An Ed25519 verifier key has 32 bytes.');
  const raw = bytes.slice(1);
  checkKey(raw);
  return { name, hash, type: bytes[0], raw };
}

/**
 * @param {import('./bytes.js').Input} input
 * @returns {Note}
 * @throws {import('./errors.js').VerifyError} `NOTE_TEXT`, `NOTE_TOO_LARGE`, `NOTE_UNSIGNED`, `NOTE_SIGNATURES`,
 *   `NOTE_LINE`
 */
export function parseNote(input) {
  const whole = textOf(input, 'NOTE_TEXT');
  if (utf8(whole).length > BYTES_MAX) refuse('NOTE_TOO_LARGE', `A note has at most ${BYTES_MAX} bytes.`);
  if (!whole.endsWith('\n') || /[\u0000-\u0009\u000b-\u001f]/.test(whole)) {
    refuse('NOTE_TEXT', 'A note ends in a line feed and has no other control character.');
  }
  const end = whole.lastIndexOf('\n\n');
  const signatures = whole.slice(end + 2, -1);
  if (end === -1 || end + 2 >= whole.length) refuse('NOTE_UNSIGNED', 'The note is not signed.');
  const lines = signatures.split('\n');
  if (lines.length > LINES_MAX) refuse('NOTE_SIGNATURES', `A note has at most ${LINES_MAX} signatures.`);
  return { text: whole.slice(0, end + 1), lines: lines.map(noteLine) };
}

/** @param {string} line @returns {NoteLine} */
function noteLine(line) {
  const parts = /^\u2014 ([^ ]+) ([^ ]+)$/u.exec(line);
  const bytes = parts && fromBase64(parts[2]);
  if (!bytes || bytes.length < 5 || /[\p{White_Space}\p{Cc}+]/u.test(parts[1])) {
    return refuse('NOTE_LINE', 'A line under the note is no signature.');
  }
  return { name: parts[1], hash: hex(bytes.subarray(0, 4)), signature: bytes.slice(4) };
}

/**
 * Who of those trusted signed. A line of anybody else is ignored; one bad line of somebody trusted spoils the note.
 * @param {Note} note
 * @param {VerifierKey[]} keys
 * @returns {Promise<{key: VerifierKey, time: bigint | null}[]>} in the order of the lines; the time of a witness
 * @throws {import('./errors.js').VerifyError} `NOTE_DUPLICATE`, `NOTE_SIGNATURE`, `NOTE_UNTRUSTED`
 */
export async function verifyNote(note, keys) {
  const trusted = note.lines.flatMap((line) => {
    const key = keys.find(({ name, hash }) => name === line.name && hash === line.hash);
    return key ? [{ key, line }] : [];
  });
  if (new Set(trusted.map(({ key }) => key)).size < trusted.length) {
    refuse('NOTE_DUPLICATE', 'A trusted key has two lines under the note.');
  }
  if (trusted.length === 0) refuse('NOTE_UNTRUSTED', 'Nobody who is trusted signed the note.');
  return Promise.all(trusted.map(({ key, line }) => verifyLine(note.text, key, line)));
}

async function verifyLine(text, key, { signature }) {
  const witness = key.type === WITNESS;
  const wrong = () => refuse('NOTE_SIGNATURE', `The signature of ${key.name} does not verify.`);
  if (signature.length !== (witness ? 72 : 64)) wrong();
  const time = witness ? new DataView(signature.buffer).getBigUint64(0) : null;
  const message = witness ? `cosignature/v1\ntime ${time}\n${text}` : text;
  if (!(await verifies(key.raw, utf8(message), signature.subarray(witness ? 8 : 0)))) wrong();
  return { key, time };
}

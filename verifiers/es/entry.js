/** Entries (FORMAT 10): one line of JSON with one form, the leaf of the tree. */
import { compareTexts, fromHex, textOf, utf8 } from './bytes.js';
import { formatAmount, signedAmount } from './amount.js';
import { verifies } from './ed25519.js';
import { PAYLOAD_TYPE, pae, readEnvelope, writeEnvelope } from './envelope.js';
import { refuse } from './errors.js';
import { keyIdOf, publicKey } from './keys.js';
import { date, digest, list, nullable, object, recorded, role, text, whole } from './shape.js';
import { finish, walk } from './steps.js';
import { parseJson, quote } from './strict-json.js';
import { keysBroughtBy, parseTransaction } from './transaction.js';

const BYTES_MAX = 65_535;
const I64_MAX = 2n ** 63n - 1n;

/** @typedef {{book: string, amount: bigint, balance: bigint}} Posting in fen */
/** @typedef {{object: string, revision: bigint, previous: bigint | null}} Revision */
/**
 * @typedef {object} Alert
 * @property {string} code
 * @property {bigint} article
 * @property {string} object
 * @property {string} owed_by
 * @property {string | null} due
 * @property {Map<string, bigint | string>} figures
 */
/**
 * @typedef {object} Entry
 * @property {bigint} index
 * @property {string} prev hex
 * @property {string} recorded
 * @property {import('./envelope.js').Envelope} envelope
 * @property {{tags: Map<string, string>, alerts: string[]}} findings
 * @property {{postings: Posting[], revisions: Revision[], alerts: Alert[]}} effects
 * @property {Uint8Array} bytes the exact ones
 */
/**
 * By key id: base64 of the SubjectPublicKeyInfo, or the 32 bytes.
 * @typedef {Map<string, string | Uint8Array> | Record<string, string | Uint8Array>} PublicKeys
 */

/**
 * Reads one entry by itself, and refuses it in any other form than its one.
 * @param {import('./bytes.js').Input} input without a line feed
 * @returns {Entry}
 * @throws {import('./errors.js').VerifyError} the codes of FORMAT 2, 3, 7 and 10
 */
export function parseEntry(input) {
  const line = textOf(input, 'NOT_UTF8');
  const bytes = utf8(line);
  if (bytes.length > BYTES_MAX) refuse('TOO_LARGE', `An entry has at most ${BYTES_MAX} bytes.`);
  const members = object(parseJson(line), ['index', 'prev', 'recorded', 'envelope', 'findings', 'effects']);
  const findings = object(members.findings, ['tags', 'alerts']);
  const effects = object(members.effects, ['postings', 'revisions', 'alerts']);
  const entry = {
    index: whole(members.index),
    prev: hash(members.prev),
    recorded: recorded(members.recorded),
    envelope: readEnvelope(members.envelope),
    findings: { tags: tags(findings.tags), alerts: list(findings.alerts, text) },
    effects: {
      postings: list(effects.postings, posting),
      revisions: list(effects.revisions, revision),
      alerts: list(effects.alerts, alert),
    },
    bytes,
  };
  if (writeEntry(entry) !== line) refuse('SHAPE', 'The entry is not written in its one form.');
  return entry;
}

/** @param {Entry} entry @returns {string} its one form */
export function writeEntry({ index, prev, recorded: time, envelope, findings, effects }) {
  const names = [...findings.tags.keys()].sort(compareTexts);
  const written = {
    tags: names.map((name) => `${quote(name)}:${quote(findings.tags.get(name))}`),
    alerts: findings.alerts.map(quote),
    postings: effects.postings.map(writePosting),
    revisions: effects.revisions.map(writeRevision),
    raised: effects.alerts.map(writeAlert),
  };
  return (
    `{"index":${index},"prev":"${prev}","recorded":"${time}","envelope":${writeEnvelope(envelope)},` +
    `"findings":{"tags":{${written.tags}},"alerts":[${written.alerts}]},` +
    `"effects":{"postings":[${written.postings}],"revisions":[${written.revisions}],"alerts":[${written.raised}]}}`
  );
}

function hash(value) {
  return fromHex(text(value), 32) ? value : refuse('SHAPE', '`prev` is not 64 hex digits.');
}

function tags(value) {
  if (!(value instanceof Map)) return refuse('SHAPE', '`tags` is no object.');
  for (const tag of value.values()) digest(tag);
  return value;
}

function posting(value) {
  const { book, amount, balance } = object(value, ['book', 'amount', 'balance']);
  return { book: text(book), amount: signedAmount(amount), balance: signedAmount(balance) };
}

function writePosting({ book, amount, balance }) {
  return `{"book":${quote(book)},"amount":"${formatAmount(amount)}","balance":"${formatAmount(balance)}"}`;
}

function revision(value) {
  const { object: name, revision: number, previous } = object(value, ['object', 'revision', 'previous?']);
  return { object: text(name), revision: whole(number), previous: nullable(previous, whole64) };
}

function writeRevision({ object: name, revision: number, previous }) {
  return `{"object":${quote(name)},"revision":${number},"previous":${previous}}`;
}

function alert(value) {
  const members = object(value, ['code', 'article', 'object', 'owed_by', 'due?', 'figures']);
  return {
    code: text(members.code),
    article: whole(members.article, 255n),
    object: text(members.object),
    owed_by: role(members.owed_by),
    due: nullable(members.due, date),
    figures: figures(members.figures),
  };
}

function writeAlert({ code, article, object: name, owed_by, due, figures: shown }) {
  const written = [...shown].map(([key, value]) => `${quote(key)}:${typeof value === 'bigint' ? value : quote(value)}`);
  return (
    `{"code":${quote(code)},"article":${article},"object":${quote(name)},"owed_by":"${owed_by}",` +
    `"due":${due === null ? null : quote(due)},"figures":{${written}}}`
  );
}

function figures(value) {
  if (!(value instanceof Map)) return refuse('SHAPE', '`figures` is no object.');
  for (const figure of value.values()) {
    if (typeof figure !== 'string') whole(figure, I64_MAX, -I64_MAX - 1n);
  }
  return value;
}

function whole64(value) {
  return whole(value);
}

/**
 * What an entry's parties signed.
 * @param {string} origin of the ledger that it must be for
 * @param {Entry} entry
 * @returns {import('./transaction.js').Transaction}
 * @throws {import('./errors.js').VerifyError} `WRONG_LEDGER`, and the codes of transactions
 */
export function transactionFor(origin, { envelope }) {
  const transaction = parseTransaction(envelope.payload);
  if (transaction.ledger !== origin) refuse('WRONG_LEDGER', `The transaction was signed for ${transaction.ledger}.`);
  return transaction;
}

/**
 * The checks of an entry that is known to be in the log, and of its signatures.
 * @param {() => {index: bigint, entry: Uint8Array, checkpoint: import('./checkpoint.js').Checkpoint}} proved
 * @param {PublicKeys} publicKeys
 * @returns {import('./steps.js').Check[]}
 */
export function entryChecks(proved, publicKeys) {
  /** @type {Entry} */
  let entry;
  return [
    ['entry', () => {
      const { index, entry: bytes, checkpoint } = proved();
      entry = parseEntry(bytes);
      if (entry.index !== index) refuse('SHAPE', `The entry calls itself ${entry.index}, and stands at ${index}.`);
      const { kind, id } = transactionFor(checkpoint.origin, entry);
      return `Entry ${index}: ${kind} ${id}, recorded ${entry.recorded}.`;
    }],
    ['signers', async () => {
      const signers = await signersOf(entry, publicKeys);
      return `Signed by ${signers.join(', ')}.`;
    }],
  ];
}

/**
 * That every signature of an entry verifies over its exact payload, under the key of its key id. Whether that key had
 * the right to sign is a question for the rules.
 * @param {Entry | import('./bytes.js').Input} entry
 * @param {PublicKeys} publicKeys those that earlier entries brought; the entry's own need not be among them
 * @returns {Promise<{signers: string[], steps: import('./steps.js').Step[]}>} key ids in order
 * @throws {import('./errors.js').VerifyError} `SIGNATURE_INVALID`; `SIG_ROLE` for a key that nobody knows; the codes of
 *   keys and, for text, of entries
 */
export function verifyEntrySignatures(entry, publicKeys) {
  const found = { signers: [] };
  const check = async () => {
    const read = typeof entry === 'object' && 'envelope' in entry ? entry : parseEntry(entry);
    found.signers = await signersOf(read, publicKeys);
    return `Signed by ${found.signers.join(', ')}.`;
  };
  return finish(walk([['signers', check]], () => found));
}

async function signersOf({ envelope }, publicKeys) {
  const brought = await keysBroughtBy(parseTransaction(envelope.payload));
  const message = pae(PAYLOAD_TYPE, envelope.payload);
  for (const { keyid, signature } of envelope.signatures) {
    const raw = (await keyGiven(publicKeys, keyid)) ?? brought.get(keyid);
    if (!raw) refuse('SIG_ROLE', `Nobody knows the key ${keyid}.`);
    if (!(await verifies(raw, message, signature))) {
      refuse('SIGNATURE_INVALID', `The signature of ${keyid} does not verify.`);
    }
  }
  return envelope.signatures.map(({ keyid }) => keyid);
}

async function keyGiven(publicKeys, keyid) {
  const given = (publicKeys instanceof Map ? publicKeys : new Map(Object.entries(publicKeys))).get(keyid);
  if (!given) return null;
  const raw = typeof given === 'string' ? (await publicKey(given)).raw : given;
  if ((await keyIdOf(raw)) !== keyid) refuse('KEY_FORM', `The key given for ${keyid} has another key id.`);
  return raw;
}

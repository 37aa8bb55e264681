/**
 * The members that every transaction has (FORMAT 5). What its kind says of the body is not checked here: an entry
 * that the log committed to was read by the ledger, and a whole ledger is for the auditor's tool.
 */
import { fromBase64url } from './bytes.js';
import { refuse } from './errors.js';
import { keyIdOf, publicKey } from './keys.js';
import { date, id, object, text } from './shape.js';
import { parseJson } from './strict-json.js';

/**
 * @typedef {object} Transaction
 * @property {string} ledger
 * @property {string} id
 * @property {string} kind
 * @property {string} date
 * @property {Map<string, import('./strict-json.js').Json>} body
 * @property {Map<string, string>} sealed name → digest
 */

/**
 * @param {import('./bytes.js').Input} payload
 * @returns {Transaction}
 * @throws {import('./errors.js').VerifyError} the codes of FORMAT 2, 3 and 5
 */
export function parseTransaction(payload) {
  const value = parseJson(payload);
  const optional = value instanceof Map && value.has('sealed') ? ['sealed'] : [];
  const members = object(value, ['ledger', 'id', 'kind', 'date', 'body', ...optional]);
  if (!(members.body instanceof Map)) refuse('SHAPE', 'The body is no object.');
  const sealed = members.sealed ?? new Map();
  if (!(sealed instanceof Map) || (optional.length > 0 && members.sealed === null)) {
    refuse('SHAPE', '`sealed` is no object.');
  }
  for (const digest of sealed.values()) {
    if (fromBase64url(text(digest))?.length !== 32) refuse('DIGEST_FORM', 'A sealed digest is not 43 characters.');
  }
  return {
    ledger: text(members.ledger),
    id: id(members.id),
    kind: text(members.kind),
    date: date(members.date),
    body: members.body,
    sealed,
  };
}

/**
 * The keys that a transaction brings with it: those of `genesis`, and the new one of `key_enrol` and `key_rotate`.
 * @param {Transaction} transaction
 * @returns {Promise<Map<string, Uint8Array>>} key id → 32 bytes
 */
export async function keysBroughtBy({ kind, body }) {
  let written = [];
  if (kind === 'genesis' && Array.isArray(body.get('keys'))) {
    written = body.get('keys').map((key) => (key instanceof Map ? key.get('public_key') : null));
  } else if (kind === 'key_enrol' || kind === 'key_rotate') {
    written = [body.get('public_key')];
  }
  const keys = await Promise.all(written.map(publicKey));
  return new Map(await Promise.all(keys.map(async ({ raw }) => /** @type {const} */ ([await keyIdOf(raw), raw]))));
}

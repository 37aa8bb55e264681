/** DSSE envelopes as entries hold them (FORMAT 7): what was signed, by whom, and over which bytes. */
import { base64, concat, equal, fromBase64, fromHex, utf8 } from './bytes.js';
import { refuse } from './errors.js';
import { list, text } from './shape.js';
import { quote } from './strict-json.js';

export const PAYLOAD_TYPE = 'application/vnd.fundtrail.transaction+json';

const PAYLOAD_BYTES_MAX = 32_768;
const SIGNATURES_MAX = 32;

/** @typedef {{keyid: string, signature: Uint8Array}} Signature */
/** @typedef {{payload: Uint8Array, signatures: Signature[]}} Envelope */

/**
 * DSSE's pre-authentication encoding.
 * @param {string} type
 * @param {Uint8Array} payload
 * @returns {Uint8Array}
 */
export function pae(type, payload) {
  return concat(utf8(`DSSEv1 ${utf8(type).length} ${type} ${payload.length} `), payload);
}

/**
 * @param {import('./strict-json.js').Json} value unknown members are read over
 * @returns {Envelope}
 * @throws {import('./errors.js').VerifyError} the codes of FORMAT 7
 */
export function readEnvelope(value) {
  const type = text(member(value, 'payloadType'));
  if (type !== PAYLOAD_TYPE) refuse('PAYLOAD_TYPE', `The payload is not of the type ${PAYLOAD_TYPE}.`);
  const payload = decode(text(member(value, 'payload')));
  if (payload.length > PAYLOAD_BYTES_MAX) refuse('TOO_LARGE', `A transaction has at most ${PAYLOAD_BYTES_MAX} bytes.`);
  const read = list(member(value, 'signatures'), (item) => {
    const keyid = text(member(item, 'keyid', 'SIGNATURE_FORM'));
    const signature = decode(text(member(item, 'sig', 'SIGNATURE_FORM')));
    if (!fromHex(keyid, 16)) refuse('SIGNATURE_FORM', 'A key id is not 32 hex digits.');
    if (signature.length !== 64) refuse('SIGNATURE_FORM', 'A signature is not 64 bytes.');
    return { keyid, signature };
  });
  if (read.length === 0) refuse('UNSIGNED', 'The envelope carries no signature.');
  if (read.length > SIGNATURES_MAX) refuse('TOO_MANY_SIGNATURES', `There are more than ${SIGNATURES_MAX} signatures.`);
  return { payload, signatures: withoutDoubles(read) };
}

/** The one form an envelope has in an entry. @param {Envelope} envelope @returns {string} */
export function writeEnvelope({ payload, signatures }) {
  const written = signatures.map(({ keyid, signature }) => `{"keyid":"${keyid}","sig":"${base64(signature)}"}`);
  return `{"payload":"${base64(payload)}","payloadType":"${PAYLOAD_TYPE}","signatures":[${written.join(',')}]}`;
}

/** @param {Signature[]} signatures @returns {Signature[]} */
function withoutDoubles(signatures) {
  return signatures.filter(({ keyid, signature }, at) => {
    const earlier = signatures.slice(0, at).find((other) => other.keyid === keyid);
    if (earlier && !equal(earlier.signature, signature)) refuse('SIGNATURE_FORM', 'A key has two signatures.');
    return !earlier;
  });
}

function member(value, name, code = 'MISSING_MEMBER') {
  if (!(value instanceof Map)) return refuse('SHAPE', 'An object is missing.');
  return value.has(name) ? value.get(name) : refuse(code, `The member ${quote(name)} is missing.`);
}

/** Padded base64, or padded base64url where it shows. */
function decode(value) {
  const plain = /[-_]/.test(value) && !/[+/]/.test(value) ? value.replaceAll('-', '+').replaceAll('_', '/') : value;
  return fromBase64(plain) ?? refuse('BASE64', 'A member of the envelope is not base64.');
}

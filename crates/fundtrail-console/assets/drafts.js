/** Drafts at the node (FORMAT 7.1): posting the bytes that others sign too, and adding a signature. */
// @ts-check
import { fail } from './fault.js';
import { signBytes } from './keys.js';
import { base64, fromBase64 } from './verify/bytes.js';
import { pae, PAYLOAD_TYPE } from './verify/envelope.js';

/**
 * @param {import('./keys.js').SignerKey} key
 * @param {Uint8Array} payload the exact bytes
 * @returns {Promise<{keyid: string, sig: string}>} as in an envelope (FORMAT 7)
 */
export async function signPayload(key, payload) {
  return { keyid: key.keyid, sig: base64(await signBytes(key, pae(PAYLOAD_TYPE, payload))) };
}

/**
 * @param {Uint8Array} payload
 * @param {{keyid: string, sig: string}[]} signatures
 * @param {string[]} disclosures
 */
export function submission(payload, signatures, disclosures) {
  return { payload: base64(payload), payloadType: PAYLOAD_TYPE, signatures, disclosures };
}

/** @typedef {{payload: Uint8Array, disclosures: string[], document: any}} Draft `document`: what the node says of it */

/**
 * @param {import('./api.js').Api} api
 * @param {string} id
 * @returns {Promise<Draft>}
 * @throws {import('./fault.js').Fault} the node's codes, `NO_ANSWER`
 */
export async function fetchDraft(api, id) {
  return draftOf((await api.ask('GET', pathOf(id))).document);
}

/**
 * @param {import('./api.js').Api} api
 * @param {Uint8Array} payload
 * @param {string[]} disclosures
 * @param {{keyid: string, sig: string}[]} [signatures] those there are already
 * @returns {Promise<Draft>}
 * @throws {import('./fault.js').Fault} the node's codes
 */
export async function postDraft(api, payload, disclosures, signatures = []) {
  return draftOf((await api.ask('POST', '/v1/drafts', submission(payload, signatures, disclosures))).document);
}

/**
 * @param {import('./api.js').Api} api
 * @param {string} id
 * @param {{keyid: string, sig: string}} signature
 * @returns {Promise<any>} the draft as the node shows it; with `entry` and `receipt` if this was the last signature
 * @throws {import('./fault.js').Fault} the node's codes; `REFUSED` with the refusals in `document`
 */
export async function addSignature(api, id, signature) {
  return (await api.ask('POST', `${pathOf(id)}/signatures`, signature)).document;
}

/** @param {string} id @returns {string} */
export function pathOf(id) {
  return `/v1/drafts/${encodeURIComponent(id)}`;
}

/** @param {any} document @returns {Draft} */
function draftOf(document) {
  const payload = typeof document?.payload === 'string' ? fromBase64(document.payload) : null;
  if (!payload) return fail('NO_ANSWER', 'The node gave no payload.');
  const given = Array.isArray(document.disclosures) ? document.disclosures : [];
  return { payload, disclosures: given.filter((text) => typeof text === 'string'), document };
}

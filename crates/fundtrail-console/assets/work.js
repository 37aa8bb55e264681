/**
 * The form of a new transaction: what is entered becomes the exact bytes that are to be signed, the node says at once
 * what the ledger would make of them, and the finished draft is kept for its signers. Signing is on the draft's page.
 *
 * Markup:
 *
 *     <form id="work" data-kind="claim_submit">
 *       <input name="date" type="date" required>
 *       <input name="id">                                      optional; a fresh one if empty
 *       <input name="body.loss.principal" data-type="amount">  the path in the body; lists by number: body.due.0.amount
 *       <input name="sealed.credit_code">                      a particular to seal
 *       <p data-error="body.loss.principal"></p>               optional: what is wrong with that field
 *       <button type="submit" id="work-keep">…</button>
 *     </form>
 *     <p id="work-status" role="status"></p>                   gets the class "ok" or "refused"
 *     <ul id="work-refusals"></ul>                             rule, article and figures of each refusal
 *     <div id="work-prospect"></div>                           what would follow, if nothing stands against it
 *     <ul id="work-missing"></ul>                              who would have to sign
 *     <div id="work-says"></div>                               the transaction in words, from its bytes
 *
 * `data-type` is `amount`, `number`, `boolean`, `document` (a file, of which only the SHA-256 is taken) or nothing, for
 * texts, dates and ids. A tick box is a boolean. Empty fields are left out of the body.
 */
// @ts-check
import { bodyOf, freshId, transactionBytes } from './canonical.js';
import { byId, element, ledgerOfPage, marked, say } from './dom.js';
import { postDraft, submission } from './drafts.js';
import { Fault } from './fault.js';
import { seal } from './particulars.js';
import { showProspect } from './prospect.js';
import { showRefusals } from './refusals.js';
import { saidElements } from './said.js';
import { sayTransaction, shown } from './say.js';
import { signer } from './session.js';
import { hex } from './verify/bytes.js';
import { sha256 } from './verify/webcrypto.js';
import { faultWords, language, word } from './words.js';

const DRY_RUNS = '/v1/dry-runs';
/** How long after the last key the node is asked, in milliseconds. */
const PAUSE = 400;

/**
 * @typedef {object} Entered a field of the form
 * @property {string} name
 * @property {string} type `data-type`
 * @property {string | boolean | Uint8Array} value bytes of a document
 */

/**
 * The transaction that fields make.
 * @param {string} kind
 * @param {string} ledger
 * @param {Entered[]} fields
 * @returns {Promise<{id: string, bytes: Uint8Array, disclosures: string[]}>}
 * @throws {Fault} the codes of `canonical.js` and `particulars.js`, where it is known with the field's name in `document`
 */
export async function made(kind, ledger, fields) {
  const texts = await Promise.all(fields.map(async ({ name, type, value }) => {
    return { name, type, value: value instanceof Uint8Array ? hex(await sha256(value)) : value };
  }));
  const under = (prefix) => texts.filter(({ name }) => name.startsWith(prefix))
    .map(({ name, ...rest }) => ({ ...rest, path: name.slice(prefix.length) }));
  const entered = (wanted) => String(texts.find(({ name }) => name === wanted)?.value ?? '').trim();
  const plain = (type) => (['amount', 'number', 'boolean'].includes(type) ? type : 'text');
  const body = inForm(() => bodyOf(under('body.').map((field) => ({ ...field, type: plain(field.type) }))));
  const { sealed, disclosures } = await seal(under('sealed.').map(({ path, value }) => [path, String(value)]));
  const id = entered('id') || freshId(kind);
  const bytes = transactionBytes({ ledger, id, kind, date: entered('date'), body, sealed });
  return { id, bytes, disclosures };
}

/** Errors name the field as the form does. */
function inForm(make) {
  try {
    return make();
  } catch (error) {
    if (error instanceof Fault && error.document?.path) error.document = { name: `body.${error.document.path}` };
    throw error;
  }
}

/**
 * What the ledger would say, were no signer missing.
 * @param {import('./api.js').Api} api
 * @param {{bytes: Uint8Array, disclosures: string[]}} transaction
 * @returns {Promise<{passes: boolean, refusals: any[], malformed: {code: string, detail: string} | null,
 *   prospect: any, missing: any[]}>}
 * @throws {Fault} the node's codes
 */
export async function dryRun(api, { bytes, disclosures }) {
  const { document } = await api.ask('POST', DRY_RUNS, submission(bytes, [], disclosures));
  const { passes = false, refusals = [], malformed = null, prospect = null } = document?.verdict ?? {};
  return { passes: passes === true, refusals, malformed, prospect, missing: document?.missing ?? [] };
}

/** @param {HTMLFormElement} form @returns {Promise<Entered[]>} in the order of the page */
async function entered(form) {
  const fields = [];
  for (const field of /** @type {Iterable<any>} */ (form.elements)) {
    if (!field.name || field.disabled || (field.type === 'radio' && !field.checked)) continue;
    const { name, type, value, checked, files, dataset } = field;
    if (type === 'file') {
      if (files[0]) fields.push({ name, type: 'document', value: new Uint8Array(await files[0].arrayBuffer()) });
    } else if (type === 'checkbox') {
      fields.push({ name, type: 'boolean', value: checked });
    } else {
      fields.push({ name, type: dataset.type ?? 'text', value });
    }
  }
  return fields;
}

/** @param {HTMLFormElement} form */
async function watch(form) {
  const status = byId('work-status');
  const kind = form.dataset.kind ?? '';
  const { api } = await signer();
  let round = 0;
  const look = async () => {
    round += 1;
    const own = round;
    if (!form.checkValidity()) return showNothing(word('incomplete'));
    try {
      const transaction = await made(kind, ledgerOfPage(), await entered(form));
      const said = await sayTransaction(transaction.bytes, { ledger: ledgerOfPage() }, transaction.disclosures);
      const verdict = await dryRun(api, transaction);
      // Somebody has typed since.
      if (own === round) show(said, verdict);
    } catch (error) {
      if (own === round) showFault(form, error);
    }
  };
  let timer = 0;
  form.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = byId('work-keep');
    button.disabled = true;
    try {
      const { id, bytes, disclosures } = await made(kind, ledgerOfPage(), await entered(form));
      await sayTransaction(bytes, { ledger: ledgerOfPage(), id }, disclosures);
      await postDraft(api, bytes, disclosures);
      say(status, word('waiting'), 'ok');
      location.assign(`/work/${encodeURIComponent(id)}`);
    } catch (error) {
      showFault(form, error);
      button.disabled = false;
    }
  });
  await look();
}

function show(said, { passes, refusals, malformed, prospect, missing }) {
  clearErrors();
  byId('work-says')?.replaceChildren(...saidElements(said));
  if (malformed) say(byId('work-status'), `${shown(String(malformed.detail))} (${malformed.code})`, 'refused');
  else say(byId('work-status'), word(passes ? 'passes' : 'refuses'), passes ? 'ok' : 'refused');
  showRefusals(byId('work-refusals'), refusals);
  showProspect(byId('work-prospect'), passes ? prospect : null);
  const needs = missing.map((lack) => element('li', {}, shown(String(lack?.[language() === 1 ? 'en' : 'zh'] ?? ''))));
  byId('work-missing')?.replaceChildren(...needs);
}

function showNothing(text) {
  clearErrors();
  for (const id of ['work-says', 'work-refusals', 'work-prospect', 'work-missing']) byId(id)?.replaceChildren();
  say(byId('work-status'), text);
}

function showFault(form, error) {
  showNothing('');
  say(byId('work-status'), faultWords(error), 'refused');
  if (error?.document?.refusals) showRefusals(byId('work-refusals'), error.document.refusals);
  const name = error?.document?.name;
  if (typeof name !== 'string') return;
  form.elements.namedItem(name)?.setAttribute('aria-invalid', 'true');
  say(marked(form, `error="${name}"`), faultWords(error), 'refused');
}

function clearErrors() {
  for (const field of document.querySelectorAll('#work [aria-invalid]')) field.removeAttribute('aria-invalid');
  for (const place of document.querySelectorAll('#work [data-error]')) place.textContent = '';
}

const form = globalThis.document && byId('work');
if (form) watch(form).catch((error) => say(byId('work-status'), faultWords(error), 'refused'));

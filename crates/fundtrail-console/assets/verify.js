/**
 * Verifies in the browser, step by step: the receipt of the entry that a page shows, or a file that somebody has, which
 * never leaves the browser.
 *
 * Markup:
 *
 *     <form id="verify" data-index="7" data-entry="BASE64">    data-index: the page of that entry; without it, of files
 *       <textarea id="trust">VKEY</textarea>                   a log's verifier key, or a policy file
 *       <div id="drop"><input type="file" id="verify-file"></div>      only where files are taken
 *       <button type="button" id="verify-button">…</button>
 *       <button type="button" id="receipt-download">…</button> optional, on an entry's page
 *     </form>
 *     <ol id="verify-steps"></ol>                              filled: li.ok or li.refused, of a name and a detail
 *     <p id="verify-verdict" role="status"></p>
 *
 * `data-entry`, where it is there, is the base64 of the raw bytes that the page shows; they must be the ones proved.
 */
// @ts-check
import { byId, element, offer, say } from './dom.js';
import { signer } from './session.js';
import { shown } from './say.js';
import { fromBase64 } from './verify/bytes.js';
import { refuse } from './verify/errors.js';
import { STEP_LABELS } from './verify/fundtrail-verify.js';
import { entrySteps, fileSteps, trustOf } from './verifying.js';
import { faultWords, language, word } from './words.js';

/** @type {Promise<string> | null} the receipt of the page's entry, once it was asked for */
let receipt = null;
/** @type {File | undefined} */
let chosen;

/** @param {HTMLElement} form */
function watch(form) {
  const button = byId('verify-button');
  button.addEventListener('click', () => run(form, button));
  form.addEventListener('submit', (event) => event.preventDefault());
  byId('receipt-download')?.addEventListener('click', () => download(form));
  const file = byId('verify-file');
  file?.addEventListener('change', () => choose(file.files[0], form, button));
  const drop = byId('drop');
  drop?.addEventListener('dragover', (event) => event.preventDefault());
  drop?.addEventListener('drop', (event) => {
    event.preventDefault();
    choose(event.dataTransfer.files[0], form, button);
  });
}

/** A file is verified as soon as it is there, if it is known whom to trust. */
function choose(file, form, button) {
  chosen = file;
  byId('verify-steps').replaceChildren();
  say(byId('verify-verdict'), file?.name ?? '');
  if (file && trustOf(byId('trust').value)) run(form, button);
}

async function run(form, button) {
  const verdict = byId('verify-verdict');
  byId('verify-steps').replaceChildren();
  const trust = trustOf(byId('trust').value);
  if (!trust) return say(verdict, word('noTrust'), 'refused');
  const isEntry = form.dataset.index !== undefined;
  if (!isEntry && !chosen) return say(verdict, word('noFile'), 'refused');
  button.disabled = true;
  say(verdict, word('verifying'));
  try {
    for await (const step of isEntry ? await stepsOfEntry(form, trust) : await stepsOfFile(trust)) show(step);
    say(verdict, word('verified'), 'ok');
  } catch (error) {
    say(verdict, `${word('notVerified')}${faultWords(error)}`, 'refused');
  } finally {
    button.disabled = false;
  }
}

async function stepsOfFile(trust) {
  return fileSteps(new Uint8Array(await chosen.arrayBuffer()), trust, grownFrom);
}

/** Only a number of entries leaves the browser. @param {bigint} size @returns {Promise<import('./export.js').Grown>} */
async function grownFrom(size) {
  const answer = await fetch(`/v1/proofs/consistency?from=${size}`, { headers: { Accept: 'application/json' } });
  const found = answer.ok ? await answer.json() : null;
  if (!Array.isArray(found?.hashes)) return refuse('EXPORT_TREE', 'The log proves nothing about so many entries.');
  return { checkpoint: String(found.checkpoint), hashes: found.hashes.map((hash) => fromBase64(hash) ?? new Uint8Array()) };
}

async function stepsOfEntry({ dataset }, trust) {
  const text = await receiptOf(dataset.index);
  const bytes = dataset.entry === undefined ? null : fromBase64(dataset.entry) ?? new Uint8Array();
  return entrySteps(text, trust, { index: BigInt(dataset.index), shown: bytes }, publicKeyOf);
}

function receiptOf(index) {
  receipt ??= (async () => {
    const { api } = await signer();
    const { document } = await api.ask('GET', `/v1/entries/${encodeURIComponent(index)}`);
    return typeof document?.receipt === 'string' ? document.receipt : refuse('RECEIPT_FORM', 'The node gave no receipt.');
  })();
  receipt.catch(() => {
    receipt = null;
  });
  return receipt;
}

/** A key as the node shows it. That it is the one of the key id is checked by whoever uses it. */
async function publicKeyOf(keyid) {
  const answer = await fetch(`/v1/keys/${encodeURIComponent(keyid)}`, { headers: { Accept: 'application/json' } });
  const found = answer.ok ? await answer.json() : null;
  return typeof found?.public_key === 'string' ? found.public_key : null;
}

async function download({ dataset }) {
  try {
    offer(`entry-${dataset.index}.tlog-proof`, await receiptOf(dataset.index), 'text/plain');
  } catch (error) {
    say(byId('verify-verdict'), faultWords(error), 'refused');
  }
}

function show({ name, ok, detail, code }) {
  const label = name === 'page' ? word('ofPage') : STEP_LABELS[name]?.[language() === 1 ? 'en' : 'zh'] ?? name;
  const found = element('span', { lang: 'en' }, shown(detail));
  if (code) found.prepend(element('code', {}, code), ' ');
  byId('verify-steps').append(element('li', { class: ok ? 'ok' : 'refused', 'data-step': name }, element('span', {}, label), found));
}

const form = globalThis.document && byId('verify');
if (form) watch(form);

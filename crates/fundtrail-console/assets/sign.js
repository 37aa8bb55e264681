/**
 * A draft's page: what is shown is what is signed. The bytes come from the node's API, this module reads them and shows
 * what they say, and the very same bytes are signed. If the page itself was made of other bytes, nothing is signed.
 *
 * Markup, found by attributes:
 *
 *     <section data-draft="ID" data-payload="BASE64">          data-payload: of what the server's part of the page shows
 *       <div data-says-transaction></div>                      filled: the title and a <dl> of every member
 *       <label><input type="checkbox" data-agreed> …</label>   optional; must be ticked
 *       <button type="button" data-sign disabled>…</button>
 *       <button type="button" data-withdraw>…</button>         optional
 *       <p data-says role="status"></p>
 *       <ul data-refusals></ul>                                filled where the ledger refuses
 *     </section>
 *
 * After a signature the page is loaded again; after the last one the entry's page, `/entries/{index}`.
 */
// @ts-check
import { ledgerOfPage, marked, say } from './dom.js';
import { addSignature, fetchDraft, pathOf, signPayload } from './drafts.js';
import { fail } from './fault.js';
import { showRefusals } from './refusals.js';
import { saidElements } from './said.js';
import { sayTransaction } from './say.js';
import { signer } from './session.js';
import { base64, equal, fromBase64 } from './verify/bytes.js';
import { faultWords, word } from './words.js';

/**
 * Signs a payload if every place that shows it shows these bytes.
 * @param {import('./keys.js').SignerKey} key
 * @param {Uint8Array} payload
 * @param {{ledger: string, id: string, page: string | null | undefined, said: import('./say.js').Said}} shown `page`:
 *   base64 of what the page was made of; `said`: what this module showed
 * @returns {Promise<{keyid: string, sig: string}>}
 * @throws {import('./fault.js').Fault} `OTHER_BYTES`, and the codes of `sayTransaction`
 */
export async function signShown(key, payload, { ledger, id, page, said }) {
  const bytes = payload.slice();
  const ofPage = fromBase64(page ?? '');
  if (!ofPage || !equal(ofPage, bytes)) fail('OTHER_BYTES', 'The page was made of other bytes.');
  const again = await sayTransaction(bytes, { ledger, id });
  if (again.sha256 !== said.sha256) fail('OTHER_BYTES', 'Other bytes were shown.');
  return signPayload(key, bytes);
}

/** @param {HTMLElement} section */
async function open(section) {
  const id = section.dataset.draft ?? '';
  const button = marked(section, 'sign');
  const agreed = marked(section, 'agreed');
  const ledger = ledgerOfPage();
  try {
    const { api, key } = await signer();
    const { payload, disclosures, document: shownAs } = await fetchDraft(api, id);
    const said = await sayTransaction(payload, { ledger, id }, disclosures);
    if (section.dataset.payload !== base64(payload)) fail('OTHER_BYTES', 'The page was made of other bytes.');
    const place = marked(section, 'says-transaction');
    place.replaceChildren(...saidElements(said));
    const isOpen = ['open', 'refused'].includes(shownAs.state);
    const may = () => {
      button.disabled = !isOpen || (agreed ? !agreed.checked : false);
    };
    agreed?.addEventListener('change', may);
    may();
    const shown = place.textContent;
    button.addEventListener('click', async () => {
      button.disabled = true;
      say(marked(section, 'says'), word('signing'));
      try {
        if (place.textContent !== shown) fail('OTHER_BYTES', 'What was shown has changed.');
        const signature = await signShown(key, payload, { ledger, id, page: section.dataset.payload, said });
        await done(section, await addSignature(api, id, signature));
      } catch (error) {
        refused(section, error);
        may();
      }
    });
    marked(section, 'withdraw')?.addEventListener('click', async () => {
      try {
        await api.ask('DELETE', pathOf(id));
        location.reload();
      } catch (error) {
        refused(section, error);
      }
    });
  } catch (error) {
    if (button) button.disabled = true;
    refused(section, error);
  }
}

async function done(section, document) {
  say(marked(section, 'says'), word('signed'), 'ok');
  if (Number.isSafeInteger(document?.entry)) location.assign(`/entries/${document.entry}`);
  else location.reload();
}

function refused(section, error) {
  say(marked(section, 'says'), faultWords(error), 'refused');
  const place = marked(section, 'refusals');
  if (place) showRefusals(place, error?.document?.refusals);
}

if (globalThis.document) {
  for (const section of document.querySelectorAll('[data-draft]')) open(/** @type {HTMLElement} */ (section));
}

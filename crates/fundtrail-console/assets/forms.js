/**
 * What fills in a form of new work: a borrower's tag is asked for when its credit code is entered, and choosing what the
 * form is about loads the page again, filled in from it.
 *
 * Markup, in `form#work` (see `work.js`):
 *
 *     <select data-subject="loan">                 choosing loads the page again, with `?loan=…`
 *     <input data-tag-of="ID ID" name="body.borrower">   filled in from the credit code in one of these fields
 */
// @ts-check
import { byId, marked, say } from './dom.js';
import { signer } from './session.js';
import { faultWords } from './words.js';

const CODE = /^[0-9A-HJ-NP-RT-UW-Y]{18}$/;

/**
 * The tag of a credit code.
 * @param {import('./api.js').Api} api
 * @param {string} code
 * @returns {Promise<string | null>} null while the code is not whole
 * @throws {import('./fault.js').Fault} the node's codes, such as that the check character is wrong
 */
export async function tagOf(api, code) {
  const plain = code.normalize('NFKC').trim().toUpperCase();
  if (!CODE.test(plain)) return null;
  const { document } = await api.ask('POST', '/v1/tags', { credit_code: plain });
  return typeof document?.borrower === 'string' ? document.borrower : null;
}

/** The address of the page, filled in from a choice. @param {string} address @param {string} name @param {string} value */
export function filledFrom(address, name, value) {
  const url = new URL(address);
  if (value) url.searchParams.set(name, value);
  else url.searchParams.delete(name);
  return `${url.pathname}${url.search}`;
}

/** @param {HTMLFormElement} form @param {HTMLInputElement} place */
function follow(form, place) {
  for (const id of (place.dataset.tagOf ?? '').split(' ')) {
    const code = byId(id);
    code?.addEventListener('input', async () => {
      const error = marked(form, `error="${place.name}"`);
      try {
        const { api } = await signer();
        const typed = code.value;
        const tag = await tagOf(api, typed);
        if (typed !== code.value) return;
        place.value = tag ?? '';
        say(error, '');
      } catch (fault) {
        place.value = '';
        say(error, faultWords(fault), 'refused');
      }
      // The dry run looks at the form again.
      place.dispatchEvent(new Event('input', { bubbles: true }));
    });
  }
}

const form = /** @type {HTMLFormElement | null} */ (globalThis.document && byId('work'));
if (form) {
  for (const place of form.querySelectorAll('[data-tag-of]')) follow(form, /** @type {HTMLInputElement} */ (place));
  for (const choice of /** @type {Iterable<any>} */ (form.querySelectorAll('select[data-subject]'))) {
    choice.addEventListener('change', () => location.assign(filledFrom(location.href, choice.dataset.subject, choice.value)));
  }
}

/**
 * Signing in and out. The reader's key stays in this browser; what the console gets is a token that the key signed,
 * which it keeps in a cookie for reading pages, and which is renewed while the key is here.
 *
 * Markup, all of it optional:
 *
 *     <body data-origin="ORIGIN" data-signed-in="true">        data-signed-in: whether the page was made for a reader
 *     <form id="sign-in" data-next="/work">                    data-next: where to go then
 *       <input type="file" id="key-file">
 *       <p id="passphrase-field" hidden><input type="password" id="passphrase"></p>
 *       <button type="submit" id="sign-in-button">…</button>
 *       <p id="sign-in-status" role="status"></p>              gets the class "ok" or "refused"
 *     </form>
 *     <button type="button" id="sign-out">…</button>
 *     <span data-key-id></span>                                filled with the id of the key that is here
 *
 * Every page loads it.
 */
// @ts-check
import { Api } from './api.js';
import { byId, isSignedIn, ledgerOfPage, say } from './dom.js';
import { fail, Fault } from './fault.js';
import * as store from './keys.js';
import { readKeyFile } from './pkcs8.js';
import { faultWords, word } from './words.js';

/** The cookie is renewed when it has less than this left, in milliseconds. */
const SPARE = 150_000;
/** What says, to all pages, until when the cookie holds. No secret. */
const UNTIL = 'fundtrail.session';
const RELOADED = 'fundtrail.reloaded';
/** Codes that say that the key does not stand any more. */
const GONE = ['TOKEN_KEY_UNKNOWN', 'TOKEN_KEY_REVOKED'];

/**
 * Takes a key from a file, opens a session with it, and keeps it.
 * @param {Uint8Array} file
 * @param {string | null} passphrase
 * @param {string} ledger
 * @param {{fetch?: typeof fetch, now?: () => number, keep?: typeof store.keep}} [machine]
 * @returns {Promise<{keyid: string, until: number}>}
 * @throws {Fault} the codes of key files, of tokens and of the node; the key is kept only if there is none
 */
export async function signIn(file, passphrase, ledger, machine = {}) {
  const key = await store.importKey(file, passphrase);
  const until = await new Api(key, ledger, machine).openSession();
  await (machine.keep ?? store.keep)(key);
  return { keyid: key.keyid, until };
}

/**
 * The API as the owner of the key that is here asks it.
 * @returns {Promise<{api: Api, key: store.Kept}>}
 * @throws {Fault} `NO_KEY`
 */
export async function signer() {
  const key = await store.kept();
  if (!key) return fail('NO_KEY', 'No key is here.');
  return { api: new Api(key, ledgerOfPage()), key };
}

/** Forgets the key and the cookie. */
export async function signOut() {
  localStorage.removeItem(UNTIL);
  await store.forget();
  await fetch('/session', { method: 'DELETE', credentials: 'same-origin' });
}

/** Renews the cookie where a key is here and it needs to be. @returns {Promise<boolean>} whether it did */
async function renew() {
  if (!hasSignedIn()) return false;
  const key = await store.kept();
  if (!key) return false;
  const left = Number(localStorage.getItem(UNTIL) ?? 0) - Date.now();
  if (left > SPARE && isSignedIn()) return false;
  try {
    localStorage.setItem(UNTIL, String(await new Api(key, ledgerOfPage()).openSession()));
    return true;
  } catch (error) {
    if (error instanceof Fault && GONE.includes(error.code)) {
      await signOut();
      location.assign('/sign-in');
    }
    return false;
  }
}

/** Whether somebody signed in here. Where nobody did, the place for keys is left alone. */
const hasSignedIn = () => localStorage.getItem(UNTIL) !== null;

/** Keeps the session while the page is open. A page that was made for nobody is loaded again, once. */
async function stay() {
  if (!hasSignedIn()) return;
  const key = await store.kept().catch(() => null);
  for (const place of document.querySelectorAll('[data-key-id]')) place.textContent = key?.keyid ?? '';
  const renewed = await renew().catch(() => false);
  if (!renewed || isSignedIn()) return;
  if (Date.now() - Number(sessionStorage.getItem(RELOADED) ?? 0) < 30_000) return;
  sessionStorage.setItem(RELOADED, String(Date.now()));
  location.reload();
}

/** @param {HTMLFormElement} form */
function watchSignIn(form) {
  const [field, status, button] = ['passphrase', 'sign-in-status', 'sign-in-button'].map(byId);
  const chosen = () => byId('key-file').files[0];
  const bytes = async () => new Uint8Array(await chosen().arrayBuffer());
  byId('key-file').addEventListener('change', async () => {
    say(status, '');
    if (chosen()) await lookAt(await bytes());
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (!chosen()) return;
    button.disabled = true;
    say(status, word('opening'));
    try {
      const { until } = await signIn(await bytes(), field.value || null, ledgerOfPage());
      localStorage.setItem(UNTIL, String(until));
      const next = ownPath(form.dataset.next);
      location.assign(next.startsWith('/sign-in') ? '/' : next);
    } catch (error) {
      if (error?.code === 'PASSPHRASE_NEEDED') byId('passphrase-field').hidden = false;
      say(status, faultWords(error), 'refused');
    } finally {
      field.value = '';
      button.disabled = false;
    }
  });
}

/** Whether a file is a key, and asks for a passphrase if it needs one. @param {Uint8Array} bytes */
async function lookAt(bytes) {
  try {
    const { isEncrypted } = readKeyFile(bytes);
    byId('passphrase-field').hidden = !isEncrypted;
    if (isEncrypted) byId('passphrase').focus();
  } catch (error) {
    say(byId('sign-in-status'), faultWords(error), 'refused');
  }
}

/** Somewhere on this site, whatever a link said. @param {string} [path] @returns {string} */
export function ownPath(path = '/') {
  return /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(path) ? path : '/';
}

function start() {
  const form = byId('sign-in');
  if (form) watchSignIn(form);
  byId('sign-out')?.addEventListener('click', async () => {
    await signOut().catch(() => {});
    location.assign('/');
  });
  stay();
  setInterval(() => renew().catch(() => false), SPARE / 3);
  document.addEventListener('visibilitychange', () => document.hidden || stay());
}

if (globalThis.document) start();

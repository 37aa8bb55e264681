/** Plays a person on the pages of `browser.test.js`: signs in, signs a draft, and reports what each page showed. */
import { forget, keep, kept } from '/assets/keys.js';

const at = (id) => document.getElementById(id);
const report = (what) => fetch('/report', { method: 'POST', body: JSON.stringify({ page: location.pathname, ...what }) });
const until = async (test) => {
  for (let tries = 0; tries < 2000; tries += 1) {
    const found = await test();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`nothing happened: ${document.body.innerText}`);
};

/** @param {string} text @param {string} passphrase */
async function signIn(text, passphrase) {
  const files = new DataTransfer();
  files.items.add(new File([text], 'key.pem'));
  at('key-file').files = files.files;
  at('key-file').dispatchEvent(new Event('change'));
  await until(() => !at('passphrase-field').hidden);
  at('passphrase').value = passphrase;
  at('sign-in-button').click();
}

/** Waits for the verdict, and reports it with the steps before it. */
async function verified() {
  const verdict = at('verify-verdict');
  await until(() => verdict.classList.contains('ok') || verdict.classList.contains('refused'));
  const steps = Array.from(at('verify-steps').children, (step) => `${step.className} ${step.dataset.step}`);
  await report({ verdict: verdict.textContent, steps });
}

const PAGES = {
  '/sign-in': async () => {
    const { key, passphrase } = await (await fetch('/key')).json();
    await signIn(key, `${passphrase}x`);
    await until(() => at('sign-in-status').classList.contains('refused'));
    await report({ status: at('sign-in-status').textContent, kept: await kept(), left: at('passphrase').value });
    await signIn(key, passphrase);
  },
  '/work/new/claim_submit': async () => {
    const status = at('work-status');
    const enter = (name, value) => {
      const field = at('work').elements.namedItem(name);
      field.value = value;
      field.dispatchEvent(new Event('input', { bubbles: true }));
    };
    await until(() => status.textContent);
    const empty = status.textContent;
    for (const [name, value] of Object.entries(await (await fetch('/claim')).json())) enter(name, value);
    enter('body.amount', '1.234');
    await until(() => status.classList.contains('refused'));
    const wrong = [status.textContent, document.querySelector('[data-error]').textContent];
    enter('body.amount', '360,000');
    await until(() => at('work-refusals').children.length > 0);
    await report({ empty, wrong, status: status.textContent, refusal: at('work-refusals').innerText, says: at('work-says').innerText, missing: at('work-missing').innerText });
    at('work-keep').click();
  },
  '/work/claim_submit-0001': async () => location.assign('/verify'),
  '/verify': async () => {
    const files = new DataTransfer();
    files.items.add(new File([await (await fetch('/receipt')).text()], 'receipt'));
    at('verify-file').files = files.files;
    at('verify-file').dispatchEvent(new Event('change'));
    await verified();
    location.assign('/entries/15');
  },
  '/entries/15': async () => {
    at('verify-button').click();
    await verified();
    location.assign('/draft-of-other-bytes');
  },
  '/draft-of-other-bytes': async () => {
    const says = document.querySelector('[data-says]');
    await until(() => says.textContent);
    await report({ status: says.textContent, disabled: document.querySelector('[data-sign]').disabled });
    location.assign('/draft');
  },
  '/draft': async () => {
    const button = document.querySelector('[data-sign]');
    const agreed = document.querySelector('[data-agreed]');
    const place = document.querySelector('[data-says-transaction]');
    await until(() => place.textContent);
    const before = button.disabled;
    agreed.click();
    await report({ before, after: button.disabled, says: place.innerText, images: place.querySelectorAll('img').length });
    button.click();
  },
  '/entries/3': async () => {
    const key = await kept();
    const exported = await crypto.subtle.exportKey('pkcs8', key.privateKey).then(() => true, () => false);
    const tomorrow = await kept(Date.now() + 11 * 3_600_000);
    const expired = await kept();
    await keep(key);
    const again = (await kept()).keyid;
    await forget();
    const { keyid, privateKey: { extractable } } = key;
    await report({ keyid, extractable, exported, tomorrow, expired, again, forgotten: await kept() });
  },
};

PAGES[location.pathname]?.().catch((error) => report({ fault: String(error?.stack ?? error) }));

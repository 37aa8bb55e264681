/** Elements of a page, made without HTML: whatever is shown is text, and never markup. */
// @ts-check

/**
 * @param {string} tag
 * @param {Record<string, string>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * An element that markup marks for a module.
 * @param {ParentNode} root
 * @param {string} mark a `data-…` attribute, perhaps with a value
 * @returns {any} null where there is none
 */
export function marked(root, mark) {
  return root.querySelector(`[data-${mark}]`);
}

/**
 * Says something where the markup has a place for it.
 * @param {any} place an element, or null
 * @param {string} text
 * @param {'' | 'ok' | 'refused'} [mood] the class it gets
 */
export function say(place, text, mood = '') {
  if (!place) return;
  place.textContent = text;
  for (const one of ['ok', 'refused']) place.classList.toggle(one, one === mood);
}

/** @param {string} id @returns {any} null where there is none */
export function byId(id) {
  return document.getElementById(id);
}

/** The origin of the ledger that the page is about. @returns {string} */
export function ledgerOfPage() {
  return document.body.dataset.origin ?? '';
}

/** Whether the page was made for a reader. @returns {boolean} */
export function isSignedIn() {
  return document.body.dataset.signedIn === 'true';
}

/** Offers text as a file. @param {string} name @param {string} text @param {string} type */
export function offer(name, text, type) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = element('a', { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

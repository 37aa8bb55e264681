/** What a transaction says, as elements of a page. */
// @ts-check
import { element } from './dom.js';
import { language, word } from './words.js';

/**
 * The lines of a transaction as elements.
 * @param {import('./say.js').Said} said
 * @returns {HTMLElement[]}
 */
export function saidElements(said) {
  const at = language();
  const list = element('dl', { class: 'said' });
  for (const { path, label, text, sort } of said.lines) {
    const value = sort === 'unopened' ? `${word('unopened')} ${text}` : text;
    list.append(
      element('dt', {}, element('span', {}, label[at]), ' ', element('code', {}, path)),
      element('dd', { 'data-sort': sort }, value),
    );
  }
  list.append(element('dt', {}, word('digestOf')), element('dd', { 'data-sort': 'digest' }, element('code', {}, said.sha256)));
  return [element('h3', {}, said.title[at]), list];
}

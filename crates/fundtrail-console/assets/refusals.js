/** Refusals of the ledger: the rule's words, its article, and the figures that decided. */
// @ts-check
import { element } from './dom.js';
import { figureList } from './figures.js';
import { shown } from './say.js';
import { language, word } from './words.js';

/**
 * @typedef {object} Refusal as the node writes it
 * @property {string} code
 * @property {string} [rule] id in the rule reference
 * @property {number} article 0 for rules of the ledger itself
 * @property {{zh: string, en: string}} message
 * @property {Record<string, string | number>} figures
 */

/**
 * A refusal as texts, whatever the node sent.
 * @param {any} refusal
 * @param {0 | 1} [at] which language
 * @returns {{code: string, article: string, message: string, figures: [name: string, value: string][]}}
 */
export function refusalTexts(refusal, at = language()) {
  const article = Number.isSafeInteger(refusal?.article) && refusal.article > 0 ? word('article', String(refusal.article)) : '';
  const figures = Object.entries(refusal?.figures ?? {});
  return {
    code: shown(String(refusal?.code ?? '')),
    article,
    message: shown(String(refusal?.message?.[at === 1 ? 'en' : 'zh'] ?? '')),
    figures: figures.map(([name, value]) => [shown(name), shown(String(value))]),
  };
}

/**
 * @param {Element} place a list
 * @param {any} refusals nothing is shown of what is no list
 */
export function showRefusals(place, refusals) {
  const items = (Array.isArray(refusals) ? refusals : []).map((refusal) => {
    const { code, article, message, figures } = refusalTexts(refusal);
    const head = element('p', {}, element('strong', {}, message), ' ', article, ' ', element('code', {}, code));
    return element('li', { 'data-code': code }, head, ...(figures.length > 0 ? [figureList(figures)] : []));
  });
  place.replaceChildren(...items);
}

/**
 * What would follow if a transaction were recorded now, as the node says it: its amount, the figures behind it, what
 * would be owed and by when, the postings with the balances they leave, and alerts.
 *
 * Names of what is owed and of alerts come from the page: `<template id="work-names">` with `[data-name]` elements.
 */
// @ts-check
import { byId, element } from './dom.js';
import { figureList, figureText } from './figures.js';
import { shown } from './say.js';
import { word } from './words.js';

/**
 * @typedef {object} Prospect as the node writes it; whatever else it wrote is left out
 * @property {string | null} amount
 * @property {Record<string, string | number>} figures
 * @property {{book: string, amount: string, balance: string}[]} postings
 * @property {{code: string, object: string, due: string | null}[]} alerts
 * @property {{kind: string, object: string, code: string | null, amount: string | null, due: string | null}[]} owed
 */

/**
 * What there is to show, as texts.
 * @param {any} prospect
 * @returns {{figures: [name: string, value: string][], owed: string[][], postings: string[][], alerts: string[][]}}
 *   `owed`: code of its name, amount, last day; `postings`: book, amount, balance after; `alerts`: code, object, last day
 */
export function prospectTexts(prospect) {
  const text = (value) => shown(String(value ?? ''));
  const list = (value) => (Array.isArray(value) ? value : []);
  /** @type {[string, string][]} */
  const figures = Object.entries(prospect?.figures ?? {}).map(([name, value]) => [shown(name), text(value)]);
  const amount = prospect?.amount;
  return {
    figures: typeof amount === 'string' ? [['amount', text(amount)], ...figures] : figures,
    owed: list(prospect?.owed).map((one) => [text(one?.code ?? one?.kind), text(one?.amount), text(one?.due)]),
    postings: list(prospect?.postings).map((one) => [text(one?.book), text(one?.amount), text(one?.balance)]),
    alerts: list(prospect?.alerts).map((one) => [text(one?.code), text(one?.object), text(one?.due)]),
  };
}

/** @param {any} place an element, or null @param {any} prospect null where nothing would follow */
export function showProspect(place, prospect) {
  if (!place) return;
  const { figures, owed, postings, alerts } = prospectTexts(prospect);
  const made = [];
  if (figures.length > 0) made.push(figureList(figures));
  if (owed.length > 0) made.push(table(word('owed'), [word('owed'), word('amount'), word('due')], owed, nameOf));
  if (postings.length > 0) made.push(table(word('postings'), [word('book'), word('amount'), word('after')], postings, (book) => book));
  for (const [code, object, due] of alerts) {
    const until = due ? ` ${word('due')} ${due}` : '';
    made.push(element('p', { 'data-mood': 'warn', 'data-code': code }, `${nameOf(code)} ${object}${until}`));
  }
  place.replaceChildren(...made);
}

/** @param {string} name as the node writes it */
function nameOf(name) {
  const names = byId('work-names')?.content?.querySelectorAll('[data-name]') ?? [];
  const found = [...names].find((one) => one.dataset.name === name);
  return found?.textContent ?? name;
}

/** A table of three columns: a name, a figure, a figure or a day. */
function table(caption, headings, rows, named) {
  const head = element('tr', {}, ...headings.map((heading, at) => cell('th', heading, at, { scope: 'col' })));
  const body = rows.map(([name, ...rest]) => element('tr', {},
    cell('th', named(name), 0, { scope: 'row', 'data-label': headings[0], 'data-name': name }),
    ...rest.map((value, at) => cell('td', figureText(value), at + 1, { 'data-label': headings[at + 1] })),
  ));
  const whole = element('table', {}, element('caption', {}, caption), element('thead', {}, head), element('tbody', {}, ...body));
  return element('div', { class: 'scroll' }, whole);
}

function cell(tag, text, at, attributes) {
  return element(tag, at > 0 ? { ...attributes, class: 'figure' } : attributes, element('div', {}, text));
}

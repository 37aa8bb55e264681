/** The frozen ledger and the changes that the README of the vectors describes. */
import { spliced } from './arrays.js';
import { hex, utf8 } from '../bytes.js';
import { leafHash } from '../tree.js';
import { read } from './vectors.js';

/** @returns {Promise<string[]>} the exact lines */
export async function frozenLedger(load) {
  return new TextDecoder().decode(await load('ledger/entries.jsonl')).split('\n').slice(0, -1);
}

/** @returns {Promise<any>} names and keys */
export async function site(load) {
  return read(await load('ledger/site.json'));
}

/** @param {string[]} lines @param {any[]} changes @returns {Promise<string[]>} */
export async function changed(lines, changes) {
  let ledger = [...lines];
  for (const change of changes) ledger = await changedOnce(ledger, change);
  return ledger;
}

async function changedOnce(lines, change) {
  const at = (value) => Number(value);
  if ('replace' in change) {
    const [from, to] = change.replace;
    const line = lines[at(change.entry)];
    if (!line.includes(from)) throw new Error(`${from} is not in entry ${change.entry}`);
    return spliced(lines, at(change.entry), 1, line.replace(from, () => to));
  }
  if ('drop' in change) return spliced(lines, at(change.drop), 1);
  if ('swap' in change) {
    const [i, j] = change.swap.map(at);
    return lines.map((line, n) => (n === i ? lines[j] : n === j ? lines[i] : line));
  }
  if ('truncate' in change) return lines.slice(0, at(change.truncate));
  if ('append' in change) return [...lines, change.append];
  if ('copy' in change) return spliced(lines, at(change.copy[1]), 0, lines[at(change.copy[0])]);
  if ('renumber' in change) return lines.map((line, n) => line.replace(/"index":[0-9]+/, `"index":${n}`));
  if ('rechain' in change) return rechained(lines);
  throw new Error(`there is no change ${Object.keys(change)}`);
}

async function rechained(lines) {
  const chained = [];
  let prev = '0'.repeat(64);
  for (const line of lines) {
    chained.push(line.replace(/"prev":"[0-9a-f]*"/, `"prev":"${prev}"`));
    prev = hex(await leafHash(utf8(chained.at(-1))));
  }
  return chained;
}

/** Changed copies of arrays, as ES2023 has them; the tests also run where it is not there yet. */

/** @template T @param {T[]} list @param {number} at @param {number} count @param {...T} more @returns {T[]} */
export function spliced(list, at, count, ...more) {
  const copy = [...list];
  copy.splice(at, count, ...more);
  return copy;
}

/** @template T @param {T[]} list @param {number} at @param {T} value @returns {T[]} */
export function replaced(list, at, value) {
  return list.map((one, index) => (index === at ? value : one));
}

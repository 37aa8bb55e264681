/** Amounts in yuan and fen (FORMAT 3), as whole fen. Never a floating-point number. */
import { refuse } from './errors.js';
import { text } from './shape.js';

/**
 * What a party states.
 * @param {any} value @returns {bigint} fen
 * @throws {import('./errors.js').VerifyError} `AMOUNT_FORMAT`, `AMOUNT_NEGATIVE`, `AMOUNT_OVERFLOW`
 */
export function amount(value) {
  const parts = /^(-?)(0|[1-9][0-9]*)\.([0-9]{2})$/.exec(text(value));
  if (!parts) return refuse('AMOUNT_FORMAT', 'An amount is not digits, a point and two digits.');
  if (parts[1]) refuse('AMOUNT_NEGATIVE', 'An amount is negative.');
  if (parts[2].length > 12) refuse('AMOUNT_OVERFLOW', 'An amount is above 999999999999.99.');
  return BigInt(parts[2] + parts[3]);
}

/** What the ledger writes, with a minus sign where negative. @param {any} value @returns {bigint} fen */
export function signedAmount(value) {
  const parts = /^(-?)(0|[1-9][0-9]{0,25})\.([0-9]{2})$/.exec(text(value));
  const fen = parts ? BigInt(parts[2] + parts[3]) : 0n;
  if (!parts || (parts[1] && fen === 0n)) return refuse('AMOUNT_FORMAT', 'The ledger writes no such amount.');
  return parts[1] ? -fen : fen;
}

/** @param {bigint} fen @returns {string} */
export function formatAmount(fen) {
  const digits = (fen < 0n ? -fen : fen).toString().padStart(3, '0');
  return `${fen < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

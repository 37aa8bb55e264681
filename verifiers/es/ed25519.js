/**
 * Strict Ed25519 (FORMAT 4): WebCrypto computes, and this module refuses what WebCrypto may let through: encodings
 * that are not reduced, points of small order as key or as R, and S not below the group order. To the rest of the
 * strict equation, byte for byte and no cofactor, only the implementation behind WebCrypto can hold. So it is asked
 * once, with an honest signature and one that is right but for the cofactor; whoever gets them wrong is not used.
 */
import { fromHex, hex } from './bytes.js';
import { refuse, VerifyError } from './errors.js';
import { subtle } from './webcrypto.js';

const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = mod(-121665n * power(121666n, P - 2n));
const ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n);

/** y of the points of order 1, 2, 4 and 8; x decides nothing. */
const SMALL_ORDER = new Set([1n, P - 1n, 0n, ...orderEight()]);

/** Keys found good before, in hex: a root in the field takes as long as a signature. @type {Set<string>} */
const CHECKED = new Set();

/**
 * A key that may verify.
 * @param {Uint8Array} raw 32 bytes
 * @throws {VerifyError} `KEY_WEAK`, `KEY_FORM`
 */
export function checkKey(raw) {
  if (raw.length !== 32) refuse('KEY_FORM', 'A public key has 32 bytes.');
  const name = hex(raw);
  if (CHECKED.has(name)) return;
  const y = yOf(raw);
  if (y >= P) refuse('KEY_WEAK', 'The public key is not reduced.');
  if (!isOnCurve(y)) refuse('KEY_FORM', 'The public key is no point of the curve.');
  if (SMALL_ORDER.has(y)) refuse('KEY_WEAK', 'The public key is of small order.');
  if (CHECKED.size >= 1000) CHECKED.clear();
  CHECKED.add(name);
}

/**
 * @param {Uint8Array} raw the key's 32 bytes
 * @param {Uint8Array} message
 * @param {Uint8Array} signature
 * @returns {Promise<boolean>}
 * @throws {VerifyError} `NO_ED25519` and `NO_WEBCRYPTO`, never a guess; `KEY_WEAK` and `KEY_FORM` for the key
 */
export async function verifies(raw, message, signature) {
  await ready();
  checkKey(raw);
  if (signature.length !== 64) return false;
  const y = yOf(signature.subarray(0, 32));
  if (y >= P || SMALL_ORDER.has(y) || littleEndian(signature.subarray(32)) >= L) return false;
  return compute(raw, message, signature);
}

/** @type {WeakMap<SubtleCrypto, Promise<void>>} */
const ASKED = new WeakMap();

/**
 * Asks WebCrypto, once, whether it can verify, and strictly.
 * @returns {Promise<void>}
 * @throws {VerifyError} `NO_ED25519`, `NO_WEBCRYPTO`
 */
export function ready() {
  const crypto = subtle();
  const asked = ASKED.get(crypto) ?? ask();
  ASKED.set(crypto, asked);
  return asked;
}

/** Test 1 of RFC 8032, section 7.1. */
const HONEST = {
  key: fromHex('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 32),
  message: new Uint8Array(),
  signature: fromHex(
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155' +
      '5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    64,
  ),
};

/** The same key over nothing, R plus the point of order 2: right times the cofactor, and not byte for byte. */
const RIGHT_BUT_FOR_THE_COFACTOR = fromHex(
  'fff1474d4196118be37b8ade1a0d025768c02b9539a8f09f998db564bcd60492' +
    '187ba4bed34f6a500ec160d3e302f3dbaab9cb64531cafd2931bd7c177c5c900',
  64,
);

async function ask() {
  const { key, message, signature } = HONEST;
  let honest = false;
  let lax = true;
  try {
    honest = await compute(key, message, signature);
    lax = await compute(key, message, RIGHT_BUT_FOR_THE_COFACTOR);
  } catch (error) {
    refuse('NO_ED25519', `This browser cannot verify Ed25519 (${error?.name ?? error}); use a newer one.`);
  }
  if (!honest || lax) refuse('NO_ED25519', 'This browser verifies Ed25519 otherwise than strictly; use another one.');
}

async function compute(raw, message, signature) {
  const key = await subtle().importKey('raw', raw, { name: 'Ed25519' }, false, ['verify']);
  return subtle().verify({ name: 'Ed25519' }, key, signature, message);
}

/** The low 255 bits. @param {Uint8Array} bytes 32 @returns {bigint} */
function yOf(bytes) {
  return littleEndian(bytes) & (2n ** 255n - 1n);
}

/** @param {Uint8Array} bytes @returns {bigint} */
function littleEndian(bytes) {
  return BigInt(`0x${hex(Uint8Array.from(bytes).reverse())}`);
}

/** Whether some x has −x² + y² = 1 + d·x²·y². @param {bigint} y */
function isOnCurve(y) {
  const u = mod(y * y - 1n);
  const v = mod(D * y * y + 1n);
  return squareRoot(mod(u * power(v, P - 2n))) !== null;
}

/** @param {bigint} square @returns {bigint | null} */
function squareRoot(square) {
  const candidate = power(square, (P + 3n) / 8n);
  for (const root of [candidate, mod(candidate * ROOT_OF_MINUS_ONE)]) {
    if (mod(root * root) === square) return root;
  }
  return null;
}

/** A point whose double has y = 0 (order 4) has x² = −y², and so d·y⁴ + 2·y² − 1 = 0 by the curve's equation. */
function orderEight() {
  const discriminant = squareRoot(mod(1n + D));
  const squares = [discriminant, -discriminant].map((root) => mod((root - 1n) * power(D, P - 2n)));
  return squares.map(squareRoot).filter((root) => root !== null).flatMap((root) => [root, P - root]);
}

function power(base, exponent) {
  let [result, square] = [1n, mod(base)];
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = mod(result * square);
    square = mod(square * square);
  }
  return result;
}

function mod(value) {
  const rest = value % P;
  return rest < 0n ? rest + P : rest;
}

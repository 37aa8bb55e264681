/**
 * A verification is a list of named checks, each of which says in a sentence what it found. A reader sees them one by
 * one; the first that fails ends the verification.
 */
import { VerifyError } from './errors.js';

/**
 * @typedef {object} Step
 * @property {string} name stable, a key of `STEP_LABELS`
 * @property {boolean} ok
 * @property {string} detail a sentence: what was found, or why it was refused
 * @property {string} [code] of a refusal
 */

/** @typedef {[name: string, check: () => string | Promise<string>]} Check */

/** What the steps are called on a screen. */
export const STEP_LABELS = {
  form: { zh: '文件格式', en: 'The document is well formed' },
  signature: { zh: '账本签名', en: "The log's signature" },
  checkpoint: { zh: '检查点', en: 'The checkpoint' },
  witnesses: { zh: '见证方', en: 'The witnesses' },
  inclusion: { zh: '收录证明', en: 'The proof of inclusion' },
  entry: { zh: '账目条目', en: 'The entry' },
  signers: { zh: '各方签名', en: "The parties' signatures" },
  items: { zh: '逐笔核对', en: 'Every item, in order' },
  end: { zh: '末笔核对', en: 'The totals' },
  completeness: { zh: '完整性', en: 'Nothing is missing at the end' },
  seal: { zh: '封账', en: 'The period seal' },
  head: { zh: '封账余额', en: 'What the seal says of the object' },
};

/**
 * @template T
 * @param {Check[]} checks
 * @param {() => T} result made when all have passed
 * @returns {AsyncGenerator<Step, T>} yields each step, the failing one too, and then throws its `VerifyError`
 */
export async function* walk(checks, result) {
  for (const [name, check] of checks) {
    let detail;
    try {
      detail = await check();
    } catch (error) {
      if (error instanceof VerifyError) yield { name, ok: false, code: error.code, detail: error.message };
      throw error;
    }
    yield { name, ok: true, detail };
  }
  return result();
}

/**
 * Goes through all steps at once.
 * @template T
 * @param {AsyncGenerator<Step, T>} steps
 * @returns {Promise<T & {steps: Step[]}>}
 * @throws {VerifyError} with the steps so far in its `steps`
 */
export async function finish(steps) {
  /** @type {Step[]} */
  const taken = [];
  try {
    for (;;) {
      const next = await steps.next();
      if (next.done) return { ...next.value, steps: taken };
      taken.push(next.value);
    }
  } catch (error) {
    if (error instanceof VerifyError) error.steps = taken;
    throw error;
  }
}

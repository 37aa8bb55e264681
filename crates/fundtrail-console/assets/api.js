/**
 * The node's API, asked by the signer: each request shows a token that the signer's key signed a moment ago. No cookie
 * ever writes anything.
 */
// @ts-check
import { Fault } from './fault.js';
import { signToken, TOKEN_SECONDS } from './token.js';

/** A token is not shown any more when it has less than this left, in seconds. */
const SPARE_SECONDS = 60;
/** Clocks that differ by less are the same, in seconds. */
const SKEW_MIN = 5;

export class Api {
  #key;
  #ledger;
  #fetch;
  #now;
  /** By how much the node's clock is ahead, in seconds. */
  #ahead = 0;
  #token = '';
  #until = 0;

  /**
   * @param {import('./keys.js').SignerKey} key
   * @param {string} ledger
   * @param {{fetch?: typeof fetch, now?: () => number}} [machine] `now` in milliseconds
   */
  constructor(key, ledger, { fetch: ask = (...request) => fetch(...request), now = Date.now } = {}) {
    this.#key = key;
    this.#ledger = ledger;
    this.#fetch = ask;
    this.#now = now;
  }

  /** @returns {Promise<{token: string, until: number}>} `until`: when it ends by this clock, in milliseconds */
  async token() {
    const now = Math.floor(this.#now() / 1000) + this.#ahead;
    if (!this.#token || now + SPARE_SECONDS >= this.#until) {
      this.#token = await signToken(this.#key, this.#ledger, now);
      this.#until = now + TOKEN_SECONDS;
    }
    return { token: this.#token, until: (this.#until - this.#ahead) * 1000 };
  }

  /**
   * @param {'GET' | 'POST' | 'DELETE' | 'PUT'} method
   * @param {string} path
   * @param {any} [document] sent as JSON
   * @returns {Promise<{status: number, document: any, text: string}>} an answer below 300
   * @throws {Fault} with the problem's code; `NO_NODE` where there is no answer, `NO_ANSWER` where it is none
   */
  async ask(method, path, document) {
    let answer = await this.#once(method, path, document);
    if (answer.status === 401 && this.#learnsTime(answer)) answer = await this.#once(method, path, document);
    const read = await body(answer);
    if (answer.status < 300) return read;
    throw problem(read);
  }

  /** Signs a token for the pages' cookie. @returns {Promise<number>} until when it holds, in milliseconds */
  async openSession() {
    for (let attempt = 1; ; attempt += 1) {
      const { token, until } = await this.token();
      const answer = await this.#sent('PUT', '/session', { token });
      if (answer.ok) return until;
      const again = attempt === 1 && answer.status === 401 && this.#learnsTime(answer);
      if (!again) throw problem(await body(answer));
    }
  }

  async #once(method, path, document) {
    const { token } = await this.token();
    return this.#sent(method, path, document, { Authorization: `Bearer ${token}` });
  }

  async #sent(method, path, document, headers = {}) {
    const isWritten = document !== undefined;
    try {
      return await this.#fetch(path, {
        method,
        headers: { Accept: 'application/json', ...(isWritten && { 'Content-Type': 'application/json' }), ...headers },
        body: isWritten ? JSON.stringify(document) : undefined,
        credentials: 'same-origin',
        cache: 'no-store',
        redirect: 'error',
      });
    } catch (error) {
      throw new Fault('NO_NODE', `The node does not answer (${error?.message ?? error}).`);
    }
  }

  /** Sets the clock by the node's, where they differ. @returns {boolean} whether they did */
  #learnsTime(answer) {
    const theirs = Math.floor(Date.parse(answer.headers.get('Date') ?? '') / 1000);
    const ahead = theirs - Math.floor(this.#now() / 1000);
    if (!Number.isFinite(ahead) || Math.abs(ahead - this.#ahead) < SKEW_MIN) return false;
    this.#ahead = ahead;
    this.#token = '';
    return true;
  }
}

async function body(answer) {
  const text = await answer.text();
  let document = null;
  try {
    document = JSON.parse(text);
  } catch {
    // A receipt, or nothing.
  }
  return { status: answer.status, document, text };
}

/** What an answer says that is none. @returns {Fault} */
function problem({ status, document }) {
  const code = typeof document?.code === 'string' ? document.code : null;
  const detail = document?.detail ?? document?.title ?? `The node answered ${status}.`;
  return new Fault(code ?? (document?.refusals ? 'REFUSED' : 'NO_ANSWER'), String(detail), { status, document });
}

/**
 * Why something in the console does not go on. Every one has a stable upper-case code; what is said of it in both
 * languages stands in `words.js`.
 */
// @ts-check

export class Fault extends Error {
  /**
   * @param {string} code stable, upper case
   * @param {string} message one English sentence, for whoever reads logs
   * @param {{status?: number, document?: any}} [answer] of the node, where it is the node that said no
   */
  constructor(code, message, answer = {}) {
    super(message);
    this.name = 'Fault';
    this.code = code;
    this.status = answer.status ?? null;
    this.document = answer.document ?? null;
  }
}

/** @param {string} code @param {string} message @returns {never} */
export function fail(code, message) {
  throw new Fault(code, message);
}

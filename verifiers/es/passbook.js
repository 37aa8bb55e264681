/** The entries of one object, held without the rest of the ledger (FORMAT 12, books). */
import { refuse } from './errors.js';

/** One object's passbook, turned page by page. */
export class Passbook {
  /** @param {string} object */
  constructor(object) {
    this.object = object;
    this.revisions = 0n;
    /** @type {bigint | null} index of the newest entry */
    this.newest = null;
    /** @type {bigint | null} in fen; null for what was never posted to */
    this.balance = null;
  }

  /**
   * The entry that comes next.
   * @param {import('./entry.js').Entry} entry
   * @param {bigint} [claimed] which revision it is said to be
   * @throws {import('./errors.js').VerifyError} `NOT_CONCERNED`, `GAP`, `BALANCE`
   */
  turn({ index, effects }, claimed) {
    const own = effects.revisions.filter(({ object }) => object === this.object);
    if (own.length !== 1) refuse('NOT_CONCERNED', `Entry ${index} does not revise ${this.object}.`);
    const [{ revision, previous }] = own;
    if (revision !== (claimed ?? revision)) {
      refuse('NOT_CONCERNED', `Entry ${index} is revision ${revision}, not ${claimed}.`);
    }
    if (revision !== this.revisions + 1n || previous !== this.newest) {
      refuse('GAP', `Entry ${index} is revision ${revision} after entry ${previous}, not after entry ${this.newest}.`);
    }
    for (const { amount, balance } of effects.postings.filter(({ book }) => book === this.object)) {
      if ((this.balance ?? 0n) + amount !== balance) refuse('BALANCE', `A balance in entry ${index} does not follow.`);
      this.balance = balance;
    }
    this.revisions = revision;
    this.newest = index;
  }
}

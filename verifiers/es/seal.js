/** Seal documents (FORMAT 13.1): what stood of one object when a period was closed. */
import { utf8 } from './bytes.js';
import { formatAmount } from './amount.js';
import { checkpointChecks } from './checkpoint.js';
import { parseEntry } from './entry.js';
import { refuse, under } from './errors.js';
import { HEAD_MEMBERS, hashes, readHeadProof, sealedRoot, verifyHead } from './head.js';
import { object, text, whole } from './shape.js';
import { finish, walk } from './steps.js';
import { parseJson } from './strict-json.js';
import { leafHash, verifyInclusion } from './tree.js';

export const SEAL_FORMAT = 'fundtrail-seal/v1';

function readSeal(input) {
  return under('SEAL_FORM', `This is no ${SEAL_FORMAT}`, () => {
    const names = ['format', 'period', 'object', 'checkpoint', 'index', 'entry', 'hashes', ...HEAD_MEMBERS];
    const members = object(parseJson(input), names);
    if (members.format !== SEAL_FORMAT) refuse('SHAPE', 'its format is another one.');
    return {
      period: text(members.period),
      object: text(members.object),
      checkpoint: text(members.checkpoint),
      index: whole(members.index),
      entry: text(members.entry),
      hashes: hashes(members.hashes),
      head: readHeadProof(members),
    };
  });
}

/**
 * @param {import('./bytes.js').Input} input
 * @param {import('./policy.js').TrustGiven | import('./policy.js').Trust} trust
 */
export function sealSteps(input, trust) {
  /** @type {any} */
  const found = {};
  let seal, root;
  return walk([
    ['form', async () => {
      seal = await readSeal(input);
      Object.assign(found, { period: seal.period, object: seal.object, index: seal.index });
      return `What the seal of ${seal.period} says of ${seal.object}.`;
    }],
    ...checkpointChecks(() => seal.checkpoint, trust, found),
    ['inclusion', async () => {
      const { size, root: tree } = found.checkpoint;
      const leaf = await leafHash(utf8(seal.entry));
      await under('PROOF', 'The seal is not in the tree', () => {
        return verifyInclusion({ index: seal.index, size, leaf, proof: seal.hashes, root: tree });
      }, seal.index);
      return `Entry ${seal.index} of ${size}.`;
    }],
    ['seal', async () => {
      const entry = await under('SEAL', 'The seal is no entry', () => parseEntry(seal.entry), seal.index);
      if (entry.index !== seal.index) refuse('SEAL', `The entry calls itself ${entry.index}.`, seal.index);
      root = await sealedRoot(entry, seal.period, found.checkpoint.origin);
      return `A seal of ${seal.period} over the ${entry.index} entries before it.`;
    }],
    ['head', async () => {
      found.head = await verifyHead(seal.head, root, seal.object, seal.index);
      if (!found.head) return `${seal.object} had no revision.`;
      const { revision, entry, balance } = found.head;
      const money = balance === null ? 'no balance' : `a balance of ${formatAmount(balance)}`;
      return `${seal.object} had ${revision} revisions, the last in entry ${entry}, and ${money}.`;
    }],
  ], () => found);
}

/**
 * @param {import('./bytes.js').Input} input
 * @param {import('./policy.js').TrustGiven | import('./policy.js').Trust} trust
 * @returns {Promise<{period: string, object: string, index: bigint, head: import('./head.js').Head | null,
 *   checkpoint: import('./checkpoint.js').Checkpoint, cosigned: import('./checkpoint.js').Cosigned[],
 *   steps: import('./steps.js').Step[]}>} `head` is null where the object is proved absent
 * @throws {import('./errors.js').VerifyError} `SEAL_FORM`, the codes of notes and checkpoints, `PROOF`, `SEAL`
 */
export function verifySeal(input, trust) {
  return finish(sealSteps(input, trust));
}

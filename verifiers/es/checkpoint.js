/** Signed checkpoints (C2SP tlog-checkpoint, FORMAT 11), opened under a log's key or a policy. */
import { fromBase64 } from './bytes.js';
import { refuse } from './errors.js';
import { isKeyName, parseNote, verifyNote, WITNESS } from './note.js';
import { readTrust } from './policy.js';
import { finish, walk } from './steps.js';

/**
 * @typedef {object} Checkpoint
 * @property {string} origin
 * @property {bigint} size
 * @property {Uint8Array} root
 * @property {string[]} extensions
 */

/** @typedef {{witness: string, time: bigint}} Cosigned a witness by its name in the policy; seconds since 1970 */

/**
 * @param {string} text of the note
 * @returns {Checkpoint}
 * @throws {import('./errors.js').VerifyError} `CHECKPOINT_FORM`, `CHECKPOINT_ORIGIN_FORM`
 */
export function parseCheckpoint(text) {
  const [origin, size, root, ...extensions] = text.slice(0, -1).split('\n');
  const hash = root === undefined ? null : fromBase64(root);
  const number = parseDecimal(size);
  if (number === null || hash?.length !== 32 || extensions.includes('')) {
    return refuse('CHECKPOINT_FORM', 'A checkpoint is an origin, a size, and the base64 of a root.');
  }
  if (!isKeyName(origin)) refuse('CHECKPOINT_ORIGIN_FORM', "The checkpoint's origin is no name of a log.");
  return { origin, size: number, root: hash, extensions };
}

/** @param {string | undefined} text @returns {bigint | null} null unless it is a plain decimal number of 64 bits */
export function parseDecimal(text) {
  if (text === undefined || !/^(0|[1-9][0-9]{0,19})$/.test(text)) return null;
  const number = BigInt(text);
  return number < 2n ** 64n ? number : null;
}

/**
 * The checks that open a checkpoint; they fill `into`.
 * @param {() => import('./bytes.js').Input} note taken when the first check runs
 * @param {import('./policy.js').TrustGiven | import('./policy.js').Trust} given
 * @param {{checkpoint?: Checkpoint, cosigned?: Cosigned[]}} into
 * @returns {import('./steps.js').Check[]}
 */
export function checkpointChecks(note, given, into) {
  let trust, parsed, signed;
  return [
    ['signature', async () => {
      trust = await readTrust(given);
      parsed = parseNote(note());
      signed = await verifyNote(parsed, [...trust.logs, ...trust.witnesses.map(({ key }) => key)]);
      const logs = signed.filter(({ key }) => key.type !== WITNESS).map(({ key }) => key.name);
      if (logs.length === 0) refuse('NOTE_UNTRUSTED', 'No log that is trusted signed the checkpoint.');
      return `Signed by ${logs.join(', ')}.`;
    }],
    ['checkpoint', () => {
      const checkpoint = parseCheckpoint(parsed.text);
      const own = signed.some(({ key }) => key.type !== WITNESS && key.name === checkpoint.origin);
      if (!own || (trust.origin ?? checkpoint.origin) !== checkpoint.origin) {
        refuse('CHECKPOINT_ORIGIN', `The checkpoint is of another log, ${checkpoint.origin}.`);
      }
      into.checkpoint = checkpoint;
      return `${checkpoint.origin} had ${checkpoint.size} entries.`;
    }],
    ['witnesses', () => {
      into.cosigned = signed.flatMap(({ key, time }) => {
        const witness = trust.witnesses.find((listed) => listed.key === key);
        return witness ? [{ witness: witness.name, time }] : [];
      });
      const names = into.cosigned.map(({ witness }) => witness);
      if (!trust.isReachedBy(new Set(names))) {
        refuse('CHECKPOINT_QUORUM', `The quorum is not reached; cosigned by ${names.join(', ') || 'nobody'}.`);
      }
      if (trust.quorum === null && names.length === 0) return 'No witness is asked for.';
      return `Cosigned by ${names.join(', ')}.`;
    }],
  ];
}

/**
 * @param {import('./bytes.js').Input} input
 * @param {import('./policy.js').TrustGiven | import('./policy.js').Trust} trust
 * @returns {AsyncGenerator<import('./steps.js').Step, {checkpoint: Checkpoint, cosigned: Cosigned[]}>}
 */
export function checkpointSteps(input, trust) {
  const found = {};
  return walk(checkpointChecks(() => input, trust, found), () => found);
}

/**
 * @param {import('./bytes.js').Input} input
 * @param {import('./policy.js').TrustGiven | import('./policy.js').Trust} trust
 * @throws {import('./errors.js').VerifyError} the codes of notes and checkpoints, `CHECKPOINT_QUORUM`
 */
export function openCheckpoint(input, trust) {
  return finish(checkpointSteps(input, trust));
}

/**
 * Whom a reader trusts: one log's key, or a file of C2SP tlog-policy that lists logs, witnesses and the quorum of
 * witnesses that a checkpoint needs. URLs are read over.
 */
import { hex, textOf, utf8 } from './bytes.js';
import { refuse, VerifyError } from './errors.js';
import { LOG, verifierKey, WITNESS } from './note.js';

const BYTES_MAX = 1_000_000;

/** @typedef {{name: string, key: import('./note.js').VerifierKey}} Witness */
/** @typedef {{least: number, members: string[]}} Group */

/**
 * What the functions of this verifier take as `trust`.
 * @typedef {object} TrustGiven
 * @property {string} [logKey] the log's verifier key; no witnesses are asked for
 * @property {string | Uint8Array} [policy] or a policy file
 * @property {string} [origin] the ledger's origin, where it is known apart from the key
 */

/** The same, read. */
export class Trust {
  /**
   * @param {import('./note.js').VerifierKey[]} logs
   * @param {Witness[]} [witnesses]
   * @param {string | null} [quorum] null: none asked for
   * @param {Map<string, Group>} [groups]
   */
  constructor(logs, witnesses = [], quorum = null, groups = new Map()) {
    this.logs = logs;
    this.witnesses = witnesses;
    this.quorum = quorum;
    this.groups = groups;
    /** @type {string | undefined} */
    this.origin = undefined;
  }

  /** @param {Set<string>} cosigned names in the policy @returns {boolean} */
  isReachedBy(cosigned) {
    const reached = new Set(cosigned);
    // A group is defined after its members, so one pass in that order is enough.
    for (const [name, { least, members }] of this.groups) {
      if (members.filter((member) => reached.has(member)).length >= least) reached.add(name);
    }
    return this.quorum === null || reached.has(this.quorum);
  }
}

/**
 * @param {TrustGiven | Trust} given
 * @returns {Promise<Trust>} which may be given again, to read a policy only once
 * @throws {VerifyError} the codes of verifier keys, `CHECKPOINT_KEY_TYPE`, `POLICY_FILE_…`
 */
export async function readTrust(given) {
  if (given instanceof Trust) return given;
  if ((given?.logKey === undefined) === (given?.policy === undefined)) {
    throw new TypeError('trust is {logKey} or {policy}');
  }
  const trust = given.policy === undefined ? await ofLog(given.logKey) : await parsePolicy(given.policy);
  trust.origin = given.origin;
  return trust;
}

async function ofLog(vkey) {
  const key = await verifierKey(vkey);
  if (key.type !== LOG) refuse('CHECKPOINT_KEY_TYPE', 'This is not the key of a log.');
  return new Trust([key]);
}

/**
 * @param {import('./bytes.js').Input} input
 * @returns {Promise<Trust>}
 * @throws {VerifyError} `POLICY_FILE_…`, with the number of the line
 */
export async function parsePolicy(input) {
  const text = textOf(input, 'POLICY_FILE_TEXT');
  if (utf8(text).length > BYTES_MAX) refuse('POLICY_FILE_TOO_LARGE', `A policy has at most ${BYTES_MAX} bytes.`);
  if (/[^\t\n -~\u0080-\u{10ffff}]/u.test(text)) refuse('POLICY_FILE_TEXT', 'A policy has a control character.');
  const reader = new PolicyReader();
  for (const [at, line] of text.split('\n').entries()) {
    const items = line.split(/[ \t]+/).filter((item) => item !== '');
    if (items.length === 0 || items[0].startsWith('#')) continue;
    try {
      await reader.line(items);
    } catch (error) {
      if (error instanceof VerifyError) error.message = `Line ${at + 1} of the policy: ${error.message}`;
      throw error;
    }
  }
  if (reader.quorum === undefined) refuse('POLICY_FILE_NO_QUORUM', 'The policy has no quorum line.');
  if (reader.logs.length === 0) refuse('POLICY_FILE_NO_LOG', 'The policy has no log line.');
  return new Trust(reader.logs, reader.witnesses, reader.quorum, reader.groups);
}

class PolicyReader {
  logs = [];
  /** @type {Witness[]} */
  witnesses = [];
  /** @type {Map<string, Group>} */
  groups = new Map();
  /** @type {string | null | undefined} */
  quorum = undefined;
  #members = new Set();
  #keys = new Set();

  /** @param {string[]} items */
  async line([word, ...items]) {
    if (word === 'log' && (items.length === 1 || items.length === 2)) {
      this.logs.push(await this.#key(items[0], LOG));
    } else if (word === 'witness' && (items.length === 2 || items.length === 3)) {
      this.#defines(items[0]);
      this.witnesses.push({ name: items[0], key: await this.#key(items[1], WITNESS) });
    } else if (word === 'group' && items.length >= 3) {
      this.#group(items);
    } else if (word === 'quorum' && items.length === 1) {
      if (this.quorum !== undefined) refuse('POLICY_FILE_QUORUM_TWICE', 'there is a second quorum line.');
      if (items[0] !== 'none') this.#isDefined(items[0]);
      this.quorum = items[0] === 'none' ? null : items[0];
    } else {
      refuse('POLICY_FILE_LINE', 'this is no line of a policy.');
    }
  }

  /** @param {string[]} items */
  #group([name, threshold, ...members]) {
    this.#defines(name);
    for (const member of members) {
      this.#isDefined(member);
      if (this.#members.has(member)) refuse('POLICY_FILE_MEMBER', `${member} is a member already.`);
      this.#members.add(member);
    }
    const least = leastOf(threshold, members.length);
    if (least < 1 || least > members.length) refuse('POLICY_FILE_THRESHOLD', `${threshold} is no number of the members.`);
    this.groups.set(name, { least, members });
  }

  /** @param {string} name */
  #defines(name) {
    if (name === 'none' || this.#has(name)) refuse('POLICY_FILE_NAME', `the name ${name} is taken.`);
  }

  #isDefined(name) {
    if (!this.#has(name)) refuse('POLICY_FILE_UNDEFINED', `no line before this one defines ${name}.`);
  }

  #has(name) {
    return this.groups.has(name) || this.witnesses.some((witness) => witness.name === name);
  }

  async #key(vkey, type) {
    let key;
    try {
      key = await verifierKey(vkey);
    } catch (error) {
      if (!(error instanceof VerifyError) || error.code.startsWith('NO_')) throw error;
      return refuse(error.code === 'NOTE_KEY_TYPE' ? 'POLICY_FILE_KEY_TYPE' : 'POLICY_FILE_KEY', error.message);
    }
    if (key.type !== type) refuse('POLICY_FILE_KEY_TYPE', `${key.name} has a key of type ${key.type}, not ${type}.`);
    if (this.#keys.has(hex(key.raw))) refuse('POLICY_FILE_KEY_DUPLICATE', `the key of ${key.name} is there already.`);
    this.#keys.add(hex(key.raw));
    return key;
  }
}

/** @param {string} threshold @param {number} members @returns {number} 0 for what is no threshold */
function leastOf(threshold, members) {
  if (threshold === 'all') return members;
  if (threshold === 'any') return 1;
  return /^[1-9][0-9]{0,8}$/.test(threshold) ? Number(threshold) : 0;
}

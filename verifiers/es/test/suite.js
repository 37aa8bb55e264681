/**
 * Every case of the vectors that a browser verifier can run, and mutations of all that verifies. Knows neither Node nor
 * a browser: `load(path)` gives the bytes of a file below `tests/vectors/` or, with `own/` in front, below this folder;
 * it gives null for a file that is not there.
 */
import { behaviourCases } from './suite-behaviour.js';
import { signatureCases, keyCases, paeCases } from './suite-signatures.js';
import { amountCases, dateCases, disclosureCases, entryCases, jsonCases, nameCases, passbookCases } from './suite-entries.js';
import { checkpointCases, noteCases, noteKeyCases, policyCases } from './suite-notes.js';
import { consistencyCases, inclusionCases, receiptCases, rootCases } from './suite-proofs.js';
import { sealCases, statementCases } from './suite-documents.js';
import { forgedCases } from './suite-forged.js';
import { ledgerCases } from './suite-ledger.js';
import { read } from './vectors.js';

/** @typedef {{group: string, name: string, run: () => Promise<void>}} Case passes unless it throws */

/** Vector file → what makes cases of it. */
export const FILES = {
  'json.json': jsonCases,
  'amounts.json': amountCases,
  'dates.json': dateCases,
  'names.json': nameCases,
  'keys.json': keyCases,
  'pae.json': paeCases,
  'signatures.json': signatureCases,
  'disclosures.json': disclosureCases,
  'roots.json': rootCases,
  'inclusion.json': inclusionCases,
  'consistency.json': consistencyCases,
  'note_keys.json': noteKeyCases,
  'notes.json': noteCases,
  'checkpoints.json': checkpointCases,
  'log_policies.json': policyCases,
  'receipts.json': receiptCases,
  'statements.json': statementCases,
  'seals.json': sealCases,
  'ledger/entries.json': entryCases,
  'ledger/passbook.json': passbookCases,
  'ledger/mutations.json': ledgerCases,
};

/** What needs no file of cases. */
export const OTHERS = { behaviour: behaviourCases, forged: forgedCases };

/**
 * Vector files that a browser verifier does not run, and why.
 * - bodies of kinds, policies, calendars and rules: for the auditor's tool, which has the whole ledger
 * - what a submitter or the node does before anything is in the ledger
 * - what needs secrets that do not belong in a browser
 * - the static log, which this verifier does not fetch
 */
export const LEFT_OUT = {
  'transactions.json': 'bodies of kinds', 'kinds.json': 'bodies of kinds', 'policies.json': 'bodies of kinds',
  'calendars.json': 'bodies of kinds', 'calendar.json': 'no cases', 'policy.json': 'no cases',
  'figures.json': 'rules', 'deadlines.json': 'rules',
  'times.json': 'an entry has one form of time; business times stand in bodies',
  'submissions.json': 'before the ledger', 'admissions.json': 'before the ledger',
  'identifiers.json': 'values inside disclosures', 'tags.json': 'needs the tag key, a secret of the manager',
  'add_checkpoints.json': 'asked of a witness',
  'tiles.json': 'static log', 'tile_sizes.json': 'static log',
  'ledger/forged.json': 'bodies of kinds', 'ledger/checkpoints.json': 'no cases', 'ledger/site.json': 'no cases',
};

/**
 * @param {(path: string) => Promise<Uint8Array | null>} load
 * @param {string[]} [paths] which files, or names in `OTHERS`
 * @returns {Promise<Case[]>}
 */
export async function suite(load, paths = [...Object.keys(FILES), ...Object.keys(OTHERS)]) {
  const cases = [];
  for (const path of paths) {
    if (path in OTHERS) {
      cases.push(...(await OTHERS[path](load)).map((own) => ({ group: path, ...own })));
      continue;
    }
    const make = FILES[path];
    const bytes = await load(path);
    if (!bytes) throw new Error(`${path} is missing`);
    const vectors = read(bytes);
    for (const { name, run } of await make(vectors, load)) cases.push({ group: path, name, run });
  }
  return cases;
}

/**
 * Runs all cases, one after the other.
 * @param {Case[]} cases
 * @returns {Promise<{passed: number, failed: {group: string, name: string, why: string}[]}>}
 */
export async function runAll(cases) {
  let passed = 0;
  const failed = [];
  for (const { group, name, run } of cases) {
    try {
      await run();
      passed += 1;
    } catch (error) {
      failed.push({ group, name, why: String(error?.stack ?? error) });
    }
  }
  return { passed, failed };
}

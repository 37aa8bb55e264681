/** JSON, values, entries, disclosures, and the entries of one object. */
import { spliced } from './arrays.js';
import { amount, formatAmount, signedAmount } from '../amount.js';
import { concat, utf8 } from '../bytes.js';
import { parseDisclosure } from '../disclosure.js';
import { refuse } from '../errors.js';
import { parseEntry, verifyEntrySignatures, writeEntry } from '../entry.js';
import { Passbook } from '../passbook.js';
import { date, digest, id, period } from '../shape.js';
import { parseJson } from '../strict-json.js';
import { keysBroughtBy, parseTransaction } from '../transaction.js';
import { changed, frozenLedger } from './ledger.js';
import { allRefused, compared, cut, flipped, inputOf, linesMoved, outcomeOf, shown } from './vectors.js';

export function jsonCases(vectors) {
  return compared(vectors, (input) => void parseJson(inputOf(input)));
}

export function amountCases(vectors) {
  return compared(vectors, ({ json, written_by_the_ledger: signed }) => {
    return formatAmount((signed ? signedAmount : amount)(parseJson(json)));
  });
}

export function dateCases(vectors) {
  return compared(vectors, ({ json }) => date(parseJson(json)));
}

/** Only the forms that entries, seals and transactions use here; the others stand in bodies. */
export function nameCases(vectors) {
  const forms = { id, period, document: digest, tag: digest };
  const cases = vectors.cases.filter(({ form }) => form in forms);
  return compared({ cases }, ({ form, json }) => forms[form](parseJson(json)));
}

export function disclosureCases(vectors) {
  const right = vectors.cases.filter(({ expect }) => typeof expect !== 'string');
  return [
    ...compared(vectors, (input) => parseDisclosure(inputOf(input))),
    ...right.map((input) => allRefused(input.name, mutants(input), async (mutant) => {
      const { digest: found } = await parseDisclosure(mutant);
      if (found !== input.expect.ok.digest) refuse('DISCLOSURE_UNMATCHED', 'The digest is another one.');
    })),
  ];
}

function* mutants(input) {
  yield* flipped(inputOf(input), 3);
  yield* cut(inputOf(input), 3);
}

export async function entryCases(vectors, load) {
  const lines = await frozenLedger(load);
  return [
    ...compared(vectors, async ({ changes, entry }) => {
      const line = (await changed(lines, changes))[Number(entry)];
      if (writeEntry(parseEntry(line)) !== line) throw new Error('written in another way');
    }),
    ...lines.map((line, at) => ({ name: `entry ${at}: mutations of its form`, run: () => onlyOneForm(line) })),
    ...(await signatureCases(lines)),
  ];
}

/** Whatever is read although it was changed must say something else; another writing of the same is refused. */
async function onlyOneForm(line) {
  const bytes = utf8(line);
  for (const mutants of [flipped(bytes, 3), cut(bytes, 7), linesMoved(bytes), spaced(line)]) {
    for (const [what, mutant] of mutants) {
      const outcome = await outcomeOf(() => writeEntry(parseEntry(mutant)));
      if (typeof outcome === 'string') continue;
      if (outcome.ok === line) throw new Error(`read as the same with ${what}`);
    }
  }
}

function* spaced(line) {
  for (let at = 0; at <= line.length; at += 11) yield [`a space at ${at}`, utf8(`${line.slice(0, at)} ${line.slice(at)}`)];
}

/** The signatures of every entry of the ledger, under the keys that entries up to it brought. */
async function signatureCases(lines) {
  const known = new Map();
  const cases = [];
  for (const [at, line] of lines.entries()) {
    const entry = parseEntry(line);
    for (const [keyid, raw] of await keysBroughtBy(parseTransaction(entry.envelope.payload))) known.set(keyid, raw);
    const keys = new Map(known);
    const expect = shown(entry.envelope.signatures.map(({ keyid }) => keyid));
    cases.push({
      name: `entry ${at}: its signatures`,
      run: async () => {
        const { signers } = await verifyEntrySignatures(line, keys);
        if (shown(signers) !== expect) throw new Error(`signed by ${signers}`);
      },
    });
    cases.push(allRefused(`entry ${at}: its signatures`, badlySigned(entry, keys), ([mutant, given]) => {
      return verifyEntrySignatures(mutant, given);
    }));
  }
  return cases;
}

function* badlySigned(entry, keys) {
  const { envelope } = entry;
  for (const [what, payload] of flipped(envelope.payload, 16)) {
    yield [`payload, ${what}`, [{ ...entry, envelope: { ...envelope, payload } }, keys]];
  }
  yield ['a payload too long', [{ ...entry, envelope: { ...envelope, payload: concat(envelope.payload, utf8(' ')) } }, keys]];
  for (const [at, { keyid, signature }] of envelope.signatures.entries()) {
    for (const [what, other] of flipped(signature, 7)) {
      const signatures = spliced(envelope.signatures, at, 1, { keyid, signature: other });
      yield [`signature ${at}, ${what}`, [{ ...entry, envelope: { ...envelope, signatures } }, keys]];
    }
    const unknown = { keyid: 'f'.repeat(32), signature };
    yield [`signature ${at} of a key nobody knows`, [{ ...entry, envelope: { ...envelope, signatures: [unknown] } }, keys]];
    yield [`a key that is not ${keyid}`, [entry, new Map([...keys, [keyid, new Uint8Array(32).fill(9)]])]];
  }
}

export async function passbookCases(vectors, load) {
  const entries = (await frozenLedger(load)).map((line) => parseEntry(line));
  return compared(vectors, ({ object, entries: indices }) => {
    const passbook = new Passbook(object);
    for (const index of indices) passbook.turn(entries[Number(index)]);
    return formatAmount(passbook.balance ?? 0n);
  });
}

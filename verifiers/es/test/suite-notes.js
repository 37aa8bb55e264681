/** Verifier keys, notes, checkpoints, policies. */
import { hex, utf8 } from '../bytes.js';
import { openCheckpoint } from '../checkpoint.js';
import { refuse } from '../errors.js';
import { parseNote, verifierKey, verifyNote } from '../note.js';
import { allRefused, compared, cut, flipped, inputOf, linesMoved, shown } from './vectors.js';

export function noteKeyCases(vectors) {
  const read = async ({ key }) => {
    const { name, type, raw } = await verifierKey(key);
    return { name, type: BigInt(type), raw: hex(raw) };
  };
  const right = vectors.cases.filter(({ expect }) => typeof expect !== 'string');
  return [
    ...compared(vectors, read),
    ...right.map((input) => allRefused(input.name, flipped(utf8(input.key)), (mutant) => verifierKey(mutant))),
  ];
}

export function noteCases(vectors) {
  const signers = async (bytes, vkeys) => {
    const keys = await Promise.all(vkeys.map(verifierKey));
    return (await verifyNote(parseNote(bytes), keys)).map(({ key, time }) => ({ name: key.name, time }));
  };
  // A line of nobody who is trusted may change, so only notes whose every line is trusted are mutated.
  const right = vectors.cases.filter((input) => typeof input.expect !== 'string' && linesOf(input) === input.expect.ok.length);
  return [
    ...compared(vectors, (input) => signers(inputOf(input), input.keys)),
    ...right.map((input) => allRefused(input.name, mutants(inputOf(input)), async (mutant) => {
      const found = await signers(mutant, input.keys);
      if (shown(found) !== shown(input.expect.ok)) refuse('DIFFERENT', 'Not the same keys are counted.');
    })),
  ];
}

function linesOf(input) {
  return parseNote(inputOf(input)).lines.length;
}

export function checkpointCases(vectors) {
  const right = vectors.cases.filter((input) => typeof input.expect !== 'string' && linesOf(input) === 1);
  return [
    ...compared(vectors, (input) => open(inputOf(input), { logKey: input.key, origin: input.origin })),
    ...right.map((input) => allRefused(input.name, mutants(inputOf(input)), (mutant) => open(mutant, { logKey: input.key }))),
  ];
}

async function open(bytes, trust) {
  const { size, root, extensions } = (await openCheckpoint(bytes, trust)).checkpoint;
  return { size, root: hex(root), extensions };
}

/** Changes of a note, or of something that ends in one. The same signatures in another order are no change. */
export function* mutants(bytes, step = 1) {
  yield* flipped(bytes, step);
  for (const mutant of linesMoved(bytes)) if (ordered(mutant[1]) !== ordered(bytes)) yield mutant;
  yield* cut(bytes, step);
}

function ordered(bytes) {
  const text = new TextDecoder().decode(bytes);
  const end = text.lastIndexOf('\n\n') + 2;
  return text.slice(0, end) + text.slice(end).split('\n').sort().join('\n');
}

export function policyCases(vectors) {
  const opened = async ({ policy, checkpoint }) => {
    const { checkpoint: { origin, size, root }, cosigned } = await openCheckpoint(checkpoint, { policy });
    return { origin, size, root: hex(root), cosigned };
  };
  // A line of a stranger may change, so only checkpoints whose every line counts are mutated.
  const right = vectors.cases.filter(({ expect, checkpoint }) => {
    return typeof expect !== 'string' && parseNote(checkpoint).lines.length === expect.ok.cosigned.length + 1;
  });
  return [
    ...compared(vectors, opened),
    ...right.map((input) => allRefused(input.name, mutants(utf8(input.checkpoint), 3), async (checkpoint) => {
      const found = await opened({ policy: input.policy, checkpoint });
      if (shown(found) !== shown(input.expect.ok)) refuse('DIFFERENT', 'Not the same witnesses are counted.');
    })),
  ];
}

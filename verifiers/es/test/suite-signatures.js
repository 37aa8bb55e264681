/** Keys, encodings and signatures. */
import { base64, fromBase64, hex, utf8 } from '../bytes.js';
import { verifies } from '../ed25519.js';
import { PAYLOAD_TYPE, pae } from '../envelope.js';
import { refuse } from '../errors.js';
import { publicKey } from '../keys.js';
import { allRefused, compared, flipped } from './vectors.js';

export function keyCases(vectors) {
  return compared(vectors, async (input) => {
    const { keyid, raw } = await publicKey(input.public_key);
    return { keyid, raw: hex(raw) };
  });
}

export function paeCases(vectors) {
  return compared(vectors, ({ payload_type: type, payload }) => hex(pae(type, utf8(payload))));
}

export function signatureCases(vectors) {
  const right = vectors.cases.filter(({ expect }) => expect === 'ok');
  return [...compared(vectors, check), ...right.map((input) => allRefused(input.name, mutants(input), check))];
}

async function check({ public_key: key, payload, sig }) {
  const { raw } = await publicKey(key);
  const right = await verifies(raw, pae(PAYLOAD_TYPE, utf8(payload)), fromBase64(sig));
  if (!right) refuse('SIGNATURE_INVALID', 'The signature does not verify.');
}

function* mutants(input) {
  for (const [what, sig] of flipped(fromBase64(input.sig))) yield [`sig, ${what}`, { ...input, sig: base64(sig) }];
  for (const [what, key] of flipped(fromBase64(input.public_key))) yield [`key, ${what}`, { ...input, public_key: base64(key) }];
  for (const at of utf8(input.payload).keys()) {
    yield [`payload without byte ${at}`, { ...input, payload: input.payload.slice(0, at) + input.payload.slice(at + 1) }];
  }
  yield ['a signature cut', { ...input, sig: base64(fromBase64(input.sig).slice(0, 63)) }];
  yield ['a byte behind the signature', { ...input, sig: base64(new Uint8Array([...fromBase64(input.sig), 0])) }];
}

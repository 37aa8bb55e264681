/** Key files: those that OpenSSL makes are read, and whatever is wrong with one has its code. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asset } from './modules.js';
import { der, desk, pem } from './openssl.js';

const { importKey, signBytes } = await asset('keys.js');
const { openKey, readKeyFile } = await asset('pkcs8.js');

const refuses = (code, work) => assert.rejects(async () => work(), (error) => {
  assert.equal(error.code, code, error.stack);
  return true;
});
const bytes = (text) => new TextEncoder().encode(text);

/** What OpenSSL says of a key file: base64 of the SPKI, and the key id of FORMAT 8. */
function bySsl({ openssl, write }, name, ...more) {
  write('public.der', openssl('pkey', '-in', `@${name}`, '-pubout', '-outform', 'DER', ...more));
  const publicKey = openssl('base64', '-A', '-in', '@public.der').toString();
  return { publicKey, keyid: openssl('dgst', '-sha256', '-r', '@public.der').toString().slice(0, 32) };
}

test('a plain key of OpenSSL has its id, its public half and its signatures', async (context) => {
  const own = desk(context);
  own.openssl('genpkey', '-algorithm', 'ed25519', '-out', '@plain.pem');
  const key = await importKey(own.read('plain.pem'));
  const { keyid, publicKey } = bySsl(own, 'plain.pem');
  assert.deepEqual([key.keyid, key.publicKey], [keyid, publicKey]);
  const message = bytes('DSSEv1 test 某\n');
  own.write('message', message);
  const signature = own.openssl('pkeyutl', '-sign', '-rawin', '-inkey', '@plain.pem', '-in', '@message');
  assert.deepEqual(Buffer.from(await signBytes(key, message)), signature);
  assert.notDeepEqual(Buffer.from(await signBytes(key, bytes('other'))), signature);
});

test('the key that is kept cannot be read out', async (context) => {
  const own = desk(context);
  own.openssl('genpkey', '-algorithm', 'ed25519', '-out', '@plain.pem');
  const { privateKey } = await importKey(own.read('plain.pem'));
  assert.equal(privateKey.extractable, false);
  assert.deepEqual(privateKey.usages, ['sign']);
  for (const form of ['pkcs8', 'jwk']) await assert.rejects(crypto.subtle.exportKey(form, privateKey));
});

test('keys encrypted by OpenSSL open with their passphrase only', async (context) => {
  const own = desk(context);
  own.openssl('genpkey', '-algorithm', 'ed25519', '-out', '@plain.pem');
  const plain = await importKey(own.read('plain.pem'));
  const ways = {
    pkcs8: ['pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA256', '-iter', '600000'],
    default: ['pkcs8', '-topk8'],
    pkey: ['pkey', '-aes256'],
  };
  for (const [name, words] of Object.entries(ways)) {
    for (const passphrase of ['correct horse', '口令 é', ' ']) {
      own.write('pass', passphrase);
      own.openssl(...words, '-in', '@plain.pem', '-out', '@locked.pem', '-passout', 'file:@pass');
      const file = own.read('locked.pem');
      assert.equal(readKeyFile(file).isEncrypted, true);
      const key = await importKey(file, passphrase);
      assert.deepEqual([key.keyid, key.publicKey], [plain.keyid, plain.publicKey], name);
      await refuses('WRONG_PASSPHRASE', () => importKey(file, `${passphrase}x`));
      await refuses('PASSPHRASE_NEEDED', () => importKey(file));
      await refuses('PASSPHRASE_NEEDED', () => importKey(file, ''));
    }
  }
});

test('a wrong passphrase is a wrong passphrase, also where the padding happens to be right', async (context) => {
  const own = desk(context);
  own.openssl('genpkey', '-algorithm', 'ed25519', '-out', '@plain.pem');
  own.openssl('pkcs8', '-topk8', '-iter', '1', '-in', '@plain.pem', '-out', '@locked.pem', '-passout', 'pass:right');
  const file = readKeyFile(own.read('locked.pem'));
  // About four of a thousand have a padding that fits.
  for (let at = 0; at < 1000; at += 1) await refuses('WRONG_PASSPHRASE', () => openKey(file, `wrong ${at}`));
});

test('other encryptions are named', async (context) => {
  const own = desk(context);
  own.openssl('genpkey', '-algorithm', 'ed25519', '-out', '@plain.pem');
  for (const way of [
    ['-v2', 'aes-128-cbc'], ['-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA1'], ['-v2', 'des3'], ['-scrypt'],
    ['-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA512'], ['-v1', 'PBE-SHA1-3DES'],
  ]) {
    own.openssl('pkcs8', '-topk8', ...way, '-in', '@plain.pem', '-out', '@locked.pem', '-passout', 'pass:x');
    await refuses('UNSUPPORTED_ENCRYPTION', () => importKey(own.read('locked.pem'), 'x'));
  }
});

test('what is no Ed25519 private key is not taken', async (context) => {
  const own = desk(context);
  const made = (...words) => {
    own.openssl(...words, '-out', '@key.pem');
    return own.read('key.pem');
  };
  await refuses('NOT_ED25519', () => importKey(made('genpkey', '-algorithm', 'x25519')));
  await refuses('NOT_ED25519', () => importKey(made('genpkey', '-algorithm', 'ed448')));
  await refuses('NOT_ED25519', () => importKey(made('genpkey', '-algorithm', 'rsa', '-pkeyopt', 'rsa_keygen_bits:2048')));
  const curve = ['genpkey', '-algorithm', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  await refuses('NOT_ED25519', () => importKey(made(...curve)));
  await refuses('NOT_PKCS8', () => importKey(made('ecparam', '-name', 'prime256v1', '-genkey', '-noout')));
  made('genpkey', '-algorithm', 'ed25519');
  own.openssl('pkey', '-in', '@key.pem', '-pubout', '-out', '@public.pem');
  await refuses('PUBLIC_KEY', () => importKey(own.read('public.pem')));
  await refuses('NOT_ED25519', async () => {
    own.openssl('genpkey', '-algorithm', 'x25519', '-aes256', '-pass', 'pass:x', '-out', '@locked.pem');
    await importKey(own.read('locked.pem'), 'x');
  });
});

test('a key file has one form', async (context) => {
  const own = desk(context);
  own.openssl('genpkey', '-algorithm', 'ed25519', '-out', '@plain.pem');
  const text = Buffer.from(own.read('plain.pem')).toString();
  const key = await importKey(text);
  for (const same of [text.replaceAll('\n', '\r\n'), `a note\n\n${text}`, `${text}\n\n`, text.trimEnd()]) {
    assert.equal((await importKey(same)).keyid, key.keyid);
  }
  const broken = [
    '', 'hello', text.slice(0, -20), text.replace('MC4C', 'MC4-'), text.replace('MC4C', '\nMC4 C'), text + text,
    `${text}more`, text.replace('END PRIVATE', 'END ENCRYPTED PRIVATE'), 'x'.repeat(5000),
    text.replaceAll('PRIVATE KEY', 'CERTIFICATE'), '-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n',
  ];
  for (const file of broken) await refuses('NOT_A_KEY', () => importKey(file));
  await refuses('NOT_A_KEY', () => importKey(Uint8Array.of(0xff, 0xfe, 0x80)));
});

test('plain DER is read strictly', async (context) => {
  const own = desk(context);
  own.openssl('genpkey', '-algorithm', 'ed25519', '-out', '@plain.pem');
  const whole = der(own.read('plain.pem'));
  const key = await importKey(pem(whole, 'PRIVATE KEY'));
  const taken = (bytes) => importKey(pem(bytes, 'PRIVATE KEY'));
  for (let length = 1; length < whole.length; length += 1) {
    await refuses('NOT_A_KEY', () => taken(whole.subarray(0, length)));
  }
  await refuses('NOT_A_KEY', () => taken(Buffer.concat([whole, Buffer.of(0)])));
  // Every byte but those of the seed and the last of the OID.
  for (let at = 0; at < 16; at += 1) {
    const changed = Buffer.from(whole);
    changed[at] ^= 0x41;
    await assert.rejects(taken(changed), ({ code }) => ['NOT_A_KEY', 'NOT_ED25519'].includes(code), `byte ${at}`);
  }
  const seed = whole.subarray(16);
  const hex = (text) => Buffer.from(text.replaceAll(' ', ''), 'hex');
  // The outer length in two bytes, and an indefinite one.
  await refuses('NOT_A_KEY', () => taken(Buffer.concat([hex('30 81 2e'), whole.subarray(2)])));
  await refuses('NOT_A_KEY', () => taken(Buffer.concat([hex('30 80'), whole.subarray(2), hex('00 00')])));
  // A NULL beside the OID, which RFC 8410 forbids; a version 3; a version with a zero in front.
  await refuses('NOT_A_KEY', () => taken(Buffer.concat([hex('30 30 020100 3007 06032b6570 0500 0422 0420'), seed])));
  await refuses('NOT_A_KEY', () => taken(Buffer.concat([hex('30 2e 020102 3005 06032b6570 0422 0420'), seed])));
  await refuses('NOT_A_KEY', () => taken(Buffer.concat([hex('30 2f 02020000 3005 06032b6570 0422 0420'), seed])));
  // A seed of 31 bytes.
  await refuses('NOT_A_KEY', () => taken(Buffer.concat([hex('30 2d 020100 3005 06032b6570 0421 041f'), seed.subarray(1)])));
  // Version 2 with the public half (RFC 5958): its own is taken, another is not.
  const raw = Buffer.from(key.publicKey, 'base64').subarray(12);
  const withPublic = (half) => Buffer.concat([hex('30 51 020101 3005 06032b6570 0422 0420'), seed, hex('812100'), half]);
  assert.equal((await taken(withPublic(raw))).keyid, key.keyid);
  await refuses('NOT_A_KEY', () => taken(withPublic(Buffer.from(raw).reverse())));
});

test('encrypted DER is read strictly, and its numbers are bounded', async (context) => {
  const own = desk(context);
  own.openssl('genpkey', '-algorithm', 'ed25519', '-out', '@plain.pem');
  own.openssl('pkcs8', '-topk8', '-iter', '2', '-in', '@plain.pem', '-out', '@locked.pem', '-passout', 'pass:x');
  const whole = der(own.read('locked.pem'));
  const taken = (bytes, passphrase = 'x') => importKey(pem(bytes, 'ENCRYPTED PRIVATE KEY'), passphrase);
  const { keyid } = await taken(whole);
  for (let length = 1; length < whole.length; length += 1) {
    await refuses('NOT_A_KEY', () => taken(whole.subarray(0, length)));
  }
  await refuses('NOT_A_KEY', () => taken(Buffer.concat([whole, Buffer.of(0)])));
  // No byte changed opens the key.
  const codes = ['NOT_A_KEY', 'UNSUPPORTED_ENCRYPTION', 'WRONG_PASSPHRASE', 'ITERATIONS'];
  for (let at = 0; at < whole.length; at += 1) {
    const changed = Buffer.from(whole);
    changed[at] ^= 1;
    const outcome = await taken(changed).catch((error) => error);
    // The first block of the secret bends with the initial block: only its version, OID and tags show it.
    if (outcome.keyid !== undefined) assert.notEqual(outcome.keyid, keyid, `byte ${at}`);
    else assert.ok(codes.includes(outcome.code) || outcome.code === 'NOT_ED25519', `byte ${at}: ${outcome.stack}`);
  }
  // Iterations, written anew.
  const iterations = (number) => withIterations(whole, Buffer.from(number, 'hex'));
  assert.deepEqual(iterations('020102'), whole);
  for (const number of ['020100', '020400989681', '02047fffffff', '020500ffffffff', '020900ffffffffffffffff']) {
    await refuses('ITERATIONS', () => taken(iterations(number)));
  }
  for (const number of ['0201ff', '02020002', '0200']) await refuses('NOT_A_KEY', () => taken(iterations(number)));
});

/** The same file with another number of iterations, given with its tag and length. */
function withIterations(whole, number) {
  const { contents: [{ contents: [scheme, { contents: [derivation, cipher] }] }, data] } = parsed(whole);
  const [name, { contents: [salt, , hash] }] = derivation.contents;
  const sequence = (...parts) => tagged(0x30, Buffer.concat(parts));
  const changed = sequence(name.whole, sequence(salt.whole, number, hash.whole));
  return sequence(sequence(scheme.whole, sequence(changed, cipher.whole)), data.whole);
}

function tagged(tag, contents) {
  const length = contents.length < 128 ? [contents.length] : [0x81, contents.length];
  return Buffer.concat([Buffer.of(tag, ...length), contents]);
}

/** A DER value as a tree, by lengths in one byte or two. */
function parsed(bytes) {
  const header = bytes[1] === 0x81 ? 3 : 2;
  const whole = bytes.subarray(0, header + bytes[header - 1]);
  const contents = [];
  let rest = bytes[0] === 0x30 ? whole.subarray(header) : Buffer.alloc(0);
  while (rest.length > 0) {
    contents.push(parsed(rest));
    rest = rest.subarray(contents.at(-1).whole.length);
  }
  return { whole, contents };
}

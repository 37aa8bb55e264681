//! Tests of verifier keys of notes, against published vectors and every sort of change.

use alloc::format;
use alloc::string::ToString;

use super::*;
use crate::key::KeyError;
use crate::note::Note;

/// The key of the reference vector of C2SP signed-note.
const FOO_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

/// The seed and the key in the documentation of Go's sumdb/note.
const NEUMANN_SEED: &str = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const NEUMANN_KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

fn signer(name: &str, seed: u64) -> NoteSigner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    NoteSigner::new(name, SigningKey::from_seed(&bytes)).unwrap()
}

#[test]
fn go_key_is_ours() {
    let seed = STANDARD.decode(NEUMANN_SEED).unwrap();
    let key = SigningKey::from_seed(seed[1..].try_into().unwrap());
    let signer = NoteSigner::new("PeterNeumann", key).unwrap();
    assert_eq!(signer.verifier().to_string(), NEUMANN_KEY);

    // The example of that documentation; it signed as both of its names.
    let text = "If you think cryptography is the answer to your problem,\n\
                then you don't know what your problem is.\n";
    let line = signer.sign(text).unwrap();
    assert_eq!(
        line.to_string(),
        "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    );
}

#[test]
fn names_are_checked() {
    let long = "n".repeat(KEY_NAME_BYTES_MAX);
    let public = *signer("a", 1).verifier().public();
    let new = |name: &str| VerifierKey::new(name, SignatureType::Ed25519, public);
    assert!(new(&long).is_ok());
    assert!(new("基金/日志").is_ok());
    for name in [
        "",
        "a b",
        "a+b",
        "a\nb",
        "a\u{3000}b",
        "a\u{85}",
        "a\0",
        &format!("{long}n"),
    ] {
        assert_eq!(new(name), Err(NoteError::KeyName), "{name:?}");
    }
}

#[test]
fn verifier_keys_are_checked() {
    use NoteError::{Key, KeyName, KeyType, VerifierKey as Form};
    let changed = |from: &str, to: &str| VerifierKey::parse(&FOO_KEY.replace(from, to)).err();
    assert_eq!(VerifierKey::parse("").err(), Some(Form));
    assert_eq!(VerifierKey::parse("a+530d903a").err(), Some(Form));
    assert_eq!(changed("example.com/foo", "example.com/bar"), Some(Form));
    assert_eq!(changed("example.com/foo", ""), Some(KeyName));
    assert_eq!(changed("530d903a", "530d903b"), Some(Form));
    assert_eq!(changed("530d903a", "530D903A"), Some(Form));
    assert_eq!(changed("530d903a", "530d903"), Some(Form));
    assert_eq!(changed("+Aeky", "+Aek"), Some(Form));
    assert_eq!(changed("+Aeky", "+Auky"), Some(KeyType));
    assert_eq!(changed("3U2k", "3U2kAAAA"), Some(Form));
    assert_eq!(changed("3U2k", &"A".repeat(5000)), Some(Form));
    let weak = format!("a+00000000+AQEA{}", "A".repeat(40));
    assert_eq!(VerifierKey::parse(&weak).err(), Some(Key(KeyError::Weak)));
    // The same key as another type has another hash.
    let raw = VerifierKey::parse(FOO_KEY).unwrap().public().raw();
    let public = PublicKey::from_raw(&raw).unwrap();
    let other = VerifierKey::new("example.com/foo", SignatureType::Cosignature, public).unwrap();
    assert_eq!(VerifierKey::parse(&other.to_string()), Ok(other.clone()));
    assert_ne!(other.id(), VerifierKey::parse(FOO_KEY).unwrap().id());
}

#[test]
fn two_keys_with_one_hash_are_ambiguous() {
    // Found by trying seeds: a hash of four bytes is a hint only.
    let (one, two) = (signer("log", 11_324), signer("log", 51_932));
    assert_eq!(one.verifier().id(), two.verifier().id());
    let note = Note::new("text\n".to_owned(), one.sign("text\n").unwrap()).unwrap();
    let both = [one.verifier().clone(), two.verifier().clone()];
    assert_eq!(note.verify(&both), Err(NoteError::Ambiguous));
    assert!(note.verify(&both[..1]).is_ok());
    assert_eq!(note.verify(&both[1..]), Err(NoteError::Signature));
}

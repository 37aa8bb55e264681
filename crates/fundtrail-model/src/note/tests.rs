//! Tests of signed notes, against published vectors and every sort of change.

use alloc::string::ToString;
use alloc::{format, vec};

use super::*;
use crate::checkpoint::cosign;
use crate::key::SigningKey;

/// The reference vector of C2SP signed-note.
const FOO_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const FOO_NOTE: &str = "This is an example message.\n\n\u{2014} example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

fn signer(name: &str, seed: u8) -> NoteSigner {
    NoteSigner::new(name, SigningKey::from_seed(&[seed; 32])).unwrap()
}

fn foo() -> (Note, VerifierKey) {
    (
        Note::parse(FOO_NOTE.as_bytes()).unwrap(),
        VerifierKey::parse(FOO_KEY).unwrap(),
    )
}

fn line(name: &str, count: usize) -> NoteSignature {
    NoteSignature::new(name, [1, 2, 3, 4], vec![5; count]).unwrap()
}

fn parse_error(text: &str) -> NoteError {
    Note::parse(text.as_bytes()).unwrap_err()
}

#[test]
fn reference_note_verifies() {
    let (note, key) = foo();
    assert_eq!(note.text(), "This is an example message.\n");
    assert_eq!(note.to_text(), FOO_NOTE);
    assert_eq!(key.to_string(), FOO_KEY);
    let keys = [key];
    assert_eq!(
        note.verify(&keys),
        Ok(vec![Verified {
            key: &keys[0],
            time: None
        }])
    );
}

#[test]
fn a_changed_text_or_signature_is_refused() {
    let (_, key) = foo();
    let changed = FOO_NOTE.replace("message", "massage");
    let note = Note::parse(changed.as_bytes()).unwrap();
    assert_eq!(
        note.verify(core::slice::from_ref(&key)),
        Err(NoteError::Signature)
    );
    let changed = FOO_NOTE.replace("Uw2QOkn8", "Uw2QOkn9");
    let note = Note::parse(changed.as_bytes()).unwrap();
    assert_eq!(note.verify(&[key]), Err(NoteError::Signature));
}

#[test]
fn unknown_lines_are_ignored_but_not_alone() {
    let (mut note, key) = foo();
    note.add(line("example.com/foo", 64)).unwrap();
    note.add(line("example.com/bar", 1)).unwrap();
    note.add(NoteSignature::new("example.com/bar", key.id(), vec![0; 64]).unwrap())
        .unwrap();
    assert_eq!(note.verify(&[key]).map(|verified| verified.len()), Ok(1));
    assert_eq!(note.verify(&[]), Err(NoteError::Untrusted));
    assert_eq!(
        note.verify(&[signer("other", 1).verifier().clone()]),
        Err(NoteError::Untrusted)
    );
}

#[test]
fn one_bad_line_of_a_trusted_key_spoils_the_note() {
    let (mut note, key) = foo();
    let other = signer("other", 1).verifier().clone();
    for bytes in [vec![], vec![0], vec![0; 63], vec![0; 64], vec![0; 65]] {
        let mut note = note.clone();
        let Ok(bad) = NoteSignature::new("other", other.id(), bytes) else {
            continue;
        };
        note.add(bad).unwrap();
        assert_eq!(
            note.verify(&[key.clone(), other.clone()]),
            Err(NoteError::Signature)
        );
        assert!(note.verify(core::slice::from_ref(&key)).is_ok());
    }
    // A good signature, a byte shorter and longer.
    let good = signer("other", 1).sign(note.text()).unwrap();
    for bytes in [&good.bytes()[..63], &[good.bytes(), &[0]].concat()] {
        let bad = NoteSignature::new("other", other.id(), bytes.to_vec()).unwrap();
        assert_eq!(other.verify(note.text(), &bad), Err(NoteError::Signature));
    }
    note.add(good).unwrap();
    assert_eq!(
        note.verify(&[key, other]).map(|verified| verified.len()),
        Ok(2)
    );
}

#[test]
fn two_lines_of_a_key_are_refused_if_it_is_trusted() {
    let (mut note, key) = foo();
    let repeated = note.signatures()[0].clone();
    assert_eq!(note.add(repeated.clone()), Err(NoteError::Duplicate));
    note.add(signer("other", 1).sign(note.text()).unwrap())
        .unwrap();
    let note = Note::parse(format!("{note}{repeated}\n").as_bytes()).unwrap();
    assert_eq!(note.verify(&[key]), Err(NoteError::Duplicate));
    assert!(
        note.verify(&[signer("other", 1).verifier().clone()])
            .is_ok()
    );
}

#[test]
fn a_key_given_twice_is_one_key() {
    let (note, key) = foo();
    assert_eq!(
        note.verify(&[key.clone(), key])
            .map(|verified| verified.len()),
        Ok(1)
    );
}

#[test]
fn cosignature_and_log_signature_stand_side_by_side() {
    let key = SigningKey::from_seed(&[2; 32]);
    let text = "log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
    let log = signer("log", 1);
    let witness = VerifierKey::new("w", SignatureType::Cosignature, key.public()).unwrap();
    let mut note = Note::new(text.to_string(), log.sign(text).unwrap()).unwrap();
    note.add(cosign(&key, "w", 7, text).unwrap()).unwrap();
    let keys = [witness, log.verifier().clone()];
    let verified = note.verify(&keys).unwrap();
    assert_eq!(
        verified[0],
        Verified {
            key: &keys[1],
            time: None
        }
    );
    assert_eq!(
        verified[1],
        Verified {
            key: &keys[0],
            time: Some(7)
        }
    );
    // The time is signed too.
    let mut bytes = note.signatures()[1].bytes().to_vec();
    bytes[7] += 1;
    let later = NoteSignature::new("w", keys[0].id(), bytes).unwrap();
    assert_eq!(keys[0].verify(text, &later), Err(NoteError::Signature));
    for bytes in [1, 7, 8, 63, 64, 71, 73] {
        let short = NoteSignature::new("w", keys[0].id(), vec![0; bytes]).unwrap();
        assert_eq!(keys[0].verify(text, &short), Err(NoteError::Signature));
    }
}

#[test]
fn lines_are_bounded() {
    let (mut note, key) = foo();
    for number in 1..NOTE_SIGNATURES_MAX {
        note.add(line(&format!("w{number}"), 72)).unwrap();
    }
    assert!(note.verify(core::slice::from_ref(&key)).is_ok());
    assert_eq!(Note::parse(note.to_text().as_bytes()), Ok(note.clone()));
    assert_eq!(
        note.add(line("more", 72)),
        Err(NoteError::TooManySignatures)
    );
    let more = format!("{note}{}\n", line("more", 72));
    assert_eq!(parse_error(&more), NoteError::TooManySignatures);

    let (mut note, _) = foo();
    assert_eq!(
        note.add(line("big", NOTE_BYTES_MAX)),
        Err(NoteError::TooLarge)
    );
    assert_eq!(note, foo().0);
    assert_eq!(
        parse_error(&"\n".repeat(NOTE_BYTES_MAX + 1)),
        NoteError::TooLarge
    );
}

#[test]
fn the_text_ends_at_the_last_blank_line() {
    let signer = signer("a", 1);
    for text in [
        "\n",
        "\n\n",
        "one\n\ntwo\n",
        "one\n\n\u{2014} a AAAAAAA=\n",
        "\n\n\n一\n",
    ] {
        let note = Note::new(text.to_string(), signer.sign(text).unwrap()).unwrap();
        assert_eq!(
            Note::parse(note.to_text().as_bytes()),
            Ok(note.clone()),
            "{text:?}"
        );
        assert!(
            note.verify(core::slice::from_ref(signer.verifier()))
                .is_ok()
        );
    }
    for text in ["", "a", "a\r\n", "\t\n", "\0\n", "a\n\u{1f}"] {
        assert_eq!(signer.sign(text), Err(NoteError::Text), "{text:?}");
        assert_eq!(
            Note::new(text.to_string(), line("a", 1)),
            Err(NoteError::Text)
        );
    }
}

#[test]
fn malformed_notes_are_refused() {
    use NoteError::{Line, Text, Unsigned};
    for (text, expected) in [
        ("", Text),
        ("a", Text),
        ("a\n\n\u{2014} a AAAAAAA=", Text),
        ("a\r\n\n\u{2014} a AAAAAAA=\n", Text),
        ("\n", Unsigned),
        ("a\n", Unsigned),
        ("a\n\n", Unsigned),
        ("a\n\u{2014} a AAAAAAA=\n", Unsigned),
        ("a\n\n\u{2014} a AAAAAAA=\n\n", Unsigned),
        ("a\n\n- a AAAAAAA=\n", Line),
        ("a\n\n\u{2014}a AAAAAAA=\n", Line),
        ("a\n\n\u{2014}\u{a0}a AAAAAAA=\n", Line),
        ("a\n\n\u{2014} a\n", Line),
        ("a\n\n\u{2014} a \n", Line),
        ("a\n\n\u{2014}  AAAAAAA=\n", Line),
        ("a\n\n\u{2014} a  AAAAAAA=\n", Line),
        ("a\n\n\u{2014} a b AAAAAAA=\n", Line),
        ("a\n\n\u{2014} a+b AAAAAAA=\n", Line),
        ("a\n\n\u{2014} a\u{3000}b AAAAAAA=\n", Line),
        ("a\n\n\u{2014} a AAAAAA==\n", Line),
        ("a\n\n\u{2014} a AAAAAAA\n", Line),
        ("a\n\n\u{2014} a AAAAAAB=\n", Line),
        ("a\n\n\u{2014} a AAAA-AA=\n", Line),
        ("a\n\n\u{2014} a AAAAAAA= \n", Line),
    ] {
        assert_eq!(parse_error(text), expected, "{text:?}");
    }
    assert_eq!(Note::parse(b"a\n\n\xe2\x80"), Err(Text));
}

#[test]
fn no_byte_of_a_note_can_change_unnoticed() {
    let (note, key) = foo();
    for at in 0..FOO_NOTE.len() {
        for bit in 0..8 {
            let mut changed = FOO_NOTE.as_bytes().to_vec();
            changed[at] ^= 1 << bit;
            let verified = Note::parse(&changed)
                .is_ok_and(|changed| changed.verify(core::slice::from_ref(&key)).is_ok());
            assert!(!verified, "byte {at} bit {bit}");
        }
        assert!(
            Note::parse(&FOO_NOTE.as_bytes()[..at]).is_err(),
            "{at} bytes"
        );
    }
    assert!(note.verify(&[key]).is_ok());
}

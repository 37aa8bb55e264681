//! Tests of checkpoints and cosignatures, against published vectors and every sort of change.

use alloc::{format, vec};

use super::*;

// A log and a witness with the seeds 00..1f and 20..3f; the whole was also read by Go's
// sumdb/note and by other readers of tlog-tiles.
const LOG_KEY: &str = "ledger.example/log1+7d41893d+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
const WITNESS_KEY: &str =
    "witness.example/w1+20324abe+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X";
const ROOT: &str = "aebb027d5c3dd08871ee52577a61fc83122d0d14352791943639bd4c12d36943";
const TIME: u64 = 1_760_000_000;
const TEXT: &str = "ledger.example/log1\n300\nrrsCfVw90Ihx7lJXemH8gxItDRQ1J5GUNjm9TBLTaUM=\n";
const LOG_LINE: &str = "\u{2014} ledger.example/log1 fUGJPfzvArgZ+r2ArCETKtvZoZP9M2EHJRskrIjUt1s0niRa8m8rAUid1M7GSJXhu5WwV5Hnq5VMCLr7ZNoqQFIY8go=\n";
const WITNESS_LINE: &str = "\u{2014} witness.example/w1 IDJKvgAAAABo53gA32gBqS85OPh4ASSapoZw6oIcDj9V0hx1E1au/h0i2niVowCgrYUL+blJTvFUabdINL2Vvznr6lu3LOqaIioNBQ==\n";

const ORIGIN: &str = "ledger.example/log1";

fn key(first: u8) -> SigningKey {
    SigningKey::from_seed(&core::array::from_fn(|at| {
        first + u8::try_from(at).unwrap()
    }))
}

fn signer() -> NoteSigner {
    NoteSigner::new(ORIGIN, key(0)).unwrap()
}

fn checkpoint() -> Checkpoint {
    let root = Hash(hex::decode(ROOT).unwrap().try_into().unwrap());
    Checkpoint::new(ORIGIN, 300, root).unwrap()
}

fn log_key() -> VerifierKey {
    VerifierKey::parse(LOG_KEY).unwrap()
}

fn witness_key() -> VerifierKey {
    VerifierKey::parse(WITNESS_KEY).unwrap()
}

#[test]
fn worked_vector_is_reproduced() {
    assert_eq!(signer().verifier().to_string(), LOG_KEY);
    let witness = VerifierKey::new(
        "witness.example/w1",
        SignatureType::Cosignature,
        key(0x20).public(),
    );
    assert_eq!(witness.unwrap().to_string(), WITNESS_KEY);

    assert_eq!(checkpoint().to_text(), TEXT);
    let mut note = checkpoint().sign(&signer()).unwrap();
    assert_eq!(note.to_text(), format!("{TEXT}\n{LOG_LINE}"));
    let cosignature = cosign(&key(0x20), "witness.example/w1", TIME, note.text()).unwrap();
    assert_eq!(
        verify_cosignature(&witness_key(), TEXT, &cosignature),
        Ok(TIME)
    );
    note.add(cosignature).unwrap();
    assert_eq!(note.to_text(), format!("{TEXT}\n{LOG_LINE}{WITNESS_LINE}"));

    let bytes = note.to_text();
    let opened = Checkpoint::open(bytes.as_bytes(), ORIGIN, &log_key()).unwrap();
    assert_eq!(opened, (checkpoint(), note.clone()));
    let keys = [log_key(), witness_key()];
    let times: Vec<_> = note
        .verify(&keys)
        .unwrap()
        .iter()
        .map(|by| by.time)
        .collect();
    assert_eq!(times, [None, Some(TIME)]);
}

#[test]
fn only_the_expected_log_opens() {
    let open = |bytes: &str, origin, key: &VerifierKey| {
        Checkpoint::open(bytes.as_bytes(), origin, key)
            .map(|_| ())
            .unwrap_err()
    };
    let bytes = format!("{TEXT}\n{LOG_LINE}{WITNESS_LINE}");
    assert_eq!(
        open(&bytes, "ledger.example/log2", &log_key()),
        CheckpointError::Origin
    );
    assert_eq!(
        open(&bytes, ORIGIN, &witness_key()),
        CheckpointError::KeyType
    );
    let other = NoteSigner::new("other", key(0)).unwrap();
    assert_eq!(
        open(&bytes, ORIGIN, other.verifier()),
        CheckpointError::Note(NoteError::Untrusted)
    );
    assert_eq!(
        open(&bytes.replace("300", "301"), ORIGIN, &log_key()),
        CheckpointError::Note(NoteError::Signature)
    );

    // The log's key, but a checkpoint of another origin; and another key's name.
    let foreign = Checkpoint::new("other", 300, checkpoint().root())
        .unwrap()
        .to_text();
    let note = Note::new(foreign.clone(), signer().sign(&foreign).unwrap()).unwrap();
    assert_eq!(
        open(&note.to_text(), ORIGIN, &log_key()),
        CheckpointError::Origin
    );
    assert_eq!(
        open(&note.to_text(), "other", &log_key()),
        CheckpointError::Origin
    );
    let note = Note::new(TEXT.to_owned(), other.sign(TEXT).unwrap()).unwrap();
    assert_eq!(
        open(&note.to_text(), ORIGIN, other.verifier()),
        CheckpointError::Origin
    );
    assert_eq!(checkpoint().sign(&other), Err(CheckpointError::Origin));

    // Signed, but no checkpoint.
    let note = Note::new("text\n".to_owned(), signer().sign("text\n").unwrap()).unwrap();
    assert_eq!(
        open(&note.to_text(), ORIGIN, &log_key()),
        CheckpointError::Form
    );
}

#[test]
fn extension_lines_are_kept() {
    let text = format!("{TEXT}one\ntwo two\n");
    let parsed = Checkpoint::parse(&text).unwrap();
    assert_eq!(parsed.extensions(), ["one", "two two"]);
    assert_eq!(parsed.to_text(), text);
    assert_eq!(
        (parsed.origin(), parsed.size(), parsed.root()),
        (ORIGIN, 300, checkpoint().root())
    );
    let cosignature = cosign(&key(0x20), "witness.example/w1", TIME, &text).unwrap();
    assert_eq!(
        verify_cosignature(&witness_key(), &text, &cosignature),
        Ok(TIME)
    );
    let failed = Err(CheckpointError::Note(NoteError::Signature));
    assert_eq!(
        verify_cosignature(&witness_key(), TEXT, &cosignature),
        failed
    );
}

#[test]
fn a_text_has_one_form() {
    assert_eq!(Checkpoint::parse(TEXT), Ok(checkpoint()));
    let changed =
        |from: &str, to: &str| Checkpoint::parse(&TEXT.replacen(from, to, 1)).unwrap_err();
    for size in [
        "",
        "0300",
        "00",
        "+300",
        "-1",
        " 300",
        "300 ",
        "3e2",
        "٣",
        "18446744073709551616",
    ] {
        assert_eq!(changed("300", size), CheckpointError::Form, "{size:?}");
    }
    for root in ["", "TaUM", "TaUM==", "TaUN=", "TaU-="] {
        assert_eq!(changed("TaUM=", root), CheckpointError::Form, "{root:?}");
    }
    for origin in ["", "a b", "a+b", &"o".repeat(256)] {
        assert_eq!(
            changed(ORIGIN, origin),
            CheckpointError::OriginForm,
            "{origin:?}"
        );
    }
    for (text, expected) in [
        ("\n", CheckpointError::Form),
        ("a\n0\n", CheckpointError::Form),
        ("", NoteError::Text.into()),
        (&TEXT[..TEXT.len() - 1], NoteError::Text.into()),
        (&TEXT.replace('\n', "\r\n"), NoteError::Text.into()),
        (&format!("{TEXT}\n"), CheckpointError::Form),
        (&format!("{TEXT}one\n\ntwo\n"), CheckpointError::Form),
    ] {
        assert_eq!(Checkpoint::parse(text), Err(expected), "{text:?}");
    }
    let largest = TEXT.replace("300", "18446744073709551615");
    assert_eq!(
        Checkpoint::parse(&largest).map(|checkpoint| checkpoint.size()),
        Ok(u64::MAX)
    );
}

#[test]
fn cosigning_is_for_checkpoints_and_witnesses() {
    let refused = cosign(&key(0x20), "w", TIME, "text\n");
    assert_eq!(refused, Err(CheckpointError::Form));
    let refused = cosign(&key(0x20), "w w", TIME, TEXT);
    assert_eq!(refused, Err(NoteError::KeyName.into()));
    let line = signer().sign(TEXT).unwrap();
    assert_eq!(
        verify_cosignature(&log_key(), TEXT, &line),
        Err(CheckpointError::KeyType)
    );
    assert_eq!(cosignature_message(0, "a\n"), "cosignature/v1\ntime 0\na\n");
    let last = cosign(&key(0x20), "witness.example/w1", u64::MAX, TEXT).unwrap();
    assert_eq!(
        verify_cosignature(&witness_key(), TEXT, &last),
        Ok(u64::MAX)
    );
}

#[test]
fn codes_begin_the_messages() {
    let all = vec![
        CheckpointError::Form,
        CheckpointError::OriginForm,
        CheckpointError::Origin,
        CheckpointError::KeyType,
        NoteError::TooLarge.into(),
        NoteError::Text.into(),
        NoteError::Unsigned.into(),
        NoteError::Line.into(),
        NoteError::TooManySignatures.into(),
        NoteError::KeyName.into(),
        NoteError::VerifierKey.into(),
        NoteError::KeyType.into(),
        NoteError::Key(crate::key::KeyError::Weak).into(),
        NoteError::Ambiguous.into(),
        NoteError::Duplicate.into(),
        NoteError::Signature.into(),
        NoteError::Untrusted.into(),
    ];
    for error in all {
        assert!(
            error
                .to_string()
                .starts_with(&format!("{}: ", error.code())),
            "{error}"
        );
    }
}

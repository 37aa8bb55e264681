//! Signed notes and the keys that verify them.

use fundtrail_model::note::{NOTE_SIGNATURES_MAX, Note, NoteError, VerifierKey};

use crate::assert_code;
use crate::grounds::grounds;

/// A note and a key print to the bytes they were read from; a note verifies only where a
/// trusted key signed exactly its text.
pub fn note(bytes: &[u8]) {
    if let Ok(text) = core::str::from_utf8(bytes) {
        match VerifierKey::parse(text) {
            Ok(key) => assert_eq!(key.to_string(), text),
            Err(error) => assert_error(error),
        }
    }
    let note = match Note::parse(bytes) {
        Ok(note) => note,
        Err(error) => return assert_error(error),
    };
    assert_eq!(note.to_text().as_bytes(), bytes, "another form of a note");
    assert!((1..=NOTE_SIGNATURES_MAX).contains(&note.signatures().len()));
    let grounds = grounds();
    match note.verify(core::slice::from_ref(&grounds.log)) {
        Ok(verified) => {
            assert_eq!(verified.len(), 1);
            let signed = |one: &String| {
                Note::parse(one.as_bytes()).is_ok_and(|one| one.text() == note.text())
            };
            assert!(
                grounds.notes.iter().any(signed),
                "verified, but never signed: {:?}",
                note.text()
            );
        }
        Err(error) => assert_error(error),
    }
}

fn assert_error(error: NoteError) {
    assert_code(error.code(), &error.to_string());
}

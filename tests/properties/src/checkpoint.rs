//! Checkpoints, and what witnesses are sent.

use fundtrail_model::add_checkpoint::AddCheckpoint;
use fundtrail_model::checkpoint::Checkpoint;

use crate::assert_code;
use crate::grounds::grounds;

/// A checkpoint prints to the text it was read from, and so does a request to a witness; what
/// opens as a checkpoint of a log was signed by that log.
pub fn checkpoint(bytes: &[u8]) {
    if let Ok(text) = core::str::from_utf8(bytes) {
        match Checkpoint::parse(text) {
            Ok(checkpoint) => {
                assert_eq!(checkpoint.to_text(), text, "another form of a checkpoint");
                assert!(!checkpoint.origin().is_empty());
            }
            Err(error) => assert_code(error.code(), &error.to_string()),
        }
    }
    match AddCheckpoint::parse(bytes) {
        Ok(request) => assert_eq!(request.to_text().as_bytes(), bytes),
        Err(error) => assert_code(error.code(), &error.to_string()),
    }
    let grounds = grounds();
    match Checkpoint::open(bytes, grounds.origin(), &grounds.log) {
        Ok((checkpoint, note)) => {
            assert_eq!(checkpoint.to_text(), note.text());
            assert!(
                is_own(&checkpoint),
                "opened, but never signed: {checkpoint}"
            );
            let other = Checkpoint::open(bytes, "ledger.example/other", &grounds.log);
            assert!(other.is_err(), "it opens as a checkpoint of another log");
        }
        Err(error) => assert_code(error.code(), &error.to_string()),
    }
    match grounds.policy.open(bytes) {
        Ok(opened) => assert!(is_own(&opened.checkpoint) && opened.cosigned.is_empty()),
        Err(error) => assert_code(error.code(), &error.to_string()),
    }
}

/// Whether the log of the grounds signed it.
pub(crate) fn is_own(checkpoint: &Checkpoint) -> bool {
    let text = checkpoint.to_text() + "\n";
    grounds().notes.iter().any(|note| note.starts_with(&text))
}

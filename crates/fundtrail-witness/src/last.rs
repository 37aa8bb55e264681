//! What was cosigned last, as a file and in memory.
//!
//! The file is the note that monitors get: the checkpoint, the log's signatures and this
//! witness's. Before the first cosignature it says `none`: a file that is not there is
//! never taken for that.

use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::note::{Note, NoteSignature, VerifierKey};

/// The file's whole text before the first cosignature.
pub(crate) const NOTHING: &str = "none\n";

/// The checkpoint that was cosigned last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Last {
    pub(crate) checkpoint: Checkpoint,
    /// With the log's signatures and this witness's, and no others.
    pub(crate) note: Note,
    /// When it was cosigned, in seconds after 1970-01-01T00:00:00Z.
    pub(crate) time: u64,
}

impl Last {
    /// The line that this witness gave.
    pub(crate) fn cosignature(&self, witness: &VerifierKey) -> Option<&NoteSignature> {
        let is_own =
            |line: &&NoteSignature| line.name() == witness.name() && line.key_id() == witness.id();
        self.note.signatures().iter().find(is_own)
    }
}

/// Reads the file of a log: its own signature and this witness's must verify.
///
/// # Errors
/// A sentence that says what does not hold.
pub(crate) fn read(
    bytes: &[u8],
    origin: &str,
    log_keys: &[VerifierKey],
    witness: &VerifierKey,
) -> Result<Option<Last>, String> {
    if bytes == NOTHING.as_bytes() {
        return Ok(None);
    }
    let note = Note::parse(bytes).map_err(|error| error.to_string())?;
    let mut keys = log_keys.to_vec();
    keys.push(witness.clone());
    let verified = note.verify(&keys).map_err(|error| error.to_string())?;
    let own = verified.iter().find(|by| by.key == witness);
    let time = own.and_then(|by| by.time);
    let time = time.ok_or("this witness did not sign it")?;
    if !verified.iter().any(|by| log_keys.contains(by.key)) {
        return Err("the log did not sign it".into());
    }
    let checkpoint = Checkpoint::parse(note.text()).map_err(|error| error.to_string())?;
    if checkpoint.origin() != origin {
        return Err(format!("it is of {}", checkpoint.origin()));
    }
    Ok(Some(Last {
        checkpoint,
        note,
        time,
    }))
}

//! A round: one checkpoint, and the lines gathered under it.

use fundtrail_kernel::proofs::{Published, checkpoint_of};
use fundtrail_model::Fault;
use fundtrail_model::checkpoint::CheckpointError;
use fundtrail_model::log_policy::LogPolicy;
use fundtrail_model::note::{Note, NoteSignature, VerifierKey};
use fundtrail_model::port::Read;

/// The gathering of lines under one checkpoint.
pub(super) struct Round {
    /// The checkpoint as the log signed it, which is what witnesses are shown.
    pub(super) signed: String,
    /// The same with the verified lines so far.
    note: Note,
    /// Whether the quorum is reached.
    pub(super) is_reached: bool,
    /// Whether it was handed on, now or before the node started.
    pub(super) is_kept: bool,
}

impl Round {
    /// The round of a checkpoint, with the lines that are stored for it already.
    pub(super) fn of(
        checkpoint: Published,
        read: &dyn Read,
        policy: &LogPolicy,
    ) -> Result<Round, Fault> {
        let Published { size, note: signed } = checkpoint;
        let stored = checkpoint_of(read, size)?.map_or_else(|| signed.clone(), |one| one.note);
        let note = Note::parse(stored.as_bytes())
            .map_err(|error| Fault(format!("the checkpoint of size {size}: {error}")))?;
        let is_reached = policy.open(stored.as_bytes()).is_ok();
        let is_kept = stored != signed;
        Ok(Round {
            signed,
            note,
            is_reached,
            is_kept,
        })
    }

    /// The text that is signed.
    pub(super) fn text(&self) -> &str {
        self.note.text()
    }

    /// Whether there is a line of this key.
    pub(super) fn has(&self, key: &VerifierKey) -> bool {
        let mut lines = self.note.signatures().iter();
        lines.any(|line| line.name() == key.name() && line.key_id() == key.id())
    }

    /// Adds a verified line. Gives the note to be stored, if the quorum is reached with it:
    /// what decides is what an auditor will ask, [`LogPolicy::open`].
    pub(super) fn add(
        &mut self,
        line: NoteSignature,
        policy: &LogPolicy,
    ) -> Result<Option<String>, CheckpointError> {
        let mut note = self.note.clone();
        note.add(line)?;
        let text = note.to_text();
        match policy.open(text.as_bytes()) {
            Ok(_) => {
                self.note = note;
                self.is_reached = true;
                Ok(Some(text))
            }
            Err(CheckpointError::Quorum(_)) => {
                self.note = note;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

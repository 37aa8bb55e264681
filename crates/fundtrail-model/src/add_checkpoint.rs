//! What a log asks of a witness, and what a witness answers (C2SP tlog-witness).
//!
//! Both sides of `POST <prefix>/add-checkpoint` as bytes. Absent on purpose: the network,
//! keys, and whether a proof holds; a request in memory is well formed and no more.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use fundtrail_merkle::Hash;

use crate::checkpoint::{hash_text, parse_hash, parse_number};
use crate::note::{NOTE_BYTES_MAX, NOTE_SIGNATURES_MAX, Note, NoteError, NoteSignature};
use crate::receipt::PROOF_HASHES_MAX;

#[cfg(test)]
mod tests;

/// The media type of the size a witness gives with 409.
pub const SIZE_MEDIA_TYPE: &str = "text/x.tlog.size";

/// The longest request, in bytes: the largest note and proof.
pub const ADD_CHECKPOINT_BYTES_MAX: usize = NOTE_BYTES_MAX + 4096;

/// The longest answer that is read, in bytes.
pub const WITNESS_ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Why bytes are no request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddCheckpointError {
    /// Above [`ADD_CHECKPOINT_BYTES_MAX`], or more than 63 hashes.
    #[error("ADD_CHECKPOINT_TOO_LARGE: a request has at most 63 hashes and one note")]
    TooLarge,
    /// Not `old` and a size, hashes, a blank line and more.
    #[error(
        "ADD_CHECKPOINT_FORM: a request is 'old' and a size, base64 hashes, a blank line and a signed checkpoint, a line each"
    )]
    Form,
    /// What follows the blank line is no signed note.
    #[error(transparent)]
    Note(#[from] NoteError),
}

impl AddCheckpointError {
    /// The stable code, as in the first word of the message.
    pub const fn code(self) -> &'static str {
        match self {
            AddCheckpointError::TooLarge => "ADD_CHECKPOINT_TOO_LARGE",
            AddCheckpointError::Form => "ADD_CHECKPOINT_FORM",
            AddCheckpointError::Note(error) => error.code(),
        }
    }
}

/// A request to cosign a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size of the tree the witness is thought to have cosigned last; 0 for none.
    pub old: u64,
    /// The consistency proof from that size (RFC 6962, 2.1.2); empty from 0.
    pub proof: Vec<Hash>,
    /// The signed checkpoint, verbatim.
    pub checkpoint: String,
}

impl AddCheckpoint {
    /// Parses a request. What stands in the checkpoint is not looked at.
    ///
    /// # Errors
    /// [`AddCheckpointError`]: size, lines before the blank one, note, in this order.
    pub fn parse(bytes: &[u8]) -> Result<AddCheckpoint, AddCheckpointError> {
        if bytes.len() > ADD_CHECKPOINT_BYTES_MAX {
            return Err(AddCheckpointError::TooLarge);
        }
        let whole = core::str::from_utf8(bytes).map_err(|_| AddCheckpointError::Form)?;
        let (head, checkpoint) = whole.split_once("\n\n").ok_or(AddCheckpointError::Form)?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old "));
        let old = old.and_then(parse_number).ok_or(AddCheckpointError::Form)?;
        // One more than allowed, so that too many are noticed without reading them all.
        let proof = lines.take(PROOF_HASHES_MAX + 1).map(parse_hash);
        let proof = proof
            .collect::<Option<Vec<Hash>>>()
            .ok_or(AddCheckpointError::Form)?;
        if proof.len() > PROOF_HASHES_MAX {
            return Err(AddCheckpointError::TooLarge);
        }
        Note::parse(checkpoint.as_bytes())?;
        Ok(AddCheckpoint {
            old,
            proof,
            checkpoint: checkpoint.to_owned(),
        })
    }

    /// The request as bytes; [`AddCheckpoint::parse`] of it gives this request again.
    pub fn to_text(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        self.proof
            .iter()
            .try_for_each(|hash| writeln!(f, "{}", hash_text(hash)))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

/// What a witness answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WitnessAnswer {
    /// 200: signature lines, at least one, none verified. Those of unknown keys are to be
    /// ignored, and a time of 0 is not one.
    Cosigned(Vec<NoteSignature>),
    /// 409: it cosigned another size last, which is this one. Ask again from there.
    Conflict(u64),
    /// 409 without a size: it cosigned another tree of the same size. Do not ask again; find
    /// out which of the two is the log.
    ConflictWithoutSize,
    /// 404: it does not know the origin.
    UnknownLog,
    /// 403: it trusts none of the signatures.
    Untrusted,
    /// 400: it does not understand the request.
    BadRequest,
    /// 422: the proof does not lead from what it cosigned to this checkpoint.
    ProofRefused,
    /// Another status, such as 503.
    Other(u16),
    /// 200, and a body that is no signature lines.
    Unreadable,
}

impl WitnessAnswer {
    /// Reads an answer by its status, `Content-Type` and body.
    pub fn read(status: u16, content_type: Option<&str>, body: &[u8]) -> WitnessAnswer {
        match status {
            200 => signature_lines(body).map_or(WitnessAnswer::Unreadable, WitnessAnswer::Cosigned),
            400 => WitnessAnswer::BadRequest,
            403 => WitnessAnswer::Untrusted,
            404 => WitnessAnswer::UnknownLog,
            409 => content_type
                .filter(|content_type| is_size(content_type))
                .and_then(|_| size(body))
                .map_or(WitnessAnswer::ConflictWithoutSize, WitnessAnswer::Conflict),
            422 => WitnessAnswer::ProofRefused,
            other => WitnessAnswer::Other(other),
        }
    }
}

fn signature_lines(body: &[u8]) -> Option<Vec<NoteSignature>> {
    if body.len() > WITNESS_ANSWER_BYTES_MAX {
        return None;
    }
    let text = core::str::from_utf8(body).ok()?.strip_suffix('\n')?;
    let lines = text.split('\n').take(NOTE_SIGNATURES_MAX + 1);
    let lines: Vec<NoteSignature> = lines
        .map(NoteSignature::parse)
        .collect::<Result<_, _>>()
        .ok()?;
    (lines.len() <= NOTE_SIGNATURES_MAX).then_some(lines)
}

/// Whether a media type, whatever its parameters, is that of a size.
fn is_size(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case(SIZE_MEDIA_TYPE)
}

fn size(body: &[u8]) -> Option<u64> {
    parse_number(core::str::from_utf8(body).ok()?.strip_suffix('\n')?)
}

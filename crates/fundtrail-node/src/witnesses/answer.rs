//! What an answer means: one verified line, another size to begin from, or trouble.

use fundtrail_model::add_checkpoint::WitnessAnswer;
use fundtrail_model::checkpoint::verify_cosignature;
use fundtrail_model::note::{NoteSignature, VerifierKey};

use super::{Reply, Trouble};

/// What follows from an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// The witness cosigned: its line, verified, and the time it says.
    Line(NoteSignature, u64),
    /// It cosigned the tree of this size last.
    At(u64),
    /// Neither.
    Trouble(Trouble),
}

/// Reads the answer of the witness with this key to the checkpoint with this text.
pub(crate) fn meaning(reply: &Reply, key: &VerifierKey, text: &str) -> Meaning {
    let trouble =
        match WitnessAnswer::read(reply.status, reply.content_type.as_deref(), &reply.body) {
            WitnessAnswer::Cosigned(lines) => match verified(&lines, key, text) {
                Some((line, time)) => return Meaning::Line(line, time),
                None => Trouble::BadSignature,
            },
            WitnessAnswer::Conflict(size) => return Meaning::At(size),
            WitnessAnswer::ConflictWithoutSize => Trouble::Conflict,
            WitnessAnswer::UnknownLog => Trouble::UnknownLog,
            WitnessAnswer::Untrusted => Trouble::Untrusted,
            WitnessAnswer::BadRequest => Trouble::BadRequest,
            WitnessAnswer::ProofRefused => Trouble::RefusedProof,
            WitnessAnswer::Other(status) => Trouble::Status(status),
            WitnessAnswer::Unreadable => Trouble::Unreadable,
        };
    Meaning::Trouble(trouble)
}

/// The one line of the key, if there is exactly one, it verifies, and its time is not 0.
/// Lines of other keys are dropped: nobody here can say whether they hold.
fn verified(
    lines: &[NoteSignature],
    key: &VerifierKey,
    text: &str,
) -> Option<(NoteSignature, u64)> {
    let mut own = lines
        .iter()
        .filter(|line| line.name() == key.name() && line.key_id() == key.id());
    let (line, None) = (own.next()?, own.next()) else {
        return None;
    };
    let time = verify_cosignature(key, text, line).ok()?;
    (time != 0).then(|| (line.clone(), time))
}

//! Whom a reader trusts: the logs, the witnesses, and how many of them (C2SP tlog-policy).
//!
//! A policy is a short text file that a reader keeps, not something the log sends. It says
//! nothing of time: how old a checkpoint may be is for whoever asks. Absent on purpose:
//! keys of ML-DSA (a line with one is refused; their lines under a note are ignored), and
//! what the URLs are for.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};

use serde::Serialize;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::note::{Note, NoteError, SignatureType, VerifierKey};

mod error;
mod parse;
#[cfg(test)]
mod tests;

pub use error::{LogPolicyError, LogPolicyProblem};

/// The longest policy file, in bytes.
pub const POLICY_FILE_BYTES_MAX: usize = 1_000_000;
/// The most logs in a policy; also the most witnesses, and the most groups.
pub const POLICY_FILE_PARTIES_MAX: usize = 256;

/// The name that stands for no quorum.
const NONE: &str = "none";

/// The logs and witnesses a reader trusts, and the quorum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogPolicy {
    logs: Vec<Log>,
    witnesses: Vec<Witness>,
    /// Witnesses and groups in the order of their lines; a group has only earlier members.
    names: Vec<Named>,
    /// The place in `names` of what must be reached.
    quorum: Option<usize>,
}

/// A log: its checkpoints are accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// Its key, of type 0x01; the name is the origin of its checkpoints.
    pub key: VerifierKey,
    /// Where it is.
    pub url: Option<String>,
}

/// A witness: its cosignatures count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// What this policy calls it; need not be the name of its key.
    pub name: String,
    /// Its key, of type 0x04.
    pub key: VerifierKey,
    /// The prefix under which it takes checkpoints.
    pub url: Option<String>,
}

/// What a name of the file stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Named {
    name: String,
    what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Witness,
    /// So many of the members, given by their places; each is before this one.
    Group {
        needed: usize,
        members: Vec<usize>,
    },
}

/// A signed checkpoint that a policy accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// What was signed.
    pub checkpoint: Checkpoint,
    /// The note around it.
    pub note: Note,
    /// The policy's witnesses that cosigned it, in the order of the lines under the note.
    pub cosigned: Vec<Cosigned>,
}

/// A witness's cosignature that verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cosigned {
    /// What the policy calls the witness.
    pub witness: String,
    /// When it says it signed, in seconds after 1970-01-01T00:00:00Z.
    pub time: u64,
}

impl LogPolicy {
    /// One log, no witnesses asked for (`quorum none`).
    ///
    /// # Errors
    /// [`LogPolicyProblem::KeyType`] unless the key is of type 0x01.
    pub fn of_log(key: VerifierKey) -> Result<LogPolicy, LogPolicyError> {
        if key.kind() != SignatureType::Ed25519 {
            return Err(LogPolicyError {
                line: None,
                problem: LogPolicyProblem::KeyType,
            });
        }
        Ok(LogPolicy {
            logs: vec![Log { key, url: None }],
            witnesses: Vec::new(),
            names: Vec::new(),
            quorum: None,
        })
    }

    /// Parses a policy file.
    ///
    /// The specification lets bytes above 0x7F be anything; here they are UTF-8. It lets a
    /// file name no log where the log is known otherwise; here one is needed.
    ///
    /// # Errors
    /// [`LogPolicyError`] with the first line that does not hold.
    pub fn parse(text: &str) -> Result<LogPolicy, LogPolicyError> {
        parse::parse(text)
    }

    /// The logs, in the order of their lines. There is at least one.
    pub fn logs(&self) -> &[Log] {
        &self.logs
    }

    /// The witnesses, in the order of their lines.
    pub fn witnesses(&self) -> &[Witness] {
        &self.witnesses
    }

    /// Whether any cosignature is asked for.
    pub fn asks_for_witnesses(&self) -> bool {
        self.quorum.is_some()
    }

    /// Opens a signed checkpoint: some listed log signed it under its own origin, every line
    /// of a listed witness verifies, and the quorum is reached.
    ///
    /// # Errors
    /// As [`Note::parse`] and [`Note::verify`] over all listed keys;
    /// [`NoteError::Untrusted`] also when only witnesses signed; as [`Checkpoint::parse`];
    /// [`CheckpointError::Origin`]; [`CheckpointError::Quorum`]; in this order.
    pub fn open(&self, bytes: &[u8]) -> Result<Opened, CheckpointError> {
        let note = Note::parse(bytes)?;
        let logs = self.logs.iter().map(|log| &log.key);
        let witnesses = self.witnesses.iter().map(|witness| &witness.key);
        let keys: Vec<VerifierKey> = logs.chain(witnesses).cloned().collect();
        let verified = note.verify(&keys)?;

        let mut origins = verified.iter().filter(|by| by.time.is_none()).peekable();
        origins.peek().ok_or(NoteError::Untrusted)?;
        let checkpoint = Checkpoint::parse(note.text())?;
        if !origins.any(|by| by.key.name() == checkpoint.origin()) {
            return Err(CheckpointError::Origin);
        }

        let cosigned: Vec<Cosigned> = verified
            .iter()
            .filter_map(|by| {
                let witness = self.witnesses.iter().find(|one| one.key == *by.key)?;
                Some(Cosigned {
                    witness: witness.name.clone(),
                    time: by.time?,
                })
            })
            .collect();
        let names: Vec<&str> = cosigned.iter().map(|by| by.witness.as_str()).collect();
        if let Some(missing) = self.missing(&names) {
            return Err(CheckpointError::Quorum(missing));
        }
        Ok(Opened {
            checkpoint,
            note,
            cosigned,
        })
    }

    /// Whether these witnesses, by their names in this policy, reach the quorum.
    pub fn is_reached_by(&self, witnesses: &[&str]) -> bool {
        self.quorum
            .is_none_or(|quorum| self.reached(witnesses).get(quorum) == Some(&true))
    }

    /// For each of `names`, whether it is reached. Members come before their groups, so one
    /// pass is enough however deep the groups are.
    fn reached(&self, witnesses: &[&str]) -> Vec<bool> {
        let mut reached = Vec::with_capacity(self.names.len());
        for named in &self.names {
            let is = match &named.what {
                What::Witness => witnesses.contains(&named.name.as_str()),
                What::Group { needed, members } => count(members, &reached) >= *needed,
            };
            reached.push(is);
        }
        reached
    }

    /// What these witnesses leave open, in words; `None` when the quorum is reached.
    fn missing(&self, witnesses: &[&str]) -> Option<String> {
        let reached = self.reached(witnesses);
        let is_open = |place: &usize| reached.get(*place) != Some(&true);
        let mut places = vec![self.quorum.filter(is_open)?];
        let mut parts = Vec::new();
        // Each name is a member once at most, so none is met twice.
        while let Some(place) = places.pop() {
            let Some(named) = self.names.get(place) else {
                continue;
            };
            match &named.what {
                What::Witness if parts.is_empty() => {
                    parts.push(format!("{} did not cosign", named.name));
                }
                What::Witness => {}
                What::Group { needed, members } => {
                    let open: Vec<usize> = members.iter().copied().filter(is_open).collect();
                    let names = open.iter().filter_map(|place| self.names.get(*place));
                    let names: Vec<&str> = names.map(|named| named.name.as_str()).collect();
                    parts.push(format!(
                        "{} has {} of {needed}, missing are {}",
                        named.name,
                        count(members, &reached),
                        names.join(", ")
                    ));
                    places.extend(open.into_iter().rev());
                }
            }
        }
        Some(parts.join("; "))
    }
}

/// How many of `members` are reached.
fn count(members: &[usize], reached: &[bool]) -> usize {
    let is_reached = |place: &&usize| reached.get(**place) == Some(&true);
    members.iter().filter(is_reached).count()
}

impl Named {
    fn new(name: &str, what: What) -> Named {
        Named {
            name: name.to_owned(),
            what,
        }
    }
}

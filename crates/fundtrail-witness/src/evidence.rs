//! What a log signed against what was cosigned, kept for whoever has to judge.
//!
//! One file for each refused checkpoint, written before the answer and never again. Only
//! checkpoints that the log validly signed are kept, so nobody else can fill the disk with
//! forks; a number of each kind bounds what a log, or somebody who sends its checkpoints
//! with false proofs, can do. The oldest are what stays.

use std::fs;
use std::io;
use std::path::Path;

use fundtrail_model::checkpoint::Checkpoint;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::durable;

/// The most files of one kind for one log.
pub const KEPT_MAX: usize = 256;

/// The first member of every file.
const FORMAT: &str = "fundtrail-evidence/v1";

/// What a file shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Two signed checkpoints of one size with different roots. This proves that the log
    /// signed two histories.
    Fork,
    /// A signed empty tree with another root than the empty tree's. This proves that the
    /// log signed what cannot be.
    Impossible,
    /// A signed checkpoint that the proof sent with it does not join to what was cosigned.
    /// This proves nothing by itself: the proof may be wrong, and is not signed.
    Unproven,
}

impl Kind {
    /// The kind's name, with which the file's begins.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Fork => "fork",
            Kind::Impossible => "impossible",
            Kind::Unproven => "unproven",
        }
    }

    const fn meaning(self) -> &'static str {
        match self {
            Kind::Fork => {
                "The log signed two different trees of one size. Both notes are below; their \
                 signatures and sizes are all the proof there is to check."
            }
            Kind::Impossible => {
                "The log signed an empty tree with a root that is not the empty tree's."
            }
            Kind::Unproven => {
                "The log signed a checkpoint, and the proof in the request does not show that \
                 it continues the cosigned one. This alone does not prove a fork: compare the \
                 refused checkpoint with one of the same size from another source."
            }
        }
    }
}

/// The content of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// `fundtrail-evidence/v1`.
    pub format: String,
    /// What it shows.
    pub kind: Kind,
    /// The same in words.
    pub meaning: String,
    /// The log.
    pub origin: String,
    /// When it was refused, in seconds after 1970-01-01T00:00:00Z, by the witness's clock.
    pub recorded: u64,
    /// The checkpoint this witness cosigned before, with its signatures; none if it never did.
    pub cosigned: Option<String>,
    /// The refused checkpoint, with the signatures as they came.
    pub refused: String,
    /// The request it came in, whole.
    pub request: String,
}

impl Evidence {
    /// What a refusal shows.
    pub(crate) fn new(
        kind: Kind,
        origin: &str,
        recorded: u64,
        cosigned: Option<String>,
        refused: &str,
        request: &str,
    ) -> Evidence {
        Evidence {
            format: FORMAT.into(),
            kind,
            meaning: kind.meaning().into(),
            origin: origin.into(),
            recorded,
            cosigned,
            refused: refused.into(),
            request: request.into(),
        }
    }
}

/// The name of the file for a refused checkpoint: the same checkpoint gives the same name,
/// whatever came with it.
fn name(kind: Kind, refused: &Checkpoint) -> String {
    let digest = hex::encode(Sha256::digest(refused.to_text()));
    let short = digest.get(..32).unwrap_or_default();
    format!("{}-{}-{short}.json", kind.name(), refused.size())
}

/// Writes a file into the folder, durably, unless it is there or the bound is reached. Gives
/// its name if it was written.
pub(crate) fn keep(
    folder: &Path,
    refused: &Checkpoint,
    evidence: &Evidence,
) -> io::Result<Option<String>> {
    let name = name(evidence.kind, refused);
    let path = folder.join(&name);
    let begin = format!("{}-", evidence.kind.name());
    let kept = list(folder)?;
    let of_kind = kept.iter().filter(|name| name.starts_with(&begin)).count();
    if kept.contains(&name) || of_kind >= KEPT_MAX {
        return Ok(None);
    }
    let mut text = serde_json::to_string_pretty(evidence)?;
    text.push('\n');
    Ok(durable::create(&path, text.as_bytes())?.then_some(name))
}

/// The names of the files in a folder, in their order.
pub(crate) fn list(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".json") {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

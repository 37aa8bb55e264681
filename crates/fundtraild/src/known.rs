//! What is known of the ledger elsewhere: files that were kept, and the configured witnesses.
//!
//! A witness that does not answer in time holds nothing up: the node's feeder asks it as long
//! as the node runs.

use std::path::{Path, PathBuf};
use std::time::Duration;

use fundtrail_model::note::VerifierKey;
use fundtrail_node::known::{self, Heard, KnownCheckpoint, KnownError};
use fundtrail_node::{Storage, Witnesses};

use crate::Complaint;

/// How long all witnesses together may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Reads the checkpoints and receipts that were kept: files, or folders of such files.
pub(crate) fn read(
    paths: &[PathBuf],
    key: &VerifierKey,
) -> Result<Vec<KnownCheckpoint>, Complaint> {
    let mut known = Vec::new();
    for path in paths {
        for file in files(path)? {
            let bytes = std::fs::read(&file).map_err(|error| said(&file, &error))?;
            let name = file.display().to_string();
            let one = KnownCheckpoint::read(&name, &bytes, key);
            known.push(one.map_err(|error| Complaint(error.to_string()))?);
        }
    }
    Ok(known)
}

/// Holds the ledger against what was kept, and against what the witnesses say.
///
/// # Errors
/// [`KnownError`]: it must not be served.
pub(crate) fn compare(
    storage: &dyn Storage,
    known: &[KnownCheckpoint],
    witnesses: Option<&Witnesses>,
) -> Result<(), KnownError> {
    for (witness, heard) in ask(storage, known, witnesses)? {
        match heard {
            Heard::Agrees => tracing::info!(witness, "the witness knows this ledger"),
            Heard::Silent => tracing::warn!(
                witness,
                "the witness does not say whether it knows this ledger; it is asked again later"
            ),
        }
    }
    Ok(())
}

/// The same, for whoever says it in words of their own: what each witness says, by its name.
pub(crate) fn ask(
    storage: &dyn Storage,
    known: &[KnownCheckpoint],
    witnesses: Option<&Witnesses>,
) -> Result<Vec<(String, Heard)>, KnownError> {
    known::compare(storage, known, witnesses, PATIENCE)
}

/// A file, or the files of a folder in order, without those that are hidden.
fn files(path: &Path) -> Result<Vec<PathBuf>, Complaint> {
    if !path.is_dir() {
        return Ok(vec![path.into()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(|error| said(path, &error))? {
        let entry = entry.map_err(|error| said(path, &error))?;
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        if entry.path().is_file() && !is_hidden {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

fn said(path: &Path, error: &std::io::Error) -> Complaint {
    Complaint(format!("{}: {error}", path.display()))
}

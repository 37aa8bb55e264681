//! What others know of this ledger: checkpoints that were kept elsewhere, and witnesses.
//!
//! A copy of a ledger is a ledger: its hashes fit, its signatures hold. That entries are
//! missing at its end, or that another copy went on under the same key, only somebody outside
//! can know. So whoever opens a ledger holds it against what they know, before it is served.
//!
//! Absent on purpose: files and the network, which are the binary's; and patience without end:
//! a witness that does not answer in time holds nobody up. The feeder asks it later.

mod asking;

use std::time::Duration;

use fundtrail_kernel::proofs::{StoredNodes, last_entry};
use fundtrail_merkle::{Frontier, Hash};
use fundtrail_model::Fault;
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::note::VerifierKey;
use fundtrail_model::port::Read;
use fundtrail_model::receipt::Receipt;

use crate::recovery::Watched;
use crate::storage::Storage;
use crate::witnesses::Witnesses;

pub use asking::Heard;

/// Why a ledger is not the one that somebody knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KnownError {
    /// There are fewer entries than somebody knows of.
    #[error(
        "SHORTER_THAN_KNOWN: {by} knows {known} entries, and this ledger has {entries}: entries \
         are lost. Put a newer backup back, or the entries from an export"
    )]
    Shorter {
        /// Who knows.
        by: String,
        /// How many they know.
        known: u64,
        /// How many there are.
        entries: u64,
    },
    /// The entries are others.
    #[error(
        "DIFFERS_FROM_KNOWN: {by} knows another ledger: at size {size} its root is {known}, and \
         here it is {root}. Two nodes went on from one copy, or entries were changed"
    )]
    Differs {
        /// Who knows.
        by: String,
        /// The size of the tree they know.
        size: u64,
        /// Its root as they know it; `not told` by a witness.
        known: String,
        /// The root that this ledger has at that size.
        root: Hash,
    },
    /// What was kept is no checkpoint of this log.
    #[error("KNOWN_UNREADABLE: {by}: {what}")]
    Unreadable {
        /// Where it was kept.
        by: String,
        /// What is wrong with it.
        what: String,
    },
    /// What is needed to compare is not in the ledger.
    #[error(
        "LEDGER_DAMAGED: it cannot be held against what {by} knows: {what}; keep the data \
         directory as it is and restore a backup into another one"
    )]
    Damaged {
        /// Who knows.
        by: String,
        /// What is missing.
        what: Fault,
    },
    /// The storage cannot be read, or the machine failed otherwise.
    #[error("{0}")]
    Fault(#[from] Fault),
}

impl KnownError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            KnownError::Shorter { .. } => "SHORTER_THAN_KNOWN",
            KnownError::Differs { .. } => "DIFFERS_FROM_KNOWN",
            KnownError::Unreadable { .. } => "KNOWN_UNREADABLE",
            KnownError::Damaged { .. } => "LEDGER_DAMAGED",
            KnownError::Fault(_) => "FAULT",
        }
    }

    /// Whether it says nothing of the ledger but that it could not be compared.
    pub const fn is_hindrance(&self) -> bool {
        matches!(self, KnownError::Damaged { .. } | KnownError::Fault(_))
    }

    /// That what `by` knows could not be compared, as it was read.
    fn hindered(by: &str, read: &Watched<'_>, what: Fault) -> KnownError {
        if read.has_failed() {
            return KnownError::Fault(what);
        }
        let by = by.to_owned();
        KnownError::Damaged { by, what }
    }
}

/// A checkpoint that was kept elsewhere, and that the log signed.
#[derive(Clone, Debug)]
pub struct KnownCheckpoint {
    by: String,
    checkpoint: Checkpoint,
}

impl KnownCheckpoint {
    /// Reads what was kept under the name `by`: a signed checkpoint, or a receipt, which has
    /// one in it.
    ///
    /// # Errors
    /// [`KnownError::Unreadable`] if it is neither, or the log with this key did not sign it.
    pub fn read(by: &str, bytes: &[u8], key: &VerifierKey) -> Result<KnownCheckpoint, KnownError> {
        let receipt = Receipt::parse(bytes).ok();
        let note = receipt
            .as_ref()
            .map_or(bytes, |receipt| receipt.checkpoint().as_bytes());
        let opened = Checkpoint::open(note, key.name(), key);
        opened
            .map(|(checkpoint, _)| KnownCheckpoint {
                by: by.to_owned(),
                checkpoint,
            })
            .map_err(|error| KnownError::Unreadable {
                by: by.to_owned(),
                what: format!("is no checkpoint of this log: {error}"),
            })
    }

    /// Whether the ledger has the entries that it was signed over.
    ///
    /// # Errors
    /// [`KnownError`].
    pub fn compare(&self, read: &dyn Read) -> Result<(), KnownError> {
        self.compare_size(read)?;
        self.compare_root(read)
    }

    fn compare_size(&self, read: &dyn Read) -> Result<(), KnownError> {
        let (known, entries) = (self.checkpoint.size(), size(read)?);
        if known <= entries {
            return Ok(());
        }
        Err(KnownError::Shorter {
            by: self.by.clone(),
            known,
            entries,
        })
    }

    fn compare_root(&self, read: &dyn Read) -> Result<(), KnownError> {
        let (read, known) = (Watched::new(read), self.checkpoint.size());
        let root = Frontier::load(known, &StoredNodes(&read))
            .map_err(|fault| KnownError::hindered(&self.by, &read, fault))?
            .root();
        if root == self.checkpoint.root() {
            return Ok(());
        }
        Err(KnownError::Differs {
            by: self.by.clone(),
            size: known,
            known: self.checkpoint.root().to_string(),
            root,
        })
    }
}

/// Holds a ledger against what was kept, all sizes first, and against what the witnesses say:
/// each that has an address is asked, all at once, for at most `patience`. Gives what each
/// says, by the name that the policy has for it.
///
/// # Errors
/// [`KnownError`] of the first that knows more, or something else. Nothing that could not be
/// compared keeps the others from being asked; where nobody knows better, it is the error.
pub fn compare(
    storage: &dyn Storage,
    kept: &[KnownCheckpoint],
    witnesses: Option<&Witnesses>,
    patience: Duration,
) -> Result<Vec<(String, Heard)>, KnownError> {
    let mut hindrance = Hindrance::default();
    for one in kept {
        hindrance.note(storage.read(|read| one.compare_size(read)))?;
    }
    for one in kept {
        hindrance.note(storage.read(|read| one.compare_root(read)))?;
    }
    let heard = match witnesses {
        Some(witnesses) => asking::ask(storage, witnesses, patience, &mut hindrance)?,
        None => Vec::new(),
    };
    hindrance.0.map_or(Ok(heard), Err)
}

/// The first of what could not be compared.
#[derive(Default)]
struct Hindrance(Option<KnownError>);

impl Hindrance {
    /// Gives what came of it, or nothing where it could not be compared.
    fn note<T>(&mut self, result: Result<T, KnownError>) -> Result<Option<T>, KnownError> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.is_hindrance() => {
                self.0.get_or_insert(error);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

fn size(read: &dyn Read) -> Result<u64, Fault> {
    Ok(last_entry(read)?.map_or(0, |(index, _)| index + 1))
}

//! Recovery: what is stored must be one ledger, this node's, and whole at its right edge.
//!
//! Starting is the recovery: nothing is repaired. A node that cannot be sure refuses to
//! start, says which check failed and what to do. Absent: replaying every entry, which is
//! the auditor's work and needs no node; but for a ledger from before there was a history,
//! once.

mod watched;

use fundtrail_kernel::proofs::{Published, StoredNodes, latest_checkpoint, latest_witnessed};
use fundtrail_kernel::replay::Finding;
use fundtrail_kernel::{Desk, Kernel, history};
use fundtrail_merkle::{Frontier, Hash, NodeId, Nodes};
use fundtrail_model::checkpoint::{Checkpoint, CheckpointError};
use fundtrail_model::entry::NO_ENTRY;
use fundtrail_model::note::VerifierKey;
use fundtrail_model::port::{Commit, Read, Table};
use fundtrail_model::{Entry, Fault, Malformed};
use fundtrail_regulation::state::View;

use crate::storage::Storage;

pub(crate) use watched::Watched;

/// How many of the newest entries are checked byte for byte.
pub const ENTRIES_CHECKED: u64 = 256;

/// Why a node does not start. Each says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecoveryError {
    /// The storage cannot be read: the machine's fault, which may pass.
    #[error("the ledger cannot be read: {0}; {RESTORE}")]
    Unreadable(#[from] Fault),
    /// The storage can be read, and what is in it cannot: its tree has holes, say.
    #[error("LEDGER_DAMAGED: {0}; {RESTORE}")]
    Damaged(Fault),
    /// There are entries, and no record of what the ledger is.
    #[error("there are {size} entries but no record of the genesis; {RESTORE}")]
    NoGenesis {
        /// Number of entries.
        size: u64,
    },
    /// The configured origin is not the ledger's.
    #[error(
        "this is the ledger {stored:?}, and the node is configured for {configured:?}; \
         correct the origin, or choose the other data directory"
    )]
    Origin {
        /// As the genesis says.
        stored: String,
        /// The node's.
        configured: String,
    },
    /// The log key is not the ledger's.
    #[error(
        "the genesis names the log key {stored}, and the node's is {configured}; \
         start it with the key file of this ledger"
    )]
    LogKey {
        /// As the genesis says.
        stored: String,
        /// The node's.
        configured: String,
    },
    /// The tag key is not the ledger's.
    #[error(
        "the genesis commits to the tag key {stored}, and the node's is {configured}; \
         start it with the tag key file of this ledger"
    )]
    TagKey {
        /// Commitment in the genesis.
        stored: String,
        /// Commitment of the node's.
        configured: String,
    },
    /// There are entries and no checkpoint.
    #[error("there are {size} entries but no checkpoint; {RESTORE}")]
    NoCheckpoint {
        /// Number of entries.
        size: u64,
    },
    /// The newest checkpoint does not verify under the log key.
    #[error("the checkpoint of size {size} does not verify under the log key: {error}; {RESTORE}")]
    Checkpoint {
        /// The size it is stored under.
        size: u64,
        /// What is wrong with it.
        error: CheckpointError,
    },
    /// The newest checkpoint is for another number of entries than there are.
    #[error(
        "the newest checkpoint is of size {checkpoint}, but there are {entries} entries; {RESTORE}"
    )]
    Size {
        /// The size it states.
        checkpoint: u64,
        /// Number of entries.
        entries: u64,
    },
    /// The tree's root is not the checkpoint's.
    #[error(
        "the tree of size {size} has the root {tree}, but the checkpoint says {checkpoint}; {RESTORE}"
    )]
    Root {
        /// Number of entries.
        size: u64,
        /// As the stored nodes give it.
        tree: Hash,
        /// As signed.
        checkpoint: Hash,
    },
    /// An entry is missing.
    #[error("entry {index} is missing; {RESTORE}")]
    Gap {
        /// Its index.
        index: u64,
    },
    /// An entry is not readable.
    #[error("entry {index} is not an entry: {malformed}; {RESTORE}")]
    Entry {
        /// Its index.
        index: u64,
        /// What is wrong with it.
        malformed: Malformed,
    },
    /// An entry does not follow the one before.
    #[error("entry {index} does not carry the hash of the entry before it; {RESTORE}")]
    Chain {
        /// Its index.
        index: u64,
    },
    /// A stored node of the tree is not the hash of what is below it.
    #[error("the tree's node {level}/{position} is not what entry {index} gives; {RESTORE}")]
    Tree {
        /// The entry.
        index: u64,
        /// Level of the node; 0 is the entry's own leaf hash.
        level: u8,
        /// Position of the node within its level.
        position: u64,
    },
    /// The newest checkpoint that witnesses cosigned does not verify under the log key.
    #[error(
        "the witnessed checkpoint of size {size} does not verify under the log key: {error}; {RESTORE}"
    )]
    Witnessed {
        /// The size it is stored under.
        size: u64,
        /// What is wrong with it.
        error: CheckpointError,
    },
    /// Witnesses cosigned more entries than there are.
    #[error(
        "witnesses cosigned a checkpoint of size {witnessed}, but there are {entries} entries; {RESTORE}"
    )]
    WitnessedSize {
        /// The size they cosigned.
        witnessed: u64,
        /// Number of entries.
        entries: u64,
    },
    /// Witnesses cosigned another tree.
    #[error(
        "the tree of size {size} has the root {tree}, but witnesses cosigned {witnessed}; {RESTORE}"
    )]
    WitnessedRoot {
        /// Number of entries of that tree.
        size: u64,
        /// As the stored nodes give it.
        tree: Hash,
        /// As cosigned.
        witnessed: Hash,
    },
    /// A ledger from before there was a history does not replay, so none can be made of it.
    #[error(
        "{0}, so the history of this ledger cannot be made; \
         read it with the program that recorded it, and audit an export of it"
    )]
    History(String),
    /// A thread cannot be started.
    #[error("a thread of the node cannot be started: {0}; look at the machine's limits")]
    Thread(std::io::Error),
}

const RESTORE: &str = "keep the data directory as it is and restore a backup into another one";

/// Makes the history of a ledger that was recorded before there was one.
pub(crate) fn make_history(
    storage: &dyn Storage,
    size: u64,
    commit: &mut dyn Commit,
) -> Result<(), RecoveryError> {
    storage.read(|read| {
        if history::is_made(read)? {
            return Ok(());
        }
        tracing::info!(
            size,
            "this ledger has no history yet: it is made from the entries"
        );
        history::make(read, size, commit)?.map_err(|finding| match finding {
            Finding::Integrity { index, what } | Finding::Conformity { index, what } => {
                RecoveryError::History(format!("entry {index}: {what}"))
            }
        })
    })
}

/// Opens the kernel over what is stored, if it is this node's ledger and whole.
pub(crate) fn recover(
    read: &dyn Read,
    desk: &Desk,
    key: &VerifierKey,
) -> Result<Kernel, RecoveryError> {
    let read = Watched::new(read);
    checked(&read, desk, key).map_err(|error| match error {
        RecoveryError::Unreadable(fault) if !read.has_failed() => RecoveryError::Damaged(fault),
        error => error,
    })
}

fn checked(read: &dyn Read, desk: &Desk, key: &VerifierKey) -> Result<Kernel, RecoveryError> {
    let kernel = Kernel::open(read)?;
    check_keys(read, desk, kernel.size())?;
    check_checkpoint(latest_checkpoint(read)?, &kernel, key)?;
    check_entries(read, kernel.size())?;
    check_witnessed(read, kernel.size(), key)?;
    Ok(kernel)
}

fn check_keys(read: &dyn Read, desk: &Desk, size: u64) -> Result<(), RecoveryError> {
    let Some(ledger) = View::new(read).ledger()? else {
        return if size == 0 {
            Ok(())
        } else {
            Err(RecoveryError::NoGenesis { size })
        };
    };
    if ledger.origin != desk.origin {
        let configured = desk.origin.clone();
        return Err(RecoveryError::Origin {
            stored: ledger.origin,
            configured,
        });
    }
    if ledger.log_key != desk.log_key {
        let configured = desk.log_key.clone();
        return Err(RecoveryError::LogKey {
            stored: ledger.log_key,
            configured,
        });
    }
    let configured = desk.tag_key.commitment();
    if ledger.tag_key != configured {
        return Err(RecoveryError::TagKey {
            stored: ledger.tag_key,
            configured,
        });
    }
    Ok(())
}

fn check_checkpoint(
    newest: Option<Published>,
    kernel: &Kernel,
    key: &VerifierKey,
) -> Result<(), RecoveryError> {
    let entries = kernel.size();
    let Some(Published { size, note }) = newest else {
        return if entries == 0 {
            Ok(())
        } else {
            Err(RecoveryError::NoCheckpoint { size: entries })
        };
    };
    let (checkpoint, _) = Checkpoint::open(note.as_bytes(), key.name(), key)
        .map_err(|error| RecoveryError::Checkpoint { size, error })?;
    if size != entries || checkpoint.size() != entries {
        return Err(RecoveryError::Size {
            checkpoint: checkpoint.size().max(size),
            entries,
        });
    }
    let tree = kernel.root();
    if checkpoint.root() != tree {
        return Err(RecoveryError::Root {
            size,
            tree,
            checkpoint: checkpoint.root(),
        });
    }
    Ok(())
}

/// What witnesses vouch for is in this ledger: it was not put back from an older copy, nor
/// does it have another history.
fn check_witnessed(read: &dyn Read, entries: u64, key: &VerifierKey) -> Result<(), RecoveryError> {
    let Some(Published { size, note }) = latest_witnessed(read)? else {
        return Ok(());
    };
    let (checkpoint, _) = Checkpoint::open(note.as_bytes(), key.name(), key)
        .map_err(|error| RecoveryError::Witnessed { size, error })?;
    let witnessed = checkpoint.size().max(size);
    if witnessed > entries || checkpoint.size() != size {
        return Err(RecoveryError::WitnessedSize { witnessed, entries });
    }
    let tree = Frontier::load(size, &StoredNodes(read))?.root();
    if checkpoint.root() != tree {
        return Err(RecoveryError::WitnessedRoot {
            size,
            tree,
            witnessed: checkpoint.root(),
        });
    }
    Ok(())
}

/// The newest entries: each there, readable, chained to the one before, and hashed into
/// every node of the tree that it completes.
fn check_entries(read: &dyn Read, size: u64) -> Result<(), RecoveryError> {
    let first = size.saturating_sub(ENTRIES_CHECKED);
    let mut frontier = Frontier::load(first, &StoredNodes(read))?;
    let mut last = match first.checked_sub(1) {
        Some(before) => Hash::leaf(&entry_bytes(read, before)?),
        None => NO_ENTRY,
    };
    for index in first..size {
        let bytes = entry_bytes(read, index)?;
        let entry =
            Entry::parse(&bytes).map_err(|malformed| RecoveryError::Entry { index, malformed })?;
        if entry.index != index || entry.prev != last {
            return Err(RecoveryError::Chain { index });
        }
        last = Hash::leaf(&bytes);
        let mut nodes: Vec<(NodeId, Hash)> = Vec::new();
        frontier.append(last, |id, hash| nodes.push((id, hash)));
        for (id, hash) in nodes {
            if StoredNodes(read).node(id)? != hash {
                return Err(RecoveryError::Tree {
                    index,
                    level: id.level,
                    position: id.index,
                });
            }
        }
    }
    Ok(())
}

fn entry_bytes(read: &dyn Read, index: u64) -> Result<Vec<u8>, RecoveryError> {
    read.get(Table::Entries, &index.to_be_bytes())?
        .ok_or(RecoveryError::Gap { index })
}

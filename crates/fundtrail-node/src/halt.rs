//! What keeps a node from recording though its machine is fit: its ledger was put back and did
//! not say so yet, or somebody outside knows another ledger than this one.
//!
//! Reading goes on. A ledger that was put back takes the one transaction that says so; one that
//! is not what a witness knows takes nothing before somebody looked into it and started the
//! node again.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use fundtrail_model::Fault;
use fundtrail_model::port::{Batch, Read, Table};
use fundtrail_regulation::Kind;

/// Key in [`Table::Meta`]: the size (u64) of a ledger that was put back from a backup, as long
/// as no entry says so.
pub const RESTORED: &[u8] = b"restored";

/// Why nothing is recorded, or nothing but one transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Halt {
    /// The ledger was put back from a backup; nothing but `ledger_restore` is taken.
    RestoreUnrecorded {
        /// The entries that were put back.
        size: u64,
    },
    /// A witness cosigned more entries than there are.
    ShorterThanKnown {
        /// The witness, as its policy calls it.
        witness: String,
        /// How many it cosigned.
        known: u64,
        /// How many there are.
        entries: u64,
    },
    /// A witness cosigned another tree than this ledger's.
    DiffersFromKnown {
        /// The witness, as its policy calls it.
        witness: String,
        /// The size at which it was asked.
        size: u64,
    },
}

impl Halt {
    /// All codes.
    pub const CODES: [&str; 3] = [
        "RESTORE_UNRECORDED",
        "SHORTER_THAN_KNOWN",
        "DIFFERS_FROM_KNOWN",
    ];

    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Halt::RestoreUnrecorded { .. } => "RESTORE_UNRECORDED",
            Halt::ShorterThanKnown { .. } => "SHORTER_THAN_KNOWN",
            Halt::DiffersFromKnown { .. } => "DIFFERS_FROM_KNOWN",
        }
    }

    /// Whether it lets a transaction of this kind be recorded.
    pub(crate) const fn permits(&self, kind: Kind) -> bool {
        matches!(self, Halt::RestoreUnrecorded { .. }) && matches!(kind, Kind::LedgerRestore)
    }
}

impl fmt::Display for Halt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Halt::RestoreUnrecorded { size } => write!(
                f,
                "the ledger was put back from a backup of {size} entries, and takes nothing but \
                 the ledger_restore that says so"
            ),
            Halt::ShorterThanKnown {
                witness,
                known,
                entries,
            } => write!(
                f,
                "the witness {witness} cosigned {known} entries, and this ledger has {entries}"
            ),
            Halt::DiffersFromKnown { witness, size } => write!(
                f,
                "the witness {witness} cosigned another ledger than this one of {size} entries"
            ),
        }
    }
}

/// What holds now.
#[derive(Debug, Default)]
pub(crate) struct Halts(Mutex<Held>);

#[derive(Debug, Default)]
struct Held {
    restored: Option<Halt>,
    /// The first of them stands until the process is started again.
    outside: Option<Halt>,
}

impl Halts {
    /// As the storage says.
    pub(crate) fn of(read: &dyn Read) -> Result<Halts, Fault> {
        let mark = read.get(Table::Meta, RESTORED)?;
        let size = |mark: Vec<u8>| mark.try_into().map_or(0, u64::from_be_bytes);
        Ok(Halts(Mutex::new(Held {
            restored: mark.map(|mark| Halt::RestoreUnrecorded { size: size(mark) }),
            outside: None,
        })))
    }

    /// Somebody outside knows another ledger.
    pub(crate) fn set(&self, halt: Halt) {
        self.held(|held| {
            held.outside.get_or_insert(halt);
        });
    }

    /// What somebody outside knows, if that keeps the node from recording.
    pub(crate) fn outside(&self) -> Option<Halt> {
        self.held(|held| held.outside.clone())
    }

    /// What holds, the worst first.
    pub(crate) fn get(&self) -> Option<Halt> {
        self.held(|held| held.outside.clone().or_else(|| held.restored.clone()))
    }

    /// Whether a transaction of this kind is taken.
    pub(crate) fn check(&self, kind: Kind) -> Result<(), Halt> {
        match self.get() {
            Some(halt) if !halt.permits(kind) => Err(halt),
            _ => Ok(()),
        }
    }

    /// What is to be written with an entry that says that the ledger was put back.
    pub(crate) fn recording(&self) -> Batch {
        let mut batch = Batch::default();
        batch.delete(Table::Meta, RESTORED);
        batch
    }

    /// Such an entry is durable.
    pub(crate) fn recorded(&self) {
        self.held(|held| held.restored = None);
    }

    fn held<T>(&self, f: impl FnOnce(&mut Held) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

//! Whether the machine is fit to record: its clock is to be believed, and its disk has room.
//!
//! It is asked before anything is decided, so that what would be recorded with a wrong time,
//! or fail half way for want of space, is answered clearly and not recorded. Nothing is
//! remembered: a machine that is cured is fit at once.
//!
//! Absent on purpose: faults. A machine that failed at a commit is another node's business.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::Duration;

use fundtrail_model::Moment;

use crate::clock::Clock;
use crate::storage::Storage;

/// An entry may have the time of the one before it while the clock is behind by no more than
/// this: what time services take back.
pub const BEHIND_MAX: Duration = Duration::from_secs(60);

/// Why the machine is not fit to record. Nothing was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// The clock says no time that an entry could have.
    ClockUnreadable,
    /// The clock is behind the newest entry by more than [`BEHIND_MAX`].
    ClockBehind {
        /// By how much.
        by: Duration,
    },
    /// The clock leapt ahead: [`Clock::leap`].
    ClockAhead {
        /// By how much.
        by: Duration,
    },
    /// Less is free on the disk of the ledger than is kept in reserve.
    StorageLow {
        /// What is kept in reserve, in bytes.
        reserve: u64,
    },
}

impl Unfit {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Unfit::ClockUnreadable => "CLOCK_UNREADABLE",
            Unfit::ClockBehind { .. } => "CLOCK_BEHIND",
            Unfit::ClockAhead { .. } => "CLOCK_AHEAD",
            Unfit::StorageLow { .. } => "STORAGE_LOW",
        }
    }

    /// All codes, in the order in which they are looked for.
    pub const CODES: [&str; 4] = [
        "CLOCK_UNREADABLE",
        "CLOCK_AHEAD",
        "CLOCK_BEHIND",
        "STORAGE_LOW",
    ];
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unfit::ClockUnreadable => {
                f.write_str("the node's clock is outside the years 1970 to 2199")
            }
            Unfit::ClockBehind { by } => write!(
                f,
                "the node's clock is {} s behind the newest entry",
                by.as_secs()
            ),
            Unfit::ClockAhead { by } => write!(
                f,
                "the node's clock leapt {} s ahead of the time that passed",
                by.as_secs()
            ),
            Unfit::StorageLow { reserve } => write!(
                f,
                "less than {} MiB are free on the node's disk",
                reserve >> 20
            ),
        }
    }
}

/// What is looked at.
pub(crate) struct Fitness {
    clock: Arc<dyn Clock>,
    storage: Arc<dyn Storage>,
    /// In bytes; 0 looks at no disk.
    reserve: u64,
    /// Time of the newest entry, in milliseconds; the least of all where there is none.
    newest: AtomicI64,
}

impl Fitness {
    pub(crate) fn new(clock: Arc<dyn Clock>, storage: Arc<dyn Storage>, reserve: u64) -> Fitness {
        Fitness {
            clock,
            storage,
            reserve,
            newest: AtomicI64::new(i64::MIN),
        }
    }

    /// Notes the time of the newest entry, if there is one.
    pub(crate) fn note(&self, newest: Option<Moment>) {
        if let Some(newest) = newest {
            self.newest.store(newest.millis(), Relaxed);
        }
    }

    /// The present moment, if something can be recorded with it.
    pub(crate) fn check(&self) -> Result<Moment, Unfit> {
        let now = self.clock.now().map_err(|_| Unfit::ClockUnreadable)?;
        let newest = self.newest.load(Relaxed);
        if let Some(by) = self.clock.leap(now, Moment::from_millis(newest)) {
            return Err(Unfit::ClockAhead { by });
        }
        let behind = newest.saturating_sub(now.millis());
        let by = Duration::from_millis(u64::try_from(behind).unwrap_or(0));
        if by > BEHIND_MAX {
            return Err(Unfit::ClockBehind { by });
        }
        let reserve = self.reserve;
        // Where the system does not say, a commit will.
        let free = (reserve > 0).then(|| self.storage.free_bytes()).flatten();
        if free.is_some_and(|free| free < reserve) {
            return Err(Unfit::StorageLow { reserve });
        }
        Ok(now)
    }
}

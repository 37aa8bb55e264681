//! Witnesses: outside parties that countersign the log's checkpoints, so that it cannot show
//! one tree to one reader and another to the next.
//!
//! One thread, the feeder, takes the newest checkpoint, asks every witness for its line
//! (C2SP tlog-witness), verifies what comes back, and hands the note to the sequencer once
//! the quorum is reached. Each witness is asked on a thread of its own, so that a slow or
//! dead one holds up neither the others nor a submission.
//!
//! Invariants:
//! - no line is stored that was not verified under the witness's own key: one bad line
//!   makes a checkpoint unreadable to everybody who knows that witness;
//! - only the sequencer writes;
//! - a witness that saw another tree is not asked again before somebody looked into it.
//!
//! Absent on purpose: HTTP, which is behind [`Link`], and clocks: a cosignature's time is
//! the witness's word.

mod answer;
mod asked;
mod feeder;
mod round;
mod standing;
mod worker;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fundtrail_model::log_policy::LogPolicy;
use fundtrail_model::note::VerifierKey;

pub(crate) use answer::{Meaning, meaning};
pub use asked::WitnessesError;
pub(crate) use feeder::{Bell, Feeder};
pub use standing::Trouble;

/// The way to witnesses.
pub trait Link: Send + Sync + 'static {
    /// Posts `body` to `url`, the whole address of one witness's `add-checkpoint`, and gives
    /// what it answers. Must come back within a bounded time; may be called for several
    /// witnesses at once, for one never.
    ///
    /// # Errors
    /// A sentence when there is no answer.
    fn add_checkpoint(&self, witness: &str, url: &str, body: &[u8]) -> Result<Reply, String>;
}

/// What a witness answered, as HTTP has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The `Content-Type`, if there is one.
    pub content_type: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// How often witnesses are asked.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// The least time from one round to the next: a busy ledger is not cosigned at every
    /// commit.
    pub interval: Duration,
    /// The pause after a first failure; it doubles with each that follows.
    pub first_retry: Duration,
    /// The longest pause.
    pub last_retry: Duration,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace {
            interval: Duration::from_millis(200),
            first_retry: Duration::from_secs(1),
            last_retry: Duration::from_secs(60),
        }
    }
}

/// The witnesses a node asks, checked against its log.
#[derive(Clone)]
pub struct Witnesses {
    policy: LogPolicy,
    link: Arc<dyn Link>,
    /// What they are shown of a ledger without entries, if anything.
    empty: Option<String>,
    /// How often they are asked.
    pub pace: Pace,
}

/// How a witness is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessState {
    /// What the policy calls it.
    pub name: String,
    /// Its key.
    pub key: VerifierKey,
    /// Where it is asked; `None` if it is not.
    pub url: Option<String>,
    /// The newest checkpoint it cosigned for this ledger.
    pub cosigned: Option<Cosigned>,
    /// Attempts that failed since the node was opened.
    pub failures: u64,
    /// Why it gives no line at present; `None` once it gave one again.
    pub trouble: Option<Trouble>,
}

/// A cosignature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cosigned {
    /// The tree size.
    pub size: u64,
    /// When it was made, in seconds after 1970-01-01T00:00:00Z, as the witness says.
    pub time: u64,
}

/// The table of witnesses: written by the feeder, read by everybody.
#[derive(Debug, Default)]
pub(crate) struct Board(Mutex<Vec<WitnessState>>);

impl Board {
    /// The table as it is.
    pub(crate) fn states(&self) -> Vec<WitnessState> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn show(&self, states: Vec<WitnessState>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = states;
    }
}

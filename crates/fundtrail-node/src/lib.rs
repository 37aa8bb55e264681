//! The running ledger: one sequencer over one storage, with a clock and the log's key.
//!
//! What is decided here is order and time, and nothing else: the verdicts are the
//! kernel's. [`Node::open`] recovers, [`Node::submit`] is the way in, [`Node::storage`]
//! the way to read, which never touches the sequencer.
//!
//! Invariants:
//! - nothing is answered as recorded before the storage made it durable;
//! - whoever submits gets exactly one answer, also when the node stops;
//! - after a fault nothing more is written by that node: opening another one over the same
//!   storage is the recovery;
//! - nothing is decided while the machine is not fit to record it ([`fitness`]).
//!
//! Absent on purpose: RocksDB, HTTP, rules, and threads other than the sequencer's and
//! those that ask witnesses.

pub mod aside;
pub mod backup;
pub mod clock;
pub mod drafts;
pub mod fitness;
pub mod fsck;
pub mod halt;
pub mod known;
pub mod memory;
pub mod metrics;
pub mod node;
pub mod recovery;
pub mod refusals;
pub mod storage;
pub mod witnesses;

mod ending;
mod growth;
mod sequencer;

pub use aside::NotKept;
pub use backup::{BackedUp, Backup, NotBackedUp};
pub use clock::{Clock, FixedClock, SystemClock, WatchedClock};
pub use fitness::Unfit;
pub use halt::Halt;
pub use memory::MemoryStorage;
pub use metrics::Metrics;
pub use node::{Answer, Config, Node};
pub use recovery::RecoveryError;
pub use refusals::{Objection, REFUSALS_MAX, RefusedSubmission};
pub use storage::Storage;
pub use witnesses::Witnesses;

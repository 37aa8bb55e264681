//! A witness: an outside party that cosigns the checkpoints of logs, each only after the
//! one it cosigned before (C2SP tlog-witness v1.1.0).
//!
//! [`Witness`] is the rule: what is asked, what is remembered, what is answered. The
//! remembering is [`directory`]: one folder for each log, written before the answer goes
//! out. [`http`] is the protocol around it.
//!
//! Invariants: of two requests from one tree size at most one is granted, also across a
//! crash; a time once signed is never followed by an earlier one; state that cannot be read
//! is never taken for none. What a log signed against what was cosigned is kept
//! ([`evidence`]).
//!
//! Absent on purpose: entries and their meaning, which a witness never sees; signatures of
//! ML-DSA and of subtrees; TLS, which a proxy before it speaks.

pub mod directory;
mod durable;
mod error;
pub mod evidence;
pub mod http;
mod last;
mod serve;
mod witness;

pub use directory::{add_log, init, open, show};
pub use error::WitnessError;
pub use serve::serve;
pub use witness::{Reply, Witness};

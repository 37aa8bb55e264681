//! What must not happen to a ledger, whatever happens to its machine: entries lost, bytes
//! faked, a node that a submitter can stop. One file per way of trying.
//!
//! Each takes the short way by default; `cargo xtask soak` takes the long one, and prints
//! its figures (`fundtrail_tests::soak`).

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod backup;
mod corruption;
mod crash_matrix;
mod hostile;
mod sickness;

//! The node over a storage in memory: recovery, order, faults, dry runs, stopping.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

mod aside;
mod crashing;
mod dry_run;
mod failing;
mod fitness;
mod fixture;
mod fsck;
mod ordering;
mod recovery;
mod refusals;
mod stopping;
mod support;
mod witnesses;

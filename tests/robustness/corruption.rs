//! Bytes of a ledger that were changed, and what start and fsck say of them.
//!
//! A change is *named* if the node does not start, or fsck has a finding; or it is *harmless*,
//! for a reason that is checked for that very change; or the test fails. What is served from
//! damaged storage meanwhile either does not verify or is what was recorded.

#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

mod change;
mod files;
mod ledger;
mod program;
mod rows;

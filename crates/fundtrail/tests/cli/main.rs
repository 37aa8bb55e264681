//! The built command, as a bank would call it.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

mod audits;
mod keys;
mod ledger;
mod openssl;
mod policies;
mod receipts;
mod server;
mod signing;
mod submitting;
mod support;

//! The built command, as a bank would call it.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

mod audits;
mod books;
mod console;
mod exports;
mod keys;
mod ledger;
mod locked_keys;
mod openssl;
mod particulars;
mod policies;
mod receipt_fetch;
mod receipts;
mod server;
mod signing;
mod statements;
mod submitting;
mod support;
mod tokens;
mod witness;
#[path = "../../../fundtrail-witness/tests/witness/log.rs"]
mod witness_log;
mod witness_server;

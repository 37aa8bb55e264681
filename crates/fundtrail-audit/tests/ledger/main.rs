//! Audits of small ledgers, whole and tampered with.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

mod forged;
mod receipts;
mod since;
mod support;
mod taking;
mod tampered;
mod whole;

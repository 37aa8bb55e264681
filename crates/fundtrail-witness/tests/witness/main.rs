//! The witness's rule, without a network and with a clock of the test's own.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

mod evidence;
mod granting;
mod log;
mod remembering;
mod support;

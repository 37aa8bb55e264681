//! The node over real connections, on a storage in memory.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

#[path = "../../../fundtrail-node/tests/node/fixture.rs"]
#[expect(dead_code, reason = "shared with the node's tests")]
mod fixture;
#[path = "../../../fundtrail-node/tests/node/support.rs"]
#[expect(dead_code, reason = "shared with the node's tests")]
mod support;

mod batch;
mod client;
mod fund;
mod operations;
mod reading;
mod records;
mod static_log;
mod submitting;
mod tags;

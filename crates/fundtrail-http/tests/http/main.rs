//! The node over real connections, on a storage in memory.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

#[path = "../../../fundtrail-node/tests/node/witnesses/fake.rs"]
#[expect(dead_code, reason = "shared with the node's tests")]
mod fake;
#[path = "../../../fundtrail-node/tests/node/fixture.rs"]
#[expect(dead_code, reason = "shared with the node's tests")]
mod fixture;
#[path = "../../../fundtrail-node/tests/node/support.rs"]
#[expect(dead_code, reason = "shared with the node's tests")]
mod support;

mod batch;
mod books;
mod client;
mod draft_bounds;
mod drafts;
mod fund;
mod operations;
mod own;
mod reading;
mod records;
mod roles;
mod seals;
mod statements;
mod static_log;
mod submitting;
mod tags;
mod walk;
mod witnesses;

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

mod as_of;
mod backups;
mod batch;
mod books;
mod client;
mod draft_bounds;
mod draft_ends;
mod drafts;
mod dry_runs;
mod edge_caching;
mod edge_connections;
mod edge_metrics;
mod edge_quotas;
mod edge_requests;
mod edge_stopping;
mod events;
mod fund;
mod operations;
mod overview;
mod own;
mod reader;
mod reading;
mod records;
mod reports;
mod roles;
mod seals;
mod sick;
mod sought;
mod statements;
mod static_log;
mod stream;
mod submitting;
mod tags;
mod walk;
mod witnesses;

//! The binary as its users meet it: what it makes, what it serves, how it ends.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

#[path = "../../../fundtrail-node/tests/node/fixture.rs"]
#[expect(dead_code, reason = "shared with the node's tests")]
mod fixture;

mod edge;
mod environment;
mod founding;
mod init;
mod process;
mod serve;
mod tls;
mod witnesses;

//! A node as a child process, and a scenario's target behind its HTTP API: what the
//! demonstration and the end-to-end tests both need.
//!
//! Absent on purpose: anything a user of the ledger needs.

pub mod drafts;
pub mod node;
pub mod target;
pub mod token;

pub use node::{Node, NodeError};
pub use target::HttpTarget;
pub use token::{READER, token};

//! The pipeline of the ledger: admit bytes, stage a batch, commit it, prove, replay.
//!
//! Read [`pipeline`] first: it is the way of one transaction. The kernel knows rules and
//! the tree, never RocksDB; it meets a storage through the ports of the model only.
//! Everything that is not deterministic (order, time) enters through the batch.
#![cfg_attr(not(feature = "openapi"), no_std)]

extern crate alloc;

pub mod admission;
mod hashes;
pub mod history;
pub mod memory;
pub mod pipeline;
pub mod proofs;
pub mod replay;
pub mod seal;
pub mod statement;

pub use admission::{Admitted, Desk, Rejection};
pub use memory::Memory;
pub use pipeline::{Kernel, Staged, Verdict};

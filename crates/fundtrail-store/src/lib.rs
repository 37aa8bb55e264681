//! The ledger's storage: RocksDB behind the ports of `fundtrail_model::port`.
//!
//! One database holds one column family a [`Table`], with one write-ahead log for all of
//! them, so that one batch over several tables is applied whole or not at all.
//!
//! Invariants:
//! - a commit that returned `Ok` survives a killed process and a power cut;
//! - a batch is there whole or not at all, whenever the process dies;
//! - a reader sees one state from its first read to its last;
//! - what cannot be read is a [`Fault`](fundtrail_model::port::Fault), never a missing row;
//! - after a commit that removed disclosures, or that says that something is to be erased, no
//!   file of the directory holds it, once nobody reads an older state;
//! - after a commit failed, nothing more is written until the storage is opened again.
//!
//! Absent on purpose: what a table means. This crate knows names, keys and bytes; it does
//! not know entries, accounts or rules, and it never repairs anything.
//!
//! [`Table`]: fundtrail_model::port::Table

pub mod backup;
mod endless;
mod erase;
mod error;
mod open;
mod options;
mod read_only;
mod store;
mod view;

pub use backup::{Backup, BackupError};
pub use error::OpenError;
pub use open::SCHEMA_VERSION;
pub use read_only::ReadOnly;
pub use store::{Store, Writer};

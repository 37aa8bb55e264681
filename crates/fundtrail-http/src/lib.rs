//! The node over HTTP: submissions in, receipts, proofs and state out.
//!
//! [`App`] is a node as it is served: [`App::router`] has every path, a file of [`routes`]
//! for each group of them, and [`App::serve`] serves them at an address. What stands between
//! the network and the handlers is in [`edge`], in the order of [`layers`].
//!
//! Invariants: every error is a problem document (RFC 9457), made in one place
//! ([`failure`]); what reads the ledger reads one state; nothing blocks the threads that
//! serve connections; nothing that was submitted is written to a log.
//!
//! [`access`] says who may read what; nothing is read around it.
//!
//! Absent on purpose: rules, keys and storage.

mod accept;
mod access;
mod app;
mod as_of;
mod edge;
mod failure;
mod layers;
mod listeners;
mod page;
mod parameters;
mod routes;
mod seal_trees;
mod tls;

pub use access::{Denied, verify_token};
pub use app::{App, Limits};
pub use edge::Quotas;
pub use failure::{Failure, PROBLEM_TYPE};
pub use tls::{Tls, TlsError};

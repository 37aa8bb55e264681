//! What stands between the network and the handlers: connections, and what every request
//! and every answer has.
//!
//! A connection passes the door ([`door`]), which counts it and closes idle ones when there
//! are too many; what it sends is read with bounds ([`serving`]). A request gets an id
//! ([`request_id`]), is charged to whoever asks ([`quotas`]), and its answer is finished
//! ([`finish`]): entity tag and caching ([`caching`]), counters ([`traffic`]), one line of
//! log. [`crate::layers`] says in which order.
//!
//! Invariant: nothing that a client wrote is logged or becomes a label, but for its own
//! request id, which is of few harmless characters.

pub(crate) mod caching;
pub(crate) mod charge;
pub(crate) mod connections;
mod door;
pub(crate) mod exposition;
pub(crate) mod finish;
pub(crate) mod quotas;
mod request_id;
pub(crate) mod serving;
mod stream;
pub(crate) mod traffic;

pub use quotas::Quotas;

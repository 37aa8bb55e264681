//! The vocabulary of Fundtrail and its bytes: ids, amounts, days, transactions,
//! envelopes, entries, checkpoints, receipts and disclosures, and the two ports
//! through which a storage is met.
//!
//! Nothing here knows what the regulation says, what time it is, or where bytes are
//! kept: no clock, no disk, no network, no randomness, no floats.
#![cfg_attr(not(feature = "openapi"), no_std)]

extern crate alloc;

pub mod add_checkpoint;
pub mod amount;
pub mod capital;
pub mod checkpoint;
pub mod day;
pub mod disclosure;
pub mod entry;
pub mod envelope;
pub mod figures;
pub mod id;
pub mod json;
pub mod key;
pub mod log_policy;
pub mod malformed;
pub mod note;
#[cfg(feature = "openapi")]
mod openapi;
pub mod port;
pub mod receipt;
pub mod tag;
pub mod token;
pub mod transaction;

pub use amount::{Amount, Rounding};
pub use day::{Day, Moment, When};
pub use disclosure::{Disclosure, DisclosureDigest};
pub use entry::{Alert, Effects, Entry, Findings, Posting, Revision};
pub use envelope::{Envelope, Submission};
pub use figures::{Figure, Figures};
pub use id::{DocumentDigest, Id};
pub use key::{KeyId, PublicKey};
pub use log_policy::LogPolicy;
pub use malformed::{Malformed, MalformedCode};
pub use port::Fault;
pub use tag::Tag;
pub use transaction::Transaction;

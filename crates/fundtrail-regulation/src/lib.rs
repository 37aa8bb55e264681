//! The regulation as code: what may be signed (`kinds`), what may happen (`chapters`),
//! and the records that result (`state`).
//!
//! The same code runs in the node, in dry runs, in simulation and in replay. Nothing
//! here knows what time it is, where bytes are kept, or who is asking: a verdict is a
//! function of the case.
#![cfg_attr(not(feature = "openapi"), no_std)]

extern crate alloc;

pub mod alerts;
pub mod brake;
pub mod calendar;
pub mod case;
pub mod chapters;
pub mod identifier;
pub mod kinds;
pub mod loss;
pub mod obligations;
#[cfg(feature = "openapi")]
mod openapi;
pub mod outcome;
pub mod particulars;
pub mod period;
pub mod policy;
pub mod prospect;
pub mod reconciliation;
pub mod report;
pub mod rule;
pub mod said;
pub mod seal;
pub mod signers;
pub mod state;

pub use case::Case;
pub use chapters::{RULES, foresee, judge};
pub use kinds::{Body, Kind};
pub use outcome::Outcome;
pub use policy::Policy;
pub use prospect::Prospect;
pub use rule::{Bilingual, Refusal, Rule, Stage};

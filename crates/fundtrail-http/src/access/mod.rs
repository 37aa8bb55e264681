//! Who may read what: who asks ([`reader`]), by which token ([`token`]), what a thing of
//! the ledger has to do with whom ([`concern`]), and what each route asks of a reader
//! ([`matrix`]). [`gate`] is the layer that puts them before the handlers, and a [`pass`] is
//! what an answer that lasts looks at again.
//!
//! Invariants: roles come from the ledger at its newest height, so a revoked key reads
//! nothing from the next request on; a route that is not in the table answers nobody; what
//! is not there and what may not be read give the same answer.
//!
//! Absent on purpose: passwords, sessions, and any list of users beside the ledger.

mod concern;
mod denied;
mod gate;
mod matrix;
mod pass;
mod reader;
mod token;

#[cfg(test)]
mod tests;

pub(crate) use concern::Concern;
pub use denied::Denied;
pub(crate) use gate::gate;
pub(crate) use matrix::{Need, TABLE, need};
pub(crate) use pass::Pass;
#[cfg(test)]
use reader::Known;
pub(crate) use reader::{Partners, Reader, Scope};
pub use token::verify as verify_token;

//! What the files of the kinds share.

pub(super) use alloc::format;
pub(super) use alloc::string::{String, ToString};
pub(super) use alloc::vec;
pub(super) use alloc::vec::Vec;

pub(super) use fundtrail_model::{
    Amount, Day, DocumentDigest, Fault, Figures, Id, KeyId, Malformed, MalformedCode, Moment, Tag,
    When,
};
pub(super) use serde::Deserialize;

pub(super) use super::Meaning;
pub(super) use crate::alerts;
pub(super) use crate::case::{Case, Creation, Subject};
pub(super) use crate::identifier::Format;
pub(super) use crate::outcome::Outcome;
pub(super) use crate::particulars::{Particular, Purpose};
pub(super) use crate::rule::Bilingual;
pub(super) use crate::signers::Need;
pub(super) use crate::state::*;

/// A body that does not fit its kind.
pub(super) fn misfit(detail: impl Into<String>) -> Malformed {
    Malformed::new(MalformedCode::Shape, detail)
}

/// Nothing is left of what the original changed: it cannot be taken back.
pub(super) fn gone() -> Option<Figures> {
    Some(Figures::none().with("reason", "what it changed is there no more"))
}

/// A list longer than any that fits into an entry.
pub(super) fn bounded(name: &str, length: usize, most: usize) -> Result<(), Malformed> {
    if length <= most {
        return Ok(());
    }
    Err(Malformed::new(
        MalformedCode::TooLarge,
        format!("{name}: at most {most}"),
    ))
}

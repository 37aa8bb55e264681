//! What pages are built of. Each file is one sort of part; all of it is escaped by maud, and
//! none of it carries a style or a script.

pub(crate) mod chart;
pub(crate) mod definitions;
pub(crate) mod figures;
pub(crate) mod filters;
pub(crate) mod links;
pub(crate) mod notices;
pub(crate) mod pages;
pub(crate) mod table;
pub(crate) mod tree;

use fundtrail_regulation::state::Role;
use serde::Serialize;

use crate::i18n::Words;
use crate::i18n::families::ROLE;

/// What a role is called.
pub(crate) fn words_of_role(words: Words, role: Role) -> String {
    words.of_family(&ROLE, role.name())
}

/// The wire name of an enum of the regulation.
pub(crate) fn wire<T: Serialize>(value: &T) -> String {
    let json = serde_json::to_value(value).unwrap_or_default();
    json.as_str().unwrap_or_default().to_owned()
}

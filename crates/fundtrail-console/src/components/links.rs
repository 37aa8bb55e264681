//! From one thing of the ledger to another.

use maud::{Markup, html};

use crate::i18n::Words;
use crate::i18n::families::OBJECT;
use crate::url;

/// An entry.
pub(crate) fn entry(index: u64) -> Markup {
    html! { a href={ "/entries/" (index) } { "#" (index) } }
}

/// The same, and a dash where there is none.
pub(crate) fn entry_or_none(index: Option<u64>) -> Markup {
    html! { @if let Some(index) = index { (entry(index)) } @else { (super::figures::nothing()) } }
}

/// A record's page: `of("/loans", "L1")`.
pub(crate) fn of(list: &str, id: &str) -> Markup {
    html! { a href={ (list) "/" (url::encode(id)) } { code { (id) } } }
}

/// The same with a long id cut by its style.
pub(crate) fn long(list: &str, id: &str) -> Markup {
    html! { a href={ (list) "/" (url::encode(id)) } {
        code .digest[id.len() > 24] title=[(id.len() > 24).then_some(id)] { (id) }
    } }
}

/// An object by its name: its own page where it has one, else its entries.
pub(crate) fn object(name: &str) -> Markup {
    let address = object_address(name);
    html! {
        a href=(address) {
            @match name.split_once(':') {
                Some((sort, id)) if id.len() > 24 => {
                    code { (sort) ":" } code .digest title=(id) { (id) }
                }
                _ => code { (name) },
            }
        }
    }
}

/// An object by its name, its sort in words before it.
pub(crate) fn named_object(words: Words, name: &str) -> Markup {
    let (sort, id) = name.split_once(':').unwrap_or((name, ""));
    html! {
        (words.of_family(&OBJECT, sort))
        @if !id.is_empty() {
            " "
            a href=(object_address(name)) {
                code .digest[id.len() > 24] title=[(id.len() > 24).then_some(id)] { (id) }
            }
        }
    }
}

/// Every entry that touches an object.
pub(crate) fn entries_of(words: Words, object: &str) -> Markup {
    html! {
        a href=(url::with_query("/entries", [("object", object)])) { (words.t("links-entries")) }
    }
}

fn object_address(name: &str) -> String {
    let (sort, id) = name.split_once(':').unwrap_or((name, ""));
    let list = match sort {
        "party" => "/partners",
        "key" => "/keys",
        "loan" => "/loans",
        "claim" => "/claims",
        "recovery" => "/recoveries",
        "borrower" => "/borrowers",
        "account" if !id.contains('/') => "/accounts",
        _ => return url::with_query("/entries", [("object", name)]),
    };
    format!("{list}/{}", url::encode(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_lead_to_their_pages() {
        assert_eq!(object_address("loan:L-1"), "/loans/L-1");
        assert_eq!(object_address("party:BANK-A"), "/partners/BANK-A");
        assert_eq!(object_address("account:main"), "/accounts/main");
        assert_eq!(
            object_address("account:main/2022-03-31"),
            "/entries?object=account%3Amain%2F2022-03-31"
        );
        assert_eq!(object_address("fund"), "/entries?object=fund");
        assert_eq!(object_address("loan:\"><b>"), "/loans/%22%3E%3Cb%3E");
    }
}

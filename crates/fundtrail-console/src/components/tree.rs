//! JSON as lists of names and values: bodies, policies, figures, as they stand.
//!
//! Names that the console knows are shown in the reader's language with the wire name beside
//! them; amounts are set as amounts. What it does not know is shown as it is.

use fundtrail_model::Figures;
use maud::{Markup, html};
use serde_json::Value;

use crate::components::figures::{grouped, nothing};
use crate::components::links;
use crate::i18n::Words;
use crate::i18n::families::{
    ACCOUNT_USE, ALLOCATION, CHOICE, CONTRIBUTION, DUTY, FLAG, Family, MEMBER, NOTICE_KIND,
    OPINION, REPAYMENT_ORDER, REPORT_KIND, RISK_REASON, ROLE,
};

/// How deep lists are nested before the rest is shown as JSON.
const DEPTH_MAX: usize = 8;

/// Any value.
pub(crate) fn value(words: Words, value: &Value) -> Markup {
    shown(words, value, 0)
}

/// `overdue_days 59 · required 60`
pub(crate) fn figures(words: Words, figures: &Figures) -> Markup {
    html! {
        @if figures.is_empty() { (nothing()) } @else {
            ul .figures {
                @for (name, figure) in figures.iter() {
                    li { (member(words, name)) " " b { (chosen(words, name, &figure.to_string())) } }
                }
            }
        }
    }
}

fn shown(words: Words, value: &Value, depth: usize) -> Markup {
    if depth > DEPTH_MAX {
        return html! { code { (value) } };
    }
    html! {
        @match value {
            Value::Null => (nothing()),
            Value::Bool(flag) => (words.of_family(&FLAG, if *flag { "true" } else { "false" })),
            Value::Number(number) => span .number { (number) },
            Value::String(text) => (scalar(text)),
            Value::Array(items) if items.is_empty() => (nothing()),
            Value::Array(items) if items.iter().all(is_plain) => {
                @for (at, item) in items.iter().enumerate() {
                    @if at > 0 { ", " }
                    (shown(words, item, depth + 1))
                }
            }
            Value::Array(items) => {
                ol .tree { @for item in items { li { (shown(words, item, depth + 1)) } } }
            }
            Value::Object(members) if members.is_empty() => (nothing()),
            Value::Object(members) => {
                dl .facts .tree {
                    @for (name, item) in members {
                        div {
                            dt { (member(words, name)) }
                            dd { (named(words, name, item, depth + 1)) }
                        }
                    }
                }
            }
        }
    }
}

/// The value of a member: what names a thing of the ledger leads to it.
fn named(words: Words, name: &str, value: &Value, depth: usize) -> Markup {
    html! {
        @match (list_of(name), value) {
            (Some(list), Value::String(id)) if !id.is_empty() => (links::long(list, id)),
            (None, Value::String(text)) => (chosen(words, name, text)),
            (None, Value::Array(items)) if items.iter().all(Value::is_string) && !items.is_empty() => {
                @for (at, item) in items.iter().filter_map(Value::as_str).enumerate() {
                    @if at > 0 { ", " }
                    (chosen(words, name, item))
                }
            }
            _ => (shown(words, value, depth)),
        }
    }
}

/// Members whose texts are chosen from a list, and are no ids.
const CHOOSING: &[&str] = &[
    "age_ref",
    "allocation",
    "allowed",
    "as_of",
    "base",
    "cap_scope",
    "claimants_split",
    "components",
    "cutoff",
    "deadline_unit",
    "denominator",
    "duty",
    "effect",
    "forbidden",
    "insufficient",
    "kind",
    "kinds",
    "loss_date_rule",
    "misuse",
    "mixed_allocation",
    "new_customer",
    "numerator",
    "old_customer_new_loan",
    "opinion",
    "overdue_unit",
    "period",
    "pledged",
    "purpose",
    "reason",
    "region_test",
    "repayment_order",
    "role",
    "rounding",
    "stop_at",
    "weight_by",
];

/// The lists that they are chosen from.
static CHOICES: &[&Family] = &[
    &CHOICE,
    &ROLE,
    &DUTY,
    &ALLOCATION,
    &REPAYMENT_ORDER,
    &OPINION,
    &RISK_REASON,
    &REPORT_KIND,
    &NOTICE_KIND,
    &ACCOUNT_USE,
    &CONTRIBUTION,
];

/// A text of a member: in words, with the wire name beside them, where it is chosen.
fn chosen(words: Words, member: &str, text: &str) -> Markup {
    let found = CHOICES.iter().find(|family| family.values.contains(&text));
    match found.filter(|_| CHOOSING.contains(&member)) {
        Some(family) => html! { span title=(text) { (words.of_family(family, text)) } },
        None => scalar(text),
    }
}

/// The list in which a member's thing is found.
fn list_of(member: &str) -> Option<&'static str> {
    Some(match member {
        "loan" => "/loans",
        "claim" => "/claims",
        "recovery" => "/recoveries",
        "account" => "/accounts",
        "borrower" => "/borrowers",
        "bank" | "party" | "partner" | "claimant" | "collector" | "debtor" | "manager"
        | "auditor" | "contributor" => "/partners",
        _ => return None,
    })
}

fn is_plain(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

fn member(words: Words, name: &str) -> Markup {
    let called = words.of_family(&MEMBER, name);
    html! { @if called == name { code { (name) } } @else { span title=(name) { (called) } } }
}

/// A text: set as an amount or cut as a digest where it is one.
fn scalar(text: &str) -> Markup {
    let is_hex = text.len() >= 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    html! {
        @if is_amount(text) { data .amount value=(text) { (grouped(text)) } }
        @else if is_hex || (text.len() > 48 && !text.contains(' ') && text.is_ascii()) {
            code .digest title=(text) { (text) }
        } @else { span .text { (text) } }
    }
}

fn is_amount(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.split_once('.').is_some_and(|(yuan, fen)| {
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        plain(yuan) && plain(fen) && fen.len() == 2
    })
}

//! What is to be done: drafts that wait for this reader, obligations, alerts that stand; and
//! for who supervises, what was refused lately.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use fundtrail_model::Amount;
use fundtrail_regulation::obligations::Owed;
use fundtrail_regulation::state::AlertRecord;
use maud::{Markup, html};

use super::asked::{Draft, Own};
use crate::components::figures::{amount, amount_or_none, count, day, day_or_none, moment};
use crate::components::notices::{Tone, badge};
use crate::components::table::Table;
use crate::components::{links, wire, words_of_role};
use crate::i18n::Words;
use crate::i18n::families::OWED;
use crate::records::{Obligation, RefusedSubmission};
use crate::url;

/// How many of each are listed.
const LISTED: usize = 5;

/// All of it.
pub(super) fn shown(words: Words, own: &Own) -> Markup {
    html! {
        section aria-labelledby="duties" {
            h2 #duties { (words.t("overview-duties")) }
            (tiles(words, own))
            div .duties {
                @if !own.drafts.is_empty() { div .span { (drafts(words, &own.drafts)) } }
                @if let Some(owed) = &own.obligations { div .span { (obligations(words, owed)) } }
                @if let Some(standing) = &own.alerts { (alerts(words, standing)) }
                @if let Some(refused) = &own.refusals { (refusals(words, refused)) }
            }
        }
    }
}

/// How many, and how much.
fn tiles(words: Words, own: &Own) -> Markup {
    html! {
        dl .tiles {
            div {
                dt { a href="/work" { (words.t("overview-drafts")) } }
                dd { (number(own.drafts.len())) }
            }
            @if let Some(owed) = &own.obligations {
                @let late: Vec<&Obligation> = owed.iter().filter(|one| is_late(one)).collect();
                div {
                    dt { a href="/obligations" { (words.t("overview-owed")) } }
                    dd { (number(owed.len())) }
                }
                div .attention[!late.is_empty()] {
                    dt { (words.t("overview-late")) }
                    dd { (number(late.len())) }
                }
                div {
                    dt { (words.t("overview-owed-sum")) }
                    dd { (amount(sum(owed.iter()))) }
                }
                @let late_sum = sum(late.into_iter());
                div .attention[!late_sum.is_zero()] {
                    dt { (words.t("overview-late-sum")) }
                    dd { (amount(late_sum)) }
                }
            }
            @if let Some(standing) = &own.alerts {
                div {
                    dt { a href="/alerts?standing=true" { (words.t("overview-alerts")) } }
                    dd { (number(standing.len())) }
                }
            }
        }
    }
}

fn number(length: usize) -> String {
    count(u64::try_from(length).unwrap_or(u64::MAX))
}

/// What is to be paid: other obligations name amounts that they are about.
fn sum<'a>(owed: impl Iterator<Item = &'a Obligation>) -> Amount {
    let is_money = |one: &&Obligation| {
        matches!(
            one.kind,
            Owed::RecoveryReturn | Owed::ClawbackReturn | Owed::SuspenseRefund
        )
    };
    owed.filter(is_money).filter_map(|one| one.amount).sum()
}

fn is_late(one: &Obligation) -> bool {
    one.days_late.is_some_and(|days| days > 0)
}

fn drafts(words: Words, drafts: &[Draft]) -> Markup {
    let mut table = Table::new(words.t("overview-drafts"))
        .text(words.t("overview-draft"))
        .text(words.t("overview-draft-kind"))
        .text(words.t("overview-draft-date"))
        .text(words.t("overview-draft-party"))
        .text(words.t("overview-draft-expires"));
    for draft in drafts.iter().take(LISTED) {
        table.row(vec![
            links::of("/work", draft.id.as_str()),
            html! { (words.kind(&draft.kind)) },
            day(draft.date),
            links::of("/partners", draft.party.as_str()),
            moment(draft.expires),
        ]);
    }
    part(
        words.t("overview-drafts"),
        "/work",
        drafts.len(),
        words,
        &table,
    )
}

/// The most urgent first: the latest, then what is due first, then what has no date.
fn obligations(words: Words, owed: &[Obligation]) -> Markup {
    let mut urgent: Vec<&Obligation> = owed.iter().collect();
    urgent.sort_by_key(|one| {
        (
            Reverse(one.days_late.unwrap_or(0)),
            one.due.is_none(),
            one.due,
        )
    });
    let mut table = Table::new(words.t("overview-urgent"))
        .text(words.t("overview-what"))
        .text(words.t("overview-about"))
        .text(words.t("overview-owed-by"))
        .figure(words.t("overview-amount"))
        .text(words.t("overview-due"))
        .text(words.t("overview-lateness"));
    for one in urgent.into_iter().take(LISTED) {
        table.row(vec![
            what(words, one),
            links::named_object(words, &one.object),
            owner(words, one),
            amount_or_none(one.amount),
            day_or_none(one.due),
            lateness(words, one),
        ]);
    }
    part(
        words.t("overview-urgent"),
        "/obligations",
        owed.len(),
        words,
        &table,
    )
}

fn what(words: Words, one: &Obligation) -> Markup {
    let called = match (&one.code, one.alert) {
        (Some(code), Some(_)) => words.alert(code),
        _ => words.of_family(&OWED, &wire(&one.kind)),
    };
    html! {
        (called)
        @if let Some(period) = &one.period { " " (period) }
        @if let Some(entry) = one.entry { " " (links::entry(entry)) }
    }
}

fn owner(words: Words, one: &Obligation) -> Markup {
    html! {
        (words_of_role(words, one.owed_by.role))
        @if let Some(party) = &one.owed_by.party { " " (links::of("/partners", party.as_str())) }
    }
}

fn lateness(words: Words, one: &Obligation) -> Markup {
    match one.days_late {
        Some(days) if days > 0 => badge(
            Tone::Bad,
            &words.ta("overview-days-late", &[("days", days.into())]),
        ),
        Some(_) => badge(Tone::Plain, &words.t("overview-in-time")),
        None => badge(Tone::Plain, &words.t("overview-no-date")),
    }
}

/// The newest first.
fn alerts(words: Words, standing: &[AlertRecord]) -> Markup {
    let mut table = Table::new(words.t("overview-alerts"))
        .text(words.t("overview-alert"))
        .text(words.t("overview-about"))
        .text(words.t("overview-due"));
    for record in standing.iter().rev().take(LISTED) {
        table.row(vec![
            html! { a href={ "/alerts/" (record.number) } { (words.alert(&record.alert.code)) } },
            links::named_object(words, &record.alert.object),
            day_or_none(record.alert.due),
        ]);
    }
    part(
        words.t("overview-alerts"),
        "/alerts?standing=true",
        standing.len(),
        words,
        &table,
    )
}

/// The newest first.
fn refusals(words: Words, refused: &[RefusedSubmission]) -> Markup {
    let mut table = Table::new(words.t("overview-refusals"))
        .text(words.t("overview-refused-kind"))
        .text(words.t("overview-refused-by"))
        .text(words.t("overview-refused-for"))
        .text(words.t("overview-refused-at"));
    for one in refused.iter().rev() {
        let transaction = one.transaction.as_str();
        table.row(vec![
            html! {
                a href=(url::with_query("/refusals", [("transaction", transaction)])) {
                    (words.kind(&one.kind))
                }
            },
            html! {
                @for (at, code) in one.refusals.iter().enumerate() {
                    @if at > 0 { " " }
                    code { (code.code) }
                }
            },
            html! {
                @for (at, party) in one.parties.iter().collect::<BTreeSet<_>>().iter().enumerate() {
                    @if at > 0 { " " }
                    (links::of("/partners", party.as_str()))
                }
            },
            moment(one.decided),
        ]);
    }
    part(
        words.t("overview-refusals"),
        "/refusals",
        refused.len(),
        words,
        &table,
    )
}

/// A table under its heading, with the way to all of it where there is more.
fn part(title: String, address: &str, length: usize, words: Words, table: &Table) -> Markup {
    html! {
        div {
            h3 { (title) }
            (table.shown(words))
            @if length >= LISTED {
                p .more { a href=(address) { (words.t("overview-all")) } }
            }
        }
    }
}

//! What would follow if a draft were recorded now. `prospect.js` shows the same beside a form.

use fundtrail_model::Posting;
use maud::{Markup, html};

use super::record::Prospect;
use crate::components::definitions::Definitions;
use crate::components::figures::{amount, amount_or_none, day_or_none};
use crate::components::table::Table;
use crate::components::{links, tree, wire};
use crate::i18n::Words;
use crate::i18n::families::OWED;
use crate::pages::books;
use crate::records::Obligation;

/// Amount and figures, what would be owed, the postings, and the alerts.
pub(super) fn shown(words: Words, prospect: &Prospect) -> Markup {
    html! {
        div #work-prospect {
            @if let Some(sum) = prospect.amount {
                (Definitions::of_amounts().add(words.t("col-amount"), amount(sum)).shown())
            }
            @if !prospect.figures.is_empty() { (tree::figures(words, &prospect.figures)) }
            @if !prospect.owed.is_empty() { (owed(words, &prospect.owed)) }
            @if !prospect.postings.is_empty() { (postings(words, &prospect.postings)) }
            @for alert in &prospect.alerts {
                p data-mood="warn" data-code=(alert.code) {
                    (words.alert(&alert.code)) " " (links::object(&alert.object)) " "
                    @if alert.due.is_some() { (words.t("col-due")) " " (day_or_none(alert.due)) }
                }
            }
        }
    }
}

/// The names that `prospect.js` has no words for: of what may be owed, and of alerts.
pub(super) fn names(words: Words) -> Markup {
    html! {
        template #work-names {
            @for kind in OWED.values { span data-name=(kind) { (words.of_family(&OWED, kind)) } }
            @for alert in fundtrail_regulation::alerts::ALERTS { span data-name=(alert.code) { (words.one(alert.title)) } }
        }
    }
}

fn owed(words: Words, owed: &[Obligation]) -> Markup {
    let mut table = Table::new(words.t("work-follows-owed"))
        .text(words.t("work-follows-owed"))
        .figure(words.t("col-amount"))
        .text(words.t("col-due"));
    for one in owed {
        table.row(vec![
            html! { span data-owed=(wire(&one.kind)) { (books::what(words, one)) } },
            amount_or_none(one.amount),
            day_or_none(one.due),
        ]);
    }
    table.shown(words)
}

fn postings(words: Words, postings: &[Posting]) -> Markup {
    let mut table = Table::new(words.t("entry-postings"))
        .text(words.t("entry-book"))
        .figure(words.t("entry-amount"))
        .figure(words.t("entry-after"));
    for posting in postings {
        table.row(vec![
            links::object(&posting.book),
            amount(posting.amount),
            amount(posting.balance),
        ]);
    }
    table.shown(words)
}

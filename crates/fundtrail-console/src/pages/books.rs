//! The books beside the records: who owes what, what banks state, and what was refused.

use fundtrail_regulation::{Kind, chapters};
use maud::{Markup, html};

use crate::components::figures::{amount, amount_or_none, code, day, day_or_none, moment, nothing};
use crate::components::filters::Filters;
use crate::components::notices::{Tone, badge};
use crate::components::table::Table;
use crate::components::{links, pages, tree, wire, words_of_role};
use crate::i18n::Words;
use crate::i18n::families::{OWED, PLACE};
use crate::pages::entry::article_name;
use crate::pages::recoveries::late_or_none;
use crate::records::{Listed, Objection, Obligation, Owner, Reconciled, RefusedSubmission};
use crate::sheet::{Answer, Place};
use crate::visit::Visit;

/// `GET /obligations?kind=&party=&as_of=`
pub(crate) async fn obligations(visit: Visit) -> Answer {
    let words = visit.words;
    let filters = Filters::new(&visit)
        .family("kind", words.t("owed-kind"), &OWED)
        .text("party", words.t("col-party"))
        .day("as_of", words.t("col-as-of"));
    let listed: Listed<Obligation> = visit.api.get(&filters.request("/v1/obligations")).await?;
    let title = words.of_family(&PLACE, Place::Obligations.name());
    let mut table = Table::new(&title)
        .text(words.t("owed-kind"))
        .text(words.t("owed-by"))
        .text(words.t("col-object"))
        .text(words.t("owed-period"))
        .figure(words.t("col-amount"))
        .text(words.t("col-due"))
        .text(words.t("owed-late"))
        .text(words.t("col-article"))
        .text(words.t("owed-answer"))
        .text(words.t("col-entry"));
    for owed in &listed.items {
        table.row(vec![
            what(words, owed),
            owner(words, &owed.owed_by),
            links::object(&owed.object),
            html! { @if let Some(period) = &owed.period { (code(period)) } @else { (nothing()) } },
            amount_or_none(owed.amount),
            day_or_none(owed.due),
            late_or_none(words, owed.days_late),
            html! { @if owed.article > 0 { (article_name(words, owed.article)) } @else { (nothing()) } },
            html! { @if let Some(kind) = &owed.answered_by { (words.kind(kind)) } @else { (nothing()) } },
            links::entry_or_none(owed.entry),
        ]);
    }
    Ok(pages::of_list(
        &visit,
        Place::Obligations,
        &title,
        &filters,
        &table.shown(words),
        &listed,
    ))
}

/// What is owed: the alert where it is one.
pub(crate) fn what(words: Words, owed: &Obligation) -> Markup {
    html! {
        @match (owed.alert, &owed.code) {
            (Some(number), Some(code)) => a href={ "/alerts/" (number) } { (words.alert(code)) },
            _ => (words.of_family(&OWED, &wire(&owed.kind))),
        }
    }
}

fn owner(words: Words, owner: &Owner) -> Markup {
    html! {
        @if let Some(party) = &owner.party { (links::of("/partners", party.as_str())) " " }
        (words_of_role(words, owner.role))
    }
}

/// `GET /reconciliation?account=&from=&until=`
pub(crate) async fn reconciliation(visit: Visit) -> Answer {
    let words = visit.words;
    let filters = Filters::new(&visit)
        .text("account", words.t("col-account"))
        .day("from", words.t("reconciled-from"))
        .day("until", words.t("reconciled-until"));
    let listed: Listed<Reconciled> = visit
        .api
        .get(&filters.request("/v1/reconciliation"))
        .await?;
    let title = words.of_family(&PLACE, Place::Reconciliation.name());
    let mut table = Table::new(&title)
        .text(words.t("col-account"))
        .text(words.t("reconciled-on"))
        .figure(words.t("reconciled-stated"))
        .figure(words.t("reconciled-ledger"))
        .figure(words.t("reconciled-difference"))
        .text(words.t("col-entry"))
        .text(words.t("col-status"));
    for line in &listed.items {
        table.row(vec![
            links::of("/accounts", line.account.as_str()),
            day(line.on),
            amount(line.stated),
            amount(line.ledger),
            amount(line.difference),
            links::entry(line.entry),
            agreement(words, line),
        ]);
    }
    Ok(pages::of_list(
        &visit,
        Place::Reconciliation,
        &title,
        &filters,
        &table.shown(words),
        &listed,
    ))
}

fn agreement(words: Words, line: &Reconciled) -> Markup {
    html! {
        @match (line.alert, line.cleared_by) {
            (Some(alert), None) => {
                a href={ "/alerts/" (alert) } { (badge(Tone::Bad, &words.t("reconciled-differs"))) }
            }
            (_, Some(entry)) => {
                (badge(Tone::Good, &words.t("reconciled-cleared"))) " " (links::entry(entry))
            }
            (None, None) => (badge(Tone::Good, &words.t("reconciled-agrees"))),
        }
    }
}

/// `GET /refusals?kind=&code=&party=&transaction=`
pub(crate) async fn refusals(visit: Visit) -> Answer {
    let words = visit.words;
    let kinds = Kind::ALL
        .iter()
        .map(|kind| (kind.name().to_owned(), words.one(kind.title())))
        .collect();
    let filters = Filters::new(&visit)
        .choice("kind", words.t("entries-kind"), kinds)
        .text("code", words.t("refused-code"))
        .text("party", words.t("col-party"))
        .text("transaction", words.t("entries-transaction"));
    let listed: Listed<RefusedSubmission> = visit.api.get(&filters.request("/v1/refusals")).await?;
    let title = words.of_family(&PLACE, Place::Refusals.name());
    let mut table = Table::new(&title)
        .text(words.t("refused-number"))
        .text(words.t("refused-decided"))
        .text(words.t("entries-kind"))
        .text(words.t("entries-transaction"))
        .text(words.t("refused-parties"))
        .text(words.t("refused-why"));
    for refused in &listed.items {
        table.row(vec![
            html! { (refused.number) },
            moment(refused.decided),
            html! { (words.kind(&refused.kind)) },
            code(refused.transaction.as_str()),
            html! {
                @for (party, key) in refused.parties.iter().zip(&refused.keys) {
                    a href={ "/keys/" (key) } title=(key) { (party) } " "
                }
            },
            html! {
                ul .plain { @for objection in &refused.refusals { li { (why(words, objection)) } } }
            },
        ]);
    }
    Ok(pages::of_list(
        &visit,
        Place::Refusals,
        &title,
        &filters,
        &table.shown(words),
        &listed,
    ))
}

/// A rule that objected: what it says, its article, and the figures.
fn why(words: Words, objection: &Objection) -> Markup {
    let rule = chapters::rules().find(|rule| rule.code == objection.code);
    html! {
        @match rule {
            Some(rule) => (words.one(rule.title)),
            None => (code(&objection.code)),
        }
        @if objection.article > 0 { " [" (article_name(words, objection.article)) "]" }
        @if !objection.figures.is_empty() { " " (tree::figures(words, &objection.figures)) }
    }
}

//! What the ledger's integrity rests on: the log, its witnesses, what must hold, the audit.

use fundtrail_model::Moment;
use maud::{Markup, html};

use super::asked::{Audited, Common, Fund, Invariant, Witness, Witnesses};
use crate::components::definitions::Definitions;
use crate::components::figures::{code, count, day, digest, moment, nothing};
use crate::components::links;
use crate::components::notices::{Tone, badge};
use crate::components::table::Table;
use crate::i18n::Words;
use crate::visit::Visit;

/// The panel.
pub(super) fn shown(visit: &Visit, common: &Common) -> Markup {
    let words = visit.words;
    html! {
        section .integrity aria-labelledby="integrity" {
            h2 #integrity { (words.t("overview-integrity")) }
            div .halves {
                div {
                    h3 { (words.t("overview-log")) }
                    (log(visit, &common.witnesses))
                    h3 { (words.t("overview-audit")) }
                    (audit(visit, common.fund.last_audit.as_ref()))
                }
                div {
                    h3 { (words.t("overview-witnesses")) }
                    (witnesses(words, &common.witnesses))
                    h3 { (words.t("overview-invariants")) }
                    (invariants(words, &common.fund))
                }
            }
        }
    }
}

fn log(visit: &Visit, witnesses: &Witnesses) -> Markup {
    let words = visit.words;
    let waiting = witnesses
        .size
        .saturating_sub(witnesses.published.unwrap_or_default());
    let mut facts = Definitions::new().add(
        words.t("overview-tree-size"),
        html! {
            (count(witnesses.size))
            @if waiting > 0 {
                " " (badge(Tone::Warn, &words.ta("overview-waiting", &[("count", count(waiting).into())])))
            }
        },
    );
    match &visit.log {
        Some(log) => {
            facts = facts
                .add(
                    words.t("overview-checkpoint"),
                    html! { a href="/checkpoint" { (words.ta("overview-checkpoint-over", &[("size", count(log.size).into())])) } },
                )
                .add_some(words.t("overview-recorded"), witnesses.recorded.map(moment))
                .add(words.t("overview-root"), digest(&log.root));
        }
        None => facts = facts.add(words.t("overview-checkpoint"), nothing()),
    }
    let rule = if witnesses.quorum {
        words.t("overview-quorum")
    } else {
        words.t("overview-no-quorum")
    };
    facts
        .add(words.t("overview-published-when"), html! { (rule) })
        .add(
            words.t("overview-check"),
            html! { a href="/verify" { (words.t("overview-check-do")) } },
        )
        .shown()
}

fn audit(visit: &Visit, audited: Option<&Audited>) -> Markup {
    let words = visit.words;
    let Some(audited) = audited else {
        return html! { p .empty { (words.t("overview-no-audit")) } };
    };
    let entry = if visit.reader.is_some() {
        links::entry(audited.entry)
    } else {
        html! { "#" (audited.entry) }
    };
    Definitions::new()
        .add_some(words.t("overview-audited-on"), audited.on.map(day))
        .add_some(
            words.t("overview-auditor"),
            audited.auditor.as_ref().map(|id| code(id.as_str())),
        )
        .add(words.t("overview-audit-entry"), entry)
        .add_some(
            words.t("overview-audit-digest"),
            audited.digest.as_ref().map(|one| digest(&one.to_string())),
        )
        .shown()
}

fn witnesses(words: Words, witnesses: &Witnesses) -> Markup {
    if witnesses.items.is_empty() {
        return html! { p .empty { (words.t("overview-no-witnesses")) } };
    }
    let mut table = Table::new(words.t("overview-witnesses"))
        .text(words.t("overview-witness"))
        .figure(words.t("overview-cosigned"))
        .text(words.t("overview-cosigned-at"))
        .text(words.t("overview-state"));
    for one in &witnesses.items {
        let time = one
            .time
            .and_then(|seconds| Moment::from_millis(seconds.checked_mul(1000)?));
        table.row(vec![
            code(&one.name),
            html! { @if let Some(size) = one.cosigned { (count(size)) } @else { (nothing()) } },
            html! { @if let Some(time) = time { (moment(time)) } @else { (nothing()) } },
            state(words, one, witnesses.size),
        ]);
    }
    table.shown(words)
}

fn state(words: Words, one: &Witness, size: u64) -> Markup {
    let behind = size.saturating_sub(one.cosigned.unwrap_or_default());
    match &one.failure {
        Some(failure) => {
            let tone = if one.fatal { Tone::Bad } else { Tone::Warn };
            html! { (badge(tone, &trouble(words, failure))) " " (code(failure)) }
        }
        None if one.url.is_none() => badge(Tone::Plain, &words.t("overview-witness-not-asked")),
        None if behind == 0 => badge(Tone::Good, &words.t("overview-witness-level")),
        None => {
            let behind = count(behind);
            badge(
                Tone::Plain,
                &words.ta("overview-witness-behind", &[("count", behind.into())]),
            )
        }
    }
}

/// What keeps a witness from cosigning.
fn trouble(words: Words, failure: &str) -> String {
    match failure {
        "WITNESS_UNREACHABLE" => words.t("overview-witness-unreachable"),
        "WITNESS_UNKNOWN_LOG" => words.t("overview-witness-unknown-log"),
        "WITNESS_UNTRUSTED" => words.t("overview-witness-untrusted"),
        "WITNESS_AHEAD" => words.t("overview-witness-ahead"),
        "WITNESS_CONFLICT" => words.t("overview-witness-conflict"),
        "WITNESS_REFUSED_PROOF" => words.t("overview-witness-refused-proof"),
        "WITNESS_BAD_SIGNATURE" => words.t("overview-witness-bad-signature"),
        _ => words.t("overview-witness-other"),
    }
}

fn invariants(words: Words, fund: &Fund) -> Markup {
    html! {
        ul .checks {
            @for one in &fund.invariants {
                li {
                    @if one.holds {
                        (badge(Tone::Good, &words.t("overview-holds")))
                    } @else {
                        (badge(Tone::Bad, &words.t("overview-broken")))
                    }
                    " " (says(words, one))
                    @for object in &one.violated_by { " " (links::named_object(words, object)) }
                }
            }
        }
    }
}

fn says(words: Words, one: &Invariant) -> String {
    match one.id.as_str() {
        "I1" => words.t("overview-invariant-1"),
        "I2" => words.t("overview-invariant-2"),
        "I3" => words.t("overview-invariant-3"),
        "I4" => words.t("overview-invariant-4"),
        "I5" => words.t("overview-invariant-5"),
        _ => one.says.clone(),
    }
}

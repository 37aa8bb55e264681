//! The manager's operation reports (运营情况报告), as documents in either language.
//!
//! Sections as in the reference: A money, B loans, C claims, D recoveries, E ratios, F
//! exceptions, G reviews, H plans; and on a year, what must hold. Every figure is the
//! API's. Absent on purpose: plans, which the manager writes, and clocks.

mod claims;
pub(crate) mod document;
mod lending;
mod money;
mod oversight;
pub(crate) mod record;
pub(crate) mod xlsx;

use fundtrail_model::{Amount, Day};
use fundtrail_regulation::period::{Period, Span};

use crate::i18n::Words;
use document::{Cell, Document, Grid, Section};
use record::{Held, Report};

/// What a report says beside its own figures.
pub(crate) struct Beside {
    /// Number of the policy's document.
    pub(crate) doc_no: Option<String>,
    /// When the reporter filed its report on the period, and the entry.
    pub(crate) filed: Option<(Day, u64)>,
    /// What must hold, at the close of a year.
    pub(crate) held: Option<Held>,
}

/// A report as a document.
pub(crate) fn document(words: Words, report: &Report, beside: &Beside) -> Document {
    let mut sections = vec![
        summary(words, report),
        money::section(words, report),
        lending::section(words, report),
        claims::claims(words, report),
        claims::recoveries(words, report),
        oversight::ratios(words, report),
        oversight::exceptions(words, report),
        oversight::reviews(words, report),
    ];
    let mut plans = Section::new("H", words.t("reports-plans"));
    plans.is_to_write = true;
    sections.push(plans.note(words.t("reports-plans-note")));
    sections.push(oversight::annex(words, report, beside.held.as_ref()));
    Document {
        title: title(words, report.period),
        until: report.until,
        facts: facts(words, report, beside),
        sections,
    }
}

/// `2022年第一季度运营情况报告`
pub(crate) fn title(words: Words, period: Period) -> String {
    words.ta("reports-title", &[("period", name(words, period).into())])
}

/// `2022年第一季度`, `2022年度`; the written form of other periods.
pub(crate) fn name(words: Words, period: Period) -> String {
    let written = period.to_string();
    let year = written.get(..4).unwrap_or_default();
    match (
        period.span(),
        written.get(5..).and_then(|part| part.parse::<u8>().ok()),
    ) {
        (Span::Quarter, Some(quarter)) => words.ta(
            "reports-quarter",
            &[("year", year.into()), ("quarter", quarter.into())],
        ),
        (Span::Year, _) => words.ta("reports-year", &[("year", year.into())]),
        _ => written,
    }
}

fn facts(words: Words, report: &Report, beside: &Beside) -> Vec<(String, Vec<Cell>)> {
    let reporter = report
        .reported_by
        .as_ref()
        .map(|id| Cell::record("/partners", id.as_str()));
    let policy = report.policy.map(|version| {
        let called = beside.doc_no.clone().unwrap_or_else(|| version.to_string());
        Cell::Link(called, format!("/policy/{version}"))
    });
    let filed = match beside.filed {
        Some((day, entry)) => vec![Cell::Day(day), Cell::Entries(vec![entry])],
        None => vec![Cell::Text(words.t("reports-not-filed"))],
    };
    let days = [
        ("from", report.from.to_string().into()),
        ("until", report.until.to_string().into()),
    ];
    let state = if report.is_closed {
        words.t("reports-closed")
    } else {
        words.t("reports-open")
    };
    let mut facts = vec![
        (
            words.t("reports-reporter"),
            vec![reporter.unwrap_or(Cell::Nothing)],
        ),
        (
            words.t("reports-period"),
            vec![Cell::Text(words.ta("reports-days", &days))],
        ),
        (words.t("reports-filed"), filed),
        (
            words.t("reports-document"),
            vec![policy.unwrap_or(Cell::Nothing)],
        ),
        (
            words.t("reports-ledger"),
            vec![Cell::Text(report.ledger.clone())],
        ),
        (
            words.t("reports-height"),
            vec![Cell::Text(height(words, report))],
        ),
        (
            words.t("reports-root"),
            vec![Cell::Code(report.root.clone())],
        ),
        (words.t("reports-state"), vec![Cell::Text(state)]),
    ];
    if !report.recorded_late.is_empty() {
        facts.push((
            words.t("reports-late-entries"),
            vec![Cell::Entries(report.recorded_late.clone())],
        ));
    }
    facts
}

/// `112 (38 to 111 are of the period)`
fn height(words: Words, report: &Report) -> String {
    let size = report.closing_size.to_string();
    match report.closing_size.checked_sub(1) {
        Some(last) if report.opening_size <= last => words.ta(
            "reports-height-of",
            &[
                ("size", size.into()),
                ("first", report.opening_size.to_string().into()),
                ("last", last.to_string().into()),
            ],
        ),
        _ => words.ta("reports-height-none", &[("size", size.into())]),
    }
}

/// What a reader in a hurry wants to know, in ten thousands of yuan.
fn summary(words: Words, report: &Report) -> Section {
    let mut grid = Grid::new(words.t("reports-summary"))
        .text(words.t("reports-item"))
        .figure(words.t("reports-wan"));
    let flows = &report.money.flows;
    let outstanding: Amount = report
        .lending
        .iter()
        .map(|one| one.outstanding.amount)
        .sum();
    for (item, amount) in [
        (words.t("reports-opening"), report.money.opening),
        (words.t("reports-contributions"), flows.contributions.amount),
        (words.t("reports-interest"), flows.interest.amount),
        (words.t("reports-returns"), flows.returns.amount),
        (words.t("reports-compensation"), flows.compensation.amount),
        (words.t("reports-fees"), flows.fees.amount),
        (words.t("reports-distributions"), flows.distributions.amount),
        (words.t("reports-closing"), report.money.closing),
        (words.t("reports-outstanding-all"), outstanding),
        (
            words.t("reports-approved-unpaid"),
            report.claims.approved_unpaid.amount,
        ),
        (
            words.t("reports-owed-closing"),
            report.recoveries.owed_closing,
        ),
    ] {
        grid.row(vec![Cell::Text(item), Cell::TenThousands(amount)]);
    }
    Section::new("", words.t("reports-summary"))
        .grid(grid)
        .note(words.t("reports-summary-note"))
}

//! E 预警, F 例外, G 评价, and what is added: fees, reports and audits, and what must hold.

use super::document::{Cell, Grid, Section};
use super::record::{Held, Paper, Report};
use crate::i18n::Words;
use crate::i18n::families::{INVARIANT, OPINION};

/// The kind of the half-yearly review.
const REVIEW: &str = "performance_review";
/// Those that replaying the entries shows, and no figure of a state.
const BY_REPLAY: [&str; 4] = ["I6", "I7", "I8", "I9"];

/// Section E.
pub(super) fn ratios(words: Words, report: &Report) -> Section {
    let mut ratios = Grid::new(words.t("reports-ratios"))
        .text(words.t("col-bank"))
        .figure(words.t("reports-numerator"))
        .figure(words.t("reports-denominator"))
        .figure(words.t("reports-percent"))
        .text(words.t("reports-standing"))
        .text(words.t("reports-warning-on"))
        .text(words.t("reports-suspension-on"));
    let mut notices = Grid::new(words.t("reports-notices"))
        .text(words.t("col-bank"))
        .text(words.t("reports-notice"))
        .text(words.t("reports-notice-at"))
        .text(words.t("col-entry"));
    for one in &report.ratios {
        let standing = match (one.reaches_warning, one.reaches_suspension) {
            (_, true) => words.t("reports-reaches-suspension"),
            (true, false) => words.t("reports-reaches-warning"),
            (false, false) => words.t("reports-reaches-none"),
        };
        ratios.row(vec![
            Cell::record("/partners", one.bank.as_str()),
            Cell::sum(one.compensated),
            Cell::sum(one.disbursed),
            one.percent.clone().map_or(Cell::Nothing, Cell::Percent),
            Cell::Text(standing),
            Cell::day(one.warning_reached_on),
            Cell::day(one.suspension_reached_on),
        ]);
        for told in &one.notices {
            notices.row(vec![
                Cell::record("/partners", one.bank.as_str()),
                Cell::Text(words.kind(&told.kind)),
                Cell::Moment(told.at),
                Cell::Entries(vec![told.entry]),
            ]);
        }
    }
    Section::new("E", words.t("reports-brakes"))
        .grid(ratios)
        .grid(notices)
        .note(words.t("reports-ratio-note"))
}

/// Section F.
pub(super) fn exceptions(words: Words, report: &Report) -> Section {
    let mut grid = Grid::new(words.t("reports-exceptions"))
        .text(words.t("reports-code"))
        .text(words.t("col-article"))
        .text(words.t("reports-says"))
        .figure(words.t("reports-in-period-number"))
        .figure(words.t("reports-standing-number"));
    for one in &report.exceptions {
        let says = one
            .title
            .as_ref()
            .map(|title| title.in_words(words).to_owned());
        grid.row(vec![
            Cell::Code(one.code.clone()),
            match one.article {
                0 => Cell::Nothing,
                article => {
                    let called =
                        words.ta("entry-article", &[("article", article.to_string().into())]);
                    Cell::Link(called, format!("/rules?article={article}"))
                }
            },
            says.map_or(Cell::Nothing, Cell::Text),
            Cell::Count(one.count, one.entries.clone()),
            Cell::number(one.standing),
        ]);
    }
    Section::new("F", words.t("reports-exceptions")).grid(grid)
}

/// Section G.
pub(super) fn reviews(words: Words, report: &Report) -> Section {
    let mut grid = Grid::new(words.t("reports-reviews"))
        .text(words.t("reports-subject"))
        .text(words.t("reports-half-year"))
        .text(words.t("reports-dated"))
        .text(words.t("col-entry"));
    for one in report.papers.iter().filter(|paper| paper.kind == REVIEW) {
        grid.row(vec![
            party(one),
            Cell::Text(one.on.clone()),
            Cell::Day(one.date),
            Cell::Entries(vec![one.entry]),
        ]);
    }
    Section::new("G", words.t("reports-reviews"))
        .grid(grid)
        .note(words.t("reports-reviews-note"))
}

/// What follows the lettered sections: reports and audits, fees, and on a year what must hold.
pub(super) fn annex(words: Words, report: &Report, held: Option<&Held>) -> Section {
    let mut papers = Grid::new(words.t("reports-papers"))
        .text(words.t("reports-paper"))
        .text(words.t("reports-by"))
        .text(words.t("reports-about-what"))
        .text(words.t("reports-opinion"))
        .text(words.t("reports-dated"))
        .text(words.t("col-entry"));
    for one in report.papers.iter().filter(|paper| paper.kind != REVIEW) {
        let result = one
            .result
            .as_ref()
            .map(|result| words.of_family(&OPINION, result));
        papers.row(vec![
            Cell::Text(words.kind(&one.kind)),
            party(one),
            Cell::Text(one.on.clone()),
            result.map_or(Cell::Nothing, Cell::Text),
            Cell::Day(one.date),
            Cell::Entries(vec![one.entry]),
        ]);
    }
    let mut fees = Grid::new(words.t("reports-fee-years"))
        .text(words.t("reports-fee-year"))
        .figure(words.t("reports-fee-paid"))
        .figure(words.t("reports-fee-ceiling"))
        .figure(words.t("reports-fee-left"));
    for one in &report.fees {
        fees.row(vec![
            Cell::Text(one.year.to_string()),
            Cell::sum(one.paid),
            one.ceiling.map_or(Cell::Nothing, Cell::sum),
            one.ceiling
                .map_or(Cell::Nothing, |ceiling| Cell::sum(ceiling - one.paid)),
        ]);
    }
    let section = Section::new("", words.t("reports-annex"))
        .grid(papers)
        .grid(fees);
    match held {
        Some(held) => section
            .grid(invariants(words, report, held))
            .note(words.t("reports-replay-note")),
        None => section,
    }
}

fn invariants(words: Words, report: &Report, held: &Held) -> Grid {
    let mut grid = Grid::new(words.t("reports-invariants"))
        .text(words.t("reports-invariant"))
        .text(words.t("reports-says"))
        .text(words.t("reports-result"));
    let result = |holds: bool| match holds {
        true => words.t("reports-holds"),
        false => words.t("reports-violated"),
    };
    for one in &held.invariants {
        let known = words.of_family(&INVARIANT, &one.id);
        let says = if known == one.id {
            one.says.clone()
        } else {
            known
        };
        grid.row(vec![
            Cell::Code(one.id.clone()),
            Cell::Text(says),
            Cell::Text(result(one.holds)),
        ]);
    }
    for id in BY_REPLAY {
        let says = words.of_family(&INVARIANT, id);
        let by_replay = words.t("reports-by-replay");
        grid.row(vec![
            Cell::Code(id.into()),
            Cell::Text(says),
            Cell::Text(by_replay),
        ]);
    }
    let statements = report
        .money
        .accounts
        .iter()
        .flat_map(|account| &account.statements);
    let agree = statements
        .clone()
        .all(|one| one.difference.is_zero() || one.cleared_by.is_some());
    let agree = match statements.count() {
        0 => words.t("reports-no-statements"),
        _ => result(agree),
    };
    let says = words.of_family(&INVARIANT, "I10");
    grid.row(vec![
        Cell::Code("I10".into()),
        Cell::Text(says),
        Cell::Text(agree),
    ]);
    grid
}

fn party(paper: &Paper) -> Cell {
    let party = paper.party.as_ref();
    party.map_or(Cell::Nothing, |party| {
        Cell::record("/partners", party.as_str())
    })
}

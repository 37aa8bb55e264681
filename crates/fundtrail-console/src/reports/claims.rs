//! C 补偿 and D 追偿: how far claims came, what waits, and what is to be returned.

use super::document::{Cell, Grid, Section};
use super::lending::pair;
use super::record::Report;
use crate::i18n::Words;

/// Section C.
pub(super) fn claims(words: Words, report: &Report) -> Section {
    let claims = &report.claims;
    let mut steps = Grid::new(words.t("reports-claim-steps"))
        .text(words.t("reports-step"))
        .figure(words.t("reports-number"))
        .figure(words.t("reports-amount"));
    for (step, tally) in [
        (words.t("reports-submitted"), &claims.submitted),
        (words.t("reports-verified"), &claims.verified),
        (words.t("reports-approved"), &claims.approved),
        (words.t("reports-rejected"), &claims.rejected),
        (words.t("reports-paid"), &claims.paid),
    ] {
        steps.row(vec![
            Cell::Text(step),
            Cell::Count(tally.count, tally.entries.clone()),
            Cell::Amount(tally.amount, tally.entries.clone()),
        ]);
    }
    let waiting = &claims.undecided;
    let mut ageing = Grid::new(words.t("reports-ageing"))
        .text(words.t("reports-waits"))
        .figure(words.t("reports-number"))
        .figure(words.t("reports-amount"));
    let ages = [
        (words.t("reports-days-30"), &waiting.days_30),
        (words.t("reports-days-60"), &waiting.days_60),
        (words.t("reports-days-90"), &waiting.days_90),
        (words.t("reports-days-more"), &waiting.longer),
    ];
    let count = ages.iter().map(|(_, stock)| stock.count).sum();
    let amount = ages.iter().map(|(_, stock)| stock.amount).sum();
    for (age, stock) in ages {
        let mut cells = vec![Cell::Text(age)];
        cells.extend(pair(stock));
        ageing.row(cells);
    }
    ageing.total(vec![
        Cell::Text(words.t("col-total")),
        Cell::number(count),
        Cell::sum(amount),
    ]);
    let mut unpaid = Grid::new(words.t("reports-approved-unpaid"))
        .text(words.t("reports-item"))
        .figure(words.t("reports-number"))
        .figure(words.t("reports-amount"));
    let mut cells = vec![Cell::Text(words.t("reports-approved-unpaid"))];
    cells.extend(pair(&claims.approved_unpaid));
    unpaid.row(cells);
    Section::new("C", words.t("reports-claims"))
        .grid(steps)
        .grid(ageing)
        .grid(unpaid)
}

/// Section D.
pub(super) fn recoveries(words: Words, report: &Report) -> Section {
    let found = &report.recoveries;
    let mut sums = Grid::new(words.t("reports-recovered"))
        .text(words.t("reports-item"))
        .figure(words.t("reports-number"))
        .figure(words.t("reports-amount"));
    let collected = &found.collected;
    let mut row = |item: String, count: Cell, amount: Cell| {
        sums.row(vec![Cell::Text(item), count, amount]);
    };
    row(
        words.t("reports-collected"),
        Cell::Count(collected.count, collected.entries.clone()),
        Cell::Amount(collected.amount, collected.entries.clone()),
    );
    row(
        words.t("reports-owed-opening"),
        Cell::Nothing,
        Cell::sum(found.owed_opening),
    );
    for (item, sum) in [
        (words.t("reports-due"), &found.due),
        (words.t("reports-returned"), &found.returned),
    ] {
        row(
            item,
            Cell::Nothing,
            Cell::Amount(sum.amount, sum.entries.clone()),
        );
    }
    row(
        words.t("reports-owed-closing"),
        Cell::Nothing,
        Cell::sum(found.owed_closing),
    );
    let mut late = Grid::new(words.t("reports-late"))
        .text(words.t("reports-recovery"))
        .text(words.t("reports-collector"))
        .figure(words.t("reports-owed"))
        .text(words.t("reports-deadline"))
        .figure(words.t("reports-days-late"));
    for one in &found.late {
        late.row(vec![
            Cell::record("/recoveries", one.recovery.as_str()),
            Cell::record("/partners", one.collector.as_str()),
            Cell::sum(one.owed),
            Cell::Day(one.deadline),
            Cell::number(one.days_late),
        ]);
    }
    Section::new("D", words.t("reports-recoveries"))
        .grid(sums)
        .grid(late)
}

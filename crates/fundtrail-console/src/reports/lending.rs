//! B 贷款: by bank, what was lent, what is outstanding, what is overdue.

use fundtrail_model::Amount;

use super::document::{Cell, Grid, Section};
use super::record::{Disbursed, Lending, Report, Stock};
use crate::i18n::Words;

/// Section B.
pub(super) fn section(words: Words, report: &Report) -> Section {
    Section::new("B", words.t("reports-lending"))
        .grid(disbursed(
            words,
            words.t("reports-lent-period"),
            report,
            |one| &one.period,
        ))
        .grid(disbursed(
            words,
            words.t("reports-lent-cumulative"),
            report,
            |one| &one.cumulative,
        ))
        .grid(outstanding(words, report))
        .note(words.t("reports-enterprises-note"))
}

/// What was disbursed. Enterprises are not added up: one may borrow at two banks.
fn disbursed(
    words: Words,
    caption: String,
    report: &Report,
    of: impl Fn(&Lending) -> &Disbursed,
) -> Grid {
    let mut grid = Grid::new(caption)
        .text(words.t("col-bank"))
        .figure(words.t("reports-loans"))
        .figure(words.t("reports-enterprises"))
        .figure(words.t("reports-disbursed"))
        .figure(words.t("reports-ip"));
    let (mut loans, mut amount, mut ip) = (0, Amount::ZERO, Amount::ZERO);
    for one in &report.lending {
        let Disbursed {
            loans: own,
            enterprises,
            amount: lent,
            ip_amount,
            entries,
        } = of(one);
        loans += *own;
        amount += *lent;
        ip += *ip_amount;
        grid.row(vec![
            Cell::record("/partners", one.bank.as_str()),
            Cell::Count(*own, entries.clone()),
            Cell::number(*enterprises),
            Cell::Amount(*lent, entries.clone()),
            Cell::Amount(*ip_amount, entries.clone()),
        ]);
    }
    grid.total(vec![
        Cell::Text(words.t("col-total")),
        Cell::number(loans),
        Cell::Nothing,
        Cell::sum(amount),
        Cell::sum(ip),
    ]);
    grid
}

fn outstanding(words: Words, report: &Report) -> Grid {
    let mut grid = Grid::new(words.t("reports-outstanding"))
        .text(words.t("col-bank"))
        .figure(words.t("reports-outstanding-loans"))
        .figure(words.t("reports-outstanding-amount"))
        .figure(words.t("reports-short-loans"))
        .figure(words.t("reports-short-amount"))
        .figure(words.t("reports-long-loans"))
        .figure(words.t("reports-long-amount"));
    let parts = |one: &Lending| -> Vec<Cell> {
        [&one.outstanding, &one.overdue.short, &one.overdue.long]
            .into_iter()
            .flat_map(pair)
            .collect()
    };
    for one in &report.lending {
        let mut cells = vec![Cell::record("/partners", one.bank.as_str())];
        cells.extend(parts(one));
        grid.row(cells);
    }
    let mut total = vec![Cell::Text(words.t("col-total"))];
    for of in [
        (|one| &one.outstanding) as fn(&Lending) -> &Stock,
        |one| &one.overdue.short,
        |one| &one.overdue.long,
    ] {
        let all = report.lending.iter().map(of);
        total.push(Cell::number(all.clone().map(|stock| stock.count).sum()));
        total.push(Cell::sum(all.map(|stock| stock.amount).sum()));
    }
    grid.total(total);
    grid
}

/// How many and how much.
pub(super) fn pair(stock: &Stock) -> [Cell; 2] {
    [Cell::number(stock.count), Cell::sum(stock.amount)]
}

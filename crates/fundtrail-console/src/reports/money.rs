//! A 资金: the fund by purpose, each account, and what banks state.

use fundtrail_model::Amount;

use super::document::{Cell, Grid, Section};
use super::record::{Report, Sum};
use crate::i18n::Words;

/// Section A.
pub(super) fn section(words: Words, report: &Report) -> Section {
    Section::new("A", words.t("reports-money"))
        .grid(by_purpose(words, report))
        .grid(by_account(words, report))
        .grid(statements(words, report))
}

fn by_purpose(words: Words, report: &Report) -> Grid {
    let (flows, all) = (&report.money.flows, &report.money.cumulative);
    let mut grid = Grid::new(words.t("reports-by-purpose"))
        .text(words.t("reports-item"))
        .text(words.t("reports-direction"))
        .figure(words.t("reports-in-period"))
        .figure(words.t("reports-cumulative"));
    let balance = |item: String, amount| {
        vec![
            Cell::Text(item),
            Cell::Nothing,
            Cell::sum(amount),
            Cell::Nothing,
        ]
    };
    grid.row(balance(words.t("reports-opening"), report.money.opening));
    let (comes_in, goes_out) = (words.t("reports-in"), words.t("reports-out"));
    let lines: [(String, &String, &Sum, Amount); 8] = [
        (
            words.t("reports-contributions"),
            &comes_in,
            &flows.contributions,
            all.contributions,
        ),
        (
            words.t("reports-interest"),
            &comes_in,
            &flows.interest,
            all.interest,
        ),
        (
            words.t("reports-returns"),
            &comes_in,
            &flows.returns,
            all.returns,
        ),
        (
            words.t("reports-clawbacks"),
            &comes_in,
            &flows.clawbacks,
            all.clawbacks,
        ),
        (
            words.t("reports-suspense"),
            &comes_in,
            &flows.suspense,
            all.suspense,
        ),
        (
            words.t("reports-compensation"),
            &goes_out,
            &flows.compensation,
            all.compensation,
        ),
        (words.t("reports-fees"), &goes_out, &flows.fees, all.fees),
        (
            words.t("reports-distributions"),
            &goes_out,
            &flows.distributions,
            all.distributions,
        ),
    ];
    for (item, direction, sum, all) in lines {
        grid.row(vec![
            Cell::Text(item),
            Cell::Text(direction.clone()),
            Cell::Amount(sum.amount, sum.entries.clone()),
            Cell::sum(all),
        ]);
    }
    grid.total(balance(words.t("reports-closing"), report.money.closing));
    grid
}

fn by_account(words: Words, report: &Report) -> Grid {
    let mut grid = Grid::new(words.t("reports-by-account"))
        .text(words.t("col-account"))
        .text(words.t("col-bank"))
        .figure(words.t("reports-opening"))
        .figure(words.t("reports-received"))
        .figure(words.t("reports-paid-out"))
        .figure(words.t("reports-closing"));
    let accounts = &report.money.accounts;
    for one in accounts {
        grid.row(vec![
            Cell::record("/accounts", one.account.as_str()),
            Cell::record("/partners", one.bank.as_str()),
            Cell::sum(one.opening),
            Cell::Amount(one.received.amount, one.received.entries.clone()),
            Cell::Amount(one.paid.amount, one.paid.entries.clone()),
            Cell::sum(one.closing),
        ]);
    }
    grid.total(vec![
        Cell::Text(words.t("col-total")),
        Cell::Nothing,
        Cell::sum(accounts.iter().map(|one| one.opening).sum()),
        Cell::sum(accounts.iter().map(|one| one.received.amount).sum()),
        Cell::sum(accounts.iter().map(|one| one.paid.amount).sum()),
        Cell::sum(accounts.iter().map(|one| one.closing).sum()),
    ]);
    grid
}

fn statements(words: Words, report: &Report) -> Grid {
    let mut grid = Grid::new(words.t("reports-statements"))
        .text(words.t("col-account"))
        .text(words.t("reports-stated-on"))
        .figure(words.t("reports-stated"))
        .figure(words.t("reports-of-ledger"))
        .figure(words.t("reports-difference"))
        .text(words.t("reports-result"))
        .text(words.t("col-entry"));
    for account in &report.money.accounts {
        for one in &account.statements {
            let (result, mut entries) = match one.cleared_by {
                _ if one.difference.is_zero() => (words.t("reports-agrees"), vec![one.entry]),
                Some(entry) => (words.t("reports-cleared"), vec![one.entry, entry]),
                None => (words.t("reports-differs"), vec![one.entry]),
            };
            entries.dedup();
            grid.row(vec![
                Cell::record("/accounts", account.account.as_str()),
                Cell::Day(one.on),
                Cell::sum(one.stated),
                Cell::sum(one.ledger),
                Cell::sum(one.difference),
                Cell::Text(result),
                Cell::Entries(entries),
            ]);
        }
    }
    grid
}

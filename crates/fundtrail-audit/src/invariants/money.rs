//! I1, I2 and I5: accounts, the balance equation, and fees.

use std::collections::BTreeMap;

use fundtrail_model::{Amount, Day, Fault};
use fundtrail_regulation::policy::Policy;
use fundtrail_regulation::state::{
    Book, Claim, InterestPeriod, Order, PolicyVersion, Recovery, View, YearFees,
};

use super::Grounds;
use crate::books::ACCOUNT_PREFIX;

/// The closed set of books (Art. 2), with the sign of what each adds to the fund's balance.
/// A name that ends in a colon has a party behind it.
const BOOKS: &[(&str, Direction)] = &[
    ("contribution:", Direction::In),
    ("interest", Direction::In),
    ("returns", Direction::In),
    ("clawbacks", Direction::In),
    ("suspense:", Direction::In),
    ("compensation", Direction::Out),
    ("fees", Direction::Out),
    ("distribution:", Direction::Out),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    In,
    Out,
}

/// I1: each account at least zero; the books of the state are those of the postings.
pub(super) fn accounts(grounds: &Grounds<'_>) -> Result<Vec<String>, Fault> {
    let mut wrong = Vec::new();
    for (book, balance) in accounts_of(grounds.books) {
        if balance.is_negative() {
            wrong.push(format!("{book}: {balance}"));
        }
    }
    let total: Amount = accounts_of(grounds.books).map(|(_, balance)| balance).sum();
    if total.is_negative() {
        wrong.push(format!("the fund's balance is {total}"));
    }
    let stored: BTreeMap<String, Amount> = grounds
        .view
        .list::<Book>(b"")?
        .into_iter()
        .map(|book| (book.book, book.balance))
        .collect();
    if stored != *grounds.books {
        wrong.push("the balances that the replay gives are not those of the postings".into());
    }
    Ok(wrong)
}

/// I2: the balance equation, from the books; and each book against the records behind it.
pub(super) fn balance(grounds: &Grounds<'_>) -> Result<Vec<String>, Fault> {
    let mut wrong = Vec::new();
    let mut expected = Amount::ZERO;
    for (book, balance) in grounds.books {
        if book.starts_with(ACCOUNT_PREFIX) {
            continue;
        }
        let known = BOOKS.iter().find(|(name, _)| {
            if name.ends_with(':') {
                book.starts_with(name)
            } else {
                book == name
            }
        });
        match known {
            None => wrong.push(format!("{book}: the regulation knows no such movement")),
            // What comes in is credited to its book, what goes out is debited.
            Some((_, Direction::In)) if *balance > Amount::ZERO => {
                wrong.push(format!(
                    "{book}: {balance} went out of what can only come in"
                ));
            }
            Some((_, Direction::Out)) if balance.is_negative() => {
                wrong.push(format!("{book}: {balance} came in by what can only go out"));
            }
            Some(_) => {}
        }
        expected -= *balance;
    }
    let total: Amount = accounts_of(grounds.books).map(|(_, balance)| balance).sum();
    if total != expected {
        wrong.push(format!(
            "the accounts hold {total}, the movements give {expected}"
        ));
    }
    for (name, book, records) in recorded(grounds)? {
        if book != records {
            wrong.push(format!(
                "{name}: {book} by the books, {records} by the records"
            ));
        }
    }
    Ok(wrong)
}

/// I5: the fees of each calendar year against the highest ceiling that applied in it.
pub(super) fn fees(grounds: &Grounds<'_>) -> Result<Vec<String>, Fault> {
    let mut wrong = Vec::new();
    for fees in grounds.view.list::<YearFees>(b"")? {
        let ceiling = ceiling_of(fees.year, grounds.view)?.unwrap_or_default();
        if fees.paid > ceiling {
            wrong.push(format!(
                "{}: {} paid, {ceiling} allowed",
                fees.year, fees.paid
            ));
        }
    }
    Ok(wrong)
}

fn accounts_of(books: &BTreeMap<String, Amount>) -> impl Iterator<Item = (&String, Amount)> {
    let accounts = books
        .iter()
        .filter(|(book, _)| book.starts_with(ACCOUNT_PREFIX));
    accounts.map(|(book, balance)| (book, *balance))
}

/// Each sort of movement: its name, its book, and the sum of its records.
fn recorded(grounds: &Grounds<'_>) -> Result<[(&'static str, Amount, Amount); 7], Fault> {
    let view = grounds.view;
    let fund = view.fund()?;
    let book = |name: &str| -> Amount {
        let found = grounds.books.iter().filter(|(book, _)| {
            if name.ends_with(':') {
                book.starts_with(name)
            } else {
                *book == name
            }
        });
        found.map(|(_, balance)| *balance).sum()
    };
    let interest = view
        .list::<InterestPeriod>(b"")?
        .iter()
        .map(|one| one.amount)
        .sum();
    let returned = view
        .list::<Recovery>(b"")?
        .iter()
        .map(|one| one.returned)
        .sum();
    let clawed_back = view
        .list::<Order>(b"")?
        .iter()
        .map(|one| one.returned)
        .sum();
    let paid = view.list::<Claim>(b"")?.iter().map(|one| one.paid).sum();
    let fees = view.list::<YearFees>(b"")?.iter().map(|one| one.paid).sum();
    let contributed = fund.contributed.iter().map(|one| one.total).sum();
    Ok([
        ("contributions", -book("contribution:"), contributed),
        ("interest", -book("interest"), interest),
        ("returns", -book("returns"), returned),
        ("clawbacks", -book("clawbacks"), clawed_back),
        ("suspense", -book("suspense:"), fund.suspense),
        ("compensation", book("compensation"), paid),
        ("fees", book("fees"), fees),
    ])
}

/// The highest ceiling of all policies that applied on some day of the year.
fn ceiling_of(year: u16, view: View<'_>) -> Result<Option<Amount>, Fault> {
    let (Some(first), Some(last)) = (Day::new(year.into(), 1, 1), Day::new(year.into(), 12, 31))
    else {
        return Ok(None);
    };
    let begun = view.policy_on(first)?.map(|version| version.policy);
    let later = view.list::<PolicyVersion>(b"")?;
    let later = later
        .into_iter()
        .filter(|one| (first..=last).contains(&one.applies_from));
    let policies = begun.into_iter().chain(later.map(|version| version.policy));
    Ok(policies.map(|policy: Policy| policy.fee_ceiling()).max())
}

#[cfg(test)]
mod tests {
    use fundtrail_regulation::state::{Contributed, Fund};

    use super::super::tests::{Scene, fen, id};
    use super::*;

    fn funded() -> Scene {
        let mut scene = Scene::default();
        scene.adopt();
        scene.book("account:main", 1000);
        scene.book("contribution:GOV", -1000);
        let one = Contributed {
            party: id("GOV"),
            initial: fen(1000),
            total: fen(1000),
        };
        scene.put(&Fund {
            contributed: vec![one],
            ..Fund::default()
        });
        scene
    }

    #[test]
    fn a_funded_ledger_balances() {
        let scene = funded();
        assert_eq!(scene.run(accounts), [""; 0]);
        assert_eq!(scene.run(balance), [""; 0]);
    }

    #[test]
    fn an_overdrawn_account_breaks_i1() {
        let mut scene = funded();
        scene.book("account:bank", -1);
        assert_eq!(scene.run(accounts), ["account:bank: -0.01"]);
    }

    #[test]
    fn a_state_that_is_not_that_of_the_postings_breaks_i1() {
        let mut scene = funded();
        scene.books.insert("account:main".into(), fen(999));
        assert_eq!(scene.run(accounts).len(), 1);
    }

    #[test]
    fn a_movement_of_no_known_sort_breaks_i2() {
        let mut scene = funded();
        scene.book("account:main", 900);
        scene.book("bonus", 100);
        assert_eq!(
            scene.run(balance),
            ["bonus: the regulation knows no such movement"]
        );
    }

    #[test]
    fn money_against_the_grain_breaks_i2() {
        let mut scene = funded();
        scene.book("account:main", 900);
        scene.book("interest", 100);
        let wrong = scene.run(balance);
        assert_eq!(wrong[0], "interest: 1.00 went out of what can only come in");
        assert_eq!(
            wrong[1],
            "interest: -1.00 by the books, 0.00 by the records"
        );
    }

    #[test]
    fn books_without_records_break_i2() {
        let mut scene = funded();
        scene.book("account:main", 700);
        scene.book("compensation", 300);
        assert_eq!(
            scene.run(balance),
            ["compensation: 3.00 by the books, 0.00 by the records"]
        );
    }

    #[test]
    fn an_equation_that_does_not_close_breaks_i2() {
        let mut scene = funded();
        scene.book("account:main", 1001);
        assert_eq!(
            scene.run(balance),
            ["the accounts hold 10.01, the movements give 10.00"]
        );
    }

    #[test]
    fn a_fen_above_the_ceiling_breaks_i5() {
        let mut scene = funded();
        scene.put(&YearFees {
            year: 2022,
            paid: fen(15_000_000),
        });
        assert_eq!(scene.run(fees), [""; 0]);
        scene.put(&YearFees {
            year: 2022,
            paid: fen(15_000_001),
        });
        assert_eq!(scene.run(fees), ["2022: 150000.01 paid, 150000.00 allowed"]);
    }
}

//! Accounting vouchers (记账凭证) of entries that move money, by the suggested chart of the
//! reference (代管专项资金): 1002 for money at banks, 2711 for whose it is.
//!
//! Books are debit positive, so a posting above zero is a debit and one below it a credit. A
//! reversal is written in red on the sides of what it takes back. The chart lacks what was
//! clawed back (2711.04 here) and money on suspense (2241 here): an accountant settles all of
//! it.

use std::collections::BTreeMap;

use fundtrail_model::{Amount, Posting};
use fundtrail_regulation::state::AccountUse;

/// A voucher.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Voucher {
    pub(crate) lines: Vec<Line>,
    /// Of the debits, and of the credits.
    pub(crate) debit: Amount,
    pub(crate) credit: Amount,
    /// Whether it is written in red.
    pub(crate) is_red: bool,
}

/// A line of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// `1002.01`
    pub(crate) account: &'static str,
    /// What the account is called, as one of [`crate::i18n::families::CHART`].
    pub(crate) called: &'static str,
    /// The account of the fund, or whose money it is; empty where neither tells more.
    pub(crate) detail: String,
    /// Below zero in red.
    pub(crate) amount: Amount,
    pub(crate) is_debit: bool,
}

impl Voucher {
    /// Of an entry's postings; none where it has none. `uses` is what each account is for,
    /// as far as the reader may know.
    pub(crate) fn of(
        postings: &[Posting],
        is_reversal: bool,
        uses: &BTreeMap<String, AccountUse>,
    ) -> Option<Voucher> {
        if postings.is_empty() {
            return None;
        }
        let mut lines: Vec<Line> = postings
            .iter()
            .map(|posting| Line::of(posting, is_reversal, uses))
            .collect();
        // Debits stand above credits; among them the order of the entry is kept.
        lines.sort_by_key(|line| !line.is_debit);
        let side = |is_debit: bool| {
            let own = lines.iter().filter(|line| line.is_debit == is_debit);
            own.map(|line| line.amount).sum()
        };
        Some(Voucher {
            debit: side(true),
            credit: side(false),
            is_red: is_reversal,
            lines,
        })
    }
}

impl Line {
    fn of(posting: &Posting, is_reversal: bool, uses: &BTreeMap<String, AccountUse>) -> Line {
        let (account, called, detail) = charted(&posting.book, uses);
        // A reversal posts the opposite: back to the side of what it takes back, in red.
        let is_debit = posting.amount.is_negative() == is_reversal;
        Line {
            account,
            called,
            detail: detail.to_owned(),
            amount: if is_debit {
                posting.amount
            } else {
                -posting.amount
            },
            is_debit,
        }
    }
}

/// The accounts that books are kept under, and what tells the book apart there.
fn charted<'a>(
    book: &'a str,
    uses: &BTreeMap<String, AccountUse>,
) -> (&'static str, &'static str, &'a str) {
    let (sort, detail) = book.split_once(':').unwrap_or((book, ""));
    let (account, called) = match (sort, uses.get(detail)) {
        ("account", Some(AccountUse::Main)) => ("1002.01", "main"),
        ("account", Some(AccountUse::Dedicated)) => ("1002.02", "dedicated"),
        ("account", None) => ("1002", "bank"),
        ("contribution", _) => ("2711.01", "contribution"),
        ("interest", _) => ("2711.02", "interest"),
        ("returns", _) => ("2711.03", "returns"),
        ("clawbacks", _) => ("2711.04", "clawbacks"),
        ("compensation", _) => ("2711.11", "compensation"),
        ("fees", _) => ("2711.12", "fees"),
        ("distribution", _) => ("2711.21", "distribution"),
        ("suspense", _) => ("2241", "suspense"),
        _ => return ("2711", "other", book),
    };
    (account, called, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posting(book: &str, yuan: i128) -> Posting {
        Posting {
            book: book.into(),
            amount: Amount::from_fen(yuan * 100),
            balance: Amount::ZERO,
        }
    }

    fn uses() -> BTreeMap<String, AccountUse> {
        [
            ("main".to_owned(), AccountUse::Main),
            ("at-a".to_owned(), AccountUse::Dedicated),
        ]
        .into()
    }

    /// The table of the reference: postings, then account and side of each line.
    #[test]
    fn money_is_charted_as_in_the_reference() {
        for (postings, debit, credit) in [
            (
                [
                    posting("account:main", 10_000_000),
                    posting("contribution:GOV", -10_000_000),
                ],
                "1002.01",
                "2711.01",
            ),
            (
                [
                    posting("account:main", -4_000_000),
                    posting("account:at-a", 4_000_000),
                ],
                "1002.02",
                "1002.01",
            ),
            (
                [posting("account:at-a", 2625), posting("interest", -2625)],
                "1002.02",
                "2711.02",
            ),
            (
                [
                    posting("account:at-a", -600_000),
                    posting("compensation", 600_000),
                ],
                "2711.11",
                "1002.02",
            ),
            (
                [
                    posting("account:at-a", 150_000),
                    posting("returns", -150_000),
                ],
                "1002.02",
                "2711.03",
            ),
            (
                [posting("account:main", -150_000), posting("fees", 150_000)],
                "2711.12",
                "1002.01",
            ),
            (
                [
                    posting("account:at-a", -9_319_984),
                    posting("distribution:GOV", 9_319_984),
                ],
                "2711.21",
                "1002.02",
            ),
        ] {
            let voucher = Voucher::of(&postings, false, &uses()).unwrap();
            let sides: Vec<_> = voucher
                .lines
                .iter()
                .map(|line| (line.account, line.is_debit))
                .collect();
            assert_eq!(sides, [(debit, true), (credit, false)]);
            assert_eq!(
                (voucher.debit, voucher.debit.is_negative()),
                (voucher.credit, false)
            );
        }
    }

    #[test]
    fn a_reversal_is_red_on_the_same_sides() {
        let paid = [
            posting("account:at-a", -600_000),
            posting("compensation", 600_000),
        ];
        let back = [
            posting("account:at-a", 600_000),
            posting("compensation", -600_000),
        ];
        let paid = Voucher::of(&paid, false, &uses()).unwrap();
        let back = Voucher::of(&back, true, &uses()).unwrap();
        for (one, other) in paid.lines.iter().zip(&back.lines) {
            assert_eq!(
                (one.account, one.is_debit, one.amount),
                (other.account, other.is_debit, -other.amount)
            );
        }
        assert_eq!((back.debit, back.credit), (-paid.debit, -paid.credit));
        assert!(back.is_red && !paid.is_red);
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        assert_eq!(Voucher::of(&[], false, &uses()), None);
        let voucher = Voucher::of(
            &[posting("account:hidden", 1), posting("new-book", -1)],
            false,
            &uses(),
        );
        let lines = voucher.unwrap().lines;
        assert_eq!(
            (lines[0].account, lines[0].detail.as_str()),
            ("1002", "hidden")
        );
        assert_eq!(
            (lines[1].account, lines[1].detail.as_str()),
            ("2711", "new-book")
        );
    }
}

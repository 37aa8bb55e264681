//! The invariants I1–I10 of the rule reference, for the state that the entries give.
//!
//! I1 to I7 must hold: what breaks them is a finding. I8 to I10 are about duties (a notice
//! to send, money to return, a bank statement to explain): what is open there conforms to
//! the rules as long as it is on record, and is listed as an exception for the auditor.

mod duties;
mod loans;
mod money;

use std::collections::BTreeMap;

use fundtrail_model::{Amount, Day, Fault};
use fundtrail_regulation::state::View;
use serde::Serialize;

use crate::procedures::Procedures;

/// How an invariant stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It holds.
    Holds,
    /// It holds, and what is open under it is on record: somebody owes something.
    Exceptions,
    /// It does not hold.
    Broken,
    /// It could not be judged.
    Undecided,
}

/// One invariant and how it stands at the height that was judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Invariant {
    /// `I1` to `I10`.
    pub id: &'static str,
    /// What it says.
    pub title: &'static str,
    /// How it stands.
    pub status: Status,
    /// What breaks it, or what is open under it.
    pub details: Vec<String>,
}

/// What the invariants are judged on.
pub(crate) struct Grounds<'a> {
    /// The state after the entries judged.
    pub(crate) view: View<'a>,
    /// The books, kept from the postings.
    pub(crate) books: &'a BTreeMap<String, Amount>,
    /// The way of the claims, kept from the entries.
    pub(crate) procedures: &'a Procedures,
    /// The day on which the last entry judged was recorded, and its business date.
    pub(crate) last: Option<LastDays>,
}

/// The newest days that the ledger itself knows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LastDays {
    /// When the last entry was recorded, in Asia/Shanghai.
    pub(crate) recorded: Day,
    /// The latest business date of all entries.
    pub(crate) business: Day,
}

type Check = fn(&Grounds<'_>) -> Result<Vec<String>, Fault>;

/// Every invariant but I7, with what a detail under it means.
const INVARIANTS: &[(&str, &str, Status, Check)] = &[
    (
        "I1",
        "The accounts add up to the fund's balance; none is below zero",
        Status::Broken,
        money::accounts,
    ),
    (
        "I2",
        "The balance is what came in less what went out, and every movement has its record",
        Status::Broken,
        money::balance,
    ),
    (
        "I3",
        "No loan is compensated beyond the ratio of its loss, or beyond the cap",
        Status::Broken,
        loans::compensation,
    ),
    (
        "I4",
        "No loan returns more than its compensation",
        Status::Broken,
        loans::returns,
    ),
    (
        "I5",
        "No year's fees are above the ceiling",
        Status::Broken,
        money::fees,
    ),
    (
        "I6",
        "Every payment goes back to one approval, one verification and one submission, by different keys",
        Status::Broken,
        loans::procedures,
    ),
    (
        "I8",
        "Every bank above a threshold has its notice",
        Status::Exceptions,
        duties::notices,
    ),
    (
        "I9",
        "Every recovery is returned, or owed by a date",
        Status::Exceptions,
        duties::recoveries,
    ),
    (
        "I10",
        "Every bank statement agrees with the ledger",
        Status::Exceptions,
        duties::statements,
    ),
];

/// Judges every invariant. `chain` is what integrity says of the sequence (I7).
pub(crate) fn judge(grounds: &Grounds<'_>, chain: Status) -> Vec<Invariant> {
    let mut judged: Vec<Invariant> = INVARIANTS
        .iter()
        .map(|(id, title, meaning, check)| {
            let (status, details) = match check(grounds) {
                Ok(details) if details.is_empty() => (Status::Holds, details),
                Ok(details) => (*meaning, details),
                Err(fault) => (Status::Undecided, vec![fault.to_string()]),
            };
            Invariant {
                id,
                title,
                status,
                details,
            }
        })
        .collect();
    let title = "The sequence has no gaps and the hash chain is whole";
    let details = match chain {
        Status::Broken => vec!["see the findings on integrity".into()],
        _ => Vec::new(),
    };
    judged.insert(
        6,
        Invariant {
            id: "I7",
            title,
            status: chain,
            details,
        },
    );
    judged
}

#[cfg(test)]
pub(crate) mod tests {
    use fundtrail_kernel::Memory;
    use fundtrail_model::port::{Batch, Commit};
    use fundtrail_model::{Id, Tag};
    use fundtrail_regulation::policy::Policy;
    use fundtrail_regulation::state::{Book, PolicyVersion, Record, encode};

    use super::*;

    /// A state put together by hand: what no accepted transaction leads to, too.
    #[derive(Default)]
    pub(crate) struct Scene {
        memory: Memory,
        pub(crate) books: BTreeMap<String, Amount>,
        pub(crate) last: Option<LastDays>,
    }

    impl Scene {
        pub(crate) fn put<R: Record>(&mut self, record: &R) {
            let mut batch = Batch::default();
            batch.put(R::TABLE, record.key(), encode(record).unwrap());
            self.memory.commit(&batch).unwrap();
        }

        pub(crate) fn book(&mut self, book: &str, fen: i128) {
            let balance = Amount::from_fen(fen);
            self.books.insert(book.into(), balance);
            self.put(&Book {
                book: book.into(),
                balance,
            });
        }

        pub(crate) fn run(&self, check: Check) -> Vec<String> {
            let grounds = Grounds {
                view: View::new(&self.memory),
                books: &self.books,
                procedures: &Procedures::default(),
                last: self.last,
            };
            check(&grounds).unwrap()
        }

        /// The policy of Baotou as version 1.
        pub(crate) fn adopt(&mut self) {
            let applies_from = day("2021-12-23");
            self.put(&PolicyVersion {
                version: 1,
                applies_from,
                policy: policy(),
            });
        }
    }

    pub(crate) fn id(text: &str) -> Id {
        Id::parse(text).unwrap()
    }

    pub(crate) fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    pub(crate) fn fen(fen: i128) -> Amount {
        Amount::from_fen(fen)
    }

    pub(crate) fn borrower() -> Tag {
        Tag::parse(&"ab".repeat(32)).unwrap()
    }

    pub(crate) fn policy() -> Policy {
        toml::from_str(include_str!(
            "../../../fundtrail-regulation/data/baotou-2021-61.toml"
        ))
        .unwrap()
    }

    #[test]
    fn an_empty_ledger_breaks_nothing_and_all_ten_are_judged() {
        let scene = Scene::default();
        let grounds = Grounds {
            view: View::new(&scene.memory),
            books: &scene.books,
            procedures: &Procedures::default(),
            last: None,
        };
        let judged = judge(&grounds, Status::Holds);
        let ids: Vec<&str> = judged.iter().map(|one| one.id).collect();
        assert_eq!(
            ids,
            ["I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9", "I10"]
        );
        assert!(
            judged.iter().all(|one| one.status == Status::Holds),
            "{judged:?}"
        );
    }
}

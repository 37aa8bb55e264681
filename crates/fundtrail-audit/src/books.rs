//! The books, kept anew from the postings alone.
//!
//! Every running balance in an entry must follow from the one before, and no account of
//! the fund may ever be below zero (I1): without the replay, and at every height.

use std::collections::BTreeMap;

use fundtrail_model::{Amount, Effects};

/// What books of accounts begin with.
pub(crate) const ACCOUNT_PREFIX: &str = "account:";

/// Books and their balances, debit positive.
#[derive(Clone, Debug, Default)]
pub(crate) struct Books {
    balances: BTreeMap<String, Amount>,
    /// Number of postings.
    pub(crate) postings: u64,
}

impl Books {
    /// Posts the lines of an entry. Gives what does not add up.
    pub(crate) fn post(&mut self, effects: &Effects) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut sum = Amount::ZERO;
        for posting in &effects.postings {
            self.postings += 1;
            sum += posting.amount;
            let balance = self.balances.entry(posting.book.clone()).or_default();
            *balance += posting.amount;
            if *balance != posting.balance {
                let (book, said) = (&posting.book, posting.balance);
                wrong.push(format!(
                    "{book}: the running balance is {balance}, the entry says {said}"
                ));
            }
            if posting.book.starts_with(ACCOUNT_PREFIX) && balance.is_negative() {
                wrong.push(format!(
                    "{}: the account is overdrawn: {balance}",
                    posting.book
                ));
            }
        }
        if !sum.is_zero() {
            wrong.push(format!("the postings add up to {sum}"));
        }
        wrong
    }

    /// Every book and its balance, by name.
    pub(crate) fn balances(&self) -> &BTreeMap<String, Amount> {
        &self.balances
    }
}

#[cfg(test)]
mod tests {
    use fundtrail_model::Posting;

    use super::*;

    fn effects(lines: &[(&str, i128, i128)]) -> Effects {
        let postings = lines.iter().map(|(book, amount, balance)| Posting {
            book: (*book).to_string(),
            amount: Amount::from_fen(*amount),
            balance: Amount::from_fen(*balance),
        });
        Effects {
            postings: postings.collect(),
            ..Effects::default()
        }
    }

    #[test]
    fn balances_follow_from_those_before() {
        let mut books = Books::default();
        assert!(
            books
                .post(&effects(&[
                    ("account:main", 500, 500),
                    ("interest", -500, -500)
                ]))
                .is_empty()
        );
        assert!(
            books
                .post(&effects(&[("account:main", -200, 300), ("fees", 200, 200)]))
                .is_empty()
        );
        let wrong = books.post(&effects(&[("account:main", -100, 201), ("fees", 100, 300)]));
        assert_eq!(
            wrong,
            ["account:main: the running balance is 2.00, the entry says 2.01"]
        );
        assert_eq!(books.postings, 6);
    }

    #[test]
    fn one_sided_postings_and_overdrafts_are_found() {
        let mut books = Books::default();
        let wrong = books.post(&effects(&[("account:main", -1, -1)]));
        assert_eq!(
            wrong,
            [
                "account:main: the account is overdrawn: -0.01",
                "the postings add up to -0.01"
            ]
        );
    }
}

//! A 资金: what there was, what came in and went out by purpose and by account, what there
//! is, and what banks state.
//!
//! Opening and what came in, less what went out, is the close: for the fund by purpose, and
//! for each account by its own lines. Transfers between accounts move nothing in or out of
//! the fund.

use alloc::string::String;
use alloc::vec::Vec;

use fundtrail_model::{Amount, Fault, Id};
use serde::Serialize;

use super::{Fact, Sum};
use crate::reconciliation::{self, Line};
use crate::state::{Account, Book, View};

/// The fund's money in a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ReportedMoney))]
pub struct Money {
    /// At the opening, over all accounts.
    pub opening: Amount,
    /// In the period.
    pub flows: Flows,
    /// At the close, over all accounts.
    pub closing: Amount,
    /// Since the first entry, as the books stand at the close.
    pub cumulative: Totals,
    /// By account.
    pub accounts: Vec<AccountMoney>,
}

macro_rules! purposes {
    ($($(#[doc = $doc:literal])+ $name:ident = $book:literal, $goes_out:literal;)+) => {
        /// What came in and went out by purpose; each is positive where it went its usual
        /// way, and reversals are taken off.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ReportedFlows))]
        pub struct Flows { $($(#[doc = $doc])+ pub $name: Sum,)+ }

        /// The same amounts without entries.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = MoneyByPurpose))]
        pub struct Totals { $($(#[doc = $doc])+ pub $name: Amount,)+ }

        impl Flows {
            fn add(&mut self, entry: u64, sort: &str, posted: Amount) {
                match sort {
                    $($book => self.$name.add(entry, as_usual($goes_out, posted)),)+
                    _ => {}
                }
            }

            /// What came in, less what went out.
            pub fn net(&self) -> Amount {
                Amount::ZERO $(+ as_usual(!$goes_out, self.$name.amount))+
            }
        }

        impl Totals {
            /// As books stand.
            pub fn of(books: &[Book]) -> Totals {
                let mut totals = Totals::default();
                for book in books {
                    match sort_of(&book.book) {
                        $($book => totals.$name += as_usual($goes_out, book.balance),)+
                        _ => {}
                    }
                }
                totals
            }

            /// These less earlier ones.
            pub fn less(&self, earlier: &Totals) -> Totals {
                Totals { $($name: self.$name - earlier.$name,)+ }
            }
        }
    };
}

purposes! {
    /// Paid in (拨入).
    contributions = "contribution", false;
    /// Interest (利息).
    interest = "interest", false;
    /// Returned of what was recovered (追偿返还).
    returns = "returns", false;
    /// Paid back on orders of the leading group.
    clawbacks = "clawbacks", false;
    /// Received in excess, less what was refunded (暂收款).
    suspense = "suspense", false;
    /// Compensation (补偿支出).
    compensation = "compensation", true;
    /// Management fees (管理费).
    fees = "fees", true;
    /// Given back to contributors (返还).
    distributions = "distribution", true;
}

/// An account's money in a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ReportedAccount))]
pub struct AccountMoney {
    /// The account.
    pub account: Id,
    /// The bank that keeps it.
    pub bank: Id,
    /// At the opening.
    pub opening: Amount,
    /// What came in, transfers included.
    pub received: Sum,
    /// What went out, transfers included.
    pub paid: Sum,
    /// At the close.
    pub closing: Amount,
    /// Bank statements filed in the period, beside the ledger.
    pub statements: Vec<Line>,
}

/// Section A.
pub(super) fn money(opening: View<'_>, close: View<'_>, facts: &[Fact]) -> Result<Money, Fault> {
    let mut flows = Flows::default();
    for fact in facts {
        for posting in &fact.effects.postings {
            flows.add(fact.index, sort_of(&posting.book), posting.amount);
        }
    }
    let books: Vec<Book> = close.list(b"")?;
    let differences = reconciliation::differences(close)?;
    let mut accounts = Vec::new();
    let statements = reconciliation::statements(close)?;
    for account in close.list::<Account>(b"")? {
        let filed = statements.iter().filter(|stated| {
            stated.account == account.account && facts.iter().any(|fact| fact.index == stated.entry)
        });
        let statements = filed
            .map(|stated| reconciliation::compare(close, &differences, stated.clone()))
            .collect::<Result<_, Fault>>()?;
        accounts.push(of_account(opening, close, facts, account, statements)?);
    }
    Ok(Money {
        opening: accounts.iter().map(|one| one.opening).sum(),
        flows,
        closing: accounts.iter().map(|one| one.closing).sum(),
        cumulative: Totals::of(&books),
        accounts,
    })
}

fn of_account(
    opening: View<'_>,
    close: View<'_>,
    facts: &[Fact],
    account: Account,
    statements: Vec<Line>,
) -> Result<AccountMoney, Fault> {
    let book: String = Account::book_of(&account.account);
    let (mut received, mut paid) = (Sum::default(), Sum::default());
    for fact in facts {
        for posting in fact.effects.postings.iter().filter(|one| one.book == book) {
            if posting.amount.is_negative() {
                paid.add(fact.index, -posting.amount);
            } else {
                received.add(fact.index, posting.amount);
            }
        }
    }
    Ok(AccountMoney {
        opening: opening.balance(&book)?,
        received,
        paid,
        closing: close.balance(&book)?,
        account: account.account,
        bank: account.bank,
        statements,
    })
}

/// An amount posted to a book, positive where it went the book's usual way. Books are debit
/// positive: what goes out of the fund is a debit there.
fn as_usual(goes_out: bool, posted: Amount) -> Amount {
    if goes_out { posted } else { -posted }
}

/// What sort of book it is.
fn sort_of(book: &str) -> &str {
    book.split(':').next().unwrap_or_default()
}

//! Where the money is: the fund, its accounts at banks, and the books of double entry.

use alloc::string::String;
use alloc::vec::Vec;

use fundtrail_model::amount;
use fundtrail_model::port::Table;
use fundtrail_model::{Amount, Day, Id};
use serde::{Deserialize, Serialize};

use super::{Record, pair_key};

/// The fund as a whole. Totals stand in the books; this is what no book says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = FundRecord))]
pub struct Fund {
    /// When the initial total was there (Art. 3).
    pub activated_on: Option<Day>,
    /// When it was terminated (Art. 21).
    pub terminated_on: Option<Day>,
    /// Paid in by each contributor, in the order of their first payment.
    pub contributed: Vec<Contributed>,
    /// The manager in office.
    pub manager: Option<Id>,
    /// Versions of the policy adopted so far.
    pub policy_versions: u32,
    /// Approvals given so far: the queue's order (A25).
    pub approvals: u64,
    /// Claims submitted or verified and not yet decided.
    pub claims_undecided: u64,
    /// Approved and not yet paid.
    #[serde(with = "amount::signed")]
    pub approved_unpaid: Amount,
    /// Received on suspense and not yet refunded.
    #[serde(with = "amount::signed")]
    pub suspense: Amount,
    /// Last day of the last sealed period.
    pub sealed_until: Option<Day>,
}

/// What one contributor paid in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Contributed {
    /// Who.
    pub party: Id,
    /// Toward the initial total.
    #[serde(with = "amount::signed")]
    pub initial: Amount,
    /// Everything, later top-ups included (A37).
    #[serde(with = "amount::signed")]
    pub total: Amount,
}

impl Fund {
    /// What was paid in toward the initial total.
    pub fn initial(&self) -> Amount {
        self.contributed.iter().map(|one| one.initial).sum()
    }
}

impl Record for Fund {
    const TABLE: Table = Table::Fund;
    fn key(&self) -> Vec<u8> {
        b"fund".to_vec()
    }
}

/// What an account of the fund is for (Art. 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AccountUse {
    /// The special account of the fund (专户).
    Main,
    /// Placed at a partner bank (合作银行专用账户).
    Dedicated,
}

/// An account of the fund at a bank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Account {
    /// Its id.
    pub account: Id,
    /// What it is for.
    pub purpose: AccountUse,
    /// The bank that keeps it.
    pub bank: Id,
    /// When it was opened.
    pub opened_on: Day,
}

impl Account {
    /// The book of an account.
    pub fn book_of(account: &Id) -> String {
        alloc::format!("account:{account}")
    }
}

impl Record for Account {
    const TABLE: Table = Table::Accounts;
    fn key(&self) -> Vec<u8> {
        self.account.as_bytes().to_vec()
    }
}

/// A book of double entry and its running balance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Book {
    /// `account:main`, `compensation`, `contribution:GOV` and so on.
    pub book: String,
    /// Debit positive.
    #[serde(with = "amount::signed")]
    pub balance: Amount,
}

impl Record for Book {
    const TABLE: Table = Table::Books;
    fn key(&self) -> Vec<u8> {
        self.book.as_bytes().to_vec()
    }
}

/// Interest credited to an account for a period (Art. 11).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InterestPeriod {
    /// The account.
    pub account: Id,
    /// The period, such as `2022Q1`.
    pub period: String,
    /// How much.
    #[serde(with = "amount::signed")]
    pub amount: Amount,
}

impl Record for InterestPeriod {
    const TABLE: Table = Table::Interest;
    fn key(&self) -> Vec<u8> {
        pair_key(self.account.as_bytes(), self.period.as_bytes())
    }
}

/// Management fees paid in a calendar year (Art. 8).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct YearFees {
    /// The year.
    pub year: u16,
    /// Paid so far.
    #[serde(with = "amount::signed")]
    pub paid: Amount,
}

impl Record for YearFees {
    const TABLE: Table = Table::Fees;
    fn key(&self) -> Vec<u8> {
        self.year.to_be_bytes().to_vec()
    }
}

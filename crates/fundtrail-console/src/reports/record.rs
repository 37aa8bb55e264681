//! The operation report as `GET /v1/reports/{period}` gives it.
//!
//! Sums may be negative: what a reversal takes off can lie in a later period than what it
//! takes back.

use fundtrail_model::{Amount, Day, Id, Moment, amount};
use fundtrail_regulation::period::Period;
use serde::Deserialize;

use crate::records::Both;

/// The periods that can be reported on.
#[derive(Deserialize)]
pub(crate) struct Periods {
    /// Number of entries of the state they are worked out from.
    pub(crate) size: u64,
    /// By their first days, a year before its quarters.
    pub(crate) items: Vec<Between>,
}

/// A period and its entries.
#[derive(Deserialize)]
pub(crate) struct Between {
    pub(crate) period: Period,
    pub(crate) from: Day,
    pub(crate) until: Day,
    /// Number of entries before it.
    pub(crate) opening_size: u64,
    /// Number of entries at its close.
    pub(crate) closing_size: u64,
    /// Whether anything dated later is on record.
    pub(crate) is_closed: bool,
}

/// A report.
#[derive(Deserialize)]
pub(crate) struct Report {
    pub(crate) period: Period,
    pub(crate) from: Day,
    pub(crate) until: Day,
    pub(crate) opening_size: u64,
    pub(crate) closing_size: u64,
    /// Entries of the period that are dated before it.
    pub(crate) recorded_late: Vec<u64>,
    /// The manager at the close.
    pub(crate) reported_by: Option<Id>,
    /// Version of the policy on the last day.
    pub(crate) policy: Option<u32>,
    /// A.
    pub(crate) money: Money,
    /// B.
    pub(crate) lending: Vec<Lending>,
    /// C.
    pub(crate) claims: Claims,
    /// D.
    pub(crate) recoveries: Recoveries,
    /// E.
    pub(crate) ratios: Vec<BankRatio>,
    /// F.
    pub(crate) exceptions: Vec<Exception>,
    /// G.
    pub(crate) papers: Vec<Paper>,
    /// By calendar year.
    pub(crate) fees: Vec<FeeYear>,
    /// Whether anything dated later is on record.
    pub(crate) is_closed: bool,
    /// The ledger's origin.
    pub(crate) ledger: String,
    /// Root of the tree over the entries until the close, in hex.
    pub(crate) root: String,
}

/// An amount and its entries.
#[derive(Deserialize)]
pub(crate) struct Sum {
    #[serde(with = "amount::signed")]
    pub(crate) amount: Amount,
    pub(crate) entries: Vec<u64>,
}

/// A count, an amount and their entries.
#[derive(Deserialize)]
pub(crate) struct Tally {
    pub(crate) count: i64,
    #[serde(with = "amount::signed")]
    pub(crate) amount: Amount,
    pub(crate) entries: Vec<u64>,
}

/// How many, and what they add up to.
#[derive(Deserialize)]
pub(crate) struct Stock {
    pub(crate) count: i64,
    #[serde(with = "amount::signed")]
    pub(crate) amount: Amount,
}

/// A 资金.
#[derive(Deserialize)]
pub(crate) struct Money {
    #[serde(with = "amount::signed")]
    pub(crate) opening: Amount,
    pub(crate) flows: Flows,
    #[serde(with = "amount::signed")]
    pub(crate) closing: Amount,
    pub(crate) cumulative: Totals,
    pub(crate) accounts: Vec<AccountMoney>,
}

macro_rules! purposes {
    ($($name:ident)+) => {
        /// By purpose, each positive where it went its usual way.
        #[derive(Deserialize)]
        pub(crate) struct Flows { $(pub(crate) $name: Sum,)+ }

        /// The same since the first entry.
        #[derive(Deserialize)]
        pub(crate) struct Totals { $(#[serde(with = "amount::signed")] pub(crate) $name: Amount,)+ }
    };
}

purposes! { contributions interest returns clawbacks suspense compensation fees distributions }

/// One account.
#[derive(Deserialize)]
pub(crate) struct AccountMoney {
    pub(crate) account: Id,
    pub(crate) bank: Id,
    #[serde(with = "amount::signed")]
    pub(crate) opening: Amount,
    pub(crate) received: Sum,
    pub(crate) paid: Sum,
    #[serde(with = "amount::signed")]
    pub(crate) closing: Amount,
    pub(crate) statements: Vec<Stated>,
}

/// A bank statement beside the ledger.
#[derive(Deserialize)]
pub(crate) struct Stated {
    pub(crate) on: Day,
    #[serde(with = "amount::signed")]
    pub(crate) stated: Amount,
    #[serde(with = "amount::signed")]
    pub(crate) ledger: Amount,
    #[serde(with = "amount::signed")]
    pub(crate) difference: Amount,
    pub(crate) entry: u64,
    /// The entry of the later statement that agreed.
    pub(crate) cleared_by: Option<u64>,
}

/// B 贷款, of one bank.
#[derive(Deserialize)]
pub(crate) struct Lending {
    pub(crate) bank: Id,
    pub(crate) period: Disbursed,
    pub(crate) cumulative: Disbursed,
    pub(crate) outstanding: Stock,
    pub(crate) overdue: Overdues,
}

/// What was disbursed.
#[derive(Deserialize)]
pub(crate) struct Disbursed {
    pub(crate) loans: i64,
    pub(crate) enterprises: i64,
    #[serde(with = "amount::signed")]
    pub(crate) amount: Amount,
    #[serde(with = "amount::signed")]
    pub(crate) ip_amount: Amount,
    /// Only those of the period.
    pub(crate) entries: Vec<u64>,
}

/// Overdue loans.
#[derive(Deserialize)]
pub(crate) struct Overdues {
    /// 1 to 59 days.
    pub(crate) short: Stock,
    /// 60 days or more.
    pub(crate) long: Stock,
}

/// C 补偿.
#[derive(Deserialize)]
pub(crate) struct Claims {
    pub(crate) submitted: Tally,
    pub(crate) verified: Tally,
    pub(crate) approved: Tally,
    pub(crate) rejected: Tally,
    pub(crate) paid: Tally,
    pub(crate) undecided: Ageing,
    pub(crate) approved_unpaid: Stock,
}

/// What waits, by days.
#[derive(Deserialize)]
pub(crate) struct Ageing {
    pub(crate) days_30: Stock,
    pub(crate) days_60: Stock,
    pub(crate) days_90: Stock,
    pub(crate) longer: Stock,
}

/// D 追偿.
#[derive(Deserialize)]
pub(crate) struct Recoveries {
    pub(crate) collected: Tally,
    #[serde(with = "amount::signed")]
    pub(crate) owed_opening: Amount,
    pub(crate) due: Sum,
    pub(crate) returned: Sum,
    #[serde(with = "amount::signed")]
    pub(crate) owed_closing: Amount,
    pub(crate) late: Vec<Late>,
}

/// A return that is late.
#[derive(Deserialize)]
pub(crate) struct Late {
    pub(crate) recovery: Id,
    pub(crate) collector: Id,
    #[serde(with = "amount::signed")]
    pub(crate) owed: Amount,
    pub(crate) deadline: Day,
    pub(crate) days_late: i64,
}

/// E 预警, of one bank.
#[derive(Deserialize)]
pub(crate) struct BankRatio {
    pub(crate) bank: Id,
    #[serde(with = "amount::signed")]
    pub(crate) compensated: Amount,
    #[serde(with = "amount::signed")]
    pub(crate) disbursed: Amount,
    /// Cut to two decimals.
    pub(crate) percent: Option<String>,
    pub(crate) reaches_warning: bool,
    pub(crate) reaches_suspension: bool,
    pub(crate) warning_reached_on: Option<Day>,
    pub(crate) suspension_reached_on: Option<Day>,
    pub(crate) notices: Vec<Told>,
}

/// A notice, or its lifting.
#[derive(Deserialize)]
pub(crate) struct Told {
    pub(crate) kind: String,
    pub(crate) at: Moment,
    pub(crate) entry: u64,
}

/// F 例外, of one code.
#[derive(Deserialize)]
pub(crate) struct Exception {
    pub(crate) code: String,
    pub(crate) article: u8,
    pub(crate) title: Option<Both>,
    pub(crate) count: i64,
    pub(crate) entries: Vec<u64>,
    /// How many stand at the close, whenever they came.
    pub(crate) standing: i64,
}

/// G: a review, a report, an audit.
#[derive(Deserialize)]
pub(crate) struct Paper {
    pub(crate) kind: String,
    pub(crate) party: Option<Id>,
    pub(crate) on: String,
    pub(crate) result: Option<String>,
    pub(crate) date: Day,
    pub(crate) entry: u64,
}

/// Fees of a calendar year.
#[derive(Deserialize)]
pub(crate) struct FeeYear {
    pub(crate) year: u16,
    #[serde(with = "amount::signed")]
    pub(crate) paid: Amount,
    pub(crate) ceiling: Option<Amount>,
}

/// What `GET /v1/fund` says of what must hold.
#[derive(Deserialize)]
pub(crate) struct Held {
    pub(crate) invariants: Vec<Invariant>,
}

/// Something that must hold at any height.
#[derive(Deserialize)]
pub(crate) struct Invariant {
    pub(crate) id: String,
    pub(crate) says: String,
    pub(crate) holds: bool,
}

//! Operation reports (运营情况报告): what the ledger says of a quarter or a year (Art. 8).
//!
//! A report is worked out from the state at the opening, the state at the close, and the
//! entries between. The opening is the longest beginning of the ledger in which nothing is
//! dated on or after the first day; the close the one with nothing dated after the last. So
//! the entries of a period are those recorded between, and one recorded late belongs to the
//! period in which it was recorded; those are named. Every figure has the entries it is made
//! of. Sections as in the reference: A money, B loans, C claims, D recoveries, E ratios, F
//! exceptions, G papers. Absent on purpose: plans (H), which no entry states, and clocks.

mod claims;
mod facts;
mod lending;
mod money;
mod papers;
mod recoveries;

use alloc::vec::Vec;

use fundtrail_model::{Amount, Day, Fault, Id};
use serde::Serialize;

use crate::period::Period;
use crate::state::{View, YearFees};

pub use claims::{Ageing, Claims};
pub use facts::{Fact, facts};
pub use lending::{BankRatio, Disbursed, Lending, Notices, Overdues};
pub use money::{AccountMoney, Flows, Money, Totals};
pub use papers::{Exception, Paper};
pub use recoveries::{Late, Recoveries};

/// An amount and the entries it is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ReportedSum))]
pub struct Sum {
    /// What they add up to.
    pub amount: Amount,
    /// Their indexes.
    pub entries: Vec<u64>,
}

/// A count, an amount and the entries they are made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ReportedTally))]
pub struct Tally {
    /// How many, less those taken back.
    pub count: i64,
    /// What they add up to.
    pub amount: Amount,
    /// Their indexes.
    pub entries: Vec<u64>,
}

/// How many there are of something, and what they add up to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ReportedStock))]
pub struct Stock {
    /// How many.
    pub count: u64,
    /// What they add up to.
    pub amount: Amount,
}

/// A report on a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = OperationReport))]
pub struct Report {
    /// The period.
    pub period: Period,
    /// Its first day.
    pub from: Day,
    /// Its last day.
    pub until: Day,
    /// Number of entries at the opening.
    pub opening_size: u64,
    /// Number of entries at the close.
    pub closing_size: u64,
    /// Entries of the period that are dated before it.
    pub recorded_late: Vec<u64>,
    /// The manager at the close, who reports.
    pub reported_by: Option<Id>,
    /// Version of the policy that applies on the last day.
    pub policy: Option<u32>,
    /// A.
    pub money: Money,
    /// B, by bank.
    pub lending: Vec<Lending>,
    /// C.
    pub claims: Claims,
    /// D.
    pub recoveries: Recoveries,
    /// E, by bank.
    pub ratios: Vec<BankRatio>,
    /// F, by code.
    pub exceptions: Vec<Exception>,
    /// G: reviews, and the reports, audit reports and engagements of the period.
    pub papers: Vec<Paper>,
    /// Fees by calendar year, as far as paid at the close.
    pub fees: Vec<FeeYear>,
}

/// Management fees of a calendar year (Art. 8).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ReportedFeeYear))]
pub struct FeeYear {
    /// The year.
    pub year: u16,
    /// Paid so far.
    pub paid: Amount,
    /// The most that may be, under the policy of the last day.
    pub ceiling: Option<Amount>,
}

/// Works out a report. `opening` and `close` are the states after so many entries.
///
/// # Errors
/// [`Fault`] when the storage fails. So for all that follow.
pub fn report(
    period: Period,
    opening: (View<'_>, u64),
    close: (View<'_>, u64),
) -> Result<Report, Fault> {
    let (from, until) = (period.first_day(), period.last_day());
    let (opening, opening_size) = opening;
    let (close, closing_size) = close;
    let facts = facts(close, opening_size, closing_size)?;
    let policy = close.policy_on(until)?;
    let late = facts.iter().filter(|fact| fact.date < from);
    let years: Vec<YearFees> = close.list(b"")?;
    let ceiling = policy.as_ref().map(|version| version.policy.fee_ceiling());
    Ok(Report {
        period,
        from,
        until,
        opening_size,
        closing_size,
        recorded_late: late.map(|fact| fact.index).collect(),
        reported_by: close.fund()?.manager,
        policy: policy.as_ref().map(|version| version.version),
        money: money::money(opening, close, &facts)?,
        lending: lending::lending(opening, close, &facts, until)?,
        claims: claims::claims(close, &facts, until)?,
        recoveries: recoveries::recoveries(opening, close, &facts, until)?,
        ratios: lending::ratios(close, &facts, policy.as_ref().map(|one| &one.policy))?,
        exceptions: papers::exceptions(close, &facts)?,
        papers: papers::papers(&facts),
        fees: years
            .into_iter()
            .map(|year| FeeYear {
                year: year.year,
                paid: year.paid,
                ceiling,
            })
            .collect(),
    })
}

impl Sum {
    /// Adds what an entry contributes.
    fn add(&mut self, entry: u64, amount: Amount) {
        self.amount += amount;
        if self.entries.last() != Some(&entry) {
            self.entries.push(entry);
        }
    }
}

impl Tally {
    /// Adds one, or takes one back.
    fn add(&mut self, entry: u64, is_reversal: bool, amount: Amount) {
        let (count, amount) = if is_reversal {
            (-1, -amount)
        } else {
            (1, amount)
        };
        self.count += count;
        self.amount += amount;
        self.entries.push(entry);
    }
}

impl Stock {
    /// Adds one.
    fn add(&mut self, amount: Amount) {
        self.count += 1;
        self.amount += amount;
    }
}

//! B 贷款 and E 预警: what each bank lent, what is outstanding and overdue, and how its ratio
//! stands.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use fundtrail_model::{Amount, Day, Fault, Id, Moment, Tag};
use serde::Serialize;

use super::{Fact, Stock};
use crate::brake;
use crate::kinds::Body;
use crate::loss;
use crate::policy::Policy;
use crate::state::{Loan, Party, View};

/// Days overdue from which principal counts as long overdue.
const LONG: i64 = 60;

/// What one bank lent under the measure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ReportedLending))]
pub struct Lending {
    /// The bank.
    pub bank: Id,
    /// In the period.
    pub period: Disbursed,
    /// Since the first entry.
    pub cumulative: Disbursed,
    /// Loans not repaid in full at the close, and their principal.
    pub outstanding: Stock,
    /// Of which overdue on the last day.
    pub overdue: Overdues,
}

/// What was disbursed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ReportedDisbursed))]
pub struct Disbursed {
    /// Loans of which something was.
    pub loans: u64,
    /// Enterprises that had them.
    pub enterprises: u64,
    /// How much, reversals taken off.
    pub amount: Amount,
    /// The part secured by intellectual property.
    pub ip_amount: Amount,
    /// The entries; only those of the period.
    pub entries: Vec<u64>,
}

/// Loans by how long their earliest unpaid principal is overdue, with the principal that is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ReportedOverdues))]
pub struct Overdues {
    /// 1 to 59 days.
    pub short: Stock,
    /// 60 days or more.
    pub long: Stock,
}

/// How a bank's ratio stands (Art. 13).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ReportedRatio))]
pub struct BankRatio {
    /// The bank.
    pub bank: Id,
    /// The numerator at the close.
    pub compensated: Amount,
    /// The denominator at the close.
    pub disbursed: Amount,
    /// For the eye only, cut to two decimals; none where nothing was disbursed.
    pub percent: Option<String>,
    /// Whether the first threshold is reached, judged on integers.
    pub reaches_warning: bool,
    /// Whether the second one is.
    pub reaches_suspension: bool,
    /// Since when the first one is.
    pub warning_reached_on: Option<Day>,
    /// Since when the second one is.
    pub suspension_reached_on: Option<Day>,
    /// What was told to it in the period.
    pub notices: Vec<Notices>,
}

/// A notice of the period, or its lifting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ReportedNotice))]
pub struct Notices {
    /// The kind of transaction.
    pub kind: &'static str,
    /// When it was dispatched, or lifted.
    pub at: Moment,
    /// The entry.
    pub entry: u64,
}

/// Section B.
pub(super) fn lending(
    opening: View<'_>,
    close: View<'_>,
    facts: &[Fact],
    on: Day,
) -> Result<Vec<Lending>, Fault> {
    let loans: Vec<Loan> = close.list(b"")?;
    let banks: BTreeSet<&Id> = loans.iter().map(|loan| &loan.bank).collect();
    let mut all = Vec::new();
    for bank in banks {
        let own: Vec<&Loan> = loans.iter().filter(|loan| loan.bank == *bank).collect();
        all.push(of_bank(opening, bank, &own, facts, on)?);
    }
    Ok(all)
}

fn of_bank(
    opening: View<'_>,
    bank: &Id,
    loans: &[&Loan],
    facts: &[Fact],
    on: Day,
) -> Result<Lending, Fault> {
    let (mut period, mut cumulative) = (Counted::default(), Counted::default());
    let mut outstanding = Stock::default();
    let mut overdue = Overdues::default();
    for loan in loans {
        let before: Option<Loan> = opening.get(loan.loan.as_bytes())?;
        let (was, was_ip) = before.map_or((Amount::ZERO, Amount::ZERO), |loan| {
            (loan.disbursed, loan.disbursed_ip)
        });
        period.add(loan, loan.disbursed - was, loan.disbursed_ip - was_ip);
        cumulative.add(loan, loan.disbursed, loan.disbursed_ip);
        if !loan.outstanding().is_zero() {
            outstanding.add(loan.outstanding());
        }
        overdue.add(loan, on);
    }
    let of_these = |id: &Id| loans.iter().any(|loan| loan.loan == *id);
    let entries = facts.iter().filter(|fact| match &fact.body {
        Body::LoanDisburse(body) => of_these(&body.loan),
        _ => false,
    });
    let mut period = period.done();
    period.entries = entries.map(|fact| fact.index).collect();
    Ok(Lending {
        bank: bank.clone(),
        period,
        cumulative: cumulative.done(),
        outstanding,
        overdue,
    })
}

/// Loans counted, and the enterprises behind them.
#[derive(Default)]
struct Counted {
    disbursed: Disbursed,
    enterprises: BTreeSet<Tag>,
}

impl Counted {
    fn add(&mut self, loan: &Loan, amount: Amount, ip_amount: Amount) {
        if amount.is_zero() {
            return;
        }
        self.disbursed.loans += 1;
        self.disbursed.amount += amount;
        self.disbursed.ip_amount += ip_amount;
        self.enterprises.insert(loan.borrower);
    }

    fn done(self) -> Disbursed {
        Disbursed {
            enterprises: self.enterprises.len() as u64,
            ..self.disbursed
        }
    }
}

impl Overdues {
    fn add(&mut self, loan: &Loan, on: Day) {
        let unpaid = loss::unpaid_instalments(loan);
        let late = unpaid
            .iter()
            .filter(|one| one.due_on < on && !one.amount.is_zero());
        let earliest = late.clone().map(|one| one.due_on).min();
        let Some(earliest) = earliest else {
            return;
        };
        let amount = late.map(|one| one.amount).sum();
        if on.days_since(earliest) < LONG {
            self.short.add(amount);
        } else {
            self.long.add(amount);
        }
    }
}

/// Section E: every bank that ever lent under the measure, or was told something.
pub(super) fn ratios(
    close: View<'_>,
    facts: &[Fact],
    policy: Option<&Policy>,
) -> Result<Vec<BankRatio>, Fault> {
    let Some(policy) = policy else {
        return Ok(Vec::new());
    };
    let mut all = Vec::new();
    for party in close.list::<Party>(b"")? {
        let notices = notices(&party.party, facts);
        if party.disbursed.is_zero() && notices.is_empty() {
            continue;
        }
        let ratio = brake::ratio(policy, &party);
        all.push(BankRatio {
            percent: percent(&ratio),
            reaches_warning: ratio.reaches(policy.brake.warn_bp),
            reaches_suspension: ratio.reaches(policy.brake.suspend_bp),
            warning_reached_on: party.warn_reached_on,
            suspension_reached_on: party.suspend_reached_on,
            compensated: ratio.compensated,
            disbursed: ratio.disbursed,
            bank: party.party,
            notices,
        });
    }
    Ok(all)
}

fn notices(bank: &Id, facts: &[Fact]) -> Vec<Notices> {
    let told = facts.iter().filter_map(|fact| {
        let at = match &fact.body {
            Body::WarnNotice(body) if body.bank == *bank => body.issued_at,
            Body::SuspendNotice(body) if body.bank == *bank => body.issued_at,
            Body::SuspendLift(body) if body.bank == *bank => body.lifted_at,
            _ => return None,
        };
        Some(Notices {
            kind: fact.body.kind().name(),
            at,
            entry: fact.index,
        })
    });
    told.collect()
}

fn percent(ratio: &brake::Ratio) -> Option<String> {
    let hundredths = (ratio.compensated.fen() * 10_000).checked_div(ratio.disbursed.fen())?;
    Some(alloc::format!(
        "{}.{:02}",
        hundredths / 100,
        hundredths % 100
    ))
}

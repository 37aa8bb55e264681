//! The brakes of Art. 13: a bank's ratio, who is told, and what a suspension excludes.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use fundtrail_model::port::Table;
use fundtrail_model::{Amount, Day, Fault, Figures, When};

use crate::alerts;
use crate::outcome::Outcome;
use crate::policy::{BrakeDenominator, BrakeNumerator, OldCustomer, Policy};
use crate::state::{Loan, Notice, Party, PolicyVersion, View, pair_key};

/// What is compared, under a policy (A12, A13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    /// Compensation that has arisen at the bank.
    pub compensated: Amount,
    /// What the bank disbursed.
    pub disbursed: Amount,
}

/// A bank's ratio.
pub fn ratio(policy: &Policy, bank: &Party) -> Ratio {
    let compensated = match policy.brake.numerator {
        BrakeNumerator::GrossPaid => bank.compensated,
        BrakeNumerator::NetOfReturns => bank.compensated.less(bank.returned),
    };
    let disbursed = match policy.brake.denominator {
        BrakeDenominator::CumDisbursedIpEnrolled => bank.disbursed_ip,
        BrakeDenominator::CumDisbursedEnrolled => bank.disbursed,
    };
    Ratio {
        compensated,
        disbursed,
    }
}

impl Ratio {
    /// Whether the ratio has reached so many basis points, inclusive; by multiplication.
    pub fn reaches(&self, bp: u32) -> bool {
        !self.compensated.is_zero()
            && self.compensated.fen() * 10_000 >= i128::from(bp) * self.disbursed.fen()
    }

    /// The figures behind a notice.
    pub fn figures(&self, threshold_bp: u32) -> Figures {
        Figures::none()
            .with("compensated", self.compensated)
            .with("disbursed", self.disbursed)
            .with("ratio_percent", self.percent())
            .with("threshold_bp", threshold_bp)
    }

    /// For the eye only, cut to four decimals; nothing is decided by it.
    fn percent(&self) -> String {
        match self.disbursed.fen() {
            0 => "∞".into(),
            disbursed => {
                let millionths = self.compensated.fen() * 1_000_000 / disbursed;
                format!("{}.{:04}", millionths / 10_000, millionths % 10_000)
            }
        }
    }
}

/// Notes which thresholds the ratio reaches and since when, raises the notice that is due
/// and does not stand yet (A14), and answers what is no longer due. A suspension that is
/// due takes the place of a warning.
pub fn watch(
    policy: &Policy,
    bank: &mut Party,
    date: Day,
    out: &mut Outcome<'_>,
) -> Result<(), Fault> {
    let ratio = ratio(policy, bank);
    let (warn, suspend) = (
        ratio.reaches(policy.brake.warn_bp),
        ratio.reaches(policy.brake.suspend_bp),
    );
    bank.warn_reached_on = warn.then(|| bank.warn_reached_on.unwrap_or(date));
    bank.suspend_reached_on = suspend.then(|| bank.suspend_reached_on.unwrap_or(date));
    let object = format!("party:{}", bank.party);
    let suspended = bank.suspension().is_some();
    let (kind, bp) = if suspend && !suspended {
        (&alerts::SUSPEND_NOTICE_DUE, policy.brake.suspend_bp)
    } else if warn && !suspended && bank.warning().is_none() {
        out.answer(&alerts::SUSPEND_NOTICE_DUE, &object)?;
        (&alerts::WARN_NOTICE_DUE, policy.brake.warn_bp)
    } else {
        for kind in [&alerts::WARN_NOTICE_DUE, &alerts::SUSPEND_NOTICE_DUE] {
            out.answer(kind, &object)?;
        }
        return Ok(());
    };
    out.alert(kind, object, None, ratio.figures(bp))
}

/// The suspension during which a disbursement fell, if any.
pub fn suspended_at(bank: &Party, disbursed: When) -> Option<&Notice> {
    bank.suspensions.iter().find(|notice| {
        !disbursed.is_before(notice.issued_at)
            && notice
                .lifted_at
                .is_none_or(|lifted| disbursed.is_before(lifted))
    })
}

/// The notice that leaves a loan to the bank's own risk: its earliest disbursement during a
/// suspension, to a new customer of this bank (A15–A17).
pub fn excluding_notice(
    view: View<'_>,
    policy: &Policy,
    bank: &Party,
    loan: &Loan,
) -> Result<Option<Notice>, Fault> {
    if bank.suspensions.is_empty() {
        return Ok(None);
    }
    let loans = loans_of(view, bank, &loan.borrower.to_string())?;
    Ok(excluding(policy, bank, loan, &loans).cloned())
}

/// The same, given all loans of the bank to the borrower.
fn excluding<'a>(
    policy: &Policy,
    bank: &'a Party,
    loan: &Loan,
    loans: &[Loan],
) -> Option<&'a Notice> {
    let notice = suspended_at(bank, loan.earliest_disbursed()?)?;
    let is_old_customer = || {
        let mut loans = loans.iter();
        loans.any(|loan| loan.is_disbursed_before(notice.issued_at))
    };
    let covers_old = policy.brake.old_customer_new_loan == OldCustomer::CoverWarn;
    (!covers_old || !is_old_customer()).then_some(notice)
}

/// The loans of a bank to one borrower; to all of them, if that is empty.
fn loans_of(view: View<'_>, bank: &Party, borrower: &str) -> Result<Vec<Loan>, Fault> {
    let mut prefix = pair_key(bank.party.as_bytes(), borrower.as_bytes());
    if !borrower.is_empty() {
        prefix = pair_key(&prefix, b"");
    }
    let mut loans = Vec::new();
    for (key, _) in view.rows(Table::BankLoans, &prefix)? {
        let id = key.rsplit(|byte| *byte == 0).next().unwrap_or_default();
        loans.extend(view.get::<Loan>(id)?);
    }
    Ok(loans)
}

/// After a notice or its lifting recorded late: which loans count for the ratio (A13).
pub fn recount(view: View<'_>, bank: &mut Party, out: &mut Outcome<'_>) -> Result<(), Fault> {
    for mut loan in loans_of(view, bank, "")? {
        let loans = loans_of(view, bank, &loan.borrower.to_string())?;
        if recount_one(view, bank, &mut loan, &loans)? {
            out.put(&loan)?;
        }
    }
    Ok(())
}

/// After a disbursement, or its reversal: which loans of its borrower count. Money that was
/// there before a notice makes an old customer, whenever it is recorded (A16).
pub fn recount_borrower(
    view: View<'_>,
    bank: &mut Party,
    loan: &mut Loan,
    out: &mut Outcome<'_>,
) -> Result<(), Fault> {
    if bank.suspensions.is_empty() {
        return Ok(());
    }
    let mut loans = loans_of(view, bank, &loan.borrower.to_string())?;
    for stored in loans.iter_mut().filter(|stored| stored.loan == loan.loan) {
        stored.clone_from(loan);
    }
    for other in loans.iter().filter(|other| other.loan != loan.loan) {
        let mut other = other.clone();
        if recount_one(view, bank, &mut other, &loans)? {
            out.put(&other)?;
        }
    }
    recount_one(view, bank, loan, &loans).map(|_| ())
}

/// Whether it changed that this loan counts.
fn recount_one(
    view: View<'_>,
    bank: &mut Party,
    loan: &mut Loan,
    loans: &[Loan],
) -> Result<bool, Fault> {
    let version: Option<PolicyVersion> = view.get(&loan.policy.to_be_bytes())?;
    let Some(version) = version.filter(|_| loan.first_disbursed.is_some()) else {
        return Ok(false);
    };
    let counts = excluding(&version.policy, bank, loan, loans).is_none();
    if counts == loan.counts_for_brake {
        return Ok(false);
    }
    loan.counts_for_brake = counts;
    let sign = |amount: Amount| if counts { amount } else { -amount };
    bank.disbursed += sign(loan.disbursed);
    bank.disbursed_ip += sign(loan.disbursed_ip);
    Ok(true)
}

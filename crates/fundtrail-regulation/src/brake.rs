//! The brakes of Art. 13: a bank's ratio, who is told, and what a suspension excludes.

use alloc::format;
use alloc::string::{String, ToString};

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

/// The notice that leaves a loan to the bank's own risk: first disbursed during a
/// suspension, to a new customer of this bank (A15–A17).
pub fn excluding_notice(
    view: View<'_>,
    policy: &Policy,
    bank: &Party,
    loan: &Loan,
) -> Result<Option<Notice>, Fault> {
    let Some(disbursed) = loan.first_disbursed else {
        return Ok(None);
    };
    let Some(notice) = suspended_at(bank, disbursed) else {
        return Ok(None);
    };
    if policy.brake.old_customer_new_loan == OldCustomer::CoverWarn
        && is_old_customer(view, bank, loan, notice)?
    {
        return Ok(None);
    }
    Ok(Some(notice.clone()))
}

/// Whether the borrower had a loan disbursed by this bank before the notice (A16).
fn is_old_customer(
    view: View<'_>,
    bank: &Party,
    loan: &Loan,
    notice: &Notice,
) -> Result<bool, Fault> {
    let prefix = pair_key(
        &pair_key(bank.party.as_bytes(), loan.borrower.to_string().as_bytes()),
        b"",
    );
    for (key, _) in view.rows(Table::BankLoans, &prefix)? {
        let other: Option<Loan> = view.get(key.get(prefix.len()..).unwrap_or_default())?;
        let before = other.and_then(|other| other.first_disbursed);
        if before.is_some_and(|when| when.is_before(notice.issued_at)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// After a notice or its lifting recorded late: which loans count for the ratio (A13).
pub fn recount(view: View<'_>, bank: &mut Party, out: &mut Outcome<'_>) -> Result<(), Fault> {
    let prefix = pair_key(bank.party.as_bytes(), b"");
    for (key, _) in view.rows(Table::BankLoans, &prefix)? {
        let id = key.rsplit(|byte| *byte == 0).next().unwrap_or_default();
        let loan: Option<Loan> = view.get(id)?;
        let Some(mut loan) = loan.filter(|loan| loan.first_disbursed.is_some()) else {
            continue;
        };
        let version: Option<PolicyVersion> = view.get(&loan.policy.to_be_bytes())?;
        let Some(version) = version else { continue };
        let counts = excluding_notice(view, &version.policy, bank, &loan)?.is_none();
        if counts != loan.counts_for_brake {
            loan.counts_for_brake = counts;
            let sign = |amount: Amount| if counts { amount } else { -amount };
            bank.disbursed += sign(loan.disbursed);
            bank.disbursed_ip += sign(loan.disbursed_ip);
            out.put(&loan)?;
        }
    }
    Ok(())
}

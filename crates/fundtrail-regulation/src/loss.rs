//! The arithmetic of Art. 12, 15 and 16: how much was lost, how much is compensated,
//! how much is to be returned. Pure functions of records and policy.

use alloc::vec::Vec;

use fundtrail_model::{Amount, Day, Id};

use crate::calendar::{Calendar, CalendarMissing};
use crate::policy::{CapScope, DayUnit, MixedAllocation, Policy, ReturnBase, StopAt};
use crate::state::{Allocation, Borrower, Claim, Instalment, Loan, Share};

/// Where a loan's principal stands as of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overdue {
    /// Due date of the earliest unpaid principal, if any principal is unpaid.
    pub earliest_due: Option<Day>,
    /// Unpaid principal overdue long enough, whatever its period.
    pub principal: Amount,
    /// The part of it whose day of loss is in the period in force.
    pub covered: Amount,
    /// The first day of loss outside the period, where there is one.
    pub outside: Option<Day>,
}

/// The unpaid part of each instalment: repayments pay the earliest first, and nothing is
/// owed beyond what was disbursed.
pub fn unpaid_instalments(loan: &Loan) -> Vec<Instalment> {
    let mut before = Amount::ZERO;
    loan.due
        .iter()
        .map(|instalment| {
            let through = before + instalment.amount;
            let owed = through.min(loan.disbursed)
                - before.max(loan.repaid).min(through.min(loan.disbursed));
            before = through;
            Instalment {
                due_on: instalment.due_on,
                amount: owed.max(Amount::ZERO),
            }
        })
        .collect()
}

/// The day on which principal due on `due_on` counts as lost: the first on which it is
/// overdue long enough (A02, A11).
pub fn loss_day(due_on: Day, policy: &Policy) -> Option<Day> {
    due_on.plus_days(i64::from(policy.compensation.overdue_min_days))
}

/// Where the loan's principal stands as of a day, under a policy.
pub fn overdue(loan: &Loan, as_of: Day, policy: &Policy) -> Overdue {
    let mut found = Overdue {
        earliest_due: None,
        principal: Amount::ZERO,
        covered: Amount::ZERO,
        outside: None,
    };
    for unpaid in unpaid_instalments(loan)
        .iter()
        .filter(|unpaid| !unpaid.amount.is_zero())
    {
        found.earliest_due.get_or_insert(unpaid.due_on);
        let Some(lost_on) = loss_day(unpaid.due_on, policy).filter(|day| *day <= as_of) else {
            continue;
        };
        found.principal += unpaid.amount;
        if !policy.coverage.require_loss_in_period || policy.in_force(lost_on) {
            found.covered += unpaid.amount;
        } else {
            found.outside.get_or_insert(lost_on);
        }
    }
    found
}

/// The part of lost principal that belongs to the intellectual property (A06). For a loan
/// kept by the bank's own sub-ledger this is only the ceiling.
pub fn ip_part(loan: &Loan, principal: Amount, policy: &Policy) -> Amount {
    let part = match (loan.allocation, policy.compensation.mixed_allocation) {
        (Allocation::BankLedger, _) => principal,
        (_, MixedAllocation::ProRata) => principal.fraction(
            loan.ip_amount,
            loan.total,
            fundtrail_model::Rounding::HalfUp,
        ),
        // What is not IP is repaid, and lost, first.
        (_, MixedAllocation::IpLast) => {
            let outstanding = loan.outstanding();
            principal.less(outstanding - outstanding.min(loan.ip_amount))
        }
    };
    part.min(loan.ip_amount)
}

/// The ceiling that is left for a loan (A08).
pub fn cap(policy: &Policy, loan: &Loan, borrower: Option<&Borrower>) -> Amount {
    match (policy.compensation.cap_scope, borrower) {
        (CapScope::Borrower, Some(borrower)) => policy
            .compensation
            .cap
            .less(borrower.compensated.less(loan.compensated)),
        _ => policy.compensation.cap,
    }
}

/// What all claimants together are entitled to for a cumulative loss: the ratio of it,
/// rounded on the cumulative figure, and at most the cap (A07).
pub fn entitled(policy: &Policy, loss: Amount, cap: Amount) -> Amount {
    ratio_of(policy, loss).min(cap)
}

/// The ratio of a loss, before the cap.
pub fn ratio_of(policy: &Policy, loss: Amount) -> Amount {
    let rounding = policy.compensation.rounding.rounding();
    loss.basis_points(policy.compensation.ratio_bp, rounding)
}

/// One bearer's part of what all are entitled to, by largest remainder (A10).
pub fn share(entitled: Amount, borne: &[Share], party: &Id) -> Amount {
    let weights: Vec<Amount> = borne.iter().map(|share| share.amount).collect();
    let parts = entitled.split(&weights);
    borne
        .iter()
        .zip(parts)
        .filter(|(share, _)| share.party == *party)
        .map(|(_, part)| part)
        .sum()
}

/// Money collected after compensation.
#[derive(Clone, Copy, Debug)]
pub struct Collected {
    /// All of it.
    pub amount: Amount,
    /// Of which proceeds of the pledged rights.
    pub from_pledge: Amount,
    /// Of which interest and penalties.
    pub interest: Amount,
    /// Costs of enforcement.
    pub costs: Amount,
}

/// The part of a collection that counts for the return (A19, A23). What is deducted comes off
/// the whole first, and off the pledge's proceeds only when nothing else is left.
pub fn counted(loan: &Loan, collected: Collected, policy: &Policy) -> Amount {
    let mut money = collected.amount;
    if !policy.returns.include_interest {
        money = money.less(collected.interest);
    }
    if policy.returns.net_of_costs {
        money = money.less(collected.costs);
    }
    let from_pledge = collected.from_pledge.min(money);
    let other = money.less(from_pledge);
    match policy.returns.base {
        ReturnBase::GrossWhole => money,
        ReturnBase::GrossIpPart => {
            let part = other.fraction(
                loan.ip_amount,
                loan.total,
                fundtrail_model::Rounding::HalfUp,
            );
            from_pledge + part
        }
    }
}

/// What becomes due on a further collection: the ratio of everything counted so far,
/// rounded on the cumulative figure, up to the compensation that is not clawed back
/// (A21), less what was due. With nothing further collected it is what a later
/// compensation makes due on earlier collections.
pub fn return_due(loan: &Loan, counted: Amount, policy: &Policy) -> Amount {
    let rounding = policy.compensation.rounding.rounding();
    let total = (loan.collected + counted).basis_points(policy.returns.ratio_bp, rounding);
    let kept = loan.compensated.less(loan.clawed_back);
    let limit = match policy.returns.stop_at {
        StopAt::Compensation => total.min(kept),
        StopAt::FairShare => {
            let paid = loan.claims.iter().filter(|live| !live.paid.is_zero());
            let lost = paid.map(|live| live.loss).max().unwrap_or_default();
            (loan.collected + counted)
                .fraction(kept, lost, rounding)
                .min(kept)
        }
        StopAt::Never => total,
    };
    limit.less(loan.return_due)
}

/// Last day to return what becomes due: counted from the later of receipt and compensation
/// (A20, A22), the first day not counted. In calendar days a last day of rest moves to the
/// next working day (Civil Code Art. 203).
///
/// # Errors
/// [`CalendarMissing`] where counting needs a year that was not adopted.
pub fn deadline(
    received_on: Day,
    compensated_on: Option<Day>,
    policy: &Policy,
    calendar: &Calendar,
) -> Result<Day, CalendarMissing> {
    let from = compensated_on.map_or(received_on, |paid| paid.max(received_on));
    match policy.returns.deadline_unit {
        DayUnit::Working => calendar.nth_working_day_after(from, policy.returns.deadline),
        DayUnit::Calendar => {
            let missing = CalendarMissing { year: from.year() };
            let last = from
                .plus_days(i64::from(policy.returns.deadline))
                .ok_or(missing)?;
            if calendar.is_working_day(last)? {
                Ok(last)
            } else {
                calendar.nth_working_day_after(last, 1)
            }
        }
    }
}

/// The loss of a claim as it stands now: its principal on the schedule of its as-of day,
/// and what the policy counts beside it (A22).
pub fn now(loan: &Loan, claim: &Claim, policy: &Policy) -> Amount {
    if !policy.compensation.reconfirm_at_payment {
        return claim.loss;
    }
    let standing = overdue(loan, claim.as_of, policy);
    let principal = claim.loss.less(claim.beside_principal);
    let lost = ip_part(loan, standing.covered, policy).min(principal);
    if lost.is_zero() {
        return Amount::ZERO;
    }
    lost + claim.beside_principal
}

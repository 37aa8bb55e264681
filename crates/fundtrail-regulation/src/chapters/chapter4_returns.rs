//! Chapter 4, continued: recoveries and their return to the fund (Art. 16).

use fundtrail_model::{Amount, Figures, Id};

use super::{Body, Case, Kind, PASS, Rule, Stage, Verdict, refuse, refuse_if, rule, says};
use crate::loss;
use crate::state::{Loan, Recovery};

pub(super) const RULES: &[Rule] = &[
    rule(
        "RETURN_WITHOUT_COMPENSATION",
        "R-16-2",
        16,
        Stage::Law,
        says(
            "该贷款未获补偿，无返还义务",
            "The loan was never compensated: nothing is to be returned",
        ),
        &[Kind::RecoveryReport, Kind::RecoveryReturn],
        return_without_compensation,
    ),
    rule(
        "COLLECTOR_NOT_ENTITLED",
        "R-16-1",
        16,
        Stage::Law,
        says(
            "该机构既非贷款银行也未获补偿",
            "Neither the loan's bank nor one who was compensated for it",
        ),
        &[Kind::RecoveryReport, Kind::RecoveryReturn],
        collector_not_entitled,
    ),
    rule(
        "CALENDAR_MISSING",
        "A20",
        16,
        Stage::Law,
        says(
            "返还期限跨入尚未通过的年度日历",
            "The deadline reaches into a year whose calendar was not adopted",
        ),
        &[Kind::RecoveryReport, Kind::CompensationPay],
        calendar_missing,
    ),
    rule(
        "CALENDAR_CONFLICT",
        "A20",
        16,
        Stage::Law,
        says(
            "日历与已通过年度的日历相互矛盾",
            "The calendar contradicts a year adopted before",
        ),
        &[Kind::CalendarAdopt],
        calendar_conflict,
    ),
    rule(
        "RETURN_EXCESS",
        "R-16-5",
        16,
        Stage::Law,
        says(
            "返还超过应返还金额，多出部分须作暂收款",
            "More than is due; book the excess on suspense",
        ),
        &[Kind::RecoveryReturn],
        return_excess,
    ),
    rule(
        "REPAY_AFTER_COMPENSATION",
        "R-16-4",
        16,
        Stage::Law,
        says(
            "补偿后收回的资金须以追偿报告登记",
            "Money collected after compensation is a recovery, not a repayment",
        ),
        &[Kind::LoanRepay],
        repay_after_compensation,
    ),
];

fn return_without_compensation(case: &Case<'_>) -> Verdict {
    let Some(loan) = case.loan()? else {
        return PASS;
    };
    refuse_if(loan.compensated.is_zero(), || {
        Figures::none().with("loan", &loan.loan)
    })
}

fn collector_not_entitled(case: &Case<'_>) -> Verdict {
    let party = match case.body {
        Body::RecoveryReport(report) => &report.collector,
        Body::RecoveryReturn(back) => &back.payer,
        _ => return PASS,
    };
    match case.loan()? {
        Some(loan) => refuse_if(!has_part(loan, party), || {
            Figures::none().with("party", party)
        }),
        None => PASS,
    }
}

/// The lender, or one who was compensated: a claim alone entitles to nothing yet.
fn has_part(loan: &Loan, party: &Id) -> bool {
    let mut own = loan.claims.iter().filter(|live| live.claimant == *party);
    loan.bank == *party || own.any(|live| !live.paid.is_zero())
}

fn calendar_missing(case: &Case<'_>) -> Verdict {
    let Some(loan) = case.loan()? else {
        return PASS;
    };
    let (Some(policy), Some(calendar)) = (case.loan_policy()?, case.calendar()?) else {
        return PASS;
    };
    let (counted_from, reached) = match case.body {
        Body::RecoveryReport(report) => {
            let counted = loss::counted(loan, report.collected(), policy);
            let due = loss::return_due(loan, counted, policy);
            (
                report.received_on,
                report.deadline(loan, due, policy, calendar),
            )
        }
        // A payment may make something due on what was collected before it (A21).
        Body::CompensationPay(pay) => {
            let (Some(claim), Some(newest)) = (case.claim()?, &loan.last_recovery) else {
                return PASS;
            };
            let newest: Option<Recovery> = case.view.get(newest.as_bytes())?;
            let Some(recovery) = newest.filter(|one| one.owed().is_zero()) else {
                return PASS;
            };
            let (mut loan, mut claim) = (loan.clone(), claim.clone());
            loan.compensated += pay.amount;
            claim.paid += pay.amount;
            claim.loss = pay.reconfirmed_loss;
            loan.follow(&claim);
            if loss::return_due(&loan, Amount::ZERO, policy).is_zero() {
                return PASS;
            }
            (
                recovery.received_on.max(case.date()),
                loss::deadline(recovery.received_on, Some(case.date()), policy, calendar),
            )
        }
        _ => return PASS,
    };
    match reached {
        Ok(_) => PASS,
        Err(missing) => refuse(
            Figures::none()
                .with("year", missing.year)
                .with("counted_from", counted_from),
        ),
    }
}

/// A year is replaced whole, but must fit its neighbours.
fn calendar_conflict(case: &Case<'_>) -> Verdict {
    let Body::CalendarAdopt(adopt) = case.body else {
        return PASS;
    };
    let mut calendar = case.view.calendar(&adopt.calendar)?;
    for notice in &adopt.years {
        if calendar.adopt(notice.clone()).is_err() {
            return refuse(Figures::none().with("year", notice.year));
        }
    }
    PASS
}

fn return_excess(case: &Case<'_>) -> Verdict {
    let (Body::RecoveryReturn(back), Some(recovery)) = (case.body, case.recovery()?) else {
        return PASS;
    };
    refuse_if(back.amount > recovery.owed(), || {
        Figures::none()
            .with("amount", back.amount)
            .with("owed", recovery.owed())
            .with("excess", back.amount - recovery.owed())
    })
}

fn repay_after_compensation(case: &Case<'_>) -> Verdict {
    match case.loan()?.and_then(|loan| loan.compensated_on) {
        Some(day) => refuse(Figures::none().with("compensated_on", day)),
        None => PASS,
    }
}

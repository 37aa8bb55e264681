//! Chapter 4, compensation: notice of risk, claim, payment (Art. 14, 15).

use fundtrail_model::port::Table;
use fundtrail_model::{Amount, Fault, Figures};

use super::claims::appraise;
use super::ledger::fund_balance;
use super::{Body, Case, Kind, PASS, Rule, Stage, Verdict, refuse, refuse_if, rule, says};
use crate::kinds::LoanChange;
use crate::policy::Insufficient;
use crate::state::{Claim, ClaimStatus};

pub(super) const RULES: &[Rule] = &[
    rule(
        "LOAN_ALREADY_OVERDUE",
        "A40",
        15,
        Stage::Law,
        says(
            "贷款入库时已逾期，且无领导小组决定",
            "The loan is overdue when enrolled, without a decision of the leading group",
        ),
        &[Kind::LoanEnrol],
        loan_already_overdue,
    ),
    rule(
        "SPLIT_MISMATCH",
        "A23",
        15,
        Stage::Law,
        says(
            "还款中本金部分与清偿顺序不符",
            "The principal part does not follow the order of repayment",
        ),
        &[Kind::LoanRepay],
        split_mismatch,
    ),
    rule(
        "EXTENSION_TOO_LATE",
        "A11",
        15,
        Stage::Law,
        says(
            "展期未在原到期日前签署",
            "The extension was not signed before the old due date",
        ),
        &[Kind::LoanAmend],
        extension_too_late,
    ),
    rule(
        "AMENDMENT_INVALID",
        "R-15-5",
        15,
        Stage::Law,
        says("变更与合同不符", "The amendment does not fit the contract"),
        &[Kind::LoanAmend],
        amendment_invalid,
    ),
    rule(
        "PRINCIPAL_NOT_DUE",
        "R-15-1",
        15,
        Stage::Law,
        says("本金尚未到期", "No principal is due yet"),
        &[Kind::ClaimSubmit],
        principal_not_due,
    ),
    rule(
        "NOT_OVERDUE_ENOUGH",
        "R-15-1",
        15,
        Stage::Law,
        says(
            "逾期天数未达到规定",
            "The principal is not overdue long enough",
        ),
        &[Kind::ClaimSubmit],
        not_overdue_enough,
    ),
    rule(
        "BASE_INCLUDES_NON_PRINCIPAL",
        "R-15-3",
        15,
        Stage::Law,
        says(
            "补偿基数包含本金以外的项目",
            "The base includes what the policy does not compensate",
        ),
        &[Kind::ClaimSubmit],
        base_includes_non_principal,
    ),
    rule(
        "LOSS_EXCEEDS_OUTSTANDING",
        "R-15-6",
        15,
        Stage::Law,
        says(
            "申请损失超过知识产权部分逾期未还本金",
            "More loss is claimed than overdue principal of the IP part",
        ),
        &[Kind::ClaimSubmit],
        loss_exceeds_outstanding,
    ),
    rule(
        "DUPLICATE_CLAIM",
        "A09",
        15,
        Stage::Law,
        says("该损失已申请过补偿", "This loss was claimed before"),
        &[Kind::ClaimSubmit],
        duplicate_claim,
    ),
    rule(
        "CLAIM_LIMIT",
        "A09",
        15,
        Stage::Law,
        says(
            "该笔贷款的未结申请过多",
            "Too many claims are open on the loan",
        ),
        &[Kind::ClaimSubmit],
        claim_limit,
    ),
    rule(
        "CLAIM_STAGE",
        "R-15-7",
        15,
        Stage::Law,
        says("申请已不在此环节", "The claim is past this step"),
        &[
            Kind::ClaimVerify,
            Kind::ClaimApprove,
            Kind::ClaimReject,
            Kind::CompensationPay,
        ],
        claim_stage,
    ),
    rule(
        "NOT_VERIFIED",
        "R-15-2",
        15,
        Stage::Law,
        says(
            "申请尚未经资金管理人核实",
            "The manager has not verified the claim",
        ),
        &[Kind::ClaimApprove],
        not_verified,
    ),
    rule(
        "NOT_APPROVED",
        "R-15-2",
        15,
        Stage::Law,
        says(
            "申请尚未经领导小组同意",
            "The leading group has not approved the claim",
        ),
        &[Kind::CompensationPay],
        not_approved,
    ),
    rule(
        "QUEUE_ORDER",
        "A25",
        15,
        Stage::Law,
        says(
            "资金不足时须按同意顺序支付",
            "Money is short, and claims approved earlier come first",
        ),
        &[Kind::CompensationPay],
        queue_order,
    ),
];

fn loan_already_overdue(case: &Case<'_>) -> Verdict {
    let (Body::LoanEnrol(loan), Some(policy)) = (case.body, case.policy()?) else {
        return PASS;
    };
    let Some(first) = loan.due.first() else {
        return PASS;
    };
    let overdue = first.due_on < case.date() && policy.coverage.enrol_before_overdue;
    refuse_if(overdue && !case.standing()?.has_quorum, || {
        Figures::none()
            .with("due_on", first.due_on)
            .with("date", case.date())
    })
}

fn split_mismatch(case: &Case<'_>) -> Verdict {
    let (Body::LoanRepay(repay), Some(loan)) = (case.body, case.loan()?) else {
        return PASS;
    };
    let expected = repay.principal_paid(loan.repayment_order, loan.outstanding());
    refuse_if(repay.principal != expected, || {
        Figures::none()
            .with("principal", repay.principal)
            .with("expected", expected)
            .with("outstanding", loan.outstanding())
    })
}

fn extension_too_late(case: &Case<'_>) -> Verdict {
    let Body::LoanAmend(amend) = case.body else {
        return PASS;
    };
    match amend.change {
        LoanChange::Extension { due_on, .. } => refuse_if(amend.signed_on >= due_on, || {
            Figures::none()
                .with("signed_on", amend.signed_on)
                .with("due_on", due_on)
        }),
        _ => PASS,
    }
}

fn amendment_invalid(case: &Case<'_>) -> Verdict {
    let (Body::LoanAmend(amend), Some(loan)) = (case.body, case.loan()?) else {
        return PASS;
    };
    let figures = |reason: &'static str| Figures::none().with("reason", reason);
    match amend.change {
        LoanChange::Extension { due_on, new_due_on } => {
            if !loan
                .due
                .iter()
                .any(|instalment| instalment.due_on == due_on)
            {
                return refuse(figures("nothing is due on that day").with("due_on", due_on));
            }
            refuse_if(new_due_on <= due_on, || {
                figures("the new date is not later")
            })
        }
        LoanChange::Cancellation {} => {
            if loan.fraud || loan.misuse {
                return refuse(figures("a finding stands against it"));
            }
            refuse_if(!loan.disbursed.is_zero(), || {
                figures("the loan was disbursed")
            })
        }
        LoanChange::Acceleration { due_on } => refuse_if(due_on < amend.signed_on, || {
            figures("the date is before the notice")
        }),
        LoanChange::PledgeRegistration {
            pledge,
            registered_on,
        } => {
            if usize::from(pledge) >= loan.pledges.len() {
                return refuse(figures("there is no such pledge"));
            }
            refuse_if(registered_on > case.date(), || {
                figures("registered after the business date")
            })
        }
    }
}

fn principal_not_due(case: &Case<'_>) -> Verdict {
    let Body::ClaimSubmit(claim) = case.body else {
        return PASS;
    };
    let Some(appraisal) = appraise(case, claim)? else {
        return PASS;
    };
    match appraisal.overdue.earliest_due {
        Some(due_on) => refuse_if(due_on > claim.as_of, || {
            Figures::none()
                .with("due_on", due_on)
                .with("as_of", claim.as_of)
        }),
        // Everything is repaid: then no loss is left to claim, and that is said instead.
        None => PASS,
    }
}

fn not_overdue_enough(case: &Case<'_>) -> Verdict {
    let Body::ClaimSubmit(claim) = case.body else {
        return PASS;
    };
    let (Some(appraisal), Some(policy)) = (appraise(case, claim)?, case.loan_policy()?) else {
        return PASS;
    };
    let Some(due_on) = appraisal
        .overdue
        .earliest_due
        .filter(|due_on| *due_on <= claim.as_of)
    else {
        return PASS;
    };
    refuse_if(appraisal.overdue.principal.is_zero(), || {
        Figures::none()
            .with("overdue_days", claim.as_of.days_since(due_on))
            .with("required", policy.compensation.overdue_min_days)
            .with("due_on", due_on)
            .with("as_of", claim.as_of)
    })
}

fn base_includes_non_principal(case: &Case<'_>) -> Verdict {
    let Body::ClaimSubmit(claim) = case.body else {
        return PASS;
    };
    let Some(appraisal) = appraise(case, claim)? else {
        return PASS;
    };
    refuse_if(!appraisal.not_counted.is_zero(), || {
        Figures::none()
            .with("principal", claim.loss.principal)
            .with("not_compensated", appraisal.not_counted)
    })
}

/// Principal that is not due, not overdue long enough or outside the period is refused in
/// those words.
fn loss_exceeds_outstanding(case: &Case<'_>) -> Verdict {
    let Body::ClaimSubmit(claim) = case.body else {
        return PASS;
    };
    let Some(appraisal) = appraise(case, claim)? else {
        return PASS;
    };
    // With nothing unpaid there is nothing to be early or late with.
    let repaid = appraisal.overdue.earliest_due.is_none();
    let covered = appraisal.overdue.covered;
    let in_question = repaid || !covered.is_zero();
    let too_much = claim.loss.principal > appraisal.loss;
    // What counts beside principal (A04) counts beside principal that was lost.
    let beside_nothing = claim.loss.principal.is_zero() && !appraisal.counted.is_zero();
    refuse_if(in_question && (too_much || beside_nothing), || {
        Figures::none()
            .with("loss_stated", claim.loss.principal)
            .with("loss_computed", appraisal.loss)
            .with("overdue_principal", covered)
    })
}

/// Claimed before, and nothing is left to claim for this loss.
fn duplicate_claim(case: &Case<'_>) -> Verdict {
    let (Body::ClaimSubmit(claim), Some(loan)) = (case.body, case.loan()?) else {
        return PASS;
    };
    let (Some(policy), Some(appraisal)) = (case.loan_policy()?, appraise(case, claim)?) else {
        return PASS;
    };
    let (before, claimed) = (
        loan.loss_claimed_by(&claim.claimant),
        loan.claimed_by(&claim.claimant),
    );
    let nothing_left = claim.loss.total() <= before && appraisal.own <= claimed;
    let second = !policy.compensation.multiple_claims;
    refuse_if(!claimed.is_zero() && (nothing_left || second), || {
        Figures::none()
            .with("loss_stated", claim.loss.total())
            .with("loss_claimed_before", before)
            .with("claimed_before", claimed)
    })
}

/// The most claims that may be open on one loan: a bound on work, far above any practice.
const CLAIMS_MAX: usize = 24;

fn claim_limit(case: &Case<'_>) -> Verdict {
    let Some(loan) = case.loan()? else {
        return PASS;
    };
    let open = loan
        .claims
        .iter()
        .filter(|live| live.paid < live.amount)
        .count();
    refuse_if(open >= CLAIMS_MAX, || {
        Figures::none()
            .with("open_claims", open)
            .with("at_most", CLAIMS_MAX)
    })
}

/// Where a claim stands decides what may be done with it. Not yet verified, and not yet
/// approved, are refused in their own words.
fn claim_stage(case: &Case<'_>) -> Verdict {
    let Some(claim) = case.claim()? else {
        return PASS;
    };
    let allowed: &[ClaimStatus] = match case.kind() {
        Kind::ClaimVerify => &[ClaimStatus::Submitted],
        Kind::ClaimApprove => &[ClaimStatus::Submitted, ClaimStatus::Verified],
        _ => &[
            ClaimStatus::Submitted,
            ClaimStatus::Verified,
            ClaimStatus::Approved,
        ],
    };
    refuse_if(!allowed.contains(&claim.status), || {
        Figures::none()
            .with("status", status_name(claim.status))
            .with("paid", claim.paid)
    })
}

fn status_name(status: ClaimStatus) -> &'static str {
    match status {
        ClaimStatus::Submitted => "submitted",
        ClaimStatus::Verified => "verified",
        ClaimStatus::Approved => "approved",
        ClaimStatus::Rejected => "rejected",
        ClaimStatus::Paid => "paid",
    }
}

fn not_verified(case: &Case<'_>) -> Verdict {
    let Some(claim) = case.claim()? else {
        return PASS;
    };
    refuse_if(claim.status == ClaimStatus::Submitted, || {
        Figures::none().with("status", status_name(claim.status))
    })
}

fn not_approved(case: &Case<'_>) -> Verdict {
    let Some(claim) = case.claim()? else {
        return PASS;
    };
    let pending = matches!(claim.status, ClaimStatus::Submitted | ClaimStatus::Verified);
    refuse_if(pending, || {
        Figures::none().with("status", status_name(claim.status))
    })
}

/// Money that earlier approvals wait for is not there for later ones.
/// Only what is approved and not paid stands in the queue.
fn queue_order(case: &Case<'_>) -> Verdict {
    let (Body::CompensationPay(pay), Some(claim), Some(policy)) =
        (case.body, case.claim()?, case.policy()?)
    else {
        return PASS;
    };
    let queues = policy.fund.insufficient == Insufficient::QueueFifo
        && claim.status == ClaimStatus::Approved;
    let Some(approval) = claim.approval.filter(|_| queues) else {
        return PASS;
    };
    let earlier = unpaid_before(case, approval)?;
    let balance = fund_balance(case)?;
    refuse_if(!earlier.is_zero() && balance - pay.amount < earlier, || {
        Figures::none()
            .with("fund", balance)
            .with("amount", pay.amount)
            .with("approved_earlier_unpaid", earlier)
    })
}

fn unpaid_before(case: &Case<'_>, approval: u64) -> Result<Amount, Fault> {
    let rows = case
        .view
        .read()
        .range(Table::Queue, &[], &approval.to_be_bytes(), usize::MAX)?;
    let mut unpaid = Amount::ZERO;
    for (_, id) in rows {
        let claim: Option<Claim> = case.view.get(&id)?;
        unpaid += claim.map(|claim| claim.unpaid()).unwrap_or_default();
    }
    Ok(unpaid)
}

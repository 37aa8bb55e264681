//! Chapter 3, projects: the ratio, the cap and the brakes (Art. 12, 13).

use fundtrail_model::port::Table;
use fundtrail_model::{Figures, When};

use super::claims::appraise;
use super::{Body, Case, Kind, PASS, Rule, Stage, Verdict, refuse, refuse_if, rule, says};
use crate::brake;
use crate::kinds::payable;
use crate::loss;
use crate::state::{Allocation, Claim, Role};

pub(super) const RULES: &[Rule] = &[
    rule(
        "IP_PORTION_UNDEFINED",
        "R-12-1",
        12,
        Stage::Law,
        says(
            "合同未以金额明确知识产权质押部分",
            "The contract does not state the IP part in yuan",
        ),
        &[Kind::LoanEnrol],
        ip_portion_undefined,
    ),
    rule(
        "CONTRACT_DUPLICATE",
        "A08",
        12,
        Stage::Law,
        says("该借款合同已入库", "This loan contract is enrolled already"),
        &[Kind::LoanEnrol],
        contract_duplicate,
    ),
    rule(
        "LOAN_OVERDRAWN",
        "R-12-4",
        12,
        Stage::Law,
        says(
            "累计发放超过合同金额",
            "More would be disbursed than the contract's amount",
        ),
        &[Kind::LoanDisburse],
        loan_overdrawn,
    ),
    rule(
        "LOAN_CLOSED",
        "R-12-5",
        12,
        Stage::Law,
        says(
            "贷款已逾期、已申请补偿或已被排除，不得再发放",
            "The loan is overdue, claimed for or excluded: nothing more is disbursed",
        ),
        &[Kind::LoanDisburse],
        loan_closed,
    ),
    rule(
        "RATIO_EXCEEDED",
        "R-12-2",
        12,
        Stage::Law,
        says(
            "申请金额超过规定比例",
            "More is claimed than the ratio of the loss",
        ),
        &[Kind::ClaimSubmit],
        ratio_exceeded,
    ),
    rule(
        "CAP_EXCEEDED",
        "R-12-3",
        12,
        Stage::Law,
        says(
            "该笔贷款累计补偿超过上限",
            "The loan's compensation would exceed the cap",
        ),
        &[Kind::ClaimSubmit],
        cap_exceeded,
    ),
    rule(
        "SHARE_EXCEEDS_TOTAL",
        "A10",
        12,
        Stage::Law,
        says(
            "各方申请之和超过该笔贷款应补偿总额",
            "All claimants together claim more than the loan is entitled to",
        ),
        &[Kind::ClaimSubmit],
        share_exceeds_total,
    ),
    rule(
        "AMOUNT_MISMATCH",
        "R-12-2",
        12,
        Stage::Law,
        says(
            "金额与按规定计算的金额不符",
            "The amount is not the one the rule gives",
        ),
        &[
            Kind::ClaimSubmit,
            Kind::ClaimVerify,
            Kind::ClaimApprove,
            Kind::CompensationPay,
        ],
        amount_mismatch,
    ),
    rule(
        "NOTICE_UNFOUNDED",
        "R-13-1",
        13,
        Stage::Law,
        says(
            "补偿比率未达到门槛，且办公室未会签",
            "The ratio is below the threshold and the office did not sign",
        ),
        &[Kind::WarnNotice, Kind::SuspendNotice],
        notice_unfounded,
    ),
    rule(
        "NOTICE_STANDS",
        "R-13-5",
        13,
        Stage::Law,
        says("同类通知已生效", "A notice of the same sort stands already"),
        &[Kind::WarnNotice, Kind::SuspendNotice],
        notice_stands,
    ),
    rule(
        "NOTICE_NOT_STANDING",
        "A18",
        13,
        Stage::Law,
        says("没有生效的通知可以解除", "No such notice stands"),
        &[Kind::SuspendLift],
        notice_not_standing,
    ),
    rule(
        "NEW_CUSTOMER_AFTER_SUSPENSION",
        "R-13-4",
        13,
        Stage::Law,
        says(
            "中止通知发出后向新增客户发放的贷款，由银行自担风险",
            "Disbursed to a new customer after the notice to suspend: the bank bears the risk",
        ),
        &[Kind::ClaimSubmit],
        new_customer_after_suspension,
    ),
];

fn ip_portion_undefined(case: &Case<'_>) -> Verdict {
    let Body::LoanEnrol(loan) = case.body else {
        return PASS;
    };
    refuse_if(
        loan.ip_amount.is_none_or(fundtrail_model::Amount::is_zero),
        Figures::none,
    )
}

/// One contract has one cap: enrolling it twice would give it two.
fn contract_duplicate(case: &Case<'_>) -> Verdict {
    for tag in case.findings.tags.values() {
        if let Some(holder) = case
            .view
            .read()
            .get(Table::Tags, alloc::format!("{tag}").as_bytes())?
        {
            let holder = alloc::string::String::from_utf8_lossy(&holder).into_owned();
            return refuse(Figures::none().with("enrolled_as", holder));
        }
    }
    PASS
}

fn loan_overdrawn(case: &Case<'_>) -> Verdict {
    let (Body::LoanDisburse(disburse), Some(loan)) = (case.body, case.loan()?) else {
        return PASS;
    };
    refuse_if(loan.disbursed + disburse.amount > loan.total, || {
        Figures::none()
            .with("disbursed", loan.disbursed)
            .with("amount", disburse.amount)
            .with("total", loan.total)
    })
}

/// Money added to a loan that already fails would only be lost.
fn loan_closed(case: &Case<'_>) -> Verdict {
    let (Body::LoanDisburse(disburse), Some(loan)) = (case.body, case.loan()?) else {
        return PASS;
    };
    let day = disburse.disbursed_at.day();
    // What is due earlier takes up the money first, so it is asked with the money.
    let mut paid_out = loan.clone();
    paid_out.disbursed += disburse.amount;
    let overdue = loss::unpaid_instalments(&paid_out)
        .into_iter()
        .find(|unpaid| !unpaid.amount.is_zero() && unpaid.due_on < day);
    let last_due = loan.due.last().map(|instalment| instalment.due_on);
    let mut claimed_as_of = None;
    for live in &loan.claims {
        let claim: Option<Claim> = case.view.get(live.claim.as_bytes())?;
        claimed_as_of = claim
            .map(|claim| claim.as_of)
            .into_iter()
            .chain(claimed_as_of)
            .min();
    }
    let excluded = loan.fraud || case.borrower()?.is_some_and(|borrower| borrower.fraud);
    let reason = if excluded {
        "excluded"
    } else if claimed_as_of.is_some_and(|as_of| as_of < day) {
        "claimed"
    } else if overdue.is_some() {
        "overdue"
    } else if last_due.is_some_and(|last| last < day) {
        "past_due_date"
    } else {
        return PASS;
    };
    refuse(
        Figures::none()
            .with("reason", reason)
            .with("disbursed_on", day),
    )
}

fn ratio_exceeded(case: &Case<'_>) -> Verdict {
    let Body::ClaimSubmit(claim) = case.body else {
        return PASS;
    };
    let Some(appraisal) = appraise(case, claim)? else {
        return PASS;
    };
    refuse_if(claim.amount > appraisal.own_ratio, || {
        Figures::none()
            .with("claimed", claim.amount)
            .with("loss", appraisal.counted)
            .with("at_most", appraisal.own_ratio)
    })
}

fn cap_exceeded(case: &Case<'_>) -> Verdict {
    let (Body::ClaimSubmit(claim), Some(loan)) = (case.body, case.loan()?) else {
        return PASS;
    };
    let Some(appraisal) = appraise(case, claim)? else {
        return PASS;
    };
    let before = loan.claimed_total();
    refuse_if(before + claim.amount > appraisal.cap, || {
        Figures::none()
            .with("claimed", claim.amount)
            .with("claimed_before", before)
            .with("cap", appraisal.cap)
    })
}

fn share_exceeds_total(case: &Case<'_>) -> Verdict {
    let (Body::ClaimSubmit(claim), Some(loan)) = (case.body, case.loan()?) else {
        return PASS;
    };
    let Some(appraisal) = appraise(case, claim)? else {
        return PASS;
    };
    let total = loan.claimed_total();
    let others = total - loan.claimed_by(&claim.claimant);
    refuse_if(
        !others.is_zero() && total + claim.amount > appraisal.entitled,
        || {
            Figures::none()
                .with("claimed", claim.amount)
                .with("claimed_by_others", others)
                .with("entitled_together", appraisal.entitled)
        },
    )
}

/// The text fixes a proportion, not a ceiling: less is as wrong as more.
fn amount_mismatch(case: &Case<'_>) -> Verdict {
    let Some(loan) = case.loan()? else {
        return PASS;
    };
    match (case.body, case.claim()?) {
        (Body::ClaimSubmit(claim), _) => {
            let Some(appraisal) = appraise(case, claim)? else {
                return PASS;
            };
            let understated = appraisal.is_understated(claim);
            let expected = appraisal.expected(claim, loan);
            refuse_if(claim.amount != expected || understated, || {
                Figures::none()
                    .with("claimed", claim.amount)
                    .with("expected", expected)
                    .with("loss_stated", claim.loss.principal)
                    .with("loss_computed", appraisal.loss)
            })
        }
        (Body::ClaimVerify(verify), Some(claim)) => refuse_if(
            verify.amount != claim.amount || verify.loss != claim.loss,
            || {
                Figures::none()
                    .with("amount", verify.amount)
                    .with("claimed", claim.amount)
                    .with("loss", verify.loss)
                    .with("loss_claimed", claim.loss)
            },
        ),
        (Body::ClaimApprove(approve), Some(claim)) => {
            refuse_if(approve.amount != claim.amount, || {
                Figures::none()
                    .with("amount", approve.amount)
                    .with("claimed", claim.amount)
            })
        }
        (Body::CompensationPay(pay), Some(claim)) => {
            let Some(policy) = case.loan_policy()? else {
                return PASS;
            };
            let loss = loss::now(loan, claim, policy);
            let payable = payable(case, claim, loan, pay.reconfirmed_loss.min(loss))?;
            let confirmed = match loan.allocation {
                Allocation::ProRata => pay.reconfirmed_loss == loss,
                Allocation::BankLedger => pay.reconfirmed_loss <= loss,
            };
            let paid_right = if pay.partial {
                pay.amount < payable
            } else {
                pay.amount == payable
            };
            refuse_if(!confirmed || !paid_right, || {
                Figures::none()
                    .with("amount", pay.amount)
                    .with("payable", payable)
                    .with("loss_confirmed", pay.reconfirmed_loss)
                    .with("loss_computed", loss)
            })
        }
        _ => PASS,
    }
}

/// Founded on a threshold that was reached, and not before it was; or signed by the
/// office too.
fn notice_unfounded(case: &Case<'_>) -> Verdict {
    let (Some(policy), Some(bank)) = (case.policy()?, case.party()?) else {
        return PASS;
    };
    let (threshold, reached_on, issued_at) = match case.body {
        Body::WarnNotice(notice) => (policy.brake.warn_bp, bank.warn_reached_on, notice.issued_at),
        Body::SuspendNotice(notice) => (
            policy.brake.suspend_bp,
            bank.suspend_reached_on,
            notice.issued_at,
        ),
        _ => return PASS,
    };
    let ratio = brake::ratio(policy, bank);
    // Where the policy lowered the threshold, the ratio reached it when that began to apply.
    let lowered = case.version()?.map(|version| version.applies_from);
    let in_time = reached_on
        .or(lowered)
        .is_some_and(|day| day <= issued_at.day());
    let founded = (ratio.reaches(threshold) && in_time) || case.is_signed_by(Role::Office);
    refuse_if(!founded, || {
        let figures = ratio.figures(threshold).with("issued_on", issued_at.day());
        match reached_on {
            Some(day) => figures.with("reached_on", day),
            None => figures,
        }
    })
}

fn notice_stands(case: &Case<'_>) -> Verdict {
    let Some(bank) = case.party()? else {
        return PASS;
    };
    let standing = match case.body {
        Body::WarnNotice(_) => bank.warning(),
        _ => bank.suspension(),
    };
    match standing {
        Some(notice) => refuse(Figures::none().with("issued_at", notice.issued_at)),
        None => PASS,
    }
}

fn notice_not_standing(case: &Case<'_>) -> Verdict {
    let (Body::SuspendLift(lift), Some(bank)) = (case.body, case.party()?) else {
        return PASS;
    };
    match lift.standing(bank) {
        None => refuse(Figures::none().with("bank", &lift.bank)),
        Some(notice) => refuse_if(lift.lifted_at <= notice.issued_at, || {
            Figures::none()
                .with("issued_at", notice.issued_at)
                .with("lifted_at", lift.lifted_at)
        }),
    }
}

fn new_customer_after_suspension(case: &Case<'_>) -> Verdict {
    let (Some(policy), Some(bank), Some(loan)) = (case.loan_policy()?, case.bank()?, case.loan()?)
    else {
        return PASS;
    };
    match brake::excluding_notice(case.view, policy, bank, loan)? {
        Some(notice) => {
            let disbursed = match loan.earliest_disbursed() {
                Some(When::At(moment)) => Figures::none().with("disbursed_at", moment),
                Some(When::On(day)) => Figures::none().with("disbursed_on", day),
                None => Figures::none(),
            };
            refuse(disbursed.with("notice_issued_at", notice.issued_at))
        }
        None => PASS,
    }
}

//! Chapter 1, general provisions: policy in force, initial fund, period of loss,
//! eligible enterprises, pledged rights, use of proceeds (Art. 1–5).

use fundtrail_model::{Day, Fault, Figures};

use super::claims::appraise;
use super::{Body, Case, Kind, PASS, Rule, Stage, Verdict, refuse, refuse_if, rule, says};
use crate::alerts;
use crate::calendar::{anniversary, years_before};
use crate::kinds::ContributionPurpose;
use crate::policy::{Misuse, Policy, RegionTest};

pub(super) const RULES: &[Rule] = &[
    rule(
        "POLICY_NOT_IN_FORCE",
        "R-1-1",
        1,
        Stage::Law,
        says(
            "该日期没有适用的政策",
            "No adopted policy applies to that date",
        ),
        NEEDS_POLICY,
        policy_not_in_force,
    ),
    rule(
        "IP_KIND",
        "R-2-2",
        2,
        Stage::Law,
        says(
            "质押的不是政策所列的知识产权种类",
            "No pledged right is of a kind the policy covers",
        ),
        &[Kind::LoanEnrol],
        ip_kind,
    ),
    rule(
        "IP_SHARE",
        "R-2-4",
        2,
        Stage::Law,
        says(
            "知识产权质押部分占比低于规定",
            "The IP part is a smaller share of the loan than required",
        ),
        &[Kind::LoanEnrol],
        ip_share,
    ),
    rule(
        "PAYEE_NOT_ALLOWED",
        "R-2-3",
        2,
        Stage::Law,
        says(
            "收款人不在规定范围",
            "The payee is not one to whom this money may go",
        ),
        &[Kind::CompensationPay, Kind::FeePay, Kind::Distribute],
        payee_not_allowed,
    ),
    rule(
        "CONTRIBUTOR_UNKNOWN",
        "R-3-3",
        3,
        Stage::Law,
        says(
            "出资人不在政策所列名单",
            "The policy names no such contributor",
        ),
        &[Kind::Contribution],
        contributor_unknown,
    ),
    rule(
        "INIT_AMOUNT",
        "R-3-1",
        3,
        Stage::Law,
        says(
            "初始资金总额与规定不符",
            "The initial total is not what the policy fixes",
        ),
        &[Kind::Contribution, Kind::FundActivate],
        initial_amount,
    ),
    rule(
        "FUND_ACTIVE",
        "R-3-4",
        3,
        Stage::Law,
        says("资金已启动", "The fund was activated before"),
        &[Kind::FundActivate],
        fund_active,
    ),
    rule(
        "FUND_NOT_ACTIVE",
        "R-3-5",
        3,
        Stage::Law,
        says("资金尚未启动", "The fund is not activated"),
        &[Kind::LoanEnrol, Kind::FeePay],
        fund_not_active,
    ),
    rule(
        "OUT_OF_PERIOD",
        "R-3-2",
        3,
        Stage::Law,
        says(
            "不在办法有效期内",
            "Outside the period in which the measure is in force",
        ),
        &[Kind::LoanEnrol, Kind::LoanDisburse, Kind::ClaimSubmit],
        out_of_period,
    ),
    rule(
        "BORROWER_REGION",
        "R-4-1",
        4,
        Stage::Law,
        says(
            "企业登记地不在本市",
            "The enterprise is not registered in the region",
        ),
        &[Kind::BorrowerRegister, Kind::LoanDisburse],
        borrower_region,
    ),
    rule(
        "BORROWER_NOT_LEGAL_PERSON",
        "R-4-2",
        4,
        Stage::Law,
        says(
            "企业不具有独立法人资格",
            "The enterprise is not an independent legal person",
        ),
        &[Kind::BorrowerRegister],
        borrower_not_legal_person,
    ),
    rule(
        "BORROWER_SME",
        "A31",
        1,
        Stage::Law,
        says(
            "企业未证明为中小企业",
            "The enterprise is not attested to be small or medium",
        ),
        &[Kind::LoanEnrol],
        borrower_sme,
    ),
    rule(
        "BORROWER_AGE",
        "R-4-1",
        4,
        Stage::Law,
        says(
            "企业登记注册未满规定年限",
            "The enterprise has not been registered long enough",
        ),
        &[Kind::LoanDisburse],
        borrower_age,
    ),
    rule(
        "BORROWER_CREDIT",
        "R-4-3",
        4,
        Stage::Law,
        says(
            "规定年限内有不良信用记录",
            "There is an adverse credit record within the years that count",
        ),
        &[Kind::LoanDisburse],
        borrower_credit,
    ),
    rule(
        "CREDIT_QUERY",
        "A29",
        4,
        Stage::Law,
        says(
            "征信查询晚于放款或已过期",
            "The credit query is later than the disbursement, or too old",
        ),
        &[Kind::LoanDisburse],
        credit_query,
    ),
    rule(
        "IP_NOT_PLEDGED",
        "R-4-4",
        4,
        Stage::Law,
        says(
            "知识产权未质押或未办理质押登记",
            "No right is pledged, or a pledge is not registered",
        ),
        &[Kind::LoanEnrol, Kind::ClaimSubmit],
        ip_not_pledged,
    ),
    rule(
        "PURPOSE_FORBIDDEN",
        "R-5-2",
        5,
        Stage::Law,
        says(
            "贷款用途不在允许范围",
            "The loan is for a purpose that is not allowed",
        ),
        &[Kind::LoanEnrol],
        purpose_forbidden,
    ),
    rule(
        "MISUSE_FOUND",
        "R-5-3",
        5,
        Stage::Law,
        says(
            "贷款已被认定违规使用，领导小组未作例外决定",
            "A misuse of proceeds is confirmed and not overridden",
        ),
        &[Kind::ClaimApprove],
        misuse_found,
    ),
];

/// All kinds that only make sense under a policy: all but the founding ones.
const NEEDS_POLICY: &[Kind] = match Kind::ALL {
    [
        Kind::Genesis,
        Kind::PolicyAdopt,
        Kind::CalendarAdopt,
        Kind::KeyEnrol,
        Kind::KeyRotate,
        Kind::KeyRevoke,
        Kind::LedgerRestore,
        rest @ ..,
    ] => rest,
    other => other,
};

fn policy_not_in_force(case: &Case<'_>) -> Verdict {
    match case.version()? {
        None => refuse(Figures::none().with("date", case.date())),
        Some(version) => refuse_if(case.date() < version.applies_from, || {
            Figures::none()
                .with("date", case.date())
                .with("applies_from", version.applies_from)
        }),
    }
}

fn ip_kind(case: &Case<'_>) -> Verdict {
    let (Body::LoanEnrol(loan), Some(policy)) = (case.body, case.policy()?) else {
        return PASS;
    };
    let covered = loan
        .pledges
        .iter()
        .any(|pledge| policy.ip.kinds.contains(&pledge.kind));
    match loan.pledges.first() {
        Some(first) if !covered => refuse(Figures::none().with("pledged", &first.kind)),
        _ => PASS,
    }
}

fn ip_share(case: &Case<'_>) -> Verdict {
    let (Body::LoanEnrol(loan), Some(policy)) = (case.body, case.policy()?) else {
        return PASS;
    };
    let Some(ip) = loan.ip_amount else {
        return PASS;
    };
    let least = policy.ip.min_ip_share_bp;
    let reached = ip.fen() * 10_000 >= i128::from(least) * loan.total.fen();
    refuse_if(!reached, || {
        Figures::none()
            .with("ip_amount", ip)
            .with("total", loan.total)
            .with("min_share_bp", least)
    })
}

/// The closed set of outflows (Art. 2): compensation to the claimant, the fee to the
/// manager, the balance to the contributors.
fn payee_not_allowed(case: &Case<'_>) -> Verdict {
    let (payee, allowed) = match case.body {
        Body::CompensationPay(pay) => (
            &pay.payee,
            case.claim()?.map(|claim| claim.claimant.clone()),
        ),
        Body::FeePay(fee) => (&fee.payee, case.fund()?.manager.clone()),
        Body::Distribute(distribute) => {
            let contributed = &case.fund()?.contributed;
            let stranger = distribute
                .lines
                .iter()
                .find(|line| !contributed.iter().any(|one| one.party == line.contributor));
            return match stranger {
                Some(line) => refuse(Figures::none().with("payee", &line.contributor)),
                None => PASS,
            };
        }
        _ => return PASS,
    };
    refuse_if(allowed.as_ref() != Some(payee), || {
        let figures = Figures::none().with("payee", payee);
        match &allowed {
            Some(allowed) => figures.with("allowed", allowed),
            None => figures,
        }
    })
}

fn contributor_unknown(case: &Case<'_>) -> Verdict {
    let (Body::Contribution(contribution), Some(policy)) = (case.body, case.policy()?) else {
        return PASS;
    };
    let named = policy
        .fund
        .contributors
        .iter()
        .any(|one| one.id == contribution.contributor);
    refuse_if(!named, || {
        Figures::none().with("contributor", &contribution.contributor)
    })
}

fn initial_amount(case: &Case<'_>) -> Verdict {
    let Some(policy) = case.policy()? else {
        return PASS;
    };
    let (paid, required) = (case.fund()?.initial(), policy.fund.initial);
    match case.body {
        Body::FundActivate(_) => refuse_if(paid != required, || {
            Figures::none()
                .with("paid_in", paid)
                .with("required", required)
        }),
        Body::Contribution(one) if one.purpose == ContributionPurpose::Initial => {
            refuse_if(paid + one.amount > required, || {
                Figures::none()
                    .with("paid_in", paid + one.amount)
                    .with("required", required)
            })
        }
        _ => PASS,
    }
}

fn fund_active(case: &Case<'_>) -> Verdict {
    match case.fund()?.activated_on {
        Some(day) => refuse(Figures::none().with("activated_on", day)),
        None => PASS,
    }
}

fn fund_not_active(case: &Case<'_>) -> Verdict {
    refuse_if(case.fund()?.activated_on.is_none(), Figures::none)
}

fn out_of_period(case: &Case<'_>) -> Verdict {
    let Some(policy) = case.policy()? else {
        return PASS;
    };
    let measure = &policy.policy;
    let figures = |name: &'static str, day| {
        Figures::none()
            .with(name, day)
            .with("effective_from", measure.effective_from)
            .with("effective_to", measure.effective_to)
    };
    match case.body {
        Body::LoanEnrol(_) => refuse_if(!policy.in_force(case.date()), || {
            figures("date", case.date())
        }),
        Body::LoanDisburse(disburse) => {
            let day = disburse.disbursed_at.day();
            let outside = policy.coverage.require_disbursed_in_period && !policy.in_force(day);
            refuse_if(outside, || figures("disbursed_on", day))
        }
        Body::ClaimSubmit(claim) => {
            let Some(appraisal) = appraise(case, claim)? else {
                return PASS;
            };
            let (Some(day), true) = (
                appraisal.overdue.outside,
                appraisal.overdue.covered.is_zero(),
            ) else {
                return PASS;
            };
            refuse(
                Figures::none()
                    .with("loss_on", day)
                    .with("effective_from", appraisal.effective.0)
                    .with("effective_to", appraisal.effective.1),
            )
        }
        _ => PASS,
    }
}

fn borrower_region(case: &Case<'_>) -> Verdict {
    let Some(policy) = cover(case)? else {
        return PASS;
    };
    let (division, foreign_code) = match case.body {
        Body::BorrowerRegister(register) => {
            let foreign = case
                .findings
                .alerts
                .iter()
                .any(|code| code == alerts::USCC_PREFIX_FOREIGN.code);
            (register.registered_division.as_str(), foreign)
        }
        _ => match case.borrower()? {
            Some(borrower) => (borrower.division.as_str(), false),
            None => return PASS,
        },
    };
    let outside = !policy.in_region(division)
        || (policy.eligibility.region_test == RegionTest::Both && foreign_code);
    refuse_if(outside, || {
        Figures::none().with("registered_division", division)
    })
}

fn borrower_not_legal_person(case: &Case<'_>) -> Verdict {
    let Body::BorrowerRegister(register) = case.body else {
        return PASS;
    };
    refuse_if(!register.legal_person, Figures::none)
}

fn borrower_sme(case: &Case<'_>) -> Verdict {
    let (Some(policy), Some(borrower)) = (case.policy()?, case.borrower()?) else {
        return PASS;
    };
    refuse_if(
        policy.eligibility.require_sme && borrower.sme != Some(true),
        Figures::none,
    )
}

/// Facts of the borrower are judged at the first disbursement (A29).
fn borrower_age(case: &Case<'_>) -> Verdict {
    let (Some(day), Some(policy), Some(borrower)) =
        (first_disbursement(case)?, cover(case)?, case.borrower()?)
    else {
        return PASS;
    };
    let eligible = anniversary(borrower.registered_on, policy.eligibility.min_age_years);
    refuse_if(day < eligible, || {
        Figures::none()
            .with("registered_on", borrower.registered_on)
            .with("eligible_from", eligible)
            .with("disbursed_on", day)
    })
}

fn borrower_credit(case: &Case<'_>) -> Verdict {
    let (Some(day), Some(policy), Some(loan)) =
        (first_disbursement(case)?, cover(case)?, case.loan()?)
    else {
        return PASS;
    };
    let since = years_before(day, policy.eligibility.credit_clean_years);
    match loan.credit.adverse_on {
        Some(adverse) => refuse_if(adverse >= since, || {
            Figures::none()
                .with("adverse_on", adverse)
                .with("counts_from", since)
                .with("disbursed_on", day)
        }),
        None => PASS,
    }
}

fn credit_query(case: &Case<'_>) -> Verdict {
    let (Some(day), Some(policy), Some(loan)) =
        (first_disbursement(case)?, cover(case)?, case.loan()?)
    else {
        return PASS;
    };
    let (age, most) = (
        day.days_since(loan.credit.queried_on),
        policy.eligibility.credit_query_max_age_days,
    );
    refuse_if(age < 0 || age > i64::from(most), || {
        Figures::none()
            .with("queried_on", loan.credit.queried_on)
            .with("disbursed_on", day)
            .with("max_age_days", most)
    })
}

/// The policy whose conditions apply: for a disbursement the one of its day (A44).
fn cover<'a>(case: &'a Case<'_>) -> Result<Option<&'a Policy>, Fault> {
    match case.body {
        Body::LoanDisburse(disburse) => case.cover_policy(disburse.disbursed_at.day()),
        _ => case.policy(),
    }
}

/// The day on which the loan was made, if this case says so: its disbursement is the first,
/// or before all that were recorded.
pub(super) fn first_disbursement(case: &Case<'_>) -> Result<Option<Day>, Fault> {
    let (Body::LoanDisburse(disburse), Some(loan)) = (case.body, case.loan()?) else {
        return Ok(None);
    };
    let day = disburse.disbursed_at.day();
    let earliest = loan.earliest_disbursed();
    Ok(earliest.is_none_or(|when| day < when.day()).then_some(day))
}

fn ip_not_pledged(case: &Case<'_>) -> Verdict {
    match case.body {
        Body::LoanEnrol(loan) => refuse_if(loan.pledges.is_empty(), Figures::none),
        _ => {
            let (Some(policy), Some(loan)) = (case.loan_policy()?, case.loan()?) else {
                return PASS;
            };
            let as_of = match case.body {
                Body::ClaimSubmit(claim) => claim.as_of,
                _ => case.date(),
            };
            let mut covered = loan.pledges.iter().enumerate();
            let open = covered.find(|(_, pledge)| {
                policy.ip.kinds.contains(&pledge.kind)
                    && pledge.registered_on.is_none_or(|day| day > as_of)
            });
            match open.filter(|_| policy.ip.require_registered_pledge) {
                Some((at, _)) => refuse(Figures::none().with("pledge", at)),
                None => PASS,
            }
        }
    }
}

fn purpose_forbidden(case: &Case<'_>) -> Verdict {
    let (Body::LoanEnrol(loan), Some(policy)) = (case.body, case.policy()?) else {
        return PASS;
    };
    refuse_if(!policy.purpose.allowed.contains(&loan.purpose), || {
        let listed = policy.purpose.forbidden.contains(&loan.purpose);
        Figures::none()
            .with("purpose", &loan.purpose)
            .with("listed_as", if listed { "forbidden" } else { "unknown" })
    })
}

fn misuse_found(case: &Case<'_>) -> Verdict {
    let Body::ClaimApprove(approve) = case.body else {
        return PASS;
    };
    let (Some(policy), Some(loan)) = (case.policy()?, case.loan()?) else {
        return PASS;
    };
    let blocks = loan.misuse && policy.purpose.misuse == Misuse::Block && !approve.override_misuse;
    refuse_if(blocks, || {
        Figures::none()
            .with("loan", &loan.loan)
            .with("amount", approve.amount)
    })
}

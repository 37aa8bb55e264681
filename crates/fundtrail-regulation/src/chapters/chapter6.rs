//! Chapter 6, supplementary provisions: force and amendment (Art. 23).

use fundtrail_model::Figures;

use super::{Body, Case, Kind, PASS, Rule, Stage, Verdict, refuse_if, rule, says};
use crate::state::PolicyVersion;

pub(super) const RULES: &[Rule] = &[
    rule(
        "POLICY_ORDER",
        "R-23-2",
        23,
        Stage::Law,
        says(
            "修订不得溯及既往，也不得早于前一版本",
            "An amendment does not reach back, nor before the version it follows",
        ),
        &[Kind::PolicyAdopt],
        policy_order,
    ),
    rule(
        "CLAIM_TOO_LATE",
        "A03",
        23,
        Stage::Law,
        says(
            "已过申请补偿的最后日期",
            "The last day for claims has passed",
        ),
        &[Kind::ClaimSubmit],
        claim_too_late,
    ),
];

fn policy_order(case: &Case<'_>) -> Verdict {
    let Body::PolicyAdopt(adopt) = case.body else {
        return PASS;
    };
    let versions: alloc::vec::Vec<PolicyVersion> = case.view.list(b"")?;
    let Some(last) = versions.last() else {
        return PASS;
    };
    let reaches_back = adopt.applies_from < case.date() || adopt.applies_from <= last.applies_from;
    refuse_if(reaches_back, || {
        Figures::none()
            .with("applies_from", adopt.applies_from)
            .with("date", case.date())
            .with("version_before_from", last.applies_from)
    })
}

fn claim_too_late(case: &Case<'_>) -> Verdict {
    let Some(last) = case
        .loan_policy()?
        .and_then(|policy| policy.coverage.claims_until)
    else {
        return PASS;
    };
    refuse_if(case.date() > last, || {
        Figures::none()
            .with("date", case.date())
            .with("claims_until", last)
    })
}

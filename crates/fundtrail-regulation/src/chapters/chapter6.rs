//! Chapter 6, supplementary provisions: force and amendment (Art. 23).

use fundtrail_model::Figures;

use super::{Body, Case, Kind, PASS, Rule, Stage, Verdict, refuse, refuse_if, rule, says};

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
        "POLICY_QUORUM",
        "A28",
        7,
        Stage::Law,
        says(
            "政策要求的席位或签名算法无人具备，今后将无法决策",
            "The policy asks for seats or signatures that nobody has: no decision could follow",
        ),
        &[Kind::PolicyAdopt],
        policy_quorum,
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

/// How far ahead an amendment may begin to apply: beyond it, it could only block others.
const AHEAD_DAYS_MAX: i64 = 3_660;

/// What was recorded under a version stays under it.
fn policy_order(case: &Case<'_>) -> Verdict {
    let Body::PolicyAdopt(adopt) = case.body else {
        return PASS;
    };
    let versions = case.versions()?;
    let Some(last) = versions.last() else {
        return PASS;
    };
    let newest = case
        .view
        .newest_date()?
        .unwrap_or(case.date())
        .max(case.date());
    let reaches_back = adopt.applies_from < newest || adopt.applies_from <= last.applies_from;
    let out_of_sight = adopt.applies_from.days_since(case.date()) > AHEAD_DAYS_MAX;
    refuse_if(reaches_back || out_of_sight, || {
        Figures::none()
            .with("applies_from", adopt.applies_from)
            .with("newest_date_on_record", newest)
            .with("version_before_from", last.applies_from)
    })
}

fn policy_quorum(case: &Case<'_>) -> Verdict {
    let Body::PolicyAdopt(adopt) = case.body else {
        return PASS;
    };
    let (seats, approval) = (case.seats()?, &adopt.policy.approval);
    let short = seats.len() < approval.lg_threshold as usize;
    let vacant = approval
        .lg_must_include
        .iter()
        .find(|must| !seats.contains(must));
    let suite = adopt
        .policy
        .allows_suite("ed25519", case.time.day().max(adopt.applies_from));
    if !short && vacant.is_none() && suite {
        return PASS;
    }
    let figures = Figures::none()
        .with("seats", seats.len())
        .with("lg_threshold", approval.lg_threshold);
    refuse(match vacant {
        Some(vacant) => figures.with("vacant", vacant),
        None => figures,
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

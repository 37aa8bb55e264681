//! The policies that are played under: Baotou's, and other readings of its ambiguities.

use fundtrail_oracle::day::Day;
use fundtrail_oracle::policy::{Policy, Stop};

use crate::ledger::Ledger;

/// A founded ledger and the oracle's policy for it.
pub(crate) struct Setting {
    pub(crate) name: &'static str,
    pub(crate) policy: Policy,
    pub(crate) ledger: Ledger,
}

/// Paths changed in the policy file, and the same change in the oracle's words.
type Reading = (&'static str, &'static str, fn(&mut Policy));

const READINGS: &[Reading] = &[
    ("baotou", "", |_| {}),
    (
        "one day longer",
        "policy.effective_to=2023-12-23",
        |policy| policy.effective_to = policy.effective_to.plus(1),
    ),
    (
        "cap of the borrower",
        "compensation.cap_scope=borrower",
        |policy| policy.cap_of_borrower = true,
    ),
    (
        "rounding down",
        "compensation.rounding=down_cumulative",
        |policy| policy.round_down = true,
    ),
    (
        "ip last",
        "compensation.mixed_allocation=ip_last",
        |policy| policy.ip_last = true,
    ),
    (
        "net of returns",
        "brake.numerator=net_of_returns",
        |policy| policy.net_of_returns = true,
    ),
    (
        "whole loans",
        "brake.denominator=cum_disbursed_enrolled",
        |policy| policy.whole_loans = true,
    ),
    (
        "strict towards old customers",
        "brake.old_customer_new_loan=exclude",
        |policy| policy.exclude_old_customers = true,
    ),
    (
        "returns net of costs",
        "return.net_of_costs:=true return.include_interest:=false",
        |policy| {
            policy.net_of_costs = true;
            policy.include_interest = false;
        },
    ),
    (
        "whole returns without end",
        "return.base=gross_whole return.stop_at=never",
        |policy| {
            policy.return_whole = true;
            policy.stop = Stop::Never;
        },
    ),
    ("fair share", "return.stop_at=fair_share", |policy| {
        policy.stop = Stop::FairShare
    }),
    ("any order", "fund.insufficient=any_order", |policy| {
        policy.any_order = true
    }),
    ("fee prorated", "fee.prorate:=true", |policy| {
        policy.fee_prorated = true
    }),
    ("misuse an alert", "purpose.misuse=alert", |policy| {
        policy.misuse_alert = true
    }),
    ("a small fund", "fund.initial=2000000.00", |policy| {
        policy.initial = 200_000_000
    }),
    (
        "any day of loss",
        "coverage.require_loss_in_period:=false coverage.require_disbursed_in_period:=false",
        |policy| {
            policy.loss_in_period = false;
            policy.disbursed_in_period = false;
        },
    ),
    (
        "late enrolment, open pledges",
        "coverage.enrol_before_overdue:=false ip.require_registered_pledge:=false",
        |policy| {
            policy.enrol_before_overdue = false;
            policy.registered_pledge = false;
        },
    ),
    (
        "claims until a day",
        "coverage.claims_until=2023-03-31",
        |policy| policy.claims_until = Some(Day::new(2023, 3, 31)),
    ),
    (
        "one claim of a loan",
        "compensation.multiple_claims:=false",
        |policy| policy.many_claims = false,
    ),
    (
        "interest is a loss",
        "compensation.components:=[\"principal\",\"interest\"]",
        |policy| policy.interest_counts = true,
    ),
    (
        "half of it on rights",
        "ip.min_ip_share_bp:=5000",
        |policy| policy.least_ip_bp = 5000,
    ),
    (
        "one person signs",
        "approval.maker_checker:=false",
        |policy| policy.two_persons = false,
    ),
    (
        "twenty days to return",
        "return.deadline:=20 return.deadline_unit=calendar",
        |policy| {
            policy.return_days = 20;
            policy.calendar_days = true;
        },
    ),
    (
        "other figures",
        "fund.initial=1000000.00 compensation.ratio_bp:=4500 compensation.cap=900000.01 \
         compensation.overdue_min_days:=30 \
         brake.warn_bp:=450 brake.suspend_bp:=900 return.ratio_bp:=3333 fee.base=7777777.77 \
         fee.bp:=133 approval.lg_threshold:=4",
        |policy| {
            policy.initial = 100_000_000;
            policy.ratio_bp = 4500;
            policy.cap = 90_000_001;
            policy.overdue_min_days = 30;
            policy.warn_bp = 450;
            policy.suspend_bp = 900;
            policy.return_bp = 3333;
            policy.fee = (777_777_777, 133);
            policy.threshold = 4;
        },
    ),
    (
        "not confirmed again",
        "compensation.reconfirm_at_payment:=false",
        |policy| policy.reconfirm = false,
    ),
];

/// Founds a ledger under each reading.
pub(crate) fn all() -> Vec<Setting> {
    READINGS
        .iter()
        .map(|(name, paths, change)| {
            let mut policy = Policy::default();
            change(&mut policy);
            Setting {
                name,
                policy,
                ledger: Ledger::founded(paths),
            }
        })
        .collect()
}

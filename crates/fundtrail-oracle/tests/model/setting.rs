//! The policies that are played under: Baotou's, and other readings of its ambiguities.

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

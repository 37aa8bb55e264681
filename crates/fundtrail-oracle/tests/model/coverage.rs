//! Which rules and kinds the steps came upon, on either side.

use fundtrail_regulation::{Kind, RULES};

use crate::agree::Tally;

/// Rules of the ledger and the regulation that the oracle knows.
const MODELLED: &[&str] = &[
    "DATE_IN_FUTURE",
    "SIG_ROLE",
    "SIG_MISSING",
    "SAME_KEY",
    "DATE_ORDER",
    "AMOUNT_ZERO",
    "SAME_ACCOUNT",
    "NEGATIVE_BALANCE",
    "REVERSAL_BLOCKED",
    "ID_TAKEN",
    "PARTY_UNKNOWN",
    "ACCOUNT_UNKNOWN",
    "LOAN_NOT_ENROLLED",
    "CLAIM_UNKNOWN",
    "TRANSACTION_UNKNOWN",
    "POLICY_NOT_IN_FORCE",
    "IP_KIND",
    "IP_SHARE",
    "PAYEE_NOT_ALLOWED",
    "CONTRIBUTOR_UNKNOWN",
    "INIT_AMOUNT",
    "OUT_OF_PERIOD",
    "BORROWER_REGION",
    "BORROWER_NOT_LEGAL_PERSON",
    "BORROWER_AGE",
    "BORROWER_CREDIT",
    "CREDIT_QUERY",
    "IP_NOT_PLEDGED",
    "PURPOSE_FORBIDDEN",
    "MISUSE_FOUND",
    "FEE_CAP",
    "PARTNER_NOT_ACTIVE",
    "INTEREST_DUPLICATE",
    "SUSPENSE_EXCESS",
    "IP_PORTION_UNDEFINED",
    "CONTRACT_DUPLICATE",
    "LOAN_OVERDRAWN",
    "LOAN_CLOSED",
    "RATIO_EXCEEDED",
    "CAP_EXCEEDED",
    "SHARE_EXCEEDS_TOTAL",
    "AMOUNT_MISMATCH",
    "NOTICE_UNFOUNDED",
    "NOTICE_STANDS",
    "NOTICE_NOT_STANDING",
    "NEW_CUSTOMER_AFTER_SUSPENSION",
    "LOAN_ALREADY_OVERDUE",
    "SPLIT_MISMATCH",
    "EXTENSION_TOO_LATE",
    "AMENDMENT_INVALID",
    "PRINCIPAL_NOT_DUE",
    "NOT_OVERDUE_ENOUGH",
    "BASE_INCLUDES_NON_PRINCIPAL",
    "LOSS_EXCEEDS_OUTSTANDING",
    "DUPLICATE_CLAIM",
    "CLAIM_TOO_LATE",
    "CLAIM_STAGE",
    "NOT_VERIFIED",
    "NOT_APPROVED",
    "QUEUE_ORDER",
    "RETURN_WITHOUT_COMPENSATION",
    "COLLECTOR_NOT_ENTITLED",
    "CALENDAR_MISSING",
    "RETURN_EXCESS",
    "REPAY_AFTER_COMPENSATION",
    "BLACKLISTED",
    "RETROACTIVE",
    "NOT_BLACKLISTED",
    "PERIOD_KIND",
    "TERMINATED",
    "PENDING_OBLIGATIONS",
    "DISTRIBUTION_MISMATCH",
    "FRAUD_EXCLUDED",
    "CLAWBACK_EXCESS",
];

/// Alerts that the oracle knows.
const ALERTS: &[&str] = &[
    "USCC_PREFIX_FOREIGN",
    "MISUSE_APPROVED",
    "FEE_ABOVE_PRORATA",
    "RECONCILE_DIFF",
    "REPORT_OVERDUE",
    "NEW_LOAN_WHILE_SUSPENDED",
    "WARN_NOTICE_DUE",
    "SUSPEND_NOTICE_DUE",
    "NO_RISK_NOTICE",
    "LATE_RETURN",
    "SHORT_RETURN_ARREARS",
];

/// Kinds of which steps are made.
fn kinds() -> Vec<&'static str> {
    let beside = [
        "genesis",
        "policy_adopt",
        "calendar_adopt",
        "key_enrol",
        "key_rotate",
        "key_revoke",
        "manager_appoint",
        "manager_remove",
        "partner_admit",
        "audit_engage",
        "audit_report",
        "period_seal",
        "particulars_erase",
        "ledger_restore",
    ];
    Kind::ALL
        .iter()
        .map(|kind| kind.name())
        .filter(|name| !beside.contains(name))
        .collect()
}

/// Modelled rules that refused nothing, alerts never raised, and kinds never recorded: a
/// rule's other side is a recorded transaction of a kind it binds.
pub(crate) fn missing(tally: &Tally) -> Vec<&'static str> {
    let rules = MODELLED
        .iter()
        .copied()
        .filter(|code| !tally.refused.contains_key(code));
    let alerts = ALERTS
        .iter()
        .copied()
        .filter(|code| !tally.alerts.contains_key(code));
    let kinds = kinds()
        .into_iter()
        .filter(|kind| !tally.recorded.contains_key(kind));
    rules.chain(alerts).chain(kinds).collect()
}

/// The figures, for people.
pub(crate) fn table(tally: &Tally) -> String {
    let list = |map: &std::collections::BTreeMap<&'static str, u64>| -> String {
        map.iter()
            .map(|(name, count)| format!("{name} {count}"))
            .collect::<Vec<String>>()
            .join(", ")
    };
    let recorded: u64 = tally.recorded.values().sum();
    let seen = MODELLED
        .iter()
        .filter(|code| tally.refused.contains_key(*code))
        .count();
    format!(
        "model: recorded {recorded} of {} kinds: {}\nmodel: refused by {seen} of {} rules modelled ({} there are): {}\nmodel: alerts: {}\nmodel: never seen: {:?}",
        tally.recorded.len(),
        list(&tally.recorded),
        MODELLED.len(),
        RULES.iter().map(|chapter| chapter.len()).sum::<usize>(),
        list(&tally.refused),
        list(&tally.alerts),
        missing(tally),
    )
}

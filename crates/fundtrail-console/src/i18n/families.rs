//! Closed lists of wire names that have a name in each language: a message
//! `FAMILY-VALUE` for each, with hyphens for underscores.

/// Wire names of one sort.
#[derive(Debug)]
pub(crate) struct Family {
    /// What its keys begin with.
    pub(crate) name: &'static str,
    /// Every value.
    pub(crate) values: &'static [&'static str],
}

macro_rules! families {
    ($($(#[doc = $doc:literal])* $constant:ident = $name:literal [$($value:literal)+];)+) => {
        $($(#[doc = $doc])* pub(crate) static $constant: Family = Family {
            name: $name,
            values: &[$($value,)+],
        };)+

        /// All of them.
        #[cfg(test)]
        pub(crate) static FAMILIES: &[&Family] = &[$(&$constant,)+];
    };
}

families! {
    /// Pages, as the navigation names them.
    PLACE = "place" [
        "overview" "work" "reports" "verify" "entries" "accounts" "partners" "borrowers" "loans"
        "claims" "recoveries" "alerts" "obligations" "reconciliation" "refusals" "keys" "policy"
        "rules"
    ];
    /// What a key signs as.
    ROLE = "role" [
        "government" "finance" "market_supervision" "group_member" "office" "manager" "bank"
        "insurer" "guarantor" "auditor" "regulator"
    ];
    /// How far a right to read goes.
    SCOPE = "scope" ["whole" "own" "nothing"];
    /// The person behind a key.
    DUTY = "duty" ["maker" "checker"];
    /// How far a claim has come.
    CLAIM_STATUS = "claim-status" ["submitted" "verified" "approved" "rejected" "paid"];
    /// How far a loan has come.
    PROGRESS = "progress" ["enrolled" "running" "repaid" "compensated"];
    /// A step of a claim's way.
    CLAIM_STEP = "claim-step" ["submit" "verify" "decide" "pay"];
    /// What an account is for.
    ACCOUNT_USE = "account-use" ["main" "dedicated"];
    /// How repayments fall on a mixed loan.
    ALLOCATION = "allocation" ["pro_rata" "bank_ledger"];
    /// What a repayment pays first.
    REPAYMENT_ORDER = "repayment-order" ["costs_interest_principal" "principal_first"];
    /// What sort of thing is owed.
    OWED = "owed" [
        "recovery_return" "clawback_return" "suspense_refund" "warn_notice" "suspend_notice"
        "risk_notice" "quarterly_report" "annual_report" "performance_review" "alert"
    ];
    /// When a rule is asked.
    STAGE = "stage" ["standing" "reference" "law"];
    /// Yes and no, as a filter says them.
    FLAG = "flag" ["true" "false"];
    /// What an audit concludes.
    OPINION = "opinion" ["unqualified" "qualified" "adverse" "disclaimer" "findings"];
    /// Accounts of the chart.
    CHART = "chart" [
        "bank" "main" "dedicated" "contribution" "interest" "returns" "clawbacks" "compensation"
        "fees" "distribution" "suspense" "other"
    ];
    /// What a voucher of a kind says.
    VOUCHER_OF = "voucher-of" [
        "contribution" "transfer" "interest_credit" "compensation_pay" "recovery_return"
        "clawback_return" "suspense_refund" "fee_pay" "distribute" "reversal"
    ];
    /// What must hold at any height.
    INVARIANT = "invariant" ["I1" "I2" "I3" "I4" "I5" "I6" "I7" "I8" "I9" "I10"];
    /// The first part of an object's name.
    OBJECT = "object" [
        "party" "key" "loan" "claim" "recovery" "order" "account" "borrower" "engagement"
        "report" "review" "finding" "policy" "fund" "ledger" "calendar" "seal"
    ];
    /// How a draft stands.
    DRAFT_STATE = "draft-state" ["open" "submitted" "refused" "expired" "withdrawn" "unreadable"];
    /// Why a partner gives notice of a risk.
    RISK_REASON = "risk-reason" ["not_paid" "deterioration" "other"];
    /// What a report is.
    REPORT_KIND = "report-kind" [
        "quarterly" "annual" "plan" "statements" "use_of_funds" "loans" "post_loan" "minutes"
    ];
    /// What a policy chooses between, and what it names: purposes of loans, sorts of rights.
    CHOICE = "choice" [
        "queue_fifo" "any_order" "paid_in" "attested" "both" "disbursed_on" "block" "alert"
        "first_day_overdue_min" "principal" "interest" "penalty" "costs" "claim" "pro_rata"
        "ip_last" "half_up_cumulative" "down_cumulative" "loan_contract" "borrower" "by_borne_loss"
        "calendar" "working" "gross_paid" "net_of_returns" "cum_disbursed_ip_enrolled"
        "cum_disbursed_enrolled" "notice" "cover_warn" "exclude" "per_bank" "disbursed_at"
        "gross_ip_part" "gross_whole" "compensation" "fair_share" "never" "calendar_year"
        "ip_operation" "rnd" "tech_upgrade" "industrialisation" "working_capital" "equity"
        "securities" "funds" "futures" "other_prohibited" "patent" "trademark"
    ];
    /// What is lifted of a bank.
    NOTICE_KIND = "notice-kind" ["warning" "suspension"];
    /// What a contribution is.
    CONTRIBUTION = "contribution" ["initial" "top_up"];
    /// Which of several forms of a kind.
    WORK_VARIANT = "work-variant" [
        "extension" "acceleration" "pledge_registration" "cancellation" "loan" "borrower" "partner"
    ];
    /// What a field of a form is called, where its member's name would not do.
    WORK_LABEL = "work-label" [
        "account_number" "account_use" "approved_amount" "arrived_at" "claimed" "collected"
        "collected_interest" "contract_number" "contribution" "credit_code" "credit_report"
        "enforcement_costs" "enterprise_name" "first_day" "first_day_without" "loss_as_of"
        "lost_principal" "minutes" "new_account" "new_claim" "new_due_on" "new_engagement"
        "new_loan" "new_order" "new_recovery" "old_due_on" "paid_amount" "paid_from" "paper"
        "pledge_number" "pledge_registered_on" "pledge_registration" "registration_extract"
        "repaid_principal" "returned" "right_number" "statement" "statement_on"
        "trademark_class" "verified_amount"
    ];
    /// What there is to say about a field of a form.
    WORK_HELP = "work-help" [
        "beside_principal" "borne" "claim_loan" "claimed" "contract_number" "credit_code"
        "disbursed_at" "division" "due" "erase" "fee" "half_year" "in_scope" "ip_amount" "key"
        "lost_principal" "new_due_on" "new_id" "new_loan" "override_misuse" "paid_amount" "partial"
        "period" "pledge_number" "pledges" "purpose" "queried_on" "received_on" "reconfirmed_loss"
        "recovery_loan" "recovery_return" "repaid_principal" "reversal" "sealed_period" "suspense"
        "tag_found" "tag_made" "time" "verified_loss"
    ];
    /// Members of bodies and records, where a page shows them as they stand.
    MEMBER = "member" [
        "about" "account" "agreement" "allocation" "amount" "applies_from" "as_of" "auditor"
        "bank" "body" "borne" "borrower" "calendar" "change" "claim" "claimant" "closing"
        "collector" "contributor" "costs" "costs_due" "credit" "credit_management" "debtor"
        "decision" "digest" "disbursed_at" "due" "duty" "engagement" "entry" "evidence"
        "experience" "finding" "from" "from_pledge" "interest" "interest_due" "ip_amount"
        "issued_at" "key" "keys" "legal_person" "lifted_at" "lines" "loan" "log_key" "loss"
        "manager" "notice" "of" "on" "operating_rules" "opinion" "order" "override_misuse"
        "partial" "particulars" "partner" "partners" "party" "payee" "payer" "penalty" "period"
        "platform" "pledges" "policy" "principal" "public_key" "purpose" "reason" "received_on"
        "reconfirmed_loss" "recovery" "registered_division" "registered_on" "repayment_order"
        "report" "reporter" "review" "risk_control" "role" "root" "signed_on" "size" "sme"
        "state_owned" "subject" "suspense" "tag_key" "team" "text" "to" "total" "transaction"
        "until" "withdrawn" "years" "kind" "class" "due_on" "queried_on" "adverse_on"
        "contract" "effective_from" "effective_to"
        "fund" "eligibility" "ip" "coverage" "compensation" "brake" "return" "fee" "approval"
        "signatures" "id" "doc_no" "issued_on" "division" "currency" "timezone" "initial"
        "contributors" "weight_by" "insufficient" "region_prefixes" "region_test" "min_age_years"
        "age_ref" "credit_clean_years" "credit_query_max_age_days" "require_sme" "kinds"
        "min_ip_share_bp" "require_registered_pledge" "allowed" "forbidden" "misuse"
        "loss_date_rule" "require_loss_in_period" "require_disbursed_in_period"
        "enrol_before_overdue" "claims_until" "ratio_bp" "components" "mixed_allocation"
        "rounding" "cap" "cap_scope" "multiple_claims" "claimants_split" "overdue_min_days"
        "overdue_unit" "reconfirm_at_payment" "numerator" "denominator" "warn_bp" "suspend_bp"
        "effect" "old_customer_new_loan" "new_customer" "cutoff" "base" "net_of_costs"
        "include_interest" "stop_at" "deadline" "deadline_unit" "late_rate_bp" "bp" "prorate"
        "lg_members" "lg_threshold" "lg_must_include" "maker_checker" "quarterly_due_working_days"
        "annual_due_days" "review_due_days" "suite"
        "date" "disbursed_on" "claimed" "year" "status" "seats" "required" "paid" "loss_stated"
        "loss_computed" "expected" "at_most" "today" "stated" "sealed_until" "particular"
        "paid_in" "held" "ledger" "disbursed" "days_late" "compensated_on" "claimed_before"
        "balance" "arrears" "threshold_bp" "short" "share" "returned" "required_seats" "repaid"
        "reached_on" "ratio_percent" "prorated" "pledged" "payable" "owed" "overdue_principal"
        "overdue_days" "outstanding" "missing" "min_share_bp" "max_age_days" "lacking" "listed_as"
        "excess" "difference" "credited" "covered" "counts_from" "counted_from" "compensated"
        "collected_since" "claimed_by_others" "ceiling" "approved_unpaid" "exists" "in_office"
    ];
}

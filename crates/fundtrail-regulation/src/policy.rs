//! The policy: every number and every disputed reading of the regulation, as data.
//!
//! The keys follow the table of ambiguities (A01–A44) in the project's rule reference;
//! `docs/RULES.md` lists them with the recommended reading. A policy is adopted by a
//! transaction and never edited: an amendment is a later version.

mod options;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use fundtrail_model::{Amount, Day, Id, Malformed, MalformedCode, Rounding};
use serde::{Deserialize, Serialize};

pub use options::*;

/// A whole policy, as adopted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Which measure this is and when it is in force.
    pub policy: Measure,
    /// The pool of money.
    pub fund: Fund,
    /// Which enterprises are covered (Art. 4).
    pub eligibility: Eligibility,
    /// Which rights may be pledged (Art. 2, 4).
    pub ip: IntellectualProperty,
    /// What the loan may be used for (Art. 5).
    pub purpose: Purpose,
    /// What must fall in the period in force (Art. 3, 23).
    pub coverage: Coverage,
    /// Ratio, cap and base of the compensation (Art. 12, 15).
    pub compensation: Compensation,
    /// Warning and suspension (Art. 13).
    pub brake: Brake,
    /// Return of recoveries (Art. 16).
    #[serde(rename = "return")]
    pub returns: Returns,
    /// The manager's fee (Art. 8).
    pub fee: Fee,
    /// Who decides, and how many of them (Art. 7).
    pub approval: Approval,
    /// Dates of reports and reviews (Art. 8, 19, 20): reminders only.
    pub report: Report,
    /// Signature suites allowed, and from when until when.
    pub signatures: Vec<SuitePeriod>,
}

/// The measure and its period in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// Short name.
    pub id: Id,
    /// Document number.
    pub doc_no: String,
    /// Day of issue.
    pub issued_on: Day,
    /// First day in force (Art. 23).
    pub effective_from: Day,
    /// Last day in force, inclusive (A01).
    pub effective_to: Day,
    /// Division code of the city.
    pub division: String,
    /// Currency.
    pub currency: Currency,
    /// The calendar that counts working days.
    pub calendar: Id,
    /// Offset of business dates (A41).
    pub timezone: TimeZone,
}

/// The pool of money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = PolicyFund))]
#[serde(deny_unknown_fields)]
pub struct Fund {
    /// The initial total that activates the fund, in yuan (Art. 3).
    pub initial: Amount,
    /// Who may pay in.
    pub contributors: Vec<Contributor>,
    /// What happens when approved claims exceed the money (A25).
    pub insufficient: Insufficient,
}

/// One who may pay into the fund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Contributor {
    /// The contributor's party id.
    pub id: Id,
    /// By what its share of the final balance is measured (A36).
    pub weight_by: WeightBy,
}

/// Which enterprises are covered (Art. 4; A29, A31).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Eligibility {
    /// Beginnings of the division codes that count as the region.
    pub region_prefixes: Vec<String>,
    /// Whether the attested division decides, or the credit code's own.
    pub region_test: RegionTest,
    /// Full years since registration, inclusive of the anniversary.
    pub min_age_years: u32,
    /// The day at which age and credit record are judged.
    pub age_ref: AgeRef,
    /// Years without an adverse credit record.
    pub credit_clean_years: u32,
    /// How old the credit query may be, in calendar days.
    pub credit_query_max_age_days: u32,
    /// Whether only small and medium enterprises are covered.
    pub require_sme: bool,
}

/// Which rights may be pledged (A30).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct IntellectualProperty {
    /// Codes of the kinds of right.
    pub kinds: Vec<Id>,
    /// Least share of the IP part in a mixed loan, in basis points.
    pub min_ip_share_bp: u32,
    /// Whether a claim needs every pledge to be registered.
    pub require_registered_pledge: bool,
}

/// What the loan may be used for (Art. 5; A32).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// Codes allowed.
    pub allowed: Vec<Id>,
    /// Codes named as forbidden; any code that is not allowed is refused too.
    pub forbidden: Vec<Id>,
    /// What a confirmed misuse does.
    pub misuse: Misuse,
}

/// What must fall in the period in force (A02, A03, A40).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// Which day is the day of the loss.
    pub loss_date_rule: LossDate,
    /// Whether the day of the loss must be in the period.
    pub require_loss_in_period: bool,
    /// Whether the disbursement must be in the period.
    pub require_disbursed_in_period: bool,
    /// Whether a loan must be enrolled before it is overdue.
    pub enrol_before_overdue: bool,
    /// Last day on which a claim is accepted; none means until termination.
    #[serde(default)]
    pub claims_until: Option<Day>,
}

/// Ratio, cap and base of the compensation (A04–A11, A22).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Compensation {
    /// Share of the loss, in basis points.
    pub ratio_bp: u32,
    /// What counts as loss.
    pub components: Vec<Component>,
    /// As of when the loss is taken.
    pub as_of: LossAsOf,
    /// How a mixed loan's outstanding principal is divided.
    pub mixed_allocation: MixedAllocation,
    /// How fractions of a fen are resolved.
    pub rounding: RoundingRule,
    /// Ceiling, in yuan.
    pub cap: Amount,
    /// What the ceiling is per.
    pub cap_scope: CapScope,
    /// Whether one loan may be claimed for more than once.
    pub multiple_claims: bool,
    /// How several who bear the loss share.
    pub claimants_split: ClaimantsSplit,
    /// Days overdue from which a claim may be made, inclusive.
    pub overdue_min_days: u32,
    /// The unit of those days.
    pub overdue_unit: DayUnit,
    /// Whether the outstanding principal is confirmed again at payment.
    pub reconfirm_at_payment: bool,
}

/// Warning and suspension (A12–A18).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Brake {
    /// What is compared.
    pub numerator: BrakeNumerator,
    /// With what.
    pub denominator: BrakeDenominator,
    /// Threshold of the warning, in basis points, inclusive.
    pub warn_bp: u32,
    /// Threshold of the suspension, in basis points, inclusive.
    pub suspend_bp: u32,
    /// What the effects follow.
    pub effect: BrakeEffect,
    /// A new loan to an old customer during a suspension.
    pub old_customer_new_loan: OldCustomer,
    /// Who is a new customer.
    pub new_customer: NewCustomer,
    /// Which moment of a loan is compared with the notice.
    pub cutoff: Cutoff,
}

/// Return of recoveries (A19–A24).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Returns {
    /// Share of what is collected, in basis points.
    pub ratio_bp: u32,
    /// Which part of what is collected counts.
    pub base: ReturnBase,
    /// Whether costs of enforcement are deducted first.
    pub net_of_costs: bool,
    /// Whether collected interest counts.
    pub include_interest: bool,
    /// When the duty ends.
    pub stop_at: StopAt,
    /// Days from the day of collection, which does not count.
    pub deadline: u32,
    /// The unit of those days.
    pub deadline_unit: DayUnit,
    /// Interest on late returns, in basis points a year; the text knows none (A24), so 0.
    pub late_rate_bp: u32,
}

/// The manager's fee (A26).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Fee {
    /// The fixed sum it is a share of, in yuan.
    pub base: Amount,
    /// The ceiling, in basis points a year.
    pub bp: u32,
    /// What a year is.
    pub period: FeePeriod,
    /// Whether the ceiling of a partial year is smaller, or only an alert says so.
    pub prorate: bool,
}

/// Who decides (A28).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// Seats of the leading group.
    pub lg_members: u32,
    /// How many of them decide.
    pub lg_threshold: u32,
    /// Parties whose seat must be among them.
    pub lg_must_include: Vec<Id>,
    /// Whether institutions sign claims, verifications and payments by two persons.
    pub maker_checker: bool,
}

/// Dates of reports and reviews (A38, A39).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ReportDates))]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Working days after the end of a quarter.
    pub quarterly_due_working_days: u32,
    /// Calendar days after the end of a year.
    pub annual_due_days: u32,
    /// Calendar days after the end of a half-year.
    pub review_due_days: u32,
}

/// A signature suite and when it is allowed, by business date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SuitePeriod {
    /// The suite, as key records name it.
    pub suite: Id,
    /// First day.
    pub from: Day,
    /// Last day, inclusive; none means open.
    #[serde(default)]
    pub until: Option<Day>,
}

impl Policy {
    /// Checks what the types cannot: that the parts fit each other.
    ///
    /// # Errors
    /// `POLICY_INVALID` with the first thing that does not fit.
    pub fn check(&self) -> Result<(), Malformed> {
        let seats_fit = (1..=self.approval.lg_members).contains(&self.approval.lg_threshold)
            && self.approval.lg_members <= 24
            && self.approval.lg_must_include.len() <= self.approval.lg_threshold as usize;
        let prefixes_fit = !self.eligibility.region_prefixes.is_empty()
            && self.eligibility.region_prefixes.len() <= 64
            && self
                .eligibility
                .region_prefixes
                .iter()
                .all(|prefix| is_division(prefix));
        let ratio = 1..=10_000;
        let fits = [
            (
                self.policy.effective_from <= self.policy.effective_to,
                "the period in force is empty",
            ),
            (
                is_text(&self.policy.doc_no),
                "doc_no is 1 to 100 characters",
            ),
            (
                is_division(&self.policy.division),
                "division is 2 to 6 digits",
            ),
            (!self.fund.initial.is_zero(), "fund.initial is zero"),
            (
                !self.fund.contributors.is_empty() && self.fund.contributors.len() <= 16,
                "fund.contributors are 1 to 16",
            ),
            (
                distinct(self.fund.contributors.iter().map(|one| &one.id)),
                "a contributor stands twice",
            ),
            (
                prefixes_fit,
                "eligibility.region_prefixes are 1 to 64 of 2 to 6 digits",
            ),
            (
                self.eligibility.min_age_years <= 100 && self.eligibility.credit_clean_years <= 100,
                "eligibility years are at most 100",
            ),
            (
                !self.ip.kinds.is_empty() && self.ip.kinds.len() <= 16,
                "ip.kinds are 1 to 16",
            ),
            (
                self.ip.min_ip_share_bp <= 10_000,
                "ip.min_ip_share_bp is at most 10000",
            ),
            (
                !self.purpose.allowed.is_empty() && self.purpose.allowed.len() <= 64,
                "purpose.allowed are 1 to 64",
            ),
            (
                self.purpose.forbidden.len() <= 64,
                "purpose.forbidden are at most 64",
            ),
            (
                self.purpose
                    .forbidden
                    .iter()
                    .all(|code| !self.purpose.allowed.contains(code)),
                "a purpose is both allowed and forbidden",
            ),
            (
                ratio.contains(&self.compensation.ratio_bp),
                "compensation.ratio_bp is 1 to 10000",
            ),
            (
                self.compensation.components.contains(&Component::Principal)
                    && self.compensation.components.len() <= 4,
                "compensation.components has principal",
            ),
            (!self.compensation.cap.is_zero(), "compensation.cap is zero"),
            (
                self.compensation.overdue_min_days <= 3_650,
                "compensation.overdue_min_days is at most 3650",
            ),
            (
                self.compensation.overdue_unit == DayUnit::Calendar,
                "compensation.overdue_unit is calendar: the text counts days, not working days",
            ),
            (
                self.brake.warn_bp <= self.brake.suspend_bp
                    && self.brake.suspend_bp <= 10_000
                    && self.brake.warn_bp > 0,
                "brake thresholds are 1 to 10000, warning first",
            ),
            (
                ratio.contains(&self.returns.ratio_bp),
                "return.ratio_bp is 1 to 10000",
            ),
            (
                (1..=366).contains(&self.returns.deadline),
                "return.deadline is 1 to 366",
            ),
            (
                self.returns.late_rate_bp == 0,
                "return.late_rate_bp is 0: the text knows no interest on late returns",
            ),
            (self.fee.bp <= 10_000, "fee.bp is at most 10000"),
            (
                seats_fit,
                "approval: 1 ≤ lg_threshold ≤ lg_members ≤ 24, and must-includes fit",
            ),
            (
                distinct(self.approval.lg_must_include.iter()),
                "a seat must be included twice",
            ),
            (
                self.report.quarterly_due_working_days <= 366
                    && self.report.annual_due_days <= 366
                    && self.report.review_due_days <= 366,
                "report dates are within a year",
            ),
            (
                !self.signatures.is_empty() && self.signatures.len() <= 8,
                "signatures are 1 to 8 suites",
            ),
        ];
        match fits.into_iter().find(|(fit, _)| !fit) {
            None => Ok(()),
            Some((_, what)) => Err(Malformed::new(
                MalformedCode::Policy,
                format!("policy: {what}"),
            )),
        }
    }

    /// Whether the measure is in force on that day.
    pub fn in_force(&self, day: Day) -> bool {
        (self.policy.effective_from..=self.policy.effective_to).contains(&day)
    }

    /// Whether keys of that suite may sign transactions of that date.
    pub fn allows_suite(&self, suite: &str, date: Day) -> bool {
        self.signatures.iter().any(|period| {
            period.suite.as_str() == suite
                && period.from <= date
                && period.until.is_none_or(|until| date <= until)
        })
    }

    /// The ceiling of a year's fees, in yuan.
    pub fn fee_ceiling(&self) -> Amount {
        self.fee.base.basis_points(self.fee.bp, Rounding::Down)
    }

    /// Whether a division code is in the region.
    pub fn in_region(&self, division: &str) -> bool {
        self.eligibility
            .region_prefixes
            .iter()
            .any(|prefix| division.starts_with(prefix.as_str()))
    }
}

fn is_text(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= 100 && !text.chars().any(char::is_control)
}

fn is_division(text: &str) -> bool {
    (2..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn distinct<'a>(ids: impl Iterator<Item = &'a Id>) -> bool {
    let mut seen = Vec::new();
    for id in ids {
        if seen.contains(&id) {
            return false;
        }
        seen.push(id);
    }
    true
}

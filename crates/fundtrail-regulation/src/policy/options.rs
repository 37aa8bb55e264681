//! The options of a policy: each an enumeration of the readings that are implemented.
//! What is not in here is refused when a policy is adopted, never ignored.

use fundtrail_model::Rounding;
use serde::{Deserialize, Serialize};

/// Declares enums of policy options: the wire name and what it means.
macro_rules! options {
    ($($(#[doc = $doc:literal])+ $name:ident { $($(#[doc = $vdoc:literal])+ $variant:ident,)+ })+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
            #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
            #[serde(rename_all = "snake_case")]
            pub enum $name { $($(#[doc = $vdoc])+ $variant,)+ }
        )+
    };
}

options! {
    /// What is done when approved claims exceed the money (A25).
    Insufficient {
        /// Claims are paid in the order of approval.
        QueueFifo,
        /// Any approved claim may be paid while there is money.
        AnyOrder,
    }
    /// Measure of a contributor's share (A36).
    WeightBy {
        /// Cumulative paid-in contributions.
        PaidIn,
    }
    /// What decides where an enterprise is registered (A29).
    RegionTest {
        /// The attested division; a foreign credit code prefix only alerts.
        Attested,
        /// The attested division and the credit code's own both.
        Both,
    }
    /// When age and credit are judged (A29).
    AgeRef {
        /// At disbursement.
        DisbursedOn,
    }
    /// What a confirmed misuse of proceeds does (A32).
    Misuse {
        /// Blocks approval unless the leading group overrides it.
        Block,
        /// Only alerts.
        Alert,
    }
    /// The day of the loss (A02).
    LossDate {
        /// The first day on which the principal is overdue long enough.
        FirstDayOverdueMin,
    }
    /// A component of the loss (A04).
    Component {
        /// Principal of the IP part.
        Principal,
        /// Interest.
        Interest,
        /// Penalty interest.
        Penalty,
        /// Costs.
        Costs,
    }
    /// As of when the loss is taken (A05).
    LossAsOf {
        /// At the claim.
        Claim,
    }
    /// How the outstanding principal of a mixed loan is divided (A06).
    MixedAllocation {
        /// In proportion, unless the contract fixes the order of repayment.
        ProRata,
        /// The IP part is repaid last.
        IpLast,
    }
    /// How fractions of a fen are resolved (A07).
    RoundingRule {
        /// Half-up on the cumulative figure of the loan.
        HalfUpCumulative,
        /// Down on the cumulative figure of the loan.
        DownCumulative,
    }
    /// What the ceiling is per (A08).
    CapScope {
        /// The loan contract, over all payments and claimants.
        LoanContract,
        /// The borrower, over all its loans.
        Borrower,
    }
    /// How several who bear one loss share (A10).
    ClaimantsSplit {
        /// One compensation, split by the loss each bears.
        ByBorneLoss,
    }
    /// A unit of days.
    DayUnit {
        /// Every day counts.
        Calendar,
        /// Only working days count.
        Working,
    }
    /// Numerator of the brake ratio (A12).
    BrakeNumerator {
        /// Everything paid on the bank's loans, to whomever.
        GrossPaid,
        /// The same less what was returned.
        NetOfReturns,
    }
    /// Denominator of the brake ratio (A13).
    BrakeDenominator {
        /// Cumulative disbursements of enrolled loans, IP part.
        CumDisbursedIpEnrolled,
        /// Cumulative disbursements of enrolled loans, whole.
        CumDisbursedEnrolled,
    }
    /// What the effects of the brake follow (A14).
    BrakeEffect {
        /// The manager's notice.
        Notice,
    }
    /// A new loan to an old customer during a suspension (A15).
    OldCustomer {
        /// Covered, with an alert.
        CoverWarn,
        /// Not covered.
        Exclude,
    }
    /// Who is a new customer (A16).
    NewCustomer {
        /// One without an enrolled loan disbursed by this bank before the notice.
        PerBank,
    }
    /// What is compared with the notice (A17).
    Cutoff {
        /// The disbursement.
        DisbursedAt,
    }
    /// Which part of a collection counts (A19).
    ReturnBase {
        /// Pledge proceeds whole, other money in proportion to the IP part.
        GrossIpPart,
        /// All of it.
        GrossWhole,
    }
    /// When the duty to return ends (A21).
    StopAt {
        /// When as much has come back as was paid.
        Compensation,
        /// The same, and each collection returns the share of the loss that was paid
        /// instead of the fixed ratio.
        FairShare,
        /// Never.
        Never,
    }
    /// What a year of the fee is (A26).
    FeePeriod {
        /// The calendar year.
        CalendarYear,
    }
}

/// Currency of the fund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Currency {
    /// Renminbi.
    #[serde(rename = "CNY")]
    Renminbi,
}

/// The offset of business dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum TimeZone {
    /// Asia/Shanghai, all year.
    #[serde(rename = "+08:00")]
    Shanghai,
}

impl RoundingRule {
    /// The arithmetic behind the name.
    pub fn rounding(self) -> Rounding {
        match self {
            RoundingRule::HalfUpCumulative => Rounding::HalfUp,
            RoundingRule::DownCumulative => Rounding::Down,
        }
    }
}

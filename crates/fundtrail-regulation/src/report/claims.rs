//! C 补偿: claims by step in the period, and those that wait at the close.

use alloc::vec::Vec;

use fundtrail_model::{Day, Fault};
use serde::Serialize;

use super::{Fact, Stock, Tally};
use crate::kinds::Body;
use crate::state::{Claim, ClaimStatus, View};

/// Claims of a period.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ReportedClaims))]
pub struct Claims {
    /// Applied for (申请).
    pub submitted: Tally,
    /// Verified by the manager (核实).
    pub verified: Tally,
    /// Agreed to by the leading group (同意).
    pub approved: Tally,
    /// Refused by it; with the amount claimed.
    pub rejected: Tally,
    /// Paid (拨付), payments taken back taken off.
    pub paid: Tally,
    /// Submitted or verified and not decided at the close, by calendar days since submission.
    pub undecided: Ageing,
    /// Approved and not paid in full at the close (已批未付), with what is not paid.
    pub approved_unpaid: Stock,
}

/// What waits, by how long.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ReportedAgeing))]
pub struct Ageing {
    /// Up to 30 days.
    pub days_30: Stock,
    /// 31 to 60 days.
    pub days_60: Stock,
    /// 61 to 90 days.
    pub days_90: Stock,
    /// Longer.
    pub longer: Stock,
}

/// Section C.
pub(super) fn claims(close: View<'_>, facts: &[Fact], on: Day) -> Result<Claims, Fault> {
    let mut claims = Claims::default();
    for fact in facts {
        let (tally, amount) = match &fact.body {
            Body::ClaimSubmit(body) => (&mut claims.submitted, body.amount),
            Body::ClaimVerify(body) => (&mut claims.verified, body.amount),
            Body::ClaimApprove(body) => (&mut claims.approved, body.amount),
            Body::ClaimReject(body) => {
                let claim: Option<Claim> = close.get(body.claim.as_bytes())?;
                let amount = claim.map(|claim| claim.amount).unwrap_or_default();
                (&mut claims.rejected, amount)
            }
            Body::CompensationPay(body) => (&mut claims.paid, body.amount),
            _ => continue,
        };
        tally.add(fact.index, fact.is_reversal, amount);
    }
    let all: Vec<Claim> = close.list(b"")?;
    for claim in &all {
        match claim.status {
            ClaimStatus::Submitted | ClaimStatus::Verified => {
                let since = claim.steps.first().map(|step| step.date);
                let days = since.map_or(0, |since| on.days_since(since));
                claims.undecided.add(days, claim);
            }
            ClaimStatus::Approved => claims.approved_unpaid.add(claim.unpaid()),
            ClaimStatus::Rejected | ClaimStatus::Paid => {}
        }
    }
    Ok(claims)
}

impl Ageing {
    fn add(&mut self, days: i64, claim: &Claim) {
        let stock = match days {
            ..=30 => &mut self.days_30,
            31..=60 => &mut self.days_60,
            61..=90 => &mut self.days_90,
            _ => &mut self.longer,
        };
        stock.add(claim.amount);
    }
}

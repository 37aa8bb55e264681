//! `claim_reject`: the leading group turns a claim down, or what is not yet paid of it.

use super::prelude::*;
use super::claim_submit::{step, steps_of, touch};
use super::compensation_pay::leave_queue;

/// The leading group turns a claim down, or what is not yet paid of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimReject {
    /// The claim.
    pub claim: Id,
    /// The minutes.
    pub decision: DocumentDigest,
}

impl Meaning for ClaimReject {
    const NAME: &'static str = "claim_reject";
    const ARTICLES: &'static [u8] = &[15];
    const TITLE: Bilingual = Bilingual { zh: "不同意补偿", en: "Rejection" };

    fn subject(&self) -> Subject {
        Subject { claim: Some(self.claim.clone()), ..Subject::default() }
    }

    fn follows(&self, case: &Case<'_>) -> Result<Vec<(&'static str, Day)>, Fault> {
        steps_of(case)
    }

    fn needs(&self, _: &Case<'_>) -> Result<Vec<Need>, Fault> {
        Ok(vec![Need::Quorum])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let (mut claim, mut loan, mut bank) = (case.the_claim()?, case.the_loan()?, case.the_bank()?);
        let mut fund = case.fund()?.clone();
        if claim.status == ClaimStatus::Approved {
            fund.approved_unpaid -= claim.unpaid();
            bank.approved_unpaid -= claim.unpaid();
            leave_queue(&claim, out);
        } else {
            fund.claims_undecided = fund.claims_undecided.saturating_sub(1);
        }
        // What was paid stays paid; the rest stands no more.
        claim.amount = claim.paid;
        claim.status = if claim.paid.is_zero() { ClaimStatus::Rejected } else { ClaimStatus::Paid };
        loan.follow(&claim);
        claim.steps.push(step(case, ClaimStep::Decide));
        touch(&claim, &loan, out);
        out.put(&fund)?;
        out.put(&bank)?;
        out.put(&loan)?;
        out.put(&claim)
    }
}

//! `claim_reject`: the leading group turns a claim down, before anything of it is paid.

use super::prelude::*;
use super::claim_submit::{step, steps_of, touch};
use super::compensation_pay::leave_queue;

/// The leading group turns a claim down, before anything of it is paid.
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
        let still_newest = loan.loss_claimed_by(&claim.claimant) == claim.loss;
        let loss = if still_newest { claim.loss_before } else { loan.loss_claimed_by(&claim.claimant) };
        let claimed = loan.claimed_by(&claim.claimant).less(claim.amount);
        loan.set_claimed(&claim.claimant, claimed, loss);
        claim.status = ClaimStatus::Rejected;
        claim.steps.push(step(case, ClaimStep::Decide));
        touch(&claim, &loan, out);
        out.put(&fund)?;
        out.put(&bank)?;
        out.put(&loan)?;
        out.put(&claim)
    }
}

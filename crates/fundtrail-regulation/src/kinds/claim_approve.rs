//! `claim_approve`: the leading group agrees to a verified claim, which then waits for payment in the order of approval.

use super::prelude::*;
use fundtrail_model::port::Table;

use super::claim_submit::{step, steps_of, touch};

/// The leading group agrees to a verified claim, which then waits for payment in the order of approval.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimApprove {
    /// The claim.
    pub claim: Id,
    /// The amount agreed to.
    pub amount: Amount,
    /// The minutes.
    pub decision: DocumentDigest,
    /// Agreed in spite of a confirmed misuse of proceeds (A32).
    #[serde(default)]
    pub override_misuse: bool,
}

impl Meaning for ClaimApprove {
    const NAME: &'static str = "claim_approve";
    const ARTICLES: &'static [u8] = &[5, 15];
    const TITLE: Bilingual = Bilingual { zh: "同意补偿", en: "Approval" };

    fn subject(&self) -> Subject {
        Subject { claim: Some(self.claim.clone()), ..Subject::default() }
    }

    fn amount(&self) -> Option<Amount> {
        Some(self.amount)
    }

    fn follows(&self, case: &Case<'_>) -> Result<Vec<(&'static str, Day)>, Fault> {
        steps_of(case)
    }

    fn needs(&self, _: &Case<'_>) -> Result<Vec<Need>, Fault> {
        Ok(vec![Need::Quorum])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let (mut claim, loan, mut bank) = (case.the_claim()?, case.the_loan()?, case.the_bank()?);
        let mut fund = case.fund()?.clone();
        fund.approvals += 1;
        fund.claims_undecided = fund.claims_undecided.saturating_sub(1);
        fund.approved_unpaid += claim.amount;
        bank.approved_unpaid += claim.amount;
        claim.status = ClaimStatus::Approved;
        claim.approval = Some(fund.approvals);
        claim.steps.push(step(case, ClaimStep::Decide));
        out.put_row(Table::Queue, fund.approvals.to_be_bytes().to_vec(), claim.claim.as_bytes().to_vec());
        touch(&claim, &loan, out);
        if loan.misuse {
            let object = format!("claim:{}", claim.claim);
            out.alert(&alerts::MISUSE_APPROVED, object, None, Figures::none())?;
        }
        out.put(&fund)?;
        out.put(&bank)?;
        out.put(&claim)
    }
}

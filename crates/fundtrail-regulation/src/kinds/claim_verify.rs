//! `claim_verify`: the manager confirms a claim's loss and amount.

use super::prelude::*;
use super::claim_submit::{step, steps_of, touch};

/// The manager confirms a claim's loss and amount.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimVerify {
    /// The claim.
    pub claim: Id,
    /// The loss as verified.
    pub loss: Amount,
    /// The amount as verified.
    pub amount: Amount,
}

impl Meaning for ClaimVerify {
    const NAME: &'static str = "claim_verify";
    const ARTICLES: &'static [u8] = &[15];
    const TITLE: Bilingual = Bilingual { zh: "核实申请", en: "Verification" };

    fn subject(&self) -> Subject {
        Subject { claim: Some(self.claim.clone()), ..Subject::default() }
    }

    fn amount(&self) -> Option<Amount> {
        Some(self.amount)
    }

    fn follows(&self, case: &Case<'_>) -> Result<Vec<(&'static str, Day)>, Fault> {
        steps_of(case)
    }

    fn needs(&self, case: &Case<'_>) -> Result<Vec<Need>, Fault> {
        Ok(vec![Need::Pair(Role::Manager, case.fund()?.manager.clone())])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let (mut claim, loan) = (case.the_claim()?, case.the_loan()?);
        claim.status = ClaimStatus::Verified;
        claim.steps.push(step(case, ClaimStep::Verify));
        touch(&claim, &loan, out);
        out.put(&claim)
    }
}

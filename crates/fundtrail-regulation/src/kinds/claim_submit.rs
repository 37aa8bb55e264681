//! `claim_submit`: a partner claims compensation for principal lost on a loan. Figures are cumulative over the loan, so that instalments and several bearers add up to the fen.

use fundtrail_model::amount::AMOUNT_FEN_MAX;

use super::prelude::*;

/// A partner claims compensation for principal lost on a loan. Figures are cumulative over the loan, so that instalments and several bearers add up to the fen.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimSubmit {
    /// Its id.
    pub claim: Id,
    /// The loan.
    pub loan: Id,
    /// Who claims.
    pub claimant: Id,
    /// The day as of which the loss is taken.
    pub as_of: Day,
    /// Everything lost so far on the loan's IP part, by all who bear it.
    pub loss: LossBase,
    /// Who bears how much of it; the claimant alone if absent.
    #[serde(default)]
    pub borne: Vec<Share>,
    /// What is claimed now.
    pub amount: Amount,
}

impl Meaning for ClaimSubmit {
    const NAME: &'static str = "claim_submit";
    const ARTICLES: &'static [u8] = &[12, 13, 14, 15];
    const TITLE: Bilingual = Bilingual { zh: "补偿申请", en: "Claim" };

    fn check(&self) -> Result<(), Malformed> {
        bounded("borne", self.borne.len(), 8)?;
        let distinct = self.borne.iter().enumerate().all(|(at, share)| {
            self.borne.iter().skip(at + 1).all(|other| other.party != share.party)
        });
        if self.loss.total().fen() > AMOUNT_FEN_MAX {
            return Err(Malformed::new(MalformedCode::AmountOverflow, "loss: more than an amount may be"));
        }
        let total: Amount = self.borne.iter().map(|share| share.amount).sum();
        if !self.borne.is_empty() && (!distinct || total != self.loss.total()) {
            return Err(misfit("borne: each bearer once, adding up to the loss"));
        }
        Ok(())
    }

    fn subject(&self) -> Subject {
        let creates = vec![Creation::of::<Claim>(self.claim.as_bytes(), format!("claim {}", self.claim))];
        Subject {
            loan: Some(self.loan.clone()),
            party: Some(self.claimant.clone()),
            creates,
            ..Subject::default()
        }
    }

    fn amount(&self) -> Option<Amount> {
        Some(self.amount)
    }

    fn follows(&self, case: &Case<'_>) -> Result<Vec<(&'static str, Day)>, Fault> {
        let enrolled = case.loan()?.map(|loan| ("enrolled_on", loan.enrolled_on));
        Ok([Some(("as_of", self.as_of)), enrolled].into_iter().flatten().collect())
    }

    fn needs(&self, case: &Case<'_>) -> Result<Vec<Need>, Fault> {
        let admission = case.party()?.and_then(|party| party.admissions.last().cloned());
        let role = admission.map_or(Role::Bank, |admission| admission.role);
        let mut needs = vec![Need::Pair(role, Some(self.claimant.clone()))];
        if let Some(loan) = case.loan()?.filter(|loan| loan.bank != self.claimant) {
            needs.push(Need::of(Role::Bank, &loan.bank));
        }
        Ok(needs)
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let mut loan = case.the_loan()?;
        let claim = Claim {
            claim: self.claim.clone(),
            loan: self.loan.clone(),
            claimant: self.claimant.clone(),
            as_of: self.as_of,
            beside_principal: self.loss.total() - self.loss.principal,
            loss: self.loss.total(),
            borne: self.bearers(),
            amount: self.amount,
            paid: Amount::ZERO,
            status: ClaimStatus::Submitted,
            approval: None,
            steps: vec![step(case, ClaimStep::Submit)],
        };
        loan.follow(&claim);
        let mut fund = case.fund()?.clone();
        fund.claims_undecided += 1;
        out.put(&fund)?;
        touch(&claim, &loan, out);
        if !loan.risk_noticed {
            let object = format!("loan:{}", loan.loan);
            out.alert(&alerts::NO_RISK_NOTICE, object, None, Figures::none())?;
        }
        out.put(&loan)?;
        out.put(&claim)
    }
}

/// What a loss consists of. Which of it counts is the policy's choice (A04).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LossBase {
    /// Principal of the IP part.
    pub principal: Amount,
    /// Interest.
    #[serde(default)]
    pub interest: Amount,
    /// Penalty interest.
    #[serde(default)]
    pub penalty: Amount,
    /// Costs.
    #[serde(default)]
    pub costs: Amount,
}

impl LossBase {
    /// All of it.
    pub fn total(&self) -> Amount {
        self.principal + self.interest + self.penalty + self.costs
    }
}

impl ClaimSubmit {
    /// Who bears how much: the claimant all, unless said otherwise.
    pub fn bearers(&self) -> Vec<Share> {
        if self.borne.is_empty() {
            return vec![Share { party: self.claimant.clone(), amount: self.loss.total() }];
        }
        self.borne.clone()
    }
}

/// The step this case takes, with its keys.
pub(super) fn step(case: &Case<'_>, step: ClaimStep) -> Step {
    Step {
        step,
        entry: case.index,
        date: case.date(),
        keys: case.lineages(),
        lowered: Amount::ZERO,
        loss_before: Amount::ZERO,
    }
}

/// Names everything a step of a claim concerns.
pub(super) fn touch(claim: &Claim, loan: &Loan, out: &mut Outcome<'_>) {
    out.touch_id("claim", &claim.claim);
    out.touch_id("loan", &loan.loan);
    out.touch_id("party", &claim.claimant);
    out.touch_id("party", &loan.bank);
    out.touch_id("borrower", loan.borrower);
}

/// Days of the steps a claim has taken: none of the next may precede them.
pub(super) fn steps_of(case: &Case<'_>) -> Result<Vec<(&'static str, Day)>, Fault> {
    let last = case.claim()?.and_then(|claim| claim.steps.last());
    Ok(last.map(|step| ("step_before", step.date)).into_iter().collect())
}

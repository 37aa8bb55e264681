//! `compensation_pay`: pays an approved claim, after confirming the loss again (A22). With the leading group's quorum a part is paid and the rest stays in the queue (A25).

use super::prelude::*;
use fundtrail_model::port::Table;

use super::claim_submit::{step, steps_of, touch};
use crate::brake;
use crate::case::lost;
use crate::loss;

/// Pays an approved claim, after confirming the loss again (A22). With the leading group's quorum a part is paid and the rest stays in the queue (A25).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompensationPay {
    /// The claim.
    pub claim: Id,
    /// From which account of the fund.
    pub account: Id,
    /// To whom: the claimant.
    pub payee: Id,
    /// How much.
    pub amount: Amount,
    /// The loss as it stands on the day of payment.
    pub reconfirmed_loss: Amount,
    /// Whether this is a part payment by decision of the leading group.
    #[serde(default)]
    pub partial: bool,
}

impl Meaning for CompensationPay {
    const NAME: &'static str = "compensation_pay";
    const ARTICLES: &'static [u8] = &[2, 12, 13, 15];
    const TITLE: Bilingual = Bilingual { zh: "拨付补偿", en: "Compensation payment" };

    fn subject(&self) -> Subject {
        Subject {
            claim: Some(self.claim.clone()),
            accounts: vec![self.account.clone()],
            ..Subject::default()
        }
    }

    fn amount(&self) -> Option<Amount> {
        Some(self.amount)
    }

    fn outflows(&self) -> Vec<(Id, Amount)> {
        vec![(self.account.clone(), self.amount)]
    }

    fn follows(&self, case: &Case<'_>) -> Result<Vec<(&'static str, Day)>, Fault> {
        steps_of(case)
    }

    fn needs(&self, case: &Case<'_>) -> Result<Vec<Need>, Fault> {
        let mut needs = vec![Need::Pair(Role::Manager, case.fund()?.manager.clone())];
        if self.partial {
            needs.push(Need::Quorum);
        }
        Ok(needs)
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let (mut claim, mut loan) = (case.the_claim()?, case.the_loan()?);
        let (mut bank, mut borrower) = (case.the_bank()?, case.the_borrower()?);
        let mut fund = case.fund()?.clone();
        let payable = payable(case, &claim, &loan, self.reconfirmed_loss)?;
        let lowered = claim.unpaid().less(payable);
        out.move_money(&self.account, -self.amount, "compensation")?;
        fund.approved_unpaid -= self.amount + lowered;
        bank.approved_unpaid -= self.amount + lowered;
        bank.compensated += self.amount;
        borrower.compensated += self.amount;
        loan.compensated += self.amount;
        loan.compensated_on.get_or_insert(case.date());
        claim.amount -= lowered;
        claim.paid += self.amount;
        if !lowered.is_zero() {
            claim.loss = self.reconfirmed_loss;
            let claimed = loan.claimed_by(&claim.claimant).less(lowered);
            loan.set_claimed(&claim.claimant, claimed, self.reconfirmed_loss);
        }
        claim.steps.push(step(case, ClaimStep::Pay));
        if claim.unpaid().is_zero() {
            claim.status = ClaimStatus::Paid;
            leave_queue(&claim, out);
        }
        touch(&claim, &loan, out);
        brake::watch(case.the_policy()?, &bank, out)?;
        out.put(&fund)?;
        out.put(&bank)?;
        out.put(&borrower)?;
        out.put(&loan)?;
        out.put(&claim)
    }

    fn reversal_blocked(&self, case: &Case<'_>) -> Result<Option<Figures>, Fault> {
        let claim: Option<Claim> = case.view.get(self.claim.as_bytes())?;
        let Some(claim) = claim else { return Ok(None) };
        let loan: Option<Loan> = case.view.get(claim.loan.as_bytes())?;
        let collected = loan.map(|loan| loan.collected + loan.clawed_back).unwrap_or_default();
        Ok((!collected.is_zero()).then(|| Figures::none().with("collected_since", collected)))
    }

    fn undo(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let get = |what: &'static str| move || lost(what);
        let mut claim: Claim = case.view.get(self.claim.as_bytes())?.ok_or_else(get("claim"))?;
        let mut loan: Loan = case.view.get(claim.loan.as_bytes())?.ok_or_else(get("loan"))?;
        let mut bank: Party = case.view.get(loan.bank.as_bytes())?.ok_or_else(get("bank"))?;
        let tag = loan.borrower.to_string();
        let mut borrower: Borrower = case.view.get(tag.as_bytes())?.ok_or_else(get("borrower"))?;
        let mut fund = case.fund()?.clone();
        fund.approved_unpaid += self.amount;
        bank.approved_unpaid += self.amount;
        bank.compensated -= self.amount;
        borrower.compensated -= self.amount;
        loan.compensated -= self.amount;
        if loan.compensated.is_zero() {
            loan.compensated_on = None;
        }
        claim.paid -= self.amount;
        claim.status = ClaimStatus::Approved;
        claim.steps.retain(|step| step.step != ClaimStep::Pay);
        if let Some(approval) = claim.approval {
            out.put_row(Table::Queue, approval.to_be_bytes().to_vec(), claim.claim.as_bytes().to_vec());
        }
        touch(&claim, &loan, out);
        out.put(&fund)?;
        out.put(&bank)?;
        out.put(&borrower)?;
        out.put(&loan)?;
        out.put(&claim)
    }
}

/// What a claim is worth on the day of payment, given the loss as it then stands, less
/// what was paid of it.
pub fn payable(case: &Case<'_>, claim: &Claim, loan: &Loan, loss: Amount) -> Result<Amount, Fault> {
    let policy = case.the_loan_policy()?;
    let cap = loss::cap(policy, loan, case.borrower()?);
    let entitled = loss::entitled(policy, loss.min(claim.loss), cap);
    let own = loss::share(entitled, &claim.borne, &claim.claimant);
    Ok(own.less(claim.claimed_before).min(claim.amount).less(claim.paid))
}

/// A claim paid or rejected waits no longer.
pub(super) fn leave_queue(claim: &Claim, out: &mut Outcome<'_>) {
    if let Some(approval) = claim.approval {
        out.remove_row(Table::Queue, approval.to_be_bytes().to_vec());
    }
}

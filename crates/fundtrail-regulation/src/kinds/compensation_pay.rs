//! `compensation_pay`: pays an approved claim, after confirming the loss again (A22). With the leading group's quorum a part is paid and the rest stays in the queue (A25).

use super::prelude::*;
use super::recovery_report::catch_up;
use fundtrail_model::port::Table;

use super::claim_submit::{step, steps_of, touch};
use super::reversal::{original_index, original_signers};
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
        // Where only the bank's sub-ledger knows the loss, the claimant agrees to less.
        if let (Some(claim), Some(loan)) = (case.claim()?, case.loan()?)
            && self.is_agreed_to(case, claim, loan)?
        {
            needs.push(Need::partner(&claim.claimant));
        }
        Ok(needs)
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let (claim, mut loan) = (case.the_claim()?, case.the_loan()?);
        let payable = payable(case, &claim, &loan, self.reconfirmed_loss)?;
        let lowered = claim.unpaid().less(payable);
        out.move_money(&self.account, -self.amount, "compensation")?;
        loan.compensated_on.get_or_insert(case.date());
        let mut parts = Parts::load(case, claim, loan)?;
        // What was confirmed is the loss from here on, also where the cap hides the difference.
        parts.pay(self.amount, lowered, self.reconfirmed_loss);
        let mut step = step(case, ClaimStep::Pay);
        step.lowered = lowered;
        step.loss_before = case.the_claim()?.loss;
        parts.claim.steps.push(step);
        if parts.claim.unpaid().is_zero() {
            parts.claim.status = ClaimStatus::Paid;
            leave_queue(&parts.claim, out);
        }
        catch_up(case, &mut parts.loan, out)?;
        parts.put(case, out)
    }

    fn reversal_blocked(&self, case: &Case<'_>) -> Result<Option<Figures>, Fault> {
        let Some(claim) = case.claim()? else { return Ok(gone()) };
        let Some(loan) = case.loan()? else { return Ok(gone()) };
        let last = claim.steps.last().map(|step| step.entry);
        if last != original_index(case)? {
            return Ok(Some(Figures::none().with("reason", "the claim has gone on since")));
        }
        // A report stands on the payment, also one whose costs leave nothing to return.
        let stands = loan.last_recovery.is_some() || !loan.clawed_back.is_zero();
        Ok(stands.then(|| Figures::none().with("collected_since", loan.collected + loan.clawed_back)))
    }

    fn undo(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let found: Option<Claim> = case.view.get(self.claim.as_bytes())?;
        let claim = found.ok_or_else(|| lost("claim"))?;
        let found: Option<Loan> = case.view.get(claim.loan.as_bytes())?;
        let mut parts = Parts::load(case, claim, found.ok_or_else(|| lost("loan"))?)?;
        let entry = original_index(case)?;
        let undone = parts.claim.steps.iter().position(|step| Some(step.entry) == entry);
        let step = undone.map(|at| parts.claim.steps.remove(at)).ok_or_else(|| lost("step"))?;
        parts.pay(-self.amount, -step.lowered, step.loss_before);
        let first = first_payment(case, &parts)?;
        parts.loan.compensated_on = first.filter(|_| !parts.loan.compensated.is_zero());
        parts.claim.status = ClaimStatus::Approved;
        if let Some(approval) = parts.claim.approval {
            let claim = parts.claim.claim.as_bytes().to_vec();
            out.put_row(Table::Queue, approval.to_be_bytes().to_vec(), claim);
        }
        parts.put(case, out)
    }
}

impl CompensationPay {
    /// Whether the claimant has to sign, as it did where this is the original of a reversal.
    fn is_agreed_to(&self, case: &Case<'_>, claim: &Claim, loan: &Loan) -> Result<bool, Fault> {
        Ok(match original_signers(case)? {
            Some(signers) => signers.iter().any(|key| key.party == claim.claimant && key.role.is_partner()),
            None => loan.allocation == Allocation::BankLedger && self.reconfirmed_loss < claim.loss,
        })
    }
}

/// The date of the loan's first payment that stands, the first recorded.
fn first_payment(case: &Case<'_>, parts: &Parts) -> Result<Option<Day>, Fault> {
    let mut payments: Vec<(u64, Day)> = payments_of(&parts.claim);
    for live in parts.loan.claims.iter().filter(|live| live.claim != parts.claim.claim) {
        let other: Option<Claim> = case.view.get(live.claim.as_bytes())?;
        payments.extend(other.iter().flat_map(payments_of));
    }
    Ok(payments.into_iter().min().map(|(_, date)| date))
}

fn payments_of(claim: &Claim) -> Vec<(u64, Day)> {
    let payments = claim.steps.iter().filter(|step| step.step == ClaimStep::Pay);
    payments.map(|step| (step.entry, step.date)).collect()
}

/// Everything a payment, or its reversal, changes.
struct Parts {
    claim: Claim,
    loan: Loan,
    bank: Party,
    borrower: Borrower,
    fund: Fund,
}

impl Parts {
    fn load(case: &Case<'_>, claim: Claim, loan: Loan) -> Result<Parts, Fault> {
        let bank: Option<Party> = case.view.get(loan.bank.as_bytes())?;
        let borrower: Option<Borrower> = case.view.get(loan.borrower.to_string().as_bytes())?;
        Ok(Parts {
            claim,
            loan,
            bank: bank.ok_or_else(|| lost("bank"))?,
            borrower: borrower.ok_or_else(|| lost("borrower"))?,
            fund: case.fund()?.clone(),
        })
    }

    /// Pays an amount, takes off the claim what the confirmation lowered it by, and lets the
    /// loan know: what earlier collections owe follows from all that is paid, this included.
    fn pay(&mut self, amount: Amount, lowered: Amount, loss: Amount) {
        self.fund.approved_unpaid -= amount + lowered;
        self.bank.approved_unpaid -= amount + lowered;
        self.bank.compensated += amount;
        self.borrower.compensated += amount;
        self.loan.compensated += amount;
        self.claim.amount -= lowered;
        self.claim.paid += amount;
        self.claim.loss = loss;
        self.loan.follow(&self.claim);
    }

    fn put(mut self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        touch(&self.claim, &self.loan, out);
        brake::watch(case.the_policy()?, &mut self.bank, case.date(), out)?;
        out.put(&self.fund)?;
        out.put(&self.bank)?;
        out.put(&self.borrower)?;
        out.put(&self.loan)?;
        out.put(&self.claim)
    }
}

/// What a claim is worth on the day of payment, given the loss as it then stands: its
/// claimant's part of what the loan is entitled to, less its claimant's earlier claims and
/// what was paid of it; and never more than the loan as a whole has left.
pub fn payable(case: &Case<'_>, claim: &Claim, loan: &Loan, loss: Amount) -> Result<Amount, Fault> {
    let policy = case.the_loan_policy()?;
    let cap = loss::cap(policy, loan, case.borrower()?);
    // What counts beside principal (A04) counts beside principal that is lost.
    let loss = if loss > claim.beside_principal { loss.min(claim.loss) } else { Amount::ZERO };
    let entitled = loss::entitled(policy, loss, cap);
    let own = loss::share(entitled, &claim.borne, &claim.claimant);
    let earlier = loan.claimed_before(&claim.claimant, &claim.claim);
    let worth = own.less(earlier).min(claim.amount).less(claim.paid);
    let mut largest = loss;
    for live in loan.claims.iter().filter(|live| live.claim != claim.claim) {
        let other: Option<Claim> = case.view.get(live.claim.as_bytes())?;
        largest = largest.max(other.map_or(Amount::ZERO, |other| loss::now(loan, &other, policy)));
    }
    Ok(worth.min(loss::entitled(policy, largest, cap).less(loan.compensated)))
}

/// A claim paid or rejected waits no longer.
pub(super) fn leave_queue(claim: &Claim, out: &mut Outcome<'_>) {
    if let Some(approval) = claim.approval {
        out.remove_row(Table::Queue, approval.to_be_bytes().to_vec());
    }
}

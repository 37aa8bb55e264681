//! `recovery_return`: the share of a recovery comes back to the fund. Late or short money is booked all the same, with an alert; money in excess is booked on suspense.

use super::prelude::*;
use crate::case::lost;

/// The share of a recovery comes back to the fund. Late or short money is booked all the same, with an alert; money in excess is booked on suspense.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecoveryReturn {
    /// The recovery.
    pub recovery: Id,
    /// The loan.
    pub loan: Id,
    /// Who pays.
    pub payer: Id,
    /// Where it arrived.
    pub account: Id,
    /// The part that returns the recovery.
    pub amount: Amount,
    /// What arrived beyond it, to be refunded (暂收款).
    #[serde(default)]
    pub suspense: Amount,
}

impl Meaning for RecoveryReturn {
    const NAME: &'static str = "recovery_return";
    const ARTICLES: &'static [u8] = &[16];
    const TITLE: Bilingual = Bilingual { zh: "返还追偿款", en: "Return of a recovery" };

    fn subject(&self) -> Subject {
        Subject {
            loan: Some(self.loan.clone()),
            recovery: Some(self.recovery.clone()),
            party: Some(self.payer.clone()),
            accounts: vec![self.account.clone()],
            ..Subject::default()
        }
    }

    fn amount(&self) -> Option<Amount> {
        Some(self.amount + self.suspense)
    }

    fn follows(&self, case: &Case<'_>) -> Result<Vec<(&'static str, Day)>, Fault> {
        Ok(case.recovery()?.map(|recovery| ("received_on", recovery.received_on)).into_iter().collect())
    }

    fn needs(&self, case: &Case<'_>) -> Result<Vec<Need>, Fault> {
        received_by_the_fund(case, &self.payer)
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let mut recovery = case.the_recovery()?;
        out.post_account(&self.account, self.amount + self.suspense)?;
        if !self.amount.is_zero() {
            out.post("returns", -self.amount)?;
        }
        if !self.suspense.is_zero() {
            out.post(&format!("suspense:{}", self.payer), -self.suspense)?;
        }
        recovery.returned += self.amount;
        self.book(case, self.amount, self.suspense, out)?;
        let object = format!("recovery:{}", recovery.recovery);
        let days_late = case.date().days_since(recovery.deadline);
        if days_late > 0 && !self.amount.is_zero() {
            let figures =
                Figures::none().with("deadline", recovery.deadline).with("days_late", days_late);
            out.alert(&alerts::LATE_RETURN, object.clone(), None, figures)?;
        }
        if recovery.owed().is_zero() {
            out.answer(&alerts::SHORT_RETURN_ARREARS, &object)?;
        } else {
            let figures = Figures::none().with("arrears", recovery.owed());
            out.alert(&alerts::SHORT_RETURN_ARREARS, object, Some(recovery.deadline), figures)?;
        }
        out.put(&recovery)
    }

    fn reversal_blocked(&self, case: &Case<'_>) -> Result<Option<Figures>, Fault> {
        let recovery: Option<Recovery> = case.view.get(self.recovery.as_bytes())?;
        let stands = |recovery: Recovery| recovery.loan == self.loan && recovery.returned >= self.amount;
        if !recovery.is_some_and(stands) {
            return Ok(gone());
        }
        let held = case.view.balance(&format!("suspense:{}", self.payer))?;
        let refunded = -held < self.suspense;
        Ok(refunded.then(|| Figures::none().with("suspense", self.suspense).with("held", -held)))
    }

    fn undo(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let found: Option<Recovery> = case.view.get(self.recovery.as_bytes())?;
        let mut recovery = found.ok_or_else(|| lost("recovery"))?;
        recovery.returned -= self.amount;
        self.book(case, -self.amount, -self.suspense, out)?;
        if !recovery.owed().is_zero() {
            let object = format!("recovery:{}", recovery.recovery);
            let figures = Figures::none().with("arrears", recovery.owed());
            out.alert(&alerts::SHORT_RETURN_ARREARS, object, Some(recovery.deadline), figures)?;
        }
        out.put(&recovery)
    }
}

/// Who signs that a partner's money reached the fund: it, the manager, and the office where
/// the manager is that partner and would receipt its own payment.
pub(super) fn received_by_the_fund(case: &Case<'_>, payer: &Id) -> Result<Vec<Need>, Fault> {
    let mut needs = vec![Need::partner(payer), Need::role(Role::Manager)];
    if case.fund()?.manager.as_ref() == Some(payer) {
        needs.push(Need::role(Role::Office));
    }
    Ok(needs)
}

impl RecoveryReturn {
    /// Adds to, or takes from, what the loan, its bank and the fund know of returns.
    fn book(
        &self,
        case: &Case<'_>,
        amount: Amount,
        suspense: Amount,
        out: &mut Outcome<'_>,
    ) -> Result<(), Fault> {
        let found: Option<Loan> = case.view.get(self.loan.as_bytes())?;
        let mut loan = found.ok_or_else(|| lost("loan"))?;
        let found: Option<Party> = case.view.get(loan.bank.as_bytes())?;
        let mut bank = found.ok_or_else(|| lost("bank"))?;
        let mut fund = case.fund()?.clone();
        loan.returned += amount;
        bank.returned += amount;
        fund.suspense += suspense;
        out.touch_id("recovery", &self.recovery);
        out.touch_id("loan", &loan.loan);
        out.touch_id("party", &self.payer);
        out.touch_id("party", &bank.party);
        out.touch_id("borrower", loan.borrower);
        out.put(&fund)?;
        out.put(&bank)?;
        out.put(&loan)
    }
}

//! `suspense_refund`: money that arrived in excess goes back to who paid it.

use super::prelude::*;

/// Money that arrived in excess goes back to who paid it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuspenseRefund {
    /// To whom.
    pub payee: Id,
    /// From which account.
    pub account: Id,
    /// How much.
    pub amount: Amount,
}

impl Meaning for SuspenseRefund {
    const NAME: &'static str = "suspense_refund";
    const ARTICLES: &'static [u8] = &[2, 16];
    const TITLE: Bilingual = Bilingual { zh: "退还暂收款", en: "Refund of suspense" };

    fn subject(&self) -> Subject {
        Subject {
            party: Some(self.payee.clone()),
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

    fn needs(&self, _: &Case<'_>) -> Result<Vec<Need>, Fault> {
        Ok(vec![Need::role(Role::Manager), Need::role(Role::Office)])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        out.move_money(&self.account, -self.amount, &format!("suspense:{}", self.payee))?;
        self.book(case, -self.amount, out)
    }

    fn reversal_blocked(&self, _: &Case<'_>) -> Result<Option<Figures>, Fault> {
        Ok(None)
    }

    fn undo(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        self.book(case, self.amount, out)
    }
}

impl SuspenseRefund {
    fn book(&self, case: &Case<'_>, amount: Amount, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let mut fund = case.fund()?.clone();
        fund.suspense += amount;
        out.touch_id("party", &self.payee);
        out.put(&fund)
    }
}

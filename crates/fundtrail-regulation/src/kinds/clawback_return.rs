//! `clawback_return`: money paid back under a clawback order.

use super::prelude::*;
use super::recovery_return::received_by_the_fund;
use crate::case::lost;

/// Money paid back under a clawback order.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClawbackReturn {
    /// The order.
    pub order: Id,
    /// Who pays.
    pub payer: Id,
    /// Where it arrived.
    pub account: Id,
    /// How much.
    pub amount: Amount,
}

impl Meaning for ClawbackReturn {
    const NAME: &'static str = "clawback_return";
    const ARTICLES: &'static [u8] = &[22];
    const TITLE: Bilingual = Bilingual { zh: "追缴款入账", en: "Clawback return" };

    fn subject(&self) -> Subject {
        Subject {
            order: Some(self.order.clone()),
            party: Some(self.payer.clone()),
            accounts: vec![self.account.clone()],
            ..Subject::default()
        }
    }

    fn amount(&self) -> Option<Amount> {
        Some(self.amount)
    }

    fn needs(&self, case: &Case<'_>) -> Result<Vec<Need>, Fault> {
        received_by_the_fund(case, &self.payer)
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let mut order = case.the_order()?;
        order.returned += self.amount;
        out.move_money(&self.account, self.amount, "clawbacks")?;
        touch(&order, out);
        out.put(&order)
    }

    fn reversal_blocked(&self, _: &Case<'_>) -> Result<Option<Figures>, Fault> {
        Ok(None)
    }

    fn undo(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let found: Option<Order> = case.view.get(self.order.as_bytes())?;
        let mut order = found.ok_or_else(|| lost("order"))?;
        order.returned -= self.amount;
        touch(&order, out);
        out.put(&order)
    }
}

fn touch(order: &Order, out: &mut Outcome<'_>) {
    out.touch_id("order", &order.order);
    out.touch_id("loan", &order.loan);
    out.touch_id("party", &order.debtor);
}

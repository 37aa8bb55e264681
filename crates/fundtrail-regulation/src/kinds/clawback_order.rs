//! `clawback_order`: the leading group orders compensation paid back, in full and not as a recovery (A35).

use super::prelude::*;

/// The leading group orders compensation paid back, in full and not as a recovery (A35).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClawbackOrder {
    /// Its id.
    pub order: Id,
    /// The loan.
    pub loan: Id,
    /// Who owes it.
    pub debtor: Id,
    /// How much.
    pub amount: Amount,
    /// The decision.
    pub decision: DocumentDigest,
}

impl Meaning for ClawbackOrder {
    const NAME: &'static str = "clawback_order";
    const ARTICLES: &'static [u8] = &[22];
    const TITLE: Bilingual = Bilingual { zh: "追缴决定", en: "Clawback order" };

    fn subject(&self) -> Subject {
        let creates = vec![Creation::of::<Order>(self.order.as_bytes(), format!("order {}", self.order))];
        Subject {
            loan: Some(self.loan.clone()),
            party: Some(self.debtor.clone()),
            creates,
            ..Subject::default()
        }
    }

    fn amount(&self) -> Option<Amount> {
        Some(self.amount)
    }

    fn needs(&self, _: &Case<'_>) -> Result<Vec<Need>, Fault> {
        Ok(vec![Need::Quorum])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let mut loan = case.the_loan()?;
        loan.clawed_back += self.amount;
        out.touch_id("order", &self.order);
        out.touch_id("loan", &loan.loan);
        out.touch_id("party", &self.debtor);
        out.touch_id("borrower", loan.borrower);
        out.put(&Order {
            order: self.order.clone(),
            loan: self.loan.clone(),
            debtor: self.debtor.clone(),
            amount: self.amount,
            returned: Amount::ZERO,
        })?;
        out.put(&loan)
    }
}

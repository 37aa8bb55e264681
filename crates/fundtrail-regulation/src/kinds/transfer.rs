//! `transfer`: moves money between two accounts of the fund.

use super::prelude::*;

/// Moves money between two accounts of the fund.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// From where.
    pub from: Id,
    /// To where.
    pub to: Id,
    /// How much.
    pub amount: Amount,
}

impl Meaning for Transfer {
    const NAME: &'static str = "transfer";
    const ARTICLES: &'static [u8] = &[9];
    const TITLE: Bilingual = Bilingual { zh: "账户间划转", en: "Transfer" };

    fn subject(&self) -> Subject {
        Subject { accounts: vec![self.from.clone(), self.to.clone()], ..Subject::default() }
    }

    fn amount(&self) -> Option<Amount> {
        Some(self.amount)
    }

    fn outflows(&self) -> Vec<(Id, Amount)> {
        vec![(self.from.clone(), self.amount)]
    }

    fn needs(&self, _: &Case<'_>) -> Result<Vec<Need>, Fault> {
        Ok(vec![Need::role(Role::Manager), Need::role(Role::Office)])
    }

    fn apply(&self, _: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        out.post_account(&self.from, -self.amount)?;
        out.post_account(&self.to, self.amount)
    }

    fn reversal_blocked(&self, _: &Case<'_>) -> Result<Option<Figures>, Fault> {
        Ok(None)
    }
}

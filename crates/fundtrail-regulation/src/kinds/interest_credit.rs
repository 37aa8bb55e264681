//! `interest_credit`: interest of a period added to an account of the fund. It stays fund money (A27).

use super::prelude::*;
use crate::period::Period;

/// Interest of a period added to an account of the fund. It stays fund money (A27).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InterestCredit {
    /// Where it arose and stays.
    pub account: Id,
    /// For which period, such as `2022Q1`.
    pub period: Period,
    /// How much.
    pub amount: Amount,
}

impl Meaning for InterestCredit {
    const NAME: &'static str = "interest_credit";
    const ARTICLES: &'static [u8] = &[11];
    const TITLE: Bilingual = Bilingual { zh: "利息入账", en: "Interest credit" };

    fn subject(&self) -> Subject {
        Subject { accounts: vec![self.account.clone()], ..Subject::default() }
    }

    fn amount(&self) -> Option<Amount> {
        Some(self.amount)
    }

    fn needs(&self, case: &Case<'_>) -> Result<Vec<Need>, Fault> {
        let bank = case.account(&self.account)?.map(|account| account.bank);
        Ok(vec![Need::One(vec![Role::Bank], bank), Need::role(Role::Manager)])
    }

    fn apply(&self, _: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        out.put(&self.record())?;
        out.move_money(&self.account, self.amount, "interest")
    }

    fn reversal_blocked(&self, _: &Case<'_>) -> Result<Option<Figures>, Fault> {
        Ok(None)
    }

    fn undo(&self, _: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        out.remove(&self.record());
        Ok(())
    }
}

impl InterestCredit {
    fn record(&self) -> InterestPeriod {
        InterestPeriod {
            account: self.account.clone(),
            period: self.period.to_string(),
            amount: self.amount,
        }
    }
}

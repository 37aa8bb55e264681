//! `distribute`: returns the whole balance to the contributors in proportion to what they paid in (A36).

use super::prelude::*;

/// Returns the whole balance to the contributors in proportion to what they paid in (A36).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Distribute {
    /// Who receives how much from which account.
    pub lines: Vec<DistributionLine>,
}

impl Meaning for Distribute {
    const NAME: &'static str = "distribute";
    const ARTICLES: &'static [u8] = &[21];
    const TITLE: Bilingual = Bilingual { zh: "返还出资人", en: "Distribution" };

    fn check(&self) -> Result<(), Malformed> {
        bounded("lines", self.lines.len(), 32)?;
        if self.lines.is_empty() || self.lines.iter().any(|line| line.amount.is_zero()) {
            return Err(misfit("lines: at least one, each above zero"));
        }
        Ok(())
    }

    fn subject(&self) -> Subject {
        let accounts = self.lines.iter().map(|line| line.account.clone()).collect();
        Subject { accounts, ..Subject::default() }
    }

    fn outflows(&self) -> Vec<(Id, Amount)> {
        self.lines.iter().map(|line| (line.account.clone(), line.amount)).collect()
    }

    fn needs(&self, _: &Case<'_>) -> Result<Vec<Need>, Fault> {
        Ok(vec![Need::role(Role::Finance), Need::role(Role::Manager), Need::role(Role::Office)])
    }

    fn apply(&self, _: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        for line in &self.lines {
            let book = format!("distribution:{}", line.contributor);
            out.move_money(&line.account, -line.amount, &book)?;
            out.touch_id("party", &line.contributor);
        }
        out.touch("fund");
        Ok(())
    }

    fn reversal_blocked(&self, _: &Case<'_>) -> Result<Option<Figures>, Fault> {
        Ok(None)
    }
}

/// One line of a distribution.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DistributionLine {
    /// To whom.
    pub contributor: Id,
    /// From which account.
    pub account: Id,
    /// How much.
    pub amount: Amount,
}

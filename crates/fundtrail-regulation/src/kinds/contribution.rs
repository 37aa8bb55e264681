//! `contribution`: money paid into the fund by a contributor: toward the initial total, or later on top (A37).

use super::prelude::*;

/// Money paid into the fund by a contributor: toward the initial total, or later on top (A37).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contribution {
    /// Who pays.
    pub contributor: Id,
    /// Where the money arrived.
    pub account: Id,
    /// How much.
    pub amount: Amount,
    /// `initial` or `top_up`.
    pub purpose: ContributionPurpose,
}

impl Meaning for Contribution {
    const NAME: &'static str = "contribution";
    const ARTICLES: &'static [u8] = &[3];
    const TITLE: Bilingual = Bilingual { zh: "拨入资金", en: "Contribution" };

    fn subject(&self) -> Subject {
        Subject { accounts: vec![self.account.clone()], ..Subject::default() }
    }

    fn amount(&self) -> Option<Amount> {
        Some(self.amount)
    }

    fn needs(&self, _: &Case<'_>) -> Result<Vec<Need>, Fault> {
        let payer = Need::One(vec![Role::Finance, Role::Government], None);
        let mut needs = vec![payer, Need::role(Role::Manager)];
        if self.purpose == ContributionPurpose::TopUp {
            needs.push(Need::Quorum);
        }
        Ok(needs)
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        self.book(case.fund()?.clone(), self.amount, out)?;
        out.move_money(&self.account, self.amount, &self.book_name())?;
        out.touch_id("party", &self.contributor);
        Ok(())
    }

    fn reversal_blocked(&self, case: &Case<'_>) -> Result<Option<Figures>, Fault> {
        let needed = self.purpose == ContributionPurpose::Initial && case.fund()?.activated_on.is_some();
        Ok(needed.then(|| Figures::none().with("reason", "the fund was activated on this total")))
    }

    fn undo(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        self.book(case.fund()?.clone(), -self.amount, out)
    }
}

/// What a contribution is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContributionPurpose {
    /// Toward the initial total (Art. 3).
    Initial,
    /// Later, on top (A37).
    TopUp,
}

impl Contribution {
    fn book_name(&self) -> String {
        format!("contribution:{}", self.contributor)
    }

    fn book(&self, mut fund: Fund, amount: Amount, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let found = fund.contributed.iter().position(|one| one.party == self.contributor);
        let at = found.unwrap_or_else(|| {
            fund.contributed.push(Contributed {
                party: self.contributor.clone(),
                initial: Amount::ZERO,
                total: Amount::ZERO,
            });
            fund.contributed.len() - 1
        });
        if let Some(one) = fund.contributed.get_mut(at) {
            one.total += amount;
            if self.purpose == ContributionPurpose::Initial {
                one.initial += amount;
            }
        }
        out.put(&fund)
    }
}

//! `fee_pay`: pays the manager's fee: assessed by the office, received by the manager.

use super::prelude::*;
use super::reversal::original_date;
use crate::policy::Policy;

/// Pays the manager's fee: assessed by the office, received by the manager.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeePay {
    /// From which account.
    pub account: Id,
    /// To whom: the manager.
    pub payee: Id,
    /// How much, tax included.
    pub amount: Amount,
}

impl Meaning for FeePay {
    const NAME: &'static str = "fee_pay";
    const ARTICLES: &'static [u8] = &[8];
    const TITLE: Bilingual = Bilingual { zh: "支付管理费", en: "Management fee" };

    fn subject(&self) -> Subject {
        Subject { accounts: vec![self.account.clone()], ..Subject::default() }
    }

    fn amount(&self) -> Option<Amount> {
        Some(self.amount)
    }

    fn outflows(&self) -> Vec<(Id, Amount)> {
        vec![(self.account.clone(), self.amount)]
    }

    fn needs(&self, case: &Case<'_>) -> Result<Vec<Need>, Fault> {
        let manager = case.fund()?.manager.clone();
        Ok(vec![Need::role(Role::Office), Need::One(vec![Role::Manager], manager)])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let year = case.date().year();
        let mut fees = paid_in(year, out)?;
        fees.paid += self.amount;
        out.move_money(&self.account, -self.amount, "fees")?;
        out.touch_id("party", &self.payee);
        let policy = case.the_policy()?;
        let share = prorated(policy, year);
        if share < policy.fee_ceiling() && fees.paid > share {
            let figures = Figures::none()
                .with("year", year)
                .with("paid", fees.paid)
                .with("prorated", share);
            let object = format!("party:{}", self.payee);
            out.alert(&alerts::FEE_ABOVE_PRORATA, object, None, figures)?;
        }
        out.put(&fees)
    }

    fn reversal_blocked(&self, _: &Case<'_>) -> Result<Option<Figures>, Fault> {
        Ok(None)
    }

    fn undo(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let year = original_date(case)?.year();
        let mut fees = paid_in(year, out)?;
        fees.paid -= self.amount;
        out.touch_id("party", &self.payee);
        out.put(&fees)
    }
}

fn paid_in(year: u16, out: &Outcome<'_>) -> Result<YearFees, Fault> {
    let known = out.get(&year.to_be_bytes())?;
    Ok(known.unwrap_or(YearFees { year, paid: Amount::ZERO }))
}

/// The part of a year's ceiling that falls on its days in force, half-up.
pub fn prorated(policy: &Policy, year: u16) -> Amount {
    let ceiling = policy.fee_ceiling();
    let year = i32::from(year);
    let (Some(first), Some(last)) = (Day::new(year, 1, 1), Day::new(year, 12, 31)) else {
        return ceiling;
    };
    let from = first.max(policy.policy.effective_from);
    let until = last.min(policy.policy.effective_to);
    let days = (until.days_since(from) + 1).max(0);
    let whole = last.days_since(first) + 1;
    let count = |days: i64| Amount::from_fen(i128::from(days));
    ceiling.fraction(count(days), count(whole), fundtrail_model::Rounding::HalfUp)
}

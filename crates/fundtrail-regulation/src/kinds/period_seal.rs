//! `period_seal`: closes a period: every balance and object head under one root. Nothing may be dated into it afterwards.

use super::prelude::*;
use crate::period::Period;
use crate::state::PeriodSeal as SealRecord;

/// Closes a period: every balance and object head under one root. Nothing may be dated into it afterwards.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeriodSeal {
    /// The period.
    pub period: Period,
    /// Entries before this one; the root is of the state after them.
    pub size: u64,
    /// Root over all heads and balances.
    pub root: DocumentDigest,
}

impl Meaning for PeriodSeal {
    const NAME: &'static str = "period_seal";
    const ARTICLES: &'static [u8] = &[8, 17];
    const TITLE: Bilingual = Bilingual { zh: "期间封账", en: "Period seal" };

    fn subject(&self) -> Subject {
        let period = self.period.to_string();
        let creates = vec![Creation::of::<SealRecord>(period.as_bytes(), format!("seal of {period}"))];
        Subject { creates, ..Subject::default() }
    }

    fn follows(&self, _: &Case<'_>) -> Result<Vec<(&'static str, Day)>, Fault> {
        let after = self.period.last_day().plus_days(1);
        Ok(after.map(|day| ("day_after_period", day)).into_iter().collect())
    }

    fn needs(&self, _: &Case<'_>) -> Result<Vec<Need>, Fault> {
        Ok(vec![Need::role(Role::Manager), Need::role(Role::Office)])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let mut fund = case.fund()?.clone();
        fund.sealed_until = Some(self.period.last_day());
        out.touch_id("seal", self.period);
        out.put(&SealRecord {
            period: self.period.to_string(),
            until: self.period.last_day(),
            size: self.size,
            root: self.root.clone(),
            entry: case.index,
        })?;
        out.put(&fund)
    }
}

//! `fund_activate`: declares that the initial total is there and the fund begins to work.

use super::prelude::*;

/// Declares that the initial total is there and the fund begins to work.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FundActivate {}

impl Meaning for FundActivate {
    const NAME: &'static str = "fund_activate";
    const ARTICLES: &'static [u8] = &[3];
    const TITLE: Bilingual = Bilingual { zh: "启动资金", en: "Activation" };

    fn subject(&self) -> Subject {
        Subject::default()
    }

    fn needs(&self, _: &Case<'_>) -> Result<Vec<Need>, Fault> {
        Ok(vec![Need::role(Role::Manager), Need::role(Role::Office)])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let mut fund = case.fund()?.clone();
        fund.activated_on = Some(case.date());
        out.touch("fund");
        out.put(&fund)
    }
}

//! `suspend_notice`: the manager tells a bank whose ratio has reached the second threshold to stop lending. Below it, the office must sign too.

use super::prelude::*;
use crate::brake;

/// The manager tells a bank whose ratio has reached the second threshold to stop lending. Below it, the office must sign too.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuspendNotice {
    /// The bank.
    pub bank: Id,
    /// Dispatch (发出), with offset.
    pub issued_at: Moment,
}

impl Meaning for SuspendNotice {
    const NAME: &'static str = "suspend_notice";
    const ARTICLES: &'static [u8] = &[13];
    const TITLE: Bilingual = Bilingual { zh: "中止通知", en: "Suspension" };

    fn subject(&self) -> Subject {
        Subject { party: Some(self.bank.clone()), ..Subject::default() }
    }

    fn follows(&self, _: &Case<'_>) -> Result<Vec<(&'static str, Day)>, Fault> {
        Ok(vec![("issued_at", self.issued_at.day())])
    }

    fn needs(&self, _: &Case<'_>) -> Result<Vec<Need>, Fault> {
        Ok(vec![Need::role(Role::Manager), Need::optional(Need::role(Role::Office))])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let mut bank = case.the_party()?;
        bank.suspensions.push(Notice { issued_at: self.issued_at, lifted_at: None });
        let object = format!("party:{}", self.bank);
        out.answer(&alerts::SUSPEND_NOTICE_DUE, &object)?;
        out.answer(&alerts::WARN_NOTICE_DUE, &object)?;
        out.touch(object);
        brake::recount(case.view, &mut bank, out)?;
        out.put(&bank)
    }
}

//! `warn_notice`: the manager warns a bank whose ratio has reached the first threshold. Below it, the office must sign too.

use super::prelude::*;

/// The manager warns a bank whose ratio has reached the first threshold. Below it, the office must sign too.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WarnNotice {
    /// The bank.
    pub bank: Id,
    /// Dispatch (发出), with offset.
    pub issued_at: Moment,
}

impl Meaning for WarnNotice {
    const NAME: &'static str = "warn_notice";
    const ARTICLES: &'static [u8] = &[13];
    const TITLE: Bilingual = Bilingual { zh: "警示通知", en: "Warning" };

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
        bank.warnings.push(Notice { issued_at: self.issued_at, lifted_at: None });
        let object = format!("party:{}", self.bank);
        out.answer(&alerts::WARN_NOTICE_DUE, &object)?;
        out.touch(object);
        out.put(&bank)
    }
}

//! `suspend_lift`: lifts a warning or a suspension. A falling ratio alone changes nothing (A18).

use super::prelude::*;
use crate::brake;

/// Lifts a warning or a suspension. A falling ratio alone changes nothing (A18).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuspendLift {
    /// The bank.
    pub bank: Id,
    /// `warning` or `suspension`.
    pub notice: NoticeKind,
    /// From when, with offset.
    pub lifted_at: Moment,
}

impl Meaning for SuspendLift {
    const NAME: &'static str = "suspend_lift";
    const ARTICLES: &'static [u8] = &[13];
    const TITLE: Bilingual = Bilingual { zh: "解除警示或中止", en: "Lifting" };

    fn subject(&self) -> Subject {
        Subject { party: Some(self.bank.clone()), ..Subject::default() }
    }

    fn follows(&self, case: &Case<'_>) -> Result<Vec<(&'static str, Day)>, Fault> {
        let standing = case.party()?.and_then(|bank| self.standing(bank));
        let issued = standing.map(|notice| ("issued_at", notice.issued_at.day()));
        Ok([Some(("lifted_at", self.lifted_at.day())), issued].into_iter().flatten().collect())
    }

    fn needs(&self, _: &Case<'_>) -> Result<Vec<Need>, Fault> {
        Ok(vec![Need::role(Role::Manager), Need::Quorum])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let mut bank = case.the_party()?;
        let notices = match self.notice {
            NoticeKind::Warning => &mut bank.warnings,
            NoticeKind::Suspension => &mut bank.suspensions,
        };
        if let Some(last) = notices.last_mut() {
            last.lifted_at = Some(self.lifted_at);
        }
        brake::recount(case.view, &mut bank, out)?;
        brake::watch(case.the_policy()?, &mut bank, case.date(), out)?;
        out.touch_id("party", &self.bank);
        out.put(&bank)
    }
}

/// Which notice is lifted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// A warning.
    Warning,
    /// A suspension.
    Suspension,
}

impl SuspendLift {
    /// The notice that stands and would be lifted.
    pub fn standing<'a>(&self, bank: &'a Party) -> Option<&'a Notice> {
        match self.notice {
            NoticeKind::Warning => bank.warning(),
            NoticeKind::Suspension => bank.suspension(),
        }
    }
}

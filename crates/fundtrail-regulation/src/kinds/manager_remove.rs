//! `manager_remove`: ends the manager's appointment.

use super::prelude::*;

/// Ends the manager's appointment.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManagerRemove {
    /// The manager.
    pub manager: Id,
    /// The leading group's decision.
    pub decision: DocumentDigest,
}

impl Meaning for ManagerRemove {
    const NAME: &'static str = "manager_remove";
    const ARTICLES: &'static [u8] = &[7, 22];
    const TITLE: Bilingual = Bilingual { zh: "解聘资金管理人", en: "Manager removal" };

    fn subject(&self) -> Subject {
        Subject { party: Some(self.manager.clone()), ..Subject::default() }
    }

    fn needs(&self, _: &Case<'_>) -> Result<Vec<Need>, Fault> {
        Ok(vec![Need::Quorum])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let mut fund = case.fund()?.clone();
        fund.manager = None;
        out.touch("fund");
        out.touch_id("party", &self.manager);
        out.put(&fund)
    }
}

//! `terminate`: ends the fund: nothing new is enrolled or claimed; what is owed stays owed.

use super::prelude::*;

/// Ends the fund: nothing new is enrolled or claimed; what is owed stays owed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terminate {
    /// The decision.
    pub decision: DocumentDigest,
}

impl Meaning for Terminate {
    const NAME: &'static str = "terminate";
    const ARTICLES: &'static [u8] = &[21];
    const TITLE: Bilingual = Bilingual { zh: "终止设立", en: "Termination" };

    fn subject(&self) -> Subject {
        Subject::default()
    }

    fn needs(&self, _: &Case<'_>) -> Result<Vec<Need>, Fault> {
        Ok(vec![Need::role(Role::Finance), Need::Quorum])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let mut fund = case.fund()?.clone();
        fund.terminated_on = Some(case.date());
        out.touch("fund");
        out.put(&fund)
    }
}

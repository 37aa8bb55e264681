//! `policy_adopt`: adopts a version of the policy, from a business date on. The leading
//! group decides; the first version needs every seat, because no quorum is fixed yet.

use super::prelude::*;
use crate::policy::Policy;

/// Adopts a version of the policy, from a business date on. The leading group decides; the
/// first version needs every seat, because no quorum is fixed yet.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyAdopt {
    /// First business date it applies to.
    pub applies_from: Day,
    /// SHA-256 of the measure's text.
    pub text: DocumentDigest,
    /// SHA-256 of the decision.
    pub decision: DocumentDigest,
    /// Every parameter.
    pub policy: Policy,
}

impl Meaning for PolicyAdopt {
    const NAME: &'static str = "policy_adopt";
    const ARTICLES: &'static [u8] = &[1, 3, 7, 23];
    const TITLE: Bilingual = Bilingual { zh: "通过政策", en: "Policy adoption" };

    fn check(&self) -> Result<(), Malformed> {
        self.policy.check()
    }

    fn subject(&self) -> Subject {
        Subject::default()
    }

    fn needs(&self, case: &Case<'_>) -> Result<Vec<Need>, Fault> {
        if case.fund()?.policy_versions > 0 {
            return Ok(vec![Need::Quorum]);
        }
        let seats = case.seats()?;
        Ok(seats.iter().map(|seat| Need::of(Role::GroupMember, seat)).collect())
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let mut fund = case.fund()?.clone();
        fund.policy_versions += 1;
        out.put(&PolicyVersion {
            version: fund.policy_versions,
            applies_from: self.applies_from,
            policy: self.policy.clone(),
        })?;
        out.touch("policy");
        out.put(&fund)
    }
}

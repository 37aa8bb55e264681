//! `partner_revoke`: ends a partner's cooperation from a day on. Loans made before stay covered (A35).

use super::prelude::*;

/// Ends a partner's cooperation from a day on. Loans made before stay covered (A35).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartnerRevoke {
    /// The institution.
    pub partner: Id,
    /// First day without.
    pub on: Day,
    /// The leading group's decision.
    pub decision: DocumentDigest,
}

impl Meaning for PartnerRevoke {
    const NAME: &'static str = "partner_revoke";
    const ARTICLES: &'static [u8] = &[7, 22];
    const TITLE: Bilingual = Bilingual { zh: "取消合作资格", en: "Partner revocation" };

    fn subject(&self) -> Subject {
        Subject { party: Some(self.partner.clone()), ..Subject::default() }
    }

    fn needs(&self, _: &Case<'_>) -> Result<Vec<Need>, Fault> {
        Ok(vec![Need::Quorum])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let mut party = case.the_party()?;
        if let Some(last) = party.admissions.last_mut() {
            last.revoked_on = Some(self.on);
        }
        out.touch_id("party", &self.partner);
        out.put(&party)
    }
}

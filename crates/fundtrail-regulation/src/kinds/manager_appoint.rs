//! `manager_appoint`: appoints the fund manager chosen by government procurement.

use super::prelude::*;

/// Appoints the fund manager chosen by government procurement.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManagerAppoint {
    /// The manager.
    pub manager: Id,
    /// The entrustment agreement.
    pub agreement: DocumentDigest,
    /// The leading group's decision.
    pub decision: DocumentDigest,
    /// Attested: a state-owned legal person.
    pub state_owned: bool,
    /// Attested: division code of registration.
    pub registered_division: String,
    /// Attested: runs the city-wide IP finance platform.
    pub platform: bool,
    /// Attested: an experienced team.
    pub team: bool,
}

impl Meaning for ManagerAppoint {
    const NAME: &'static str = "manager_appoint";
    const ARTICLES: &'static [u8] = &[7, 8];
    const TITLE: Bilingual = Bilingual { zh: "聘任资金管理人", en: "Manager appointment" };

    fn particulars(&self) -> Vec<Particular> {
        vec![
            Particular::required("name", Format::Name),
            Particular::required("credit_code", Format::CreditCode).used(Purpose::Category(&["91"])),
        ]
    }

    fn subject(&self) -> Subject {
        Subject { party: Some(self.manager.clone()), ..Subject::default() }
    }

    fn needs(&self, _: &Case<'_>) -> Result<Vec<Need>, Fault> {
        Ok(vec![Need::of(Role::Manager, &self.manager), Need::Quorum])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let mut fund = case.fund()?.clone();
        fund.manager = Some(self.manager.clone());
        out.touch("fund");
        out.touch_id("party", &self.manager);
        out.put(&fund)
    }
}

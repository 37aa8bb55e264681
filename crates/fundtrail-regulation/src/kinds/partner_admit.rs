//! `partner_admit`: admits a bank, insurer or guarantor: reviewed by the office, decided by the leading group, agreement signed by the bureau and the institution.

use super::prelude::*;

/// Admits a bank, insurer or guarantor: reviewed by the office, decided by the leading group, agreement signed by the bureau and the institution.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartnerAdmit {
    /// The institution.
    pub partner: Id,
    /// As `bank`, `insurer` or `guarantor`.
    pub role: Role,
    /// First day of the cooperation.
    pub from: Day,
    /// The cooperation agreement.
    pub agreement: DocumentDigest,
    /// The office's record of review (Art. 9).
    pub review: DocumentDigest,
    /// The leading group's decision (Art. 7).
    pub decision: DocumentDigest,
    /// Attested: experience with pledges of intellectual property.
    pub experience: bool,
    /// Attested: operating rules.
    pub operating_rules: bool,
    /// Attested: sound credit management.
    pub credit_management: bool,
    /// Attested: control and disposal of risk.
    pub risk_control: bool,
}

impl Meaning for PartnerAdmit {
    const NAME: &'static str = "partner_admit";
    const ARTICLES: &'static [u8] = &[7, 9, 10];
    const TITLE: Bilingual = Bilingual { zh: "确定合作机构", en: "Partner admission" };

    fn check(&self) -> Result<(), Malformed> {
        if self.role.is_partner() { Ok(()) } else { Err(misfit("role: bank, insurer or guarantor")) }
    }

    fn particulars(&self) -> Vec<Particular> {
        vec![
            Particular::required("name", Format::Name),
            Particular::required("credit_code", Format::CreditCode).used(Purpose::Category(&["91"])),
            Particular::optional("cnaps", Format::Cnaps),
        ]
    }

    fn subject(&self) -> Subject {
        Subject { party: Some(self.partner.clone()), ..Subject::default() }
    }

    fn needs(&self, _: &Case<'_>) -> Result<Vec<Need>, Fault> {
        Ok(vec![
            Need::of(self.role, &self.partner),
            Need::role(Role::MarketSupervision),
            Need::Quorum,
        ])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let mut party = case.the_party()?;
        party.admissions.push(Admission {
            role: self.role,
            from: self.from,
            agreement: self.agreement.clone(),
            revoked_on: None,
        });
        out.touch_id("party", &self.partner);
        out.put(&party)
    }
}

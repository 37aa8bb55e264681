//! `borrower_register`: registers an enterprise in the manager's library, or brings its facts up to date. It is known by its tag only.

use super::prelude::*;

/// Registers an enterprise in the manager's library, or brings its facts up to date. It is known by its tag only.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BorrowerRegister {
    /// HMAC of the credit code under the fund's tag key.
    pub borrower: Tag,
    /// When the authorities registered it.
    pub registered_on: Day,
    /// Attested division code of registration.
    pub registered_division: String,
    /// Attested: an independent legal person.
    pub legal_person: bool,
    /// Attested: a small or medium enterprise.
    #[serde(default)]
    pub sme: Option<bool>,
    /// Extract of the registration, kept by the bank.
    pub evidence: DocumentDigest,
}

impl Meaning for BorrowerRegister {
    const NAME: &'static str = "borrower_register";
    const ARTICLES: &'static [u8] = &[4, 8];
    const TITLE: Bilingual = Bilingual { zh: "登记贷款企业", en: "Borrower registration" };

    fn check(&self) -> Result<(), Malformed> {
        let digits = self.registered_division.bytes().all(|byte| byte.is_ascii_digit());
        if self.registered_division.len() == 6 && digits {
            return Ok(());
        }
        Err(misfit("registered_division: six digits"))
    }

    fn particulars(&self) -> Vec<Particular> {
        vec![
            Particular::required("name", Format::Name),
            Particular::required("credit_code", Format::CreditCode)
                .used(Purpose::Borrower(self.borrower)),
        ]
    }

    fn subject(&self) -> Subject {
        Subject { borrower: Some(self.borrower), ..Subject::default() }
    }

    fn needs(&self, _: &Case<'_>) -> Result<Vec<Need>, Fault> {
        Ok(vec![Need::role(Role::Bank), Need::role(Role::Manager)])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let known = case.borrower()?.cloned();
        let object = format!("borrower:{}", self.borrower);
        out.touch(object.clone());
        for code in &case.findings.alerts {
            if let Some(kind) = alerts::by_code(code) {
                out.alert(kind, object.clone(), None, Figures::none())?;
            }
        }
        out.put(&Borrower {
            borrower: self.borrower,
            registered_on: self.registered_on,
            division: self.registered_division.clone(),
            sme: self.sme,
            blacklisting: known.as_ref().and_then(|known| known.blacklisting.clone()),
            fraud: known.as_ref().is_some_and(|known| known.fraud),
            compensated: known.map(|known| known.compensated).unwrap_or_default(),
        })
    }
}

//! `fraud_finding`: the leading group finds that a loan, an enterprise or a partner obtained money by fraud: no further compensation for it.

use super::prelude::*;
use super::filing::file;

/// The leading group finds that a loan, an enterprise or a partner obtained money by fraud: no further compensation for it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FraudFinding {
    /// What it is about.
    pub about: FraudSubject,
    /// The finding.
    pub finding: DocumentDigest,
    /// Whether it withdraws an earlier finding.
    #[serde(default)]
    pub withdrawn: bool,
}

impl Meaning for FraudFinding {
    const NAME: &'static str = "fraud_finding";
    const ARTICLES: &'static [u8] = &[22];
    const TITLE: Bilingual = Bilingual { zh: "骗取资金认定", en: "Finding of fraud" };

    fn subject(&self) -> Subject {
        let none = Subject::default();
        match &self.about {
            FraudSubject::Loan { loan } => Subject { loan: Some(loan.clone()), ..none },
            FraudSubject::Borrower { borrower } => Subject { borrower: Some(*borrower), ..none },
            FraudSubject::Partner { partner } => Subject { party: Some(partner.clone()), ..none },
        }
    }

    fn needs(&self, _: &Case<'_>) -> Result<Vec<Need>, Fault> {
        Ok(vec![Need::Quorum])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        file(case, FilingKind::Finding, None, Some(&self.finding), out)?;
        match &self.about {
            FraudSubject::Loan { .. } => {
                let mut loan = case.the_loan()?;
                loan.fraud = !self.withdrawn;
                out.touch_id("loan", &loan.loan);
                out.touch_id("borrower", loan.borrower);
                out.put(&loan)
            }
            FraudSubject::Borrower { .. } => {
                let mut borrower = case.the_borrower()?;
                borrower.fraud = !self.withdrawn;
                out.touch_id("borrower", borrower.borrower);
                out.put(&borrower)
            }
            FraudSubject::Partner { .. } => {
                let mut party = case.the_party()?;
                party.fraud = !self.withdrawn;
                out.touch_id("party", &party.party);
                out.put(&party)
            }
        }
    }
}

/// What a finding of fraud is about.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum FraudSubject {
    /// One loan.
    Loan {
        /// Which.
        loan: Id,
    },
    /// An enterprise and all its loans.
    Borrower {
        /// Which.
        borrower: Tag,
    },
    /// A partner and all it claims.
    Partner {
        /// Which.
        partner: Id,
    },
}

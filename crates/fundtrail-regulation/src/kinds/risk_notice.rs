//! `risk_notice`: a partner tells the manager that a borrower does not pay or may not.

use super::prelude::*;

/// A partner tells the manager that a borrower does not pay or may not.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskNotice {
    /// The loan.
    pub loan: Id,
    /// Who gives notice.
    pub partner: Id,
    /// Why.
    pub reason: RiskReason,
}

impl Meaning for RiskNotice {
    const NAME: &'static str = "risk_notice";
    const ARTICLES: &'static [u8] = &[14];
    const TITLE: Bilingual = Bilingual { zh: "风险通知", en: "Notice of risk" };

    fn subject(&self) -> Subject {
        Subject { loan: Some(self.loan.clone()), party: Some(self.partner.clone()), ..Subject::default() }
    }

    fn needs(&self, _: &Case<'_>) -> Result<Vec<Need>, Fault> {
        Ok(vec![Need::partner(&self.partner)])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let mut loan = case.the_loan()?;
        loan.risk_noticed = true;
        out.touch_id("loan", &loan.loan);
        out.touch_id("party", &self.partner);
        out.touch_id("borrower", loan.borrower);
        out.put(&loan)
    }
}

/// Why a partner gives notice (Art. 14).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RiskReason {
    /// Principal or interest not paid when due.
    NotPaid,
    /// Serious deterioration of the business.
    Deterioration,
    /// Another major adverse effect.
    Other,
}

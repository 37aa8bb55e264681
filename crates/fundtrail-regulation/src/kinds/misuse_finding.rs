//! `misuse_finding`: the manager confirms that a loan was used for something else. It blocks approval unless the leading group overrides it (A32).

use super::filing::file;
use super::prelude::*;

/// The manager confirms that a loan was used for something else. It blocks approval unless the leading group overrides it (A32).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MisuseFinding {
    /// The loan.
    pub loan: Id,
    /// The finding.
    pub finding: DocumentDigest,
    /// Whether it withdraws an earlier finding.
    #[serde(default)]
    pub withdrawn: bool,
}

impl Meaning for MisuseFinding {
    const NAME: &'static str = "misuse_finding";
    const ARTICLES: &'static [u8] = &[5];
    const TITLE: Bilingual = Bilingual { zh: "用途违规认定", en: "Finding of misuse" };

    fn subject(&self) -> Subject {
        Subject { loan: Some(self.loan.clone()), ..Subject::default() }
    }

    fn needs(&self, _: &Case<'_>) -> Result<Vec<Need>, Fault> {
        Ok(vec![Need::role(Role::Manager)])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let mut loan = case.the_loan()?;
        loan.misuse = !self.withdrawn;
        file(case, FilingKind::Finding, None, Some(&self.finding), out)?;
        out.touch_id("loan", &loan.loan);
        out.touch_id("borrower", loan.borrower);
        out.put(&loan)
    }
}

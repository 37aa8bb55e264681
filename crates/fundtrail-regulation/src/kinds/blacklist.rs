//! `blacklist`: disqualifies an enterprise that could pay and did not from further loans. Existing loans and claims stay as they are (A34).

use super::prelude::*;

/// Disqualifies an enterprise that could pay and did not from further loans. Existing loans and claims stay as they are (A34).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blacklist {
    /// The borrower.
    pub borrower: Tag,
    /// First day.
    pub from: Day,
    /// The finding.
    pub evidence: DocumentDigest,
}

impl Meaning for Blacklist {
    const NAME: &'static str = "blacklist";
    const ARTICLES: &'static [u8] = &[18];
    const TITLE: Bilingual = Bilingual { zh: "列入失信名单", en: "Blacklisting" };

    fn subject(&self) -> Subject {
        Subject { borrower: Some(self.borrower), ..Subject::default() }
    }

    fn needs(&self, _: &Case<'_>) -> Result<Vec<Need>, Fault> {
        Ok(vec![Need::role(Role::Office)])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let mut borrower = case.the_borrower()?;
        borrower.blacklisting = Some(Blacklisting { from: self.from, lifted_on: None });
        out.touch_id("borrower", self.borrower);
        out.put(&borrower)
    }
}

//! `blacklist_lift`: readmits an enterprise from a day on.

use super::prelude::*;

/// Readmits an enterprise from a day on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlacklistLift {
    /// The borrower.
    pub borrower: Tag,
    /// First day without.
    pub on: Day,
    /// The decision.
    pub evidence: DocumentDigest,
}

impl Meaning for BlacklistLift {
    const NAME: &'static str = "blacklist_lift";
    const ARTICLES: &'static [u8] = &[18];
    const TITLE: Bilingual = Bilingual { zh: "移出失信名单", en: "Lifting of a blacklisting" };

    fn subject(&self) -> Subject {
        Subject { borrower: Some(self.borrower), ..Subject::default() }
    }

    fn needs(&self, _: &Case<'_>) -> Result<Vec<Need>, Fault> {
        Ok(vec![Need::role(Role::Office)])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let mut borrower = case.the_borrower()?;
        if let Some(listing) = &mut borrower.blacklisting {
            listing.lifted_on = Some(self.on);
        }
        out.touch_id("borrower", self.borrower);
        out.put(&borrower)
    }
}

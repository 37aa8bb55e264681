//! `performance_review`: the half-yearly review: of partners by the manager, of the manager by the office (A39).

use super::filing::file_period;
use super::prelude::*;
use crate::obligations::review_due;
use crate::period::Period;

/// The half-yearly review: of partners by the manager, of the manager by the office (A39).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PerformanceReview {
    /// Who is reviewed.
    pub subject: Id,
    /// For which half-year.
    pub period: Period,
    /// The review.
    pub digest: DocumentDigest,
}

impl Meaning for PerformanceReview {
    const NAME: &'static str = "performance_review";
    const ARTICLES: &'static [u8] = &[7, 20];
    const TITLE: Bilingual = Bilingual { zh: "绩效评价", en: "Performance review" };

    fn subject(&self) -> Subject {
        Subject { party: Some(self.subject.clone()), ..Subject::default() }
    }

    fn needs(&self, case: &Case<'_>) -> Result<Vec<Need>, Fault> {
        let of_manager = case.fund()?.manager.as_ref() == Some(&self.subject);
        Ok(vec![Need::role(if of_manager { Role::Office } else { Role::Manager })])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let due = review_due(self.period.last_day(), case.the_policy()?);
        let paper = (FilingKind::Review, &self.subject);
        file_period(case, paper, (self.period, &self.digest), due, out)
    }
}

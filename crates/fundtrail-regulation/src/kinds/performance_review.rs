//! `performance_review`: the half-yearly review: of partners by the manager, of the manager by the office (A39).

use super::prelude::*;
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
        out.put(&Filing {
            kind: FilingKind::Review,
            id: case.transaction.id.to_string(),
            party: Some(self.subject.clone()),
            partners: Vec::new(),
            from: Some(self.period.first_day()),
            until: Some(self.period.last_day()),
            digest: Some(self.digest.clone()),
            entry: case.index,
        })?;
        let object = format!("party:{}", self.subject);
        out.touch(object.clone());
        let days = i64::from(case.the_policy()?.report.review_due_days);
        let Some(due) = self.period.last_day().plus_days(days) else { return Ok(()) };
        if case.date() > due {
            let figures = Figures::none()
                .with("period", self.period.to_string())
                .with("due", due)
                .with("days_late", case.date().days_since(due));
            out.alert(&alerts::REPORT_OVERDUE, object, Some(due), figures)?;
        }
        Ok(())
    }
}

//! `report_file`: files the digest of a report for a period. Late ones are taken, with an alert (A38).

use super::filing::file_period;
use super::prelude::*;
use crate::obligations::{annual_due, quarterly_due};
use crate::period::Period;

/// Files the digest of a report for a period. Late ones are taken, with an alert (A38).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportFile {
    /// By whom.
    pub reporter: Id,
    /// What it is.
    pub report: ReportKind,
    /// For which period.
    pub period: Period,
    /// The report.
    pub digest: DocumentDigest,
}

impl Meaning for ReportFile {
    const NAME: &'static str = "report_file";
    const ARTICLES: &'static [u8] = &[5, 8, 19, 20];
    const TITLE: Bilingual = Bilingual { zh: "报送报告", en: "Report" };

    fn subject(&self) -> Subject {
        Subject { party: Some(self.reporter.clone()), ..Subject::default() }
    }

    fn needs(&self, _: &Case<'_>) -> Result<Vec<Need>, Fault> {
        Ok(vec![Need::One(vec![Role::Manager, Role::Bank, Role::Insurer, Role::Guarantor], Some(self.reporter.clone()))])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let due = self.due(case)?;
        let paper = (FilingKind::Report, &self.reporter);
        file_period(case, paper, (self.period, &self.digest), due, out)
    }
}

/// What is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportKind {
    /// Quarterly operation report (Art. 8).
    Quarterly,
    /// Annual operation report (Art. 8).
    Annual,
    /// Annual plan (Art. 8).
    Plan,
    /// Borrowers' financial statements (Art. 19).
    Statements,
    /// Use of funds (Art. 19).
    UseOfFunds,
    /// Loan contracts and their execution (Art. 20).
    Loans,
    /// Post-loan supervision (Art. 20).
    PostLoan,
    /// Minutes of a meeting.
    Minutes,
}

impl ReportFile {
    /// By when it was to be filed, where the policy has a date and the calendar reaches.
    fn due(&self, case: &Case<'_>) -> Result<Option<Day>, Fault> {
        let policy = case.the_policy()?;
        let end = self.period.last_day();
        Ok(match self.report {
            ReportKind::Quarterly => quarterly_due(end, policy, case.the_calendar()?).ok(),
            ReportKind::Annual => annual_due(end, policy),
            _ => None,
        })
    }
}

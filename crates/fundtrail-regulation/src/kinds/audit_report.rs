//! `audit_report`: the engaged firm files the digest of its report.

use super::prelude::*;
use super::filing::file;

/// The engaged firm files the digest of its report.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditReport {
    /// The engagement.
    pub engagement: Id,
    /// What it concludes.
    pub opinion: Opinion,
    /// The report.
    pub digest: DocumentDigest,
}

impl Meaning for AuditReport {
    const NAME: &'static str = "audit_report";
    const ARTICLES: &'static [u8] = &[17];
    const TITLE: Bilingual = Bilingual { zh: "审计报告", en: "Audit report" };

    fn subject(&self) -> Subject {
        Subject::default()
    }

    fn needs(&self, case: &Case<'_>) -> Result<Vec<Need>, Fault> {
        let engagement = self.engaged(case)?;
        Ok(vec![Need::One(vec![Role::Auditor], engagement.and_then(|filing| filing.party))])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let engaged = self.engaged(case)?.and_then(|filing| filing.party);
        out.touch_id("engagement", &self.engagement);
        file(case, FilingKind::AuditReport, engaged.as_ref(), Some(&self.digest), out)
    }
}

/// What an audit report concludes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Opinion {
    /// Nothing to object.
    Unqualified,
    /// Objections to parts.
    Qualified,
    /// Objections to the whole.
    Adverse,
    /// No opinion could be formed.
    Disclaimer,
    /// Findings of agreed procedures, without an opinion.
    Findings,
}

impl AuditReport {
    /// The engagement it answers.
    pub fn engaged(&self, case: &Case<'_>) -> Result<Option<Filing>, Fault> {
        case.view.get(&FilingKind::Engagement.key_of(self.engagement.as_str()))
    }
}

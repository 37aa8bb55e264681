//! F 例外清单 and G: what was recorded all the same though somebody then owed something, by
//! code; and the papers of the period.

use alloc::string::String;
use alloc::vec::Vec;

use fundtrail_model::{Day, Fault, Id};
use serde::Serialize;

use super::Fact;
use crate::kinds::{Body, Opinion};
use crate::rule::Bilingual;
use crate::state::{AlertRecord, View};

/// Alerts of one code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ReportedException))]
pub struct Exception {
    /// The code.
    pub code: String,
    /// The article it rests on; 0 where it rests on none.
    pub article: u8,
    /// What it says.
    pub title: Option<Bilingual>,
    /// How often it came in the period.
    pub count: u64,
    /// The entries.
    pub entries: Vec<u64>,
    /// How many of this code stand at the close, whenever they came.
    pub standing: u64,
}

/// A paper of the period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ReportedPaper))]
pub struct Paper {
    /// The kind of transaction.
    pub kind: &'static str,
    /// By whom, or about whom.
    pub party: Option<Id>,
    /// The period or the engagement that it is on.
    pub on: String,
    /// The result, where it states one.
    pub result: Option<String>,
    /// Its business date.
    pub date: Day,
    /// The entry.
    pub entry: u64,
}

/// Section F, by code.
pub(super) fn exceptions(close: View<'_>, facts: &[Fact]) -> Result<Vec<Exception>, Fault> {
    let mut found: Vec<Exception> = Vec::new();
    for fact in facts {
        for alert in &fact.effects.alerts {
            let one = of_code(&mut found, &alert.code, alert.article);
            one.count += 1;
            if one.entries.last() != Some(&fact.index) {
                one.entries.push(fact.index);
            }
        }
    }
    for record in close.list::<AlertRecord>(b"n")? {
        if record.closed_by.is_none() {
            of_code(&mut found, &record.alert.code, record.alert.article).standing += 1;
        }
    }
    found.sort_by(|one, other| one.code.cmp(&other.code));
    Ok(found)
}

fn of_code<'a>(found: &'a mut Vec<Exception>, code: &str, article: u8) -> &'a mut Exception {
    let at = match found.iter().position(|one| one.code == code) {
        Some(at) => at,
        None => {
            found.push(Exception {
                code: code.into(),
                article,
                title: crate::alerts::by_code(code).map(|kind| kind.title),
                count: 0,
                entries: Vec::new(),
                standing: 0,
            });
            found.len() - 1
        }
    };
    &mut found[at]
}

/// Section G: reports, reviews, engagements and audit reports, in the order of entries.
pub(super) fn papers(facts: &[Fact]) -> Vec<Paper> {
    let filed = facts.iter().filter_map(|fact| {
        let (party, on, result) = match &fact.body {
            Body::ReportFile(body) => (
                Some(body.reporter.clone()),
                alloc::format!("{}", body.period),
                None,
            ),
            Body::PerformanceReview(body) => (
                Some(body.subject.clone()),
                alloc::format!("{}", body.period),
                None,
            ),
            Body::AuditEngage(body) => (
                Some(body.auditor.clone()),
                body.engagement.as_str().into(),
                None,
            ),
            Body::AuditReport(body) => (
                None,
                body.engagement.as_str().into(),
                Some(opinion(body.opinion).into()),
            ),
            _ => return None,
        };
        Some(Paper {
            kind: fact.body.kind().name(),
            party,
            on,
            result,
            date: fact.date,
            entry: fact.index,
        })
    });
    filed.collect()
}

fn opinion(opinion: Opinion) -> &'static str {
    match opinion {
        Opinion::Unqualified => "unqualified",
        Opinion::Qualified => "qualified",
        Opinion::Adverse => "adverse",
        Opinion::Disclaimer => "disclaimer",
        Opinion::Findings => "findings",
    }
}

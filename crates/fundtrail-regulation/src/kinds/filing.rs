//! Papers: how the kinds that file one keep its digest, and what is said of late ones.

use super::prelude::*;
use crate::period::Period;

/// Keeps the digest of a paper under the transaction's id.
pub(super) fn file(
    case: &Case<'_>,
    kind: FilingKind,
    party: Option<&Id>,
    digest: Option<&DocumentDigest>,
    out: &mut Outcome<'_>,
) -> Result<(), Fault> {
    out.put(&Filing {
        kind,
        id: case.transaction.id.to_string(),
        party: party.cloned(),
        partners: Vec::new(),
        from: None,
        until: Some(case.date()),
        digest: digest.cloned(),
        entry: case.index,
    })
}

/// Keeps the digest of a paper about a party and a period; one that comes after its date
/// is taken all the same, with an alert (A38, A39).
pub(super) fn file_period(
    case: &Case<'_>,
    (kind, party): (FilingKind, &Id),
    (period, digest): (Period, &DocumentDigest),
    due: Option<Day>,
    out: &mut Outcome<'_>,
) -> Result<(), Fault> {
    out.put(&Filing {
        kind,
        id: case.transaction.id.to_string(),
        party: Some(party.clone()),
        partners: Vec::new(),
        from: Some(period.first_day()),
        until: Some(period.last_day()),
        digest: Some(digest.clone()),
        entry: case.index,
    })?;
    let object = format!("party:{party}");
    out.touch(object.clone());
    match due.filter(|due| case.date() > *due) {
        Some(due) => {
            let figures = Figures::none()
                .with("period", period.to_string())
                .with("due", due)
                .with("days_late", case.date().days_since(due));
            out.alert(&alerts::REPORT_OVERDUE, object, Some(due), figures)
        }
        None => Ok(()),
    }
}

//! D 追偿: what was collected, what is to be returned of it, and what is late.
//!
//! What was owed at the opening and became due, less what was returned, is owed at the close.

use alloc::format;
use alloc::vec::Vec;

use fundtrail_model::{Amount, Day, Fault, Id};
use serde::Serialize;

use super::{Fact, Sum, Tally};
use crate::kinds::Body;
use crate::state::{Recovery, View};

/// Recoveries of a period.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ReportedRecoveries))]
pub struct Recoveries {
    /// Reported as collected (收回额), reports taken back taken off.
    pub collected: Tally,
    /// Owed at the opening.
    pub owed_opening: Amount,
    /// What became due to be returned (应返), or ceased to be, and the entries that touch
    /// recoveries of which it did.
    pub due: Sum,
    /// Returned (已返), with the entries.
    pub returned: Sum,
    /// Owed at the close.
    pub owed_closing: Amount,
    /// Of which late on the last day (逾期未返).
    pub late: Vec<Late>,
}

/// A return that is late.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ReportedLateReturn))]
pub struct Late {
    /// The recovery.
    pub recovery: Id,
    /// Who collected.
    pub collector: Id,
    /// Still owed.
    pub owed: Amount,
    /// The last day to return it in time.
    pub deadline: Day,
    /// Calendar days past it.
    pub days_late: i64,
}

/// Section D.
pub(super) fn recoveries(
    opening: View<'_>,
    close: View<'_>,
    facts: &[Fact],
    on: Day,
) -> Result<Recoveries, Fault> {
    let mut found = Recoveries::default();
    for fact in facts {
        if let Body::RecoveryReport(body) = &fact.body {
            found
                .collected
                .add(fact.index, fact.is_reversal, body.amount);
        }
        for posting in &fact.effects.postings {
            if posting.book == "returns" {
                found.returned.add(fact.index, -posting.amount);
            }
        }
    }
    let mut changed: Vec<Id> = Vec::new();
    let before: Vec<Recovery> = opening.list(b"")?;
    found.owed_opening = before.iter().map(Recovery::owed).sum();
    let after: Vec<Recovery> = close.list(b"")?;
    // A report that was taken back is no longer on record, or due to nothing.
    let due = |all: &[Recovery], id: &Id| {
        let one = all.iter().find(|one| one.recovery == *id);
        one.map(|one| one.due).unwrap_or_default()
    };
    for one in before.iter().chain(&after) {
        let grown = due(&after, &one.recovery) - due(&before, &one.recovery);
        if !grown.is_zero() && !changed.contains(&one.recovery) {
            found.due.amount += grown;
            changed.push(one.recovery.clone());
        }
    }
    let names: Vec<_> = changed.iter().map(|id| format!("recovery:{id}")).collect();
    for fact in facts {
        let mut touched = fact.effects.revisions.iter().map(|one| &one.object);
        if touched.any(|object| names.contains(object)) {
            found.due.entries.push(fact.index);
        }
    }
    found.owed_closing = after.iter().map(Recovery::owed).sum();
    for one in after {
        let days_late = one.days_late(on);
        if days_late > 0 {
            found.late.push(Late {
                owed: one.owed(),
                deadline: one.deadline,
                days_late,
                recovery: one.recovery,
                collector: one.collector,
            });
        }
    }
    Ok(found)
}

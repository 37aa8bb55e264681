//! Reports and reviews that have a date: the manager's on quarters and years (Art. 8), and
//! the half-yearly reviews of partners by the manager and of the manager by the office
//! (Art. 7, 20; A38, A39).
//!
//! A period is owed for once it is over. For a report that is by the manager in office on the
//! period's last day, a review is of whoever was a partner, or the manager, on that day. What
//! begins after the fund's termination is not asked for. The plan, borrowers' statements and
//! partners' own reports have no date, so they are never late and not listed.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use fundtrail_model::{Day, Fault, Id};

use super::{Obligation, Owed, only_party};
use crate::calendar::{Calendar, CalendarMissing};
use crate::kinds::{Body, ReportKind};
use crate::period::{Period, Span};
use crate::policy::Policy;
use crate::said;
use crate::state::{Filing, FilingKind, Party, Role, View, pair_key};

/// Last day for the report on a quarter that ends on `end`.
///
/// # Errors
/// [`CalendarMissing`] where counting needs a year that was not adopted.
pub fn quarterly_due(
    end: Day,
    policy: &Policy,
    calendar: &Calendar,
) -> Result<Day, CalendarMissing> {
    calendar.nth_working_day_after(end, policy.report.quarterly_due_working_days)
}

/// Last day for the report on a year that ends on `end`; none beyond the last day there is.
pub fn annual_due(end: Day, policy: &Policy) -> Option<Day> {
    end.plus_days(i64::from(policy.report.annual_due_days))
}

/// Last day for the reviews of a half-year that ends on `end`; none beyond the last day.
pub fn review_due(end: Day, policy: &Policy) -> Option<Day> {
    end.plus_days(i64::from(policy.report.review_due_days))
}

/// A manager's time in office, or a partner's cooperation.
struct Term {
    party: Id,
    from: Day,
    /// First day without.
    until: Option<Day>,
    /// The entry that began it.
    entry: Option<u64>,
}

impl Term {
    fn holds_on(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }
}

/// What was filed: what it is, whom it is by or about, first and last day of the period.
type Filed = BTreeSet<(Owed, Id, Day, Day)>;

/// Everything that decides about a report.
struct Grounds {
    on: Day,
    policy: Policy,
    calendar: Calendar,
    managers: Vec<Term>,
    terminated_on: Option<Day>,
    filed: Filed,
}

/// Reports and reviews of periods that are over, not filed.
pub(super) fn reports(view: View<'_>, on: Day) -> Result<Vec<Obligation>, Fault> {
    let Some(version) = view.policy_on(on)? else {
        return Ok(Vec::new());
    };
    let managers = managers(view)?;
    let grounds = Grounds {
        on,
        calendar: view.calendar(&version.policy.policy.calendar)?,
        policy: version.policy,
        terminated_on: view.fund()?.terminated_on,
        filed: filed(view, &managers)?,
        managers,
    };
    let mut owed = Vec::new();
    for (kind, span) in [
        (Owed::QuarterlyReport, Span::Quarter),
        (Owed::AnnualReport, Span::Year),
    ] {
        for (period, manager) in grounds.periods(&grounds.managers, span) {
            if !grounds.is_filed_by_a_manager(kind, period) {
                let party = Some(manager.party.clone());
                owed.push(grounds.missing(kind, period, (Role::Manager, party), manager));
            }
        }
    }
    owed.extend(reviews(view, &grounds)?);
    Ok(owed)
}

fn reviews(view: View<'_>, grounds: &Grounds) -> Result<Vec<Obligation>, Fault> {
    let office = only_party(view, Role::Office)?;
    let mut owed = Vec::new();
    for (period, manager) in grounds.periods(&grounds.managers, Span::HalfYear) {
        let by = (Role::Office, office.clone());
        owed.extend(grounds.review(period, by, manager));
    }
    for party in view.list::<Party>(b"")? {
        for (period, partner) in grounds.periods(&cooperations(view, &party)?, Span::HalfYear) {
            let manager = grounds.manager_on(period.last_day());
            let by = (Role::Manager, manager.map(|term| term.party.clone()));
            owed.extend(grounds.review(period, by, partner));
        }
    }
    Ok(owed)
}

impl Grounds {
    fn manager_on(&self, day: Day) -> Option<&Term> {
        self.managers.iter().rfind(|term| term.holds_on(day))
    }

    /// The periods that are over and on whose last day one of the terms held.
    fn periods<'a>(&self, terms: &'a [Term], span: Span) -> Vec<(Period, &'a Term)> {
        let begin = terms.iter().map(|term| term.from).min();
        let mut next = begin.and_then(|begin| Period::containing(begin, span));
        let mut found = Vec::new();
        while let Some(period) = next {
            let over = period.last_day() < self.on;
            let asked = self
                .terminated_on
                .is_none_or(|ended| period.first_day() <= ended);
            if !over || !asked {
                break;
            }
            let held = terms.iter().rfind(|term| term.holds_on(period.last_day()));
            found.extend(held.map(|term| (period, term)));
            next = period.next();
        }
        found
    }

    fn is_filed(&self, kind: Owed, period: Period, party: &Id) -> bool {
        let (first, last) = (period.first_day(), period.last_day());
        self.filed.contains(&(kind, party.clone(), first, last))
    }

    /// A successor may file for whoever was in office.
    fn is_filed_by_a_manager(&self, kind: Owed, period: Period) -> bool {
        let mut managers = self.managers.iter();
        managers.any(|term| self.is_filed(kind, period, &term.party))
    }

    fn review(&self, period: Period, by: (Role, Option<Id>), of: &Term) -> Option<Obligation> {
        let kind = Owed::PerformanceReview;
        (!self.is_filed(kind, period, &of.party)).then(|| self.missing(kind, period, by, of))
    }

    fn missing(
        &self,
        kind: Owed,
        period: Period,
        (role, party): (Role, Option<Id>),
        about: &Term,
    ) -> Obligation {
        let end = period.last_day();
        let beyond = || "beyond the last day there is".to_string();
        let due = match kind {
            Owed::QuarterlyReport => quarterly_due(end, &self.policy, &self.calendar)
                .map_err(|missing| missing.to_string()),
            Owed::AnnualReport => annual_due(end, &self.policy).ok_or_else(beyond),
            _ => review_due(end, &self.policy).ok_or_else(beyond),
        };
        let (article, answered_by) = match (kind, role) {
            (Owed::PerformanceReview, Role::Office) => (7, "performance_review"),
            (Owed::PerformanceReview, _) => (20, "performance_review"),
            _ => (8, "report_file"),
        };
        let object = format!("party:{}", about.party);
        let one = Obligation {
            period: Some(period),
            since: end.plus_days(1),
            entry: about.entry,
            answered_by: Some(answered_by),
            ..Obligation::new(kind, article, role, party, object)
        };
        match due {
            Ok(due) => one.due_on(due, self.on),
            Err(reason) => Obligation {
                no_due_date: Some(reason),
                ..one
            },
        }
    }
}

/// Every manager's time in office, in their order.
fn managers(view: View<'_>) -> Result<Vec<Term>, Fault> {
    let mut terms: Vec<Term> = Vec::new();
    for entry in said::entries_of(view, "fund")? {
        let Some(said) = said::said(view, entry)? else {
            continue;
        };
        let appointed = match said.body {
            Body::ManagerAppoint(body) => Some(body.manager),
            Body::ManagerRemove(_) => None,
            _ => continue,
        };
        if let Some(term) = terms.last_mut().filter(|term| term.until.is_none()) {
            term.until = Some(said.date);
        }
        terms.extend(appointed.map(|party| Term {
            party,
            from: said.date,
            until: None,
            entry: Some(entry),
        }));
    }
    Ok(terms)
}

/// A partner's admissions. The first one's entry is known; that of a later one would be
/// looked for among everything the partner ever did.
fn cooperations(view: View<'_>, party: &Party) -> Result<Vec<Term>, Fault> {
    if party.admissions.is_empty() {
        return Ok(Vec::new());
    }
    let object = format!("party:{}", party.party);
    let admitted = |body: &Body| matches!(body, Body::PartnerAdmit(_));
    let first = said::first(view, &object, admitted)?.map(|said| said.entry);
    let terms = party.admissions.iter().enumerate().map(|(at, one)| Term {
        party: party.party.clone(),
        from: one.from,
        until: one.revoked_on,
        entry: if at == 0 { first } else { None },
    });
    Ok(terms.collect())
}

/// What was filed of what has a date.
fn filed(view: View<'_>, managers: &[Term]) -> Result<Filed, Fault> {
    let mut filed = Filed::new();
    for kind in [FilingKind::Report, FilingKind::Review] {
        let filings: Vec<Filing> = view.list(&pair_key(kind.name().as_bytes(), b""))?;
        for filing in filings {
            let (Some(party), Some(from), Some(until)) = (filing.party, filing.from, filing.until)
            else {
                continue;
            };
            let owed = match kind {
                FilingKind::Review => Some(Owed::PerformanceReview),
                _ if managers.iter().any(|term| term.party == party) => {
                    report_of(view, filing.entry)?
                }
                _ => None,
            };
            filed.extend(owed.map(|owed| (owed, party, from, until)));
        }
    }
    Ok(filed)
}

/// Which of the reports that have a date an entry files.
fn report_of(view: View<'_>, entry: u64) -> Result<Option<Owed>, Fault> {
    let said = said::said(view, entry)?;
    Ok(match said.map(|said| said.body) {
        Some(Body::ReportFile(body)) => match body.report {
            ReportKind::Quarterly => Some(Owed::QuarterlyReport),
            ReportKind::Annual => Some(Owed::AnnualReport),
            _ => None,
        },
        _ => None,
    })
}

//! Notices that are due to banks and from banks, and alerts that stand.

use alloc::format;
use alloc::vec::Vec;

use fundtrail_model::port::Table;
use fundtrail_model::{Day, Fault, Id};

use super::{Obligation, Owed};
use crate::alerts::{
    AlertKind, RECONCILE_DIFF, SHORT_RETURN_ARREARS, SUSPEND_NOTICE_DUE, WARN_NOTICE_DUE, by_code,
};
use crate::brake;
use crate::kinds::Body;
use crate::loss;
use crate::said;
use crate::state::{AlertRecord, Claim, Loan, Party, Recovery, Role, View};

/// Banks that have reached a threshold and were not told (Art. 13, A14). A suspension that
/// is due takes the place of a warning.
///
/// # Errors
/// [`Fault`] when the storage fails. So for all that follow.
pub fn notices(view: View<'_>, on: Day) -> Result<Vec<Obligation>, Fault> {
    let Some(version) = view.policy_on(on)? else {
        return Ok(Vec::new());
    };
    let manager = view.fund()?.manager;
    let thresholds = &version.policy.brake;
    let mut owed = Vec::new();
    for bank in view.list::<Party>(b"")? {
        let ratio = brake::ratio(&version.policy, &bank);
        let suspended = bank.suspension().is_some();
        let (kind, alert, bp, since, told) = if ratio.reaches(thresholds.suspend_bp) {
            let since = bank.suspend_reached_on;
            let (kind, alert) = (Owed::SuspendNotice, &SUSPEND_NOTICE_DUE);
            (kind, alert, thresholds.suspend_bp, since, suspended)
        } else if ratio.reaches(thresholds.warn_bp) {
            let told = bank.warning().is_some() || suspended;
            let (kind, alert) = (Owed::WarnNotice, &WARN_NOTICE_DUE);
            (kind, alert, thresholds.warn_bp, bank.warn_reached_on, told)
        } else {
            continue;
        };
        if told || since.is_some_and(|since| since > on) {
            continue;
        }
        let object = format!("party:{}", bank.party);
        let raised = standing(view, alert, &object)?;
        let one = Obligation::new(kind, 13, Role::Manager, manager.clone(), object);
        owed.push(Obligation {
            since,
            entry: raised.as_ref().map(|one| one.entry),
            alert: raised.map(|one| one.number),
            code: Some(alert.code.into()),
            answered_by: Some(match kind {
                Owed::SuspendNotice => "suspend_notice",
                _ => "warn_notice",
            }),
            figures: ratio.figures(bp),
            ..one
        });
    }
    Ok(owed)
}

/// Loans with principal overdue of which the bank gave no notice (Art. 14).
pub(super) fn risks(view: View<'_>, on: Day) -> Result<Vec<Obligation>, Fault> {
    let mut owed = Vec::new();
    for loan in view.list::<Loan>(b"")? {
        if loan.risk_noticed {
            continue;
        }
        let unpaid = loss::unpaid_instalments(&loan);
        let earliest = unpaid.iter().find(|one| !one.amount.is_zero());
        let Some(since) = earliest.and_then(|one| one.due_on.plus_days(1)) else {
            continue;
        };
        if since > on {
            continue;
        }
        let overdue = unpaid.iter().filter(|one| one.due_on < on);
        let overdue = overdue.map(|one| one.amount).sum();
        let object = format!("loan:{}", loan.loan);
        let enrolled = said::first(view, &object, |body| matches!(body, Body::LoanEnrol(_)))?;
        owed.push(Obligation {
            amount: Some(overdue),
            since: Some(since),
            entry: enrolled.map(|said| said.entry),
            answered_by: Some("risk_notice"),
            ..Obligation::new(Owed::RiskNotice, 14, Role::Bank, Some(loan.bank), object)
        });
    }
    Ok(owed)
}

/// Every alert that stands, as something owed by the role it names. It has no date of its
/// own: what it tells of has happened.
pub fn alerts(view: View<'_>, on: Day) -> Result<Vec<Obligation>, Fault> {
    let mut owed = Vec::new();
    for record in view.list::<AlertRecord>(b"n")? {
        if record.closed_by.is_some() {
            continue;
        }
        let raised = said::said(view, record.entry)?.map(|said| said.date);
        if raised.is_some_and(|raised| raised > on) {
            continue;
        }
        let alert = record.alert;
        let role = by_code(&alert.code).map_or(Role::Manager, |kind| kind.owed_by);
        let party = match role {
            Role::Manager => view.fund()?.manager,
            Role::Bank => partner_of(view, &alert.object)?,
            _ => None,
        };
        let answered_by = (alert.code == RECONCILE_DIFF.code).then_some("bank_statement");
        owed.push(Obligation {
            since: raised,
            no_due_date: Some("what it tells of has happened".into()),
            entry: Some(record.entry),
            answered_by,
            alert: Some(record.number),
            code: Some(alert.code),
            figures: alert.figures,
            ..Obligation::new(Owed::Alert, alert.article, role, party, alert.object)
        });
    }
    Ok(owed)
}

/// The partner whose doing an object is.
fn partner_of(view: View<'_>, object: &str) -> Result<Option<Id>, Fault> {
    let (sort, name) = object.split_once(':').unwrap_or_default();
    let key = name.as_bytes();
    Ok(match sort {
        "party" => Id::parse(name),
        "loan" => view.get::<Loan>(key)?.map(|loan| loan.bank),
        "claim" => view.get::<Claim>(key)?.map(|claim| claim.claimant),
        "recovery" => view.get::<Recovery>(key)?.map(|one| one.collector),
        _ => None,
    })
}

/// Whether no other obligation says the same as an alert does.
pub(super) fn stands_for_itself(alert: &Obligation) -> bool {
    let said_by_others = [WARN_NOTICE_DUE, SUSPEND_NOTICE_DUE, SHORT_RETURN_ARREARS];
    !said_by_others
        .iter()
        .any(|kind| alert.code.as_deref() == Some(kind.code))
}

/// The alert of a kind that stands at an object.
fn standing(view: View<'_>, kind: &AlertKind, object: &str) -> Result<Option<AlertRecord>, Fault> {
    let key = AlertRecord::standing_key(kind.code, object);
    let number = view.read().get(Table::Alerts, &key)?;
    match number.and_then(|bytes| bytes.try_into().ok()) {
        Some(number) => view.get(&AlertRecord::key_of(u64::from_be_bytes(number))),
        None => Ok(None),
    }
}

//! Money owed: to the fund by who collected or was ordered to pay back, and by the fund to
//! who paid too much.

use alloc::format;
use alloc::vec::Vec;

use fundtrail_model::{Day, Fault, Id};

use super::{Obligation, Owed};
use crate::kinds::Body;
use crate::said;
use crate::state::{Book, Loan, Order, Party, Recovery, Role, View};

/// Calendar days past a last day; 0 up to it.
pub fn days_late(due: Day, on: Day) -> i64 {
    on.days_since(due).max(0)
}

impl Recovery {
    /// Calendar days past its deadline while something is owed of it; else 0.
    pub fn days_late(&self, on: Day) -> i64 {
        if self.owed().is_zero() {
            0
        } else {
            days_late(self.deadline, on)
        }
    }
}

/// Recoveries not yet returned in full (Art. 16).
///
/// # Errors
/// [`Fault`] when the storage fails. So for all that follow.
pub fn returns(view: View<'_>, on: Day) -> Result<Vec<Obligation>, Fault> {
    let mut owed = Vec::new();
    for recovery in view.list::<Recovery>(b"")? {
        if recovery.owed().is_zero() || recovery.received_on > on {
            continue;
        }
        let object = format!("recovery:{}", recovery.recovery);
        let role = role_of(view, &recovery.collector, &recovery.loan)?;
        let reported = said::newest(
            view,
            &object,
            |body| matches!(body, Body::RecoveryReport(body) if body.recovery == recovery.recovery),
        )?;
        let party = Some(recovery.collector.clone());
        let one = Obligation::new(Owed::RecoveryReturn, 16, role, party, object);
        owed.push(Obligation {
            amount: Some(recovery.owed()),
            since: Some(recovery.received_on),
            entry: reported.map(|said| said.entry),
            answered_by: Some("recovery_return"),
            ..one.due_on(recovery.deadline, on)
        });
    }
    Ok(owed)
}

/// Orders to pay back not yet met in full (Art. 22).
pub(super) fn clawbacks(view: View<'_>, on: Day) -> Result<Vec<Obligation>, Fault> {
    let mut owed = Vec::new();
    for order in view.list::<Order>(b"")? {
        let left = order.amount.less(order.returned);
        if left.is_zero() {
            continue;
        }
        let object = format!("order:{}", order.order);
        let ordered = said::newest(view, &object, |body| matches!(body, Body::ClawbackOrder(_)))?;
        let since = ordered.as_ref().map(|said| said.date);
        if since.is_some_and(|since| since > on) {
            continue;
        }
        let role = role_of(view, &order.debtor, &order.loan)?;
        let party = Some(order.debtor);
        owed.push(Obligation {
            amount: Some(left),
            since,
            entry: ordered.map(|said| said.entry),
            answered_by: Some("clawback_return"),
            ..Obligation::new(Owed::ClawbackReturn, 22, role, party, object)
        });
    }
    Ok(owed)
}

/// What was received in excess and not yet refunded (Art. 16).
pub(super) fn suspense(view: View<'_>, on: Day) -> Result<Vec<Obligation>, Fault> {
    let manager = view.fund()?.manager;
    let mut owed = Vec::new();
    for book in view.list::<Book>(b"suspense:")? {
        // What came in stands in a book as a credit.
        if !book.balance.is_negative() {
            continue;
        }
        let received = said::newest(view, &book.book, |body| {
            matches!(body, Body::RecoveryReturn(_))
        })?;
        let since = received.as_ref().map(|said| said.date);
        if since.is_some_and(|since| since > on) {
            continue;
        }
        let payer = book.book.split_once(':').map_or("", |(_, payer)| payer);
        let object = format!("party:{payer}");
        let one = Obligation::new(
            Owed::SuspenseRefund,
            16,
            Role::Manager,
            manager.clone(),
            object,
        );
        owed.push(Obligation {
            amount: Some(-book.balance),
            since,
            entry: received.map(|said| said.entry),
            answered_by: Some("suspense_refund"),
            ..one
        });
    }
    Ok(owed)
}

/// As what a party has to do with a loan: its lender, or the class it was admitted in.
fn role_of(view: View<'_>, party: &Id, loan: &Id) -> Result<Role, Fault> {
    let lender = view.get::<Loan>(loan.as_bytes())?.map(|loan| loan.bank);
    if lender.as_ref() == Some(party) {
        return Ok(Role::Bank);
    }
    let party: Option<Party> = view.get(party.as_bytes())?;
    let admitted = party.and_then(|party| party.admissions.last().map(|one| one.role));
    Ok(admitted.unwrap_or(Role::Bank))
}

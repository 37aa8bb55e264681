//! Money collected after compensation, and the fund's share of it; clawbacks. Art. 16, 22.

use super::{Found, loss};
use crate::day::Day;
use crate::money::{Fen, half_up, less, yuan};
use crate::policy::Stop;
use crate::step::{Act, Collected, Step};
use crate::world::{Effects, Loan, Order, Recovery, World};

pub(super) fn judge(world: &World, step: &Step, found: &mut Found) {
    match &step.act {
        Act::RecoveryReport(collected) => {
            let loan = &world.loans[&collected.loan];
            found.when(collected.amount == 0, "AMOUNT_ZERO");
            found.when(collected.received_on > step.date, "DATE_ORDER");
            found.when(loan.compensated() == 0, "RETURN_WITHOUT_COMPENSATION");
            found.when(
                !may_collect(world, loan, &collected.collector),
                "COLLECTOR_NOT_ENTITLED",
            );
            let due = made_due(world, loan, counted(world, loan, collected));
            let unknown = due > 0
                && world
                    .policy
                    .return_deadline(counted_from(loan, collected.received_on))
                    .is_none();
            found.when(unknown, "CALENDAR_MISSING");
        }
        Act::RecoveryReturn {
            recovery,
            loan,
            payer,
            amount,
            suspense,
            ..
        } => {
            let loan = &world.loans[loan];
            found.when(amount + suspense == 0, "AMOUNT_ZERO");
            found.when(loan.compensated() == 0, "RETURN_WITHOUT_COMPENSATION");
            if let Some(own) = world
                .recoveries
                .get(recovery)
                .filter(|_| loan.compensated() > 0)
            {
                found.when(!may_collect(world, loan, payer), "COLLECTOR_NOT_ENTITLED");
                found.when(*amount > less(own.due, own.returned), "RETURN_EXCESS");
                found.when(step.date < own.received_on, "DATE_ORDER");
            }
        }
        Act::ClawbackOrder { loan, amount, .. } => {
            let loan = &world.loans[loan];
            found.when(*amount == 0, "AMOUNT_ZERO");
            let room = less(
                less(loan.compensated(), world.due_before(loan)),
                loan.clawed,
            );
            found.when(*amount > room, "CLAWBACK_EXCESS");
        }
        Act::ClawbackReturn {
            order,
            payer,
            amount,
            ..
        } => {
            let order = &world.orders[order];
            found.when(*amount == 0, "AMOUNT_ZERO");
            found.when(*payer != order.debtor, "CLAWBACK_PAYER");
            found.when(*amount > order.amount - order.returned, "CLAWBACK_EXCESS");
        }
        _ => {}
    }
}

/// The lender, and whoever was compensated.
fn may_collect(world: &World, loan: &Loan, party: &str) -> bool {
    let compensated = loan
        .claims
        .iter()
        .map(|id| &world.claims[id])
        .filter(|claim| claim.paid > 0);
    loan.contract.bank == party || compensated.into_iter().any(|claim| claim.claimant == party)
}

/// What counts of a collection (A19, A23).
fn counted(world: &World, loan: &Loan, collected: &Collected) -> Fen {
    let policy = &world.policy;
    let mut net = collected.amount;
    if !policy.include_interest {
        net = less(net, collected.interest);
    }
    if policy.net_of_costs {
        net = less(net, collected.costs);
    }
    if policy.return_whole {
        return net;
    }
    let pledge = collected.from_pledge.min(net);
    pledge + half_up(net - pledge, loan.ip(), loan.contract.total)
}

/// Due in all when so much more counts.
fn due_in_all(world: &World, loan: &Loan, more: Fen) -> Fen {
    let policy = &world.policy;
    let counted: Fen = more
        + loan
            .recoveries
            .iter()
            .map(|id| world.recoveries[id].counted)
            .sum::<Fen>();
    let kept = less(loan.compensated(), loan.clawed);
    match policy.stop {
        Stop::Never => policy.round(counted, policy.return_bp),
        Stop::Compensation => policy.round(counted, policy.return_bp).min(kept),
        Stop::FairShare => {
            let paid = loss::standing(world, loan).filter(|(_, claim)| claim.paid > 0);
            let largest = paid.map(|(_, claim)| claim.loss).max().unwrap_or(0);
            let share = if policy.round_down {
                crate::money::cut
            } else {
                half_up
            };
            share(counted, kept, largest).min(kept)
        }
    }
}

/// What a further collection makes due.
fn made_due(world: &World, loan: &Loan, more: Fen) -> Fen {
    less(due_in_all(world, loan, more), world.due_before(loan))
}

/// The later of the day the money came and the day of the first payment that stands.
fn counted_from(loan: &Loan, received_on: Day) -> Day {
    let first = loan.payments.first().map(|(_, _, date, _)| *date);
    first.map_or(received_on, |first| first.max(received_on))
}

/// What becomes due now on earlier collections: on which recovery, how much more, and by when
/// where that is counted anew, from the later of its receipt and a day. The inner `None` is a
/// year without a calendar.
fn caught_up(world: &World, loan: &str, day: Day) -> Option<(String, Fen, Option<Option<Day>>)> {
    let own = &world.loans[loan];
    let id = own.recoveries.last()?;
    let newest = &world.recoveries[id];
    let more = made_due(world, own, 0);
    let from = newest.received_on.max(day);
    let anew = (newest.due == newest.returned).then(|| world.policy.return_deadline(from));
    (more > 0).then(|| (id.clone(), more, anew))
}

/// Whether that would need a calendar which is not there.
pub(super) fn lacks_calendar(world: &World, loan: &str, day: Day) -> bool {
    matches!(caught_up(world, loan, day), Some((_, _, Some(None))))
}

/// Adds it; says to which recovery, with its due and deadline before.
pub(super) fn catch_up(world: &mut World, loan: &str, day: Day) -> Option<(String, Fen, Day)> {
    let (id, more, anew) = caught_up(world, loan, day)?;
    let newest = world.recoveries.get_mut(&id)?;
    let before = (id, newest.due, newest.deadline);
    newest.deadline = anew.flatten().unwrap_or(newest.deadline);
    newest.due += more;
    Some(before)
}

pub(super) fn apply(world: &mut World, step: &Step, effects: &mut Effects) {
    match &step.act {
        Act::RecoveryReport(collected) => {
            let loan = &world.loans[&collected.loan];
            let counted = counted(world, loan, collected);
            let due = made_due(world, loan, counted);
            let deadline = world
                .policy
                .return_deadline(counted_from(loan, collected.received_on));
            let recovery = Recovery {
                loan: collected.loan.clone(),
                collector: collected.collector.clone(),
                received_on: collected.received_on,
                reported_on: step.date,
                counted,
                due,
                returned: 0,
                deadline: deadline
                    .filter(|_| due > 0)
                    .unwrap_or(collected.received_on),
            };
            world.recovery_ids.insert(collected.recovery.clone());
            world
                .recoveries
                .insert(collected.recovery.clone(), recovery);
            world
                .loans
                .entry(collected.loan.clone())
                .and_modify(|loan| loan.recoveries.push(collected.recovery.clone()));
        }
        Act::RecoveryReturn {
            recovery: id,
            payer,
            account,
            amount,
            suspense,
            ..
        } => {
            world.post(
                effects,
                step.date,
                format!("account:{account}"),
                amount + suspense,
            );
            if *amount > 0 {
                world.post(effects, step.date, "returns".to_owned(), -amount);
            }
            if *suspense > 0 {
                world.post(effects, step.date, format!("suspense:{payer}"), -suspense);
            }
            let Some(recovery) = world.recoveries.get_mut(id) else {
                return;
            };
            recovery.returned += amount;
            let late = step.date.0 - recovery.deadline.0;
            if late > 0 && *amount > 0 {
                let figures = vec![
                    ("deadline", recovery.deadline.to_string()),
                    ("days_late", late.to_string()),
                ];
                effects.alert("LATE_RETURN", format!("recovery:{id}"), None, figures);
            }
            alert_arrears(id, recovery, effects);
        }
        Act::ClawbackOrder {
            order,
            loan,
            debtor,
            amount,
        } => {
            let record = Order {
                loan: loan.clone(),
                debtor: debtor.clone(),
                amount: *amount,
                returned: 0,
            };
            world.orders.insert(order.clone(), record);
            world
                .loans
                .entry(loan.clone())
                .and_modify(|loan| loan.clawed += amount);
        }
        Act::ClawbackReturn {
            order,
            account,
            amount,
            ..
        } => {
            world.post(effects, step.date, format!("account:{account}"), *amount);
            world.post(effects, step.date, "clawbacks".to_owned(), -amount);
            world
                .orders
                .entry(order.clone())
                .and_modify(|order| order.returned += amount);
        }
        _ => {}
    }
}

/// Says what a recovery still owes.
pub(super) fn alert_arrears(id: &str, recovery: &Recovery, effects: &mut Effects) {
    let arrears = less(recovery.due, recovery.returned);
    if arrears > 0 {
        let figures = vec![("arrears", yuan(arrears))];
        effects.alert(
            "SHORT_RETURN_ARREARS",
            format!("recovery:{id}"),
            Some(recovery.deadline),
            figures,
        );
    }
}

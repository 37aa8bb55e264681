//! Taking back a money entry by its opposite (红字冲销).

use super::payments::Paid;
use super::{Found, fund, notices, returns};
use crate::money::{Fen, less};
use crate::step::{Act, Step};
use crate::world::{Effects, Loan, Past, Status, World};

pub(super) fn judge(world: &World, step: &Step, found: &mut Found) {
    let Act::Reversal { of } = &step.act else {
        return;
    };
    let Some(past) = world.past.get(of) else {
        found.when(true, "REVERSAL_BLOCKED");
        return;
    };
    found.when(step.date < past.step.date, "DATE_ORDER");
    found.when(is_blocked(world, of, past), "REVERSAL_BLOCKED");
    found.when(is_short(world, past), "NEGATIVE_BALANCE");
}

/// Whether an account would hold less than nothing.
fn is_short(world: &World, past: &Past) -> bool {
    let accounts = world
        .accounts
        .keys()
        .map(|account| format!("account:{account}"));
    accounts.into_iter().any(|book| {
        let moved: Fen = past
            .postings
            .iter()
            .filter(|(own, _)| *own == book)
            .map(|(_, amount)| amount)
            .sum();
        moved > 0 && world.balance(&book) < moved
    })
}

/// Whether what followed from it cannot be taken back.
fn is_blocked(world: &World, of: &str, past: &Past) -> bool {
    match &past.step.act {
        Act::Contribution { initial, .. } => *initial && world.active,
        Act::RecoveryReturn {
            recovery,
            payer,
            suspense,
            ..
        } => {
            let held = -world.balance(&format!("suspense:{payer}"));
            !world.recoveries.contains_key(recovery) || held < *suspense
        }
        Act::CompensationPay { claim, .. } => {
            let claim_now = &world.claims[claim];
            let loan = &world.loans[&claim_now.loan];
            let newest = loan.payments.iter().rev().find(|(_, own, ..)| own == claim);
            let later = newest.is_none_or(|(id, ..)| id != of);
            later || claim_now.closed || !loan.recoveries.is_empty() || loan.clawed > 0
        }
        Act::RecoveryReport(collected) => match world.recoveries.get(&collected.recovery) {
            None => true,
            Some(own) => {
                let newest = world.loans[&own.loan].recoveries.last();
                newest != Some(&collected.recovery) || own.returned > 0
            }
        },
        Act::LoanDisburse { loan, .. } => match world.loans.get(loan) {
            None => true,
            Some(own) => {
                is_first_of_several(own, of)
                    || super::loss::standing(world, own).next().is_some()
                    || own.repaid > less(own.drawn(), amount_of(past))
            }
        },
        Act::LoanRepay { loan, .. } => match world.loans.get(loan) {
            None => true,
            Some(own) => own.compensated() > 0,
        },
        _ => false,
    }
}

/// What follows the first disbursement was judged by its moment: it is not taken back while
/// others stand and none of them is of that moment.
fn is_first_of_several(loan: &Loan, of: &str) -> bool {
    let Some((_, _, first)) = loan.disbursed.first() else {
        return false;
    };
    let of_first = loan.disbursed.iter().filter(|(.., when)| when == first);
    let of_first: Vec<&str> = of_first.map(|(id, ..)| id.as_str()).collect();
    loan.disbursed.len() > 1 && of_first == [of]
}

fn amount_of(past: &Past) -> Fen {
    match &past.step.act {
        Act::LoanDisburse { amount, .. } => *amount,
        _ => 0,
    }
}

pub(super) fn apply(world: &mut World, step: &Step, effects: &mut Effects) {
    let Act::Reversal { of } = &step.act else {
        return;
    };
    let Some(past) = world.past.get_mut(of) else {
        return;
    };
    past.reversed = true;
    let past = past.clone();
    for (book, amount) in &past.postings {
        world.post(effects, step.date, book.clone(), -amount);
    }
    match &past.step.act {
        Act::Contribution {
            contributor,
            amount,
            initial,
            ..
        } => {
            fund::add_contribution(
                world,
                contributor,
                if *initial { -amount } else { 0 },
                -amount,
            );
        }
        Act::InterestCredit {
            account, period, ..
        } => {
            world.interest.remove(&(account.clone(), *period));
        }
        Act::FeePay { amount, .. } => {
            *world.fees.entry(past.step.date.parts().year).or_default() -= amount;
        }
        Act::RecoveryReturn {
            recovery: id,
            amount,
            ..
        } => {
            if let Some(recovery) = world.recoveries.get_mut(id) {
                recovery.returned -= amount;
                returns::alert_arrears(id, recovery, effects);
            }
        }
        Act::ClawbackReturn { order, amount, .. } => {
            world
                .orders
                .entry(order.clone())
                .and_modify(|order| order.returned -= amount);
        }
        Act::CompensationPay { claim, amount, .. } => {
            unpay(world, of, claim, *amount, &past, effects)
        }
        Act::RecoveryReport(collected) => {
            world.recoveries.remove(&collected.recovery);
            world
                .loans
                .entry(collected.loan.clone())
                .and_modify(|loan| {
                    loan.recoveries.pop();
                });
            returns::catch_up(world, &collected.loan, step.date);
        }
        Act::LoanRepay {
            loan, principal, ..
        } => {
            world
                .loans
                .entry(loan.clone())
                .and_modify(|loan| loan.repaid -= principal);
        }
        Act::LoanDisburse { loan: id, .. } => {
            let Some(loan) = world.loans.get_mut(id) else {
                return;
            };
            loan.disbursed.retain(|(own, ..)| own != of);
            let (bank, borrower) = (loan.contract.bank.clone(), loan.contract.borrower.clone());
            notices::count_again(world, &bank, Some(&borrower));
            notices::raise(world, &bank, effects);
        }
        _ => {}
    }
}

/// The claim is as it was before the payment, and waits in its place again.
fn unpay(
    world: &mut World,
    of: &str,
    claim: &str,
    amount: Fen,
    past: &Past,
    effects: &mut Effects,
) {
    let Some(before) = &past.claim_before else {
        return;
    };
    if let Some(own) = world.claims.get_mut(claim) {
        own.paid -= amount;
        own.amount = before.amount;
        own.loss = before.loss;
        own.status = Status::Approved;
        own.last_step = before.last_step;
        own.keys.clone_from(&before.keys);
    }
    let loan = before.loan.clone();
    world
        .loans
        .entry(loan.clone())
        .and_modify(|own| own.payments.retain(|(id, ..)| id != of));
    if let Some((id, due, deadline)) = &past.caught
        && let Some(recovery) = world.recoveries.get_mut(id)
    {
        recovery.due = *due;
        recovery.deadline = *deadline;
    }
    let bank = world.loans[&loan].contract.bank.clone();
    notices::raise(world, &bank, effects);
}

/// Keeps what can be taken back.
pub(super) fn remember(world: &mut World, step: &Step, effects: &Effects, paid: Option<Paid>) {
    let moves = matches!(
        step.act,
        Act::Contribution { .. }
            | Act::Transfer { .. }
            | Act::InterestCredit { .. }
            | Act::LoanDisburse { .. }
            | Act::LoanRepay { .. }
            | Act::CompensationPay { .. }
            | Act::RecoveryReport(_)
            | Act::RecoveryReturn { .. }
            | Act::SuspenseRefund { .. }
            | Act::FeePay { .. }
            | Act::ClawbackReturn { .. }
            | Act::Distribute { .. }
    );
    if !moves {
        return;
    }
    let (claim_before, caught) = match paid {
        Some(paid) => (Some(paid.claim_before), paid.caught),
        None => (None, None),
    };
    let past = Past {
        step: step.clone(),
        postings: effects.postings.clone(),
        number: world.steps,
        claim_before,
        caught,
        reversed: false,
    };
    world.past.insert(step.id.clone(), past);
}

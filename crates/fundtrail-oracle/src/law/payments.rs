//! Payment of approved claims. Art. 12, 15; A22, A25.

use super::{Found, claims, loss, notices, returns};
use crate::day::Day;
use crate::step::{Act, Step};
use crate::world::{Claim, Effects, Status, World};

/// What a payment changed that its reversal puts back.
pub(super) struct Paid {
    pub(super) claim_before: Claim,
    pub(super) caught: Option<(String, i64, Day)>,
}

pub(super) fn judge(world: &World, step: &Step, found: &mut Found) {
    let Act::CompensationPay {
        claim: id,
        account,
        payee,
        amount,
        loss: confirmed,
        partial,
    } = &step.act
    else {
        return;
    };
    let claim = &world.claims[id];
    found.when(*amount == 0, "AMOUNT_ZERO");
    found.when(step.date < claim.last_step, "DATE_ORDER");
    found.when(*payee != claim.claimant, "PAYEE_NOT_ALLOWED");
    found.when(
        matches!(claim.status, Status::Submitted | Status::Verified),
        "NOT_APPROVED",
    );
    found.when(
        matches!(claim.status, Status::Paid | Status::Rejected),
        "CLAIM_STAGE",
    );
    let short_of = world.held(account) < *amount || super::fund::takes_suspense(world, *amount);
    found.when(short_of, "NEGATIVE_BALANCE");
    // The loan of a rejected claim may have been cancelled since.
    let Some(loan) = world.loans.get(&claim.loan) else {
        return;
    };
    found.when(claims::is_fraud(world, loan), "FRAUD_EXCLUDED");
    let now = loss::now(world, loan, claim);
    let ledger = loan.contract.bank_ledger;
    found.when(
        *confirmed > now || (!ledger && *confirmed < now),
        "AMOUNT_MISMATCH",
    );
    let payable = loss::payable(world, id, *confirmed);
    let right = if *partial {
        *amount < payable
    } else {
        *amount == payable
    };
    found.when(!right, "AMOUNT_MISMATCH");
    let earlier = loss::approved_before(world, id);
    let short = earlier > 0 && world.fund() < earlier + amount;
    found.when(
        short && claim.status == Status::Approved && !world.policy.any_order,
        "QUEUE_ORDER",
    );
    let mut after = world.clone();
    after.claims.entry(id.clone()).and_modify(|own| {
        own.paid += amount;
        own.loss = own.loss.min(*confirmed);
    });
    after.loans.entry(claim.loan.clone()).and_modify(|own| {
        let payment = (step.id.clone(), id.clone(), step.date, *amount);
        own.payments.push(payment);
    });
    let unknown = returns::lacks_calendar(&after, &claim.loan, step.date);
    found.when(unknown, "CALENDAR_MISSING");
}

pub(super) fn apply(world: &mut World, step: &Step, effects: &mut Effects) -> Option<Paid> {
    let Act::CompensationPay {
        claim: id,
        account,
        amount,
        loss: confirmed,
        ..
    } = &step.act
    else {
        return None;
    };
    let claim_before = world.claims[id].clone();
    let payable = loss::payable(world, id, *confirmed);
    world.post(effects, step.date, format!("account:{account}"), -amount);
    world.post(effects, step.date, "compensation".to_owned(), *amount);
    let claim = world.claims.get_mut(id)?;
    claim.amount = claim.paid + payable;
    claim.loss = claim.loss.min(*confirmed);
    claim.paid += amount;
    claim.last_step = step.date;
    claim
        .keys
        .extend(step.signers.iter().map(|name| (3, name.clone())));
    if claim.paid == claim.amount {
        claim.status = Status::Paid;
    }
    let loan = claim_before.loan.clone();
    world.loans.entry(loan.clone()).and_modify(|own| {
        own.payments
            .push((step.id.clone(), id.clone(), step.date, *amount));
    });
    let caught = returns::catch_up(world, &loan, step.date);
    let bank = world.loans[&loan].contract.bank.clone();
    notices::raise(world, &bank, effects);
    Some(Paid {
        claim_before,
        caught,
    })
}

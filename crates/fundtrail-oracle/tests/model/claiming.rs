//! How claims are proposed: at the edges of the days overdue, the ratio and the cap.

use fundtrail_oracle::day::Day;
use fundtrail_oracle::money::{Fen, split};
use fundtrail_oracle::step::{Act, Claimed};
use fundtrail_oracle::world::{Loan, Status};

use crate::player::Player;

/// A day as of which a claim may be made: today, or about the day an instalment counts as lost.
fn as_of(player: &mut Player, loan: &Loan) -> Day {
    let lost_after = player.world.policy.overdue_min_days;
    let days: Vec<Day> = loan
        .unpaid()
        .iter()
        .filter(|(_, unpaid)| *unpaid > 0)
        .map(|(day, _)| day.plus(lost_after))
        .collect();
    let past: Vec<Day> = days
        .into_iter()
        .filter(|day| *day <= player.today)
        .collect();
    if past.is_empty() || player.dice.percent(40) {
        return player.today;
    }
    let edge = *player.dice.pick(&past);
    if player.dice.percent(15) {
        edge.plus(-1)
    } else {
        edge
    }
}

pub(crate) fn submit(player: &mut Player) -> Option<Act> {
    let (today, rarely) = (player.today, player.dice.percent(8));
    let nearly = player.world.policy.overdue_min_days - 1;
    let loan = player.loan(|world, id| {
        let unpaid = world.loans[id].unpaid();
        rarely
            || unpaid
                .iter()
                .any(|(day, unpaid)| *unpaid > 0 && day.plus(nearly) <= today)
    })?;
    let own = player.world.loans[&loan].clone();
    let as_of = as_of(player, &own);
    let mut principal = player.world.lost_on(&loan, as_of);
    if own.contract.bank_ledger && principal > 1 && player.dice.percent(30) {
        principal = player.dice.between(1, principal);
    }
    let bank = own.contract.bank.clone();
    let mut claimant = bank.clone();
    let mut borne = Vec::new();
    if player.dice.percent(25) {
        let with = (*player.dice.pick(&["guarantor", "insurer"])).to_owned();
        let share = player.dice.between(1, 99);
        let parts = split(principal, &[share, 100 - share]);
        borne = vec![(bank, parts[0]), (with.clone(), parts[1])];
        if player.dice.percent(50) {
            claimant = with;
        }
    }
    let mut claimed = Claimed {
        claim: format!("C-{loan}-{}", player.world.claims.len()),
        loan,
        claimant,
        as_of,
        principal,
        interest: 0,
        borne,
        amount: 0,
    };
    if player.world.policy.interest_counts && claimed.borne.is_empty() && player.dice.percent(50) {
        claimed.interest = player.dice.between(1, principal.max(1));
    }
    claimed.amount = player.world.claimable(&claimed);
    slip(player, &mut claimed);
    Some(Act::ClaimSubmit(Box::new(claimed)))
}

/// Sometimes a figure is wrong.
fn slip(player: &mut Player, claimed: &mut Claimed) {
    let off = if player.dice.percent(50) { 1 } else { -1 };
    match player.dice.between(0, 39) {
        0 => claimed.amount = (claimed.amount + off).max(0),
        1 if claimed.borne.is_empty() => claimed.principal = (claimed.principal + off).max(0),
        2 if claimed.borne.is_empty() => claimed.interest = player.dice.between(1, 100_000),
        3 => claimed.amount = claimed.amount * 2 + 1,
        4 => claimed.amount = claimed.principal * 3 / 10,
        5 => claimed.amount = player.dice.between(0, claimed.amount + 1),
        _ => {}
    }
}

pub(crate) fn verify(player: &mut Player) -> Option<Act> {
    let claim = wanted(player, Status::Submitted)?;
    let own = &player.world.claims[&claim];
    let (mut loss, mut amount) = (own.loss, own.amount);
    match player.dice.between(0, 29) {
        0 => loss += 1,
        1 => amount += 1,
        2 => amount = (amount - 1).max(0),
        _ => {}
    }
    Some(Act::ClaimVerify {
        claim,
        loss,
        amount,
    })
}

pub(crate) fn approve(player: &mut Player) -> Option<Act> {
    let claim = wanted(player, Status::Verified)?;
    let mut amount = player.world.claims[&claim].amount;
    if player.dice.percent(3) {
        amount = player.dice.between(0, amount + 1);
    }
    let override_misuse = player.dice.percent(20);
    Some(Act::ClaimApprove {
        claim,
        amount,
        override_misuse,
    })
}

pub(crate) fn reject(player: &mut Player) -> Option<Act> {
    let status = *player
        .dice
        .pick(&[Status::Submitted, Status::Verified, Status::Approved]);
    wanted(player, status).map(|claim| Act::ClaimReject { claim })
}

pub(crate) fn pay(player: &mut Player) -> Option<Act> {
    let claim = wanted(player, Status::Approved)?;
    let own = player.world.claims[&claim].clone();
    let Some(loan) = player.world.loans.get(&own.loan) else {
        // Rejected, and its loan cancelled since.
        return Some(Act::CompensationPay {
            account: player.account()?,
            claim,
            payee: own.claimant,
            amount: own.loss,
            loss: own.loss,
            partial: false,
        });
    };
    let is_banks_ledger = loan.contract.bank_ledger;
    let mut loss = player.world.loss_now(&claim);
    if is_banks_ledger && player.dice.percent(15) {
        loss = player.dice.between(0, loss);
    }
    let mut amount = player.world.payable(&claim, loss);
    let mut partial = false;
    match player.dice.between(0, 24) {
        0 => amount += 1,
        1 => amount = (amount - 1).max(0),
        2 => loss += 1,
        3 | 4 => {
            partial = true;
            amount = part(player, amount);
        }
        5 => loss = (loss - 1).max(0),
        _ => {}
    }
    let account = player.account_with(amount)?;
    Some(Act::CompensationPay {
        claim,
        account,
        payee: own.claimant,
        amount,
        loss,
        partial,
    })
}

fn part(player: &mut Player, whole: Fen) -> Fen {
    if player.dice.percent(10) {
        whole
    } else {
        player.dice.between(0, whole)
    }
}

/// Mostly a claim at its step, sometimes one that is not.
fn wanted(player: &mut Player, status: Status) -> Option<String> {
    if player.dice.percent(94) {
        return player.claim(status);
    }
    let all: Vec<String> = player.world.claims.keys().cloned().collect();
    (!all.is_empty()).then(|| player.dice.pick(&all).clone())
}

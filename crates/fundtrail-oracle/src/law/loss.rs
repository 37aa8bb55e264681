//! How much principal is lost, and what that entitles to. Art. 12, 15; A04 to A11.

use crate::day::Day;
use crate::money::{Fen, half_up, less, split};
use crate::world::{Claim, Loan, Status, World};

/// Where a loan stands on a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lost {
    /// Unpaid and due on or before the day.
    pub(crate) due: Fen,
    /// Unpaid for as many days as it takes.
    pub(crate) overdue: Fen,
    /// Of that, lost in the period of the measure.
    pub(crate) covered: Fen,
    /// Of that, on the IP part.
    pub(crate) ip: Fen,
}

/// The principal lost as of a day.
pub(crate) fn lost(world: &World, loan: &Loan, as_of: Day) -> Lost {
    let policy = &world.policy;
    let mut lost = Lost::default();
    for (day, unpaid) in loan.unpaid() {
        let lost_on = day.plus(policy.overdue_min_days);
        lost.due += if day <= as_of { unpaid } else { 0 };
        if lost_on <= as_of {
            lost.overdue += unpaid;
            let counts = !policy.loss_in_period || policy.in_force(lost_on);
            lost.covered += if counts { unpaid } else { 0 };
        }
    }
    let (ip, total) = (loan.ip(), loan.contract.total);
    let part = if loan.contract.bank_ledger {
        lost.covered
    } else if policy.ip_last {
        less(lost.covered, less(loan.outstanding(), ip))
    } else {
        half_up(lost.covered, ip, total)
    };
    lost.ip = part.min(ip);
    lost
}

/// The ceiling that is left for a loan.
pub(crate) fn cap(world: &World, loan: &Loan) -> Fen {
    let policy = &world.policy;
    if !policy.cap_of_borrower {
        return policy.cap;
    }
    let others = world.loans.values().filter(|other| {
        other.contract.borrower == loan.contract.borrower
            && other.contract.loan != loan.contract.loan
    });
    less(policy.cap, others.map(Loan::compensated).sum())
}

/// What a loss entitles all who bear it to, together.
pub(crate) fn entitled(world: &World, loan: &Loan, loss: Fen) -> Fen {
    let policy = &world.policy;
    policy.round(loss, policy.ratio_bp).min(cap(world, loan))
}

/// One party's part of an amount, by what each bears.
pub(crate) fn part(amount: Fen, borne: &[(String, Fen)], party: &str) -> Fen {
    if borne.is_empty() {
        return amount;
    }
    let weights: Vec<Fen> = borne.iter().map(|(_, weight)| *weight).collect();
    let parts = split(amount, &weights);
    let own = borne.iter().zip(parts).find(|((who, _), _)| who == party);
    own.map_or(0, |(_, part)| part)
}

/// Claims of a loan that are worth something, in order of submission.
pub(crate) fn standing<'w>(
    world: &'w World,
    loan: &'w Loan,
) -> impl Iterator<Item = (&'w String, &'w Claim)> {
    let claims = loan.claims.iter().map(|id| (id, &world.claims[id]));
    claims.filter(|(_, claim)| claim.amount > 0)
}

/// The loss of a claim as things stand now (A22).
pub(crate) fn now(world: &World, loan: &Loan, claim: &Claim) -> Fen {
    if !world.policy.reconfirm {
        return claim.loss;
    }
    let principal = less(claim.loss, claim.beside);
    match lost(world, loan, claim.as_of).ip.min(principal) {
        // Nothing counts beside principal that is not lost.
        0 => 0,
        principal => principal + claim.beside,
    }
}

/// What a payment of a claim may be, for a loss confirmed at payment.
pub(crate) fn payable(world: &World, id: &str, confirmed: Fen) -> Fen {
    let claim = &world.claims[id];
    let loan = &world.loans[&claim.loan];
    let mut confirmed = confirmed.min(claim.loss);
    if confirmed <= claim.beside {
        confirmed = 0;
    }
    let share = part(
        entitled(world, loan, confirmed),
        &claim.borne,
        &claim.claimant,
    );
    let earlier: Fen = standing(world, loan)
        .take_while(|(other, _)| *other != id)
        .filter(|(_, other)| other.claimant == claim.claimant)
        .map(|(_, other)| other.amount)
        .sum();
    let worth = less(less(share, earlier).min(claim.amount), claim.paid);
    let others = standing(world, loan).filter(|(other, _)| *other != id);
    let largest = others
        .map(|(_, other)| now(world, loan, other))
        .max()
        .unwrap_or(0)
        .max(confirmed);
    worth.min(less(entitled(world, loan, largest), loan.compensated()))
}

/// Approved and unpaid, of claims approved before one.
pub(crate) fn approved_before(world: &World, id: &str) -> Fen {
    let own = world.claims[id].approval;
    let earlier = world
        .claims
        .values()
        .filter(|claim| claim.status == Status::Approved && claim.approval < own);
    earlier.map(|claim| claim.amount - claim.paid).sum()
}

//! Claims up to their approval. Art. 12, 15.

use super::{Found, loss, notices};
use crate::step::{Act, Claimed, Step};
use crate::world::{Claim, Effects, Loan, Status, World};

/// So many claims of one loan may be open.
const OPEN: usize = 24;

pub(super) fn judge(world: &World, step: &Step, found: &mut Found) {
    match &step.act {
        Act::ClaimSubmit(claimed) => submit(world, step, claimed, found),
        Act::ClaimVerify {
            claim,
            loss,
            amount,
        } => {
            let claim = &world.claims[claim];
            found.when(*amount == 0, "AMOUNT_ZERO");
            found.when(step.date < claim.last_step, "DATE_ORDER");
            found.when(claim.status != Status::Submitted, "CLAIM_STAGE");
            found.when(
                *loss != claim.loss || *amount != claim.amount,
                "AMOUNT_MISMATCH",
            );
        }
        Act::ClaimApprove {
            claim,
            amount,
            override_misuse,
        } => {
            let claim = &world.claims[claim];
            found.when(*amount == 0, "AMOUNT_ZERO");
            found.when(step.date < claim.last_step, "DATE_ORDER");
            found.when(claim.status == Status::Submitted, "NOT_VERIFIED");
            found.when(
                !matches!(claim.status, Status::Submitted | Status::Verified),
                "CLAIM_STAGE",
            );
            found.when(*amount != claim.amount, "AMOUNT_MISMATCH");
            // The loan of a rejected claim may have been cancelled since.
            let Some(loan) = world.loans.get(&claim.loan) else {
                return;
            };
            found.when(
                loan.misuse && !override_misuse && !world.policy.misuse_alert,
                "MISUSE_FOUND",
            );
            found.when(is_fraud(world, loan), "FRAUD_EXCLUDED");
        }
        Act::ClaimReject { claim } => {
            let claim = &world.claims[claim];
            found.when(step.date < claim.last_step, "DATE_ORDER");
            found.when(
                matches!(claim.status, Status::Paid | Status::Rejected),
                "CLAIM_STAGE",
            );
        }
        _ => {}
    }
}

/// Whether a loan or its borrower is excluded for fraud.
pub(super) fn is_fraud(world: &World, loan: &Loan) -> bool {
    loan.fraud || world.borrowers[&loan.contract.borrower].fraud
}

fn submit(world: &World, step: &Step, claimed: &Claimed, found: &mut Found) {
    let loan = &world.loans[&claimed.loan];
    found.when(claimed.amount == 0, "AMOUNT_ZERO");
    found.when(claimed.as_of > step.date, "DATE_ORDER");
    let policy = &world.policy;
    // Where the policy names a last day, that ends it and not the fund's own end (A03).
    let ended = world.terminated && policy.claims_until.is_none();
    found.when(ended, "TERMINATED");
    let mut pledges = loan.contract.pledges.iter();
    found.when(
        policy.registered_pledge && pledges.any(|(_, registered)| !registered),
        "IP_NOT_PLEDGED",
    );
    let too_late = policy.claims_until.is_some_and(|last| step.date > last);
    found.when(too_late, "CLAIM_TOO_LATE");
    if let Some(earliest) = loan.earliest() {
        found.when(
            !world.is_partner(&claimed.claimant, earliest.day()),
            "PARTNER_NOT_ACTIVE",
        );
    }
    found.when(
        notices::is_excluded(world, loan),
        "NEW_CUSTOMER_AFTER_SUSPENSION",
    );
    found.when(is_fraud(world, loan), "FRAUD_EXCLUDED");
    found.when(
        claimed.interest > 0 && !policy.interest_counts,
        "BASE_INCLUDES_NON_PRINCIPAL",
    );
    let open = loan.claims.iter().filter(|id| {
        matches!(
            world.claims[*id].status,
            Status::Submitted | Status::Verified | Status::Approved
        )
    });
    found.when(open.count() >= OPEN, "CLAIM_LIMIT");
    let mut mine =
        loss::standing(world, loan).filter(|(_, claim)| claim.claimant == claimed.claimant);
    let said = mine.any(|(_, claim)| claimed.principal + claimed.interest <= claim.loss);
    let nothing_left = said && claimable(world, claimed) == 0;
    let claimed_before =
        loss::standing(world, loan).any(|(_, claim)| claim.claimant == claimed.claimant);
    found.when(
        nothing_left || (claimed_before && !policy.many_claims),
        "DUPLICATE_CLAIM",
    );
    amounts(world, claimed, loan, found);
    let lost = loss::lost(world, loan, claimed.as_of);
    if lost.overdue == 0 && loan.unpaid().iter().any(|(_, unpaid)| *unpaid > 0) {
        found.when(lost.due == 0, "PRINCIPAL_NOT_DUE");
        found.when(lost.due > 0, "NOT_OVERDUE_ENOUGH");
    } else if lost.overdue > 0 && lost.covered == 0 {
        found.when(true, "OUT_OF_PERIOD");
    } else if claimed.principal > lost.ip || (claimed.principal == 0 && counted(world, claimed) > 0)
    {
        found.when(true, "LOSS_EXCEEDS_OUTSTANDING");
    } else {
        found.when(
            !loan.contract.bank_ledger && claimed.principal < lost.ip,
            "AMOUNT_MISMATCH",
        );
    }
}

/// What a claim may ask for: its claimant's part, less what it claimed before.
pub(crate) fn claimable(world: &World, claimed: &Claimed) -> i64 {
    let loan = &world.loans[&claimed.loan];
    let standing =
        loss::standing(world, loan).filter(|(_, claim)| claim.claimant == claimed.claimant);
    let mine = standing.map(|(_, claim)| claim.amount).sum();
    let entitled = loss::entitled(world, loan, counted(world, claimed));
    crate::money::less(
        loss::part(entitled, &claimed.borne, &claimed.claimant),
        mine,
    )
}

/// What is stated and counts (A04).
fn counted(world: &World, claimed: &Claimed) -> i64 {
    let interest = world.policy.interest_counts.then_some(claimed.interest);
    claimed.principal + interest.unwrap_or(0)
}

fn amounts(world: &World, claimed: &Claimed, loan: &Loan, found: &mut Found) {
    let policy = &world.policy;
    let part = |whole| loss::part(whole, &claimed.borne, &claimed.claimant);
    let (mut mine, mut others) = (0, 0);
    for (_, claim) in loss::standing(world, loan) {
        if claim.claimant == claimed.claimant {
            mine += claim.amount;
        } else {
            others += claim.amount;
        }
    }
    let counted = counted(world, claimed);
    let whole = policy.round(counted, policy.ratio_bp);
    let entitled = loss::entitled(world, loan, counted);
    found.when(claimed.amount > part(whole), "RATIO_EXCEEDED");
    found.when(
        mine + others + claimed.amount > loss::cap(world, loan),
        "CAP_EXCEEDED",
    );
    found.when(
        others > 0 && mine + others + claimed.amount > entitled,
        "SHARE_EXCEEDS_TOTAL",
    );
    found.when(
        claimed.amount != claimable(world, claimed),
        "AMOUNT_MISMATCH",
    );
}

pub(super) fn apply(world: &mut World, step: &Step, effects: &mut Effects) {
    let keys = |world: &mut World, own: u8, id: &str| {
        if let Some(claim) = world.claims.get_mut(id) {
            claim.last_step = step.date;
            claim
                .keys
                .extend(step.signers.iter().map(|name| (own, name.clone())));
        }
    };
    match &step.act {
        Act::ClaimSubmit(claimed) => {
            if !world.loans[&claimed.loan].noticed {
                effects.alert(
                    "NO_RISK_NOTICE",
                    format!("loan:{}", claimed.loan),
                    None,
                    Vec::new(),
                );
            }
            let claim = Claim {
                loan: claimed.loan.clone(),
                claimant: claimed.claimant.clone(),
                as_of: claimed.as_of,
                loss: claimed.principal + claimed.interest,
                beside: claimed.interest,
                borne: claimed.borne.clone(),
                amount: claimed.amount,
                paid: 0,
                closed: false,
                status: Status::Submitted,
                last_step: step.date,
                keys: Vec::new(),
                approval: 0,
            };
            world.claims.insert(claimed.claim.clone(), claim);
            world
                .loans
                .entry(claimed.loan.clone())
                .and_modify(|loan| loan.claims.push(claimed.claim.clone()));
            keys(world, 0, &claimed.claim);
        }
        Act::ClaimVerify { claim: id, .. } => {
            world
                .claims
                .entry(id.clone())
                .and_modify(|claim| claim.status = Status::Verified);
            keys(world, 1, id);
        }
        Act::ClaimApprove { claim: id, .. } => {
            world.approvals += 1;
            let number = world.approvals;
            let misuse = world.loans[&world.claims[id].loan].misuse;
            if misuse {
                effects.alert("MISUSE_APPROVED", format!("claim:{id}"), None, Vec::new());
            }
            world.claims.entry(id.clone()).and_modify(|claim| {
                claim.status = Status::Approved;
                claim.approval = number;
            });
            keys(world, 2, id);
        }
        Act::ClaimReject { claim: id } => {
            world.claims.entry(id.clone()).and_modify(|claim| {
                claim.status = if claim.paid > 0 {
                    Status::Paid
                } else {
                    Status::Rejected
                };
                claim.closed = true;
                claim.amount = claim.paid;
            });
            keys(world, 2, id);
        }
        _ => {}
    }
}

//! What the rules say of a step: what it refers to, whether it may be, and what follows.
//!
//! Each topic judges its own acts and applies them; an act belongs to one topic.

mod claims;
mod fund;
mod loans;
pub(crate) mod loss;
mod notices;
mod papers;
mod payments;
mod returns;
mod reversals;

pub(crate) use claims::claimable;
pub(crate) use notices::ratio;

use crate::step::{Act, Step};
use crate::world::{Codes, Effects, World};

/// Codes of a stage, collected.
#[derive(Default)]
struct Found(Codes);

impl Found {
    fn when(&mut self, objects: bool, code: &'static str) {
        if objects {
            self.0.insert(code);
        }
    }
}

/// What an act refers to and is not there, or is there already.
pub(crate) fn references(world: &World, step: &Step) -> Codes {
    let mut found = Found::default();
    let account = |id: &str| !world.accounts.contains_key(id);
    let loan = |id: &str| !world.loans.contains_key(id);
    let claim = |id: &str| !world.claims.contains_key(id);
    let borrower = |id: &str| !world.borrowers.contains_key(id);
    let partner = |id: &str| !world.partners.contains_key(id);
    match &step.act {
        Act::AccountOpen {
            account: id, bank, ..
        } => {
            found.when(world.accounts.contains_key(id), "ID_TAKEN");
            found.when(!is_bank(world, bank), "PARTY_UNKNOWN");
        }
        Act::Contribution { account: id, .. }
        | Act::InterestCredit { account: id, .. }
        | Act::FeePay { account: id, .. }
        | Act::BankStatement { account: id, .. } => {
            found.when(account(id), "ACCOUNT_UNKNOWN");
        }
        Act::Transfer { from, to, .. } => {
            found.when(account(from) || account(to), "ACCOUNT_UNKNOWN")
        }
        Act::LoanEnrol(contract) => {
            found.when(world.loan_ids.contains(&contract.loan), "ID_TAKEN");
            found.when(borrower(&contract.borrower), "BORROWER_UNKNOWN");
        }
        Act::LoanDisburse { loan: id, .. }
        | Act::LoanRepay { loan: id, .. }
        | Act::LoanAmend { loan: id, .. }
        | Act::RiskNotice { loan: id, .. }
        | Act::MisuseFinding { loan: id, .. } => {
            found.when(loan(id), "LOAN_NOT_ENROLLED");
        }
        Act::ClaimSubmit(claimed) => {
            found.when(world.claims.contains_key(&claimed.claim), "ID_TAKEN");
            found.when(loan(&claimed.loan), "LOAN_NOT_ENROLLED");
        }
        Act::ClaimVerify { claim: id, .. }
        | Act::ClaimApprove { claim: id, .. }
        | Act::ClaimReject { claim: id } => found.when(claim(id), "CLAIM_UNKNOWN"),
        Act::CompensationPay {
            claim: id,
            account: from,
            ..
        } => {
            found.when(claim(id), "CLAIM_UNKNOWN");
            found.when(account(from), "ACCOUNT_UNKNOWN");
        }
        Act::RecoveryReport(collected) => {
            found.when(world.recovery_ids.contains(&collected.recovery), "ID_TAKEN");
            found.when(loan(&collected.loan), "LOAN_NOT_ENROLLED");
        }
        Act::RecoveryReturn {
            recovery,
            loan: id,
            account: to,
            ..
        } => {
            found.when(account(to), "ACCOUNT_UNKNOWN");
            found.when(loan(id), "LOAN_NOT_ENROLLED");
            // A loan that was never compensated has no recoveries to look among.
            let compensated = world
                .loans
                .get(id)
                .is_some_and(|loan| loan.compensated() > 0);
            let own = world
                .recoveries
                .get(recovery)
                .is_some_and(|recovery| recovery.loan == *id);
            found.when(compensated && !own, "RECOVERY_UNKNOWN");
        }
        Act::SuspenseRefund {
            payee,
            account: from,
            ..
        } => {
            found.when(account(from), "ACCOUNT_UNKNOWN");
            found.when(partner(payee), "PARTY_UNKNOWN");
        }
        Act::Notice { bank, .. } | Act::Lift { bank, .. } => {
            found.when(!is_bank(world, bank), "PARTY_UNKNOWN")
        }
        Act::Blacklist { borrower: id, .. } | Act::BlacklistLift { borrower: id, .. } => {
            found.when(borrower(id), "BORROWER_UNKNOWN")
        }
        Act::FraudFinding { about, .. } => {
            let (about_loan, about_borrower) = crate::standing::fraud_about(about);
            found.when(about_loan.is_some_and(loan), "LOAN_NOT_ENROLLED");
            found.when(about_borrower.is_some_and(borrower), "BORROWER_UNKNOWN");
        }
        Act::ClawbackOrder {
            order,
            loan: id,
            debtor,
            ..
        } => {
            found.when(world.orders.contains_key(order), "ID_TAKEN");
            found.when(loan(id), "LOAN_NOT_ENROLLED");
            found.when(partner(debtor), "PARTY_UNKNOWN");
        }
        Act::ClawbackReturn {
            order, account: to, ..
        } => {
            found.when(account(to), "ACCOUNT_UNKNOWN");
            found.when(!world.orders.contains_key(order), "ORDER_UNKNOWN");
        }
        Act::PerformanceReview { subject, .. } => found.when(
            *subject != world.manager && partner(subject),
            "PARTY_UNKNOWN",
        ),
        Act::Reversal { of } => {
            found.when(!world.recorded.contains(of), "TRANSACTION_UNKNOWN");
            found.when(
                world.past.get(of).is_some_and(|past| past.reversed),
                "ID_TAKEN",
            );
        }
        Act::Distribute { lines } => found.when(
            lines.iter().any(|(_, id, _)| account(id)),
            "ACCOUNT_UNKNOWN",
        ),
        Act::PartnerRevoke { partner: id, .. } => found.when(partner(id), "PARTY_UNKNOWN"),
        Act::FundActivate
        | Act::BorrowerRegister { .. }
        | Act::ReportFile { .. }
        | Act::Terminate => {}
    }
    found.0
}

/// Which rules of the regulation object.
pub(crate) fn judge(world: &World, step: &Step) -> Codes {
    let mut found = Found::default();
    found.when(
        step.date < world.policy.effective_from,
        "POLICY_NOT_IN_FORCE",
    );
    fund::judge(world, step, &mut found);
    loans::judge(world, step, &mut found);
    claims::judge(world, step, &mut found);
    payments::judge(world, step, &mut found);
    returns::judge(world, step, &mut found);
    notices::judge(world, step, &mut found);
    papers::judge(world, step, &mut found);
    reversals::judge(world, step, &mut found);
    found.0
}

/// What only the openings of sealed particulars show.
pub(crate) fn admission(step: &Step) -> Codes {
    let mut found = Found::default();
    if let Act::BorrowerRegister { borrower, .. } = &step.act {
        found.when(borrower.starts_with("92"), "BORROWER_NOT_LEGAL_PERSON");
    }
    found.0
}

/// What an accepted act changes.
pub(crate) fn apply(world: &mut World, step: &Step, effects: &mut Effects) {
    let caught = payments::apply(world, step, effects);
    fund::apply(world, step, effects);
    loans::apply(world, step, effects);
    claims::apply(world, step, effects);
    returns::apply(world, step, effects);
    notices::apply(world, step, effects);
    papers::apply(world, step, effects);
    reversals::apply(world, step, effects);
    reversals::remember(world, step, effects, caught);
}

/// Whether an institution has been admitted, or enrolled, as a bank.
fn is_bank(world: &World, party: &str) -> bool {
    world
        .keys
        .values()
        .any(|key| key.party == party && key.role == crate::standing::Role::Bank)
}

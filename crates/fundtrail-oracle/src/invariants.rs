//! What must hold of the fund after every step: I1 to I6, I9 and I10.

use crate::money::{Fen, yuan};
use crate::policy::Stop;
use crate::step::{Act, Sort};
use crate::world::{Status, World};

/// Every invariant that does not hold, in words. I7 is the log's, I8 the alerts'.
pub fn broken(world: &World) -> Vec<String> {
    let mut broken = Vec::new();
    let mut claim = |holds: bool, what: String| {
        if !holds {
            broken.push(what);
        }
    };
    let book = |name: &str| world.balance(name);
    let sum = |prefix: &str| -> Fen {
        let own = world
            .books
            .iter()
            .filter(|(book, _)| book.starts_with(prefix));
        own.map(|(_, balance)| *balance).sum()
    };
    for account in world.accounts.keys() {
        let held = world.held(account);
        claim(held >= 0, format!("I1: {account} holds {}", yuan(held)));
    }
    let sources = sum("contribution:")
        + book("interest")
        + book("returns")
        + book("clawbacks")
        + sum("suspense:");
    let uses = book("compensation") + book("fees") + sum("distribution:");
    claim(
        world.fund() == -sources - uses,
        format!(
            "I2: fund {} is not {}",
            yuan(world.fund()),
            yuan(-sources - uses)
        ),
    );
    for (id, loan) in &world.loans {
        let paid = loan.compensated();
        let claims = || loan.claims.iter().map(|id| &world.claims[id]);
        let loss = claims()
            .filter(|one| one.paid > 0)
            .map(|one| one.loss)
            .max()
            .unwrap_or(0);
        let most = world
            .policy
            .round(loss, world.policy.ratio_bp)
            .min(world.policy.cap);
        claim(
            paid <= most,
            format!("I3: {id} got {} of {}", yuan(paid), yuan(most)),
        );
        let returned: Fen = loan
            .recoveries
            .iter()
            .map(|id| world.recoveries[id].returned)
            .sum();
        let may_exceed = world.policy.stop == Stop::Never;
        claim(
            returned <= paid || may_exceed,
            format!("I4: {id} returned {} of {}", yuan(returned), yuan(paid)),
        );
        let of_claims: Fen = claims().map(|one| one.paid).sum();
        claim(
            of_claims == paid,
            format!(
                "I6: {id} got {}, its claims {}",
                yuan(paid),
                yuan(of_claims)
            ),
        );
    }
    for (year, paid) in &world.fees {
        claim(
            *paid <= world.policy.fee_of_year(),
            format!("I5: fees of {year} are {}", yuan(*paid)),
        );
    }
    for (id, own) in &world.claims {
        let mut steps = own.keys.iter().map(|(step, _)| *step);
        let paid_by = own.paid > 0;
        let all = [0, 1, 2, 3]
            .iter()
            .all(|step| steps.clone().any(|own| own == *step));
        claim(
            !paid_by || all,
            format!("I6: {id} was paid without a step before"),
        );
        let verifier = |key: &String| {
            own.keys
                .iter()
                .any(|(step, other)| *step == 1 && other == key)
        };
        let clash = own
            .keys
            .iter()
            .any(|(step, key)| *step != 1 && verifier(key));
        claim(
            !clash,
            format!("I6: {id} was verified by a key of another step"),
        );
        claim(
            own.paid <= own.amount,
            format!(
                "I6: {id} was paid {} of {}",
                yuan(own.paid),
                yuan(own.amount)
            ),
        );
        let closed = own.status == Status::Paid;
        claim(
            !closed || own.paid == own.amount,
            format!("I6: {id} is paid and is not"),
        );
        claim(
            steps.next() == Some(0),
            format!("I6: {id} was never submitted"),
        );
    }
    for (id, recovery) in &world.recoveries {
        let dated = recovery.due == 0 || recovery.deadline >= recovery.received_on;
        claim(
            recovery.returned <= recovery.due && dated,
            format!(
                "I9: {id} owes {} of {}",
                yuan(recovery.returned),
                yuan(recovery.due)
            ),
        );
    }
    for account in world.accounts.keys() {
        let moved: Fen = world
            .movements
            .iter()
            .filter(|(own, ..)| own == account)
            .map(|(.., amount)| amount)
            .sum();
        claim(
            moved == world.held(account),
            format!("I10: {account} moved {}", yuan(moved)),
        );
    }
    broken
}

/// The kind of an act, as transactions name it.
pub fn kind(act: &Act) -> &'static str {
    match act {
        Act::AccountOpen { .. } => "account_open",
        Act::Contribution { .. } => "contribution",
        Act::FundActivate => "fund_activate",
        Act::Transfer { .. } => "transfer",
        Act::InterestCredit { .. } => "interest_credit",
        Act::BorrowerRegister { .. } => "borrower_register",
        Act::LoanEnrol(_) => "loan_enrol",
        Act::LoanDisburse { .. } => "loan_disburse",
        Act::LoanRepay { .. } => "loan_repay",
        Act::LoanAmend { .. } => "loan_amend",
        Act::RiskNotice { .. } => "risk_notice",
        Act::ClaimSubmit(_) => "claim_submit",
        Act::ClaimVerify { .. } => "claim_verify",
        Act::ClaimApprove { .. } => "claim_approve",
        Act::ClaimReject { .. } => "claim_reject",
        Act::CompensationPay { .. } => "compensation_pay",
        Act::RecoveryReport(_) => "recovery_report",
        Act::RecoveryReturn { .. } => "recovery_return",
        Act::SuspenseRefund { .. } => "suspense_refund",
        Act::Notice {
            sort: Sort::Warning,
            ..
        } => "warn_notice",
        Act::Notice {
            sort: Sort::Suspension,
            ..
        } => "suspend_notice",
        Act::Lift { .. } => "suspend_lift",
        Act::FeePay { .. } => "fee_pay",
        Act::Blacklist { .. } => "blacklist",
        Act::BlacklistLift { .. } => "blacklist_lift",
        Act::MisuseFinding { .. } => "misuse_finding",
        Act::FraudFinding { .. } => "fraud_finding",
        Act::ClawbackOrder { .. } => "clawback_order",
        Act::ClawbackReturn { .. } => "clawback_return",
        Act::ReportFile { .. } => "report_file",
        Act::PerformanceReview { .. } => "performance_review",
        Act::BankStatement { .. } => "bank_statement",
        Act::Reversal { .. } => "reversal",
        Act::Terminate => "terminate",
        Act::Distribute { .. } => "distribute",
        Act::PartnerRevoke { .. } => "partner_revoke",
    }
}

//! Who has to sign what, and whether these signatures are they.

use std::collections::BTreeSet;

use crate::day::Day;
use crate::step::{About, Act, Step};
use crate::world::{Codes, World};

/// As what a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// 市人民政府.
    Government,
    /// 市财政局.
    Finance,
    /// 市市场监督管理局.
    Supervision,
    /// A seat of the leading group.
    Seat,
    /// 领导小组办公室.
    Office,
    /// 资金管理人.
    Manager,
    /// 合作银行.
    Bank,
    /// 合作保险公司.
    Insurer,
    /// 合作担保公司.
    Guarantor,
}

/// A standing key.
#[derive(Clone, Debug)]
pub struct Key {
    /// Whose.
    pub party: String,
    /// As what.
    pub role: Role,
    /// The first of two persons (true), the second (false), or either.
    pub maker: Option<bool>,
}

const PARTNERS: &[Role] = &[Role::Bank, Role::Insurer, Role::Guarantor];

enum Need {
    One(Vec<Role>, Option<String>),
    Pair(Vec<Role>, Option<String>),
    Quorum,
    OptionalOffice,
    OptionalQuorum,
}

use Need::{One, OptionalOffice, OptionalQuorum, Pair, Quorum};

/// The codes that object to who signs and when.
pub(crate) fn judge(world: &World, step: &Step) -> Codes {
    let mut codes = Codes::new();
    if step.date > Day::of(step.recorded) {
        codes.insert("DATE_IN_FUTURE");
    }
    if step
        .signers
        .iter()
        .any(|name| !world.keys.contains_key(name))
    {
        codes.insert("SIG_ROLE");
    }
    let mut used = BTreeSet::new();
    let missing = needs(world, &step.act)
        .iter()
        .filter(|need| !fill(world, step, need, &mut used))
        .count();
    if missing > 0 {
        codes.insert("SIG_MISSING");
    } else if used.len() < step.signers.len() {
        codes.insert("SIG_ROLE");
    }
    if has_other_steps_key(world, step) {
        codes.insert("SAME_KEY");
    }
    codes
}

fn one(role: Role, party: &str) -> Need {
    One(vec![role], Some(party.to_owned()))
}

fn any(role: Role) -> Need {
    One(vec![role], None)
}

fn manager_and(other: Need) -> Vec<Need> {
    vec![any(Role::Manager), other]
}

fn partner(party: &str) -> Need {
    One(PARTNERS.to_vec(), Some(party.to_owned()))
}

/// A bank's key: of the loan's bank, or of any where there is no such loan.
fn bank_of(world: &World, loan: &str) -> Need {
    One(
        vec![Role::Bank],
        world.loans.get(loan).map(|loan| loan.contract.bank.clone()),
    )
}

fn needs(world: &World, act: &Act) -> Vec<Need> {
    match act {
        Act::AccountOpen { .. }
        | Act::FundActivate
        | Act::Transfer { .. }
        | Act::SuspenseRefund { .. } => manager_and(any(Role::Office)),
        Act::Contribution { initial, .. } => {
            let mut needs = vec![
                One(vec![Role::Finance, Role::Government], None),
                any(Role::Manager),
            ];
            if !initial {
                needs.push(Quorum);
            }
            needs
        }
        Act::InterestCredit { account, .. } => {
            let bank = world
                .accounts
                .get(account)
                .map(|account| account.bank.clone());
            vec![One(vec![Role::Bank], bank), any(Role::Manager)]
        }
        Act::BorrowerRegister { .. } => vec![any(Role::Bank), any(Role::Manager)],
        Act::LoanEnrol(contract) => vec![
            one(Role::Bank, &contract.bank),
            any(Role::Manager),
            OptionalQuorum,
        ],
        Act::LoanDisburse { loan, .. }
        | Act::LoanRepay { loan, .. }
        | Act::LoanAmend { loan, .. } => vec![bank_of(world, loan)],
        Act::RiskNotice { partner: party, .. } => vec![partner(party)],
        Act::ClaimSubmit(claimed) => {
            let mut needs = vec![Pair(PARTNERS.to_vec(), Some(claimed.claimant.clone()))];
            if world
                .loans
                .get(&claimed.loan)
                .is_some_and(|loan| loan.contract.bank != claimed.claimant)
            {
                needs.push(bank_of(world, &claimed.loan));
            }
            needs
        }
        Act::ClaimVerify { .. } => vec![Pair(vec![Role::Manager], None)],
        Act::ClaimApprove { .. }
        | Act::ClaimReject { .. }
        | Act::FraudFinding { .. }
        | Act::ClawbackOrder { .. }
        | Act::PartnerRevoke { .. } => {
            vec![Quorum]
        }
        Act::CompensationPay {
            claim,
            loss,
            partial,
            ..
        } => {
            let mut needs = vec![Pair(vec![Role::Manager], None)];
            if *partial {
                needs.push(Quorum);
            }
            needs.extend(agreement(world, claim, *loss));
            needs
        }
        Act::RecoveryReport(collected) => vec![partner(&collected.collector)],
        Act::RecoveryReturn { payer, .. } | Act::ClawbackReturn { payer, .. } => {
            vec![partner(payer), any(Role::Manager)]
        }
        Act::Notice { .. } => vec![any(Role::Manager), OptionalOffice],
        Act::Lift { .. } => vec![any(Role::Manager), Quorum],
        Act::FeePay { .. } => vec![any(Role::Office), any(Role::Manager)],
        Act::Blacklist { .. } | Act::BlacklistLift { .. } => vec![any(Role::Office)],
        Act::MisuseFinding { .. } => vec![any(Role::Manager)],
        Act::ReportFile { reporter, .. } => {
            let roles = [&[Role::Manager], PARTNERS].concat();
            vec![One(roles, Some(reporter.clone()))]
        }
        Act::PerformanceReview { subject, .. } => {
            vec![any(if *subject == world.manager {
                Role::Office
            } else {
                Role::Manager
            })]
        }
        Act::BankStatement { account, .. } => {
            vec![One(
                vec![Role::Bank],
                world
                    .accounts
                    .get(account)
                    .map(|account| account.bank.clone()),
            )]
        }
        Act::Reversal { of } => reversal(world, of),
        Act::Terminate => vec![any(Role::Finance), Quorum],
        Act::Distribute { .. } => vec![any(Role::Finance), any(Role::Manager), any(Role::Office)],
    }
}

/// Where the bank's own ledger decides and it confirms a smaller loss, the claimant agrees.
fn agreement(world: &World, claim: &str, loss: i64) -> Option<Need> {
    let claim = world.claims.get(claim)?;
    let ledger = world.loans.get(&claim.loan)?.contract.bank_ledger;
    (ledger && loss < claim.loss).then(|| partner(&claim.claimant))
}

/// Those of the original, with a payment's claim as it was before it; and the office.
fn reversal(world: &World, of: &str) -> Vec<Need> {
    let Some(past) = world.past.get(of) else {
        return vec![any(Role::Office)];
    };
    let mut needs = needs(world, &past.step.act);
    if let (
        Act::CompensationPay {
            claim,
            loss,
            partial,
            ..
        },
        Some(before),
    ) = (&past.step.act, &past.claim_before)
    {
        needs = vec![Pair(vec![Role::Manager], None)];
        if *partial {
            needs.push(Quorum);
        }
        let ledger = world
            .loans
            .get(&before.loan)
            .is_some_and(|loan| loan.contract.bank_ledger);
        if ledger && *loss < before.loss && world.claims.contains_key(claim) {
            needs.push(partner(&before.claimant));
        }
    }
    if !needs
        .iter()
        .any(|need| matches!(need, One(roles, None) if roles == &[Role::Office]))
    {
        needs.push(any(Role::Office));
    }
    needs
}

/// Takes the first signatures that fit and fill no earlier need.
fn fill(world: &World, step: &Step, need: &Need, used: &mut BTreeSet<usize>) -> bool {
    let find = |used: &BTreeSet<usize>, fits: &dyn Fn(&Key) -> bool| {
        (0..step.signers.len())
            .find(|at| !used.contains(at) && world.keys.get(&step.signers[*at]).is_some_and(fits))
    };
    let of = |roles: &[Role], party: &Option<String>, key: &Key| {
        roles.contains(&key.role) && party.as_ref().is_none_or(|party| key.party == *party)
    };
    match need {
        One(roles, party) => match find(used, &|key| of(roles, party, key)) {
            Some(at) => used.insert(at),
            None => false,
        },
        Pair(roles, party) if !world.policy.two_persons => {
            match find(used, &|key| of(roles, party, key)) {
                Some(at) => used.insert(at),
                None => false,
            }
        }
        Pair(roles, party) => {
            let half = |maker: bool| {
                find(used, &|key: &Key| {
                    of(roles, party, key) && key.maker == Some(maker)
                })
            };
            let (Some(maker), Some(checker)) = (half(true), half(false)) else {
                return false;
            };
            used.extend([maker, checker]);
            true
        }
        OptionalOffice => {
            used.extend(find(used, &|key| key.role == Role::Office));
            true
        }
        OptionalQuorum => {
            quorum(world, step, used);
            true
        }
        Quorum => quorum(world, step, used),
    }
}

fn quorum(world: &World, step: &Step, used: &mut BTreeSet<usize>) -> bool {
    let mut parties = BTreeSet::new();
    let mut seats = Vec::new();
    for (at, name) in step.signers.iter().enumerate() {
        if let Some(key) = world.keys.get(name).filter(|key| key.role == Role::Seat)
            && parties.insert(key.party.as_str())
        {
            seats.push(at);
        }
    }
    let must = world
        .policy
        .must_include
        .iter()
        .all(|party| parties.contains(party));
    let enough = must && seats.len() >= world.policy.threshold;
    if enough {
        used.extend(seats);
    }
    enough
}

/// Which step of a claim an act is, and of which claim.
pub(crate) fn claim_step(act: &Act) -> Option<(u8, &str)> {
    match act {
        Act::ClaimSubmit(claimed) => Some((0, &claimed.claim)),
        Act::ClaimVerify { claim, .. } => Some((1, claim)),
        Act::ClaimApprove { claim, .. } | Act::ClaimReject { claim } => Some((2, claim)),
        Act::CompensationPay { claim, .. } => Some((3, claim)),
        _ => None,
    }
}

/// A seat decides as often as it must, and a claimant may agree to less at payment.
fn has_other_steps_key(world: &World, step: &Step) -> bool {
    let Some((own, claim)) = claim_step(&step.act) else {
        return false;
    };
    let Some(claim) = world.claims.get(claim).filter(|_| own > 0) else {
        return false;
    };
    step.signers.iter().any(|name| {
        let Some(signer) = world.keys.get(name).filter(|key| key.role != Role::Seat) else {
            return false;
        };
        let excused = |other: u8| (other, own) == (0, 3) && signer.party == claim.claimant;
        claim
            .keys
            .iter()
            .any(|(other, key)| key == name && *other != own && !excused(*other))
    })
}

/// The objects of a finding of fraud.
pub(crate) fn fraud_about(about: &About) -> (Option<&str>, Option<&str>) {
    match about {
        About::Loan(loan) => (Some(loan), None),
        About::Borrower(borrower) => (None, Some(borrower)),
    }
}

//! Borrowers and loans, as banks attested them.

use alloc::vec::Vec;

use fundtrail_model::port::Table;
use fundtrail_model::{Amount, Day, DocumentDigest, Id, Tag, When};
use serde::{Deserialize, Serialize};

use super::Record;

/// An enterprise, known by its tag only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Borrower {
    /// HMAC of the credit code.
    pub borrower: Tag,
    /// When it was registered with the authorities.
    pub registered_on: Day,
    /// Attested division code.
    pub division: alloc::string::String,
    /// Whether it is a small or medium enterprise, where attested.
    pub sme: Option<bool>,
    /// Art. 18.
    pub blacklisting: Option<Blacklisting>,
    /// Found to have colluded (Art. 22).
    pub fraud: bool,
    /// Compensation paid on all its loans.
    pub compensated: Amount,
}

/// A disqualification from further loans (Art. 18).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blacklisting {
    /// First day.
    pub from: Day,
    /// First day without, if lifted.
    pub lifted_on: Option<Day>,
}

impl Borrower {
    /// Whether it is disqualified on that day.
    pub fn is_blacklisted_on(&self, day: Day) -> bool {
        self.blacklisting
            .as_ref()
            .is_some_and(|one| one.from <= day && one.lifted_on.is_none_or(|lifted| day < lifted))
    }
}

impl Record for Borrower {
    const TABLE: Table = Table::Borrowers;
    fn key(&self) -> Vec<u8> {
        alloc::format!("{}", self.borrower).into_bytes()
    }
}

/// How a mixed loan's outstanding principal belongs to its IP part (A06).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Allocation {
    /// In proportion to the contract's amounts.
    ProRata,
    /// By the bank's own sub-ledger, where the contract fixes the order of repayment.
    BankLedger,
}

/// What a repayment before compensation pays first (A23).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RepaymentOrder {
    /// Costs, then interest, then principal (Civil Code Art. 561).
    CostsInterestPrincipal,
    /// Principal first, by agreement.
    PrincipalFirst,
}

/// Principal due on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instalment {
    /// The contract's due date, extended or accelerated as the case may be.
    pub due_on: Day,
    /// How much principal.
    pub amount: Amount,
}

/// A right pledged for the loan. Its number is sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pledge {
    /// `patent`, `trademark`, or a code the policy adds.
    pub kind: Id,
    /// International class of a trademark, 1 to 45.
    #[serde(default)]
    pub class: Option<u8>,
    /// When the pledge was registered, if it was.
    #[serde(default)]
    pub registered_on: Option<Day>,
}

/// What the bank found in the credit system (Art. 4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreditCheck {
    /// Day of the query.
    pub queried_on: Day,
    /// Day of the newest adverse item, if there is one.
    #[serde(default)]
    pub adverse_on: Option<Day>,
    /// The report, kept by the bank.
    pub report: DocumentDigest,
}

/// An amount of one party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// Who.
    pub party: Id,
    /// How much.
    pub amount: Amount,
}

/// A loan contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loan {
    /// Its id.
    pub loan: Id,
    /// The lender.
    pub bank: Id,
    /// The borrower.
    pub borrower: Tag,
    /// Policy version that governs cover, ratio and cap (A44): the one at enrolment, until
    /// the first disbursement sets it.
    pub policy: u32,
    /// When it was enrolled.
    pub enrolled_on: Day,
    /// The contract's whole amount.
    pub total: Amount,
    /// Of which secured by intellectual property.
    pub ip_amount: Amount,
    /// How principal belongs to the IP part.
    pub allocation: Allocation,
    /// What repayments pay first.
    pub repayment_order: RepaymentOrder,
    /// Principal by due date, earliest first.
    pub due: Vec<Instalment>,
    /// What it is for.
    pub purpose: Id,
    /// What is pledged.
    pub pledges: Vec<Pledge>,
    /// What the bank found in the credit system.
    pub credit: CreditCheck,
    /// Disbursed so far.
    pub disbursed: Amount,
    /// The same, IP part.
    pub disbursed_ip: Amount,
    /// First disbursement.
    pub first_disbursed: Option<When>,
    /// Principal repaid before any compensation.
    pub repaid: Amount,
    /// Whether its bank gave notice of risk (Art. 14).
    pub risk_noticed: bool,
    /// A confirmed misuse of proceeds (Art. 5).
    pub misuse: bool,
    /// Excluded for fraud (Art. 22).
    pub fraud: bool,
    /// Whether its disbursements count for the brake (A13).
    pub counts_for_brake: bool,
    /// Claimed by each claimant and not rejected.
    pub claimed: Vec<Share>,
    /// The cumulative loss each claimant last claimed for.
    pub claimed_loss: Vec<Share>,
    /// Compensation paid, net of reversals.
    pub compensated: Amount,
    /// When the first compensation was paid.
    pub compensated_on: Option<Day>,
    /// Collected after compensation, the part that counts (A19).
    pub collected: Amount,
    /// To be returned of it.
    pub return_due: Amount,
    /// Returned.
    pub returned: Amount,
    /// Ordered back by the leading group (Art. 22).
    pub clawed_back: Amount,
}

impl Loan {
    /// Disbursed and not repaid.
    pub fn outstanding(&self) -> Amount {
        self.disbursed.less(self.repaid)
    }

    /// What stands claimed by one claimant.
    pub fn claimed_by(&self, party: &Id) -> Amount {
        share_of(&self.claimed, party)
    }

    /// What stands claimed by everyone.
    pub fn claimed_total(&self) -> Amount {
        self.claimed.iter().map(|share| share.amount).sum()
    }

    /// The cumulative loss a claimant last claimed for.
    pub fn loss_claimed_by(&self, party: &Id) -> Amount {
        share_of(&self.claimed_loss, party)
    }

    /// Sets what stands claimed by one claimant, and for which cumulative loss.
    pub fn set_claimed(&mut self, party: &Id, amount: Amount, loss: Amount) {
        set_share(&mut self.claimed, party, amount);
        set_share(&mut self.claimed_loss, party, loss);
    }
}

fn share_of(shares: &[Share], party: &Id) -> Amount {
    shares
        .iter()
        .find(|share| share.party == *party)
        .map(|share| share.amount)
        .unwrap_or_default()
}

fn set_share(shares: &mut Vec<Share>, party: &Id, amount: Amount) {
    match shares.iter_mut().find(|share| share.party == *party) {
        Some(share) => share.amount = amount,
        None => shares.push(Share {
            party: party.clone(),
            amount,
        }),
    }
}

impl Record for Loan {
    const TABLE: Table = Table::Loans;
    fn key(&self) -> Vec<u8> {
        self.loan.as_bytes().to_vec()
    }
}

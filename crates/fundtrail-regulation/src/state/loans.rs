//! Borrowers and loans, as banks attested them.

use alloc::vec::Vec;

use fundtrail_model::amount;
use fundtrail_model::port::Table;
use fundtrail_model::{Amount, Day, DocumentDigest, Id, Moment, Tag, When};
use serde::{Deserialize, Serialize};

use super::Record;

/// An enterprise, known by its tag only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    #[serde(with = "amount::signed")]
    pub compensated: Amount,
}

/// A disqualification from further loans (Art. 18).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Allocation {
    /// In proportion to the contract's amounts.
    ProRata,
    /// By the bank's own sub-ledger, where the contract fixes the order of repayment.
    BankLedger,
}

/// What a repayment before compensation pays first (A23).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RepaymentOrder {
    /// Costs, then interest, then principal (Civil Code Art. 561).
    CostsInterestPrincipal,
    /// Principal first, by agreement.
    PrincipalFirst,
}

/// Principal due on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Instalment {
    /// The contract's due date, extended or accelerated as the case may be.
    pub due_on: Day,
    /// How much principal.
    pub amount: Amount,
}

/// A right pledged for the loan. Its number is sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// Who.
    pub party: Id,
    /// How much.
    pub amount: Amount,
}

/// A loan contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    #[serde(with = "amount::signed")]
    pub total: Amount,
    /// Of which secured by intellectual property.
    #[serde(with = "amount::signed")]
    pub ip_amount: Amount,
    /// How principal belongs to the IP part.
    pub allocation: Allocation,
    /// What repayments pay first.
    pub repayment_order: RepaymentOrder,
    /// Principal by due date, earliest first.
    pub due: Vec<Instalment>,
    /// Tag of the contract's number.
    pub contract: Option<Tag>,
    /// What it is for.
    pub purpose: Id,
    /// What is pledged.
    pub pledges: Vec<Pledge>,
    /// What the bank found in the credit system.
    pub credit: CreditCheck,
    /// Disbursed so far.
    #[serde(with = "amount::signed")]
    pub disbursed: Amount,
    /// The same, IP part.
    #[serde(with = "amount::signed")]
    pub disbursed_ip: Amount,
    /// First disbursement, the one recorded first.
    pub first_disbursed: Option<When>,
    /// Disbursements recorded after it, of its day or earlier ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier_disbursed: Vec<When>,
    /// Principal repaid before any compensation.
    #[serde(with = "amount::signed")]
    pub repaid: Amount,
    /// Whether its bank gave notice of risk (Art. 14).
    pub risk_noticed: bool,
    /// A confirmed misuse of proceeds (Art. 5).
    pub misuse: bool,
    /// Excluded for fraud (Art. 22).
    pub fraud: bool,
    /// Whether its disbursements count for the brake (A13).
    pub counts_for_brake: bool,
    /// Claims that stand, in the order of submission.
    pub claims: Vec<LiveClaim>,
    /// Compensation paid, net of reversals.
    #[serde(with = "amount::signed")]
    pub compensated: Amount,
    /// When the first compensation was paid.
    pub compensated_on: Option<Day>,
    /// Collected after compensation, the part that counts (A19).
    #[serde(with = "amount::signed")]
    pub collected: Amount,
    /// To be returned of it.
    #[serde(with = "amount::signed")]
    pub return_due: Amount,
    /// Returned.
    #[serde(with = "amount::signed")]
    pub returned: Amount,
    /// The newest recovery: what later becomes due on earlier collections is due there.
    pub last_recovery: Option<Id>,
    /// Ordered back by the leading group (Art. 22).
    #[serde(with = "amount::signed")]
    pub clawed_back: Amount,
}

impl Loan {
    /// Disbursed and not repaid.
    pub fn outstanding(&self) -> Amount {
        self.disbursed.less(self.repaid)
    }

    /// Every disbursement that may be its earliest.
    fn early_disbursements(&self) -> impl Iterator<Item = When> {
        let later = self.earlier_disbursed.iter().copied();
        self.first_disbursed.into_iter().chain(later)
    }

    /// The earliest disbursement, whenever it was recorded; of one day, a date alone first (A17).
    pub fn earliest_disbursed(&self) -> Option<When> {
        self.early_disbursements().min_by_key(|when| match when {
            When::On(day) => (*day, None),
            When::At(moment) => (moment.day(), Some(*moment)),
        })
    }

    /// Whether the borrower had money of this loan before a moment (A16).
    pub fn is_disbursed_before(&self, moment: Moment) -> bool {
        self.early_disbursements()
            .any(|when| when.is_before(moment))
    }

    /// What stands claimed by one claimant.
    pub fn claimed_by(&self, party: &Id) -> Amount {
        self.claims
            .iter()
            .filter(|live| live.claimant == *party)
            .map(|live| live.amount)
            .sum()
    }

    /// What one claimant claimed before a given claim, at what those claims are worth now.
    pub fn claimed_before(&self, party: &Id, claim: &Id) -> Amount {
        let earlier = self.claims.iter().take_while(|live| live.claim != *claim);
        earlier
            .filter(|live| live.claimant == *party)
            .map(|live| live.amount)
            .sum()
    }

    /// What stands claimed by everyone.
    pub fn claimed_total(&self) -> Amount {
        self.claims.iter().map(|live| live.amount).sum()
    }

    /// The largest cumulative loss one claimant's standing claims are for.
    pub fn loss_claimed_by(&self, party: &Id) -> Amount {
        let own = self.claims.iter().filter(|live| live.claimant == *party);
        own.map(|live| live.loss).max().unwrap_or_default()
    }

    /// Keeps a standing claim in step with its record; one of amount zero stands no more.
    pub fn follow(&mut self, claim: &super::Claim) {
        match self
            .claims
            .iter_mut()
            .find(|live| live.claim == claim.claim)
        {
            Some(live) => {
                live.amount = claim.amount;
                live.paid = claim.paid;
                live.loss = claim.loss;
            }
            None => self.claims.push(LiveClaim {
                claim: claim.claim.clone(),
                claimant: claim.claimant.clone(),
                amount: claim.amount,
                paid: claim.paid,
                loss: claim.loss,
            }),
        }
        self.claims.retain(|live| !live.amount.is_zero());
    }
}

/// A claim that stands: neither rejected nor reduced to nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LiveClaim {
    /// Its id.
    pub claim: Id,
    /// Whose it is.
    pub claimant: Id,
    /// What it is worth now.
    #[serde(with = "amount::signed")]
    pub amount: Amount,
    /// What was paid of it.
    #[serde(with = "amount::signed")]
    pub paid: Amount,
    /// The cumulative loss it is for.
    #[serde(with = "amount::signed")]
    pub loss: Amount,
}

impl Record for Loan {
    const TABLE: Table = Table::Loans;
    fn key(&self) -> Vec<u8> {
        self.loan.as_bytes().to_vec()
    }
}

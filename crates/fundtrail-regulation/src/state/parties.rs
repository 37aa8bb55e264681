//! Who takes part: keys, parties, and what was told to a bank.

use alloc::string::ToString;
use alloc::vec::Vec;

use fundtrail_model::amount;
use fundtrail_model::port::Table;
use fundtrail_model::{Amount, Day, DocumentDigest, Id, KeyId, Moment, PublicKey};
use serde::{Deserialize, Serialize};

use super::Record;

/// What a key signs as. Offices change their names; roles do not (A42).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The city government, a contributor.
    Government,
    /// The finance bureau.
    Finance,
    /// The market supervision bureau, which signs cooperation agreements.
    MarketSupervision,
    /// A seat of the leading group.
    GroupMember,
    /// The leading group's office.
    Office,
    /// The fund manager.
    Manager,
    /// A bank.
    Bank,
    /// An insurer.
    Insurer,
    /// A guarantor.
    Guarantor,
    /// An accounting firm.
    Auditor,
    /// A regulator: reads, and runs a witness.
    Regulator,
}

impl Role {
    /// The wire name.
    pub const fn name(self) -> &'static str {
        match self {
            Role::Government => "government",
            Role::Finance => "finance",
            Role::MarketSupervision => "market_supervision",
            Role::GroupMember => "group_member",
            Role::Office => "office",
            Role::Manager => "manager",
            Role::Bank => "bank",
            Role::Insurer => "insurer",
            Role::Guarantor => "guarantor",
            Role::Auditor => "auditor",
            Role::Regulator => "regulator",
        }
    }

    /// Whether this is a class of partner that may be compensated (Art. 12, 14, 15).
    pub const fn is_partner(self) -> bool {
        matches!(self, Role::Bank | Role::Insurer | Role::Guarantor)
    }

    /// Whether keys of this role take part in decisions over others, so that the leading
    /// group must agree to each of them.
    pub const fn is_public_body(self) -> bool {
        matches!(
            self,
            Role::Government
                | Role::Finance
                | Role::MarketSupervision
                | Role::GroupMember
                | Role::Office
        )
    }
}

/// The person behind a key, where an institution signs by two (经办, 复核).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// Prepares.
    Maker,
    /// Reviews.
    Checker,
}

/// A key and for whom it signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Key {
    /// The key's id, derived from it.
    pub key_id: KeyId,
    /// The key.
    pub public_key: PublicKey,
    /// The signature suite; `ed25519` is the only one implemented.
    pub suite: Id,
    /// The party it signs for.
    pub party: Id,
    /// As what.
    pub role: Role,
    /// In which of two persons' places, if it matters.
    pub duty: Option<Duty>,
    /// The first key of its line of rotations: who it stands for.
    pub lineage: KeyId,
    /// Entry that enrolled it.
    pub enrolled: u64,
    /// Entry that revoked or replaced it. From the next entry on it signs nothing.
    pub revoked: Option<u64>,
}

impl Record for Key {
    const TABLE: Table = Table::Keys;
    fn key(&self) -> Vec<u8> {
        self.key_id.to_string().into_bytes()
    }
}

/// An institution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Party {
    /// Its id.
    pub party: Id,
    /// The roles its keys were enrolled in.
    pub roles: Vec<Role>,
    /// Admission as a partner, newest last.
    pub admissions: Vec<Admission>,
    /// Found to have obtained money by fraud (Art. 22).
    pub fraud: bool,
    /// Cumulative disbursements of its enrolled loans that count for the brake, whole loans.
    #[serde(with = "amount::signed")]
    pub disbursed: Amount,
    /// The same, IP part only.
    #[serde(with = "amount::signed")]
    pub disbursed_ip: Amount,
    /// Cumulative compensation paid on its loans, to whomever (A12).
    #[serde(with = "amount::signed")]
    pub compensated: Amount,
    /// Cumulative returns on its loans.
    #[serde(with = "amount::signed")]
    pub returned: Amount,
    /// Business date on which its ratio reached the first threshold, while it does.
    pub warn_reached_on: Option<Day>,
    /// The same for the second threshold.
    pub suspend_reached_on: Option<Day>,
    /// Approved on its loans and not yet paid: a forecast.
    #[serde(with = "amount::signed")]
    pub approved_unpaid: Amount,
    /// Warnings, newest last.
    pub warnings: Vec<Notice>,
    /// Suspensions, newest last.
    pub suspensions: Vec<Suspension>,
}

/// A partner's admission and its end (Art. 7, 9, 22).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Admission {
    /// As bank, insurer or guarantor.
    pub role: Role,
    /// First day.
    pub from: Day,
    /// The cooperation agreement.
    pub agreement: DocumentDigest,
    /// Last day before which it held, if revoked.
    pub revoked_on: Option<Day>,
}

/// A warning (Art. 13).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notice {
    /// Dispatch (发出).
    pub issued_at: Moment,
    /// When it was lifted.
    pub lifted_at: Option<Moment>,
}

/// A notice to suspend (Art. 13): the same record as a warning.
pub type Suspension = Notice;

impl Party {
    /// A party not yet known to do anything.
    pub fn new(party: Id) -> Party {
        Party {
            party,
            roles: Vec::new(),
            admissions: Vec::new(),
            fraud: false,
            disbursed: Amount::ZERO,
            disbursed_ip: Amount::ZERO,
            compensated: Amount::ZERO,
            returned: Amount::ZERO,
            warn_reached_on: None,
            suspend_reached_on: None,
            approved_unpaid: Amount::ZERO,
            warnings: Vec::new(),
            suspensions: Vec::new(),
        }
    }

    /// Whether it was an admitted partner on that day.
    pub fn is_active_on(&self, day: Day) -> bool {
        self.is_active_as(&[Role::Bank, Role::Insurer, Role::Guarantor], day)
    }

    /// Whether it was an admitted partner of one of these classes on that day.
    pub fn is_active_as(&self, classes: &[Role], day: Day) -> bool {
        self.admissions
            .iter()
            .filter(|one| classes.contains(&one.role))
            .any(|one| one.from <= day && one.revoked_on.is_none_or(|end| day < end))
    }

    /// The warning that stands, if any.
    pub fn warning(&self) -> Option<&Notice> {
        self.warnings
            .last()
            .filter(|notice| notice.lifted_at.is_none())
    }

    /// The suspension that stands, if any.
    pub fn suspension(&self) -> Option<&Suspension> {
        self.suspensions
            .last()
            .filter(|notice| notice.lifted_at.is_none())
    }
}

impl Record for Party {
    const TABLE: Table = Table::Parties;
    fn key(&self) -> Vec<u8> {
        self.party.as_bytes().to_vec()
    }
}

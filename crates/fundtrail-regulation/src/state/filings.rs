//! Papers filed, alerts raised, and what passbooks, seals and reversals need.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use fundtrail_model::port::Table;
use fundtrail_model::{Alert, Day, DocumentDigest, Id};
use serde::{Deserialize, Serialize};

use super::{Record, pair_key};

/// What was filed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FilingKind {
    /// `report_file`.
    Report,
    /// `performance_review`.
    Review,
    /// `audit_engage`.
    Engagement,
    /// `audit_report`.
    AuditReport,
    /// `bank_statement`.
    Statement,
    /// `misuse_finding` or `fraud_finding`.
    Finding,
}

impl FilingKind {
    /// The wire name.
    pub const fn name(self) -> &'static str {
        match self {
            FilingKind::Report => "report",
            FilingKind::Review => "review",
            FilingKind::Engagement => "engagement",
            FilingKind::AuditReport => "audit_report",
            FilingKind::Statement => "statement",
            FilingKind::Finding => "finding",
        }
    }

    /// The storage key of a filing.
    pub fn key_of(self, id: &str) -> Vec<u8> {
        pair_key(self.name().as_bytes(), id.as_bytes())
    }
}

/// A paper whose digest the ledger keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filing {
    /// What it is.
    pub kind: FilingKind,
    /// Its id.
    pub id: String,
    /// Whom it is by or about.
    pub party: Option<Id>,
    /// Partners in an audit's scope; empty means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partners: Vec<Id>,
    /// First day it covers, where it covers a period.
    pub from: Option<Day>,
    /// Last day it covers.
    pub until: Option<Day>,
    /// The paper.
    pub digest: Option<DocumentDigest>,
    /// The entry.
    pub entry: u64,
}

impl Record for Filing {
    const TABLE: Table = Table::Filings;
    fn key(&self) -> Vec<u8> {
        self.kind.key_of(&self.id)
    }
}

/// An alert and whether it still stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AlertRecord {
    /// From 1.
    pub number: u64,
    /// The entry that raised it.
    pub entry: u64,
    /// What it says.
    pub alert: Alert,
    /// The entry that answered it.
    pub closed_by: Option<u64>,
}

impl AlertRecord {
    /// The key under which the number of the newest alert is found.
    pub const COUNT_KEY: &'static [u8] = b"c";

    /// The key of an alert by number.
    pub fn key_of(number: u64) -> Vec<u8> {
        let mut key = b"n".to_vec();
        key.extend_from_slice(&number.to_be_bytes());
        key
    }

    /// The key under which the number of a standing alert is found.
    pub fn standing_key(code: &str, object: &str) -> Vec<u8> {
        let mut key = b"s".to_vec();
        key.extend_from_slice(&pair_key(code.as_bytes(), object.as_bytes()));
        key
    }
}

impl Record for AlertRecord {
    const TABLE: Table = Table::Alerts;
    fn key(&self) -> Vec<u8> {
        AlertRecord::key_of(self.number)
    }
}

/// The newest revision of an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The object's name.
    pub object: String,
    /// Number of revisions.
    pub revision: u64,
    /// The newest entry that touches it.
    pub entry: u64,
}

impl Record for Head {
    const TABLE: Table = Table::Heads;
    fn key(&self) -> Vec<u8> {
        self.object.as_bytes().to_vec()
    }
}

/// A closed period (all balances and object heads under one root).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PeriodSeal {
    /// Its name, such as `2022Q1`.
    pub period: String,
    /// Last day.
    pub until: Day,
    /// Entries before the seal.
    pub size: u64,
    /// The root.
    pub root: DocumentDigest,
    /// The seal's entry.
    pub entry: u64,
}

impl Record for PeriodSeal {
    const TABLE: Table = Table::Seals;
    fn key(&self) -> Vec<u8> {
        self.period.as_bytes().to_vec()
    }
}

/// A money movement that was reversed (红字冲销). The original stays where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reversed {
    /// Id of the transaction that was reversed.
    pub transaction: Id,
    /// Its entry.
    pub entry: u64,
    /// The entry that reversed it.
    pub reversed_by: u64,
}

impl Record for Reversed {
    const TABLE: Table = Table::Reversed;
    fn key(&self) -> Vec<u8> {
        self.transaction.as_bytes().to_vec()
    }
}

/// Which sealed particulars of a transaction were erased. Their digests stay in its entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// Id of the transaction that sealed them.
    pub transaction: Id,
    /// Name of each, and the entry that erased it.
    pub particulars: BTreeMap<String, u64>,
}

impl Record for Erased {
    const TABLE: Table = Table::Erased;
    fn key(&self) -> Vec<u8> {
        self.transaction.as_bytes().to_vec()
    }
}

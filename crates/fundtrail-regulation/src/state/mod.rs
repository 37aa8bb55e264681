//! What the ledger knows at a height: typed records over the storage's tables.
//!
//! Records are JSON with a fixed member order, so the same entries always give the same
//! bytes. Absent on purpose: caches, and any order that is not the order of keys.

mod claims;
mod filings;
mod loans;
mod money;
mod parties;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use fundtrail_model::port::{Batch, Read, Row, Table, past_prefix};
use fundtrail_model::{Day, Fault, Id};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub use claims::{Claim, ClaimStatus, ClaimStep, Order, Recovery, Step};
pub use filings::{AlertRecord, Erased, Filing, FilingKind, Head, PeriodSeal, Reversed};
pub use loans::{
    Allocation, Blacklisting, Borrower, CreditCheck, Instalment, LiveClaim, Loan, Pledge,
    RepaymentOrder, Share,
};
pub use money::{Account, AccountUse, Book, Contributed, Fund, InterestPeriod, YearFees};
pub use parties::{Admission, Duty, Key, Notice, Party, Role, Suspension};

use crate::calendar::{Calendar, YearNotice};
use crate::policy::Policy;

/// A record with a table of its own.
pub trait Record: Serialize + DeserializeOwned {
    /// Where it is kept.
    const TABLE: Table;

    /// Its key there.
    fn key(&self) -> Vec<u8>;
}

/// What stands behind the ledger itself, set once by genesis. Key `ledger`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ledger {
    /// The origin, in every transaction.
    pub origin: String,
    /// The log's verifier key as a C2SP vkey.
    pub log_key: String,
    /// Commitment to the tag key.
    pub tag_key: String,
    /// Business date of the genesis.
    pub founded_on: Day,
}

impl Record for Ledger {
    const TABLE: Table = Table::Fund;
    fn key(&self) -> Vec<u8> {
        b"ledger".to_vec()
    }
}

/// One version of the policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PolicyVersion {
    /// From 1, in the order of adoption.
    pub version: u32,
    /// First business date it applies to.
    pub applies_from: Day,
    /// The policy.
    pub policy: Policy,
}

impl Record for PolicyVersion {
    const TABLE: Table = Table::Policies;
    fn key(&self) -> Vec<u8> {
        self.version.to_be_bytes().to_vec()
    }
}

/// One year of a calendar, as adopted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarYear {
    /// Name of the calendar.
    pub calendar: Id,
    /// The year's notice.
    pub notice: YearNotice,
}

impl Record for CalendarYear {
    const TABLE: Table = Table::Calendars;
    fn key(&self) -> Vec<u8> {
        let mut key = pair_key(self.calendar.as_bytes(), b"");
        key.extend_from_slice(&self.notice.year.to_be_bytes());
        key
    }
}

/// Key in [`Table::Fund`] of the latest business date on record, as text.
pub const NEWEST_DATE: &[u8] = b"newest_date";

/// `first`, 0x00, `second`: ids hold no zero byte, so pairs never collide.
pub fn pair_key(first: &[u8], second: &[u8]) -> Vec<u8> {
    let mut key = Vec::with_capacity(first.len() + second.len() + 1);
    key.extend_from_slice(first);
    key.push(0);
    key.extend_from_slice(second);
    key
}

/// Typed reading of one consistent state.
#[derive(Clone, Copy)]
pub struct View<'a> {
    read: &'a dyn Read,
}

impl<'a> View<'a> {
    /// A view of whatever `read` reads.
    pub fn new(read: &'a dyn Read) -> View<'a> {
        View { read }
    }

    /// The port beneath.
    pub fn read(&self) -> &'a dyn Read {
        self.read
    }

    /// The record under `key`.
    ///
    /// # Errors
    /// [`Fault`] when the storage fails or holds something else there.
    pub fn get<R: Record>(&self, key: &[u8]) -> Result<Option<R>, Fault> {
        self.read
            .get(R::TABLE, key)?
            .map(|bytes| decode(R::TABLE, &bytes))
            .transpose()
    }

    /// Every record of a table whose key begins with `prefix`, in the order of keys.
    ///
    /// # Errors
    /// As [`View::get`].
    pub fn list<R: Record>(&self, prefix: &[u8]) -> Result<Vec<R>, Fault> {
        let rows = self.rows(R::TABLE, prefix)?;
        rows.into_iter()
            .map(|(_, bytes)| decode(R::TABLE, &bytes))
            .collect()
    }

    /// Every row of a table whose key begins with `prefix`, in the order of keys.
    ///
    /// # Errors
    /// As [`View::get`].
    pub fn rows(&self, table: Table, prefix: &[u8]) -> Result<Vec<Row>, Fault> {
        let until = if prefix.is_empty() {
            [0xff; 9].to_vec()
        } else {
            past_prefix(prefix)
        };
        self.read.range(table, prefix, &until, usize::MAX)
    }

    /// What genesis set; none before it.
    ///
    /// # Errors
    /// As [`View::get`].
    pub fn ledger(&self) -> Result<Option<Ledger>, Fault> {
        self.get(b"ledger")
    }

    /// The fund as a whole.
    ///
    /// # Errors
    /// As [`View::get`].
    pub fn fund(&self) -> Result<Fund, Fault> {
        Ok(self.get(b"fund")?.unwrap_or_default())
    }

    /// The policy that applies to a business date: the newest version that had begun to
    /// apply, or the first of all where none had.
    ///
    /// # Errors
    /// As [`View::get`].
    pub fn policy_on(&self, date: Day) -> Result<Option<PolicyVersion>, Fault> {
        let versions: Vec<PolicyVersion> = self.list(b"")?;
        Ok(applying(&versions, date).cloned())
    }

    /// Every adopted year of a calendar, as one.
    ///
    /// # Errors
    /// As [`View::get`].
    pub fn calendar(&self, name: &Id) -> Result<Calendar, Fault> {
        let years: Vec<CalendarYear> = self.list(&pair_key(name.as_bytes(), b""))?;
        Calendar::from_notices(years.into_iter().map(|year| year.notice))
            .map_err(|error| Fault(format!("calendar {name}: {error:?}")))
    }

    /// The latest business date on record.
    ///
    /// # Errors
    /// As [`View::get`].
    pub fn newest_date(&self) -> Result<Option<Day>, Fault> {
        let row = self.read.get(Table::Fund, NEWEST_DATE)?;
        let text = row.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        Ok(text.and_then(|text| Day::parse(&text)))
    }

    /// The running balance of a book; 0.00 for one never posted to.
    ///
    /// # Errors
    /// As [`View::get`].
    pub fn balance(&self, book: &str) -> Result<fundtrail_model::Amount, Fault> {
        Ok(self
            .get::<Book>(book.as_bytes())?
            .map(|book| book.balance)
            .unwrap_or_default())
    }
}

/// The version that applies to a date: the newest that had begun to apply, or the first of
/// all where none had.
pub fn applying(versions: &[PolicyVersion], date: Day) -> Option<&PolicyVersion> {
    let begun = versions
        .iter()
        .rfind(|version| version.applies_from <= date);
    begun.or_else(|| versions.iter().min_by_key(|version| version.applies_from))
}

/// The stored bytes of a record.
///
/// # Errors
/// [`Fault`] if the record has no JSON form, which none of this crate's lacks.
pub fn encode<R: Serialize>(record: &R) -> Result<Vec<u8>, Fault> {
    serde_json::to_vec(record).map_err(|error| Fault(error.to_string()))
}

fn decode<R: DeserializeOwned>(table: Table, bytes: &[u8]) -> Result<R, Fault> {
    serde_json::from_slice(bytes).map_err(|error| {
        Fault(format!(
            "table {}: unreadable record: {error}",
            table.name()
        ))
    })
}

/// Pending writes over a state: reads see them.
pub struct Overlay<'a> {
    /// The state beneath.
    pub base: &'a dyn Read,
    /// What has been written over it.
    pub batch: &'a Batch,
}

impl Read for Overlay<'_> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        match self.batch.pending(table, key) {
            Some(pending) => Ok(pending.map(<[u8]>::to_vec)),
            None => self.base.get(table, key),
        }
    }

    fn range(
        &self,
        table: Table,
        from: &[u8],
        until: &[u8],
        limit: usize,
    ) -> Result<Vec<Row>, Fault> {
        let mut rows = self.merged(table, from, until)?;
        rows.truncate(limit);
        Ok(rows)
    }

    fn range_back(
        &self,
        table: Table,
        from: &[u8],
        until: &[u8],
        limit: usize,
    ) -> Result<Vec<Row>, Fault> {
        let mut rows = self.merged(table, from, until)?;
        rows.reverse();
        rows.truncate(limit);
        Ok(rows)
    }
}

impl Overlay<'_> {
    /// Ranges of state are short: whole prefixes of one object's rows.
    fn merged(&self, table: Table, from: &[u8], until: &[u8]) -> Result<Vec<Row>, Fault> {
        let base = self.base.range(table, from, until, usize::MAX)?;
        let mut rows: alloc::collections::BTreeMap<Vec<u8>, Vec<u8>> = base.into_iter().collect();
        for (key, value) in self.batch.pending_range(table, from, until) {
            match value {
                Some(value) => rows.insert(key.to_vec(), value.to_vec()),
                None => rows.remove(key),
            };
        }
        Ok(rows.into_iter().collect())
    }
}

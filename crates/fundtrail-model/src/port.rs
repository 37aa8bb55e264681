//! The two ports through which the kernel meets a storage: [`Read`] and [`Commit`].
//!
//! A storage knows tables and bytes, never what they mean. Absent on purpose:
//! any notion of a rule, of JSON, or of a file.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// A row: its key and its value.
pub type Row = (Vec<u8>, Vec<u8>);

/// Declares [`Table`], its names and its list in one place.
macro_rules! tables {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// A table of the ledger. Every table is one column family; keys sort as bytes,
        /// so numbers in keys are big-endian.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Table { $($(#[doc = $doc])+ $variant,)+ }

        impl Table {
            /// Every table, in the order of declaration.
            pub const ALL: &'static [Table] = &[$(Table::$variant,)+];

            /// The stable name, used as the column family's name.
            pub const fn name(self) -> &'static str {
                match self { $(Table::$variant => $name,)+ }
            }
        }
    };
}

tables! {
    /// Facts about the storage itself: `schema` → the version as decimal text;
    /// `published_before` → the size (u64) published before witnesses were asked for;
    /// `history` → the form of `versions` and `days`, as decimal text.
    Meta = "meta",
    /// Entry index (u64) → the entry's exact bytes.
    Entries = "entries",
    /// Tree node (level u8, index u64) → 32 bytes.
    Nodes = "nodes",
    /// Transaction id → entry index (u64) and SHA-256 of the payload (32 bytes).
    Ids = "ids",
    /// Tree size (u64) → the checkpoint the log signed for it, with the log's line only.
    Checkpoints = "checkpoints",
    /// Tree size (u64) → the same checkpoint with the verified lines of its witnesses, once
    /// their quorum is reached. Outside the log; lines are added, never taken away.
    Witnessed = "witnessed",
    /// Disclosure digest (text) → what was disclosed. Outside the log; erasable.
    Disclosures = "disclosures",
    /// Draft id → a transaction that collects signatures; and rows that begin with 0x00, by
    /// which drafts are counted and found. Outside the log.
    Drafts = "drafts",
    /// Number (u64) → a submission that was refused, with its figures. Outside the log.
    Refusals = "refusals",
    /// Ledger-wide records: `fund`, `ledger`, and the like.
    Fund = "fund",
    /// Policy version number (u32) → the policy as adopted.
    Policies = "policies",
    /// Calendar name, 0x00, year (u16) → its days off and make-up working days.
    Calendars = "calendars",
    /// Key id → the key record.
    Keys = "keys",
    /// Party id → the party record.
    Parties = "parties",
    /// Account id → the account of the fund at a bank.
    Accounts = "accounts",
    /// Book (passbook of double entry) name → its running balance.
    Books = "books",
    /// Account id, 0x00, day (u32) → the account's net movement on that business date.
    Movements = "movements",
    /// Account id, 0x00, period → the interest credited.
    Interest = "interest",
    /// Borrower tag → the borrower record.
    Borrowers = "borrowers",
    /// Loan id → the loan record.
    Loans = "loans",
    /// Bank, 0x00, borrower tag, 0x00, loan id → nothing: loans found by bank and borrower.
    BankLoans = "bank_loans",
    /// Tag of a sealed identifier that must be unique → the object that holds it.
    Tags = "tags",
    /// Claim id → the claim record.
    Claims = "claims",
    /// Approval number (u64) → claim id: approved claims not yet paid in full, oldest first.
    Queue = "queue",
    /// Recovery id → the recovery record.
    Recoveries = "recoveries",
    /// Clawback order id → the order record.
    Orders = "orders",
    /// Audit engagement, report, review and finding records: `kind`, 0x00, id.
    Filings = "filings",
    /// Calendar year (u16) → management fees paid.
    Fees = "fees",
    /// Alert number (u64) → the alert record.
    Alerts = "alerts",
    /// Object name → its number of revisions and its newest entry.
    Heads = "heads",
    /// Object name, 0x00, revision (u64) → entry index (u64).
    Revisions = "revisions",
    /// Seal period → the seal record.
    Seals = "seals",
    /// Transaction id of a reversed money movement → the entry that reversed it.
    Reversed = "reversed",
    /// Transaction id → which of its sealed particulars were erased, and by which entries.
    Erased = "erased",
    /// State table, key and entry, newest entry first → the row's value as that entry left
    /// it. Follows from the entries.
    Versions = "versions",
    /// Business date (u32) → index (u64) of the entry with which the newest date on record
    /// became that one. Follows from the entries.
    Days = "days",
}

/// The machine failed: not the submitter's doing, never part of a verdict.
///
/// A fault in a commit stops the process; starting again is the recovery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault(pub String);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for Fault {}

/// Reads one consistent state of the storage.
pub trait Read {
    /// The value of `key` in `table`, if there is one.
    ///
    /// # Errors
    /// [`Fault`] when the storage cannot be read.
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, Fault>;

    /// At most `limit` rows with `from <= key < until`, in ascending order of keys.
    ///
    /// # Errors
    /// [`Fault`] when the storage cannot be read.
    fn range(
        &self,
        table: Table,
        from: &[u8],
        until: &[u8],
        limit: usize,
    ) -> Result<Vec<Row>, Fault>;

    /// At most `limit` rows with `from <= key < until`, in descending order of keys.
    ///
    /// # Errors
    /// [`Fault`] when the storage cannot be read.
    fn range_back(
        &self,
        table: Table,
        from: &[u8],
        until: &[u8],
        limit: usize,
    ) -> Result<Vec<Row>, Fault>;
}

impl<R: Read + ?Sized> Read for &R {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        (**self).get(table, key)
    }
    fn range(
        &self,
        table: Table,
        from: &[u8],
        until: &[u8],
        limit: usize,
    ) -> Result<Vec<Row>, Fault> {
        (**self).range(table, from, until, limit)
    }
    fn range_back(
        &self,
        table: Table,
        from: &[u8],
        until: &[u8],
        limit: usize,
    ) -> Result<Vec<Row>, Fault> {
        (**self).range_back(table, from, until, limit)
    }
}

/// Writes to be applied together or not at all. The last write to a key wins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    writes: BTreeMap<(Table, Vec<u8>), Option<Vec<u8>>>,
    erased: BTreeSet<Table>,
}

impl Batch {
    /// Sets `key` to `value`.
    pub fn put(&mut self, table: Table, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        self.writes.insert((table, key.into()), Some(value.into()));
    }

    /// Removes `key`.
    pub fn delete(&mut self, table: Table, key: impl Into<Vec<u8>>) {
        self.writes.insert((table, key.into()), None);
    }

    /// Says that what this batch removes or replaces in `table` has to leave the disk, and not
    /// only the answers.
    pub fn erase(&mut self, table: Table) {
        self.erased.insert(table);
    }

    /// The tables of which something has to leave the disk.
    pub fn erased(&self) -> &BTreeSet<Table> {
        &self.erased
    }

    /// Takes over every write of `later`; its writes win.
    pub fn absorb(&mut self, later: Batch) {
        self.writes.extend(later.writes);
        self.erased.extend(later.erased);
    }

    /// The pending write to `key`: `Some(None)` means a removal.
    pub fn pending(&self, table: Table, key: &[u8]) -> Option<Option<&[u8]>> {
        // A borrowed composite key cannot look up an owned one; the copy is short.
        self.writes
            .get(&(table, key.to_vec()))
            .map(Option::as_deref)
    }

    /// The pending writes with `from <= key < until`, in ascending order of keys.
    pub fn pending_range(
        &self,
        table: Table,
        from: &[u8],
        until: &[u8],
    ) -> impl DoubleEndedIterator<Item = (&[u8], Option<&[u8]>)> {
        let until = until.max(from);
        self.writes
            .range((table, from.to_vec())..(table, until.to_vec()))
            .map(|((_, key), value)| (key.as_slice(), value.as_deref()))
    }

    /// Every write, ordered by table and key; `None` is a removal.
    pub fn iter(&self) -> impl Iterator<Item = (Table, &[u8], Option<&[u8]>)> {
        self.writes
            .iter()
            .map(|((table, key), value)| (*table, key.as_slice(), value.as_deref()))
    }

    /// Whether nothing is to be written.
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }
}

/// Applies a [`Batch`] so that after a crash either all of it or none of it is there.
pub trait Commit {
    /// Returns once the batch is durable.
    ///
    /// # Errors
    /// [`Fault`] when durability cannot be promised. What was written is then unknown:
    /// the caller must stop and reopen the storage.
    fn commit(&mut self, batch: &Batch) -> Result<(), Fault>;
}

/// The key just past every key that begins with `prefix`, for use as `until`.
///
/// An empty result means "to the end of the table", which the ports do not accept;
/// prefixes of `0xff` bytes only do not occur in this ledger's keys.
pub fn past_prefix(prefix: &[u8]) -> Vec<u8> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < 0xff {
            end.push(last + 1);
            return end;
        }
    }
    end
}

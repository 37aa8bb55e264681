//! Checking a whole ledger from its entries' bytes, and making what follows from them anew.
//!
//! Start looks at the right edge: the newest entries and the tree's nodes over them, the newest
//! checkpoint, the newest one that witnesses cosigned ([`recovery`](crate::recovery)). Here
//! everything is derived again: each entry's leaf hash and its place in the chain, the tree's
//! nodes, the roots of all checkpoints with their signatures and cosignatures, and by replay
//! every table of state, the ids, the revisions and the history; and the disclosures are
//! compared with the digests that the entries show.
//!
//! Invariants:
//! - nothing is written by [`check`];
//! - whatever is wrong is named: the table, the row, what it should be and what it is;
//! - [`rebuild`] writes nothing unless all entries verify against the newest checkpoint, and
//!   never an entry, a checkpoint or a disclosure;
//! - [`resign`] writes nothing but checkpoints that the log signed before, where these are not
//!   there.
//!
//! Absent on purpose: what only somebody outside can know. A whole ledger that is an older
//! copy of itself is a whole ledger: a checkpoint kept elsewhere, or a witness, says so.

mod beside;
mod derived;
mod drafts;
mod entries;
mod finding;
mod key;
mod notes;
mod rebuild;
mod refusals;
mod resign;
mod table;

use std::collections::BTreeMap;

use fundtrail_kernel::Desk;
use fundtrail_merkle::Hash;
use fundtrail_model::LogPolicy;
use fundtrail_model::note::VerifierKey;
use fundtrail_model::port::{Read, Table};
use serde::Serialize;

use crate::known::{KnownCheckpoint, KnownError};
use crate::recovery::recover;

pub use finding::{Code, FINDINGS_MAX, Finding};
pub use rebuild::{NotRebuilt, Rebuilt, rebuild};
pub use resign::resign;

use derived::Derived;
use entries::Log;
use finding::Findings;

/// What a ledger is checked with: what its node is started with.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// The origin, the log's key and the tag key.
    pub desk: &'a Desk,
    /// The log's key again, to verify with.
    pub log_key: &'a VerifierKey,
    /// The witnesses and their quorum, if there are any.
    pub policy: Option<&'a LogPolicy>,
    /// Keys of witnesses that the policy does not name any more.
    pub witnesses: &'a [VerifierKey],
    /// The storage's schema version, where the storage keeps one.
    pub schema: Option<u32>,
    /// Checkpoints of this ledger that were kept elsewhere.
    pub kept: &'a [KnownCheckpoint],
}

impl Known<'_> {
    /// The keys of all witnesses.
    fn witness_keys(&self) -> Vec<VerifierKey> {
        let named = self.policy.map_or(&[][..], LogPolicy::witnesses);
        let mut keys: Vec<VerifierKey> = self.witnesses.to_vec();
        keys.extend(named.iter().map(|witness| witness.key.clone()));
        keys
    }
}

/// What a check found.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Number of entries: as the newest checkpoint says, or as many as are there in a row.
    pub size: u64,
    /// Root of the tree over them, where it can be derived: 64 hex digits.
    pub root: Option<String>,
    /// Number of rows looked at, by table.
    pub rows: BTreeMap<&'static str, u64>,
    /// What is wrong, [`FINDINGS_MAX`] at most.
    pub findings: Vec<Finding>,
    /// How many more things are wrong.
    pub more: u64,
    /// How many there are of each sort, with those that are not listed.
    #[serde(skip)]
    pub counts: BTreeMap<Code, u64>,
}

impl Report {
    /// Whether nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Checks everything that `read` holds. Takes memory in the order of the ledger's size.
pub fn check(read: &dyn Read, known: Known<'_>) -> Report {
    let mut findings = Findings::default();
    if let Err(error) = recover(read, known.desk, known.log_key) {
        findings.add(Code::StartRefused, None, error.to_string());
    }
    let log = Log::follow(read, known, &mut findings);
    let derived = Derived::replay(read, &log, known, &mut findings);
    let mut rows = BTreeMap::new();
    for table in Table::ALL {
        let count = check_table(read, *table, &log, &derived, known, &mut findings);
        rows.insert(table.name(), count);
    }
    check_kept(read, known, &mut findings);
    let counts = findings.counts().clone();
    let (findings, more) = findings.into_parts();
    Report {
        size: log.size,
        root: log.root().as_ref().map(Hash::to_hex),
        rows,
        findings,
        more,
        counts,
    }
}

/// Holds the ledger against what somebody outside kept: the only ones who know of a newer one.
fn check_kept(read: &dyn Read, known: Known<'_>, findings: &mut Findings) {
    for kept in known.kept {
        let Err(error) = kept.compare(read) else {
            continue;
        };
        let code = match &error {
            KnownError::Shorter { .. } => Code::ShorterThanKnown,
            KnownError::Differs { .. } => Code::DiffersFromKnown,
            _ => Code::Unreadable,
        };
        findings.add(code, None, error.to_string());
    }
}

/// Checks one table, and says how many rows it has.
fn check_table(
    read: &dyn Read,
    table: Table,
    log: &Log,
    derived: &Derived,
    known: Known<'_>,
    findings: &mut Findings,
) -> u64 {
    match table {
        Table::Entries => entries::check_keys(read, log, findings),
        Table::Nodes => match log.nodes() {
            Some(nodes) => table::compare(read, table, nodes, findings),
            None => table::count(read, table, findings),
        },
        Table::Meta => beside::check_meta(read, log, derived, known, findings),
        Table::Checkpoints => notes::check_checkpoints(read, log, known, findings),
        Table::Witnessed => notes::check_witnessed(read, log, known, findings),
        Table::Disclosures => beside::check_disclosures(read, derived, findings),
        Table::Drafts => drafts::check(read, known, findings),
        Table::Refusals => refusals::check(read, findings),
        Table::Versions | Table::Days => match derived.history() {
            Some(history) => table::compare(read, table, history, findings),
            None => table::count(read, table, findings),
        },
        _ => match derived.state() {
            Some(state) => table::compare(read, table, state, findings),
            None => table::count(read, table, findings),
        },
    }
}

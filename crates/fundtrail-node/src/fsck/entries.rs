//! The entries' bytes: each there, readable, chained to the one before, and the tree over them.
//!
//! Three places vouch for an entry's bytes: the bytes, the tree's leaf, and the `prev` of the
//! entry after it; for the last one the newest checkpoint. Where they do not agree, the majority
//! says which is wrong, so that one damaged entry does not make all that follow look so.

use fundtrail_kernel::Memory;
use fundtrail_kernel::proofs::{StoredNodes, entry, last_entry};
use fundtrail_merkle::{Frontier, Hash, NodeId, Nodes as _};
use fundtrail_model::Entry;
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::entry::NO_ENTRY;
use fundtrail_model::port::{Batch, Commit as _, Read, Table};
use fundtrail_model::{Malformed, Moment};

use super::Known;
use super::finding::{Code, Findings};
use super::table::{END, Rows};

/// Newest checkpoints that are tried before a ledger is taken to have none.
const CHECKPOINTS_TRIED: usize = 64;

/// The entries as they were found, and the tree over them.
pub(super) struct Log {
    /// How many there should be.
    pub(super) size: u64,
    /// Whether nothing is wrong with any of them.
    pub(super) is_whole: bool,
    /// The root of each size, from 0, as far as the tree could be followed.
    roots: Vec<Hash>,
    /// The tree's nodes.
    nodes: Memory,
    /// When each was recorded, where it could be read.
    pub(super) recorded: Vec<Option<Moment>>,
    /// The size of the newest checkpoint that verified.
    pub(super) newest: Option<(u64, Hash)>,
}

/// An entry as it was read.
struct Found {
    bytes: Vec<u8>,
    entry: Result<Entry, Malformed>,
}

impl Log {
    /// Reads all entries in their order, and names what is wrong with any.
    pub(super) fn follow(read: &dyn Read, known: Known<'_>, findings: &mut Findings) -> Log {
        let newest = newest_checkpoint(read, known);
        let size = newest
            .map_or(0, |(size, _)| size)
            .max(entries_in_a_row(read));
        let before = findings.count();
        let mut log = Log {
            size,
            is_whole: false,
            roots: vec![Frontier::empty().root()],
            nodes: Memory::default(),
            recorded: Vec::new(),
            newest,
        };
        let mut frontier = Frontier::empty();
        let mut last = Some(NO_ENTRY);
        let mut next = if size > 0 {
            find(read, 0, findings)
        } else {
            None
        };
        for index in 0..size {
            let found = next.take();
            if index + 1 < size {
                next = find(read, index + 1, findings);
            }
            let said = next.as_ref().and_then(|found| found.entry.as_ref().ok());
            let said = said.map(|entry| entry.prev);
            if let Some(found) = &found {
                check(index, found, last, findings);
            }
            let entry = found.as_ref().and_then(|found| found.entry.as_ref().ok());
            log.recorded.push(entry.map(|entry| entry.recorded));
            last = log.agreed(read, &frontier, index, found.as_ref(), said, findings);
            if let (Some(leaf), true) = (last, log.roots.len() as u64 == index + 1) {
                log.append(&mut frontier, leaf);
            }
        }
        log.is_whole = findings.count() == before && log.roots.len() as u64 == size + 1;
        log
    }

    /// Root of the tree of all entries, where it could be derived.
    pub(super) fn root(&self) -> Option<Hash> {
        self.root_of(self.size)
    }

    /// Root of the tree of so many entries, where it could be derived.
    pub(super) fn root_of(&self, size: u64) -> Option<Hash> {
        let place = usize::try_from(size).ok()?;
        self.roots.get(place).copied()
    }

    /// The tree's nodes, if all of them could be derived.
    pub(super) fn nodes(&self) -> Option<&Memory> {
        self.root().map(|_| &self.nodes)
    }

    fn append(&mut self, frontier: &mut Frontier, leaf: Hash) {
        let mut batch = Batch::default();
        frontier.append(leaf, |node, hash| {
            batch.put(Table::Nodes, node.key(), hash.as_bytes().to_vec());
        });
        // A memory takes every batch.
        let _ = self.nodes.commit(&batch);
        self.roots.push(frontier.root());
    }

    /// The leaf hash on which most agree. Names an entry that stands against it.
    fn agreed(
        &self,
        read: &dyn Read,
        before: &Frontier,
        index: u64,
        found: Option<&Found>,
        said: Option<Hash>,
        findings: &mut Findings,
    ) -> Option<Hash> {
        let stored = StoredNodes(read).node(NodeId { level: 0, index }).ok();
        let Some(own) = found.map(|found| Hash::leaf(&found.bytes)) else {
            return stored.or(said);
        };
        let root_with = |leaf: Hash| {
            let mut frontier = before.clone();
            frontier.append(leaf, |_, _| {});
            frontier.root()
        };
        let vouches = |leaf: Hash| match (said, self.newest) {
            (Some(said), _) => said == leaf,
            (None, Some((size, root))) => size == index + 1 && root_with(leaf) == root,
            (None, None) => false,
        };
        if stored == Some(own) || vouches(own) {
            return Some(own);
        }
        let other = stored.filter(|stored| vouches(*stored));
        // Only the node stands against the bytes, or nobody else says anything.
        let Some(other) = other else {
            if said.is_some() {
                let detail = format!(
                    "its bytes have the leaf hash {}; the entry after it and the tree say others",
                    own.to_hex()
                );
                findings.add_entry(Code::EntryHash, index, detail);
            }
            return Some(own);
        };
        let detail = format!(
            "expected leaf hash {}, found {}",
            other.to_hex(),
            own.to_hex()
        );
        findings.add_entry(Code::EntryHash, index, detail);
        Some(other)
    }
}

/// Names rows of the table that are no entry of this ledger. Gives the number of rows.
pub(super) fn check_keys(read: &dyn Read, log: &Log, findings: &mut Findings) -> u64 {
    let mut rows = Rows::new(read, Table::Entries);
    while let Some((key, _)) = rows.next_or_named(findings) {
        let index = <[u8; 8]>::try_from(key.as_slice()).map(u64::from_be_bytes);
        if index.is_ok_and(|index| index < log.size) {
            continue;
        }
        let detail = format!("is there; the ledger has {} entries", log.size);
        findings.add(Code::RowUnexpected, Some((Table::Entries, &key)), detail);
    }
    rows.count
}

fn find(read: &dyn Read, index: u64, findings: &mut Findings) -> Option<Found> {
    match entry(read, index) {
        Ok(Some(bytes)) => Some(Found {
            entry: Entry::parse(&bytes),
            bytes,
        }),
        Ok(None) => {
            findings.add_entry(Code::EntryMissing, index, "is not there");
            None
        }
        Err(fault) => {
            findings.add_entry(Code::Unreadable, index, fault.0);
            None
        }
    }
}

/// `last` is the leaf hash of the entry before, if known.
fn check(index: u64, found: &Found, last: Option<Hash>, findings: &mut Findings) {
    match &found.entry {
        Err(malformed) => findings.add_entry(Code::EntryForm, index, malformed.to_string()),
        Ok(entry) => {
            if entry.index != index {
                let detail = format!("says that it is entry {}", entry.index);
                findings.add_entry(Code::EntryIndex, index, detail);
            }
            if let Some(last) = last.filter(|last| *last != entry.prev) {
                let (expected, found) = (last.to_hex(), entry.prev.to_hex());
                let detail = format!("expected prev {expected}, found {found}");
                findings.add_entry(Code::EntryChain, index, detail);
            }
        }
    }
}

/// The newest checkpoint that the log signed for the size under which it is stored.
fn newest_checkpoint(read: &dyn Read, known: Known<'_>) -> Option<(u64, Hash)> {
    let rows = read.range_back(Table::Checkpoints, &[], END, CHECKPOINTS_TRIED);
    rows.unwrap_or_default()
        .into_iter()
        .find_map(|(key, note)| {
            let opened = Checkpoint::open(&note, known.log_key.name(), known.log_key);
            let (checkpoint, _) = opened.ok()?;
            let size = u64::from_be_bytes(key.try_into().ok()?);
            (checkpoint.size() == size).then(|| (size, checkpoint.root()))
        })
}

/// How many entries there are from the first on without a gap.
fn entries_in_a_row(read: &dyn Read) -> u64 {
    // All of them, if as many rows are there as the last one says.
    if let Ok(None) = last_entry(read) {
        return 0;
    }
    let mut rows = Rows::new(read, Table::Entries);
    let mut next: u64 = 0;
    while let Ok(Some((key, _))) = rows.next() {
        if key == next.to_be_bytes() {
            next += 1;
        } else {
            break;
        }
    }
    next
}

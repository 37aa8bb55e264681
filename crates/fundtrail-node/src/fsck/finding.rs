//! What is wrong, where, what should be there and what is.
//!
//! Codes are stable. Absent: the content of disclosures and drafts, which must not reach a
//! screen or a log file.

use std::collections::BTreeMap;

use fundtrail_model::port::Table;
use serde::Serialize;

use super::key;

/// The most findings that are kept; further ones are counted.
pub const FINDINGS_MAX: usize = 10_000;

/// Declares [`Code`] and its texts in one place.
macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $code:literal,)+) => {
        /// What sort of thing is wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code { $($(#[doc = $doc])+ $variant,)+ }

        impl Code {
            /// The stable code.
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $code,)+ }
            }
        }
    };
}

codes! {
    /// A node does not start on this ledger; its words.
    StartRefused = "START_REFUSED",
    /// The storage cannot read a row or the rest of a table.
    Unreadable = "UNREADABLE",
    /// A row that follows from the entries is not there.
    RowMissing = "ROW_MISSING",
    /// A row is not what follows from the entries.
    RowDiffers = "ROW_DIFFERS",
    /// A row is there that does not follow from the entries, or has no place in its table.
    RowUnexpected = "ROW_UNEXPECTED",
    /// An entry is not there.
    EntryMissing = "ENTRY_MISSING",
    /// An entry's bytes are not an entry.
    EntryForm = "ENTRY_FORM",
    /// An entry says another index than it is stored under.
    EntryIndex = "ENTRY_INDEX",
    /// An entry's bytes are not those that the tree and the next entry have the hash of.
    EntryHash = "ENTRY_HASH",
    /// An entry does not carry the leaf hash of the entry before it.
    EntryChain = "ENTRY_CHAIN",
    /// The rules, applied anew, do not give this entry; or a signature in it does not verify.
    EntryReplay = "ENTRY_REPLAY",
    /// A checkpoint is not there.
    CheckpointMissing = "CHECKPOINT_MISSING",
    /// A checkpoint is not one that the log signed.
    CheckpointInvalid = "CHECKPOINT_INVALID",
    /// A checkpoint is stored under another size than it states.
    CheckpointSize = "CHECKPOINT_SIZE",
    /// A checkpoint has another root than the tree of its size.
    CheckpointRoot = "CHECKPOINT_ROOT",
    /// A cosigned checkpoint is not one that the log signed.
    WitnessedInvalid = "WITNESSED_INVALID",
    /// A cosigned checkpoint is stored under another size than it states.
    WitnessedSize = "WITNESSED_SIZE",
    /// A cosigned checkpoint has another root than the tree of its size.
    WitnessedRoot = "WITNESSED_ROOT",
    /// A cosigned checkpoint is another text than the checkpoint of its size.
    WitnessedText = "WITNESSED_TEXT",
    /// A witness's line does not verify.
    WitnessedLine = "WITNESSED_LINE",
    /// A line is by a key that is not known here.
    WitnessedKey = "WITNESSED_KEY",
    /// The newest cosigned checkpoint has too few lines for the policy's quorum.
    WitnessedQuorum = "WITNESSED_QUORUM",
    /// A checkpoint that was kept elsewhere is of more entries than there are.
    ShorterThanKnown = "SHORTER_THAN_KNOWN",
    /// A checkpoint that was kept elsewhere has another root than the tree of its size.
    DiffersFromKnown = "DIFFERS_FROM_KNOWN",
    /// What was disclosed is not there, and was not erased.
    DisclosureMissing = "DISCLOSURE_MISSING",
    /// What was disclosed is not what the digest is of.
    DisclosureDigest = "DISCLOSURE_DIGEST",
    /// Something disclosed is there that no entry seals, or that was erased.
    DisclosureUnexpected = "DISCLOSURE_UNEXPECTED",
    /// A draft is not readable, or not of this ledger.
    DraftForm = "DRAFT_FORM",
    /// A signature of a draft does not verify.
    DraftSignature = "DRAFT_SIGNATURE",
    /// A draft discloses something that it does not seal, or keeps what it must not.
    DraftDisclosure = "DRAFT_DISCLOSURE",
    /// The rows by which drafts are counted and found do not fit them.
    DraftRows = "DRAFT_ROWS",
    /// A refused submission is not readable.
    RefusalForm = "REFUSAL_FORM",
    /// A refused submission between others is not there.
    RefusalMissing = "REFUSAL_MISSING",
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What sort of thing.
    pub code: Code,
    /// The table, where it is about one.
    pub table: Option<&'static str>,
    /// The row's key in readable form, where it is about one.
    pub key: Option<String>,
    /// A sentence: what should be there, and what is.
    pub detail: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code.as_str())?;
        if let Some(table) = self.table {
            write!(f, " {table}")?;
        }
        if let Some(key) = &self.key {
            write!(f, " {key}")?;
        }
        write!(f, ": {}", self.detail)
    }
}

/// The findings of a check.
#[derive(Debug, Default)]
pub(super) struct Findings {
    kept: Vec<Finding>,
    more: u64,
    counts: BTreeMap<Code, u64>,
}

impl Findings {
    /// Adds one that may be about a row.
    pub(super) fn add(
        &mut self,
        code: Code,
        row: Option<(Table, &[u8])>,
        detail: impl Into<String>,
    ) {
        *self.counts.entry(code).or_default() += 1;
        if self.kept.len() >= FINDINGS_MAX {
            self.more += 1;
            return;
        }
        self.kept.push(Finding {
            code,
            table: row.map(|(table, _)| table.name()),
            key: row.map(|(table, key)| key::readable(table, key)),
            detail: detail.into(),
        });
    }

    /// Adds one about an entry.
    pub(super) fn add_entry(&mut self, code: Code, index: u64, detail: impl Into<String>) {
        self.add(code, Some((Table::Entries, &index.to_be_bytes())), detail);
    }

    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        self.more + self.kept.len() as u64
    }

    /// How many there are of each sort.
    pub(super) fn counts(&self) -> &BTreeMap<Code, u64> {
        &self.counts
    }

    /// Those that are kept, and how many more there are.
    pub(super) fn into_parts(self) -> (Vec<Finding>, u64) {
        (self.kept, self.more)
    }
}

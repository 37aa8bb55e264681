//! What an audit has to say: verdicts, findings, figures, and what no ledger can prove.
//!
//! A report prints as text ([`std::fmt::Display`]) and as JSON (its `Serialize`); both say
//! the same.

mod text;

use std::collections::BTreeMap;

use fundtrail_merkle::Hash;
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::log_policy::Cosigned;
use fundtrail_model::{Amount, Moment, amount};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::finding::Findings;
use crate::invariants::{Invariant, Status};
use crate::since::{Continuation, Since};

/// What no ledger can prove, for every report to say.
pub const LIMITS: &[&str] = &[
    "The ledger proves the integrity and rule-conformity of what was recorded and signed, not that \
     the underlying facts are true: documents have to be inspected at the institutions that hold them.",
    "It cannot show what never reached it. A bank may leave out a recovery; money may move outside: \
     bank confirmations and confirmations by borrowers remain necessary.",
    "Eligibility, credit checks and overdue days rest on attestations; only digests of the papers are \
     in the ledger.",
    "What the node found inside sealed particulars (tags, alerts) is taken as recorded; whoever holds \
     the disclosures and the fund's tag key can check it.",
    "A signature shows that a key was used, not who held it at the time.",
    "The recorded time is the node's word; it is only checked not to go back.",
    "This is evidence and recomputation, not an audit opinion.",
];

/// The answer to one of the two questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Yes, for the whole ledger.
    Holds,
    /// No.
    Broken,
    /// As far as it could be judged yes, but not all could be judged.
    Undecided,
}

/// The head of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Number of entries.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Hash,
}

impl Head {
    /// What a checkpoint commits to.
    pub(crate) fn of(checkpoint: &Checkpoint) -> Head {
        Head {
            size: checkpoint.size(),
            root: checkpoint.root(),
        }
    }
}

impl Serialize for Head {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut head = serializer.serialize_struct("Head", 2)?;
        head.serialize_field("size", &self.size)?;
        head.serialize_field("root", &self.root.to_hex())?;
        head.end()
    }
}

/// Figures of what was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Entries.
    pub entries: u64,
    /// Their bytes, without line feeds.
    pub bytes: u64,
    /// Signatures verified, whether or not they hold.
    pub signatures: u64,
    /// Keys the ledger ever knew.
    pub keys: u64,
    /// Postings, in the entries judged for conformity.
    pub postings: u64,
    /// Alerts raised or renewed.
    pub alerts: u64,
    /// When the first entry was recorded.
    pub first_recorded: Option<Moment>,
    /// When the last one was.
    pub last_recorded: Option<Moment>,
    /// Entries of each kind.
    pub kinds: BTreeMap<&'static str, u64>,
}

/// Integrity: are these the entries that were signed, chained, hashed and published?
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Intact {
    /// The answer.
    pub verdict: Verdict,
    /// What stands against it.
    pub findings: Findings,
}

/// Conformity: does the regulation, applied anew, give the same?
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Conforming {
    /// The answer.
    pub verdict: Verdict,
    /// Entries found to conform, from the first on; nothing is said of those after them.
    pub judged: u64,
    /// What stands against it.
    pub findings: Findings,
    /// The invariants at that height.
    pub invariants: Vec<Invariant>,
}

/// A book and its balance at the height that was judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BookTotal {
    /// The book.
    pub book: String,
    /// Debit positive, in yuan.
    #[serde(with = "amount::signed")]
    pub balance: Amount,
}

/// What an audit has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The ledger's origin.
    pub origin: String,
    /// The log's verifier key that was trusted.
    pub log_key: String,
    /// The head of the tree over the entries, as computed.
    pub computed: Head,
    /// The checkpoint's head, if its signature verified.
    pub checkpoint: Option<Head>,
    /// The policy's witnesses that cosigned it.
    pub cosigned: Vec<Cosigned>,
    /// What became of the ledger since a checkpoint kept from earlier.
    pub since: Since,
    /// Figures.
    pub counts: Counts,
    /// The first question.
    pub integrity: Intact,
    /// The second question.
    pub conformity: Conforming,
    /// Balances at the height that was judged.
    pub books: Vec<BookTotal>,
}

impl Report {
    /// Whether nothing was found: both answers are yes.
    pub fn is_clean(&self) -> bool {
        self.integrity.verdict == Verdict::Holds && self.conformity.verdict == Verdict::Holds
    }

    /// What can be said about entries removed or changed since the kept checkpoint.
    pub fn truncation(&self) -> String {
        let size = self.since.kept.map_or(0, |kept| kept.size);
        let parted = match (self.since.verdict, self.since.entry) {
            (_, None) => String::new(),
            (Continuation::Truncated, Some(entry)) => {
                format!(" The first entry that is missing or another one is {entry}.")
            }
            (_, Some(entry)) => format!(" The first entry that is another one is {entry}."),
        };
        match self.since.verdict {
            Continuation::Grew => format!(
                "No entry was removed or changed since the kept checkpoint of {size} entries."
            ),
            Continuation::Truncated => format!(
                "TRUNCATED: the log has fewer entries than the {size} of the kept checkpoint.{parted}"
            ),
            Continuation::Forked => format!(
                "FORKED: the log signed another tree of {size} entries before.{parted} Keep both checkpoints: they prove it."
            ),
            Continuation::Rewritten => format!(
                "REWRITTEN: the first {size} entries are not those of the kept checkpoint.{parted}"
            ),
            Continuation::Unsigned => {
                "The kept checkpoint is not one of this log: see the findings.".into()
            }
            Continuation::NotGiven => {
                "Without a checkpoint kept from an earlier time it cannot be excluded that entries \
                 were removed from the end, or that others are shown another ledger. Keep this checkpoint."
                    .into()
            }
        }
    }

    /// What is open under the invariants that are about duties.
    pub fn exceptions(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let open = self
            .conformity
            .invariants
            .iter()
            .filter(|one| one.status == Status::Exceptions);
        open.flat_map(|one| one.details.iter().map(|detail| (one.id, detail.as_str())))
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut report = serializer.serialize_struct("Report", 13)?;
        report.serialize_field("origin", &self.origin)?;
        report.serialize_field("log_key", &self.log_key)?;
        report.serialize_field("clean", &self.is_clean())?;
        report.serialize_field("computed", &self.computed)?;
        report.serialize_field("checkpoint", &self.checkpoint)?;
        report.serialize_field("cosigned", &self.cosigned)?;
        report.serialize_field("since", &self.since)?;
        report.serialize_field("truncation", &self.truncation())?;
        report.serialize_field("counts", &self.counts)?;
        report.serialize_field("integrity", &self.integrity)?;
        report.serialize_field("conformity", &self.conformity)?;
        report.serialize_field("books", &self.books)?;
        report.serialize_field("limits", LIMITS)?;
        report.end()
    }
}

//! What an audit finds: which check, at which entry, and why.

use std::fmt;

use serde::{Serialize, Serializer};

/// The most findings a report shows of each sort; all of them are counted.
pub const FINDINGS_SHOWN_MAX: usize = 20;

/// Declares [`Check`], its codes and its meanings in one place.
macro_rules! checks {
    ($($variant:ident = $code:literal, $doc:literal;)+) => {
        /// A check of an audit. Codes are stable and never reused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Check { $(#[doc = $doc] $variant,)+ }

        impl Check {
            /// Every check, integrity first.
            pub const ALL: &'static [Check] = &[$(Check::$variant,)+];

            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self { $(Check::$variant => $code,)+ }
            }

            /// What is checked, in a sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(Check::$variant => $doc,)+ }
            }
        }
    };
}

checks! {
    Checkpoint = "CHECKPOINT", "The checkpoint is signed by the log's key, under its origin.";
    Size = "SIZE", "There are as many entries as the checkpoint commits to.";
    Root = "ROOT", "The tree over the entries has the root of the checkpoint.";
    Bundle = "BUNDLE", "The log serves the entries it signed for, each after its length.";
    Kept = "KEPT", "A checkpoint kept from earlier is signed by the log's key.";
    Truncated = "TRUNCATED", "There are as many entries as a kept checkpoint covers.";
    Forked = "FORKED", "The log signed no two trees of the same size.";
    Rewritten = "REWRITTEN", "The first entries are those of a kept checkpoint.";
    LogKey = "LOG_KEY", "The ledger was founded for the log's key.";
    Form = "FORM", "An entry, its transaction and its body are in the one form of the format.";
    Index = "INDEX", "An entry says the index at which it stands.";
    Chain = "CHAIN", "An entry names the leaf hash of the entry before it.";
    Clock = "CLOCK", "The recorded time never goes back.";
    Identity = "ID", "No two entries have the same transaction id.";
    Key = "KEY", "Every signature is by a key that the ledger knew, and had not revoked, at that entry.";
    Signature = "SIGNATURE", "Every signature verifies over the exact payload.";
    Replay = "REPLAY", "The replay can read an entry that every other check accepted.";
    Rule = "RULE", "The regulation, applied anew, accepts the transaction with the same effects.";
    Balance = "BALANCE", "Postings add up to zero and every running balance follows from the one before.";
    Invariant = "INVARIANT", "The invariants I1 to I6 hold for the state that the entries give.";
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl Serialize for Check {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

/// One thing found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The entry, where the finding is about one.
    pub index: Option<u64>,
    /// The check that failed.
    pub check: Check,
    /// What exactly.
    pub detail: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.index {
            Some(index) => write!(f, "entry {index}: {}: {}", self.check, self.detail),
            None => write!(f, "{}: {}", self.check, self.detail),
        }
    }
}

/// Findings in the order found: the first of them, and the number of all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Findings {
    total: u64,
    first: Vec<Finding>,
}

impl Findings {
    /// Counts a finding, and keeps it if it is among the first.
    pub(crate) fn push(&mut self, finding: Finding) {
        self.total += 1;
        if self.first.len() < FINDINGS_SHOWN_MAX {
            self.first.push(finding);
        }
    }

    /// Number of findings.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The first of them, at most [`FINDINGS_SHOWN_MAX`].
    pub fn first(&self) -> &[Finding] {
        &self.first
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// Whether one of the first findings is of that check.
    pub fn has(&self, check: Check) -> bool {
        self.first.iter().any(|finding| finding.check == check)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct() {
        let mut codes: Vec<&str> = Check::ALL.iter().map(|check| check.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Check::ALL.len());
    }

    #[test]
    fn all_findings_are_counted_and_the_first_are_kept() {
        let mut findings = Findings::default();
        assert!(findings.is_empty());
        for index in 0..50 {
            let detail = String::from("broken");
            findings.push(Finding {
                index: Some(index),
                check: Check::Chain,
                detail,
            });
        }
        assert_eq!(findings.total(), 50);
        assert_eq!(findings.first().len(), FINDINGS_SHOWN_MAX);
        assert_eq!(findings.first()[0].to_string(), "entry 0: CHAIN: broken");
        assert!(findings.has(Check::Chain) && !findings.has(Check::Root));
    }
}

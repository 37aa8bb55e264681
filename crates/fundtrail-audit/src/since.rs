//! What became of a ledger since a checkpoint that somebody kept: it grew, or the log broke
//! its word.
//!
//! A log may only ever add. Whoever kept one checkpoint can hold it to that: the first
//! entries must be those of the kept tree, and no tree of the same size may have another
//! root. Entries kept along with it say where two histories part.

use fundtrail_merkle::{Hash, root_of};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::export::Export;
use crate::finding::{Check, Finding};
use crate::report::Head;

/// A checkpoint kept from earlier, and the leaf hashes of its entries if those were kept
/// too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The signed checkpoint, verbatim.
    pub checkpoint: Vec<u8>,
    /// The leaf hashes of its entries; empty when only the checkpoint was kept.
    pub leaves: Vec<Hash>,
}

impl Kept {
    /// A checkpoint alone.
    pub fn of_checkpoint(checkpoint: Vec<u8>) -> Kept {
        Kept {
            checkpoint,
            leaves: Vec::new(),
        }
    }

    /// An earlier export.
    pub fn of_export(export: Export) -> Kept {
        Kept {
            leaves: export.leaves().collect(),
            checkpoint: export.checkpoint,
        }
    }
}

/// What became of the ledger since the kept checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Continuation {
    /// The first entries are those of the kept checkpoint; others may have followed.
    Grew,
    /// The kept checkpoint covers more entries than are here.
    Truncated,
    /// The log signed two trees of the same size.
    Forked,
    /// The first entries are not those of the kept checkpoint.
    Rewritten,
    /// The kept checkpoint is not signed by the log.
    Unsigned,
    /// None was given.
    NotGiven,
}

/// What can be said about the time since the kept checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since {
    /// What became of the ledger.
    pub verdict: Continuation,
    /// The kept checkpoint's head, if its signature verified.
    pub kept: Option<Head>,
    /// The first entry that is another one now, or is missing, where it is known.
    pub entry: Option<u64>,
}

impl Since {
    /// Without a kept checkpoint.
    pub(crate) const NOT_GIVEN: Since = Since {
        verdict: Continuation::NotGiven,
        kept: None,
        entry: None,
    };

    /// With one that the log did not sign.
    pub(crate) const UNSIGNED: Since = Since {
        verdict: Continuation::Unsigned,
        kept: None,
        entry: None,
    };
}

impl Serialize for Since {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut since = serializer.serialize_struct("Since", 4)?;
        since.serialize_field("verdict", &self.verdict)?;
        since.serialize_field("size", &self.kept.map(|kept| kept.size))?;
        since.serialize_field("root", &self.kept.map(|kept| kept.root.to_hex()))?;
        since.serialize_field("entry", &self.entry)?;
        since.end()
    }
}

/// The ledger as it is now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Now {
    /// The head that the log signed, if its signature verified.
    pub(crate) checkpoint: Option<Head>,
    /// Number of entries that are here.
    pub(crate) size: u64,
    /// The root over as many of them as the kept checkpoint covers, if there are so many.
    pub(crate) root: Option<Hash>,
    /// The first entry whose leaf hash is another than the kept one.
    pub(crate) difference: Option<u64>,
}

/// Compares the ledger as it is now with a kept head that the log signed.
pub(crate) fn judge(kept: Head, now: &Now) -> (Since, Vec<Finding>) {
    let size = kept.size;
    let here = now
        .checkpoint
        .map_or(now.size, |head| head.size.min(now.size));
    let other = now
        .checkpoint
        .filter(|head| head.size == size && head.root != kept.root);
    let mut findings = Vec::new();
    let mut found = |verdict, check, index: Option<u64>, detail| {
        findings.push(Finding {
            index,
            check,
            detail,
        });
        Since {
            verdict,
            kept: Some(kept),
            entry: index,
        }
    };
    let since = if here < size {
        if let Some(index) = now.difference {
            let detail = "it is not the entry that was kept".into();
            found(
                Continuation::Rewritten,
                Check::Rewritten,
                Some(index),
                detail,
            );
        }
        let detail = format!("the kept checkpoint covers {size} entries, only {here} are here");
        let missing = found(Continuation::Truncated, Check::Truncated, None, detail);
        Since {
            entry: now.difference.or(Some(here)),
            ..missing
        }
    } else if let Some(other) = other {
        let (kept, other) = (kept.root.to_hex(), other.root.to_hex());
        let detail = format!(
            "the log signed two trees of {size} entries: root {kept} is kept, root {other} is here"
        );
        found(Continuation::Forked, Check::Forked, now.difference, detail)
    } else if now.root != Some(kept.root) {
        let kept = kept.root.to_hex();
        let root = now.root.map_or("unknown".into(), |root| root.to_hex());
        let detail = format!(
            "the first {size} entries are not those of the kept checkpoint: their root is {root}, it says {kept}"
        );
        found(
            Continuation::Rewritten,
            Check::Rewritten,
            now.difference,
            detail,
        )
    } else {
        Since {
            verdict: Continuation::Grew,
            kept: Some(kept),
            entry: None,
        }
    };
    (since, findings)
}

/// The kept leaf hashes, if they are those of the kept tree: others say nothing.
pub(crate) fn own_leaves(kept: Head, leaves: &[Hash]) -> &[Hash] {
    let are_its_own = leaves.len() as u64 == kept.size && root_of(leaves) == kept.root;
    if are_its_own { leaves } else { &[] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(names: &str) -> Vec<Hash> {
        names.bytes().map(|name| Hash::leaf(&[name])).collect()
    }

    fn head(names: &str) -> Head {
        Head {
            size: names.len() as u64,
            root: root_of(&leaves(names)),
        }
    }

    /// The verdict and findings for trees of one-letter entries.
    fn judged(
        kept: &str,
        signed: &str,
        here: &str,
        with_entries: bool,
    ) -> (Continuation, Option<u64>, Vec<String>) {
        let kept_leaves = if with_entries {
            leaves(kept)
        } else {
            Vec::new()
        };
        let own = leaves(here);
        let difference = kept_leaves.iter().zip(&own).position(|(a, b)| a != b);
        let now = Now {
            checkpoint: Some(head(signed)),
            size: own.len() as u64,
            root: own.get(..kept.len()).map(root_of),
            difference: difference.map(|index| index as u64),
        };
        let (since, findings) = judge(head(kept), &now);
        assert_eq!(since.kept, Some(head(kept)));
        let shown = |one: &Finding| match one.index {
            Some(index) => format!("{} at {index}", one.check),
            None => one.check.to_string(),
        };
        (
            since.verdict,
            since.entry,
            findings.iter().map(shown).collect(),
        )
    }

    #[test]
    fn a_ledger_may_only_grow() {
        use Continuation::{Forked, Grew, Rewritten, Truncated};
        let cases = [
            ("abc", "abc", true, Grew, None, &[][..]),
            ("abc", "abcd", false, Grew, None, &[]),
            ("", "ab", true, Grew, None, &[]),
            ("", "", false, Grew, None, &[]),
            ("abc", "ab", false, Truncated, Some(2), &["TRUNCATED"]),
            ("abc", "ab", true, Truncated, Some(2), &["TRUNCATED"]),
            ("abc", "", true, Truncated, Some(0), &["TRUNCATED"]),
            (
                "abc",
                "xb",
                true,
                Truncated,
                Some(0),
                &["REWRITTEN at 0", "TRUNCATED"],
            ),
            ("abc", "xb", false, Truncated, Some(2), &["TRUNCATED"]),
            ("abc", "abx", false, Forked, None, &["FORKED"]),
            ("abc", "axc", true, Forked, Some(1), &["FORKED at 1"]),
            ("abc", "abxd", false, Rewritten, None, &["REWRITTEN"]),
            ("abc", "acbd", true, Rewritten, Some(1), &["REWRITTEN at 1"]),
        ];
        for (kept, now, entries, verdict, entry, findings) in cases {
            let found = judged(kept, now, now, entries);
            let expected = findings.iter().map(ToString::to_string).collect();
            assert_eq!(found, (verdict, entry, expected), "{kept} {now}");
        }
    }

    #[test]
    fn what_was_damaged_here_is_not_called_a_fork() {
        // The log's two checkpoints agree: the entries here are not the log's.
        let (verdict, entry, findings) = judged("abc", "abc", "abx", true);
        assert_eq!((verdict, entry), (Continuation::Rewritten, Some(2)));
        assert_eq!(findings, ["REWRITTEN at 2"]);
        // The log signed less than before, whatever lies here.
        let (verdict, _, findings) = judged("abc", "ab", "abc", false);
        assert_eq!(verdict, Continuation::Truncated);
        assert_eq!(findings, ["TRUNCATED"]);
    }

    #[test]
    fn kept_entries_count_only_if_they_are_the_kept_trees() {
        assert_eq!(own_leaves(head("abc"), &leaves("abc")), leaves("abc"));
        for others in ["", "ab", "abx", "abcd"] {
            assert_eq!(own_leaves(head("abc"), &leaves(others)), []);
        }
    }
}

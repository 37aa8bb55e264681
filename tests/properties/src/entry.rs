//! Entries: the leaves of the tree.

use fundtrail_kernel::replay::{Finding, Replay};
use fundtrail_merkle::Hash;
use fundtrail_model::Entry;
use fundtrail_model::entry::{ENTRY_BYTES_MAX, NO_ENTRY};

use crate::envelope::assert_malformed;
use crate::grounds::{grounds, sure};

/// What reads as an entry is written in its one form, so that no two texts are one entry; and
/// a ledger begins with nothing but a genesis whose founders signed it.
pub fn entry(bytes: &[u8]) {
    let entry = match Entry::parse(bytes) {
        Ok(entry) => entry,
        Err(malformed) => return assert_malformed(&malformed),
    };
    assert!(bytes.len() <= ENTRY_BYTES_MAX && !bytes.contains(&b'\n'));
    assert_eq!(entry.to_bytes(), bytes, "another form of the same entry");
    let grounds = grounds();
    let at = usize::try_from(entry.index).ok();
    let own = at.and_then(|at| grounds.entries.get(at));
    if own.is_some_and(|own| own != bytes) {
        let leaf = at.and_then(|at| grounds.leaves.get(at));
        assert_ne!(leaf, Some(&Hash::leaf(bytes)), "two entries with one leaf");
    }
    let mut replay = sure(Replay::new(None));
    match sure(replay.next(bytes)) {
        Ok(first) => {
            assert!(first.index == 0 && first.prev == NO_ENTRY);
            assert_eq!(replay.size(), 1);
            assert!(!first.envelope.signatures.is_empty());
        }
        Err(Finding::Integrity { index, what } | Finding::Conformity { index, what }) => {
            assert!(index == 0 && !what.is_empty());
            assert_eq!(replay.size(), 0, "a replay that refused an entry took it");
        }
    }
}

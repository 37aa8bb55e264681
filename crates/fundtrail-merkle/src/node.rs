//! The nodes that are stored, and where they are read from.
//!
//! Invariant: only roots of perfect subtrees are nodes; they are written once and never change.
//! Absent: how they are stored.

use alloc::collections::BTreeMap;

use crate::Hash;

/// One stored node: the root of the perfect subtree of 2^`level` leaves that begins at leaf
/// `index` · 2^`level`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct NodeId {
    /// Height above the leaves, 0 to 63.
    pub level: u8,
    /// Position within the level, from 0.
    pub index: u64,
}

impl NodeId {
    /// The storage key: level, then index big-endian. The rows of one level are contiguous, so a
    /// tile is one range.
    #[must_use]
    pub fn key(self) -> [u8; 9] {
        let mut key = [self.level; 9];
        key[1..].copy_from_slice(&self.index.to_be_bytes());
        key
    }
}

/// Where nodes are read from.
pub trait Nodes {
    /// Why a node could not be read.
    type Error;

    /// Reads one node.
    ///
    /// # Errors
    ///
    /// The store failed, or does not hold the node.
    fn node(&self, id: NodeId) -> Result<Hash, Self::Error>;
}

impl<N: Nodes + ?Sized> Nodes for &N {
    type Error = N::Error;

    fn node(&self, id: NodeId) -> Result<Hash, N::Error> {
        (**self).node(id)
    }
}

/// Nodes in memory; the error is the node that is missing.
impl Nodes for BTreeMap<NodeId, Hash> {
    type Error = NodeId;

    fn node(&self, id: NodeId) -> Result<Hash, NodeId> {
        self.get(&id).copied().ok_or(id)
    }
}

/// The perfect subtrees that make up the leaves `start..end`, smallest and rightmost first.
///
/// `start` is a multiple of the largest of them, as it is for every subtree of RFC 9162 §2.1.
pub(crate) fn perfect_subtrees(start: u64, end: u64) -> impl DoubleEndedIterator<Item = NodeId> {
    let count = end.saturating_sub(start);
    (0..64_u8)
        .filter(move |level| (count >> level) & 1 == 1)
        .map(move |level| NodeId {
            level,
            // The subtree at `level` comes after all that are larger: clear its own bit.
            index: (start >> level) + ((count >> level) ^ 1),
        })
}

#[cfg(test)]
mod tests {
    use alloc::{vec, vec::Vec};

    use super::*;

    #[test]
    fn keys_sort_by_level_and_then_by_index() {
        let id = NodeId {
            level: 8,
            index: 0x0102_0304_0506_0708,
        };
        assert_eq!(id.key(), [8, 1, 2, 3, 4, 5, 6, 7, 8]);

        let ids: Vec<NodeId> = [(0, 255), (0, 256), (0, u64::MAX), (1, 0), (63, 1)]
            .map(|(level, index)| NodeId { level, index })
            .to_vec();
        assert!(ids.is_sorted_by(|a, b| a < b));
        assert!(ids.is_sorted_by(|a, b| a.key() < b.key()));
    }

    #[test]
    fn subtrees_cover_their_leaves_without_gap() {
        let cases = [
            (0, 0),
            (0, 7),
            (8, 13),
            (12, 13),
            (0, u64::MAX),
            (1 << 63, u64::MAX),
        ];
        for (start, end) in cases {
            let mut position = start;
            for id in perfect_subtrees(start, end).rev() {
                assert_eq!(id.index << id.level, position);
                position += 1 << id.level;
            }
            assert_eq!(position, end);
        }
        assert_eq!(perfect_subtrees(0, 6).collect::<Vec<_>>(), {
            vec![NodeId { level: 1, index: 2 }, NodeId { level: 2, index: 0 }]
        });
    }
}

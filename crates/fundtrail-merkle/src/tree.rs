//! The root of a tree, from stored nodes or from leaves in memory.
//!
//! Invariant: the root is a function of the leaves alone. Absent: proofs.

use crate::node::perfect_subtrees;
use crate::{Frontier, Hash, Nodes};

/// The root of the tree of `size` leaves (RFC 9162 §2.1.1). Reads at most 64 nodes.
///
/// # Errors
///
/// A node could not be read.
pub fn root<N: Nodes>(size: u64, nodes: &N) -> Result<Hash, N::Error> {
    subtree_root(0, size, nodes)
}

/// The root of the tree over these leaf hashes (RFC 9162 §2.1.1).
#[must_use]
pub fn root_of(leaves: &[Hash]) -> Hash {
    let mut frontier = Frontier::empty();
    for leaf in leaves {
        frontier.append(*leaf, |_, _| {});
    }
    frontier.root()
}

/// The root over the leaves `start..end`, one of the subtrees of RFC 9162 §2.1.
pub(crate) fn subtree_root<N: Nodes>(start: u64, end: u64, nodes: &N) -> Result<Hash, N::Error> {
    let mut root = None;
    for id in perfect_subtrees(start, end) {
        let left = nodes.node(id)?;
        root = Some(match root {
            Some(right) => Hash::node(&left, &right),
            None => left,
        });
    }
    Ok(root.unwrap_or_else(Hash::empty_root))
}

/// Where a tree of `count` leaves divides: the largest power of two below `count`, which is 2 or
/// more (RFC 9162 §2.1.1).
pub(crate) const fn split(count: u64) -> u64 {
    1 << (count - 1).ilog2()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NodeId;

    #[test]
    fn the_left_part_is_the_largest_power_of_two_below() {
        let cases = [(2, 1), (3, 2), (4, 2), (5, 4), (8, 4), (9, 8)];
        for (count, left) in cases {
            assert_eq!(split(count), left);
        }
        assert_eq!(split(1 << 63), 1 << 62);
        assert_eq!(split(u64::MAX), 1 << 63);
    }

    #[test]
    fn a_tree_without_leaves_needs_no_node() {
        struct Nothing;
        impl Nodes for Nothing {
            type Error = NodeId;
            fn node(&self, id: NodeId) -> Result<Hash, NodeId> {
                Err(id)
            }
        }
        assert_eq!(root(0, &Nothing), Ok(Hash::empty_root()));
        assert_eq!(root_of(&[]), Hash::empty_root());
        assert!(root(1, &Nothing).is_err());
    }
}

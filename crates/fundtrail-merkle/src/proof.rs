//! Making proofs: that a leaf is in a tree, and that a tree is a prefix of another.
//!
//! Invariant: a proof made here verifies in [`crate::verify_inclusion`] or
//! [`crate::verify_consistency`]. Absent: who may ask.

use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use crate::tree::{split, subtree_root};
use crate::{Hash, Nodes, root_of};

/// The proof that leaf `index` is in the tree of `size` leaves: the siblings on the way from the
/// leaf to the root (RFC 9162 §2.1.3.1).
///
/// # Errors
///
/// `index` is not below `size`, or a node could not be read.
pub fn inclusion_proof<N: Nodes>(
    index: u64,
    size: u64,
    nodes: &N,
) -> Result<Vec<Hash>, ProofError<N::Error>> {
    if index >= size {
        return Err(ProofError::OutOfRange { asked: index, size });
    }
    siblings(index, size)
        .map(|leaves| subtree_root(leaves.start, leaves.end, nodes).map_err(ProofError::Nodes))
        .rev()
        .collect()
}

/// The proof that leaf `index` is in the tree over these leaf hashes; `None` if there is no such
/// leaf (RFC 9162 §2.1.3.1).
#[must_use]
pub fn inclusion_proof_of(leaves: &[Hash], index: usize) -> Option<Vec<Hash>> {
    let size = leaves.len();
    if index >= size {
        return None;
    }
    siblings(index as u64, size as u64)
        .map(|Range { start, end }| leaves.get(start as usize..end as usize).map(root_of))
        .rev()
        .collect()
}

/// The proof that the tree of `from` leaves is a prefix of the tree of `to` leaves (RFC 9162
/// §2.1.4.1).
///
/// It is empty when there is nothing to prove: `from` is 0 or `to`.
///
/// # Errors
///
/// `from` is above `to`, or a node could not be read.
pub fn consistency_proof<N: Nodes>(
    from: u64,
    to: u64,
    nodes: &N,
) -> Result<Vec<Hash>, ProofError<N::Error>> {
    if from > to {
        return Err(ProofError::OutOfRange {
            asked: from,
            size: to,
        });
    }
    if from == 0 || from == to {
        return Ok(Vec::new());
    }
    // The way down to the last leaf of the old tree ends where a subtree of both trees begins.
    let mut below = 0..to;
    let mut parts = Vec::new();
    while below.end != from {
        let (next, sibling) = descend(below, from - 1);
        parts.push(sibling);
        below = next;
    }
    // A subtree that is the whole old tree is known to the verifier as the old root.
    if below.start != 0 {
        parts.push(below);
    }
    parts
        .into_iter()
        .rev()
        .map(|leaves| subtree_root(leaves.start, leaves.end, nodes).map_err(ProofError::Nodes))
        .collect()
}

/// Why there is no proof.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum ProofError<E> {
    /// The leaf is not in the tree, or the old tree is larger than the new one.
    OutOfRange {
        /// The index of the leaf, or the size of the old tree.
        asked: u64,
        /// The size of the tree the proof was to be made in.
        size: u64,
    },
    /// A node could not be read.
    Nodes(E),
}

impl<E: fmt::Display> fmt::Display for ProofError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ProofError::OutOfRange { asked, size } => {
                write!(f, "{asked} is out of range in a tree of {size} leaves")
            }
            ProofError::Nodes(error) => write!(f, "reading the tree: {error}"),
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for ProofError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            ProofError::OutOfRange { .. } => None,
            ProofError::Nodes(error) => Some(error),
        }
    }
}

/// The subtrees beside the way from the root down to a leaf, the root's child first.
fn siblings(index: u64, size: u64) -> impl DoubleEndedIterator<Item = Range<u64>> {
    let mut below = 0..size;
    let mut siblings = Vec::new();
    while below.end - below.start > 1 {
        let (next, sibling) = descend(below, index);
        siblings.push(sibling);
        below = next;
    }
    siblings.into_iter()
}

/// One step from a subtree of two or more leaves towards a leaf in it: the child that holds the
/// leaf, and the other.
fn descend(Range { start, end }: Range<u64>, index: u64) -> (Range<u64>, Range<u64>) {
    let middle = start + split(end - start);
    if index < middle {
        (start..middle, middle..end)
    } else {
        (middle..end, start..middle)
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;
    use alloc::string::ToString;

    use super::*;
    use crate::NodeId;

    #[test]
    fn what_is_not_in_the_tree_is_not_proved() {
        let nodes = BTreeMap::new();
        for (asked, size) in [(0, 0), (1, 1), (5, 4), (u64::MAX, u64::MAX)] {
            let refused = Err(ProofError::OutOfRange { asked, size });
            assert_eq!(inclusion_proof(asked, size, &nodes), refused);
        }
        for (asked, size) in [(1, 0), (5, 4), (u64::MAX, 1)] {
            let refused = Err(ProofError::OutOfRange { asked, size });
            assert_eq!(consistency_proof(asked, size, &nodes), refused);
        }
        assert_eq!(inclusion_proof_of(&[], 0), None);
        assert_eq!(inclusion_proof_of(&[Hash::leaf(b"")], 1), None);
    }

    #[test]
    fn an_empty_old_tree_and_an_equal_one_need_no_proof() {
        let nodes = BTreeMap::new();
        for (from, to) in [(0, 0), (0, 9), (9, 9), (u64::MAX, u64::MAX)] {
            assert_eq!(consistency_proof(from, to, &nodes), Ok(Vec::new()));
        }
    }

    #[test]
    fn a_missing_node_is_an_error() {
        let nodes = BTreeMap::new();
        let missing = ProofError::Nodes(NodeId { level: 0, index: 1 });
        assert_eq!(inclusion_proof(0, 2, &nodes), Err(missing));
        assert_eq!(consistency_proof(1, 2, &nodes), Err(missing));
    }

    #[test]
    fn errors_say_what_was_asked() {
        let error: ProofError<&str> = ProofError::OutOfRange { asked: 9, size: 4 };
        assert_eq!(error.to_string(), "9 is out of range in a tree of 4 leaves");
        let error = ProofError::Nodes("disk");
        assert_eq!(error.to_string(), "reading the tree: disk");
    }
}

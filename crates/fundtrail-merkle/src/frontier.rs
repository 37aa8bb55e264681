//! The right edge of a tree: appending without reading.
//!
//! Invariant: one hash is held for each set bit of the size. Absent: every node to the left.

use alloc::vec::Vec;

use crate::node::perfect_subtrees;
use crate::{Hash, NodeId, Nodes};

/// The right edge of a tree: the roots of the perfect subtrees that make up its size, largest
/// first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Frontier {
    size: u64,
    roots: Vec<Hash>,
}

impl Frontier {
    /// The right edge of the tree without leaves.
    #[must_use]
    pub const fn empty() -> Frontier {
        Frontier {
            size: 0,
            roots: Vec::new(),
        }
    }

    /// Reads the right edge of the tree of `size` leaves: at most 64 nodes.
    ///
    /// # Errors
    ///
    /// A node could not be read.
    pub fn load<N: Nodes>(size: u64, nodes: &N) -> Result<Frontier, N::Error> {
        let roots = perfect_subtrees(0, size)
            .rev()
            .map(|id| nodes.node(id))
            .collect::<Result<_, _>>()?;
        Ok(Frontier { size, roots })
    }

    /// Appends a leaf hash and gives `put` the nodes this adds: the leaf, then each perfect subtree
    /// it completes, upwards.
    ///
    /// A tree of `u64::MAX` leaves is full and stays as it is; `put` is then not called.
    pub fn append(&mut self, leaf: Hash, mut put: impl FnMut(NodeId, Hash)) {
        let Some(size) = self.size.checked_add(1) else {
            return;
        };
        let mut id = NodeId {
            level: 0,
            index: self.size,
        };
        let mut hash = leaf;
        put(id, hash);
        while id.index & 1 == 1
            && let Some(left) = self.roots.pop()
        {
            hash = Hash::node(&left, &hash);
            id.level += 1;
            id.index >>= 1;
            put(id, hash);
        }
        self.roots.push(hash);
        self.size = size;
    }

    /// The number of leaves.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree (RFC 9162 §2.1.1).
    #[must_use]
    pub fn root(&self) -> Hash {
        self.roots
            .iter()
            .copied()
            .rev()
            .reduce(|right, left| Hash::node(&left, &right))
            .unwrap_or_else(Hash::empty_root)
    }
}

impl Default for Frontier {
    fn default() -> Frontier {
        Frontier::empty()
    }
}

#[cfg(test)]
mod tests {
    use alloc::{vec, vec::Vec};

    use super::*;

    #[test]
    fn an_append_puts_the_leaf_and_what_it_completes() {
        let mut frontier = Frontier::empty();
        let mut put: Vec<Vec<(u8, u64)>> = Vec::new();
        for leaf in 0..4 {
            let mut step = Vec::new();
            frontier.append(Hash::leaf(&[leaf]), |id, _| step.push((id.level, id.index)));
            put.push(step);
        }
        let expected = vec![
            vec![(0, 0)],
            vec![(0, 1), (1, 0)],
            vec![(0, 2)],
            vec![(0, 3), (1, 1), (2, 0)],
        ];
        assert_eq!(put, expected);
    }

    #[test]
    fn a_full_tree_takes_no_leaf() {
        struct Same;
        impl Nodes for Same {
            type Error = ();
            fn node(&self, _: NodeId) -> Result<Hash, ()> {
                Ok(Hash::empty_root())
            }
        }
        let mut put = 0;
        let full = Frontier::load(u64::MAX - 1, &Same).map(|mut frontier| {
            frontier.append(Hash::leaf(b""), |_, _| put += 1);
            let before = frontier.clone();
            frontier.append(Hash::leaf(b""), |_, _| put += 1);
            assert_eq!(frontier, before);
            frontier.size()
        });
        assert_eq!((full, put), (Ok(u64::MAX), 1));
    }
}

//! Checking proofs made by anyone.
//!
//! Invariant: a proof is accepted only if it has exactly the hashes that its sizes call for, and
//! they lead to the given roots. Absent: where the roots come from; trust them first.

use core::fmt;

use crate::Hash;

/// Checks that a leaf is in the tree of `size` leaves with this root (RFC 9162 §2.1.3.2).
///
/// The same proof may verify under several sizes: take `size` and `root` together from a signed
/// checkpoint.
///
/// # Errors
///
/// The proof does not show it.
pub fn verify_inclusion(
    index: u64,
    size: u64,
    leaf: &Hash,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), VerifyError> {
    if index >= size {
        return Err(VerifyError::OutOfRange { asked: index, size });
    }
    let mut way = Way::up_from(index, size);
    let mut hash = *leaf;
    for sibling in proof {
        hash = match way.step()? {
            Side::Left => Hash::node(sibling, &hash),
            Side::Right => Hash::node(&hash, sibling),
        };
    }
    way.end()?;
    if hash != *root {
        return Err(VerifyError::Root);
    }
    Ok(())
}

/// Checks that the tree of `from` leaves with root `from_root` is a prefix of the tree of `to`
/// leaves with root `to_root` (RFC 9162 §2.1.4.2).
///
/// Every tree begins with the empty one, so for `from` 0 no proof exists and none is accepted, not
/// even an empty one: a caller that may meet it has to decide before it asks.
///
/// # Errors
///
/// The proof does not show it, or `from` is 0.
pub fn verify_consistency(
    from: u64,
    to: u64,
    from_root: &Hash,
    to_root: &Hash,
    proof: &[Hash],
) -> Result<(), VerifyError> {
    if from == 0 || from > to {
        return Err(VerifyError::OutOfRange {
            asked: from,
            size: to,
        });
    }
    if from == to {
        return verify_same(from_root, to_root, proof);
    }
    let (from_hash, to_hash) = extend(from, to, from_root, proof)?;
    if from_hash != *from_root {
        return Err(VerifyError::FromRoot);
    }
    if to_hash != *to_root {
        return Err(VerifyError::Root);
    }
    Ok(())
}

/// Why a proof is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum VerifyError {
    /// The leaf is not in the tree; or the old tree is empty, or larger than the new one.
    OutOfRange {
        /// The index of the leaf, or the size of the old tree.
        asked: u64,
        /// The size of the tree.
        size: u64,
    },
    /// The proof has more or fewer hashes than the sizes call for.
    ProofLength,
    /// The proof leads to another root of the old tree.
    FromRoot,
    /// The proof leads to another root of the tree.
    Root,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            VerifyError::OutOfRange { asked, size } => {
                write!(f, "{asked} is out of range in a tree of {size} leaves")
            }
            VerifyError::ProofLength => f.write_str("the proof has the wrong number of hashes"),
            VerifyError::FromRoot => f.write_str("the proof leads to another root of the old tree"),
            VerifyError::Root => f.write_str("the proof leads to another root"),
        }
    }
}

impl core::error::Error for VerifyError {}

/// The roots of both trees that a consistency proof leads to; `0 < from < to`.
fn extend(
    from: u64,
    to: u64,
    from_root: &Hash,
    proof: &[Hash],
) -> Result<(Hash, Hash), VerifyError> {
    // An old tree that is perfect is itself the first hash.
    let (first, rest) = if from.is_power_of_two() {
        (from_root, proof)
    } else {
        proof.split_first().ok_or(VerifyError::ProofLength)?
    };
    let mut way = Way::up_from(from - 1, to);
    way.skip_right_children();
    let (mut from_hash, mut to_hash) = (*first, *first);
    for sibling in rest {
        match way.step()? {
            Side::Left => {
                from_hash = Hash::node(sibling, &from_hash);
                to_hash = Hash::node(sibling, &to_hash);
            }
            Side::Right => to_hash = Hash::node(&to_hash, sibling),
        }
    }
    way.end()?;
    Ok((from_hash, to_hash))
}

/// Two trees of one size are one tree, and there is nothing to prove.
fn verify_same(from_root: &Hash, to_root: &Hash, proof: &[Hash]) -> Result<(), VerifyError> {
    if !proof.is_empty() {
        return Err(VerifyError::ProofLength);
    }
    if from_root != to_root {
        return Err(VerifyError::Root);
    }
    Ok(())
}

/// On which side of the way a proof's next hash joins.
enum Side {
    Left,
    Right,
}

/// The way from a leaf to the root; RFC 9162 calls its members `fn` and `sn`.
struct Way {
    /// The index, at this level, of the node the way has come to.
    here: u64,
    /// The index, at this level, of the last node.
    last: u64,
}

impl Way {
    /// `index` is below `size`.
    const fn up_from(index: u64, size: u64) -> Way {
        Way {
            here: index,
            last: size - 1,
        }
    }

    /// Up to the first level where the way is in a left child.
    const fn skip_right_children(&mut self) {
        while self.here & 1 == 1 {
            self.up();
        }
    }

    /// Up by one hash of the proof.
    const fn step(&mut self) -> Result<Side, VerifyError> {
        if self.last == 0 {
            return Err(VerifyError::ProofLength);
        }
        let side = if self.here & 1 == 1 || self.here == self.last {
            // The last node of a level may have no sibling there: it goes up alone until it has.
            while self.here & 1 == 0 && self.here != 0 {
                self.up();
            }
            Side::Left
        } else {
            Side::Right
        };
        self.up();
        Ok(side)
    }

    /// The proof ends here: is this the root?
    const fn end(&self) -> Result<(), VerifyError> {
        if self.last == 0 {
            Ok(())
        } else {
            Err(VerifyError::ProofLength)
        }
    }

    const fn up(&mut self) {
        self.here >>= 1;
        self.last >>= 1;
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    const HASHES: [Hash; 3] = [Hash([1; 32]), Hash([2; 32]), Hash([3; 32])];

    #[test]
    fn sizes_are_checked_first() {
        let [leaf, root, _] = HASHES;
        for (asked, size) in [(0, 0), (1, 1), (u64::MAX, 0), (u64::MAX, u64::MAX)] {
            let refused = Err(VerifyError::OutOfRange { asked, size });
            assert_eq!(verify_inclusion(asked, size, &leaf, &[], &root), refused);
        }
        for (asked, size) in [(0, 0), (0, 5), (6, 5), (u64::MAX, 0)] {
            let refused = Err(VerifyError::OutOfRange { asked, size });
            let roots = (&root, &root);
            assert_eq!(
                verify_consistency(asked, size, roots.0, roots.1, &[]),
                refused
            );
        }
    }

    #[test]
    fn the_sizes_fix_the_number_of_hashes() {
        let [leaf, root, _] = HASHES;
        let right = |index, size| -> Vec<usize> {
            let wrong = Err(VerifyError::ProofLength);
            let of = |length| [leaf].repeat(length);
            (0..70)
                .filter(|length| verify_inclusion(index, size, &leaf, &of(*length), &root) != wrong)
                .collect()
        };
        assert_eq!(right(0, 1), [0]);
        assert_eq!(right(0, 2), [1]);
        assert_eq!(right(2, 3), [1]);
        assert_eq!(right(5, 7), [3]);
        assert_eq!(right(0, u64::MAX), [64]);
        assert_eq!(right(u64::MAX - 1, u64::MAX), [63]);
        assert_eq!(right(1 << 63, (1 << 63) + 1), [1]);
    }

    #[test]
    fn the_refusal_says_which_root_is_missed() {
        let [a, b, c] = HASHES;
        let refused = |from_root, to_root| verify_consistency(1, 2, &from_root, &to_root, &[b]);
        assert_eq!(refused(a, Hash::node(&a, &b)), Ok(()));
        assert_eq!(refused(a, c), Err(VerifyError::Root));

        let old = Hash::node(&a, &b);
        let new = Hash::node(&old, &c);
        let check = |from_root, to_root| verify_consistency(3, 4, &from_root, &to_root, &HASHES);
        assert_eq!(check(old, new), Err(VerifyError::FromRoot));

        let same = |to_root, proof: &[Hash]| verify_consistency(7, 7, &a, &to_root, proof);
        assert_eq!(same(a, &[]), Ok(()));
        assert_eq!(same(b, &[]), Err(VerifyError::Root));
        assert_eq!(same(a, &[a]), Err(VerifyError::ProofLength));
    }
}

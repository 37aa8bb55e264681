//! The 32-byte hash and the three ways a tree makes one.
//!
//! Invariant: leaves and inner nodes are hashed under different prefixes, so neither can pass for
//! the other. Absent: any other hash function.

use alloc::string::{String, ToString};
use core::fmt;

use sha2::{Digest, Sha256};

const LEAF_PREFIX: [u8; 1] = [0x00];
const NODE_PREFIX: [u8; 1] = [0x01];

/// A SHA-256 hash of a leaf, an inner node or a root.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The hash of a leaf: SHA-256(`00` ‖ data) (RFC 9162 §2.1.1).
    #[must_use]
    pub fn leaf(data: &[u8]) -> Hash {
        sha256(&[&LEAF_PREFIX, data])
    }

    /// The hash of an inner node: SHA-256(`01` ‖ left ‖ right) (RFC 9162 §2.1.1).
    #[must_use]
    pub fn node(left: &Hash, right: &Hash) -> Hash {
        sha256(&[&NODE_PREFIX, &left.0, &right.0])
    }

    /// The root of the tree without leaves: SHA-256 of nothing (RFC 9162 §2.1.1).
    #[must_use]
    pub fn empty_root() -> Hash {
        sha256(&[])
    }

    /// The hash these bytes are, if they are 32.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Hash> {
        bytes.try_into().ok().map(Hash)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The 64 lowercase hexadecimal digits.
    #[must_use]
    pub fn to_hex(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn sha256(parts: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    Hash(hasher.finalize().into())
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn a_hash_prints_as_hexadecimal() {
        let hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let hash = Hash::empty_root();
        assert_eq!(hash.to_hex(), hex);
        assert_eq!(format!("{hash:?}"), hex);
    }

    /// The published example joins two strings that are no hashes.
    #[test]
    fn a_node_is_hashed_as_published() {
        let hex = "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb";
        let node = sha256(&[&NODE_PREFIX, b"N123", b"N456"]);
        assert_eq!(node.to_hex(), hex);

        let (left, right) = (Hash::leaf(b"left"), Hash::leaf(b"right"));
        let joined = [&NODE_PREFIX[..], &left.0, &right.0].concat();
        assert_eq!(Hash::node(&left, &right), sha256(&[&joined]));
    }

    #[test]
    fn only_32_bytes_are_a_hash() {
        let hash = Hash::leaf(b"leaf");
        assert_eq!(Hash::from_slice(hash.as_bytes()), Some(hash));
        for length in [0, 12, 31, 33, 64] {
            assert_eq!(Hash::from_slice(&[7; 64][..length]), None);
        }
    }
}

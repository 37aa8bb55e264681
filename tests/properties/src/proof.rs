//! Receipts, and the proofs of the tree.

use fundtrail_merkle::{Hash, inclusion_proof_of, root_of, verify_consistency, verify_inclusion};
use fundtrail_model::receipt::{PROOF_HASHES_MAX, Receipt};

use crate::assert_code;
use crate::checkpoint::is_own;
use crate::grounds::grounds;

/// Leaves of the tree that raw proofs are about.
const LEAVES: usize = 67;

/// A receipt prints to the bytes it was read from, and verifies for the one entry that stands
/// at its index and for no other; of all hashes only those of the proof itself prove.
pub fn proof(bytes: &[u8]) {
    match Receipt::parse(bytes) {
        Ok(read) => {
            assert_eq!(
                read.to_text().as_bytes(),
                bytes,
                "another form of a receipt"
            );
            assert!(read.proof().len() <= PROOF_HASHES_MAX);
            receipt(&read);
        }
        Err(error) => assert_code(error.code(), &error.to_string()),
    }
    raw(bytes);
}

fn receipt(receipt: &Receipt) {
    let grounds = grounds();
    let own = usize::try_from(receipt.index())
        .ok()
        .and_then(|index| grounds.entries.get(index));
    match receipt.verify_self_contained(&grounds.policy) {
        Ok((entry, opened)) => {
            assert!(is_own(&opened.checkpoint));
            assert_eq!(
                Some(entry),
                own.map(Vec::as_slice),
                "it proves another entry"
            );
        }
        Err(error) => assert_code(error.code(), &error.to_string()),
    }
    if let Some(own) = own
        && receipt.verify(own, &grounds.policy).is_ok()
    {
        let mut other = own.clone();
        other.push(b' ');
        assert!(receipt.verify(&other, &grounds.policy).is_err());
    }
    // The entries beside it.
    for other in grounds
        .entries
        .iter()
        .filter(|other| Some(*other) != own)
        .take(3)
    {
        assert!(
            receipt.verify(other, &grounds.policy).is_err(),
            "one receipt proves two entries"
        );
    }
}

/// The bytes as sizes and hashes: two bytes for where, one for the size of the tree, one for
/// what to change of the true proof; the rest are hashes of their own.
fn raw(bytes: &[u8]) {
    let [index, size, from, change, rest @ ..] = bytes else {
        return;
    };
    let size = usize::from(*size) % LEAVES + 1;
    let index = usize::from(*index);
    let leaves: Vec<Hash> = (0..LEAVES)
        .map(|at| Hash::leaf(&[u8::try_from(at).unwrap_or_default()]))
        .collect();
    let tree = leaves.get(..size).unwrap_or_default();
    let (root, honest) = (root_of(tree), inclusion_proof_of(tree, index));
    let mut hashes: Vec<Hash> = rest.chunks_exact(32).filter_map(hash).collect();
    if change & 1 == 1 {
        // The honest proof, with what the bytes hold behind it.
        hashes.splice(0..0, honest.clone().unwrap_or_default());
    }
    if change & 2 == 2 {
        hashes.reverse();
    }
    let leaf = leaves.get(index).copied().unwrap_or(Hash([0; 32]));
    let verified = verify_inclusion(index as u64, size as u64, &leaf, &hashes, &root);
    match honest {
        Some(honest) => {
            assert_eq!(
                verified.is_ok(),
                hashes == honest,
                "index {index} of {size}"
            );
            let other = Hash::leaf(b"another");
            let proves = |index: usize, leaf: &Hash| {
                verify_inclusion(index as u64, size as u64, leaf, &honest, &root).is_ok()
            };
            assert!(proves(index, &leaf) && !proves(index, &other));
            assert!((0..size).all(|at| at == index || !proves(at, &leaf)));
        }
        None => assert!(verified.is_err()),
    }
    let from = usize::from(*from) % (size + 2);
    let old = root_of(leaves.get(..from).unwrap_or_default());
    let grown = verify_consistency(from as u64, size as u64, &old, &root, &hashes);
    if grown.is_ok() {
        assert!((1..=size).contains(&from));
        // Nothing but the proof leads to both roots: any change of it is seen.
        for at in 0..hashes.len() {
            let mut other = hashes.clone();
            if let Some(one) = other.get_mut(at) {
                *one = Hash::node(one, one);
            }
            assert!(verify_consistency(from as u64, size as u64, &old, &root, &other).is_err());
        }
        assert!(
            verify_consistency(from as u64, size as u64, &root, &old, &hashes).is_err()
                || old == root
        );
    }
}

fn hash(bytes: &[u8]) -> Option<Hash> {
    bytes.try_into().ok().map(Hash)
}

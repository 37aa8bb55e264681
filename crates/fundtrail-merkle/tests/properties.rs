//! Trees of every small size, one of every large size, and proofs nobody made.

use std::collections::BTreeMap;
use std::convert::Infallible;

use fundtrail_merkle::tile::{Bundle, Tile};
use fundtrail_merkle::{
    Frontier, Hash, NodeId, Nodes, consistency_proof, inclusion_proof, inclusion_proof_of, root,
    root_of, verify_consistency, verify_inclusion,
};
use proptest::prelude::*;
use tlog_tiles::tlog;

/// Past two powers of two, so that every shape of right edge occurs.
const SIZE_MAX: usize = 130;

/// The definitions of RFC 9162 §2.1, word for word.
mod naive {
    use super::Hash;

    /// MTH(D_n)
    pub(crate) fn root(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Hash::empty_root(),
            [leaf] => *leaf,
            _ => {
                let (left, right) = leaves.split_at(split(leaves.len()));
                Hash::node(&root(left), &root(right))
            }
        }
    }

    /// PATH(m, D_n)
    pub(crate) fn path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
        if leaves.len() == 1 {
            return Vec::new();
        }
        let k = split(leaves.len());
        let (left, right) = leaves.split_at(k);
        if index < k {
            [path(index, left), vec![root(right)]].concat()
        } else {
            [path(index - k, right), vec![root(left)]].concat()
        }
    }

    /// SUBPROOF(m, D_n, b)
    pub(crate) fn subproof(from: usize, leaves: &[Hash], known: bool) -> Vec<Hash> {
        if from == leaves.len() {
            return if known { vec![] } else { vec![root(leaves)] };
        }
        let k = split(leaves.len());
        let (left, right) = leaves.split_at(k);
        if from <= k {
            [subproof(from, left, known), vec![root(right)]].concat()
        } else {
            [subproof(from - k, right, false), vec![root(left)]].concat()
        }
    }

    fn split(count: usize) -> usize {
        let mut k = 1;
        while k * 2 < count {
            k *= 2;
        }
        k
    }
}

#[test]
fn every_leaf_of_every_small_tree_is_proved() {
    let (leaves, nodes) = tree(SIZE_MAX);
    for size in 1..=SIZE_MAX {
        let leaves = &leaves[..size];
        let root_hash = naive::root(leaves);
        assert_eq!(root(size as u64, &nodes), Ok(root_hash));
        for (index, leaf) in leaves.iter().enumerate() {
            let at = (index as u64, size as u64);
            let proof = inclusion_proof(at.0, at.1, &nodes).unwrap();
            assert_eq!(proof, naive::path(index, leaves), "{at:?}");
            assert_eq!(inclusion_proof_of(leaves, index), Some(proof.clone()));
            assert_eq!(
                verify_inclusion(at.0, at.1, leaf, &proof, &root_hash),
                Ok(())
            );
            let (proof, root_hash, leaf) =
                (theirs(&proof), tlog::Hash(root_hash.0), tlog::Hash(leaf.0));
            assert!(tlog::check_record(&proof, at.1, root_hash, at.0, leaf).is_ok());
        }
    }
}

#[test]
fn every_pair_of_small_trees_is_consistent() {
    let (leaves, nodes) = tree(SIZE_MAX);
    let roots: Vec<Hash> = (0..=SIZE_MAX)
        .map(|size| naive::root(&leaves[..size]))
        .collect();
    for to in 1..=SIZE_MAX {
        for from in 1..=to {
            let sizes = (from as u64, to as u64);
            let (old, new) = (roots[from], roots[to]);
            let proof = consistency_proof(sizes.0, sizes.1, &nodes).unwrap();
            assert_eq!(
                proof,
                naive::subproof(from, &leaves[..to], true),
                "{sizes:?}"
            );
            assert_eq!(
                verify_consistency(sizes.0, sizes.1, &old, &new, &proof),
                Ok(())
            );
            let (proof, old, new) = (theirs(&proof), tlog::Hash(old.0), tlog::Hash(new.0));
            assert!(tlog::check_tree(&proof, sizes.1, new, sizes.0, old).is_ok());
        }
    }
}

#[test]
fn a_changed_inclusion_proof_is_refused() {
    let (leaves, nodes) = tree(40);
    let mut refused = 0;
    for size in 1..=leaves.len() {
        let root_hash = naive::root(&leaves[..size]);
        for (index, leaf) in leaves[..size].iter().enumerate() {
            let at = (index as u64, size as u64);
            let proof = inclusion_proof(at.0, at.1, &nodes).unwrap();
            for other in changed(&proof, &[*leaf, root_hash]) {
                assert!(verify_inclusion(at.0, at.1, leaf, &other, &root_hash).is_err());
                refused += 1;
            }
            let check = |index: u64, leaf: Hash, root_hash: Hash| {
                verify_inclusion(index, at.1, &leaf, &proof, &root_hash)
            };
            assert!(check(at.0, flipped(leaf), root_hash).is_err());
            assert!(check(at.0, *leaf, flipped(&root_hash)).is_err());
            for other in (0..at.1 + 2).filter(|other| *other != at.0) {
                assert!(check(other, *leaf, root_hash).is_err());
                refused += 1;
            }
        }
    }
    println!("{refused} changed inclusion proofs refused");
}

#[test]
fn a_changed_consistency_proof_is_refused() {
    let (leaves, nodes) = tree(40);
    let mut refused = 0;
    for to in 1..=leaves.len() {
        for from in 1..=to {
            let (old, new) = (naive::root(&leaves[..from]), naive::root(&leaves[..to]));
            let (from, to) = (from as u64, to as u64);
            let proof = consistency_proof(from, to, &nodes).unwrap();
            for other in changed(&proof, &[old, new]) {
                assert!(verify_consistency(from, to, &old, &new, &other).is_err());
                refused += 1;
            }
            assert!(verify_consistency(from, to, &flipped(&old), &new, &proof).is_err());
            assert!(verify_consistency(from, to, &old, &flipped(&new), &proof).is_err());
            if from != to {
                assert!(verify_consistency(from, to, &new, &old, &proof).is_err());
                assert!(verify_consistency(to, from, &new, &old, &proof).is_err());
            }
        }
    }
    println!("{refused} changed consistency proofs refused");
}

/// All leaves are the same, so that every node of a level is, and trees of up to 2^64 - 1 leaves
/// have nodes without being written.
struct Uniform([Hash; 64]);

impl Uniform {
    fn new() -> Uniform {
        let mut levels = [Hash::leaf(b"same"); 64];
        for level in 1..64 {
            levels[level] = Hash::node(&levels[level - 1], &levels[level - 1]);
        }
        Uniform(levels)
    }
}

impl Nodes for Uniform {
    type Error = Infallible;

    fn node(&self, id: NodeId) -> Result<Hash, Infallible> {
        assert!(id.index < u64::MAX >> id.level, "{id:?} is in no tree");
        Ok(self.0[usize::from(id.level)])
    }
}

#[test]
fn the_largest_trees_are_proved() {
    let nodes = Uniform::new();
    let leaf = Hash::leaf(b"same");
    let half = 1_u64 << 63;
    let numbers = [
        0,
        1,
        2,
        255,
        half - 1,
        half,
        half + 1,
        u64::MAX - 2,
        u64::MAX - 1,
        u64::MAX,
    ];
    for size in numbers {
        let root_hash = root(size, &nodes).unwrap();
        let mut frontier = Frontier::load(size, &nodes).unwrap();
        assert_eq!(frontier.root(), root_hash);
        if let Some(next) = size.checked_add(1) {
            frontier.append(leaf, |id, hash| assert_eq!(nodes.node(id), Ok(hash)));
            assert_eq!(frontier, Frontier::load(next, &nodes).unwrap());
        }
        for index in numbers.into_iter().filter(|index| *index < size) {
            let proof = inclusion_proof(index, size, &nodes).unwrap();
            assert_eq!(
                verify_inclusion(index, size, &leaf, &proof, &root_hash),
                Ok(())
            );
        }
        for from in numbers.into_iter().filter(|from| (1..=size).contains(from)) {
            let proof = consistency_proof(from, size, &nodes).unwrap();
            let old = root(from, &nodes).unwrap();
            assert_eq!(
                verify_consistency(from, size, &old, &root_hash, &proof),
                Ok(())
            );
        }
    }
}

proptest! {
    #[test]
    fn a_frontier_grows_as_the_tree_does(
        leaves in prop::collection::vec(any::<[u8; 32]>().prop_map(Hash), 0..600),
        restart in any::<prop::sample::Index>(),
    ) {
        let restart = restart.index(leaves.len() + 1);
        let mut nodes = BTreeMap::new();
        let mut frontier = Frontier::empty();
        for (size, leaf) in leaves.iter().enumerate() {
            if size == restart {
                frontier = Frontier::load(frontier.size(), &nodes).unwrap();
            }
            frontier.append(*leaf, |id, hash| {
                assert!(nodes.insert(id, hash).is_none(), "{id:?} was put before");
            });
        }
        prop_assert_eq!(frontier.size(), leaves.len() as u64);
        prop_assert_eq!(frontier.root(), naive::root(&leaves));
        prop_assert_eq!(root_of(&leaves), naive::root(&leaves));
        for (id, hash) in &nodes {
            let start = (id.index << id.level) as usize;
            prop_assert_eq!(*hash, naive::root(&leaves[start..start + (1 << id.level)]));
        }
        let perfect: usize = (0..10).map(|level| leaves.len() >> level).sum();
        prop_assert_eq!(nodes.len(), perfect);
    }

    #[test]
    fn what_nobody_proved_is_refused(
        numbers in (edge(), edge()),
        proof in prop::collection::vec(any::<[u8; 32]>().prop_map(Hash), 0..70),
        roots in any::<([u8; 32], [u8; 32])>(),
    ) {
        let (old, new) = (Hash(roots.0), Hash(roots.1));
        prop_assert!(verify_inclusion(numbers.0, numbers.1, &old, &proof, &new).is_err());
        prop_assert!(verify_consistency(numbers.0, numbers.1, &old, &new, &proof).is_err());
    }

    #[test]
    fn a_path_says_one_tile(level in 0..=9_u8, index in edge(), width in 0..300_u16) {
        let tile = Tile { level, index, width };
        let exists = tile.is_in(u64::MAX).then_some(tile);
        prop_assert_eq!(Tile::parse(&tile.path()), exists);
        let bundle = Bundle { index, width };
        prop_assert_eq!(Bundle::parse(&bundle.path()), bundle.is_in(u64::MAX).then_some(bundle));
        if exists.is_some() {
            let theirs = tlog_tiles::Tile::new(8, level, index, width.into(), false).path();
            prop_assert_eq!(tile.path(), theirs.replace("tile/8/", "tile/"));
        }
    }

    #[test]
    fn a_tile_has_one_path(text in "tile/([0-9]{1,2}|entries)/(x?[0-9]{3}/){0,6}[0-9]{3}(\\.p/[0-9]{1,3})?") {
        if let Some(tile) = Tile::parse(&text) {
            prop_assert_eq!(tile.path(), text.clone());
        }
        if let Some(bundle) = Bundle::parse(&text) {
            prop_assert_eq!(bundle.path(), text);
        }
    }

    #[test]
    fn new_tiles_are_those_others_publish(from in 0..200_000_u64, more in 0..5_000_u64) {
        let to = from + more;
        let ours: Vec<String> =
            fundtrail_merkle::tile::new_tiles(from, to).map(|tile| tile.path()).collect();
        let theirs = tlog_tiles::Tile::new_tiles(8, from, to).into_iter();
        let theirs: Vec<String> =
            theirs.map(|tile| tile.path().replace("tile/8/", "tile/")).collect();
        prop_assert_eq!(ours, theirs);
    }
}

/// Any number, and often one near 0, a power of two or the largest.
fn edge() -> impl Strategy<Value = u64> {
    let near_power = (0..64_u32, 0..3_u64).prop_map(|(bit, add)| (1_u64 << bit) - 1 + add);
    prop_oneof![
        any::<u64>(),
        near_power,
        0..600_u64,
        u64::MAX - 600..=u64::MAX
    ]
}

fn tree(size: usize) -> (Vec<Hash>, BTreeMap<NodeId, Hash>) {
    let leaves: Vec<Hash> = (0..size)
        .map(|index| Hash::leaf(&index.to_be_bytes()))
        .collect();
    let mut nodes = BTreeMap::new();
    let mut frontier = Frontier::empty();
    for leaf in &leaves {
        frontier.append(*leaf, |id, hash| {
            nodes.insert(id, hash);
        });
    }
    (leaves, nodes)
}

fn theirs(proof: &[Hash]) -> Vec<tlog::Hash> {
    proof.iter().map(|hash| tlog::Hash(hash.0)).collect()
}

fn flipped(hash: &Hash) -> Hash {
    let mut bytes = hash.0;
    bytes[31] ^= 1;
    Hash(bytes)
}

/// Every proof that differs from this one by a hash changed, replaced, dropped, repeated or added,
/// or by two hashes swapped, and the proof backwards.
fn changed(proof: &[Hash], other: &[Hash]) -> Vec<Vec<Hash>> {
    let mut all = Vec::new();
    let mut push = |change: &dyn Fn(&mut Vec<Hash>)| {
        let mut changed = proof.to_vec();
        change(&mut changed);
        if changed != proof {
            all.push(changed);
        }
    };
    push(&|proof| proof.clear());
    push(&|proof| proof.reverse());
    for at in 0..proof.len() {
        push(&|proof| proof[at] = flipped(&proof[at]));
        push(&|proof| proof.truncate(at));
        push(&|proof| {
            proof.remove(at);
        });
        push(&|proof| proof.insert(at, proof[at]));
        for with in at + 1..proof.len() {
            push(&|proof| proof.swap(at, with));
        }
    }
    for hash in other {
        for at in 0..=proof.len() {
            push(&|proof| proof.insert(at, *hash));
        }
        for at in 0..proof.len() {
            push(&|proof| proof[at] = *hash);
        }
    }
    all
}

//! Hashes, roots and proofs that others published.
//!
//! `vectors.jsonl` is the `testdata/{inclusion,consistency}` of transparency-dev/merkle
//! (Apache-2.0) as shipped in the crate sigstore-merkle 0.15.1, one case a line.
#![expect(clippy::unwrap_used, reason = "test")]

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use fundtrail_merkle::{
    Frontier, Hash, inclusion_proof_of, root_of, verify_consistency, verify_inclusion,
};
use serde_json::Value;

#[test]
fn hashes_of_rfc_6962() {
    let cases = [
        (
            Hash::empty_root(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ),
        (
            Hash::leaf(b""),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        ),
        (
            Hash::leaf(b"L123456"),
            "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56",
        ),
    ];
    for (hash, expected) in cases {
        assert_eq!(hash.to_hex(), expected);
    }
}

#[test]
fn roots_of_the_eight_classic_leaves() {
    let leaves: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let hashes = leaves.map(Hash::leaf);
    let mut frontier = Frontier::empty();
    for (index, root) in roots.iter().enumerate() {
        frontier.append(hashes[index], |_, _| {});
        assert_eq!(frontier.root().to_hex(), *root);
        assert_eq!(root_of(&hashes[..=index]).to_hex(), *root);
    }
    assert_eq!(Hash::node(&hashes[0], &hashes[1]).to_hex(), roots[1]);

    let proof = inclusion_proof_of(&hashes, 5).unwrap();
    let proof: Vec<String> = proof.iter().map(Hash::to_hex).collect();
    let published = [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ];
    assert_eq!(proof, published);
}

/// Two accepted cases have roots that are no hashes, which [`Hash`] does not take.
#[test]
fn every_public_proof_is_judged_as_published() {
    let differing = differing(Hash::from_slice);
    assert_eq!(differing, [SIZES_ARE_ONE, SIZES_ARE_ZERO]);

    let accepted = vectors().filter(expected).count();
    assert_eq!((accepted, vectors().count() - accepted), (13, 182));
}

/// Many refused cases have such hashes too, and would be refused whatever the proof. With real
/// hashes in their place they are judged as published, but for the case that is about the length.
#[test]
fn the_length_of_hashes_hides_no_wrong_verdict() {
    let differing = differing(|bytes| Hash::from_slice(bytes).or(Some(Hash::leaf(bytes))));
    assert_eq!(differing, [EMPTY_ROOT_AND_LEAF, SIZES_ARE_ZERO]);
}

const EMPTY_ROOT_AND_LEAF: &str = "inclusion/single-entry/empty-root-and-leaf";

/// Despite its name the proof is empty and the roots, 12 bytes each, are equal.
const SIZES_ARE_ONE: &str =
    "consistency/additional/sizes-are-equal-and-proof-is-not-empty-where-both-sizes-are-one";

/// The same for size 0, which upstream too refuses by now (transparency-dev/merkle#236).
const SIZES_ARE_ZERO: &str =
    "consistency/additional/sizes-are-equal-and-proof-is-not-empty-where-both-sizes-are-zero";

/// The cases that are judged otherwise than published, by name.
fn differing(read: impl Fn(&[u8]) -> Option<Hash>) -> Vec<String> {
    vectors()
        .filter(|vector| judge(vector, &read) != expected(vector))
        .map(|vector| vector["file"].as_str().unwrap().to_owned())
        .collect()
}

fn vectors() -> impl Iterator<Item = Value> {
    include_str!("vectors.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
}

fn expected(vector: &Value) -> bool {
    !vector["wantErr"].as_bool().unwrap()
}

fn judge(vector: &Value, read: impl Fn(&[u8]) -> Option<Hash>) -> bool {
    let hash = |text: &Value| read(&BASE64_STANDARD.decode(text.as_str()?).unwrap());
    let number = |name: &str| vector[name].as_u64().unwrap();
    let judge = || {
        let proof = match &vector["proof"] {
            Value::Null => Vec::new(),
            proof => proof.as_array()?.iter().map(hash).collect::<Option<_>>()?,
        };
        let verdict = if vector["leafHash"].is_string() {
            let (leaf, root) = (hash(&vector["leafHash"])?, hash(&vector["root"])?);
            verify_inclusion(number("leafIdx"), number("treeSize"), &leaf, &proof, &root)
        } else {
            let (old, new) = (hash(&vector["root1"])?, hash(&vector["root2"])?);
            verify_consistency(number("size1"), number("size2"), &old, &new, &proof)
        };
        verdict.ok()
    };
    judge().is_some()
}

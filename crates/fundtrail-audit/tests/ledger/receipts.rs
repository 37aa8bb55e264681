//! Receipts, honest and not.

use fundtrail_audit::verify_receipt;
use fundtrail_kernel::proofs;
use fundtrail_merkle::{Hash, inclusion_proof_of, root_of};
use fundtrail_model::LogPolicy;
use fundtrail_model::note::NoteSigner;
use fundtrail_model::receipt::Receipt;

use crate::support::{ORIGIN, checkpoint, entries, key, log, small};

/// The log, and no witnesses.
fn trusted() -> LogPolicy {
    LogPolicy::of_log(log().verifier().clone()).unwrap()
}

#[test]
fn every_receipt_of_the_ledger_verifies_and_says_what_the_entry_does() {
    let making = small();
    for (index, entry) in (0u64..).zip(entries(&making.export())) {
        let receipt = proofs::receipt(&making.memory, index).unwrap().to_text();
        let summary = verify_receipt(receipt.as_bytes(), &trusted()).unwrap();
        assert_eq!((summary.index, summary.size), (index, index + 1));
        assert_eq!(summary.origin, ORIGIN);
        assert_eq!(summary.id.as_str(), format!("T-{index}"));
        assert_eq!(summary.effects, entry.effects);
        assert_eq!(summary.signers.len(), entry.envelope.signatures.len());
    }
}

#[test]
fn a_signer_is_verified_where_the_entry_brings_its_key() {
    let receipt = proofs::receipt(&small().memory, 1).unwrap().to_text();
    let summary = verify_receipt(receipt.as_bytes(), &trusted()).unwrap();
    let signers: Vec<_> = summary
        .signers
        .iter()
        .map(|one| (one.key, one.verified))
        .collect();
    assert_eq!(
        signers,
        [(key(10).public().id(), true), (key(1).public().id(), false)]
    );
}

#[test]
fn every_changed_byte_of_a_receipt_is_found() {
    let receipt = proofs::receipt(&small().memory, 7)
        .unwrap()
        .to_text()
        .into_bytes();
    for at in 0..receipt.len() {
        let mut changed = receipt.clone();
        changed[at] ^= 1;
        assert!(verify_receipt(&changed, &trusted()).is_err(), "byte {at}");
    }
}

#[test]
fn a_receipt_of_another_log_proves_nothing() {
    let receipt = proofs::receipt(&small().memory, 7).unwrap().to_text();
    for (origin, number, code) in [
        (ORIGIN, 201, "NOTE_UNTRUSTED"),
        ("fund.example/other", 200, "NOTE_UNTRUSTED"),
    ] {
        let other = NoteSigner::new(origin, key(number)).unwrap();
        let found = verify_receipt(
            receipt.as_bytes(),
            &LogPolicy::of_log(other.verifier().clone()).unwrap(),
        )
        .unwrap_err();
        assert_eq!(found.code(), code);
    }
}

/// A log that signs nonsense: the tree is right, its leaves are no entries of the ledger.
fn receipt_over(leaves: &[Vec<u8>], index: usize) -> String {
    let hashes: Vec<Hash> = leaves.iter().map(|bytes| Hash::leaf(bytes)).collect();
    let proof = inclusion_proof_of(&hashes, index).unwrap();
    let note = checkpoint(leaves.len() as u64, root_of(&hashes));
    Receipt::new(Some(leaves[index].clone()), index as u64, proof, note)
        .unwrap()
        .to_text()
}

#[test]
fn leaves_that_are_no_entries_of_their_index_prove_nothing() {
    let code = |leaves: &[Vec<u8>], index| {
        let receipt = receipt_over(leaves, index);
        verify_receipt(receipt.as_bytes(), &trusted())
            .unwrap_err()
            .code()
    };
    let mut leaves = small().export().entries;
    leaves.swap(2, 3);
    assert_eq!(code(&leaves, 2), "RECEIPT_INDEX");
    leaves[2] = b"{}".to_vec();
    assert_eq!(code(&leaves, 2), "MISSING_MEMBER");
    let mut forged = entries(&small().export()).swap_remove(1);
    forged.envelope.signatures[0].bytes[0] ^= 1;
    leaves[1] = forged.to_bytes();
    assert_eq!(code(&leaves, 1), "SIGNATURE_INVALID");
}

//! Tests of receipts, against published vectors and every sort of change.

use alloc::{format, vec};

use fundtrail_merkle::{inclusion_proof_of, root_of};

use super::*;
use crate::checkpoint::Checkpoint;
use crate::key::SigningKey;
use crate::note::NoteSigner;

const ORIGIN: &str = "ledger.example/log1";

fn entry(index: usize) -> Vec<u8> {
    format!("{{\"index\":{index}}}\n").into_bytes()
}

fn signer() -> NoteSigner {
    NoteSigner::new(ORIGIN, SigningKey::from_seed(&[1; 32])).unwrap()
}

fn trusting(signer: &NoteSigner) -> LogPolicy {
    LogPolicy::of_log(signer.verifier().clone()).unwrap()
}

fn leaves(size: usize) -> Vec<Hash> {
    (0..size).map(|index| Hash::leaf(&entry(index))).collect()
}

fn signed(size: usize) -> String {
    let checkpoint = Checkpoint::new(ORIGIN, size as u64, root_of(&leaves(size))).unwrap();
    checkpoint.sign(&signer()).unwrap().to_text()
}

fn receipt(index: usize, size: usize) -> Receipt {
    let proof = inclusion_proof_of(&leaves(size), index).unwrap();
    Receipt::new(Some(entry(index)), index as u64, proof, signed(size)).unwrap()
}

#[test]
fn every_entry_of_small_trees_proves_itself() {
    let policy = trusting(&signer());
    for size in 1..20 {
        for index in 0..size {
            let receipt = receipt(index, size);
            let read = Receipt::parse(receipt.to_text().as_bytes()).unwrap();
            assert_eq!(read, receipt);
            let (found, opened) = read.verify_self_contained(&policy).unwrap();
            assert!(opened.cosigned.is_empty());
            assert_eq!(
                (found, opened.checkpoint.size()),
                (entry(index).as_slice(), size as u64)
            );
        }
    }
}

#[test]
fn the_form_is_that_of_the_specification() {
    let text = receipt(2, 3).to_text();
    let proof = hash_text(&Hash::node(&leaves(3)[0], &leaves(3)[1]));
    let expected = format!(
        "c2sp.org/tlog-proof@v1\nextra eyJpbmRleCI6Mn0K\nindex 2\n{proof}\n\n{}",
        signed(3)
    );
    assert_eq!(text, expected);
    let bare = Receipt::new(None, 0, vec![], signed(1)).unwrap();
    assert_eq!(
        bare.to_text(),
        format!("c2sp.org/tlog-proof@v1\nindex 0\n\n{}", signed(1))
    );
    assert_eq!(Receipt::parse(bare.to_text().as_bytes()), Ok(bare.clone()));
    let policy = trusting(&signer());
    assert_eq!(
        bare.verify_self_contained(&policy),
        Err(ReceiptError::NoEntry)
    );
    assert!(bare.verify(&entry(0), &policy).is_ok());
}

#[test]
fn a_false_receipt_is_refused() {
    let policy = trusting(&signer());
    let good = receipt(7, 11);
    let verify = |receipt: &Receipt, entry: &[u8]| receipt.verify(entry, &policy);
    assert!(verify(&good, &entry(7)).is_ok());
    let wrong_root = Err(ReceiptError::Proof(VerifyError::Root));
    assert_eq!(verify(&good, &entry(8)), wrong_root);
    let with = |index, proof: &[Hash], checkpoint| {
        Receipt::new(None, index, proof.to_vec(), checkpoint).unwrap()
    };
    assert_eq!(
        verify(&with(6, good.proof(), signed(11)), &entry(7)),
        wrong_root
    );
    assert_eq!(
        verify(&with(7, good.proof(), signed(12)), &entry(7)),
        wrong_root
    );
    for (index, proof) in [
        (7, &good.proof()[1..]),
        (11, good.proof()),
        (u64::MAX, good.proof()),
    ] {
        let refused = verify(&with(index, proof, signed(11)), &entry(7));
        assert!(
            matches!(refused, Err(ReceiptError::Proof(_))),
            "{refused:?}"
        );
    }
    // A log that signs in another's name.
    let text = good.checkpoint().replace(ORIGIN, "ledger.example/log2");
    let text = text.split_once("\n\n").unwrap().0.to_owned() + "\n";
    let line = signer().sign(&text).unwrap();
    let borrowed = Note::new(text, line).unwrap().to_text();
    assert_eq!(
        verify(&with(7, good.proof(), borrowed), &entry(7)),
        Err(ReceiptError::Checkpoint(CheckpointError::Origin))
    );
    let stranger = NoteSigner::new(ORIGIN, SigningKey::from_seed(&[2; 32])).unwrap();
    let other = good.verify(&entry(7), &trusting(&stranger));
    assert_eq!(other, Err(NoteError::Untrusted.into()));
}

#[test]
fn no_byte_of_a_receipt_can_change_unnoticed() {
    let policy = trusting(&signer());
    let text = receipt(2, 3).to_text();
    for at in 0..text.len() {
        for bit in 0..8 {
            let mut changed = text.as_bytes().to_vec();
            changed[at] ^= 1 << bit;
            let verified = Receipt::parse(&changed)
                .is_ok_and(|changed| changed.verify_self_contained(&policy).is_ok());
            assert!(!verified, "byte {at} bit {bit}");
        }
        assert!(
            Receipt::parse(&text.as_bytes()[..at]).is_err(),
            "{at} bytes"
        );
    }
}

#[test]
fn malformed_receipts_are_refused() {
    let text = receipt(2, 3).to_text();
    for (from, to) in [
        ("c2sp.org/tlog-proof@v1\n", ""),
        ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2"),
        ("c2sp.org/tlog-proof@v1", " c2sp.org/tlog-proof@v1"),
        ("c2sp.org/tlog-proof@v1\n", "c2sp.org/tlog-proof@v1\r\n"),
        ("extra eyJpbmRleCI6Mn0K", "extra "),
        ("extra eyJpbmRleCI6Mn0K", "extra"),
        ("extra eyJpbmRleCI6Mn0K", "extra eyJpbmRleCI6Mn0"),
        ("extra eyJpbmRleCI6Mn0K", "extra eyJpbmRleCI6Mn0K "),
        ("extra eyJpbmRleCI6Mn0K", "extra AAAA\nextra AAAA"),
        (
            "extra eyJpbmRleCI6Mn0K\nindex 2\n",
            "index 2\nextra eyJpbmRleCI6Mn0K\n",
        ),
        ("index 2\n", ""),
        ("index 2", "index 02"),
        ("index 2", "index  2"),
        ("index 2", "index 18446744073709551616"),
        ("index 2", "index 2\nindex 2"),
        ("=\n\n", "\n\n"),
        ("=\n\n", "= \n\n"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text);
        assert_eq!(
            Receipt::parse(changed.as_bytes()),
            Err(ReceiptError::Form),
            "{from:?} {to:?}"
        );
    }
    assert_eq!(Receipt::parse(b""), Err(ReceiptError::Form));
    assert_eq!(Receipt::parse(b"\xff"), Err(ReceiptError::Form));
    let unsigned = "c2sp.org/tlog-proof@v1\nindex 0\n\n";
    assert_eq!(
        Receipt::parse(unsigned.as_bytes()),
        Err(NoteError::Text.into())
    );
}

#[test]
fn receipts_are_bounded() {
    let hash = Hash([7; 32]);
    let new = |extra, hashes| Receipt::new(extra, 0, vec![hash; hashes], signed(1));
    let largest = new(Some(vec![0; EXTRA_BYTES_MAX]), PROOF_HASHES_MAX).unwrap();
    assert_eq!(
        Receipt::parse(largest.to_text().as_bytes()),
        Ok(largest.clone())
    );
    assert_eq!(new(Some(vec![]), 0), Err(ReceiptError::Form));
    assert_eq!(
        new(Some(vec![0; EXTRA_BYTES_MAX + 1]), 0),
        Err(ReceiptError::TooLarge)
    );
    assert_eq!(new(None, PROOF_HASHES_MAX + 1), Err(ReceiptError::TooLarge));
    let more = format!("\n{}\n\n", hash_text(&hash));
    let more = largest.to_text().replacen("\n\n", &more, 1);
    assert_eq!(Receipt::parse(more.as_bytes()), Err(ReceiptError::TooLarge));
    let long = vec![b'\n'; RECEIPT_BYTES_MAX + 1];
    assert_eq!(Receipt::parse(&long), Err(ReceiptError::TooLarge));
}

#[test]
fn codes_begin_the_messages() {
    for error in [
        ReceiptError::Form,
        ReceiptError::TooLarge,
        ReceiptError::Proof(VerifyError::Root),
        ReceiptError::NoEntry,
        NoteError::Line.into(),
    ] {
        assert!(
            error
                .to_string()
                .starts_with(&format!("{}: ", error.code())),
            "{error}"
        );
    }
}

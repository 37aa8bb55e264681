//! Backups while clients submit: every receipt that was given before one was asked for is in
//! it; and the way back from one, to the end.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};

use fundtrail_kernel::proofs::{entry, index_of, last_entry};
use fundtrail_model::LogPolicy;
use fundtrail_model::note::VerifierKey;
use fundtrail_model::receipt::Receipt;
use fundtrail_store::{Backup, ReadOnly};
use fundtrail_tests::soak;
use serde_json::Value;

use super::bench::{
    back_up, beside, fund, ledger, minutes, put_back, ready, record_restoring, submit,
    to_be_recorded,
};

const CLIENTS: usize = 4;

/// A transaction and the receipt that came for it.
type Receipted = (String, String);

#[test]
fn every_receipt_given_before_is_in_it_and_the_ledger_comes_back() {
    let (mut scratch, run) = fund();
    let rounds = soak::choose(4, 40);
    let (stop, serial) = (AtomicBool::new(false), AtomicU64::new(0));
    let receipts: Mutex<Vec<Receipted>> = Mutex::default();
    let backups = std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                while !stop.load(SeqCst) {
                    let id = format!("minutes-{}", serial.fetch_add(1, SeqCst));
                    let (status, answer) = minutes(&scratch, &id);
                    assert_eq!(status, 201, "{answer}");
                    let receipt = answer["receipt"].as_str().unwrap().to_owned();
                    receipts.lock().unwrap().push((id, receipt));
                }
            });
        }
        let mut backups = Vec::new();
        for _ in 0..rounds {
            std::thread::sleep(std::time::Duration::from_millis(150));
            let before = receipts.lock().unwrap().clone();
            let (folder, size) = back_up(&scratch);
            backups.push((folder, size, before));
        }
        stop.store(true, SeqCst);
        backups
    });
    let mut checked = 0;
    for (folder, size, before) in &backups {
        let backup = Backup::open(folder).unwrap();
        assert_eq!(backup.manifest().size, *size);
        let copy = ReadOnly::open(&folder.join("data")).unwrap();
        copy.read(|read| {
            assert_eq!(last_entry(read).unwrap().unwrap().0 + 1, *size);
            for (id, receipt) in before {
                let index = index_of(read, id).unwrap().expect("a receipt was given");
                let stored = entry(read, index).unwrap().unwrap();
                let receipt = Receipt::parse(receipt.as_bytes()).unwrap();
                assert_eq!(receipt.index(), index);
                assert_eq!(receipt.extra().unwrap(), stored, "entry {index}");
                checked += 1;
            }
        });
    }
    let last = backups.last().unwrap();
    assert!(!last.2.is_empty(), "the clients hardly got a receipt");

    // Whoever has a receipt of later has something that the backup has not.
    let lost: Vec<Receipted> = {
        let all = receipts.into_inner().unwrap();
        let index = |one: &Receipted| Receipt::parse(one.1.as_bytes()).unwrap().index();
        all.into_iter().filter(|one| index(one) >= last.1).collect()
    };
    let said = put_back(
        &mut scratch,
        &["--from", last.0.to_str().unwrap(), "--reason", "disk_lost"],
    );
    assert!(
        said.contains(&format!("restored {} entries", last.1)),
        "{said}"
    );
    scratch.restart();

    // Nothing but the record, which must say what it was, until it is there.
    assert_eq!(ready(&scratch), (503, "RESTORE_UNRECORDED".to_owned()));
    for _ in 0..2 {
        let (status, answer) = minutes(&scratch, "too-early");
        assert_eq!(
            (status, &answer["code"]),
            (503, &"RESTORE_UNRECORDED".into())
        );
    }
    let paper = to_be_recorded(&scratch);
    let signers = ["manager/maker", "OFF"];
    let (date, sound) = (paper["date"].as_str().unwrap(), paper["body"].clone());
    for (member, value, code) in [
        ("size", Value::from(last.1 - 1), "RESTORE_SIZE"),
        ("root", Value::from("00".repeat(32)), "RESTORE_ROOT"),
        ("backed_up_on", Value::from("2199-01-01"), "DATE_ORDER"),
    ] {
        let mut body = sound.clone();
        body[member] = value;
        let (status, answer) = submit(&scratch, "wrong", "ledger_restore", date, body, &signers);
        assert_eq!(status, 422, "{answer}");
        assert_eq!(answer["refusals"][0]["code"], code, "{answer}");
    }
    let (status, answer) = submit(
        &scratch,
        "alone",
        "ledger_restore",
        date,
        sound,
        &["manager/maker"],
    );
    assert_eq!(
        (status, &answer["refusals"][0]["code"]),
        (422, &"SIG_MISSING".into())
    );
    // A start in between changes nothing.
    scratch.restart();
    assert_eq!(ready(&scratch).0, 503);
    assert_eq!(record_restoring(&scratch), last.1);
    assert_eq!(ready(&scratch).0, 200);
    let (status, answer) = minutes(&scratch, "afterwards");
    assert_eq!(status, 201, "{answer}");
    scratch.restart();
    assert_eq!(ready(&scratch).0, 200);

    // What was receipted before holds against the ledger that came back.
    let key = VerifierKey::parse(&scratch.node.log_key().unwrap()).unwrap();
    let policy = LogPolicy::of_log(key).unwrap();
    for (id, receipt) in &last.2 {
        let path = format!("/v1/transactions/{id}");
        let (status, served) = scratch.client().get(&path, "text/plain").unwrap();
        assert_eq!(status, 200);
        let (old, new) = (
            Receipt::parse(receipt.as_bytes()).unwrap(),
            Receipt::parse(served.as_bytes()).unwrap(),
        );
        old.verify_self_contained(&policy).unwrap();
        new.verify_self_contained(&policy).unwrap();
        assert_eq!(old.extra(), new.extra());
    }
    let (url, key) = (scratch.node.url.clone(), scratch.node.log_key().unwrap());
    let (code, text) = scratch.fundtrail(&["audit", "--node", &url, "--log-key", &key]);
    assert_eq!(code, 0, "{text}");
    assert!(beside(&ledger(&scratch), ".lost").exists());
    println!(
        "{rounds} backups under load, {checked} receipts of before found in them, {} entries of \
         later not in the one put back, {} entries then",
        lost.len(),
        run.shadow().size()
    );
}

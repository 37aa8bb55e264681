//! A disk that takes long to sync, and one whose syncs fail.

use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use super::patient::{Patient, Sent, post};

/// Clients that submit at a time.
const CLIENTS: usize = 16;
/// Submissions of each.
const EACH: usize = 4;
/// What a sync takes.
const SYNC: Duration = Duration::from_millis(250);

#[test]
fn a_slow_disk_is_busy_and_reads_are_quick() {
    let folder = tempfile::tempdir().unwrap();
    let lines = "export FUNDTRAILD_LIMITS__QUEUE=4 FUNDTRAILD_LIMITS__BATCH=2";
    let mut patient = Patient::found(&folder.path().join("node"), lines);
    let batches: Vec<Vec<Sent>> = (0..CLIENTS)
        .map(|_| (0..EACH).map(|_| patient.next()).collect())
        .collect();
    let slow = patient.tamper(
        "fsync,fdatasync",
        &format!("delay_enter={}", SYNC.as_micros()),
    );
    let (given, busy) = (Mutex::new(Vec::new()), Mutex::new(0));
    let slowest = thread::scope(|scope| {
        let (given, busy, patient) = (&given, &busy, &patient);
        let clients: Vec<_> = batches
            .iter()
            .map(|batch| {
                scope.spawn(move || {
                    let client = patient.client();
                    for sent in batch {
                        match post(&client, sent) {
                            Ok(receipt) => {
                                given.lock().unwrap().push((sent.id.clone(), receipt));
                            }
                            Err(refused) => {
                                assert_eq!(refused, (503, "BUSY".to_owned()));
                                *busy.lock().unwrap() += 1;
                            }
                        }
                    }
                })
            })
            .collect();
        let mut slowest = Duration::ZERO;
        while clients.iter().any(|client| !client.is_finished()) {
            let began = Instant::now();
            assert_eq!(patient.ask("/checkpoint").0, 200);
            slowest = slowest.max(began.elapsed());
            thread::sleep(Duration::from_millis(20));
        }
        slowest
    });
    drop(slow);
    let (given, busy) = (given.into_inner().unwrap(), busy.into_inner().unwrap());
    assert!(busy > 0, "nobody was told to come back");
    assert!(!given.is_empty(), "nothing was recorded");
    assert_eq!(given.len() + busy, CLIENTS * EACH);
    assert!(slowest < Duration::from_secs(5), "a read took {slowest:?}");
    patient.keep(given);
    // Those who were told to come back do, now that the disk is quick.
    for sent in batches.iter().flatten() {
        assert_eq!(patient.send(sent), None);
    }
    let receipts = patient.check_receipts();
    patient.audit();
    println!("slow disk: {receipts} receipts, 0 lost, {busy} busy, slowest read {slowest:?}");
}

#[test]
fn syncs_that_fail_are_faults_until_they_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let mut patient = Patient::found(&folder.path().join("node"), "");
    patient.record();
    let failing = patient.tamper("fsync,fdatasync", "error=EIO");
    let unknown = patient.next();
    assert_eq!(patient.send(&unknown), Some((500, "FAULT".to_owned())));
    patient.refused("STORAGE_FAILED");
    patient.await_ready(503, "STORAGE_FAILED");
    assert_eq!(patient.ask("/healthz").0, 200);
    drop(failing);
    patient.await_ready(200, "");
    assert_eq!(patient.send(&unknown), None, "recorded then or now, once");
    patient.record();
    let receipts = patient.check_receipts();
    patient.audit();
    println!("failing syncs: {receipts} receipts, 0 lost");
}

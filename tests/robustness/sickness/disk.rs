//! A disk that is nearly full, full, or takes no writes.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::patient::{Disk, Patient, SOON, Sent};

/// Low water of 24 MiB.
const RESERVE: &str = "export FUNDTRAILD_LIMITS__RESERVE_MIB=24";
/// None: the disk fills up.
const NO_RESERVE: &str = "export FUNDTRAILD_LIMITS__RESERVE_MIB=0";
/// What is left free for the node to start with, in KiB: it cannot set any aside then.
const HARDLY_ANY: u64 = 3 * 1024;

#[test]
fn below_the_reserve_nothing_is_recorded_and_everything_is_read() {
    let disk = Disk::mount(128);
    let mut patient = Patient::found(&disk.path().join("node"), RESERVE);
    patient.record();
    patient.await_ready(200, "");
    let size = patient.ask("/checkpoint");

    disk.fill(20 * 1024);
    patient.await_ready(503, "STORAGE_LOW");
    let refused = patient.refused("STORAGE_LOW");
    assert_eq!(patient.ask("/healthz").0, 200);
    assert_eq!(patient.ask("/checkpoint"), size, "read as before");
    assert_eq!(patient.check_receipts(), 1, "receipts are served");

    disk.clear();
    patient.await_ready(200, "");
    assert_eq!(patient.send(&refused), None, "the same bytes again");
    patient.record();
    let receipts = patient.check_receipts();
    patient.audit();
    println!("low disk: {receipts} receipts, 0 lost");
}

#[test]
fn a_full_disk_is_waited_for_and_no_receipt_is_lost() {
    let disk = Disk::mount(96);
    // The log is on the full disk too.
    let mut patient = Patient::found(&disk.path().join("node"), NO_RESERVE);
    patient.record();
    patient.node.stop().unwrap();
    disk.fill(HARDLY_ANY);
    patient.restart(NO_RESERVE).unwrap();
    let unknown = fill_up(&mut patient);
    assert_failed(&patient);
    let refused = patient.refused("STORAGE_FAILED");

    disk.clear();
    patient.await_ready(200, "");
    assert_eq!(patient.send(&unknown), None, "recorded then or now, once");
    assert_eq!(patient.send(&refused), None);
    patient.record();
    let receipts = patient.check_receipts();
    patient.audit();
    println!("full disk: {receipts} receipts, 0 lost");
}

#[test]
fn a_disk_that_takes_no_writes_is_waited_for() {
    let disk = Disk::mount(96);
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("node");
    // Only the ledger is on the disk; the log is to be read meanwhile.
    let elsewhere = format!(
        "{NO_RESERVE}\nexport FUNDTRAILD_DATA='{}'",
        disk.path().join("ledger").display()
    );
    let mut patient = Patient::found(&data, &elsewhere);
    patient.record();
    patient.node.stop().unwrap();
    disk.fill(HARDLY_ANY);
    patient.restart(&elsewhere).unwrap();
    fill_up(&mut patient);
    // The storage is closed: nothing of it keeps the disk from being mounted otherwise.
    let limit = Instant::now() + SOON;
    while !disk.remount("ro") {
        assert!(Instant::now() < limit, "the storage is still open");
        sleep(Duration::from_millis(2));
    }
    let no_writes = "Read-only file system";
    while !patient.log().contains(no_writes) {
        assert!(Instant::now() < limit, "{}", patient.log());
        sleep(Duration::from_millis(50));
    }
    assert_failed(&patient);
    patient.refused("STORAGE_FAILED");

    assert!(disk.remount("rw"));
    disk.clear();
    patient.await_ready(200, "");
    patient.record();
    let receipts = patient.check_receipts();
    patient.audit();
    println!("read-only disk: {receipts} receipts, 0 lost");

    // At a start somebody stands before it: it says why, and ends.
    patient.node.stop().unwrap();
    assert!(disk.remount("ro"));
    let words = patient.restart(&elsewhere).unwrap_err();
    assert!(words.contains(no_writes), "{words}");
    let said = fs::read_to_string(data.join("node.log")).unwrap();
    let last = said.lines().last().unwrap();
    assert!(last.starts_with("fundtraild: "), "{last}");
    assert!(disk.remount("rw"));
    patient.restart(&elsewhere).unwrap();
    patient.check_receipts();
}

/// Submits until the disk is full: the one that met it, whose outcome is not known.
fn fill_up(patient: &mut Patient) -> Sent {
    for _ in 0..20_000 {
        let sent = patient.next();
        if let Some(met) = patient.send(&sent) {
            assert_eq!(met, (500, "FAULT".to_owned()));
            return sent;
        }
    }
    panic!("the disk never filled");
}

/// Everything says that the storage failed, and the process lives.
fn assert_failed(patient: &Patient) {
    let failed = (503, "STORAGE_FAILED".to_owned());
    for path in [
        "/readyz",
        "/checkpoint",
        "/v1/fund",
        "/openapi.json",
        "/metrics",
    ] {
        assert_eq!(patient.ask(path), failed, "{path}");
    }
    assert_eq!(patient.ask("/healthz").0, 200);
}

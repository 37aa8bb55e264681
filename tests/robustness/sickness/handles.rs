//! Too few file handles: at the start, for connections, and for the storage.

use std::fs;
use std::net::TcpStream;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::patient::{Patient, SOON, post};

#[test]
fn too_few_file_handles_are_said_survived_and_cured() {
    let folder = tempfile::tempdir().unwrap();
    let mut patient = Patient::found(&folder.path().join("node"), "ulimit -n 1024");
    patient.record();

    // For connections: those that are silent give theirs.
    limit(&patient, open_files(&patient) + 8);
    let address = patient.node.url.strip_prefix("http://").unwrap().to_owned();
    let silent: Vec<TcpStream> = (0..64)
        .map(|_| TcpStream::connect(&address).unwrap())
        .collect();
    let (began, worked) = (Instant::now(), cpu_ticks(&patient));
    patient.record();
    patient.await_ready(200, "");
    sleep(Duration::from_secs(1).saturating_sub(began.elapsed()));
    let (took, worked) = (began.elapsed(), cpu_ticks(&patient) - worked);
    // A tick is a hundredth of a second: less than a third of one processor.
    let ticks = u128::from(worked) * 10;
    assert!(
        ticks * 3 < took.as_millis(),
        "it spins: {ticks} ms of {took:?}"
    );
    assert!(patient.log().contains("connections cannot be taken"));
    drop(silent);

    // For the storage: after a fault it cannot be opened again.
    limit(&patient, 1024);
    patient.await_ready(200, "");
    let (client, unknown) = (patient.client(), patient.next());
    assert_eq!(
        client.get("/healthz", "*/*").unwrap().0,
        200,
        "keeps its line"
    );
    let failing = patient.tamper("fsync,fdatasync", "error=EIO");
    assert_eq!(post(&client, &unknown), Err((500, "FAULT".to_owned())));
    limit(&patient, 5);
    drop(failing);
    let until = Instant::now() + SOON;
    while !patient.log().contains("Too many open files") {
        assert!(Instant::now() < until, "{}", patient.log());
        sleep(Duration::from_millis(50));
    }
    let (status, text) = client.get("/readyz", "*/*").unwrap();
    assert_eq!(status, 503);
    assert!(text.contains("STORAGE_FAILED"), "{text}");
    limit(&patient, 1024);
    patient.await_ready(200, "");
    assert_eq!(patient.send(&unknown), None, "recorded then or now, once");
    patient.record();
    let receipts = patient.check_receipts();
    patient.audit();
    println!("file handles: {receipts} receipts, 0 lost");

    let words = patient.restart("ulimit -n 256").unwrap_err();
    assert!(words.contains("this process may have 256"), "{words}");
    patient.restart("ulimit -n 1024").unwrap();
    patient.check_receipts();
}

fn limit(patient: &Patient, files: usize) {
    let status = Command::new("prlimit")
        .args(["--pid", &patient.node.id().to_string()])
        .arg(format!("--nofile={files}:"))
        .status()
        .unwrap();
    assert!(status.success());
}

fn open_files(patient: &Patient) -> usize {
    let path = format!("/proc/{}/fd", patient.node.id());
    fs::read_dir(path).unwrap().count()
}

/// Time on a processor so far.
fn cpu_ticks(patient: &Patient) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{}/stat", patient.node.id())).unwrap();
    let (_, after) = stat.rsplit_once(") ").unwrap();
    let fields: Vec<&str> = after.split(' ').collect();
    // utime and stime are the 14th and the 15th, and the name is the second.
    [11, 12]
        .map(|at: usize| fields[at].parse::<u64>().unwrap())
        .iter()
        .sum()
}

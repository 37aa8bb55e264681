//! A clock that is put back or ahead while the node runs, and before it starts.

use std::fs;
use std::path::{Path, PathBuf};

use super::patient::Patient;

/// What lies about the time to one process.
const LIBRARY: &str = "libfaketimeMT.so.1";

#[test]
fn a_clock_that_jumps_is_refused_until_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let offset = folder.path().join("offset");
    let set = |text: &str| {
        // Exchanged whole: it is read at every look at the clock.
        let new = folder.path().join("new");
        fs::write(&new, text).unwrap();
        fs::rename(&new, &offset).unwrap();
    };
    set("+0");
    let lines = faked(&offset);
    let mut patient = Patient::found(&folder.path().join("node"), &lines);
    patient.record();

    // A step such as time services make: the newest entry's time is kept.
    set("-20s");
    patient.await_ready(200, "");
    patient.record();
    set("+0");
    patient.record();

    set("-2h");
    patient.await_ready(503, "CLOCK_BEHIND");
    let behind = patient.refused("CLOCK_BEHIND");
    set("+0");
    patient.await_ready(200, "");
    assert_eq!(patient.send(&behind), None);

    set("+2h");
    patient.await_ready(503, "CLOCK_AHEAD");
    let ahead = patient.refused("CLOCK_AHEAD");
    set("+9000d");
    patient.refused("CLOCK_AHEAD");
    set("-20000d");
    patient.refused("CLOCK_BEHIND");
    set("+0");
    patient.await_ready(200, "");
    assert_eq!(patient.send(&ahead), None);

    // Behind at the start: it waits for the clock.
    set("-2h");
    patient.restart(&lines).unwrap();
    patient.await_ready(503, "CLOCK_BEHIND");
    patient.refused("CLOCK_BEHIND");
    set("+0");
    patient.await_ready(200, "");
    patient.record();
    let receipts = patient.check_receipts();
    // Every entry's time is at or after the one before it, or this fails.
    patient.audit();
    println!("clock: {receipts} receipts, 0 lost");
}

/// The lines after which a process believes this file's offset.
fn faked(offset: &Path) -> String {
    format!(
        "export LD_PRELOAD='{}' FAKETIME_TIMESTAMP_FILE='{}' FAKETIME_NO_CACHE=1 \
         FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME_DONT_RESET=1",
        library().display(),
        offset.display()
    )
}

fn library() -> PathBuf {
    let multiarch = fs::read_dir("/usr/lib").unwrap().flatten();
    let found = multiarch
        .map(|folder| folder.path().join("faketime").join(LIBRARY))
        .find(|path| path.exists());
    found.unwrap_or_else(|| panic!("{LIBRARY} is needed: `apt-get install faketime`"))
}

//! A restoring that is killed leaves no directory that could be taken for a ledger; a backup
//! that is killed leaves no folder that could be taken for a backup.

use std::fs;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use fundtrail_store::Backup;
use fundtrail_store::backup::UNFINISHED;
use fundtrail_tests::soak;

use super::bench::{back_up, beside, fund, restore, restored, restoring};

#[test]
fn what_is_cut_short_is_never_taken_for_the_whole() {
    let (mut scratch, _) = fund();
    let (whole, _) = back_up(&scratch);
    scratch.node.kill().unwrap();
    let words = ["--from", whole.to_str().unwrap()];
    let data = scratch.folder().join("timed");
    let began = Instant::now();
    restored(&scratch, &data, &words);
    let whole_time = began.elapsed();
    let tries = soak::choose(12, 200);
    let (mut cut, mut done) = (0, 0);
    for number in 0..tries {
        let data = scratch.folder().join(format!("new-{number}"));
        let mut child = restoring(&scratch, &data, &words)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        sleep(whole_time * number / tries);
        child.kill().unwrap();
        child.wait().unwrap();
        let left = beside(&data, ".restoring");
        if data.exists() {
            // It was renamed: everything before was done.
            assert!(!left.exists());
            let paper = beside(&data, ".ledger_restore.json");
            assert!(paper.exists(), "a ledger without its paper");
            done += 1;
            continue;
        }
        cut += 1;
        if left.exists() {
            let (code, text) = restore(&scratch, &data, &words);
            assert_eq!(code, 1, "{text}");
            assert!(
                text.contains("DATA_EXISTS") && text.contains(".restoring"),
                "{text}"
            );
            fs::remove_dir_all(&left).unwrap();
        }
    }
    assert!(cut > 0, "nothing was cut short");
    let data = scratch.folder().join("at-last");
    restored(&scratch, &data, &words);
    println!("{tries} restorings killed: {cut} left no ledger, {done} were done");
}

#[test]
fn a_backup_that_is_cut_short_is_no_backup() {
    let (mut scratch, _) = fund();
    let directory = scratch.node.data.join("backups");
    let rounds = soak::choose(6_u64, 60);
    let mut unfinished = 0;
    for round in 0..rounds {
        let client = scratch.client();
        let asked = std::thread::spawn(move || client.post_as("/v1/backups", b"", "OFF"));
        sleep(Duration::from_millis(round * 7 % 45));
        scratch.node.kill().unwrap();
        let answer = asked.join().unwrap();
        let mut whole = 0;
        for entry in fs::read_dir(&directory).into_iter().flatten() {
            let entry = entry.unwrap();
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                assert!(Backup::open(&entry.path()).is_err());
                unfinished += 1;
                continue;
            }
            let copy = scratch.folder().join(format!("copy-{round}-{whole}"));
            Backup::open(&entry.path()).unwrap().copy_to(&copy).unwrap();
            whole += 1;
        }
        if answer.is_ok_and(|(status, _)| status == 201) {
            assert!(whole > 0, "a backup was promised");
        }
        scratch.restart();
    }
    back_up(&scratch);
    let left = fs::read_dir(&directory).unwrap();
    let left = left.filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().starts_with(UNFINISHED)
    });
    assert_eq!(left.count(), 0, "the next one clears up");
    println!(
        "{rounds} nodes killed while backing up, {unfinished} unfinished folders, all refused"
    );
}

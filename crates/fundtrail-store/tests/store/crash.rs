//! A process that dies: killed at any moment, cut off in the middle of a write, or out of
//! disk. What was acknowledged is there afterwards, and every batch is whole.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use fundtrail_model::port::Commit;

use crate::support::{Seeded, copy, newest_whole, numbered, open, write_ahead_log};

/// Where the child commits; without it, the child's test does nothing.
const LEDGER: &str = "FUNDTRAIL_STORE_TEST_LEDGER";
const KILLS: u64 = 15;

#[test]
fn what_was_acknowledged_survives_a_kill() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let path = scratch.path();
    let mut seeded = seeded();
    let mut acknowledged = None;
    for kill in 0..KILLS {
        let mut child = committing_child(path, "");
        let mut lines = acknowledgements(&mut child);
        // Every third one is killed in its first moments, some while still opening.
        if kill % 3 != 2 {
            acknowledged = lines.next().or(acknowledged);
        }
        let moment = if kill % 3 == 2 { 60_000 } else { 150_000 };
        thread::sleep(Duration::from_micros(seeded.below(moment)));
        child.kill().expect("the child is killed");
        let status = child.wait().expect("the child is dead");
        assert_eq!(status.signal(), Some(9), "killed, not failed");
        // What was still in the pipe had been acknowledged too.
        acknowledged = lines.last().or(acknowledged);

        let newest = newest_whole(&open(path).0);
        assert!(
            newest >= acknowledged,
            "kill {kill}: {newest:?} holds {acknowledged:?}"
        );
        let unannounced = newest.map_or(0, |n| n + 1) - acknowledged.map_or(0, |n| n + 1);
        assert!(
            unannounced <= 1,
            "kill {kill}: only the batch on its way is unannounced"
        );
    }
    assert!(
        acknowledged > Some(KILLS),
        "the children committed between the kills"
    );
}

#[test]
fn a_creation_killed_at_any_moment_is_finished_by_the_next() {
    let mut seeded = seeded();
    for _ in 0..KILLS {
        let scratch = tempfile::tempdir().expect("a scratch directory");
        let path = scratch.path().join("ledger");
        let mut child = committing_child(&path, "");
        thread::sleep(Duration::from_micros(seeded.below(50_000)));
        child.kill().expect("the child is killed");
        child.wait().expect("the child is dead");
        let acknowledged = acknowledgements(&mut child).last();
        assert!(newest_whole(&open(&path).0) >= acknowledged);
    }
}

#[test]
fn a_full_disk_is_a_fault_that_lasts_until_reopening() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let path = scratch.path();
    drop(open(path));
    // Files may not outgrow this many blocks; the signal that says so is ignored, so
    // that the write fails as on a full disk.
    let mut child = committing_child(path, "trap '' XFSZ; ulimit -f 2000;");
    let acknowledged = acknowledgements(&mut child).last();
    let status = child.wait().expect("the child ended");
    assert!(status.success(), "the child saw the faults it expected");
    assert!(acknowledged.is_some(), "some batches fitted");

    let newest = newest_whole(&open(path).0);
    assert!(newest >= acknowledged, "{newest:?} holds {acknowledged:?}");
}

/// Commits numbered batches and says so, until it is killed or a commit fails.
#[test]
#[ignore = "run by the tests above, in a process of its own"]
fn child() {
    let Some(path) = env::var_os(LEDGER) else {
        return;
    };
    let (store, mut writer) = open(Path::new(&path));
    for n in newest_whole(&store).map_or(0, |n| n + 1).. {
        if let Err(fault) = writer.commit(&numbered(n)) {
            let again = writer
                .commit(&numbered(n))
                .expect_err("a failed writer stays failed");
            assert!(
                again.0.starts_with(&fault.0) && again.0.contains("start again"),
                "{again}"
            );
            drop(writer);
            let mut next = store.writer().expect("the right to commit is back");
            assert_eq!(
                next.commit(&numbered(n)),
                Err(again),
                "and so does the storage"
            );
            return;
        }
        let mut out = std::io::stdout().lock();
        writeln!(out, "\nacknowledged {n}").expect("the parent listens");
        out.flush().expect("the parent listens");
    }
}

/// `FUNDTRAIL_SEED` chooses other moments.
fn seeded() -> Seeded {
    let seed = env::var("FUNDTRAIL_SEED").unwrap_or("1".into());
    Seeded::new(seed.parse().expect("FUNDTRAIL_SEED is a number"))
}

/// This program again, running only [`child`], after the shell commands `before`.
fn committing_child(path: &Path, before: &str) -> Child {
    let program = env::current_exe().expect("the test knows its program");
    Command::new("sh")
        .arg("-c")
        .arg(format!("{before} exec \"$0\" \"$@\""))
        .arg(program)
        .args(["crash::child", "--exact", "--ignored", "--nocapture"])
        .env(LEDGER, path)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the child starts")
}

fn acknowledgements(child: &mut Child) -> impl Iterator<Item = u64> + use<> {
    let output = child.stdout.take().expect("the child's output is piped");
    BufReader::new(output).lines().filter_map(|line| {
        let line = line.expect("the output can be read");
        line.strip_prefix("acknowledged ")
            .map(|n| n.parse().expect("a number"))
    })
}

/// A write-ahead log that ends at any byte: what was written up to there is there, and
/// nothing of the batch the cut went through.
#[test]
fn a_log_cut_anywhere_holds_whole_batches() {
    const BATCHES: u64 = 7;
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let path = scratch.path().join("ledger");
    let (store, mut writer) = open(&path);
    let log = write_ahead_log(&path);
    let length = || fs::metadata(&log).expect("the log is there").len();
    let mut ends = vec![length()];
    for n in 0..BATCHES {
        writer.commit(&numbered(n)).expect("the batch is committed");
        ends.push(length());
    }
    let copied = scratch.path().join("copied");
    copy(&path, &copied);
    drop((store, writer));

    let mut seeded = Seeded::new(3);
    for whole in 0..BATCHES {
        let (end, next) = (ends[whole as usize], ends[whole as usize + 1]);
        let inside = end + 1 + seeded.below(next - end - 1);
        for cut in [end, end + 1, end + 6, end + 7, inside, next - 1] {
            let torn = scratch.path().join(format!("torn-{cut}"));
            copy(&copied, &torn);
            OpenOptions::new()
                .write(true)
                .open(write_ahead_log(&torn))
                .and_then(|log| log.set_len(cut))
                .expect("the log is cut");
            let (store, mut writer) = open(&torn);
            assert_eq!(
                newest_whole(&store),
                whole.checked_sub(1),
                "cut at {cut}, after {end}"
            );
            // And it goes on from there.
            writer
                .commit(&numbered(whole))
                .expect("the batch is committed");
            drop((store, writer));
            assert_eq!(newest_whole(&open(&torn).0), Some(whole));
            fs::remove_dir_all(torn).expect("the next one");
        }
    }
}

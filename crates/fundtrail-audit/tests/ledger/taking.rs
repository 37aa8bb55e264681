//! Exports: what a log serves becomes one only if it is what the log signed and goes on from
//! what was there. Otherwise nothing in the directory changes.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use fundtrail_audit::{Check, ENTRIES_FILE, Export, TakeError, Taken, take};
use fundtrail_merkle::{Hash, root_of};
use fundtrail_model::LogPolicy;
use tempfile::TempDir;

use crate::support::{checkpoint, judge, policy, small};

/// A static log: files by path.
type Files = BTreeMap<String, Vec<u8>>;

/// Every file below a folder.
fn files(folder: &Path) -> Files {
    fn walk(folder: &Path, prefix: &str, files: &mut Files) {
        for one in fs::read_dir(folder).unwrap() {
            let one = one.unwrap();
            let name = format!("{prefix}{}", one.file_name().to_str().unwrap());
            if one.path().is_dir() {
                walk(&one.path(), &format!("{name}/"), files);
            } else {
                files.insert(name, fs::read(one.path()).unwrap());
            }
        }
    }
    let mut found = Files::new();
    walk(folder, "", &mut found);
    found
}

/// What a log with these entries serves, written by the plain writer.
fn served(export: &Export) -> Files {
    let scratch = TempDir::new().unwrap();
    export.write(scratch.path()).unwrap();
    files(scratch.path())
}

/// The ledger that the log shows to everybody, when it had that many entries.
fn honest(size: usize) -> Export {
    static LEDGER: OnceLock<Ledger> = OnceLock::new();
    LEDGER.get_or_init(|| Ledger::of(1000)).at(size)
}

/// Another ledger of the same log; the first ten entries are the same.
fn other(size: usize) -> Export {
    static LEDGER: OnceLock<Ledger> = OnceLock::new();
    LEDGER.get_or_init(|| Ledger::of(3000)).at(size)
}

/// A ledger of 600 entries and its checkpoint after each.
struct Ledger {
    entries: Vec<Vec<u8>>,
    checkpoints: Vec<Vec<u8>>,
}

impl Ledger {
    /// The ledger of `small`, then keys of that number and those after it.
    fn of(number: u16) -> Ledger {
        let mut making = small();
        making.enrol(number..=number + 589);
        Ledger {
            entries: making.export().entries,
            checkpoints: (1..=600).map(|size| making.checkpoint_of(size)).collect(),
        }
    }

    fn at(&self, size: usize) -> Export {
        Export {
            checkpoint: self.checkpoints[size - 1].clone(),
            entries: self.entries[..size].to_vec(),
        }
    }
}

/// Takes from a log. Gives what came of it and what was asked for.
fn taken(folder: &Path, log: &Files) -> (Result<Taken, TakeError<String>>, Vec<String>) {
    taken_under(folder, log, &policy())
}

fn taken_under(
    folder: &Path,
    log: &Files,
    policy: &LogPolicy,
) -> (Result<Taken, TakeError<String>>, Vec<String>) {
    let asked = RefCell::new(Vec::new());
    let mut fetch = |path: &str| {
        asked.borrow_mut().push(path.to_owned());
        Ok(log.get(path).cloned())
    };
    let result = take(folder, policy, &log["checkpoint"], &mut fetch, &mut |_| {});
    (result, asked.into_inner())
}

#[track_caller]
fn refused(result: Result<Taken, TakeError<String>>) -> Vec<(Option<u64>, Check)> {
    match result {
        Err(TakeError::Refused(findings)) => {
            findings.iter().map(|one| (one.index, one.check)).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_export_is_the_log_computed_anew() {
    let log = served(&honest(300));
    let scratch = TempDir::new().unwrap();
    let folder = scratch.path().join("new");
    let (result, asked) = taken(&folder, &log);
    let taken = result.unwrap();
    assert_eq!(
        (taken.head.size, taken.before, taken.fetched),
        (300, None, 2)
    );
    // Entries alone are asked for, never hashes.
    assert_eq!(asked, ["tile/entries/000", "tile/entries/001.p/44"]);
    let names = [
        "checkpoint",
        "entries.ndjson",
        "tile/0/000",
        "tile/0/001.p/44",
        "tile/1/000.p/1",
        "tile/entries/000",
        "tile/entries/001.p/44",
    ];
    assert!(files(&folder).keys().eq(names));
    assert_eq!(files(&folder), log);
    let export = Export::read(&folder).unwrap();
    assert!(judge(&export).is_clean());
    // Without the file of lines the bundles say the same.
    fs::remove_file(folder.join(ENTRIES_FILE)).unwrap();
    assert_eq!(Export::read(&folder).unwrap(), export);
}

#[test]
fn an_export_grows_by_what_is_new() {
    let scratch = TempDir::new().unwrap();
    let folder = scratch.path();
    for (size, before, expected) in [
        (20, None, &["tile/entries/000.p/20"][..]),
        (20, Some(20), &[]),
        (
            300,
            Some(20),
            &["tile/entries/000", "tile/entries/001.p/44"],
        ),
        (310, Some(300), &["tile/entries/001.p/54"]),
        (
            520,
            Some(310),
            &["tile/entries/001", "tile/entries/002.p/8"],
        ),
    ] {
        let (result, asked) = taken(folder, &served(&honest(size)));
        let taken = result.unwrap();
        assert_eq!((taken.head.size, taken.before), (size as u64, before));
        assert_eq!(asked, expected, "{size}");
        assert_eq!(taken.fetched, expected.len() as u64);
        assert_eq!(Export::read(folder).unwrap(), honest(size));
    }
    let all = files(folder);
    // What earlier checkpoints need is still there, and all of the newest.
    for (name, bytes) in served(&honest(520)) {
        assert!(all[&name] == bytes, "{name}");
    }
    for kept in [
        "tile/0/000.p/20",
        "tile/entries/001.p/44",
        "tile/0/001.p/54",
    ] {
        assert!(all.contains_key(kept), "{kept}");
    }
    assert!(!all.keys().any(|name| name.starts_with('.')));
}

#[test]
fn a_log_that_goes_back_on_its_word_changes_nothing() {
    let scratch = TempDir::new().unwrap();
    let folder = scratch.path();
    taken(folder, &served(&honest(300))).0.unwrap();
    let before = files(folder);
    let truncated = honest(290);
    let forked = other(300);
    let rewritten = other(600);
    for (now, findings) in [
        (&truncated, vec![(None, Check::Truncated)]),
        (&forked, vec![(Some(10), Check::Forked)]),
        (&rewritten, vec![(Some(10), Check::Rewritten)]),
    ] {
        assert!(judge(now).is_clean());
        assert_eq!(refused(taken(folder, &served(now)).0), findings);
        assert!(files(folder) == before, "{findings:?}");
        // By itself, in a directory of its own, it is evidence.
        let own = TempDir::new().unwrap();
        taken(own.path(), &served(now)).0.unwrap();
    }
    // The honest log goes on.
    taken(folder, &served(&honest(310))).0.unwrap();
}

#[test]
fn every_changed_entry_is_refused() {
    let honest = served(&honest(300));
    for (name, at) in [("tile/entries/000", 40), ("tile/entries/001.p/44", 90)] {
        let mut log = honest.clone();
        log.get_mut(name).unwrap()[at] ^= 1;
        let scratch = TempDir::new().unwrap();
        assert_eq!(
            refused(taken(scratch.path(), &log).0),
            [(None, Check::Root)]
        );
        assert!(files(scratch.path()).is_empty());
    }
}

#[test]
fn what_is_no_bundle_of_its_place_is_refused() {
    let honest = served(&honest(300));
    let whole = &honest["tile/entries/000"];
    let part = &honest["tile/entries/001.p/44"];
    let cut = |bytes: &[u8]| bytes[..bytes.len() - 1].to_vec();
    for (name, bytes) in [
        ("tile/entries/000", Some(cut(whole))),
        ("tile/entries/000", Some([whole.as_slice(), &[0]].concat())),
        ("tile/entries/000", Some(part.clone())),
        ("tile/entries/000", Some(Vec::new())),
        ("tile/entries/000", None),
        ("tile/entries/001.p/44", Some(cut(part))),
        (
            "tile/entries/001.p/44",
            Some([part.as_slice(), b"\0\0"].concat()),
        ),
        ("tile/entries/001.p/44", None),
    ] {
        let mut log = honest.clone();
        match bytes {
            Some(bytes) => log.insert(name.into(), bytes),
            None => log.remove(name),
        };
        let scratch = TempDir::new().unwrap();
        assert_eq!(
            refused(taken(scratch.path(), &log).0),
            [(None, Check::Bundle)]
        );
        assert!(files(scratch.path()).is_empty());
    }
}

#[test]
fn a_deleted_partial_bundle_is_taken_from_the_full_one() {
    let mut log = served(&honest(600));
    log.insert("checkpoint".into(), honest(300).checkpoint);
    assert!(!log.contains_key("tile/entries/001.p/44"));
    let scratch = TempDir::new().unwrap();
    let (result, asked) = taken(scratch.path(), &log);
    assert_eq!(result.unwrap().head.size, 300);
    assert_eq!(asked[1..], ["tile/entries/001.p/44", "tile/entries/001"]);
    assert_eq!(files(scratch.path()), served(&honest(300)));
}

#[test]
fn a_checkpoint_that_is_not_the_logs_is_refused_before_anything_is_fetched() {
    let mut log = served(&honest(20));
    log.get_mut("checkpoint").unwrap()[30] ^= 1;
    let scratch = TempDir::new().unwrap();
    let (result, asked) = taken(scratch.path(), &log);
    assert_eq!(refused(result), [(None, Check::Checkpoint)]);
    assert!(asked.is_empty() && files(scratch.path()).is_empty());
}

#[test]
fn a_root_that_is_not_that_of_the_entries_is_refused() {
    let mut export = honest(20);
    export.checkpoint = checkpoint(20, Hash([1; 32])).into_bytes();
    let scratch = TempDir::new().unwrap();
    assert_eq!(
        refused(taken(scratch.path(), &served(&export)).0),
        [(None, Check::Root)]
    );
    assert!(files(scratch.path()).is_empty());
}

#[test]
fn a_directory_of_another_log_is_left_alone() {
    let scratch = TempDir::new().unwrap();
    fs::write(scratch.path().join("checkpoint"), "somebody's notes").unwrap();
    let before = files(scratch.path());
    let (result, asked) = taken(scratch.path(), &served(&honest(20)));
    assert_eq!(refused(result), [(None, Check::Kept)]);
    assert!(asked.is_empty() && files(scratch.path()) == before);
}

#[test]
fn a_quorum_is_asked_of_the_new_checkpoint() {
    let key = policy().logs()[0].key.to_string();
    let witness = crate::support::witness_key();
    let text = format!("log {key}\nwitness w {witness}\nquorum w\n");
    let asks = LogPolicy::parse(&text).unwrap();
    let log = served(&honest(20));
    let scratch = TempDir::new().unwrap();
    let (result, _) = taken_under(scratch.path(), &log, &asks);
    assert_eq!(refused(result), [(None, Check::Checkpoint)]);

    // The one that is there only needs the log's signature.
    taken(scratch.path(), &log).0.unwrap();
    let mut log = served(&honest(25));
    let plain = String::from_utf8(log["checkpoint"].clone()).unwrap();
    let cosigned = crate::support::cosigned(&plain);
    log.insert("checkpoint".into(), cosigned.into_bytes());
    let taken = taken_under(scratch.path(), &log, &asks).0.unwrap();
    assert_eq!((taken.before, taken.head.size), (Some(20), 25));
}

#[test]
fn what_was_fetched_before_an_interruption_is_not_fetched_again() {
    let log = served(&honest(600));
    let scratch = TempDir::new().unwrap();
    let mut calls = 0;
    let mut fetch = |path: &str| {
        calls += 1;
        if calls == 3 {
            return Err("the line is dead".to_owned());
        }
        Ok(log.get(path).cloned())
    };
    let result = take(
        scratch.path(),
        &policy(),
        &log["checkpoint"],
        &mut fetch,
        &mut |_| {},
    );
    assert!(matches!(result, Err(TakeError::Source(why)) if why == "the line is dead"));
    assert!(!scratch.path().join("checkpoint").exists());
    let (result, asked) = taken(scratch.path(), &log);
    result.unwrap();
    assert_eq!(asked, ["tile/entries/002.p/88"]);
    assert_eq!(files(scratch.path()), log);
}

#[test]
fn damaged_files_are_fetched_anew() {
    let scratch = TempDir::new().unwrap();
    let folder = scratch.path();
    taken(folder, &served(&honest(300))).0.unwrap();
    let log = served(&honest(310));
    for name in [
        "tile/entries/000",
        "tile/0/000",
        "entries.ndjson",
        "tile/1/000.p/1",
    ] {
        let mut bytes = fs::read(folder.join(name)).unwrap();
        bytes[20] ^= 1;
        fs::write(folder.join(name), bytes).unwrap();
    }
    taken(folder, &log).0.unwrap();
    let all = files(folder);
    for (name, bytes) in log {
        assert!(all[&name] == bytes, "{name}");
    }
}

/// Entries of another log may hold line feeds: then the bundles alone say them.
#[test]
fn entries_that_are_no_lines_have_no_file_of_lines() {
    let mut export = Export {
        checkpoint: Vec::new(),
        entries: vec![b"a\nb".to_vec(), b"c".to_vec(), Vec::new()],
    };
    let leaves: Vec<Hash> = export.leaves().collect();
    export.checkpoint = checkpoint(3, root_of(&leaves)).into_bytes();
    let scratch = TempDir::new().unwrap();
    taken(scratch.path(), &served(&export)).0.unwrap();
    assert!(!scratch.path().join(ENTRIES_FILE).exists());
    assert_eq!(Export::read(scratch.path()).unwrap(), export);
}

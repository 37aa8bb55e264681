//! `fundtraild fsck` itself: its exit codes, what it prints, and that it changes nothing unless
//! it is told to.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use fundtrail_model::port::{Batch, Commit as _, Table};
use fundtrail_store::Store;
use fundtrail_tests::{Scratch, binary};

/// Where `init` puts the configuration.
fn config(data: &Path) -> PathBuf {
    data.join("fundtraild.toml")
}

/// Runs `fsck` on a data directory, and gives its exit code and all it printed.
fn fsck(data: &Path, flags: &[&str]) -> (i32, String) {
    let output = Command::new(binary("fundtraild"))
        .arg("fsck")
        .arg("--config")
        .arg(config(data))
        .args(flags)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    (output.status.code().unwrap(), text.into_owned())
}

/// Where the storage is, as the configuration says.
fn storage(data: &Path) -> PathBuf {
    let text = fs::read_to_string(config(data)).unwrap();
    let line = text.lines().find(|line| line.starts_with("data"));
    let path = line.and_then(|line| line.split('"').nth(1)).unwrap();
    data.join(path)
}

fn change(data: &Path, change: impl FnOnce(&Store, &mut Batch)) {
    let store = Store::open(&storage(data)).unwrap();
    let mut batch = Batch::default();
    change(&store, &mut batch);
    store.writer().unwrap().commit(&batch).unwrap();
}

fn node_key(level: u8, index: u64) -> Vec<u8> {
    fundtrail_merkle::NodeId { level, index }.key().to_vec()
}

fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let all = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    let mut files: Vec<_> = all.filter(|path| path.is_file()).collect();
    files.sort();
    files
        .into_iter()
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect()
}

#[test]
fn fsck_names_what_is_wrong_and_writes_anew_what_follows() {
    let mut scratch = Scratch::start();
    scratch.play("s01-fund-activates.scn");
    let data = scratch.node.data.clone();
    scratch.node.kill().unwrap();
    let storage = storage(&data);

    let before = files(&storage);
    let (code, text) = fsck(&data, &[]);
    assert_eq!(code, 0, "{text}");
    assert!(text.starts_with("clean: "), "{text}");
    assert_eq!(files(&storage), before, "fsck changed a file");

    change(&data, |_, batch| {
        batch.put(Table::Nodes, node_key(0, 3), vec![7; 32]);
        batch.put(Table::Fund, "fund", "{}");
        batch.delete(Table::Days, vec![0; 4]);
        batch.put(Table::Parties, "NOBODY", "{}");
    });
    let before = files(&storage);
    let (code, text) = fsck(&data, &[]);
    assert_eq!(code, 1, "{text}");
    for line in [
        "ROW_DIFFERS nodes 0/3: ",
        "ROW_DIFFERS fund fund: ",
        "ROW_UNEXPECTED parties NOBODY: ",
    ] {
        assert!(text.contains(line), "{text}");
    }
    let (code, text) = fsck(&data, &["--json"]);
    assert_eq!(code, 1, "{text}");
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    let codes: Vec<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["code"].as_str().unwrap())
        .collect();
    assert!(
        codes.contains(&"ROW_UNEXPECTED") && codes.contains(&"START_REFUSED"),
        "{text}"
    );
    assert_eq!(files(&storage), before, "fsck changed a file");

    let (code, text) = fsck(&data, &["--rebuild"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("2 rows written anew, 1 removed"), "{text}");
    assert_eq!(fsck(&data, &[]).0, 0);
    scratch.restart();
    assert!(scratch.node.url.starts_with("http"));
}

#[test]
fn fsck_leaves_entries_alone_and_says_what_it_cannot_read() {
    let mut scratch = Scratch::start();
    scratch.play("s01-fund-activates.scn");
    let data = scratch.node.data.clone();
    scratch.node.kill().unwrap();
    change(&data, |store, batch| {
        let key = 2_u64.to_be_bytes();
        let bytes = store.read(|read| read.get(Table::Entries, &key)).unwrap();
        let mut bytes = bytes.unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        batch.put(Table::Entries, key, bytes);
    });
    let (code, text) = fsck(&data, &[]);
    assert_eq!(code, 1, "{text}");
    assert!(
        text.contains("ENTRY_HASH entries 2: expected leaf hash "),
        "{text}"
    );
    let (code, text) = fsck(&data, &["--rebuild"]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("REBUILD_ENTRIES"), "{text}");

    fs::remove_file(storage(&data).join("CURRENT")).unwrap();
    let (code, text) = fsck(&data, &[]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("CURRENT is gone"), "{text}");
    let nowhere = scratch.folder().join("nowhere");
    let (code, text) = fsck(&data, &["--data", nowhere.to_str().unwrap()]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("there is no ledger"), "{text}");
    assert!(!nowhere.exists());
}

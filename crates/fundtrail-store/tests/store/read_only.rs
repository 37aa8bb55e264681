//! Opening to read only: what is there is read, and no file is touched.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use fundtrail_model::port::{Batch, Commit, Table};
use fundtrail_store::{OpenError, ReadOnly, Store};

use crate::support::open;

/// Every file with its bytes.
fn files(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let all = fs::read_dir(path).expect("the directory is read");
    all.map(|file| file.expect("a file").path())
        .map(|path| {
            let bytes = fs::read(&path).expect("the file is read");
            (path.display().to_string(), bytes)
        })
        .collect()
}

#[test]
fn what_only_the_log_has_is_read_and_no_file_changes() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let path = scratch.path();
    let (store, mut writer) = open(path);
    let mut batch = Batch::default();
    batch.put(Table::Loans, "L1", "one");
    batch.put(Table::Entries, 7_u64.to_be_bytes(), "seven");
    writer.commit(&batch).expect("the batch is committed");
    drop((store, writer));

    let before = files(path);
    for _ in 0..2 {
        let storage = ReadOnly::open(path).expect("the storage is opened");
        let loan = storage.read(|state| state.get(Table::Loans, b"L1"));
        assert_eq!(loan, Ok(Some(b"one".to_vec())));
        let rows = storage.read(|state| state.range_back(Table::Entries, &[], &[0xff; 9], 2));
        let row = (7_u64.to_be_bytes().to_vec(), b"seven".to_vec());
        assert_eq!(rows, Ok(vec![row]));
        let none = storage.read(|state| state.range(Table::Refusals, &[], &[0xff; 9], 2));
        assert_eq!(none, Ok(Vec::new()));
    }
    assert_eq!(files(path), before);
    assert!(Store::open(path).is_ok(), "nothing holds it");
}

#[test]
fn where_there_is_no_ledger_none_is_made() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let path = scratch.path().join("nothing");
    let nothing = OpenError::Nothing { path: path.clone() };
    let error = ReadOnly::open(&path).expect_err("there is nothing");
    assert_eq!(error, nothing);
    assert!(!path.exists());
    fs::create_dir(&path).expect("the directory is made");
    assert_eq!(ReadOnly::open(&path).expect_err("still nothing"), nothing);
    assert!(files(&path).is_empty());
    fs::write(path.join("letter"), "dear").expect("the file is written");
    let error = ReadOnly::open(&path).expect_err("something else");
    assert!(matches!(error, OpenError::Foreign { .. }), "{error}");
}

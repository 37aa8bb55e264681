//! Opening: each way it can be refused, and what an interrupted creation leaves.

use std::fs;
use std::path::Path;

use fundtrail_model::port::{Batch, Commit, Table};
use fundtrail_store::{OpenError, SCHEMA_VERSION, Store};
use rocksdb::{DB, Options};

use crate::support::{newest_whole, numbered, open};

fn names() -> impl Iterator<Item = &'static str> {
    Table::ALL.iter().map(|table| table.name())
}

/// A database made without this crate.
fn raw(path: &Path, families: impl Iterator<Item = &'static str>) -> DB {
    let mut options = Options::default();
    options.create_if_missing(true);
    options.create_missing_column_families(true);
    DB::open_cf(&options, path, families).expect("RocksDB opens")
}

fn put(db: &DB, table: &str, key: &str, value: &str) {
    let family = db.cf_handle(table).expect("the family is open");
    db.put_cf(family, key, value).expect("the row is written");
}

fn refused(path: &Path) -> OpenError {
    Store::open(path).expect_err("the storage is refused")
}

#[test]
fn a_new_storage_records_its_schema() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let path = scratch.path().join("some/where/new");
    let (store, _) = open(&path);
    let schema = store.read(|state| state.get(Table::Meta, b"schema"));
    assert_eq!(schema, Ok(Some(SCHEMA_VERSION.to_string().into_bytes())));
}

#[test]
fn another_schema_is_refused_and_nothing_is_changed() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let path = scratch.path();
    open(path)
        .1
        .commit(&numbered(0))
        .expect("the batch is committed");
    put(&raw(path, names()), "meta", "schema", "2");

    let error = refused(path);
    assert_eq!(
        error,
        OpenError::OtherSchema {
            path: path.into(),
            found: "2".into()
        }
    );
    assert!(error.to_string().contains("schema version 2"), "{error}");
    assert!(error.to_string().contains("version 1 only"), "{error}");

    put(&raw(path, names()), "meta", "schema", "1");
    assert_eq!(newest_whole(&open(path).0), Some(0));
}

#[test]
fn rows_without_a_schema_are_refused() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let path = scratch.path();
    put(&raw(path, names()), "loans", "a loan", "of another program");
    assert_eq!(refused(path), OpenError::NoSchema { path: path.into() });
    assert_eq!(
        refused(path),
        OpenError::NoSchema { path: path.into() },
        "again, the same"
    );
}

#[test]
fn an_unknown_table_is_refused() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let path = scratch.path();
    drop(open(path));
    drop(raw(path, names().chain(["futures"])));
    assert_eq!(
        refused(path),
        OpenError::UnknownTable {
            path: path.into(),
            table: "futures".into()
        }
    );
}

#[test]
fn a_missing_table_is_refused() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let path = scratch.path();
    drop(open(path));
    raw(path, names())
        .drop_cf("claims")
        .expect("the family is dropped");
    assert_eq!(
        refused(path),
        OpenError::MissingTable {
            path: path.into(),
            table: "claims"
        }
    );
    assert_eq!(
        refused(path),
        OpenError::MissingTable {
            path: path.into(),
            table: "claims"
        },
        "refusing did not create it"
    );
}

#[test]
fn a_table_that_came_later_is_made_and_loses_nothing() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let path = scratch.path();
    // As a program before these tables made it.
    let later = ["witnessed", "versions", "days"];
    let before = || names().filter(|name| !later.contains(name));
    let old = raw(path, before());
    put(&old, "meta", "schema", "1");
    put(&old, "loans", "a loan", "as it was");
    drop(old);

    let (store, mut writer) = open(path);
    let loan = |store: &Store| store.read(|state| state.get(Table::Loans, b"a loan"));
    assert_eq!(loan(&store), Ok(Some(b"as it was".to_vec())));
    let mut batch = Batch::default();
    batch.put(Table::Witnessed, 7_u64.to_be_bytes(), "a note");
    writer.commit(&batch).expect("the table takes rows");
    drop((store, writer));
    let (store, _) = open(path);
    let note = store.read(|state| state.get(Table::Witnessed, &7_u64.to_be_bytes()));
    assert_eq!(note, Ok(Some(b"a note".to_vec())), "made once, then kept");
    assert_eq!(loan(&store), Ok(Some(b"as it was".to_vec())));
}

#[test]
fn a_refused_storage_gets_no_later_table() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let path = scratch.path();
    let old = raw(path, names().filter(|name| *name != "witnessed"));
    put(&old, "meta", "schema", "2");
    drop(old);
    assert!(matches!(refused(path), OpenError::OtherSchema { .. }));
    let families = DB::list_cf(&Options::default(), path).expect("RocksDB lists them");
    assert!(!families.iter().any(|family| family == "witnessed"));
}

#[test]
fn a_second_opening_is_refused() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let path = scratch.path();
    let first = open(path);
    let error = refused(path);
    assert_eq!(error, OpenError::Locked { path: path.into() });
    assert!(
        error.to_string().contains("another node has it open"),
        "{error}"
    );
    drop(first);
    open(path);
}

#[test]
fn an_interrupted_creation_is_finished() {
    // After each number of tables, with nothing written yet.
    for created in [0, 1, 2, Table::ALL.len() / 2, Table::ALL.len()] {
        let scratch = tempfile::tempdir().expect("a scratch directory");
        let path = scratch.path();
        drop(raw(path, names().take(created)));
        let (store, mut writer) = open(path);
        writer.commit(&numbered(0)).expect("the batch is committed");
        assert_eq!(newest_whole(&store), Some(0), "after {created} tables");
    }
}

#[test]
fn a_creation_interrupted_before_its_first_table_is_finished() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let path = scratch.path();
    for left in [
        "LOCK",
        "LOG",
        "LOG.old.1",
        "IDENTITY",
        "000001.dbtmp",
        "MANIFEST-000001",
    ] {
        fs::write(path.join(left), "").expect("a file is left behind");
    }
    fs::create_dir(path.join("lost+found")).expect("as on a new file system");
    open(path);
}

#[test]
fn foreign_files_are_left_alone() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let path = scratch.path();
    for name in ["holiday.jpg", "000007.sst", "000008.log"] {
        let file = path.join(name);
        fs::write(&file, "precious").expect("a file is there before");
        assert_eq!(
            refused(path),
            OpenError::Foreign {
                path: path.into(),
                found: name.into()
            }
        );
        assert_eq!(fs::read(&file).expect("it still is"), b"precious");
        fs::remove_file(file).expect("the next one");
    }
}

#[test]
fn a_ledger_that_lost_its_current_file_is_not_made_anew() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let path = scratch.path();
    open(path)
        .1
        .commit(&numbered(0))
        .expect("the batch is committed");
    let current = fs::read(path.join("CURRENT")).expect("the file is there");
    fs::remove_file(path.join("CURRENT")).expect("the file is lost");
    assert!(matches!(refused(path), OpenError::Foreign { .. }));
    fs::write(path.join("CURRENT"), current).expect("the file is found");
    assert_eq!(newest_whole(&open(path).0), Some(0));
}

#[test]
fn a_path_that_is_no_directory_is_inaccessible() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let file = scratch.path().join("file");
    fs::write(&file, "").expect("a file");
    assert!(matches!(refused(&file), OpenError::Inaccessible { .. }));
    assert!(matches!(
        refused(&file.join("below")),
        OpenError::Inaccessible { .. }
    ));
}

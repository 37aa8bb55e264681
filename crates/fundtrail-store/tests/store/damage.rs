//! Damage on the disk: it is reported, never taken for an empty or an older ledger.

use std::fs;
use std::path::Path;

use fundtrail_model::port::{Batch, Commit, Table};
use fundtrail_store::{OpenError, ReadOnly, Store};

use crate::support::{Seeded, all, copy, files, newest_whole, numbered, open, write_ahead_log};

const BATCHES: u64 = 12;

/// A ledger whose newest batches are in the write-ahead log only, as after a kill; and
/// the length of the log after each batch.
fn unflushed(scratch: &Path) -> (std::path::PathBuf, Vec<u64>) {
    let (path, copied) = (scratch.join("ledger"), scratch.join("copied"));
    let (_store, mut writer) = open(&path);
    let log = write_ahead_log(&path);
    let mut ends = Vec::new();
    for n in 0..BATCHES {
        ends.push(fs::metadata(&log).expect("the log is there").len());
        writer.commit(&numbered(n)).expect("the batch is committed");
    }
    ends.push(fs::metadata(&log).expect("the log is there").len());
    copy(&path, &copied);
    (copied, ends)
}

fn change(file: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(file).expect("the file can be read");
    change(&mut bytes);
    fs::write(file, bytes).expect("the file can be written");
}

#[test]
fn a_rotten_byte_in_the_log_is_refused() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let (path, ends) = unflushed(scratch.path());
    let mut seeded = Seeded::new(5);
    for case in 0..20 {
        let rotten = scratch.path().join("rotten");
        copy(&path, &rotten);
        // In the record of some batch, behind its header: the length in a header has no
        // checksum, see `options::database`.
        let n = seeded.below(BATCHES) as usize;
        let record = ends[n] + 7;
        let at = record + seeded.below(ends[n + 1] - record);
        change(&write_ahead_log(&rotten), |log| {
            log[at as usize] ^= 1 << seeded.below(8)
        });
        match Store::open(&rotten) {
            Err(OpenError::Corrupted { .. }) => {}
            Err(other) => panic!("case {case}: byte {at} of {ends:?}: {other}"),
            Ok(store) => panic!(
                "case {case}: byte {at} of {ends:?} went unnoticed: {:?}",
                newest_whole(&store)
            ),
        }
        fs::remove_dir_all(rotten).expect("the next one");
    }
}

/// Without a look at them first, RocksDB would read such a file for ever.
#[test]
fn a_record_that_claims_a_file_used_before_is_refused() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let (path, ends) = unflushed(scratch.path());
    let current = fs::read_to_string(path.join("CURRENT")).expect("it names the manifest");
    let manifest = path.join(current.trim());
    // The type is the seventh byte of a header; the manifest's first record is skipped.
    let bytes = fs::read(&manifest).expect("the manifest can be read");
    let second = 7 + usize::from(u16::from_le_bytes([bytes[4], bytes[5]]));
    let log = write_ahead_log(&path);
    for (file, header) in [(manifest, second), (log, ends[5] as usize)] {
        for kind in [5, 6, 7, 8, 11, 131] {
            let rotten = scratch.path().join("rotten");
            copy(&path, &rotten);
            let name = file.file_name().expect("a name");
            change(&rotten.join(name), |bytes| bytes[header + 6] = kind);
            for opened in [Store::open(&rotten).err(), ReadOnly::open(&rotten).err()] {
                assert!(
                    matches!(opened, Some(OpenError::Corrupted { .. })),
                    "{name:?}: {opened:?}"
                );
            }
            fs::remove_dir_all(rotten).expect("the next one");
        }
    }
}

/// A power cut may leave preallocated, zeroed blocks behind the last record.
#[test]
fn zeroes_after_the_last_record_are_no_damage() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let (path, _) = unflushed(scratch.path());
    change(&write_ahead_log(&path), |log| {
        log.resize(log.len() + 100_000, 0)
    });
    assert_eq!(newest_whole(&open(&path).0), Some(BATCHES - 1));
}

#[test]
fn a_rotten_byte_in_a_table_is_a_fault_not_a_missing_row() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let (path, backup) = (scratch.path().join("ledger"), scratch.path().join("backup"));
    let (store, mut writer) = open(&path);
    let mut batch = Batch::default();
    for n in 0..2_000_u64 {
        batch.put(Table::Nodes, n.to_be_bytes(), [n as u8; 32]);
    }
    writer.commit(&batch).expect("the batch is committed");
    // A backup has every row in files.
    store.checkpoint_to(&backup).expect("the backup is written");
    let largest = files(&backup, "sst")
        .into_iter()
        .max_by_key(|file| fs::metadata(file).expect("the file is there").len())
        .expect("there are files");
    // The file is a hard link: give the backup one of its own, with a rotten byte.
    let mut bytes = fs::read(&largest).expect("the file can be read");
    bytes[10_000] ^= 0x10;
    fs::remove_file(&largest).expect("the link is cut");
    fs::write(&largest, bytes).expect("the file can be written");

    let (rotten, _) = open(&backup);
    rotten.read(|state| {
        let faults = (0..2_000_u64)
            .filter(|n| match state.get(Table::Nodes, &n.to_be_bytes()) {
                Ok(row) => {
                    assert_eq!(row, Some(vec![*n as u8; 32]));
                    false
                }
                Err(fault) => {
                    assert!(
                        fault.0.contains("`nodes`") && fault.0.contains("orruption"),
                        "{fault}"
                    );
                    true
                }
            })
            .count();
        assert!(
            (1..200).contains(&faults),
            "one block is lost: {faults} rows"
        );
        state
            .range(Table::Nodes, b"", &[0xff], 9_999)
            .expect_err("a range across it");
        state
            .range_back(Table::Nodes, b"", &[0xff], 9_999)
            .expect_err("and backwards");
    });
    assert_eq!(
        store.read(|state| all(state, Table::Nodes)).len(),
        2_000,
        "the original is whole"
    );
}

#[test]
fn a_missing_file_is_refused() {
    for extension in ["sst", "MANIFEST"] {
        let scratch = tempfile::tempdir().expect("a scratch directory");
        let path = scratch.path();
        open(path)
            .1
            .commit(&numbered(0))
            .expect("the batch is committed");
        drop(open(path)); // moves the rows from the log into files
        let lost = match extension {
            "sst" => files(path, "sst").remove(0),
            _ => path.join(
                fs::read_to_string(path.join("CURRENT"))
                    .expect("a name")
                    .trim_end(),
            ),
        };
        fs::remove_file(lost).expect("the file is lost");
        let error = Store::open(path).expect_err("the storage is refused");
        assert!(matches!(error, OpenError::Corrupted { .. }), "{error}");
    }
}

/// `.log` looks like something one may delete.
#[test]
fn a_deleted_write_ahead_log_is_noticed() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let (path, _) = unflushed(scratch.path());
    let log = write_ahead_log(&path);
    let bytes = fs::read(&log).expect("the file can be read");
    fs::remove_file(&log).expect("the file is deleted");
    for _ in 0..2 {
        let error = Store::open(&path).expect_err("the storage is refused");
        assert_eq!(error, OpenError::LostLog { path: path.clone() });
    }
    fs::write(&log, bytes).expect("the file is put back");
    assert_eq!(newest_whole(&open(&path).0), Some(BATCHES - 1));
}

#[test]
fn a_garbled_manifest_is_refused() {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let path = scratch.path();
    open(path)
        .1
        .commit(&numbered(0))
        .expect("the batch is committed");
    let manifest = fs::read_to_string(path.join("CURRENT")).expect("it names the manifest");
    change(&path.join(manifest.trim_end()), |bytes| bytes[40] ^= 0x01);
    let error = Store::open(path).expect_err("the storage is refused");
    assert!(matches!(error, OpenError::Corrupted { .. }), "{error}");
    assert!(error.to_string().contains("restore a backup"), "{error}");
}

//! What the tests share: numbered batches whose wholeness can be checked, a seeded
//! generator, and copies of a database's directory.

use std::fs;
use std::path::{Path, PathBuf};

use fundtrail_model::port::{Batch, Read, Row, Table};
use fundtrail_store::{Store, Writer};

/// Past every key the tests write.
pub(crate) const END: &[u8] = &[0xff; 40];

/// Opens the storage in `path` and takes the right to commit.
pub(crate) fn open(path: &Path) -> (Store, Writer) {
    let store = Store::open(path).expect("the storage opens");
    let writer = store.writer().expect("nobody else commits");
    (store, writer)
}

/// Every row of `table`, in order.
pub(crate) fn all(state: &dyn Read, table: Table) -> Vec<Row> {
    state
        .range(table, b"", END, usize::MAX)
        .expect("the table can be read")
}

/// Batch `n`: rows in four tables. It adds to two of them, overwrites in the third, and
/// in the fourth removes what batch `n - 1` put there. Its size differs from its
/// neighbours', from one block of the write-ahead log to several.
pub(crate) fn numbered(n: u64) -> Batch {
    let mut batch = Batch::default();
    batch.put(Table::Entries, n.to_be_bytes(), body(n));
    batch.put(Table::Ids, format!("id-{n:08}"), n.to_be_bytes());
    batch.put(Table::Heads, "newest", n.to_be_bytes());
    batch.put(Table::Queue, n.to_be_bytes(), "waiting");
    if let Some(before) = n.checked_sub(1) {
        batch.delete(Table::Queue, before.to_be_bytes());
    }
    batch
}

/// The number of the newest batch, after checking that the batches up to it are there
/// whole and that nothing of a later one is.
pub(crate) fn newest_whole(store: &Store) -> Option<u64> {
    store.read(|state| {
        let head = state
            .get(Table::Heads, b"newest")
            .expect("the head can be read");
        let newest = head.map(|bytes| number(&bytes));
        let count = newest.map_or(0, |n| n + 1);

        let entries = all(state, Table::Entries);
        assert_eq!(
            entries.len() as u64,
            count,
            "entries up to the newest batch"
        );
        for (n, row) in (0..).zip(entries) {
            assert!(
                row == (u64::to_be_bytes(n).into(), body(n)),
                "entry {n} is whole"
            );
        }
        let ids = all(state, Table::Ids);
        assert_eq!(ids.len() as u64, count, "ids up to the newest batch");
        for (n, row) in (0..).zip(ids) {
            assert_eq!(
                row,
                (format!("id-{n:08}").into(), u64::to_be_bytes(n).into())
            );
        }
        let queue: Vec<u64> = all(state, Table::Queue)
            .iter()
            .map(|(key, _)| number(key))
            .collect();
        assert_eq!(queue, Vec::from_iter(newest), "only the newest batch waits");
        newest
    })
}

/// A big-endian number, as keys and values hold it.
pub(crate) fn number(bytes: &[u8]) -> u64 {
    u64::from_be_bytes(bytes.try_into().expect("eight bytes"))
}

/// The write-ahead log in `path`, which must be the only one.
pub(crate) fn write_ahead_log(path: &Path) -> PathBuf {
    let mut logs = files(path, "log");
    assert_eq!(logs.len(), 1, "one write-ahead log");
    logs.remove(0)
}

/// The files in `path` with this extension.
pub(crate) fn files(path: &Path, extension: &str) -> Vec<PathBuf> {
    fs::read_dir(path)
        .expect("the directory can be read")
        .map(|entry| entry.expect("the entry can be read").path())
        .filter(|file| file.extension().is_some_and(|found| found == extension))
        .collect()
}

/// Copies the files of the database in `from` to the new directory `to`, as they are.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).expect("the copy is new");
    for entry in fs::read_dir(from).expect("the directory can be read") {
        let file = entry.expect("the entry can be read").path();
        let name = file.file_name().expect("a file has a name");
        fs::copy(&file, to.join(name)).expect("the file can be copied");
    }
}

/// A small generator, so that a failing run can be repeated.
pub(crate) struct Seeded(u64);

impl Seeded {
    pub(crate) fn new(seed: u64) -> Self {
        Seeded(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % bound
    }
}

fn body(n: u64) -> Vec<u8> {
    let mut seeded = Seeded::new(n + 1);
    let length = match n % 5 {
        0 => 70_000 + seeded.below(30_000),
        1 => 0,
        _ => seeded.below(3_000),
    };
    (0..length).map(|_| seeded.below(256) as u8).collect()
}

//! Opening to read only: for whoever checks a ledger, and must leave it as it is.
//!
//! Invariant: no file of the directory is made, changed or deleted. So the lock is not taken:
//! the directory must be nobody's meanwhile, or a backup. An erasure that a crash cut short
//! stays as it is, and a table that is not there yet reads as empty.

use std::fmt;
use std::path::Path;

use fundtrail_model::port::{Fault, Read, Row, Table};
use rocksdb::DB;

use crate::error::OpenError;
use crate::open;
use crate::view::View;

/// A storage that is open for reading only. It writes nothing and holds no lock.
pub struct ReadOnly(DB);

impl ReadOnly {
    /// Opens the storage in the directory `path`, which must have one.
    ///
    /// # Errors
    /// [`OpenError`], as [`Store::open`](crate::Store::open), and [`OpenError::Nothing`].
    pub fn open(path: &Path) -> Result<ReadOnly, OpenError> {
        open::open_to_read(path).map(ReadOnly)
    }

    /// Calls `f` with the state as it was opened.
    pub fn read<T>(&self, f: impl FnOnce(&dyn Read) -> T) -> T {
        f(&Tables {
            db: &self.0,
            view: View::new(&self.0),
        })
    }
}

impl fmt::Debug for ReadOnly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadOnly")
            .field("path", &self.0.path())
            .finish_non_exhaustive()
    }
}

/// The tables that are there; opening made sure that no other one is needed.
struct Tables<'a> {
    db: &'a DB,
    view: View<'a>,
}

impl Tables<'_> {
    /// The state, if the table is there.
    fn of(&self, table: Table) -> Option<&View<'_>> {
        self.db.cf_handle(table.name()).map(|_| &self.view)
    }
}

impl Read for Tables<'_> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        self.of(table).map_or(Ok(None), |view| view.get(table, key))
    }

    fn range(
        &self,
        table: Table,
        from: &[u8],
        until: &[u8],
        limit: usize,
    ) -> Result<Vec<Row>, Fault> {
        self.of(table)
            .map_or(Ok(Vec::new()), |view| view.range(table, from, until, limit))
    }

    fn range_back(
        &self,
        table: Table,
        from: &[u8],
        until: &[u8],
        limit: usize,
    ) -> Result<Vec<Row>, Fault> {
        self.of(table).map_or(Ok(Vec::new()), |view| {
            view.range_back(table, from, until, limit)
        })
    }
}

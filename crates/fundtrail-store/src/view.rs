//! One state of the storage, as a reader sees it.
//!
//! Invariant: every read of one [`View`] sees the same commits, whatever is written
//! meanwhile. A row that cannot be read is a fault: a damaged block must not look like
//! the end of a range. Absent: writes, and a view that outlives its database.

use fundtrail_model::port::{Fault, Read, Row, Table};
use rocksdb::{ColumnFamily, DB, IteratorMode, Snapshot};

use crate::error::fault;
use crate::options;

/// A snapshot of every table.
pub(crate) struct View<'a> {
    db: &'a DB,
    snapshot: Snapshot<'a>,
}

impl<'a> View<'a> {
    /// The state as of the newest commit.
    pub(crate) fn new(db: &'a DB) -> Self {
        View {
            db,
            snapshot: db.snapshot(),
        }
    }

    fn rows(
        &self,
        table: Table,
        from: &[u8],
        until: &[u8],
        limit: usize,
        mode: IteratorMode<'_>,
    ) -> Result<Vec<Row>, Fault> {
        // RocksDB does not define an upper bound at or below the lower one.
        if until <= from {
            return Ok(Vec::new());
        }
        let mut options = options::reading();
        options.set_iterate_lower_bound(from);
        options.set_iterate_upper_bound(until);
        self.snapshot
            .iterator_cf_opt(&family(self.db, table)?, options, mode)
            .take(limit)
            .map(|row| row.map(|(key, value)| (key.into_vec(), value.into_vec())))
            .collect::<Result<_, _>>()
            .map_err(|error| fault(format_args!("read a range of `{}`", table.name()), &error))
    }
}

impl Read for View<'_> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        self.snapshot
            .get_cf_opt(&family(self.db, table)?, key, options::reading())
            .map_err(|error| fault(format_args!("read a row of `{}`", table.name()), &error))
    }

    fn range(
        &self,
        table: Table,
        from: &[u8],
        until: &[u8],
        limit: usize,
    ) -> Result<Vec<Row>, Fault> {
        self.rows(table, from, until, limit, IteratorMode::Start)
    }

    fn range_back(
        &self,
        table: Table,
        from: &[u8],
        until: &[u8],
        limit: usize,
    ) -> Result<Vec<Row>, Fault> {
        self.rows(table, from, until, limit, IteratorMode::End)
    }
}

/// The column family of `table`. Opening made sure that there is one.
pub(crate) fn family(db: &DB, table: Table) -> Result<&ColumnFamily, Fault> {
    db.cf_handle(table.name())
        .ok_or_else(|| Fault(format!("storage: the table `{}` is not open", table.name())))
}

//! Whose a fault is: the machine's, which time may cure, or that of what is stored, which it
//! does not.

use std::cell::Cell;

use fundtrail_model::Fault;
use fundtrail_model::port::{Read, Row, Table};

/// Reads, and remembers whether the storage itself failed. A [`Fault`] that came without that
/// is about what was read: something is missing, or is not what it should be.
pub(crate) struct Watched<'a> {
    read: &'a dyn Read,
    has_failed: Cell<bool>,
}

impl<'a> Watched<'a> {
    pub(crate) fn new(read: &'a dyn Read) -> Watched<'a> {
        Watched {
            read,
            has_failed: Cell::new(false),
        }
    }

    /// Whether the storage failed to answer.
    pub(crate) fn has_failed(&self) -> bool {
        self.has_failed.get()
    }

    fn noted<T>(&self, result: Result<T, Fault>) -> Result<T, Fault> {
        result.inspect_err(|_| self.has_failed.set(true))
    }
}

impl Read for Watched<'_> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        self.noted(self.read.get(table, key))
    }

    fn range(
        &self,
        table: Table,
        from: &[u8],
        until: &[u8],
        limit: usize,
    ) -> Result<Vec<Row>, Fault> {
        self.noted(self.read.range(table, from, until, limit))
    }

    fn range_back(
        &self,
        table: Table,
        from: &[u8],
        until: &[u8],
        limit: usize,
    ) -> Result<Vec<Row>, Fault> {
        self.noted(self.read.range_back(table, from, until, limit))
    }
}

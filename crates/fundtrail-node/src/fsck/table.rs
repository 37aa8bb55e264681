//! Reading a table row by row, and comparing it with what it should be.
//!
//! A table that the storage cannot read to its end is named, and what was read of it stands.

use fundtrail_model::Fault;
use fundtrail_model::port::{Read, Row, Table};

use super::finding::{Code, Findings};
use super::key::difference;

/// Rows read at a time.
const PAGE: usize = 1024;

/// Past the last key of a table: no key of this ledger begins with so many of these.
pub(super) const END: &[u8] = &[0xff; 256];

/// Walks over the rows of a table in the order of their keys.
pub(super) struct Rows<'a> {
    read: &'a dyn Read,
    table: Table,
    from: Vec<u8>,
    page: std::vec::IntoIter<Row>,
    is_last: bool,
    /// Rows given so far.
    pub(super) count: u64,
}

impl<'a> Rows<'a> {
    pub(super) fn new(read: &'a dyn Read, table: Table) -> Rows<'a> {
        Rows {
            read,
            table,
            from: Vec::new(),
            page: Vec::new().into_iter(),
            is_last: false,
            count: 0,
        }
    }

    /// The next row. After a fault there is none.
    pub(super) fn next(&mut self) -> Result<Option<Row>, Fault> {
        loop {
            if let Some(row) = self.page.next() {
                self.count += 1;
                return Ok(Some(row));
            }
            if self.is_last {
                return Ok(None);
            }
            self.is_last = true;
            let page = self.read.range(self.table, &self.from, END, PAGE)?;
            self.is_last = page.len() < PAGE;
            if let Some((key, _)) = page.last() {
                self.from = [key, &[0][..]].concat();
            }
            self.page = page.into_iter();
        }
    }

    /// The next row; a fault is named, and there is none then.
    pub(super) fn next_or_named(&mut self, findings: &mut Findings) -> Option<Row> {
        match self.next() {
            Ok(row) => row,
            Err(fault) => {
                findings.add(Code::Unreadable, Some((self.table, &self.from)), fault.0);
                None
            }
        }
    }
}

/// What is to be done so that a table is what it should be.
pub(super) enum Step {
    /// This row is not there.
    Missing(Row),
    /// This row should not be there.
    Unexpected(Row),
    /// The row of this key: what it should be, and what it is.
    Differs {
        /// Its key.
        key: Vec<u8>,
        /// What it should be.
        expected: Vec<u8>,
        /// What it is.
        found: Vec<u8>,
    },
}

/// Calls `each` for every row in which the two do not agree. Gives the number of rows that
/// were read.
///
/// # Errors
/// The [`Fault`] of the storage that cannot be read to the end, after what was found before.
pub(super) fn differences(
    read: &dyn Read,
    table: Table,
    derived: &dyn Read,
    mut each: impl FnMut(Step),
) -> (u64, Result<(), Fault>) {
    let (mut stored, mut wanted) = (Rows::new(read, table), Rows::new(derived, table));
    let mut walk = || {
        let (mut found, mut expected) = (stored.next()?, wanted.next()?);
        loop {
            match (found, expected) {
                (None, None) => return Ok(()),
                (Some(row), None) => {
                    each(Step::Unexpected(row));
                    (found, expected) = (stored.next()?, None);
                }
                (None, Some(row)) => {
                    each(Step::Missing(row));
                    (found, expected) = (None, wanted.next()?);
                }
                (Some(row), Some(own)) if row.0 < own.0 => {
                    each(Step::Unexpected(row));
                    (found, expected) = (stored.next()?, Some(own));
                }
                (Some(row), Some(own)) if row.0 > own.0 => {
                    each(Step::Missing(own));
                    (found, expected) = (Some(row), wanted.next()?);
                }
                (Some((key, found_value)), Some((_, expected_value))) => {
                    if found_value != expected_value {
                        each(Step::Differs {
                            key,
                            expected: expected_value,
                            found: found_value,
                        });
                    }
                    (found, expected) = (stored.next()?, wanted.next()?);
                }
            }
        }
    };
    let outcome = walk();
    (stored.count, outcome)
}

/// Compares a table with what follows from the entries. Gives the number of its rows.
pub(super) fn compare(
    read: &dyn Read,
    table: Table,
    derived: &dyn Read,
    findings: &mut Findings,
) -> u64 {
    let (count, outcome) = differences(read, table, derived, |step| match step {
        Step::Missing((key, _)) => findings.add(
            Code::RowMissing,
            Some((table, &key)),
            "is not there; it follows from the entries",
        ),
        Step::Unexpected((key, _)) => findings.add(
            Code::RowUnexpected,
            Some((table, &key)),
            "is there; it does not follow from the entries",
        ),
        Step::Differs {
            key,
            expected,
            found,
        } => findings.add(
            Code::RowDiffers,
            Some((table, &key)),
            difference(&expected, &found),
        ),
    });
    if let Err(fault) = outcome {
        findings.add(Code::Unreadable, Some((table, b"")), fault.0);
    }
    count
}

/// Only reads a table to its end. Gives the number of its rows.
pub(super) fn count(read: &dyn Read, table: Table, findings: &mut Findings) -> u64 {
    let mut rows = Rows::new(read, table);
    while rows.next_or_named(findings).is_some() {}
    rows.count
}

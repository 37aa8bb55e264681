//! A storage in memory behind the same ports: for replay, simulation and tests.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use fundtrail_model::Fault;
use fundtrail_model::port::{Batch, Commit, Read, Row, Table};

/// Tables in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    rows: BTreeMap<(Table, Vec<u8>), Vec<u8>>,
}

impl Memory {
    /// Every row, ordered by table and key.
    pub fn iter(&self) -> impl Iterator<Item = (Table, &[u8], &[u8])> {
        self.rows
            .iter()
            .map(|((table, key), value)| (*table, key.as_slice(), value.as_slice()))
    }

    fn between(
        &self,
        table: Table,
        from: &[u8],
        until: &[u8],
    ) -> impl DoubleEndedIterator<Item = Row> {
        let until = until.max(from);
        self.rows
            .range((table, from.to_vec())..(table, until.to_vec()))
            .map(|((_, key), value)| (key.clone(), value.clone()))
    }
}

impl Read for Memory {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        Ok(self.rows.get(&(table, key.to_vec())).cloned())
    }

    fn range(
        &self,
        table: Table,
        from: &[u8],
        until: &[u8],
        limit: usize,
    ) -> Result<Vec<Row>, Fault> {
        Ok(self.between(table, from, until).take(limit).collect())
    }

    fn range_back(
        &self,
        table: Table,
        from: &[u8],
        until: &[u8],
        limit: usize,
    ) -> Result<Vec<Row>, Fault> {
        Ok(self.between(table, from, until).rev().take(limit).collect())
    }
}

impl Commit for Memory {
    fn commit(&mut self, batch: &Batch) -> Result<(), Fault> {
        for (table, key, value) in batch.iter() {
            match value {
                Some(value) => self.rows.insert((table, key.to_vec()), value.to_vec()),
                None => self.rows.remove(&(table, key.to_vec())),
            };
        }
        Ok(())
    }
}

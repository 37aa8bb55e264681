//! Reading the tables as they were after the first entries.

use alloc::vec::Vec;

use fundtrail_model::port::{Read, Row, Table};
use fundtrail_model::{Day, Fault};

use super::rows::{self, Sort};
use super::size_on;

/// Rows read at a time: few where rows have many versions, more where they have few.
const PIECE: (usize, usize) = (8, 512);

/// The state after the first `size` entries, read from what is stored now.
///
/// Entries, ids and revisions end with that size; tables outside the state are as they are.
pub struct Past<'a> {
    read: &'a dyn Read,
    size: u64,
}

impl<'a> Past<'a> {
    /// The state after so many entries.
    pub fn new(read: &'a dyn Read, size: u64) -> Past<'a> {
        Past { read, size }
    }

    /// The state as it stood on a day; none where everything was recorded by then, and the
    /// tables of now say it.
    ///
    /// # Errors
    /// [`Fault`] when the storage cannot be read.
    pub fn on(read: &'a dyn Read, day: Day) -> Result<Option<Past<'a>>, Fault> {
        let size = size_on(read, day)?;
        Ok(size.map(|size| Past::new(read, size)))
    }

    /// Number of its entries.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Where the versions of a name begin that count here.
    fn newest(&self, name: &[u8]) -> Vec<u8> {
        let mut key = name.to_vec();
        key.extend_from_slice(&(!self.size.saturating_sub(1)).to_be_bytes());
        key
    }

    /// The row of a name, where there was one.
    fn value_of(&self, name: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        if self.size == 0 {
            return Ok(None);
        }
        let (from, until) = (self.newest(name), rows::past(name));
        let found = self.read.range(Table::Versions, &from, &until, 1)?;
        match found.first() {
            Some((_, value)) => Ok(rows::row(value)?.map(<[u8]>::to_vec)),
            None => Ok(None),
        }
    }

    /// Rows of a table whose values are kept, ascending.
    fn kept(&self, range: (Vec<u8>, Vec<u8>), limit: usize) -> Result<Vec<Row>, Fault> {
        let (mut from, until) = range;
        let (mut taken, mut piece) = (Vec::new(), PIECE.0);
        while self.size > 0 && taken.len() < limit && from < until {
            let found = self.read.range(Table::Versions, &from, &until, piece)?;
            let is_last = found.len() < piece;
            let (mut settled, mut names): (Vec<u8>, usize) = (Vec::new(), 0);
            for (key, value) in &found {
                let (name, index) = rows::split(key)?;
                if name == settled || index >= self.size {
                    continue;
                }
                settled = name.to_vec();
                names += 1;
                if let Some(row) = rows::row(value)? {
                    taken.push((rows::row_key(name)?, row.to_vec()));
                    if taken.len() == limit {
                        return Ok(taken);
                    }
                }
            }
            let Some((key, _)) = found.last().filter(|_| !is_last) else {
                break;
            };
            let (name, _) = rows::split(key)?;
            from = if name == settled {
                rows::past(name)
            } else {
                self.newest(name)
            };
            piece = next_piece(piece, names);
        }
        Ok(taken)
    }

    /// The same, descending. Versions of one row come oldest first.
    fn kept_back(&self, range: (Vec<u8>, Vec<u8>), limit: usize) -> Result<Vec<Row>, Fault> {
        let (from, mut until) = range;
        let (mut taken, mut piece) = (Vec::new(), PIECE.0);
        while self.size > 0 && taken.len() < limit && from < until {
            let found = self
                .read
                .range_back(Table::Versions, &from, &until, piece)?;
            let Some((last, _)) = found.last() else {
                break;
            };
            let is_last = found.len() < piece;
            let (last, _) = rows::split(last)?;
            let mut names = 0;
            let mut rest = found.as_slice();
            while let Some((first, _)) = rest.first() {
                let (name, _) = rows::split(first)?;
                let own = rest
                    .iter()
                    .take_while(|row| row.0.starts_with(name))
                    .count();
                let (versions, others) = rest.split_at_checked(own).unwrap_or((rest, &[]));
                let row = if name == last && !is_last {
                    self.value_of(name)?
                } else {
                    self.newest_of(versions)?
                };
                if let Some(row) = row {
                    taken.push((rows::row_key(name)?, row));
                    if taken.len() == limit {
                        return Ok(taken);
                    }
                }
                names += 1;
                rest = others;
            }
            if is_last {
                break;
            }
            until = last.to_vec();
            piece = next_piece(piece, names);
        }
        Ok(taken)
    }

    /// What the newest that counts of one row's versions says, oldest first.
    fn newest_of(&self, versions: &[Row]) -> Result<Option<Vec<u8>>, Fault> {
        let mut newest = None;
        for (key, value) in versions {
            if rows::split(key)?.1 < self.size {
                newest = rows::row(value)?;
            }
        }
        Ok(newest.map(<[u8]>::to_vec))
    }

    /// Rows that were there, of a table to which rows are only added.
    fn added(
        &self,
        limit: usize,
        mut next: impl FnMut(Option<&[u8]>) -> Result<Vec<Row>, Fault>,
    ) -> Result<Vec<Row>, Fault> {
        let mut taken = Vec::new();
        let mut seen: Option<Vec<u8>> = None;
        while taken.len() < limit {
            let found = next(seen.as_deref())?;
            let is_last = found.len() < PIECE.1;
            seen = found.last().map(|row| row.0.clone());
            let there = found.into_iter().filter(|row| self.is_there(&row.1));
            taken.extend(there.take(limit - taken.len()));
            if is_last {
                break;
            }
        }
        Ok(taken)
    }

    /// Whether a row's value begins with the index of an entry that counts.
    fn is_there(&self, value: &[u8]) -> bool {
        value
            .first_chunk()
            .is_some_and(|index| u64::from_be_bytes(*index) < self.size)
    }
}

/// As many again as were worth reading.
fn next_piece(piece: usize, names: usize) -> usize {
    if names * 2 >= piece {
        (piece * 2).min(PIECE.1)
    } else {
        PIECE.0
    }
}

impl Read for Past<'_> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        match rows::sort(table) {
            Sort::Kept(number) => self.value_of(&rows::name(number, key)),
            Sort::Added => {
                let row = self.read.get(table, key)?;
                Ok(row.filter(|value| self.is_there(value)))
            }
            Sort::Entries if *key >= self.size.to_be_bytes()[..] => Ok(None),
            Sort::Entries | Sort::Beside => self.read.get(table, key),
        }
    }

    fn range(
        &self,
        table: Table,
        from: &[u8],
        until: &[u8],
        limit: usize,
    ) -> Result<Vec<Row>, Fault> {
        match rows::sort(table) {
            Sort::Kept(number) => self.kept(
                (rows::bound(number, from), rows::bound(number, until)),
                limit,
            ),
            Sort::Added => self.added(limit, |seen| match seen {
                Some(key) => self
                    .read
                    .range(table, &[key, &[0]].concat(), until, PIECE.1),
                None => self.read.range(table, from, until, PIECE.1),
            }),
            Sort::Entries => {
                let size = self.size.to_be_bytes();
                self.read.range(table, from, until.min(&size), limit)
            }
            Sort::Beside => self.read.range(table, from, until, limit),
        }
    }

    fn range_back(
        &self,
        table: Table,
        from: &[u8],
        until: &[u8],
        limit: usize,
    ) -> Result<Vec<Row>, Fault> {
        match rows::sort(table) {
            Sort::Kept(number) => self.kept_back(
                (rows::bound(number, from), rows::bound(number, until)),
                limit,
            ),
            Sort::Added => self.added(limit, |seen| {
                self.read
                    .range_back(table, from, seen.unwrap_or(until), PIECE.1)
            }),
            Sort::Entries => {
                let size = self.size.to_be_bytes();
                self.read.range_back(table, from, until.min(&size), limit)
            }
            Sort::Beside => self.read.range_back(table, from, until, limit),
        }
    }
}

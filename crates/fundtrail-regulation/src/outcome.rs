//! What an accepted transaction does: writes, postings, alerts and touched objects.
//!
//! Absent on purpose: any way to refuse. By now the law has spoken.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use fundtrail_model::port::{Batch, Read, Table};
use fundtrail_model::{Alert, Amount, Day, Effects, Fault, Figures, Id, Posting, Revision};

use crate::alerts::AlertKind;
use crate::state::{
    Account, AlertRecord, Book, Head, NEWEST_DATE, Overlay, Record, View, encode, pair_key,
};

/// Collects the effects of one transaction over a state.
pub struct Outcome<'a> {
    base: &'a dyn Read,
    index: u64,
    date: Day,
    batch: Batch,
    effects: Effects,
    touched: Vec<String>,
}

impl<'a> Outcome<'a> {
    /// Nothing done yet, for the entry of that index and business date.
    pub fn new(base: &'a dyn Read, index: u64, date: Day) -> Outcome<'a> {
        Outcome {
            base,
            index,
            date,
            batch: Batch::default(),
            effects: Effects::default(),
            touched: Vec::new(),
        }
    }

    /// The entry's index.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// Writes a record.
    ///
    /// # Errors
    /// [`Fault`] when the storage fails. So for all that follow.
    pub fn put<R: Record>(&mut self, record: &R) -> Result<(), Fault> {
        self.batch.put(R::TABLE, record.key(), encode(record)?);
        Ok(())
    }

    /// Removes a record.
    pub fn remove<R: Record>(&mut self, record: &R) {
        self.batch.delete(R::TABLE, record.key());
    }

    /// Writes a bare row, such as an index.
    pub fn put_row(&mut self, table: Table, key: Vec<u8>, value: Vec<u8>) {
        self.batch.put(table, key, value);
    }

    /// Removes a bare row.
    pub fn remove_row(&mut self, table: Table, key: Vec<u8>) {
        self.batch.delete(table, key);
    }

    /// Reads a record as written so far.
    pub fn get<R: Record>(&self, key: &[u8]) -> Result<Option<R>, Fault> {
        View::new(&self.overlay()).get(key)
    }

    /// Names an object that this entry concerns: it becomes part of the object's passbook.
    pub fn touch(&mut self, object: impl Into<String>) {
        let object = object.into();
        if !self.touched.contains(&object) {
            self.touched.push(object);
        }
    }

    /// Names an object by type and id.
    pub fn touch_id(&mut self, what: &str, id: impl core::fmt::Display) {
        self.touch(format!("{what}:{id}"));
    }

    /// Money reaches or leaves an account of the fund, against another book. Positive
    /// amounts come in.
    pub fn move_money(&mut self, account: &Id, amount: Amount, against: &str) -> Result<(), Fault> {
        self.post_account(account, amount)?;
        self.post(against, -amount)
    }

    /// One line on an account of the fund.
    pub fn post_account(&mut self, account: &Id, amount: Amount) -> Result<(), Fault> {
        let key = day_key(account, self.date);
        let mut movement: Book = match View::new(&self.overlay())
            .read()
            .get(Table::Movements, &key)?
        {
            Some(bytes) => {
                serde_json::from_slice(&bytes).map_err(|error| Fault(format!("{error}")))?
            }
            None => Book {
                book: format!("{account} {}", self.date),
                balance: Amount::ZERO,
            },
        };
        movement.balance += amount;
        self.batch.put(Table::Movements, key, encode(&movement)?);
        self.post(&Account::book_of(account), amount)
    }

    /// One line of double entry: debit positive.
    pub fn post(&mut self, book: &str, amount: Amount) -> Result<(), Fault> {
        let balance = self
            .get::<Book>(book.as_bytes())?
            .map(|book| book.balance)
            .unwrap_or_default()
            + amount;
        self.put(&Book {
            book: book.into(),
            balance,
        })?;
        self.effects.postings.push(Posting {
            book: book.into(),
            amount,
            balance,
        });
        self.touch(book);
        Ok(())
    }

    /// Raises an alert. One that stands already is renewed, not doubled.
    pub fn alert(
        &mut self,
        kind: &AlertKind,
        object: impl Into<String>,
        due: Option<Day>,
        figures: Figures,
    ) -> Result<(), Fault> {
        let alert = Alert {
            code: kind.code.into(),
            article: kind.article,
            object: object.into(),
            owed_by: kind.owed_by.name().into(),
            due,
            figures,
        };
        let standing_key = AlertRecord::standing_key(kind.code, &alert.object);
        if self.number(&standing_key)?.is_none() {
            let number = self.number(AlertRecord::COUNT_KEY)?.unwrap_or(0) + 1;
            self.put(&AlertRecord {
                number,
                entry: self.index,
                alert: alert.clone(),
                closed_by: None,
            })?;
            for key in [standing_key, AlertRecord::COUNT_KEY.to_vec()] {
                self.batch.put(Table::Alerts, key, number.to_be_bytes());
            }
        }
        self.effects.alerts.push(alert);
        Ok(())
    }

    /// Answers a standing alert, if it stands.
    pub fn answer(&mut self, kind: &AlertKind, object: &str) -> Result<(), Fault> {
        let standing_key = AlertRecord::standing_key(kind.code, object);
        if let Some(number) = self.number(&standing_key)? {
            if let Some(mut record) = self.get::<AlertRecord>(&AlertRecord::key_of(number))? {
                record.closed_by = Some(self.index);
                self.put(&record)?;
            }
            self.batch.delete(Table::Alerts, standing_key);
        }
        Ok(())
    }

    /// Turns what was collected into the writes and the effects of the entry: numbers the
    /// revisions and checks that the postings add up.
    pub fn finish(mut self) -> Result<(Batch, Effects), Fault> {
        let sum: Amount = self
            .effects
            .postings
            .iter()
            .map(|posting| posting.amount)
            .sum();
        if !sum.is_zero() {
            return Err(Fault(format!(
                "postings of entry {} add up to {sum}",
                self.index
            )));
        }
        let newest = View::new(&self.overlay()).newest_date()?;
        if newest.is_none_or(|newest| newest < self.date) {
            self.batch
                .put(Table::Fund, NEWEST_DATE, self.date.to_string().into_bytes());
        }
        for object in core::mem::take(&mut self.touched) {
            let head: Option<Head> = self.get(object.as_bytes())?;
            let previous = head.as_ref().map(|head| head.entry);
            let revision = head.map_or(0, |head| head.revision) + 1;
            let mut row = pair_key(object.as_bytes(), b"");
            row.extend_from_slice(&revision.to_be_bytes());
            self.batch
                .put(Table::Revisions, row, self.index.to_be_bytes());
            self.put(&Head {
                object: object.clone(),
                revision,
                entry: self.index,
            })?;
            self.effects.revisions.push(Revision {
                object,
                revision,
                previous,
            });
        }
        Ok((self.batch, self.effects))
    }

    fn number(&self, key: &[u8]) -> Result<Option<u64>, Fault> {
        let row = self.overlay().get(Table::Alerts, key)?;
        Ok(row
            .and_then(|bytes| bytes.try_into().ok())
            .map(u64::from_be_bytes))
    }

    fn overlay(&self) -> Overlay<'_> {
        Overlay {
            base: self.base,
            batch: &self.batch,
        }
    }
}

/// Key of an account's movement on a day.
pub fn day_key(account: &Id, day: Day) -> Vec<u8> {
    let mut key = pair_key(account.as_bytes(), b"");
    key.extend_from_slice(&day.number().to_be_bytes());
    key
}

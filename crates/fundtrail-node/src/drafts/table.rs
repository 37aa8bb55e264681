//! The rows of drafts: each by its id, how many are open, and when each one's time is over.
//!
//! | Key | Value |
//! | --- | --- |
//! | id | the draft |
//! | 0x00 `n` | how many are open (u64) |
//! | 0x00 `p` party | how many this party posted that are open (u64) |
//! | 0x00 `t` milliseconds after 1970 (u64), id | nothing: when it expires; once it has ended, when it is removed |
//!
//! No id holds a zero byte. Changes are made by the sequencer only, which sweeps first.

use fundtrail_model::port::{Batch, Read, Table};
use fundtrail_model::{Fault, Id, Moment};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::record::{Draft, End, Ended};

/// The most rows whose time is over that one change sweeps.
const SWEPT_MAX: usize = 64;

pub(crate) const OPEN: &[u8] = b"\0n";
pub(crate) const OF_PARTY: &[u8] = b"\0p";
pub(crate) const TIMES: &[u8] = b"\0t";

/// The keys of drafts, from one until another.
pub const KEYS: (&[u8], &[u8]) = (b"\x01", b"\x7f");

/// A draft by its id.
///
/// # Errors
/// [`Fault`] when the storage fails or holds something else there.
pub fn find(read: &dyn Read, id: &Id) -> Result<Option<Draft>, Fault> {
    let row = read.get(Table::Drafts, id.as_bytes())?;
    row.map(|bytes| decode(&bytes)).transpose()
}

/// A draft as it is stored.
///
/// # Errors
/// As [`find`].
pub fn decode(bytes: &[u8]) -> Result<Draft, Fault> {
    serde_json::from_slice(bytes).map_err(|error| Fault(format!("a draft is unreadable: {error}")))
}

/// The least of a draft, by which it is counted.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Frame {
    party: Option<Id>,
    ended: Option<IgnoredAny>,
}

/// The rows with what was written to them so far.
pub(super) struct Rows<'a> {
    read: &'a dyn Read,
    batch: &'a mut Batch,
    /// How long drafts that have ended are kept, in milliseconds.
    keep: i64,
}

impl<'a> Rows<'a> {
    pub(super) fn new(read: &'a dyn Read, batch: &'a mut Batch, keep: i64) -> Rows<'a> {
        Rows { read, batch, keep }
    }

    pub(super) fn find(&self, id: &Id) -> Result<Option<Draft>, Fault> {
        self.get(id.as_bytes())?
            .map(|bytes| decode(&bytes))
            .transpose()
    }

    /// How many are open, in all and of one party.
    pub(super) fn open(&self, party: &Id) -> Result<(u64, u64), Fault> {
        Ok((self.count(OPEN)?, self.count(&of_party(party))?))
    }

    /// A draft that is new, and open.
    pub(super) fn insert(&mut self, draft: &Draft) -> Result<(), Fault> {
        self.add(&draft.party, 1)?;
        self.time(draft.expires, &draft.id, true);
        self.put(draft)
    }

    /// A draft that is there, changed.
    pub(super) fn put(&mut self, draft: &Draft) -> Result<(), Fault> {
        let bytes = serde_json::to_vec(draft).map_err(|error| Fault(error.to_string()))?;
        self.batch.put(Table::Drafts, draft.id.as_bytes(), bytes);
        Ok(())
    }

    /// Ends an open draft: what it sealed goes at once, the rest after a while. What was
    /// recorded leaves the disk with the ledger's own.
    pub(super) fn end(&mut self, draft: &mut Draft, at: Moment, how: End) -> Result<(), Fault> {
        self.add(&draft.party, -1)?;
        self.time(draft.expires, &draft.id, false);
        if !draft.disclosures.is_empty() && !matches!(how, End::Submitted(_)) {
            self.batch.erase(Table::Drafts);
        }
        draft.disclosures.clear();
        draft.ended = Some(Ended { at, how });
        self.time(self.removal(draft, at), &draft.id, true);
        self.put(draft)
    }

    /// Removes a draft, whatever its state.
    pub(super) fn remove(&mut self, draft: &Draft) -> Result<(), Fault> {
        match &draft.ended {
            Some(ended) => self.time(self.removal(draft, ended.at), &draft.id, false),
            None => {
                self.add(&draft.party, -1)?;
                self.time(draft.expires, &draft.id, false);
            }
        }
        if !draft.disclosures.is_empty() {
            self.batch.erase(Table::Drafts);
        }
        self.batch.delete(Table::Drafts, draft.id.as_bytes());
        Ok(())
    }

    /// Removes a draft that cannot be read, as far as it can: its rows of times go when they
    /// are met.
    pub(super) fn discard(&mut self, id: &Id) -> Result<(), Fault> {
        let bytes = self.get(id.as_bytes())?.unwrap_or_default();
        let there: Frame = serde_json::from_slice(&bytes).unwrap_or_default();
        if let (Some(party), None) = (there.party, there.ended) {
            self.add(&party, -1)?;
        }
        tracing::error!(draft = %id, "a draft that cannot be read is removed");
        self.batch.erase(Table::Drafts);
        self.batch.delete(Table::Drafts, id.as_bytes());
        Ok(())
    }

    /// Ends the draft that has the id of a transaction that is recorded now, as entry `index`.
    pub(super) fn record(
        &mut self,
        id: &Id,
        payload_digest: [u8; 32],
        index: u64,
        now: Moment,
    ) -> Result<(), Fault> {
        let Some(bytes) = self.get(id.as_bytes())? else {
            return Ok(());
        };
        let same = |draft: &Draft| {
            let submission = draft.submission(|_| false)?;
            Ok::<_, Fault>(submission.envelope.payload_digest() == payload_digest)
        };
        match decode(&bytes).and_then(|draft| Ok((same(&draft)?, draft))) {
            Ok((_, draft)) if draft.ended.is_some() => Ok(()),
            Ok((true, mut draft)) => self.end(&mut draft, now, End::Submitted(index)),
            Ok((false, mut draft)) => self.end(&mut draft, now, End::Taken(index)),
            Err(_) => self.discard(id),
        }
    }

    /// Ends what has expired, and removes what ended long ago.
    pub(super) fn sweep(&mut self, now: Moment) -> Result<(), Fault> {
        // Up to the end of this millisecond.
        let until = [TIMES, &place(now), &[0xff]].concat();
        let rows = self.read.range(Table::Drafts, TIMES, &until, SWEPT_MAX)?;
        for (key, _) in rows {
            let id = key.get(TIMES.len() + 8..).unwrap_or_default();
            let id = std::str::from_utf8(id).ok().and_then(Id::parse);
            let found = match &id {
                Some(id) => match self.get(id.as_bytes())?.map(|bytes| decode(&bytes)) {
                    Some(Err(_)) => {
                        self.discard(id)?;
                        None
                    }
                    found => found.transpose()?,
                },
                None => None,
            };
            match found {
                Some(draft) if draft.ended.is_some() => self.remove(&draft)?,
                Some(draft) if self.removal(&draft, draft.expires) <= now => self.remove(&draft)?,
                // The row of an earlier draft of the same id.
                Some(draft) if now < draft.expires => self.batch.delete(Table::Drafts, key),
                Some(mut draft) => {
                    let expired = draft.expires;
                    self.end(&mut draft, expired, End::Expired)?;
                }
                None => self.batch.delete(Table::Drafts, key),
            }
        }
        Ok(())
    }

    fn removal(&self, draft: &Draft, ended: Moment) -> Moment {
        let millis = ended.millis().saturating_add(self.keep.max(1));
        Moment::from_millis(millis).unwrap_or(draft.expires)
    }

    fn time(&mut self, at: Moment, id: &Id, is_there: bool) {
        let key = [TIMES, &place(at), id.as_bytes()].concat();
        if is_there {
            self.batch.put(Table::Drafts, key, Vec::new());
        } else {
            self.batch.delete(Table::Drafts, key);
        }
    }

    fn add(&mut self, party: &Id, change: i64) -> Result<(), Fault> {
        for key in [OPEN.to_vec(), of_party(party)] {
            match self.count(&key)?.saturating_add_signed(change) {
                0 => self.batch.delete(Table::Drafts, key),
                count => self.batch.put(Table::Drafts, key, count.to_be_bytes()),
            }
        }
        Ok(())
    }

    fn count(&self, key: &[u8]) -> Result<u64, Fault> {
        let row = self.get(key)?.and_then(|bytes| bytes.try_into().ok());
        Ok(row.map_or(0, u64::from_be_bytes))
    }

    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        match self.batch.pending(Table::Drafts, key) {
            Some(pending) => Ok(pending.map(<[u8]>::to_vec)),
            None => self.read.get(Table::Drafts, key),
        }
    }
}

pub(crate) fn of_party(party: &Id) -> Vec<u8> {
    [OF_PARTY, party.as_bytes()].concat()
}

/// Moments before 1970 come first, all in one place.
pub(crate) fn place(at: Moment) -> [u8; 8] {
    u64::try_from(at.millis()).unwrap_or(0).to_be_bytes()
}

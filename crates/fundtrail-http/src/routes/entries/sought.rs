//! Entries that are looked for: by kind, business date, object and party.
//!
//! Without any of them entries are served as they come. With an object its revisions lead to
//! the entries; with anything else they are looked through, so many for one answer.

use fundtrail_kernel::proofs;
use fundtrail_model::port::{Read, Table};
use fundtrail_model::{Day, Id, Transaction};
use fundtrail_regulation::Kind;
use fundtrail_regulation::state::View;

use super::{BYTES_MAX, parsed};
use crate::access::Concern;
use crate::failure::Failure;
use crate::parameters::Known;

/// Names of the parameters.
pub(super) const NAMES: [&str; 5] = ["kind", "since", "until", "object", "party"];

/// Entries looked at for one answer.
const LOOKED_MAX: usize = 20_000;
/// Entries, or revisions of an object, read at a time.
const PIECE: usize = 256;
/// The longest name of an object, in bytes.
const OBJECT_BYTES_MAX: usize = 200;

/// What is looked for.
pub(super) struct Sought {
    kind: Option<Kind>,
    /// First and last business date.
    since: Option<Day>,
    until: Option<Day>,
    /// It touched this object.
    object: Option<String>,
    /// It concerns this party.
    party: Option<Id>,
    /// As it was asked, for the next answer.
    query: String,
}

/// Lines, and the index at which the next answer begins; none after the newest entry.
pub(super) struct Found {
    pub(super) lines: Vec<u8>,
    pub(super) next: Option<u64>,
}

impl Sought {
    /// From the parameters; none where nothing is looked for.
    pub(super) fn of(known: &Known) -> Result<Option<Sought>, Failure> {
        let malformed = |name: &str, wanted| Failure::Parameter(name.into(), wanted);
        let kind = known.text("kind").map(|text| {
            Kind::parse(text).ok_or_else(|| malformed("kind", "there is no such kind"))
        });
        let party = known
            .text("party")
            .map(|text| Id::parse(text).ok_or_else(|| malformed("party", "an id")));
        let object = known.owned("object");
        if object.as_deref().is_some_and(|object| !is_object(object)) {
            return Err(malformed("object", "a name such as loan:L1"));
        }
        let asked = NAMES
            .iter()
            .filter_map(|name| Some((name, known.text(name)?)));
        let query: String = asked
            .map(|(name, text)| format!("&{name}={text}"))
            .collect();
        Ok((!query.is_empty()).then_some(Sought {
            kind: kind.transpose()?,
            since: known.day("since")?,
            until: known.day("until")?,
            object,
            party: party.transpose()?,
            query,
        }))
    }

    /// As it was asked, to be added to a query.
    pub(super) fn query(&self) -> &str {
        &self.query
    }

    /// At most `limit` entries from an index on.
    pub(super) fn find(&self, read: &dyn Read, from: u64, limit: usize) -> Result<Found, Failure> {
        let (mut lines, mut count, mut looked, mut next) = (Vec::new(), 0, 0, from);
        loop {
            let indexes = self.indexes(read, next)?;
            let is_last = indexes.len() < PIECE;
            for index in indexes {
                if count == limit || looked == LOOKED_MAX || lines.len() >= BYTES_MAX {
                    let next = Some(next);
                    return Ok(Found { lines, next });
                }
                looked += 1;
                next = index + 1;
                let Some(bytes) = proofs::entry(read, index)? else {
                    continue;
                };
                if self.is_meant(View::new(read), &bytes)? {
                    lines.extend_from_slice(&bytes);
                    lines.push(b'\n');
                    count += 1;
                }
            }
            if is_last {
                return Ok(Found { lines, next: None });
            }
        }
    }

    /// The next entries that may be meant.
    fn indexes(&self, read: &dyn Read, from: u64) -> Result<Vec<u64>, Failure> {
        let Some(object) = &self.object else {
            let rows = read.range(Table::Entries, &from.to_be_bytes(), &[0xff; 9], PIECE)?;
            let index = |key: Vec<u8>| key.try_into().map(u64::from_be_bytes).ok();
            return Ok(rows.into_iter().filter_map(|(key, _)| index(key)).collect());
        };
        let mut found = Vec::new();
        let mut revision = 0;
        loop {
            let rows = proofs::revisions(read, object, revision, PIECE)?;
            let Some((last, _)) = rows.last().filter(|_| found.len() < PIECE) else {
                return Ok(found);
            };
            revision = last + 1;
            let later = rows.iter().map(|(_, index)| *index);
            found.extend(
                later
                    .filter(|index| *index >= from)
                    .take(PIECE - found.len()),
            );
        }
    }

    fn is_meant(&self, view: View<'_>, bytes: &[u8]) -> Result<bool, Failure> {
        let entry = parsed(bytes)?;
        let transaction = Transaction::parse(&entry.envelope.payload)
            .map_err(|error| fundtrail_model::Fault(format!("entry {}: {error}", entry.index)))?;
        let fits = self.kind.is_none_or(|kind| kind.name() == transaction.kind)
            && self.since.is_none_or(|since| since <= transaction.date)
            && self.until.is_none_or(|until| transaction.date <= until);
        Ok(match &self.party {
            Some(party) if fits => Concern::of_entry(view, &entry)?.parties.contains(party),
            _ => fits,
        })
    }
}

/// Whether a text may name an object: what stands in a query as it is.
fn is_object(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b":/._-".contains(&byte);
    (1..=OBJECT_BYTES_MAX).contains(&text.len()) && text.bytes().all(fits)
}

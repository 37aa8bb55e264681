//! Entries, newest first, or those that fit a filter, oldest first.
//!
//! Whoever may not read the whole ledger sees the entries of one object: of their own party
//! where none is asked for.

use fundtrail_model::{Amount, Entry, Transaction};
use fundtrail_regulation::Kind;
use maud::{Markup, html};
use serde::Deserialize;

use crate::components::figures::{amount, code, day, moment, nothing};
use crate::components::filters::Filters;
use crate::components::links;
use crate::components::notices::{Tone, badge, notice};
use crate::components::pages::steps;
use crate::components::table::Table;
use crate::i18n::Words;
use crate::i18n::families::PLACE;
use crate::records::Statement;
use crate::sheet::{Answer, Place, Sheet};
use crate::trouble::Trouble;
use crate::url;
use crate::visit::Visit;

/// Entries on a page.
const LIMIT: u64 = 50;
/// The most objects a row names.
const OBJECTS_MAX: usize = 3;

/// An entry and what was signed.
pub(super) struct Read {
    pub(super) entry: Entry,
    pub(super) transaction: Transaction,
}

/// A page of entries.
struct Found {
    entries: Vec<Read>,
    /// Where the next page begins; empty after the last.
    next: String,
    size: u64,
}

/// Number of entries, as a public list says.
#[derive(Deserialize)]
struct Sized {
    size: u64,
}

/// `GET /entries?kind=&since=&until=&object=&party=`
pub(crate) async fn list(visit: Visit) -> Answer {
    let words = visit.words;
    let title = words.of_family(&PLACE, Place::Entries.name());
    let is_whole = visit.reads_all();
    let filters = filters(&visit, is_whole);
    let own = match &visit.reader {
        Some(reader) if !is_whole => Some(format!("party:{}", reader.party)),
        _ => None,
    };
    let object = visit.parameter("object").map(str::to_owned);
    let (found, about) = match (own, filters.are_set()) {
        (Some(own), _) => {
            let object = object.unwrap_or(own);
            (of_object(&visit, &object).await?, Some(object))
        }
        (None, true) => (fitting(&visit, &filters).await?, object),
        (None, false) => (newest(&visit).await?, None),
    };
    let shown = found.entries.len() as u64;
    Ok(Sheet::new(Place::Entries, &title).body(html! {
        (filters.form())
        @if let Some(object) = &about {
            (notice(Tone::Plain, html! { p { (words.t("entries-of")) " " (links::object(object)) } }))
        }
        (table(words, &title, &found.entries))
        (steps(&visit, visit.parameter("cursor").is_some(), &found.next, shown, found.size, None))
    }))
}

fn filters(visit: &Visit, is_whole: bool) -> Filters<'_> {
    let words = visit.words;
    let filters = Filters::new(visit);
    if !is_whole {
        return filters.text("object", words.t("entries-object"));
    }
    let kinds = Kind::ALL
        .iter()
        .map(|kind| (kind.name().to_owned(), words.one(kind.title())))
        .collect();
    filters
        .choice("kind", words.t("entries-kind"), kinds)
        .day("since", words.t("entries-since"))
        .day("until", words.t("entries-until"))
        .text("object", words.t("entries-object"))
        .text("party", words.t("entries-party"))
}

/// The last ones, newest first; the cursor is the index before which to look.
async fn newest(visit: &Visit) -> Result<Found, Trouble> {
    let Sized { size } = visit.api.get("/v1/witnesses").await?;
    let asked = visit.parameter("cursor").and_then(|text| text.parse().ok());
    let end = asked.unwrap_or(size).min(size);
    let from = end.saturating_sub(LIMIT);
    if from == end {
        return Ok(Found {
            entries: Vec::new(),
            next: String::new(),
            size,
        });
    }
    let path = format!("/v1/entries?from={from}&limit={}", end - from);
    let (mut entries, _) = lines(visit, &path).await?;
    entries.reverse();
    let next = if from == 0 {
        String::new()
    } else {
        from.to_string()
    };
    Ok(Found {
        entries,
        next,
        size,
    })
}

/// Those that fit, oldest first; the cursor is the index to begin at.
async fn fitting(visit: &Visit, filters: &Filters<'_>) -> Result<Found, Trouble> {
    let Sized { size } = visit.api.get("/v1/witnesses").await?;
    let from = visit.parameter("cursor").unwrap_or("0");
    let limit = LIMIT.to_string();
    let pairs = filters
        .set()
        .chain([("from", from), ("limit", limit.as_str())]);
    let (entries, next) = lines(visit, &url::with_query("/v1/entries", pairs)).await?;
    Ok(Found {
        entries,
        next,
        size,
    })
}

/// An object's, oldest first; the cursor is the revision to begin at.
async fn of_object(visit: &Visit, object: &str) -> Result<Found, Trouble> {
    let Sized { size } = visit.api.get("/v1/witnesses").await?;
    let from = visit.parameter("cursor").unwrap_or("1");
    let path = format!("/v1/statements/{}", url::encode(object));
    let path = url::with_query(&path, [("from", from), ("complete", "false")]);
    let Some(statement) = visit.api.find::<Statement>(&path).await? else {
        return Ok(Found {
            entries: Vec::new(),
            next: String::new(),
            size,
        });
    };
    let items: Vec<_> = statement.items.iter().take(50).collect();
    let entries = items
        .iter()
        .map(|item| read(&path, item.entry.as_bytes()))
        .collect::<Result<_, _>>()?;
    let next = match items.last() {
        Some(last)
            if statement.items.len() > items.len() || last.revision < statement.revisions =>
        {
            (last.revision + 1).to_string()
        }
        _ => String::new(),
    };
    Ok(Found {
        entries,
        next,
        size,
    })
}

/// Lines of entries, and the index at which the API says that there are more.
async fn lines(visit: &Visit, path: &str) -> Result<(Vec<Read>, String), Trouble> {
    let reply = visit.api.ask(path, "application/x-ndjson").await?;
    if !reply.status.is_success() {
        return Err(Trouble::of_reply(&reply));
    }
    let lines = reply.body.split(|byte| *byte == b'\n');
    let entries = lines
        .filter(|line| !line.is_empty())
        .map(|line| read(path, line))
        .collect::<Result<_, _>>()?;
    let next = reply.link.as_deref().and_then(from_of).unwrap_or_default();
    Ok((entries, next))
}

/// The `from` of a link to more.
fn from_of(link: &str) -> Option<String> {
    let address = link.strip_prefix('<')?.split('>').next()?;
    let query = address.split_once('?')?.1;
    let from = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("from="))?;
    Some(from.to_owned())
}

/// An entry of the log and the transaction in it.
pub(super) fn read(path: &str, bytes: &[u8]) -> Result<Read, Trouble> {
    let unreadable = |error: &dyn std::fmt::Display| Trouble::unreadable(path, error);
    let entry = Entry::parse(bytes).map_err(|error| unreadable(&error))?;
    let transaction =
        Transaction::parse(&entry.envelope.payload).map_err(|error| unreadable(&error))?;
    Ok(Read { entry, transaction })
}

fn table(words: Words, title: &str, entries: &[Read]) -> Markup {
    let mut table = Table::new(title)
        .text(words.t("entries-index"))
        .text(words.t("entries-date"))
        .text(words.t("entries-kind"))
        .text(words.t("entries-transaction"))
        .text(words.t("entries-touches"))
        .figure(words.t("entries-moved"))
        .text(words.t("entries-alerts"))
        .text(words.t("entries-recorded"));
    for Read { entry, transaction } in entries {
        table.row(vec![
            links::entry(entry.index),
            day(transaction.date),
            html! { (words.kind(&transaction.kind)) },
            code(transaction.id.as_str()),
            touches(entry),
            match moved(entry) {
                Some(moved) => amount(moved),
                None => nothing(),
            },
            html! {
                @if !entry.effects.alerts.is_empty() {
                    (badge(Tone::Warn, &entry.effects.alerts.len().to_string()))
                }
            },
            moment(entry.recorded),
        ]);
    }
    table.shown(words)
}

/// What was posted, counted once: what went to the books it went to.
fn moved(entry: &Entry) -> Option<Amount> {
    let postings = &entry.effects.postings;
    let debits = postings.iter().map(|posting| posting.amount);
    (!postings.is_empty()).then(|| debits.filter(|amount| !amount.is_negative()).sum())
}

fn touches(entry: &Entry) -> Markup {
    let revisions = &entry.effects.revisions;
    html! {
        @for (at, revision) in revisions.iter().take(OBJECTS_MAX).enumerate() {
            @if at > 0 { " · " }
            (links::object(&revision.object))
        }
        @if revisions.len() > OBJECTS_MAX { " · +" (revisions.len() - OBJECTS_MAX) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_is_where_the_link_says() {
        let link = "</v1/entries?kind=transfer&from=120&limit=50>; rel=\"next\"";
        assert_eq!(from_of(link), Some("120".into()));
        assert_eq!(from_of("</v1/entries>; rel=\"next\""), None);
        assert_eq!(from_of(""), None);
    }
}

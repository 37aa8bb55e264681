//! The ledger as it grows: server-sent events (WHATWG HTML, section 9.2), one for each entry
//! that the reader may read, in the order of the ledger.
//!
//! Invariants: a stream that is taken up after the last id seen repeats nothing and leaves
//! nothing out; before each piece of entries and each heartbeat the reader's token is looked
//! at anew, and the stream ends where it does not hold any more; nothing of entries waits in
//! memory but one piece.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use fundtrail_model::port::Table;
use fundtrail_model::{Day, Fault, Id, Moment, Transaction};
use fundtrail_regulation::state::View;
use futures_util::stream::unfold;
use serde::Serialize;
use tokio::time::Instant;

use super::description::SentEvent;
use super::entries::parsed;
use crate::access::Pass;
use crate::app::App;
use crate::failure::Failure;
use crate::listeners::Seat;
use crate::page::size;
use crate::parameters::{Parameters, number};

/// Entries looked at in one piece.
const PIECE: usize = 64;
/// What a client waits before it comes again.
const RETRY: Duration = Duration::from_secs(2);
/// By which a client says what it saw last.
const LAST_EVENT_ID: &str = "last-event-id";

/// An entry in a line.
#[derive(Serialize)]
struct Recorded<'a> {
    index: u64,
    /// The transaction's id.
    id: &'a Id,
    kind: &'a str,
    /// The business date.
    date: Day,
    recorded: Moment,
    /// Number of entries with this one.
    size: u64,
}

/// `GET /v1/events?from=`: from the entry after the `Last-Event-ID`, or from that index, or
/// from now on.
#[utoipa::path(
    get,
    path = "/v1/events",
    operation_id = "listen",
    tag = "entries",
    summary = "The ledger as it grows: an event for each entry that the reader may read.",
    description = "Server-sent events: the id is the entry's index, the data one line of JSON. From the entry after the last one seen, or from an index, or from now on.",
    params(
        ("from" = Option<u64>, Query, description = "The first index, where no last event is named."),
        ("Last-Event-ID" = Option<u64>, Header, description = "The index that was seen last."),
    ),
    responses(
        (status = 200, body = SentEvent, content_type = "text/event-stream", description = "Events without an end."),
        (status = 404, description = "The ledger is not that long: NOT_FOUND."),
    )
)]
pub(crate) async fn listen(
    State(app): State<App>,
    pass: Pass,
    headers: HeaderMap,
    parameters: Parameters,
) -> Result<Response, Failure> {
    let from = parameters.only(&["from"])?.number("from")?;
    let from = after_last(&headers)?.or(from);
    let seat = app.listeners.seat()?;
    let size = app.read(|read| Ok(size(read)?)).await?;
    let next = from.unwrap_or(size);
    if next > size {
        let end = format!("the ledger has {size} entries: there is nothing before that index");
        return Err(Failure::NotFound(end));
    }
    let listener = Listener {
        stopping: Box::pin(app.stopping()),
        beat: Instant::now() + app.limits.heartbeat,
        ready: VecDeque::from([Event::default().retry(RETRY)]),
        app,
        pass,
        next,
        _seat: seat,
    };
    let mut response = Sse::new(unfold(listener, Listener::event)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Some proxies wait for more before they pass on anything.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// The index after the last one that the client saw, if it says so.
fn after_last(headers: &HeaderMap) -> Result<Option<u64>, Failure> {
    let malformed = || Failure::Parameter("Last-Event-ID".into(), "the index of an entry");
    let mut all = headers.get_all(LAST_EVENT_ID).iter();
    let Some(last) = all.next() else {
        return Ok(None);
    };
    if all.next().is_some() {
        return Err(malformed());
    }
    let last = last.to_str().map_err(|_| malformed())?;
    let last = number("Last-Event-ID", last)?;
    last.checked_add(1).map(Some).ok_or_else(malformed)
}

/// Somebody who listens.
struct Listener {
    app: App,
    pass: Pass,
    /// The entry to be read next.
    next: u64,
    /// What was read and not sent yet.
    ready: VecDeque<Event>,
    /// When something has to be said again.
    beat: Instant,
    stopping: Pin<Box<dyn Future<Output = ()> + Send>>,
    _seat: Seat,
}

/// A piece of the ledger.
struct Piece {
    events: VecDeque<Event>,
    /// The entry after it.
    next: u64,
    /// Whether that is not there yet.
    is_end: bool,
}

impl Listener {
    /// The next event, and the listener that waits for the one after it; nothing at the end.
    async fn event(mut self) -> Option<(Result<Event, Infallible>, Listener)> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                self.beat = Instant::now() + self.app.limits.heartbeat;
                return Some((Ok(event), self));
            }
            let piece = tokio::select! {
                biased;
                () = &mut self.stopping => return None,
                piece = piece(&self.app, &self.pass, self.next) => piece,
            };
            let Piece {
                events,
                next,
                is_end,
            } = match piece {
                Ok(piece) => piece,
                Err(failure) => return over(&failure),
            };
            (self.ready, self.next) = (events, next);
            if !self.ready.is_empty() {
                continue;
            }
            if Instant::now() >= self.beat {
                self.ready.push_back(Event::default().comment(""));
            } else if is_end {
                tokio::select! {
                    biased;
                    () = &mut self.stopping => return None,
                    () = self.app.listeners.beyond(next) => {}
                    () = tokio::time::sleep_until(self.beat) => {}
                }
            }
        }
    }
}

/// A stream has no other way to say why it ends: whoever comes again is told.
fn over<T>(failure: &Failure) -> Option<T> {
    match failure {
        Failure::Fault(fault) => tracing::error!(%fault, "a listener met a fault"),
        other => tracing::debug!(code = other.problem().code, "a listener is heard no more"),
    }
    None
}

async fn piece(app: &App, pass: &Pass, from: u64) -> Result<Piece, Failure> {
    let _turn = app.listeners.turn().await;
    let (pass, now) = (pass.clone(), app.node().clock().now()?);
    app.read(move |read| {
        let reader = pass.reader(read, now)?;
        let size = size(read)?;
        let next = size.min(from.saturating_add(PIECE as u64));
        let rows = read.range(
            Table::Entries,
            &from.to_be_bytes(),
            &next.to_be_bytes(),
            PIECE,
        )?;
        if rows.len() as u64 != next.saturating_sub(from) {
            let missing = format!("an entry from {from} to {next} is missing");
            return Err(Failure::Fault(Fault(missing)));
        }
        let mut events = VecDeque::new();
        for (_, bytes) in rows {
            let entry = parsed(&bytes)?;
            if reader.may_read_entry(View::new(read), &entry)? {
                events.push_back(event(&entry)?);
            }
        }
        Ok(Piece {
            events,
            next,
            is_end: next == size,
        })
    })
    .await
}

fn event(entry: &fundtrail_model::Entry) -> Result<Event, Fault> {
    let unreadable =
        |error: &dyn std::fmt::Display| Fault(format!("entry {}: {error}", entry.index));
    let transaction =
        Transaction::parse(&entry.envelope.payload).map_err(|error| unreadable(&error))?;
    let recorded = Recorded {
        index: entry.index,
        id: &transaction.id,
        kind: &transaction.kind,
        date: transaction.date,
        recorded: entry.recorded,
        size: entry.index.saturating_add(1),
    };
    let line = serde_json::to_string(&recorded).map_err(|error| unreadable(&error))?;
    let event = Event::default().id(entry.index.to_string());
    Ok(event.event("entry").data(line))
}

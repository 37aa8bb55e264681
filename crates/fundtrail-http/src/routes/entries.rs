//! Entries as they are recorded, each with its receipt, or many as lines.

mod sought;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use fundtrail_kernel::proofs;
use fundtrail_model::port::{Read, Table};
use fundtrail_model::{Day, Entry, Fault, Id};
use fundtrail_regulation::Kind;
use fundtrail_regulation::state::View;
use serde::Serialize;
use utoipa::ToSchema;

use self::sought::Sought;
use super::batch::NDJSON;
use super::submissions::text;
use crate::accept::{Form, preferred};
use crate::access::Reader;
use crate::app::App;
use crate::failure::Failure;
use crate::page::size;
use crate::parameters::{Parameters, Segment, number};

/// Lines of one answer where nothing is said, and at most.
const LINES: (usize, usize) = (256, 1000);
/// One answer ends after the line with which it exceeds this, in bytes.
const BYTES_MAX: usize = 4 * 1024 * 1024;
/// Entries read at a time.
const PIECE: usize = 64;

/// An entry with its proof.
#[derive(Serialize, ToSchema)]
#[schema(as = EntryWithProof)]
struct Proved {
    index: u64,
    /// The exact text that is hashed.
    entry: String,
    receipt: String,
}

/// `GET /v1/entries/{index}`
#[utoipa::path(
    get,
    path = "/v1/entries/{index}",
    operation_id = "get_entry",
    tag = "entries",
    summary = "An entry with its receipt.",
    params(
        ("index" = u64, Path, description = "From 0."),
    ),
    responses(
        (status = 200, content((String = "text/plain"), (Proved = "application/json")), description = "Entry and receipt as JSON, or the receipt alone."),
    )
)]
pub(crate) async fn by_index(
    State(app): State<App>,
    reader: Reader,
    Segment(index): Segment,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let index = number("index", &index)?;
    let form = preferred(&headers, Form::Json);
    app.read(move |read| {
        check(&reader, read, Some(index))?;
        proved(read, index, form)
    })
    .await
}

/// `GET /v1/transactions/{id}`
#[utoipa::path(
    get,
    path = "/v1/transactions/{id}",
    operation_id = "get_transaction",
    tag = "entries",
    summary = "The entry of a transaction, with its receipt.",
    params(
        ("id" = Id, Path, description = "The transaction."),
    ),
    responses(
        (status = 200, content((String = "text/plain"), (Proved = "application/json")), description = "The receipt, or entry and receipt as JSON."),
    )
)]
pub(crate) async fn by_transaction(
    State(app): State<App>,
    reader: Reader,
    Segment(id): Segment,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let id = Id::parse(&id).ok_or_else(|| Failure::Parameter("id".into(), "an id"))?;
    let form = preferred(&headers, Form::Json);
    app.read(move |read| {
        let index = proofs::index_of(read, id.as_str())?;
        check(&reader, read, index)?;
        let index = index
            .ok_or_else(|| Failure::NotFound("no transaction of that id is recorded".into()))?;
        proved(read, index, form)
    })
    .await
}

/// `GET /v1/entries?from=&limit=`: the next answer begins `from` plus the lines of this. With
/// `kind`, `since`, `until`, `object` or `party` only such entries, and only the header `Link`
/// says where the next answer begins.
#[utoipa::path(
    get,
    path = "/v1/entries",
    operation_id = "list_entries",
    tag = "entries",
    summary = "The exact lines of entries, from an index on.",
    params(
        ("from" = Option<u64>, Query, description = "The first index; 0 where nothing is said."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 1000, description = "How many at most; 256 where nothing is said."),
        ("kind" = inline(Option<Kind>), Query, description = "Entries of this kind of transaction."),
        ("since" = Option<Day>, Query, description = "Entries of this business date or a later one."),
        ("until" = Option<Day>, Query, description = "Entries of this business date or an earlier one."),
        ("object" = Option<String>, Query, pattern = "^[A-Za-z0-9:/._-]{1,200}$", description = "Entries that touch this object, such as loan:L1."),
        ("party" = Option<Id>, Query, description = "Entries that concern this institution."),
    ),
    responses(
        (status = 200, body = String, content_type = "application/x-ndjson", description = "One entry a line, exactly as it is hashed.", headers(("Link" = String, description = "Where the next lines are, if there are more."))),
    )
)]
pub(crate) async fn lines(
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Response, Failure> {
    let known = parameters.only(&[&["from", "limit"][..], &sought::NAMES].concat())?;
    let sought = Sought::of(&known)?;
    let (from, limit) = (
        known.number("from")?.unwrap_or(0),
        known.limit(LINES.0, LINES.1)?,
    );
    app.read(move |read| {
        if let Some(sought) = sought {
            let found = sought.find(read, from, limit)?;
            let query = sought.query();
            return Ok(served(found.lines, found.next, limit, query));
        }
        let size = size(read)?;
        let mut out = Vec::new();
        let mut next = from;
        let end = size.min(from.saturating_add(limit as u64));
        while next < end && out.len() < BYTES_MAX {
            let until = end.min(next + PIECE as u64).to_be_bytes();
            let rows = read.range(Table::Entries, &next.to_be_bytes(), &until, PIECE)?;
            if rows.is_empty() {
                return Err(Failure::Fault(Fault(format!("entry {next} is missing"))));
            }
            for (_, bytes) in rows {
                out.extend_from_slice(&bytes);
                out.push(b'\n');
                next += 1;
            }
        }
        Ok(served(out, (next < size).then_some(next), limit, ""))
    })
    .await
}

/// Lines, and where the next ones are.
fn served(lines: Vec<u8>, next: Option<u64>, limit: usize, query: &str) -> Response {
    let mut response = ([(header::CONTENT_TYPE, NDJSON)], lines).into_response();
    if let Some(next) = next {
        let link = format!("</v1/entries?from={next}&limit={limit}{query}>; rel=\"next\"");
        if let Ok(link) = link.parse() {
            response.headers_mut().insert(header::LINK, link);
        }
    }
    response
}

/// `FORBIDDEN` unless the entry may be read: also where there is none.
fn check(reader: &Reader, read: &dyn Read, index: Option<u64>) -> Result<(), Failure> {
    let bytes = match index {
        Some(index) => proofs::entry(read, index)?,
        None => None,
    };
    match bytes {
        Some(bytes) => reader.check_entry(View::new(read), &parsed(&bytes)?),
        None => reader.check(reader.may_read_whole_ledger()),
    }
}

/// An entry of the log.
pub(crate) fn parsed(bytes: &[u8]) -> Result<Entry, Fault> {
    Entry::parse(bytes).map_err(|error| Fault(format!("an entry of the log: {error}")))
}

fn proved(read: &dyn Read, index: u64, form: Form) -> Result<Response, Failure> {
    let receipt = proofs::receipt(read, index)?;
    match form {
        Form::Text => Ok(text(receipt.to_text())),
        Form::Json => {
            let entry = receipt.extra().unwrap_or_default().to_vec();
            Ok(Json(Proved {
                index,
                entry: entry_text(index, entry)?,
                receipt: receipt.to_text(),
            })
            .into_response())
        }
    }
}

/// An entry's bytes as the text they are.
pub(crate) fn entry_text(index: u64, bytes: Vec<u8>) -> Result<String, Fault> {
    String::from_utf8(bytes).map_err(|_| Fault(format!("entry {index} is not text")))
}

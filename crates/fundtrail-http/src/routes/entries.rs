//! Entries as they are recorded, each with its receipt, or many as lines.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use fundtrail_kernel::proofs;
use fundtrail_model::port::{Read, Table};
use fundtrail_model::{Entry, Fault, Id};
use fundtrail_regulation::state::View;
use serde::Serialize;

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
#[derive(Serialize)]
struct Proved {
    index: u64,
    /// The exact text that is hashed.
    entry: String,
    receipt: String,
}

/// `GET /v1/entries/{index}`
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

/// `GET /v1/entries?from=&limit=`: the next answer begins `from` plus the lines of this.
pub(crate) async fn lines(
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Response, Failure> {
    let known = parameters.only(&["from", "limit"])?;
    let (from, limit) = (
        known.number("from")?.unwrap_or(0),
        known.limit(LINES.0, LINES.1)?,
    );
    app.read(move |read| {
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
        let mut response = ([(header::CONTENT_TYPE, NDJSON)], out).into_response();
        if next < size {
            let link = format!("</v1/entries?from={next}&limit={limit}>; rel=\"next\"");
            if let Ok(link) = link.parse() {
                response.headers_mut().insert(header::LINK, link);
            }
        }
        Ok(response)
    })
    .await
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

//! One submission: recorded with a receipt, or dry-run.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fundtrail_kernel::proofs;
use fundtrail_model::port::Read;
use fundtrail_model::{Effects, Entry, Fault};
use serde::Serialize;
use utoipa::ToSchema;

use super::description::Submission;
use crate::accept::{Form, preferred};
use crate::app::App;
use crate::failure::{Accepted, Failure, accepted};

/// What is known of an accepted transaction.
#[derive(Serialize, ToSchema)]
pub(crate) struct Decided {
    /// `recorded` or `repeated`; in a dry run, what it would be.
    pub(crate) verdict: &'static str,
    /// The entry; in a dry run, the one it would be now.
    pub(crate) index: u64,
    /// What it did.
    pub(crate) effects: Effects,
    /// Proof of it; none in a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) receipt: Option<String>,
}

impl Accepted {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Accepted::Recorded(..) => StatusCode::CREATED,
            Accepted::Repeated(_) => StatusCode::OK,
        }
    }

    pub(crate) fn index(&self) -> u64 {
        match self {
            Accepted::Recorded(index, _) | Accepted::Repeated(index) => *index,
        }
    }

    /// With the effects, which for a repeated transaction stand in its entry.
    pub(crate) fn decided(self, read: &dyn Read) -> Result<Decided, Failure> {
        let receipt = None;
        match self {
            Accepted::Recorded(index, effects) => Ok(Decided {
                verdict: "recorded",
                index,
                effects,
                receipt,
            }),
            Accepted::Repeated(index) => {
                let effects = effects_of(read, index)?;
                Ok(Decided {
                    verdict: "repeated",
                    index,
                    effects,
                    receipt,
                })
            }
        }
    }
}

/// `POST /v1/transactions`
#[utoipa::path(
    post,
    path = "/v1/transactions",
    operation_id = "submit_transaction",
    tag = "transactions",
    summary = "Submit a signed transaction.",
    description = "It is recorded once, however often it is sent. The answer is its receipt (c2sp.org/tlog-proof@v1), or everything about it as JSON, as `Accept` says.",
    request_body(content = Submission, content_type = "application/json", description = "A DSSE envelope by itself or in `envelope`, with the openings of what it seals."),
    responses(
        (status = 200, content((String = "text/plain"), (Decided = "application/json")), description = "It was recorded before.", headers(("Location" = String, description = "The path of the entry."))),
        (status = 201, content((String = "text/plain"), (Decided = "application/json")), description = "It is recorded.", headers(("Location" = String, description = "The path of the entry."))),
        (status = 409, description = "The id was taken by another transaction: CONFLICT, with its entry."),
        (status = 422, description = "The regulation says no: REFUSED, with every rule that objects and its figures."),
    )
)]
pub(crate) async fn submit(
    State(app): State<App>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Failure> {
    let body = taken(&app, body)?;
    let form = preferred(&headers, Form::Text);
    app.work(move |node| {
        let accepted = accepted(node.submit(&body))?;
        let (status, index) = (accepted.status(), accepted.index());
        node.storage().read(|read| {
            let receipt = proofs::receipt(read, index)?.to_text();
            let mut response = match form {
                Form::Text => text(receipt),
                Form::Json => {
                    let receipt = Some(receipt);
                    Json(Decided {
                        receipt,
                        ..accepted.decided(read)?
                    })
                    .into_response()
                }
            };
            *response.status_mut() = status;
            let location = HeaderValue::from_str(&format!("/v1/entries/{index}"));
            if let Ok(location) = location {
                response.headers_mut().insert(header::LOCATION, location);
            }
            Ok(response)
        })
    })
    .await?
}

/// `POST /v1/transactions/check`
#[utoipa::path(
    post,
    path = "/v1/transactions/check",
    operation_id = "check_transaction",
    tag = "transactions",
    summary = "The verdict on a transaction, with nothing recorded.",
    request_body(content = Submission, content_type = "application/json", description = "A DSSE envelope by itself or in `envelope`, with the openings of what it seals."),
    responses(
        (status = 200, body = Decided, description = "It would be recorded, or is already."),
        (status = 409, description = "The id was taken by another transaction: CONFLICT, with its entry."),
        (status = 422, description = "The regulation says no: REFUSED, with every rule that objects and its figures."),
    )
)]
pub(crate) async fn check(
    State(app): State<App>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Decided>, Failure> {
    let body = taken(&app, body)?;
    app.work(move |node| {
        let accepted = accepted(node.check(&body))?;
        node.storage().read(|read| accepted.decided(read)).map(Json)
    })
    .await?
}

/// The body of one submission, if it is within its bound.
pub(crate) fn taken(app: &App, body: Result<Bytes, BytesRejection>) -> Result<Bytes, Failure> {
    body.map_err(|rejection| Failure::of_body(&rejection, app.limits.submission_bytes_max))
}

/// A receipt, or anything else in the form in which the log publishes it.
pub(crate) fn text(text: String) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

fn effects_of(read: &dyn Read, index: u64) -> Result<Effects, Fault> {
    let bytes =
        proofs::entry(read, index)?.ok_or_else(|| Fault(format!("entry {index} is lost")))?;
    let entry = Entry::parse(&bytes).map_err(|error| Fault(format!("entry {index}: {error}")))?;
    Ok(entry.effects)
}

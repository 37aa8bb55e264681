//! Drafts: transactions that collect signatures until they can be submitted.
//!
//! Whoever reads the whole ledger sees all of them; others see those that they posted, that
//! they signed, or that wait for them. What is shown is what is signed: the exact payload,
//! in base64 and as text.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fundtrail_kernel::proofs;
use fundtrail_model::envelope::Signature;
use fundtrail_model::port::{Read, Table};
use fundtrail_model::{Id, Moment, Submission};
use fundtrail_node::Node;
use fundtrail_node::drafts::{self, Draft, DraftError, Kept};

use super::description::{self, DraftSubmission, ListOf, Paging};
use super::submissions::taken;
use crate::access::{Denied, Reader};
use crate::app::App;
use crate::failure::{Failure, NotTaken, accepted};
use crate::page::{Listed, Page};
use crate::parameters::{Parameters, Segment};

pub(crate) mod dry_run;
mod shown;

use shown::{Item, Line, Lost, Shown, is_shown};

/// `POST /v1/drafts`
#[utoipa::path(
    post,
    path = "/v1/drafts",
    operation_id = "post_draft",
    tag = "drafts",
    summary = "Put a transaction where several people sign it.",
    description = "Who posts shows a token, or a signature under the draft. Signatures may be there already.",
    request_body(content = DraftSubmission, content_type = "application/json", description = "A submission that may have no signature yet."),
    responses(
        (status = 200, body = Shown, description = "The same draft is there already.", headers(("Location" = String, description = "The path of the draft."))),
        (status = 201, body = Shown, description = "It is there now.", headers(("Location" = String, description = "The path of the draft."))),
        (status = 403, description = "Not for this key: FORBIDDEN."),
        (status = 409, description = "The id is taken, by a draft or an entry: CONFLICT; or the draft has ended: DRAFT_CLOSED."),
        (status = 422, description = "A key cannot sign this: KEY_UNKNOWN, KEY_REVOKED or KEY_NOT_NEEDED."),
    )
)]
pub(crate) async fn post(
    State(app): State<App>,
    reader: Reader,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Failure> {
    let body = taken(&app, body)?;
    let submission = Submission::parse_draft(&body)?;
    app.work(move |node| {
        let poster = match &reader {
            Reader::Public => None,
            Reader::Known(known) => Some(known.party.clone()),
        };
        let Kept { draft, is_new, .. } = node.post_draft(submission, poster)?;
        // Whoever posts may not read drafts in general; this one they have.
        let shown = node
            .storage()
            .read(|read| Shown::of(node, read, &draft, node.clock().now()?, true))?;
        let location = format!("/v1/drafts/{}", draft.id);
        let status = if is_new {
            StatusCode::CREATED
        } else {
            StatusCode::OK
        };
        Ok(located(&location, status, &shown))
    })
    .await?
}

/// `GET /v1/drafts?state=&limit=&cursor=`
#[utoipa::path(
    get,
    path = "/v1/drafts",
    operation_id = "list_drafts",
    tag = "drafts",
    summary = "Drafts of the reader's party and those that wait for it; all, for who reads the whole ledger.",
    params(
        ("state" = Option<drafts::State>, Query, description = "Drafts that stand there."),
        Paging,
    ),
    responses(
        (status = 200, body = ListOf<Line>, description = "A page of them."),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    reader: Reader,
    parameters: Parameters,
) -> Result<Json<Listed>, Failure> {
    let known = parameters.only(&["state", "limit", "cursor"])?;
    let state = match known.text("state") {
        None => None,
        Some(name) => Some(
            drafts::State::ALL
                .iter()
                .copied()
                .find(|state| state.name() == name)
                .ok_or_else(|| {
                    let expected = "open, submitted, refused, expired or withdrawn";
                    Failure::Parameter("state".into(), expected)
                })?,
        ),
    };
    let page = Page::of(&known)?;
    app.work(move |node| {
        let now = node.clock().now()?;
        node.storage().read(|read| {
            page.rows(read, Table::Drafts, drafts::KEYS, |key, bytes| {
                let draft = match node.read_draft(bytes) {
                    Ok(draft) => draft,
                    Err(fault) => {
                        let lost = Lost::of(key, &fault);
                        let is_shown = state.is_none() && reader.may_read_whole_ledger();
                        return Ok(is_shown.then_some(Line::Lost(lost)));
                    }
                };
                let look = node.look_at_draft(read, &draft, now)?;
                let fits = state.is_none_or(|state| look.state == state);
                let is_shown = fits && is_shown(&reader, &draft, &look);
                Ok(is_shown.then(|| Line::Draft(Box::new(Item::of(&draft, look)))))
            })
        })
    })
    .await?
}

/// `GET /v1/drafts/{id}`
#[utoipa::path(
    get,
    path = "/v1/drafts/{id}",
    operation_id = "get_draft",
    tag = "drafts",
    summary = "One draft: the exact bytes that are signed, who signed, who is missing, and what the ledger would say.",
    params(
        ("id" = Id, Path, description = "The transaction."),
    ),
    responses(
        (status = 200, body = Shown, description = "The draft."),
    )
)]
pub(crate) async fn draft(
    State(app): State<App>,
    reader: Reader,
    Segment(id): Segment,
) -> Result<Json<Shown>, Failure> {
    let id = draft_id(&id)?;
    app.work(move |node| {
        let now = node.clock().now()?;
        node.storage().read(|read| {
            let draft = found(node, read, &reader, &id, now)?;
            Ok(Json(Shown::to(&reader, node, read, &draft, now)?))
        })
    })
    .await?
}

/// `POST /v1/drafts/{id}/signatures`: 200 while it collects, 201 when it is recorded, and
/// the refusals where the regulation says no.
#[utoipa::path(
    post,
    path = "/v1/drafts/{id}/signatures",
    operation_id = "sign_draft",
    tag = "drafts",
    summary = "Add a signature to a draft.",
    description = "With the last one needed it is submitted, and the answer is the verdict.",
    params(
        ("id" = Id, Path, description = "The transaction."),
    ),
    request_body(content = description::Signature, content_type = "application/json", description = "A DSSE signature."),
    responses(
        (status = 200, body = Shown, description = "It collects more."),
        (status = 201, body = Shown, description = "It is recorded.", headers(("Location" = String, description = "The path of the entry."))),
        (status = 409, description = "The id is taken: CONFLICT; or the draft has ended: DRAFT_CLOSED."),
        (status = 422, description = "The key cannot sign this: KEY_UNKNOWN, KEY_REVOKED or KEY_NOT_NEEDED; or the regulation says no: REFUSED."),
    )
)]
pub(crate) async fn sign(
    State(app): State<App>,
    reader: Reader,
    Segment(id): Segment,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Failure> {
    let id = draft_id(&id)?;
    let signature = Signature::parse(&taken(&app, body)?)?;
    app.work(move |node| {
        let now = node.clock().now()?;
        node.storage()
            .read(|read| found(node, read, &reader, &id, now).map(drop))?;
        let Kept { draft, answer, .. } = node.sign_draft(&id, signature)?;
        let recorded = answer.map(accepted).transpose()?;
        node.storage().read(|read| {
            let mut shown = Shown::to(&reader, node, read, &draft, now)?;
            let Some(recorded) = recorded else {
                return Ok((StatusCode::OK, Json(shown)).into_response());
            };
            let index = recorded.index();
            shown.receipt = Some(proofs::receipt(read, index)?.to_text());
            Ok(located(
                &format!("/v1/entries/{index}"),
                StatusCode::CREATED,
                &shown,
            ))
        })
    })
    .await?
}

/// `DELETE /v1/drafts/{id}`
#[utoipa::path(
    delete,
    path = "/v1/drafts/{id}",
    operation_id = "withdraw_draft",
    tag = "drafts",
    summary = "Take a draft back: for whoever posted or signed it.",
    params(
        ("id" = Id, Path, description = "The transaction."),
    ),
    responses(
        (status = 200, body = Shown, description = "As it ended."),
        (status = 409, description = "The draft has ended: DRAFT_CLOSED; or is in the ledger: CONFLICT."),
    )
)]
pub(crate) async fn withdraw(
    State(app): State<App>,
    reader: Reader,
    Segment(id): Segment,
) -> Result<Json<Shown>, Failure> {
    let id = draft_id(&id)?;
    app.work(move |node| {
        let now = node.clock().now()?;
        let Reader::Known(known) = &reader else {
            return Err(Denied::Unauthenticated.into());
        };
        node.storage()
            .read(|read| found(node, read, &reader, &id, now).map(drop))?;
        let draft = node.withdraw_draft(&id, &known.party)?;
        let shown = node
            .storage()
            .read(|read| Shown::of(node, read, &draft, now, false))?;
        Ok(Json(shown))
    })
    .await?
}

/// A draft that this reader may see. To whoever may not see all, what is not there and what
/// is others' gives the same answer.
fn found(
    node: &Node,
    read: &dyn Read,
    reader: &Reader,
    id: &Id,
    now: Moment,
) -> Result<Draft, Failure> {
    let row = read.get(Table::Drafts, id.as_bytes())?;
    let draft = match row.map(|bytes| node.read_draft(&bytes)).transpose() {
        Ok(draft) => draft,
        Err(fault) => {
            let lost = Lost::of(id.as_bytes(), &fault);
            reader.check(reader.may_read_whole_ledger())?;
            return Err(lost.into());
        }
    };
    let is_shown = match &draft {
        Some(draft) => is_shown(reader, draft, &node.look_at_draft(read, draft, now)?),
        None => reader.may_read_whole_ledger(),
    };
    reader.check(is_shown)?;
    draft.ok_or_else(|| DraftError::NotFound.into())
}

fn draft_id(text: &str) -> Result<Id, Failure> {
    Id::parse(text).ok_or_else(|| Failure::Parameter("id".into(), "an id"))
}

fn located(location: &str, status: StatusCode, shown: &Shown) -> Response {
    let mut response = (status, Json(shown)).into_response();
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

impl From<Lost> for Failure {
    fn from(lost: Lost) -> Failure {
        Failure::Draft(NotTaken {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            code: lost.code,
            title: "The draft cannot be read.",
            detail: "another version of the node wrote it; its time over, it is removed".into(),
        })
    }
}

impl From<DraftError> for Failure {
    fn from(error: DraftError) -> Failure {
        let not_taken = |status, code, title, detail| {
            Failure::Draft(NotTaken {
                status,
                code,
                title,
                detail,
            })
        };
        let unfit = |code, key, why| {
            not_taken(
                StatusCode::UNPROCESSABLE_ENTITY,
                code,
                "The key cannot sign this.",
                format!("key {key}: {why}"),
            )
        };
        match error {
            DraftError::Malformed(malformed) => Failure::Malformed(malformed),
            DraftError::NotFound => Failure::NotFound("there is no draft of that id".into()),
            DraftError::Recorded(index) => Failure::Conflict(index),
            DraftError::Taken => not_taken(
                StatusCode::CONFLICT,
                "CONFLICT",
                "The id was taken by another transaction.",
                "a draft of this id has other bytes; choose another id".into(),
            ),
            DraftError::Closed(state) => not_taken(
                StatusCode::CONFLICT,
                "DRAFT_CLOSED",
                "The draft takes nothing any more.",
                format!("it is {}", state.name()),
            ),
            DraftError::KeyUnknown(key) => unfit(
                "KEY_UNKNOWN",
                key,
                "neither enrolled nor brought by the transaction",
            ),
            DraftError::KeyRevoked(key) => unfit("KEY_REVOKED", key, "revoked or replaced"),
            DraftError::KeyNotNeeded(key) => {
                unfit("KEY_NOT_NEEDED", key, "the kind has no place for it")
            }
            DraftError::Nobody => Denied::Unauthenticated.into(),
            DraftError::NotTheirs => Denied::Forbidden.into(),
            DraftError::TooMany | DraftError::Busy => Failure::Busy,
            DraftError::Unfit(unfit) => Failure::Unfit(unfit),
            DraftError::Fault(fault) => Failure::Fault(fault),
        }
    }
}

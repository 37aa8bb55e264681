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

use super::submissions::taken;
use crate::access::{Denied, Reader};
use crate::app::App;
use crate::failure::{Failure, NotTaken, accepted};
use crate::page::{Listed, Page};
use crate::parameters::{Parameters, Segment};

mod shown;

use shown::{Item, Shown, is_shown};

/// `POST /v1/drafts`
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
            page.rows(read, Table::Drafts, drafts::KEYS, |bytes| {
                let draft = drafts::decode(bytes)?;
                let look = node.look_at_draft(read, &draft, now)?;
                let fits = state.is_none_or(|state| look.state == state);
                Ok((fits && is_shown(&reader, &draft, &look)).then(|| Item::of(&draft, look)))
            })
        })
    })
    .await?
}

/// `GET /v1/drafts/{id}`
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
            let particulars = shown::may_read_particulars(&reader, read, &draft)?;
            Ok(Json(Shown::of(node, read, &draft, now, particulars)?))
        })
    })
    .await?
}

/// `POST /v1/drafts/{id}/signatures`: 200 while it collects, 201 when it is recorded, and
/// the refusals where the regulation says no.
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
            let particulars = shown::may_read_particulars(&reader, read, &draft)?;
            let mut shown = Shown::of(node, read, &draft, now, particulars)?;
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
    let draft = drafts::find(read, id)?;
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
            DraftError::Fault(fault) => Failure::Fault(fault),
        }
    }
}

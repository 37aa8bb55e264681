//! A draft as it would be, with what the ledger would say of it: for forms that are being
//! filled in. Nothing is kept, and no signature is asked for.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use fundtrail_model::Submission;

use super::super::description::DraftSubmission;
use super::super::submissions::taken;
use super::shown::Shown;
use crate::access::{Denied, Reader};
use crate::app::App;
use crate::failure::Failure;

/// `POST /v1/dry-runs`
#[utoipa::path(
    post,
    path = "/v1/dry-runs",
    operation_id = "dry_run_draft",
    tag = "drafts",
    summary = "What a draft would be and what the ledger would say of it.",
    description = "Nothing is kept: `verdict` is what the rules would say now, were no signer missing, and `missing` who would have to sign.",
    request_body(content = DraftSubmission, content_type = "application/json", description = "A submission that may have no signature yet."),
    responses(
        (status = 200, body = Shown, description = "The draft that posting would make."),
        (status = 409, description = "The id is recorded: CONFLICT."),
        (status = 422, description = "A key cannot sign this: KEY_UNKNOWN, KEY_REVOKED or KEY_NOT_NEEDED."),
    )
)]
pub(crate) async fn dry_run(
    State(app): State<App>,
    reader: Reader,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Shown>, Failure> {
    let body = taken(&app, body)?;
    let submission = Submission::parse_draft(&body)?;
    app.work(move |node| {
        let Reader::Known(known) = &reader else {
            return Err(Denied::Unauthenticated.into());
        };
        let now = node.clock().now()?;
        let draft = node.draft_of(submission, known.party.clone())?;
        node.storage()
            .read(|read| Shown::of(node, read, &draft, now, true))
            .map(Json)
            .map_err(Failure::from)
    })
    .await?
}

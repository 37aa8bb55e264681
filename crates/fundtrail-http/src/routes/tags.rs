//! Tags: what stands for a borrower in entries, for whoever knows its credit code.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use fundtrail_model::tag::CREDIT_CODE;
use fundtrail_model::{Malformed, Tag, json};
use fundtrail_regulation::identifier::credit_code;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::submissions::taken;
use crate::app::App;
use crate::failure::Failure;

#[derive(Deserialize, ToSchema)]
#[schema(as = TagAsked)]
#[serde(deny_unknown_fields)]
struct Asked {
    credit_code: String,
}

/// The borrower's id in entries.
#[derive(Serialize, ToSchema)]
#[schema(as = TagAnswered)]
pub(crate) struct Answered {
    borrower: Tag,
}

/// `POST /v1/tags`
#[utoipa::path(
    post,
    path = "/v1/tags",
    operation_id = "make_tag",
    tag = "records",
    summary = "The tag of a credit code.",
    description = "What stands for an enterprise in entries, for whoever knows its code.",
    request_body = Asked,
    responses(
        (status = 200, body = Answered, description = "The tag."),
        (status = 422, description = "The code does not hold: its form, or its check character."),
    )
)]
pub(crate) async fn tag(
    State(app): State<App>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Answered>, Failure> {
    let body = taken(&app, body)?;
    let text = json::check(&body)?;
    let asked: Asked = serde_json::from_str(text).map_err(|error| Malformed::from_json(&error))?;
    let code = credit_code::check(&asked.credit_code).map_err(Failure::Identifier)?;
    Ok(Json(Answered {
        borrower: app.node().tag_key().tag(CREDIT_CODE, code.as_str()),
    }))
}

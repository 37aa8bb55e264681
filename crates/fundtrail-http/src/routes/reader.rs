//! Who asks: what the ledger says of a token's key.

use axum::Json;
use axum::extract::State;
use fundtrail_model::{Id, KeyId, Moment};
use fundtrail_regulation::state::Role;
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::{Denied, Partners, Pass, Reader, Scope};
use crate::app::App;
use crate::failure::Failure;

/// A reader as the node knows it.
#[derive(Serialize, ToSchema)]
#[schema(as = Reader)]
pub(crate) struct Shown {
    /// For whom the key signs.
    party: Id,
    /// What the party is called, where that is no secret. Names are sealed: null.
    name: Option<String>,
    /// As what the key signs.
    role: Role,
    key: KeyId,
    /// How far it reads: the whole ledger, what is its own or its clients', or nothing but what
    /// everybody may.
    scope: &'static str,
    /// When the token's time is over.
    expires: Moment,
}

/// `GET /v1/reader`
#[utoipa::path(
    get,
    path = "/v1/reader",
    operation_id = "get_reader",
    tag = "records",
    summary = "Whom the token is of, and how far it reads.",
    responses((status = 200, body = Shown, description = "The reader."))
)]
pub(crate) async fn reader(
    State(_): State<App>,
    reader: Reader,
    pass: Pass,
) -> Result<Json<Shown>, Failure> {
    let Reader::Known(known) = reader else {
        return Err(Denied::Unauthenticated.into());
    };
    let scope = match known.scope {
        Scope::Nothing => "nothing",
        Scope::Own(_)
        | Scope::Engaged {
            partners: Partners::Only(_),
        } => "own",
        Scope::Whole
        | Scope::Engaged {
            partners: Partners::All,
        } => "whole",
    };
    Ok(Json(Shown {
        party: known.party,
        name: None,
        role: known.role,
        key: known.key,
        scope,
        expires: pass.expires()?,
    }))
}

//! Backups, made by the node that runs: nobody else can read the storage meanwhile.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use fundtrail_model::Moment;
use fundtrail_node::{BackedUp, Node};
use fundtrail_regulation::state::Role;
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::{Denied, Reader};
use crate::app::App;
use crate::failure::Failure;

/// Who may have one made: those who run the fund's ledger.
const KEEPERS: [Role; 2] = [Role::Manager, Role::Office];

/// A backup that was made.
#[derive(Serialize, ToSchema)]
#[schema(as = Backup)]
pub(crate) struct Made {
    /// Its folder on the node's machine.
    folder: String,
    /// When it was begun, by the node's clock.
    #[schema(value_type = String, format = DateTime)]
    made: Moment,
    /// Entries in it.
    size: u64,
    /// Root of the tree over them, in hex.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    root: String,
    /// Number of files in it.
    files: u64,
    /// Their bytes together.
    bytes: u64,
}

impl From<BackedUp> for Made {
    fn from(made: BackedUp) -> Made {
        Made {
            folder: made.folder,
            made: made.made,
            size: made.size,
            root: made.root,
            files: made.files,
            bytes: made.bytes,
        }
    }
}

/// `POST /v1/backups`
#[utoipa::path(
    post,
    path = "/v1/backups",
    operation_id = "make_backup",
    tag = "operations",
    summary = "Have the node make a backup of its ledger.",
    description = "For the manager and the office. Everything recorded before is in it. It is written to the directory that the node is configured with, and may take minutes; one at a time.",
    responses(
        (status = 201, body = Made, description = "It is made, and durable."),
        (status = 409, description = "There is no new backup: BACKUP_OFF where no directory is configured, BACKUP_RUNNING, BACKUP_EMPTY."),
    )
)]
pub(crate) async fn back_up(
    State(app): State<App>,
    reader: Reader,
) -> Result<(StatusCode, Json<Made>), Failure> {
    match &reader {
        Reader::Known(known) if KEEPERS.contains(&known.role) => {}
        Reader::Known(_) => return Err(Denied::Forbidden.into()),
        Reader::Public => return Err(Denied::Unauthenticated.into()),
    }
    let made = app.work(Node::back_up).await?;
    let made = made.map_err(Failure::NotBackedUp)?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

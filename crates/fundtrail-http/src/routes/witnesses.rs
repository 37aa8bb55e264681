//! The witnesses: who countersigns this ledger's checkpoints, and how far each has come.

use axum::Json;
use axum::extract::State;
use fundtrail_kernel::proofs;
use fundtrail_model::port::{Read, Table};
use fundtrail_model::{Entry, Fault, Moment};
use fundtrail_node::witnesses::WitnessState;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::failure::Failure;
use crate::page::size;
use crate::parameters::Parameters;

/// The witnesses, and what they make of what is published.
#[derive(Serialize, ToSchema)]
#[schema(as = Witnesses)]
pub(crate) struct Listed {
    /// Number of entries.
    size: u64,
    /// Number of entries under the published checkpoint; null before there is one.
    published: Option<u64>,
    /// When the newest entry under it was recorded.
    recorded: Option<Moment>,
    /// Whether a checkpoint is published only once a quorum cosigned it.
    quorum: bool,
    items: Vec<Item>,
}

/// One witness.
#[derive(Serialize, ToSchema)]
#[schema(as = Witness)]
struct Item {
    /// What the policy calls it.
    name: String,
    /// Its verifier key.
    key: String,
    /// Where it is asked; null if it is not.
    url: Option<String>,
    /// The size it cosigned last; null before the first.
    cosigned: Option<u64>,
    /// When that was, in seconds after 1970-01-01T00:00:00Z, as the witness says.
    time: Option<u64>,
    /// Attempts that failed since the node was started.
    failures: u64,
    /// The code of what keeps it from cosigning at present; null if nothing does.
    failure: Option<&'static str>,
    /// Whether it saw another tree than this ledger's, and is not asked any more.
    fatal: bool,
}

impl From<WitnessState> for Item {
    fn from(state: WitnessState) -> Item {
        Item {
            name: state.name,
            key: state.key.to_string(),
            url: state.url,
            cosigned: state.cosigned.map(|cosigned| cosigned.size),
            time: state.cosigned.map(|cosigned| cosigned.time),
            failures: state.failures,
            failure: state.trouble.map(|trouble| trouble.code()),
            fatal: state.trouble.is_some_and(|trouble| trouble.is_fatal()),
        }
    }
}

/// `GET /v1/witnesses`
#[utoipa::path(
    get,
    path = "/v1/witnesses",
    operation_id = "list_witnesses",
    tag = "log",
    summary = "The witnesses: what each cosigned last, and what keeps it from more.",
    responses(
        (status = 200, body = Listed, description = "The witnesses."),
    )
)]
pub(crate) async fn witnesses(
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<Listed>, Failure> {
    parameters.only(&[])?;
    let quorum = app.node().witnessed_only();
    let items = app.node().witnesses().into_iter().map(Item::from).collect();
    app.read(move |read| {
        let published = proofs::published(read, quorum)?.map(|published| published.size);
        Ok(Json(Listed {
            size: size(read)?,
            published,
            recorded: recorded_before(read, published)?,
            quorum,
            items,
        }))
    })
    .await
}

/// When the last entry of a tree was recorded.
fn recorded_before(read: &dyn Read, size: Option<u64>) -> Result<Option<Moment>, Fault> {
    let Some(last) = size.and_then(|size| size.checked_sub(1)) else {
        return Ok(None);
    };
    let bytes = read.get(Table::Entries, &last.to_be_bytes())?;
    let entry = bytes.map(|bytes| Entry::parse(&bytes)).transpose();
    let entry = entry.map_err(|error| Fault(format!("entry {last}: {error}")))?;
    Ok(entry.map(|entry| entry.recorded))
}

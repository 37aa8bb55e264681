//! Proofs in the tree of one published checkpoint, which comes along verbatim.

use axum::Json;
use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fundtrail_kernel::proofs;
use fundtrail_merkle::Hash;
use serde::Serialize;
use utoipa::ToSchema;

use super::statements::published;
use crate::app::App;
use crate::failure::Failure;
use crate::parameters::Parameters;

/// That an entry is in the tree of a checkpoint.
#[derive(Serialize, ToSchema)]
#[schema(as = InclusionProof)]
pub(crate) struct Inclusion {
    index: u64,
    size: u64,
    /// In base64, the leaf's own.
    leaf_hash: String,
    /// In base64, the leaf's sibling first.
    hashes: Vec<String>,
    /// The signed checkpoint of that size.
    checkpoint: String,
}

/// That the tree of one checkpoint begins with that of another.
#[derive(Serialize, ToSchema)]
#[schema(as = ConsistencyProof)]
pub(crate) struct Consistency {
    from: u64,
    to: u64,
    /// In base64, as RFC 6962 orders them.
    hashes: Vec<String>,
    /// The signed checkpoint of the larger size.
    checkpoint: String,
}

/// `GET /v1/proofs/inclusion?index=&size=`, in the published checkpoint where no size is given
#[utoipa::path(
    get,
    path = "/v1/proofs/inclusion",
    operation_id = "prove_inclusion",
    tag = "proofs",
    summary = "That an entry is in the tree of one published checkpoint.",
    params(
        ("index" = u64, Query, description = "The entry."),
        ("size" = Option<u64>, Query, description = "The size of the checkpoint; the published one where nothing is said."),
    ),
    responses(
        (status = 200, body = Inclusion, description = "The proof with its checkpoint."),
        (status = 404, description = "There is no such checkpoint or entry: NOT_FOUND."),
    )
)]
pub(crate) async fn inclusion(
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<Inclusion>, Failure> {
    let known = parameters.only(&["index", "size"])?;
    let (index, size) = (known.required("index")?, known.number("size")?);
    let witnessed_only = app.node().witnessed_only();
    app.read(move |read| {
        let size = published(read, size, witnessed_only)?.size;
        let (proof, published) = proofs::inclusion(read, index, size)?;
        let bytes = proofs::entry(read, index)?
            .ok_or_else(|| Failure::NotFound(format!("there is no entry {index}")))?;
        let leaf_hash = hash_text(&Hash::leaf(&bytes));
        let hashes = proof.iter().map(hash_text).collect();
        Ok(Json(Inclusion {
            index,
            size,
            leaf_hash,
            hashes,
            checkpoint: published.note,
        }))
    })
    .await
}

/// `GET /v1/proofs/consistency?from=&to=`, to the published checkpoint where nothing is given
#[utoipa::path(
    get,
    path = "/v1/proofs/consistency",
    operation_id = "prove_consistency",
    tag = "proofs",
    summary = "That the tree of one checkpoint begins with that of another.",
    params(
        ("from" = u64, Query, description = "The smaller size."),
        ("to" = Option<u64>, Query, description = "The larger size; the published one where nothing is said."),
    ),
    responses(
        (status = 200, body = Consistency, description = "The proof with its checkpoint."),
        (status = 404, description = "There is no such checkpoint or entry: NOT_FOUND."),
    )
)]
pub(crate) async fn consistency(
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<Consistency>, Failure> {
    let known = parameters.only(&["from", "to"])?;
    let (from, to) = (known.required("from")?, known.number("to")?);
    let witnessed_only = app.node().witnessed_only();
    app.read(move |read| {
        let to = published(read, to, witnessed_only)?.size;
        let (proof, published) = proofs::consistency(read, from, to)?;
        let hashes = proof.iter().map(hash_text).collect();
        Ok(Json(Consistency {
            from,
            to,
            hashes,
            checkpoint: published.note,
        }))
    })
    .await
}

/// A hash in padded standard base64, as C2SP writes it.
pub(crate) fn hash_text(hash: &Hash) -> String {
    STANDARD.encode(hash.as_bytes())
}

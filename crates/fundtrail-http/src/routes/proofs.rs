//! Proofs in the tree of one published checkpoint, which comes along verbatim.

use axum::Json;
use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fundtrail_kernel::proofs;
use fundtrail_merkle::Hash;
use fundtrail_model::port::Read;
use serde::Serialize;

use crate::app::App;
use crate::failure::Failure;
use crate::parameters::Parameters;

/// That an entry is in the tree of a checkpoint.
#[derive(Serialize)]
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
#[derive(Serialize)]
pub(crate) struct Consistency {
    from: u64,
    to: u64,
    /// In base64, as RFC 6962 orders them.
    hashes: Vec<String>,
    /// The signed checkpoint of the larger size.
    checkpoint: String,
}

/// `GET /v1/proofs/inclusion?index=&size=`, in the published checkpoint where no size is given
pub(crate) async fn inclusion(
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<Inclusion>, Failure> {
    let known = parameters.only(&["index", "size"])?;
    let (index, size) = (known.required("index")?, known.number("size")?);
    let witnessed_only = app.node.witnessed_only();
    app.read(move |read| {
        let size = size_or_published(read, size, witnessed_only)?;
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
pub(crate) async fn consistency(
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<Consistency>, Failure> {
    let known = parameters.only(&["from", "to"])?;
    let (from, to) = (known.required("from")?, known.number("to")?);
    let witnessed_only = app.node.witnessed_only();
    app.read(move |read| {
        let to = size_or_published(read, to, witnessed_only)?;
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

fn size_or_published(
    read: &dyn Read,
    size: Option<u64>,
    witnessed_only: bool,
) -> Result<u64, Failure> {
    if let Some(size) = size {
        return Ok(size);
    }
    let published = proofs::published(read, witnessed_only)?;
    published
        .map(|published| published.size)
        .ok_or_else(|| Failure::NotFound("no checkpoint is published yet".into()))
}

//! An object's passbook: every entry that touches it, with proofs under one checkpoint.
//!
//! The entries themselves say that none is missing: each names the object's previous one.

use axum::Json;
use axum::extract::State;
use fundtrail_kernel::proofs::{self, StoredNodes, latest_checkpoint};
use fundtrail_merkle::inclusion_proof;
use fundtrail_model::Fault;
use fundtrail_regulation::state::{Head, View};
use serde::Serialize;

use super::entries::entry_text;
use super::proofs::hash_text;
use crate::app::App;
use crate::failure::Failure;
use crate::parameters::{Parameters, Segment};

/// Revisions of one answer where nothing is said, and at most.
const LIMIT: (usize, usize) = (50, 200);

/// A passbook, or a part of it.
#[derive(Serialize)]
pub(crate) struct Statement {
    object: String,
    /// Number of the object's revisions.
    revisions: u64,
    /// Its newest entry.
    newest_entry: u64,
    /// The checkpoint that every proof here is bound to.
    checkpoint: String,
    items: Vec<Item>,
    /// The `from` of the next part; null after the last.
    next: Option<u64>,
}

/// One revision with its entry and its proof.
#[derive(Serialize)]
struct Item {
    revision: u64,
    index: u64,
    /// The exact text that is hashed.
    entry: String,
    /// In base64, the leaf's sibling first.
    hashes: Vec<String>,
}

/// `GET /v1/statements/{object}?from=&limit=`
pub(crate) async fn statement(
    State(app): State<App>,
    Segment(object): Segment,
    parameters: Parameters,
) -> Result<Json<Statement>, Failure> {
    let known = parameters.only(&["from", "limit"])?;
    let (from, limit) = (
        known.number("from")?.unwrap_or(1),
        known.limit(LIMIT.0, LIMIT.1)?,
    );
    app.read(move |read| {
        let missing = || Failure::NotFound("no entry touches an object of that name".into());
        let head: Head = View::new(read)
            .get(object.as_bytes())?
            .ok_or_else(missing)?;
        let published = latest_checkpoint(read)?.ok_or_else(missing)?;
        let revisions = proofs::revisions(read, &object, from, limit)?;
        let mut items = Vec::with_capacity(revisions.len());
        for (revision, index) in revisions {
            let lost = || Fault(format!("entry {index} is lost"));
            let bytes = proofs::entry(read, index)?.ok_or_else(lost)?;
            let proof = inclusion_proof(index, published.size, &StoredNodes(read))
                .map_err(proofs::ProofFault::from)?;
            let hashes = proof.iter().map(hash_text).collect();
            items.push(Item {
                revision,
                index,
                entry: entry_text(index, bytes)?,
                hashes,
            });
        }
        let last = items.last().map_or(head.revision, |item| item.revision);
        Ok(Json(Statement {
            object: head.object,
            revisions: head.revision,
            newest_entry: head.entry,
            checkpoint: published.note,
            items,
            next: (last < head.revision).then_some(last + 1),
        }))
    })
    .await
}

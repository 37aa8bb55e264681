//! An object's statement: every entry that touches it with proofs under one checkpoint, and
//! what shows that none is missing.
//!
//! An object that no entry touches has a statement too: without items, it proves that the
//! object is not there.

use axum::Json;
use axum::extract::State;
use fundtrail_kernel::proofs::{self, Published};
use fundtrail_kernel::seal::newest_seal;
use fundtrail_kernel::statement::{Completeness, Statement};
use fundtrail_model::port::Read;
use fundtrail_regulation::state::View;

use super::entries::parsed;
use crate::access::Reader;
use crate::app::App;
use crate::failure::Failure;
use crate::parameters::{Parameters, Segment};
use crate::seal_trees::SealTrees;

/// An answer's items end after the entry with which their texts exceed this, in bytes.
const ITEMS_BYTES_MAX: usize = 8 * 1024 * 1024;
/// A longer tail than this, in bytes, is left to the client: `/v1/entries` has it.
const TAIL_BYTES_MAX: usize = 4 * 1024 * 1024;

/// `GET /v1/statements/{object}?size=&from=&complete=`, under the published checkpoint where
/// no size is given
#[utoipa::path(
    get,
    path = "/v1/statements/{object}",
    operation_id = "get_statement",
    tag = "proofs",
    summary = "An object's statement: its entries with proofs under one checkpoint, and what shows that none is missing.",
    description = "See docs/FORMAT.md, section 13.2.",
    params(
        ("object" = String, Path, description = "The name of an object, such as loan:L1."),
        ("size" = Option<u64>, Query, description = "The size of the checkpoint; the published one where nothing is said."),
        ("from" = Option<u64>, Query, description = "The first revision; 1 where nothing is said."),
        ("complete" = Option<bool>, Query, description = "Whether to show that none is missing; true for a statement from the first on."),
    ),
    responses(
        (status = 200, body = Statement, description = "The statement."),
    )
)]
pub(crate) async fn statement(
    State(app): State<App>,
    reader: Reader,
    Segment(object): Segment,
    parameters: Parameters,
) -> Result<Json<Statement>, Failure> {
    let known = parameters.only(&["size", "from", "complete"])?;
    let (size, from) = (known.number("size")?, known.number("from")?.unwrap_or(1));
    let complete = known.flag("complete")?.unwrap_or(from <= 1);
    let (trees, witnessed_only) = (app.seals.clone(), app.node().witnessed_only());
    app.read(move |read| {
        reader.check_object(View::new(read), &object)?;
        let checkpoint = published(read, size, witnessed_only)?;
        let mut statement = Statement::of(read, &object, &checkpoint, from, ITEMS_BYTES_MAX)?;
        if complete {
            statement.completeness = completeness(read, &object, checkpoint.size, &trees)?;
        }
        if !reader.may_read_whole_ledger() {
            withhold(&reader, read, &mut statement)?;
        }
        Ok(Json(statement))
    })
    .await
}

/// Leaves out what the reader may not read: entries of an account or a borrower that are
/// other parties' business, and a completeness that tells of them. One whose tail is the
/// seal alone tells of nobody.
fn withhold(reader: &Reader, read: &dyn Read, statement: &mut Statement) -> Result<(), Failure> {
    let view = View::new(read);
    let mut own = Vec::new();
    for item in std::mem::take(&mut statement.items) {
        if reader.may_read_entry(view, &parsed(item.entry.as_bytes())?)? {
            own.push(item);
        }
    }
    statement.items = own;
    let tells_of_nobody = |completeness: &Completeness| {
        let seal = completeness.seal.as_ref();
        completeness.tail.len() == 1 && seal.is_some_and(|seal| seal.present.is_some())
    };
    if !statement.completeness.as_ref().is_some_and(tells_of_nobody) {
        statement.completeness = None;
    }
    Ok(())
}

/// The checkpoint of that size; the published one where no size is given.
pub(super) fn published(
    read: &dyn Read,
    size: Option<u64>,
    witnessed_only: bool,
) -> Result<Published, Failure> {
    let (found, missing) = match size {
        Some(size) => (
            proofs::checkpoint_of(read, size)?,
            format!("no checkpoint was published for size {size}"),
        ),
        None => (
            proofs::published(read, witnessed_only)?,
            "no checkpoint is published yet".into(),
        ),
    };
    found.ok_or(Failure::NotFound(missing))
}

/// What shows that nothing is missing: it rests on the newest seal below the size.
fn completeness(
    read: &dyn Read,
    object: &str,
    size: u64,
    trees: &SealTrees,
) -> Result<Option<Completeness>, Failure> {
    let seal = newest_seal(read, size)?;
    let tree = match &seal {
        Some(seal) => Some(trees.of(read, seal)?),
        None => None,
    };
    let ground = seal.as_ref().zip(tree.as_deref());
    Ok(Completeness::of(
        read,
        object,
        size,
        ground,
        TAIL_BYTES_MAX,
    )?)
}

//! The static log of C2SP tlog-tiles: the checkpoint, hash tiles and entry bundles.
//!
//! What is served lies in the tree of the newest published checkpoint, so it never
//! changes: everything but the checkpoint may be kept for ever.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use fundtrail_kernel::proofs::latest_checkpoint;
use fundtrail_merkle::NodeId;
use fundtrail_merkle::tile::{Bundle, Tile};
use fundtrail_model::Fault;
use fundtrail_model::port::{Read, Row, Table};

use super::submissions::text;
use crate::app::App;
use crate::failure::Failure;
use crate::parameters::Segment;

const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// `GET /checkpoint`
pub(crate) async fn checkpoint(State(app): State<App>) -> Result<Response, Failure> {
    let newest = app.read(|read| Ok(latest_checkpoint(read)?)).await?;
    let published =
        newest.ok_or_else(|| Failure::NotFound("no checkpoint is published yet".into()))?;
    let mut response = text(published.note);
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}

/// `GET /tile/<level>/<position>` and `GET /tile/entries/<position>`
pub(crate) async fn tile(
    State(app): State<App>,
    Segment(position): Segment,
) -> Result<Response, Failure> {
    let path = format!("tile/{position}");
    let bytes = app.read(move |read| contents(read, &path)).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CACHE_CONTROL, FOR_EVER),
    ];
    Ok((headers, bytes).into_response())
}

fn contents(read: &dyn Read, path: &str) -> Result<Vec<u8>, Failure> {
    let missing = || Failure::NotFound("the published tree has no such tile".into());
    let size = latest_checkpoint(read)?.map_or(0, |published| published.size);
    if let Some(bundle) = Bundle::parse(path) {
        if !bundle.is_in(size) {
            return Err(missing());
        }
        return Ok(bundle_bytes(read, bundle)?);
    }
    let tile = Tile::parse(path)
        .filter(|tile| tile.is_in(size))
        .ok_or_else(missing)?;
    Ok(tile_bytes(read, tile)?)
}

/// Each entry after its length as two bytes.
fn bundle_bytes(read: &dyn Read, bundle: Bundle) -> Result<Vec<u8>, Fault> {
    let range = bundle.entries();
    let (from, until) = (range.start.to_be_bytes(), range.end.to_be_bytes());
    let rows = whole(read, Table::Entries, &from, &until, bundle.width)?;
    let mut bytes = Vec::new();
    for (_, entry) in rows {
        let length = u16::try_from(entry.len())
            .map_err(|_| Fault("an entry is longer than a bundle can say".into()))?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(&entry);
    }
    Ok(bytes)
}

fn tile_bytes(read: &dyn Read, tile: Tile) -> Result<Vec<u8>, Fault> {
    let (first, width) = tile.nodes();
    let end = NodeId {
        index: first.index.saturating_add(u64::from(width)),
        ..first
    };
    let rows = whole(read, Table::Nodes, &first.key(), &end.key(), width)?;
    Ok(rows.into_iter().flat_map(|(_, hash)| hash).collect())
}

fn whole(
    read: &dyn Read,
    table: Table,
    from: &[u8],
    until: &[u8],
    width: u16,
) -> Result<Vec<Row>, Fault> {
    let rows = read.range(table, from, until, usize::from(width))?;
    if rows.len() == usize::from(width) {
        return Ok(rows);
    }
    Err(Fault(format!("rows of `{}` are missing", table.name())))
}

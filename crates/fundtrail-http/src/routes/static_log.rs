//! The static log of C2SP tlog-tiles: the checkpoint, hash tiles and entry bundles.
//!
//! What is served lies in the tree of the newest published checkpoint, so it never
//! changes: everything but the checkpoint may be kept for ever. Every width up to that
//! tree's is served, so the partial tiles of every size that was ever published stay.
//! Bundles are compressed for clients that ask for it; hashes would only grow.

use std::convert::Infallible;

use axum::extract::State;
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode, Uri, Version, header};
use axum::middleware::{from_fn, map_response};
use axum::response::{IntoResponse, Response};
use fundtrail_kernel::proofs;
use fundtrail_merkle::NodeId;
use fundtrail_merkle::tile::{Bundle, Tile};
use fundtrail_model::Fault;
use fundtrail_model::port::{Read, Row, Table};
use tower_http::compression::CompressionLayer;
use utoipa_axum::router::{UtoipaMethodRouter, UtoipaMethodRouterExt};

use super::submissions::text;
use crate::app::App;
use crate::edge::caching;
use crate::failure::Failure;

const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Entries are for those who may read the whole ledger, not for whoever asks a cache.
const FOR_EVER_OWN: &str = "private, max-age=31536000, immutable";

/// `GET /checkpoint`
#[utoipa::path(
    get,
    path = "/checkpoint",
    operation_id = "get_checkpoint",
    tag = "log",
    summary = "The published checkpoint (C2SP).",
    description = "The newest that a quorum of the witnesses cosigned, or of all where none are asked.",
    responses(
        (status = 200, body = String, content_type = "text/plain", description = "A signed note."),
        (status = 404, description = "No checkpoint is published yet: NOT_FOUND."),
    )
)]
pub(crate) async fn checkpoint(State(app): State<App>) -> Result<Response, Failure> {
    let witnessed_only = app.node().witnessed_only();
    let published = app
        .read(move |read| Ok(proofs::published(read, witnessed_only)?))
        .await?;
    let published =
        published.ok_or_else(|| Failure::NotFound("no checkpoint is published yet".into()))?;
    let mut response = text(published.note);
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}

/// `GET /tile/<level>/<position>` and `GET /tile/entries/<position>`
///
/// The path is taken as it came: a tile has one spelling.
#[utoipa::path(
    get,
    path = "/tile/{*position}",
    operation_id = "get_tile",
    tag = "log",
    summary = "Tiles of the tree and bundles of entries (C2SP tlog-tiles).",
    responses(
        (status = 200, body = [u8], content_type = "application/octet-stream", description = "The bytes. They never change."),
        (status = 404, description = "The published tree has no such tile: NOT_FOUND."),
    )
)]
pub(crate) async fn tile(State(app): State<App>, uri: Uri) -> Result<Response, Failure> {
    let path = uri.path().strip_prefix('/').unwrap_or_default().to_owned();
    let is_bundle = Bundle::parse(&path).is_some();
    let witnessed_only = app.node().witnessed_only();
    let bytes = app
        .read(move |read| {
            let published = proofs::published(read, witnessed_only)?;
            contents(read, &path, published.map_or(0, |published| published.size))
        })
        .await?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (
            header::CACHE_CONTROL,
            if is_bundle { FOR_EVER_OWN } else { FOR_EVER },
        ),
    ];
    let mut response = (headers, bytes).into_response();
    if is_bundle {
        response.extensions_mut().insert(Compressible);
    }
    Ok(response)
}

/// Marks a response that may be compressed.
#[derive(Clone, Copy)]
struct Compressible;

/// The route of tiles and bundles with gzip around it.
pub(crate) fn tiles(tile: UtoipaMethodRouter<App>) -> UtoipaMethodRouter<App> {
    let marked = |_: StatusCode, _: Version, _: &HeaderMap, marks: &Extensions| {
        marks.get::<Compressible>().is_some()
    };
    tile.map(|tile| {
        tile.layer::<_, Infallible>(from_fn(caching::hash))
            .layer::<_, Infallible>(CompressionLayer::new().compress_when(marked))
            .layer(map_response(plain_at_last))
    })
}

/// A client that refuses every encoding, even none, gets the bytes as they are.
async fn plain_at_last(mut response: Response) -> Response {
    if response.status() == StatusCode::NOT_ACCEPTABLE {
        *response.status_mut() = StatusCode::OK;
    }
    caching::weaken_compressed(&mut response);
    response
}

fn contents(read: &dyn Read, path: &str, size: u64) -> Result<Vec<u8>, Failure> {
    let missing = || Failure::NotFound("the published tree has no such tile".into());
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

//! The static log: a reader of tiles alone gets the whole ledger and its root.

use fundtrail_merkle::tile::{bundles_of_size, tiles_of_size};
use fundtrail_merkle::{Hash, root_of};
use fundtrail_model::checkpoint::Checkpoint;

use crate::client::Server;
use crate::fixture::*;

/// A ledger of 300 entries: a full tile and a partial one.
fn ledger() -> Server {
    let server = Server::founded();
    let list: Vec<Vec<u8>> = (1..300).map(enrol).collect();
    assert_eq!(
        server
            .post("/v1/transactions/batch", &list.join(&b'\n'))
            .status,
        200
    );
    assert_eq!(server.node.metrics().size(), 300);
    server
}

#[test]
fn tiles_and_bundles_give_the_root() {
    let server = ledger();
    let newest = server.get("/checkpoint");
    assert_eq!(newest.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(newest.header("cache-control"), "no-cache");
    let (checkpoint, _) = Checkpoint::open(&newest.body, ORIGIN, log_signer().verifier()).unwrap();
    assert_eq!(checkpoint.size(), 300);

    let mut entries: Vec<Hash> = Vec::new();
    for bundle in bundles_of_size(300) {
        let reply = server.get(&format!("/{}", bundle.path()));
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (200, "application/octet-stream")
        );
        assert_eq!(
            reply.header("cache-control"),
            "public, max-age=31536000, immutable"
        );
        let mut rest = reply.body.as_slice();
        while let Some((length, after)) = rest.split_first_chunk() {
            let (entry, after) = after.split_at(usize::from(u16::from_be_bytes(*length)));
            entries.push(Hash::leaf(entry));
            rest = after;
        }
    }
    assert_eq!(entries.len(), 300);
    assert_eq!(root_of(&entries), checkpoint.root());

    let mut leaves: Vec<Hash> = Vec::new();
    for tile in tiles_of_size(300) {
        let reply = server.get(&format!("/{}", tile.path()));
        assert_eq!(
            (reply.status, reply.body.len()),
            (200, 32 * usize::from(tile.width))
        );
        let hashes = reply
            .body
            .chunks(32)
            .map(|hash| Hash::from_slice(hash).unwrap());
        if tile.level == 0 {
            leaves.extend(hashes);
        } else {
            assert_eq!(hashes.collect::<Vec<_>>(), [root_of(&leaves[..256])]);
        }
    }
    assert_eq!(leaves, entries);
    // A partial tile of an older size is still there.
    assert_eq!(server.get("/tile/0/001.p/7").body.len(), 7 * 32);
}

#[test]
fn what_the_published_tree_has_not_is_not_found() {
    let server = Server::founded();
    for path in [
        "/tile/0/000",
        "/tile/0/000.p/2",
        "/tile/1/000.p/1",
        "/tile/entries/000",
        "/tile/entries/000.p/2",
        "/tile/0/0",
        "/tile/x/000",
        "/tile/0/000.p/0",
        "/tile/",
    ] {
        server.get(path).problem(404, "NOT_FOUND", path);
    }
    assert_eq!(server.get("/tile/0/000.p/1").status, 200);
    Server::empty()
        .get("/checkpoint")
        .problem(404, "NOT_FOUND", "/checkpoint");
}

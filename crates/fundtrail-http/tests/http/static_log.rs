//! The static log: a reader of tiles alone gets the whole ledger and its root.

use std::io::{Read, Write};
use std::net::TcpStream;

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
            "private, max-age=31536000, immutable"
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
fn what_a_published_size_had_keeps_its_bytes_for_ever() {
    let server = Server::founded();
    let mut served: Vec<(String, Vec<u8>)> = Vec::new();
    let mut size = 1;
    // Below, at and above full tiles; the last two leave two full ones behind.
    for next in [2, 44, 255, 256, 257, 300, 511, 512, 600] {
        let list: Vec<Vec<u8>> = (size..next).map(|number| enrol(number as u32)).collect();
        let reply = server.post("/v1/transactions/batch", &list.join(&b'\n'));
        assert_eq!(reply.status, 200);
        assert_eq!(published_size(&server), next);
        let tiles = tiles_of_size(next).map(|tile| tile.path());
        for path in tiles.chain(bundles_of_size(next).map(|bundle| bundle.path())) {
            served.push((path.clone(), server.get(&format!("/{path}")).body));
        }
        size = next;
    }
    let partial = served.iter().filter(|(path, _)| path.contains(".p/"));
    assert_eq!(partial.count(), 20);
    for (path, bytes) in served {
        let now = server.get(&format!("/{path}"));
        assert_eq!((now.status, now.body == bytes), (200, true), "{path}");
        assert!(!bytes.is_empty());
    }
}

fn published_size(server: &Server) -> u64 {
    let note = server.get("/checkpoint").body;
    let opened = Checkpoint::open(&note, ORIGIN, log_signer().verifier());
    opened.unwrap().0.size()
}

#[test]
fn what_the_published_tree_has_not_is_not_found_and_not_kept() {
    let server = Server::founded();
    let mut paths: Vec<String> = [
        // Well-formed, but not in a tree of one entry.
        "/tile/0/000",
        "/tile/0/000.p/2",
        "/tile/0/001.p/1",
        "/tile/1/000.p/1",
        "/tile/63/000.p/1",
        "/tile/entries/000",
        "/tile/entries/000.p/2",
        // No tile of any tree.
        "/tile/",
        "/tile/0",
        "/tile/entries",
        "/tile/x/000",
        "/tile/data/000.p/1",
        "/tile/8/0/000.p/1",
        "/tile/00/000.p/1",
        "/tile/+0/000.p/1",
        "/tile/64/000.p/1",
        "/tile/256/000.p/1",
        "/tile/18446744073709551616/000.p/1",
        "//tile/0/000.p/1",
        "/tile//0/000.p/1",
        "/tile/0/../0/000.p/1",
    ]
    .map(String::from)
    .into();
    let positions = [
        "0.p/1",
        "0000.p/1",
        "x000/000.p/1",
        "x000.p/1",
        "X000/000.p/1",
        "x0/000.p/1",
        "000.p/0",
        "000.p/01",
        "000.p/+1",
        "000.p/-1",
        "000.p/1/",
        "000.p/256",
        "000.p/65537",
        "000.p/18446744073709551617",
        "000.p",
        "000.p/",
        "000.P/1",
        "000.p1",
        "000/",
        "%30%30%30.p/1",
        "000%2ep/1",
        "000.p%2f1",
        "%ff",
        "000.p/%00",
        "x018/x446/x744/x073/x709/x551/616.p/1",
        "x999/x999/x999/x999/x999/x999/x999/x999/999",
    ];
    for position in positions {
        paths.push(format!("/tile/0/{position}"));
        paths.push(format!("/tile/entries/{position}"));
    }
    for path in paths {
        for method in ["GET", "HEAD"] {
            let reply = asked(&server, method, &path, "");
            assert_eq!(reply.status, 404, "{method} {path}");
            assert_eq!(reply.header("cache-control"), Some("no-store"), "{path}");
            assert_eq!(
                reply.header("content-type"),
                Some("application/problem+json")
            );
            assert_eq!(reply.body.is_empty(), method == "HEAD", "{path}");
        }
    }
    for path in ["/tile/0/000.p/1", "/tile/entries/000.p/1"] {
        assert_eq!(server.get(path).status, 200, "{path}");
    }
    let empty = Server::empty();
    let reply = empty.get("/checkpoint");
    reply.problem(404, "NOT_FOUND", "/checkpoint");
    assert_eq!(reply.header("cache-control"), "no-store");
    let first = "/tile/0/000.p/1";
    empty.get(first).problem(404, "NOT_FOUND", first);
}

#[test]
fn only_reading_is_allowed() {
    let server = Server::founded();
    for path in ["/checkpoint", "/tile/0/000.p/1", "/tile/entries/000.p/1"] {
        for method in ["POST", "PUT", "DELETE", "PATCH"] {
            let reply = asked(&server, method, path, "Content-Length: 0\r\n");
            assert_eq!(reply.status, 405, "{method} {path}");
            assert_eq!(reply.header("cache-control"), Some("no-store"));
        }
    }
}

#[test]
fn head_says_what_get_would() {
    let server = ledger();
    for path in ["/checkpoint", "/tile/0/001.p/44", "/tile/entries/000"] {
        let get = asked(&server, "GET", path, "");
        let head = asked(&server, "HEAD", path, "");
        assert_eq!((get.status, head.status), (200, 200), "{path}");
        assert!(head.body.is_empty() && !get.body.is_empty(), "{path}");
        let length = get.body.len().to_string();
        assert_eq!(head.header("content-length"), Some(length.as_str()));
        for name in ["content-type", "cache-control", "vary"] {
            assert_eq!(head.header(name), get.header(name), "{path}: {name}");
        }
    }
}

#[test]
fn bundles_are_compressed_for_those_who_ask_for_it() {
    let server = ledger();
    let path = "/tile/entries/000";
    let plain = asked(&server, "GET", path, "");
    let mut compressed = 0;
    for (accept, gzip) in [
        ("gzip", true),
        ("GZIP", true),
        ("gzip, identity", true),
        ("br;q=1.0, gzip;q=0.5", true),
        ("*", true),
        ("identity;q=0, gzip", true),
        ("", false),
        ("identity", false),
        ("gzip;q=0", false),
        ("gzip;q=0.0, identity", false),
        ("*;q=0, identity", false),
        ("br, zstd, deflate", false),
        ("gzip;q=0.1, identity;q=0.9", false),
        ("identity;q=0", false),
        ("*;q=0", false),
    ] {
        let reply = asked(
            &server,
            "GET",
            path,
            &format!("Accept-Encoding: {accept}\r\n"),
        );
        assert_eq!(reply.status, 200, "{accept}");
        let encoding = gzip.then_some("gzip");
        assert_eq!(reply.header("content-encoding"), encoding, "{accept}");
        assert_eq!(reply.header("vary"), Some("accept-encoding"), "{accept}");
        assert_eq!(
            reply.header("cache-control"),
            Some("private, max-age=31536000, immutable")
        );
        if gzip {
            assert!(reply.body.len() < plain.body.len(), "{accept}");
            let mut unpacked = Vec::new();
            flate2::read::GzDecoder::new(reply.body.as_slice())
                .read_to_end(&mut unpacked)
                .unwrap();
            assert!(unpacked == plain.body, "{accept}");
            compressed += 1;
        } else {
            assert!(reply.body == plain.body, "{accept}");
        }
    }
    assert_eq!(compressed, 6);
}

#[test]
fn nothing_but_bundles_is_compressed() {
    let server = ledger();
    for path in [
        "/checkpoint",
        "/tile/0/000",
        "/tile/0/001.p/44",
        "/tile/1/000.p/1",
        "/tile/entries/001",
        "/tile/entries/01",
    ] {
        for accept in ["gzip", "gzip, identity;q=0"] {
            let reply = asked(
                &server,
                "GET",
                path,
                &format!("Accept-Encoding: {accept}\r\n"),
            );
            assert_eq!(reply.header("content-encoding"), None, "{path}");
            assert_eq!(reply.header("vary"), None, "{path}");
            assert!(reply.status == 200 || reply.status == 404, "{path}");
        }
    }
}

/// An answer as it came over the wire.
struct Wire {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Wire {
    fn header(&self, name: &str) -> Option<&str> {
        let mut of_name = self.headers.iter().filter(|(own, _)| own == name);
        let value = of_name.next().map(|(_, value)| value.as_str());
        assert!(of_name.next().is_none(), "{name} is there twice");
        value
    }
}

/// Asks over a bare connection: no client adds, decodes or corrects anything.
fn asked(server: &Server, method: &str, path: &str, headers: &str) -> Wire {
    let mut stream = TcpStream::connect(server.address).unwrap();
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nHost: log\r\nAuthorization: {}\r\n{headers}\r\n",
        server.bearer()
    )
    .unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let end = bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let (line, rest) = head.split_once("\r\n").unwrap();
    let headers = rest.lines().map(|line| line.split_once(": ").unwrap());
    Wire {
        status: line.split(' ').nth(1).unwrap().parse().unwrap(),
        headers: headers
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect(),
        body: bytes[end + 4..].to_vec(),
    }
}

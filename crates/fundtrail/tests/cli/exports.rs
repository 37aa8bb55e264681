//! `fundtrail export`, from a host that serves a static log and nothing else.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::{Compression, write::GzEncoder};
use fundtrail_audit::Export;
use fundtrail_merkle::{Hash, root_of};

use crate::ledger::{Ledger, SIZE, log_key, other_log_key, signed, witness_key, witnessed};
use crate::server::Server;
use crate::support::Desk;

/// Files by path.
type Files = BTreeMap<String, Vec<u8>>;

/// The ledger's first entries under the log's own signature.
fn ledger(size: u64) -> Export {
    let mut export = Export::default();
    export.add_page(&Ledger::new().lines(0, size));
    resigned(export)
}

/// What the log can sign at any time: whatever it likes.
fn resigned(mut export: Export) -> Export {
    let leaves: Vec<Hash> = export.leaves().collect();
    export.checkpoint = signed(leaves.len() as u64, root_of(&leaves)).into_bytes();
    export
}

/// The files of an export.
fn files(export: &Export) -> Files {
    let scratch = tempfile::tempdir().unwrap();
    export.write(scratch.path()).unwrap();
    let mut files = Files::new();
    walk(scratch.path(), "", &mut files);
    files
}

fn walk(folder: &Path, prefix: &str, files: &mut Files) {
    for one in fs::read_dir(folder).unwrap() {
        let one = one.unwrap();
        let name = format!("{prefix}{}", one.file_name().to_str().unwrap());
        if one.path().is_dir() {
            walk(&one.path(), &format!("{name}/"), files);
        } else {
            files.insert(name, fs::read(one.path()).unwrap());
        }
    }
}

/// A host below a path of its own.
fn host(files: Files) -> Server {
    Server::new(move |asked| {
        let path = asked.line.strip_prefix("GET /log/");
        match path.and_then(|path| files.get(path)) {
            Some(bytes) => (200, "", bytes.clone()),
            None => (404, "", Vec::new()),
        }
    })
}

/// Exports from a host into a directory of the desk.
fn export(desk: &Desk, files: Files, out: &str) -> (Option<i32>, String) {
    let server = host(files);
    let url = format!("{}/log/", server.url);
    let words = [
        "export",
        "--node",
        &url,
        "--out",
        out,
        "--log-key",
        &log_key(),
    ];
    let called = desk.call(words);
    (called.code, called.stdout + &called.stderr)
}

#[test]
fn a_log_is_exported_brought_up_to_date_and_audited() {
    let desk = Desk::new();
    let (code, text) = export(&desk, files(&ledger(3)), "out/e");
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("checkpoint 3 entries, root "), "{text}");
    let (code, text) = export(&desk, files(&ledger(SIZE)), "out/e");
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains("continues the export of 3 entries: 1 are new"),
        "{text}"
    );
    assert!(text.contains("fetched    1 bundles"), "{text}");
    for name in [
        "tile/entries/000.p/3",
        "tile/entries/000.p/4",
        "tile/0/000.p/4",
    ] {
        assert!(desk.path("out/e").join(name).is_file(), "{name}");
    }
    let words = [
        "audit",
        "--dir",
        "out/e",
        "--log-key",
        &log_key(),
        "--since",
        "out/e",
    ];
    desk.call(words).ends(0);
    // The bundles alone are enough.
    fs::remove_file(desk.path("out/e/entries.ndjson")).unwrap();
    desk.call(words).ends(0);
}

#[test]
fn what_the_log_did_not_sign_is_not_exported() {
    let desk = Desk::new();
    let honest = files(&ledger(SIZE));
    let name = "tile/entries/000.p/4";
    let mut turned = honest.clone();
    turned.get_mut(name).unwrap()[30] ^= 1;
    let mut cut = honest.clone();
    cut.get_mut(name).unwrap().pop();
    let mut gone = honest.clone();
    gone.remove(name);
    let mut unsigned = honest.clone();
    unsigned.get_mut("checkpoint").unwrap()[40] ^= 1;
    for (files, code) in [
        (turned, "ROOT"),
        (cut, "BUNDLE"),
        (gone, "BUNDLE"),
        (unsigned, "CHECKPOINT"),
    ] {
        let (ended, text) = export(&desk, files, "out");
        assert_eq!(ended, Some(1), "{text}");
        assert!(text.starts_with(&format!("{code}: ")), "{text}");
        assert!(!desk.path("out/checkpoint").exists(), "{code}");
    }
    let server = host(honest);
    let url = format!("{}/log", server.url);
    let words = [
        "export",
        "--node",
        &url,
        "--out",
        "out",
        "--log-key",
        &other_log_key(),
    ];
    assert!(desk.call(words).ends(1).starts_with("CHECKPOINT: "));
}

#[test]
fn an_export_is_not_replaced_by_what_does_not_continue_it() {
    let desk = Desk::new();
    assert_eq!(export(&desk, files(&ledger(SIZE)), "out").0, Some(0));
    let mut before = Files::new();
    walk(&desk.path("out"), "", &mut before);
    let mut other = ledger(SIZE);
    other.entries[2] = b"another".to_vec();
    let forked = resigned(other.clone());
    other.entries.push(b"one more".to_vec());
    let rewritten = resigned(other);
    for (now, says) in [
        (ledger(3), "TRUNCATED: "),
        (forked, "entry 2: FORKED: "),
        (rewritten, "entry 2: REWRITTEN: "),
    ] {
        let (code, text) = export(&desk, files(&now), "out");
        assert_eq!(code, Some(1), "{text}");
        assert!(text.starts_with(says), "{text}");
        let mut after = Files::new();
        walk(&desk.path("out"), "", &mut after);
        assert!(before == after, "{says}");
    }
}

#[test]
fn a_host_may_compress_without_being_asked() {
    let desk = Desk::new();
    let files = files(&ledger(SIZE));
    let server = Server::new(move |asked| {
        let bytes = files[asked.line.strip_prefix("GET /").unwrap()].clone();
        if !asked.line.contains("entries") {
            return (200, "", bytes);
        }
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(&bytes).unwrap();
        (200, "Content-Encoding: gzip\r\n", gzip.finish().unwrap())
    });
    let words = [
        "export",
        "--node",
        &server.url,
        "--out",
        "out",
        "--log-key",
        &log_key(),
    ];
    desk.call(words).ends(0);
    assert_eq!(Export::read(&desk.path("out")).unwrap(), ledger(SIZE));
}

#[test]
fn a_quorum_is_asked_for_where_the_policy_has_one() {
    let desk = Desk::new();
    let text = format!("log {}\nwitness w {}\nquorum w\n", log_key(), witness_key());
    desk.write("policy", text);
    let mut log = ledger(SIZE);
    for (size, ends) in [(0, 1), (1, 0)] {
        if size == 1 {
            log.checkpoint = witnessed(&log.checkpoint);
        }
        let server = host(files(&log));
        let url = format!("{}/log", server.url);
        let words = [
            "export", "--node", &url, "--out", "out", "--policy", "policy",
        ];
        desk.call(words).ends(ends);
    }
}

#[test]
fn a_host_that_gives_no_answer_is_no_finding() {
    let desk = Desk::new();
    let call = |url: &str, out: &str| {
        let words = [
            "export",
            "--node",
            url,
            "--out",
            out,
            "--log-key",
            &log_key(),
        ];
        desk.call(words)
    };
    call("http://127.0.0.1:1", "out").ends(2);
    let empty = Server::new(|_| (404, "", Vec::new()));
    assert!(
        call(&empty.url, "out")
            .stderr
            .contains("published no checkpoint")
    );
    // It breaks down on the way: what was there stays.
    let files = files(&ledger(SIZE));
    let broken = Server::new(move |asked| match asked.line.as_str() {
        "GET /checkpoint" => (200, "", files["checkpoint"].clone()),
        _ => (500, "", Vec::new()),
    });
    call(&broken.url, "out").ends(2);
    assert!(!desk.path("out/checkpoint").exists());
    desk.write("file", "a file");
    let words = [
        "export",
        "--node",
        &broken.url,
        "--out",
        "file",
        "--log-key",
        &log_key(),
    ];
    desk.call(words).ends(2);
    desk.call(["export", "--node", &broken.url, "--log-key", &log_key()])
        .ends(2);
    desk.call(["export", "--node", &broken.url, "--out", "out"])
        .ends(2);
}

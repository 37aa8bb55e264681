//! The Go team's `golang.org/x/mod/sumdb`: its notes, its tiles, its proofs. The program
//! that calls it is `tests/clients/go`.

use std::path::Path;
use std::process::Command;

use fundtrail_tests::ORIGIN;
use fundtrail_tests::tools::go_program;
use serde_json::Value;

use super::log::{Log, SIZES, run};

#[test]
fn the_go_reader_accepts_node_and_export_and_refuses_every_change() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/go");
    let Some(reader) = go_program(&source) else {
        return;
    };
    let log = Log::start();
    let read = |url: &str, old: &str| {
        let old = log.write("old", old);
        let mut command = Command::new(&reader);
        command
            .env("FUNDTRAIL_TOKEN", log.scratch.token())
            .args(["-url", url, "-vkey", &log.key, "-old"])
            .arg(old);
        let (code, text, all) = run(&mut command);
        let json: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{all}"));
        (code, json)
    };
    let export = log.export("export");
    let as_url = |folder: &Path| format!("file://{}", folder.display());
    for url in [log.scratch.node.url.clone(), as_url(&export)] {
        for (old, checkpoint) in SIZES.iter().zip(&log.checkpoints) {
            let (code, found) = read(&url, checkpoint);
            assert_eq!((code, &found["ok"]), (Some(0), &true.into()), "{found}");
            assert_eq!(found["origin"], ORIGIN);
            assert_eq!(
                (&found["size"], &found["entries"]),
                (&520.into(), &520.into())
            );
            assert_eq!(found["old_size"], *old);
            assert_eq!(found["inclusion_proofs"], 6);
            // 0/000, 0/001, 0/002.p/8, 1/000.p/2
            assert_eq!(found["tiles"], 4);
        }
        for size in SIZES {
            let (code, found) = read(&url, &log.forged(size));
            assert_eq!(code, Some(1), "{found}");
            assert!(
                found["error"].as_str().unwrap().starts_with("growth: "),
                "{found}"
            );
        }
    }
    for (place, folder) in log.tamperings(&export) {
        let (code, found) = read(&as_url(&folder), &log.checkpoints[0]);
        assert_eq!(
            (code, &found["ok"]),
            (Some(1), &false.into()),
            "{place}: {found}"
        );
    }
}

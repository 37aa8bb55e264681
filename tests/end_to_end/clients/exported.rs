//! `fundtrail export` and `fundtrail audit` against a live node: what is exported is
//! verified, grows, and convicts a log that goes back on its word.

use std::fs;

use super::log::Log;

#[test]
fn an_export_is_brought_up_to_date_and_audited_since_it_was_kept() {
    let log = Log::start();
    let url = log.scratch.node.url.clone();
    let export = log.export("export");
    let audit = |since: &str| {
        let words = [
            "audit",
            "--node",
            &url,
            "--log-key",
            &log.key,
            "--since",
            since,
            "--quiet",
        ];
        log.scratch.fundtrail(&words)
    };
    assert_eq!(audit("export").0, 0);
    for (number, checkpoint) in log.checkpoints.iter().enumerate() {
        let name = format!("kept-{number}");
        log.write(&name, checkpoint);
        let (code, text) = audit(&name);
        assert_eq!(code, 0, "{text}");
        log.write(&name, log.forged(100));
        assert_eq!(audit(&name).0, 1);
    }
    // Up to date already.
    let before = fs::read(export.join("checkpoint")).unwrap();
    log.export("export");
    assert_eq!(fs::read(export.join("checkpoint")).unwrap(), before);
    for (place, folder) in log.tamperings(&export) {
        let folder = folder.display().to_string();
        let words = ["audit", "--dir", &folder, "--log-key", &log.key];
        // Without the file of lines the bundles are read; tiles are not.
        fs::remove_file(format!("{folder}/entries.ndjson")).unwrap();
        let (code, text) = log.scratch.fundtrail(&words);
        let is_read = place.starts_with("tile/entries") || place.starts_with("checkpoint");
        assert_eq!(code == 0, !is_read, "{place}: {text}");
    }
}

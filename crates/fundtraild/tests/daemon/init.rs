//! `init`: keys of its own, for their owner only, and never over others.

use std::os::unix::fs::PermissionsExt as _;

use fundtrail_model::key::SigningKey;
use fundtrail_model::note::{NoteSigner, VerifierKey};
use fundtrail_model::tag::TagKey;

use crate::process::{complaint, init};

#[test]
fn the_files_are_what_was_printed() {
    let scratch = tempfile::tempdir().unwrap();
    let data = scratch.path().join("a/b");
    let made = init(&data, "ledger.example/x");
    let mode = |name: &str| data.join(name).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(
        (mode("log-key.pem"), mode("tag-key.hex"), mode("")),
        (0o600, 0o600, 0o700)
    );

    let pem = std::fs::read_to_string(data.join("log-key.pem")).unwrap();
    let signer = NoteSigner::new(
        "ledger.example/x",
        SigningKey::from_pkcs8_pem(&pem).unwrap(),
    )
    .unwrap();
    assert_eq!(made["log_key"], signer.verifier().to_string());
    VerifierKey::parse(made["log_key"].as_str().unwrap()).unwrap();

    let hex = std::fs::read_to_string(data.join("tag-key.hex")).unwrap();
    assert_eq!(hex.len(), 65);
    let mut bytes = [0; 32];
    hex::decode_to_slice(hex.trim_end(), &mut bytes).unwrap();
    assert_eq!(made["tag_key"], TagKey::new(&bytes).commitment());

    let other = init(&scratch.path().join("c"), "ledger.example/x");
    assert_ne!(made["log_key"], other["log_key"]);
    assert_ne!(made["tag_key"], other["tag_key"]);
}

#[test]
fn nothing_is_overwritten() {
    let scratch = tempfile::tempdir().unwrap();
    let data = scratch.path().to_str().unwrap();
    init(scratch.path(), "ledger.example/x");
    let names = ["log-key.pem", "tag-key.hex", "fundtraild.toml"];
    let contents = || names.map(|name| std::fs::read(scratch.path().join(name)).ok());
    let before = contents();
    let again = complaint(&["init", "--origin", "ledger.example/x", "--data", data]);
    assert!(
        again.ends_with("is there already; nothing was written"),
        "{again}"
    );
    assert_eq!(contents(), before);
    // Not even what is lacking is added.
    std::fs::remove_file(scratch.path().join("log-key.pem")).unwrap();
    complaint(&["init", "--origin", "ledger.example/x", "--data", data]);
    assert!(!scratch.path().join("log-key.pem").exists());
}

#[test]
fn an_origin_that_is_none_is_refused() {
    let scratch = tempfile::tempdir().unwrap();
    let data = scratch.path().join("new");
    for origin in ["", "with space", "with+plus"] {
        let arguments = ["init", "--origin", origin, "--data", data.to_str().unwrap()];
        assert!(
            complaint(&arguments).contains("NOTE_KEY_NAME"),
            "{origin:?}"
        );
    }
    assert!(!data.exists());
}

//! A node with the demonstration's ledger on it, and what waits there for signatures.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use fundtrail_demo::drafts;
use fundtrail_scenario::key;
use fundtrail_tests::{ORIGIN, Scratch, scenario_file};

/// A node after the demonstration: two years of business, and drafts that wait.
pub(crate) fn demonstrated() -> Scratch {
    let scratch = Scratch::start();
    let mut run = scratch.play("demo.scn");
    let waiting = scenario_file("setup/demo-drafts.scn");
    drafts::leave(&mut run, &waiting, &scratch.node, ORIGIN).unwrap();
    scratch
}

/// A file with the private key of a name, which only its owner may read.
pub(crate) fn key_file(scratch: &Scratch, name: &str) -> PathBuf {
    let path = scratch
        .folder()
        .join(format!("{}.pem", name.replace('/', "-")));
    let _ = fs::remove_file(&path);
    let mut options = fs::File::options();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .unwrap();
    file.write_all(key(name).to_pkcs8_pem().as_bytes()).unwrap();
    path
}

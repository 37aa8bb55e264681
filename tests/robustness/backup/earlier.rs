//! Data directories of earlier versions: each opens, with every receipt that its program gave.
//!
//! A fixture is a data directory as `fundtraild init` and the program of that time left it,
//! with its keys, and the receipts of all its entries beside it. It is made by
//! `make_a_fixture`, once, with the program of a release, and never again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use fundtrail_demo::Node;
use fundtrail_model::LogPolicy;
use fundtrail_model::note::VerifierKey;
use fundtrail_model::receipt::Receipt;
use fundtrail_tests::{READY, Scratch, binary};

use super::bench::{minutes, ready};

/// The fixtures, and the entries in each.
const FIXTURES: [(&str, usize); 2] = [
    // Before there was a history, witnesses, drafts or erasures: with fewer tables.
    ("first-service.tar.gz", 30),
    // Schema 1, with all its tables.
    ("schema-1.tar.gz", 30),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("robustness/data_directories")
}

#[test]
fn data_directories_of_earlier_versions_open() {
    for (name, size) in FIXTURES {
        let mut scratch = Scratch::start();
        scratch.node.kill().unwrap();
        let earlier = scratch.folder().join("earlier");
        fs::create_dir(&earlier).unwrap();
        run(Command::new("tar")
            .args(["-xzf"])
            .arg(folder().join(name))
            .arg("-C")
            .arg(&earlier));
        let receipts: Vec<PathBuf> = fs::read_dir(earlier.join("receipts"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        assert_eq!(receipts.len(), size, "{name}");
        let data = earlier.join("data");
        scratch.node = Node::start(&binary("fundtraild"), &data, "127.0.0.1:0").unwrap();
        let key = VerifierKey::parse(&scratch.node.log_key().unwrap()).unwrap();
        let policy = LogPolicy::of_log(key).unwrap();
        for path in receipts {
            let given = Receipt::parse(&fs::read(&path).unwrap()).unwrap();
            given.verify_self_contained(&policy).unwrap();
            let index = given.index();
            let asked = format!("/v1/entries/{index}");
            let (status, text) = scratch.client().get(&asked, "text/plain").unwrap();
            assert_eq!(status, 200, "{name}: entry {index}");
            let served = Receipt::parse(text.as_bytes()).unwrap();
            served.verify_self_contained(&policy).unwrap();
            assert_eq!(served.extra(), given.extra(), "{name}: entry {index}");
        }
        assert_eq!(ready(&scratch).0, 200, "{name}");
        let (status, answer) = minutes(&scratch, "of-today");
        assert_eq!(status, 201, "{name}: {answer}");
        assert_eq!(answer["index"], size, "{name}");
        scratch.node.stop().unwrap();
        let checked = Command::new(binary("fundtraild"))
            .args(["fsck", "--config"])
            .arg(data.join("fundtraild.toml"))
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&checked.stdout);
        assert!(checked.status.success(), "{name}: {text}");
    }
}

/// `FUNDTRAIL_EARLIER` is the `fundtraild` of a release, `FUNDTRAIL_FIXTURE` the file to make.
#[test]
#[ignore = "makes a fixture of the program that is named"]
fn make_a_fixture() {
    let named = |name: &str| PathBuf::from(std::env::var_os(name).expect(name));
    let (program, file) = (named("FUNDTRAIL_EARLIER"), named("FUNDTRAIL_FIXTURE"));
    let mut scratch = Scratch::start();
    scratch.node.kill().unwrap();
    let earlier = scratch.folder().join("earlier");
    fs::create_dir_all(earlier.join("receipts")).unwrap();
    let data = earlier.join("data");
    Node::init(&program, &data, fundtrail_tests::ORIGIN).unwrap();
    scratch.node = Node::start(&program, &data, "127.0.0.1:0").unwrap();
    let run_of = scratch.play(READY);
    for index in 0..run_of.shadow().size() {
        let asked = format!("/v1/entries/{index}");
        let (status, text) = scratch.client().get(&asked, "text/plain").unwrap();
        assert_eq!(status, 200);
        fs::write(earlier.join(format!("receipts/{index}")), text).unwrap();
    }
    scratch.node.stop().unwrap();
    let _ = fs::remove_file(data.join("node.log"));
    run(Command::new("tar")
        .arg("-czf")
        .arg(&file)
        .arg("-C")
        .arg(&earlier)
        .args(["data", "receipts"]));
    println!("{} entries in {}", run_of.shadow().size(), file.display());
}

#[track_caller]
fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
}

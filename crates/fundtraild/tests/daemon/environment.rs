//! Variables of the environment as settings, as a container or a service manager gives them.

use std::process::Command;

use crate::fixture::ORIGIN;
use crate::process::{Daemon, init, run};

#[test]
fn a_node_is_told_by_its_environment() {
    let scratch = tempfile::tempdir().unwrap();
    init(scratch.path(), ORIGIN);
    let config = scratch.path().join("fundtraild.toml");
    let elsewhere = scratch.path().join("elsewhere");
    let daemon = Daemon::start_by(&[
        ("FUNDTRAILD_CONFIG", config.to_str().unwrap()),
        ("FUNDTRAILD_DATA", elsewhere.to_str().unwrap()),
        ("FUNDTRAILD_LISTEN", "127.0.0.1:0"),
        ("FUNDTRAILD_LIMITS__QUEUE", "7"),
    ]);
    assert_eq!(daemon.get("/readyz"), (200, "ready\n".into()));
    assert!(elsewhere.join("CURRENT").exists());
    assert!(!scratch.path().join("ledger").exists());
    assert_eq!(daemon.stop("TERM").0, Some(0));
}

#[test]
fn every_wrong_variable_is_named_before_anything_is_opened() {
    let scratch = tempfile::tempdir().unwrap();
    init(scratch.path(), ORIGIN);
    let output = Command::new(env!("CARGO_BIN_EXE_fundtraild"))
        .args(["serve", "--config"])
        .arg(scratch.path().join("fundtraild.toml"))
        .env("FUNDTRAILD_LISTEN", "0.0.0.0:0")
        .env("FUNDTRAILD_LIMITS__QUEUE", "-1")
        .env("FUNDTRAILD_SYNC", "false")
        .env("FUNDTRAIL_DATA", "data")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("fundtraild: "), "{said}");
    for words in [
        "listen: 0.0.0.0:0 is not a loopback address",
        "FUNDTRAILD_LIMITS__QUEUE: \"-1\" is not a whole number",
        "FUNDTRAILD_SYNC: there is no setting sync",
        "FUNDTRAIL_DATA: the node's variables begin with FUNDTRAILD_: say FUNDTRAILD_DATA",
    ] {
        assert!(said.contains(words), "{said}\n{words}");
    }
    assert_eq!(said.lines().count(), 4, "{said}");
    assert!(!scratch.path().join("ledger").exists());
}

#[test]
fn the_operators_page_has_every_flag_and_no_variable_that_is_none() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/OPERATING.md");
    let page = std::fs::read_to_string(page).unwrap();
    let mut named: Vec<&str> = page
        .split('`')
        .filter(|word| word.starts_with("FUNDTRAILD_"))
        .collect();
    named.sort_unstable();
    named.dedup();
    assert!(named.len() >= 10, "{named:?}");
    let mut serve = Command::new(env!("CARGO_BIN_EXE_fundtraild"));
    let output = serve
        .arg("serve")
        .envs(named.iter().map(|name| (name, "")))
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    for name in named {
        assert!(
            said.contains(&format!("{name}: is empty")),
            "{name}\n{said}"
        );
    }
    for command in ["serve", "init"] {
        let help = run(&[command, "--help"]);
        let help = String::from_utf8(help.stdout).unwrap();
        let flags = help
            .split_whitespace()
            .filter(|word| word.starts_with("--"));
        for flag in flags.filter(|flag| *flag != "--help") {
            assert!(
                page.contains(&format!("`{flag}")) || page.contains(&format!(" {flag} ")),
                "{flag}"
            );
        }
    }
}

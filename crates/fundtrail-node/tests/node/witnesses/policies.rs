//! Which policies a node takes.

use std::sync::Arc;

use fundtrail_model::LogPolicy;
use fundtrail_node::Witnesses;
use fundtrail_node::witnesses::WitnessesError;

use super::fake::{Fakes, policy_text, verifier};
use crate::fixture::log_signer;

fn taken(text: &str) -> Result<Witnesses, WitnessesError> {
    let policy = LogPolicy::parse(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    Witnesses::new(policy, log_signer().verifier(), Arc::new(Fakes::new()))
}

#[track_caller]
fn refused(text: &str, code: &str) {
    let error = taken(text).err().unwrap();
    assert_eq!(error.code(), code);
    assert!(error.to_string().starts_with(code), "{error}");
}

#[test]
fn a_policy_that_fits_is_taken() {
    for rest in ["quorum none", "quorum w1", "group g 2 w1 w2 w3\nquorum g"] {
        taken(&policy_text(rest)).unwrap_or_else(|error| panic!("{error}"));
    }
}

#[test]
fn a_policy_of_other_logs_is_refused() {
    let own = policy_text("quorum w1");
    let log = own.lines().next().unwrap().to_owned() + "\n";
    let other = "log example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n";
    refused(&own.replace(&log, other), "WITNESSES_LOG");
    refused(&(other.to_owned() + &own), "WITNESSES_LOG");
}

#[test]
fn a_policy_whose_witnesses_cannot_be_asked_is_refused() {
    let log = format!("log {}\n", log_signer().verifier());
    let witness = |url: &str| format!("{log}witness w {} {url}\nquorum w", verifier(0));
    for url in [
        "https://",
        "w.example",
        "http://",
        "http:///x",
        "http://w.example?x",
        "ftp://w",
    ] {
        refused(&witness(url), "WITNESSES_URL");
    }
    refused(&witness(""), "WITNESSES_NONE");
    refused(&format!("{log}quorum none"), "WITNESSES_NONE");
    refused(&policy_text("quorum w3"), "WITNESSES_QUORUM");
    refused(
        &policy_text("group g all w1 w2 w3\nquorum g"),
        "WITNESSES_QUORUM",
    );
}

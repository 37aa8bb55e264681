//! A node over TLS with a certificate of the fund's own authority, and the tools that trust
//! that authority.

use std::fs;

use fundtrail_tests::{Scratch, minutes};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

use fundtrail_tests::watched::{fund, ok};

/// An authority's certificate, and a certificate and key that it made for this machine.
fn certificates() -> (String, String, String) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let name = &mut authority.distinguished_name;
    name.push(DnType::CommonName, "an authority");
    let own_key = KeyPair::generate().unwrap();
    let root = authority.self_signed(&own_key).unwrap().pem();
    let issuer = Issuer::new(authority, own_key);
    let key = KeyPair::generate().unwrap();
    let node = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let certificate = node.signed_by(&key, &issuer).unwrap().pem();
    (root, certificate, key.serialize_pem())
}

/// Gives the node a certificate; what its authority is stands in the file `ca.pem`.
fn secure(scratch: &mut Scratch) {
    let (root, certificate, key) = certificates();
    fs::write(scratch.folder().join("ca.pem"), root).unwrap();
    let data = scratch.node.data.clone();
    fs::write(data.join("tls.pem"), certificate).unwrap();
    fs::write(data.join("tls-key.pem"), key).unwrap();
    let config = data.join("fundtraild.toml");
    let tls = "\n[tls]\ncertificate = \"tls.pem\"\nkey = \"tls-key.pem\"\n";
    let text = fs::read_to_string(&config).unwrap() + tls;
    fs::write(config, text).unwrap();
    scratch.restart();
    assert!(scratch.node.url.starts_with("https://127.0.0.1:"));
}

#[test]
fn the_tools_submit_and_read_over_tls() {
    let (mut scratch, _) = fund();
    secure(&mut scratch);
    let (url, key) = (scratch.node.url.clone(), scratch.node.log_key().unwrap());
    let submission = minutes("minutes-1").to_json();
    fs::write(scratch.folder().join("minutes.json"), submission).unwrap();

    let submit = ["submit", "minutes.json", "--node", &url, "--log-key", &key];
    let audit = ["audit", "--quiet", "--node", &url, "--log-key", &key];
    let trusting: [&str; 2] = ["--ca", "ca.pem"];
    let told = ok(scratch.fundtrail(&[&submit[..], &trusting].concat()));
    assert!(told.contains("recorded"), "{told}");
    let told = ok(scratch.fundtrail(&[&audit[..], &trusting].concat()));
    assert!(told.contains("INTEGRITY"), "{told}");
    // An authority that the tools do not know; another one than this; none; no TLS at all.
    let (stranger, _, _) = certificates();
    fs::write(scratch.folder().join("stranger.pem"), stranger).unwrap();
    fs::write(scratch.folder().join("empty.pem"), "").unwrap();
    let in_clear = url.replace("https", "http");
    for words in [
        audit.to_vec(),
        [&audit[..], &["--ca", "stranger.pem"]].concat(),
        [&audit[..], &["--ca", "empty.pem"]].concat(),
        [&audit[..], &["--ca", "missing.pem"]].concat(),
        vec!["audit", "--node", &in_clear, "--log-key", &key],
    ] {
        let (code, told) = scratch.fundtrail(&words);
        assert_eq!(code, 2, "{words:?}: {told}");
    }
}

//! A node beyond its machine: TLS, or nothing; and an address for its own machine.

use std::net::TcpStream;
use std::path::Path;

use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};

use crate::fixture::{ORIGIN, office};
use crate::process::{Daemon, complaint, init};
use crate::serve::genesis;

fn certificate() -> CertifiedKey<KeyPair> {
    generate_simple_self_signed(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap()
}

/// Writes certificate and key into the node's directory and its configuration.
fn configure(data: &Path, certificate: &CertifiedKey<KeyPair>) {
    std::fs::write(data.join("tls.pem"), certificate.cert.pem()).unwrap();
    let key = certificate.signing_key.serialize_pem();
    std::fs::write(data.join("tls-key.pem"), key).unwrap();
    let config = data.join("fundtraild.toml");
    let mut text = std::fs::read_to_string(&config).unwrap();
    if !text.contains("[tls]") {
        text += "[tls]\ncertificate = \"tls.pem\"\nkey = \"tls-key.pem\"\n";
        std::fs::write(&config, text).unwrap();
    }
}

fn serve(data: &Path, more: &[&str]) -> Vec<String> {
    let config = data.join("fundtraild.toml").to_str().unwrap().to_owned();
    let mut words = vec!["--config".to_owned(), config];
    words.extend(more.iter().map(|word| (*word).to_owned()));
    words
}

fn start(data: &Path, more: &[&str]) -> Daemon {
    let words = serve(data, more);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    Daemon::start_with(&words)
}

#[test]
fn with_a_certificate_a_node_is_reached_from_beyond() {
    let scratch = tempfile::tempdir().unwrap();
    let made = init(scratch.path(), ORIGIN);
    let own = certificate();
    configure(scratch.path(), &own);
    let daemon = start(scratch.path(), &["--listen", "0.0.0.0:0"]);
    let port = daemon.address.strip_prefix("https://0.0.0.0:").unwrap();
    let (address, plain) = (format!("https://127.0.0.1:{port}"), daemon.address.clone());
    let port: u16 = port.parse().unwrap();
    // Who does not know the certificate gets nothing, and neither does plain HTTP.
    let stranger = ureq::Agent::new_with_defaults();
    assert!(stranger.get(format!("{address}/healthz")).call().is_err());
    let in_clear = plain
        .replace("https", "http")
        .replace("0.0.0.0", "127.0.0.1");
    assert!(stranger.get(format!("{in_clear}/healthz")).call().is_err());
    assert!(TcpStream::connect(("127.0.0.1", port)).is_ok());

    let mut daemon = daemon.trusting(own.cert.pem().as_bytes());
    daemon.address = address;
    assert_eq!(daemon.get("/healthz"), (200, "ok\n".into()));
    assert_eq!(daemon.submit(&genesis(&made)).0, 201);
    assert_eq!(daemon.get("/v1/loans").0, 401);
    assert_eq!(daemon.get_as("/v1/loans", &office()).0, 200);
    assert_eq!(daemon.stop("TERM").0, Some(0));
}

#[test]
fn what_is_no_certificate_with_its_key_is_refused_before_anything_is_opened() {
    let scratch = tempfile::tempdir().unwrap();
    let data = scratch.path();
    init(data, ORIGIN);
    configure(data, &certificate());
    let words = serve(data, &["--listen", "0.0.0.0:0"]);
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    words.insert(0, "serve");
    let other = certificate().signing_key.serialize_pem();
    let sound = std::fs::read(data.join("tls.pem")).unwrap();
    for (file, bytes, code) in [
        ("tls-key.pem", other.as_bytes(), "TLS_PAIR"),
        ("tls-key.pem", b"nonsense".as_slice(), "TLS_KEY"),
        ("tls.pem", b"nonsense".as_slice(), "TLS_CERTIFICATE"),
    ] {
        let before = std::fs::read(data.join(file)).unwrap();
        std::fs::write(data.join(file), bytes).unwrap();
        let said = complaint(&words);
        assert!(
            said.contains(code) && said.contains(file.split('-').next().unwrap()),
            "{said}"
        );
        std::fs::write(data.join(file), before).unwrap();
    }
    assert_eq!(std::fs::read(data.join("tls.pem")).unwrap(), sound);
    std::fs::remove_file(data.join("tls-key.pem")).unwrap();
    assert!(complaint(&words).contains("tls-key.pem: "));
    assert!(!data.join("ledger").exists(), "nothing was opened");
}

#[test]
fn this_machine_may_ask_how_the_node_is() {
    let scratch = tempfile::tempdir().unwrap();
    let made = init(scratch.path(), ORIGIN);
    let listen = [
        "--listen",
        "127.0.0.1:0",
        "--operations-listen",
        "127.0.0.1:0",
    ];
    let daemon = start(scratch.path(), &listen);
    assert_eq!(daemon.submit(&genesis(&made)).0, 201);
    assert_eq!(daemon.get("/metrics").0, 401);
    let (status, metrics) = daemon.get_as("/metrics", &office());
    assert!(
        status == 200 && metrics.contains("fundtrail_entries 1\n"),
        "{metrics}"
    );

    let beside = daemon.operations.clone().unwrap();
    let ask = |path: &str| {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .into();
        let mut reply = agent.get(format!("{beside}{path}")).call().unwrap();
        (
            reply.status().as_u16(),
            reply.body_mut().read_to_string().unwrap(),
        )
    };
    assert!(ask("/metrics").1.contains("fundtrail_entries 1\n"));
    assert_eq!(ask("/healthz"), (200, "ok\n".into()));
    assert_eq!(ask("/readyz"), (200, "ready\n".into()));
    for path in ["/v1/entries/0", "/v1/fund", "/checkpoint", "/docs"] {
        assert_eq!(ask(path).0, 404, "{path}");
    }
    assert_eq!(daemon.stop("TERM").0, Some(0));
}

//! Real connections on loopback, with certificates made for the test.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::*;
use crate::app::Limits;
use crate::edge::connections::Connections;
use crate::edge::serving::serve;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

struct Site {
    address: SocketAddr,
    client: TlsConnector,
    /// A handler has begun.
    begun: Arc<Notify>,
    /// The handler may end.
    go_on: Arc<Notify>,
    stop: Option<oneshot::Sender<()>>,
    served: JoinHandle<io::Result<()>>,
}

fn certificate() -> CertifiedKey<KeyPair> {
    generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap()
}

fn client(trusted: &CertifiedKey<KeyPair>) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.cert.der().clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

fn tls(certificate: &CertifiedKey<KeyPair>) -> Tls {
    let key = certificate.signing_key.serialize_pem();
    Tls::from_pem(certificate.cert.pem().as_bytes(), key.as_bytes()).unwrap()
}

impl Site {
    async fn new(handshake_timeout: Duration) -> Site {
        let certificate = certificate();
        let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (told, waits) = (Arc::clone(&begun), Arc::clone(&go_on));
        let slow = move || {
            let (told, waits) = (Arc::clone(&told), Arc::clone(&waits));
            async move {
                told.notify_one();
                waits.notified().await;
                "slow"
            }
        };
        let router = Router::new()
            .route("/", get(|| async { "hello" }))
            .route("/slow", get(slow));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let tls = tls(&certificate).with_handshake_timeout(handshake_timeout);
        let (stop, stopped) = oneshot::channel::<()>();
        let limits = Limits::default();
        let connections = Connections::new(limits.connections_max, Arc::default());
        let served = tokio::spawn(async move {
            let stop = async {
                let _ = stopped.await;
            };
            serve(listener, router, Some(tls), &limits, connections, stop).await
        });
        Site {
            address,
            client: client(&certificate),
            begun,
            go_on,
            stop: Some(stop),
            served,
        }
    }

    async fn connect(&self) -> io::Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect(self.address).await?;
        let name = ServerName::try_from("localhost").unwrap();
        self.client.connect(name, stream).await
    }

    async fn ask(&self, path: &str) -> String {
        let mut stream = self.connect().await.unwrap();
        send(&mut stream, path).await;
        read(&mut stream).await
    }
}

async fn send(stream: &mut TlsStream<TcpStream>, path: &str) {
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
}

async fn read(stream: &mut TlsStream<TcpStream>) -> String {
    let mut text = String::new();
    timeout(PATIENCE, stream.read_to_string(&mut text))
        .await
        .unwrap()
        .unwrap();
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn the_paths_are_served() {
    let site = Site::new(PATIENCE).await;
    for _ in 0..3 {
        let answer = site.ask("/").await;
        assert!(
            answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("hello"),
            "{answer}"
        );
    }
    assert!(site.ask("/none").await.starts_with("HTTP/1.1 404 "));
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_http_gets_no_answer() {
    let site = Site::new(PATIENCE).await;
    for request in [
        "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(site.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        // A TLS alert may come; no HTTP does, and the connection ends.
        let _ = timeout(PATIENCE, stream.read_to_end(&mut bytes))
            .await
            .unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("HTTP") && !text.contains("hello"), "{text}");
    }
    assert!(site.ask("/").await.ends_with("hello"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_trusts_another_does_not_talk() {
    let mut site = Site::new(PATIENCE).await;
    site.client = client(&certificate());
    let error = site.connect().await.unwrap_err();
    assert!(error.to_string().contains("certificate"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_runs_is_finished_when_told_to_stop() {
    let mut site = Site::new(PATIENCE).await;
    let mut stream = site.connect().await.unwrap();
    send(&mut stream, "/slow").await;
    timeout(PATIENCE, site.begun.notified()).await.unwrap();
    let _ = site.stop.take().unwrap().send(());
    // It takes no more, and waits for what it has.
    let refused = async { while site.connect().await.is_ok() {} };
    timeout(PATIENCE, refused).await.unwrap();
    assert!(!site.served.is_finished());
    site.go_on.notify_one();
    let answer = read(&mut stream).await;
    assert!(
        answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("slow"),
        "{answer}"
    );
    timeout(PATIENCE, site.served)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_connection_does_not_keep_it_from_stopping() {
    let mut site = Site::new(PATIENCE).await;
    let silent = TcpStream::connect(site.address).await.unwrap();
    let shaken = site.connect().await.unwrap();
    let _ = site.stop.take().unwrap().send(());
    timeout(PATIENCE / 2, site.served)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    drop((silent, shaken));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_has_its_time_and_holds_up_nobody() {
    let limit = Duration::from_millis(400);
    let site = Site::new(limit).await;
    let began = Instant::now();
    let mut silent = Vec::new();
    for _ in 0..20 {
        silent.push(TcpStream::connect(site.address).await.unwrap());
    }
    assert!(site.ask("/").await.ends_with("hello"));
    for mut stream in silent {
        let mut bytes = Vec::new();
        let _ = timeout(PATIENCE, stream.read_to_end(&mut bytes))
            .await
            .unwrap();
        assert_eq!(bytes, b"");
    }
    assert!(began.elapsed() >= limit);
}

#[test]
fn what_does_not_belong_together_is_not_served() {
    let (one, other) = (certificate(), certificate());
    let (chain, key) = (one.cert.pem(), one.signing_key.serialize_pem());
    let code = |chain: &str, key: &str| {
        let made = Tls::from_pem(chain.as_bytes(), key.as_bytes());
        made.err().map(|error| error.code())
    };
    assert_eq!(code(&chain, &key), None);
    // A chain of more than one.
    assert_eq!(code(&format!("{chain}{}", other.cert.pem()), &key), None);
    for none in [
        "",
        "hello",
        &key,
        &chain.replace("CERTIFICATE", "CERTIFICAT"),
    ] {
        assert_eq!(code(none, &key), Some("TLS_CERTIFICATE"), "{none}");
    }
    let encrypted = key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    for none in [
        "",
        "hello",
        &chain,
        &one.signing_key.public_key_pem(),
        &encrypted,
    ] {
        assert_eq!(code(&chain, none), Some("TLS_KEY"), "{none}");
    }
    assert_eq!(
        code(&chain, &other.signing_key.serialize_pem()),
        Some("TLS_PAIR")
    );
    assert_eq!(code(&other.cert.pem(), &key), Some("TLS_PAIR"));
    // Cut in the middle.
    let cut = &chain[..chain.len() / 2];
    assert_eq!(code(cut, &key), Some("TLS_CERTIFICATE"));
}

#[test]
fn an_error_tells_nothing_of_the_key() {
    let one = certificate();
    let key = one.signing_key.serialize_pem();
    let garbled = key.replace("-----END", "****\n-----END");
    let error = Tls::from_pem(one.cert.pem().as_bytes(), garbled.as_bytes()).unwrap_err();
    let secret = key.lines().nth(1).unwrap();
    let shown = format!("{error} {error:?}");
    assert!(shown.starts_with("TLS_KEY: "), "{shown}");
    assert!(!shown.contains(&secret[..8]), "{shown}");
}

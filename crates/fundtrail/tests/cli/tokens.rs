//! `fundtrail token`, and how the other commands show who asks.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::thread::JoinHandle;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fundtrail_model::key::SigningKey;
use serde_json::{Value, json};

use crate::ledger::Ledger;
use crate::support::{Called, Desk, ORIGIN};

/// A node that answers every request with one body, and keeps the heads of the requests.
struct Listener {
    url: String,
    address: std::net::SocketAddr,
    thread: JoinHandle<Vec<Vec<String>>>,
}

impl Listener {
    /// Answers `GET /checkpoint` with the checkpoint of the tests' ledger, else this.
    fn new(status: u16, body: &'static str) -> Listener {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let thread = std::thread::spawn(move || {
            let mut heads = Vec::new();
            loop {
                let (mut stream, _) = listener.accept().unwrap();
                let head = head(&stream);
                let Some(first) = head.first() else {
                    return heads;
                };
                let (status, body) = if first.starts_with("GET /checkpoint ") {
                    (200, Ledger::new().checkpoint())
                } else {
                    (status, body.to_owned())
                };
                let length = body.len();
                let answer = format!(
                    "HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
                );
                stream.write_all(answer.as_bytes()).unwrap();
                heads.push(head);
            }
        });
        Listener {
            url: format!("http://{address}"),
            address,
            thread,
        }
    }

    /// What each request had as its first line and as `Authorization`.
    fn heard(self) -> Vec<(String, Option<String>)> {
        // A connection without a request is the signal to end.
        drop(TcpStream::connect(self.address).unwrap());
        let heads = self.thread.join().unwrap();
        let of = |head: Vec<String>| {
            let found = head.iter().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case("authorization")
                    .then(|| value.to_owned())
            });
            (head[0].replace(" HTTP/1.1", ""), found)
        };
        heads.into_iter().map(of).collect()
    }
}

/// The lines of a request up to the empty one. A short body is left unread.
fn head(stream: &TcpStream) -> Vec<String> {
    let mut lines = BufReader::new(stream).lines();
    let mut head = Vec::new();
    while let Some(Ok(line)) = lines.next() {
        if line.is_empty() {
            break;
        }
        head.push(line);
    }
    head
}

fn seconds() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

/// The claims of a token, after its header and signature were found to be this key's.
#[track_caller]
fn claims(token: &str, key: u8) -> Value {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else {
        panic!("{token}")
    };
    let bytes = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
    let json = |part: &str| -> Value { serde_json::from_slice(&bytes(part)).unwrap() };
    let public = SigningKey::from_seed(&[key; 32]).public();
    let kid = public.id();
    assert_eq!(
        json(header),
        json!({ "alg": "EdDSA", "typ": "JWT", "kid": kid })
    );
    let signature: [u8; 64] = bytes(signature).try_into().unwrap();
    assert!(public.verify(format!("{header}.{claims}").as_bytes(), &signature));
    json(claims)
}

#[track_caller]
fn lasts(claims: &Value, ledger: &str, expected: u64, around: u64) {
    let (iat, exp) = (
        claims["iat"].as_u64().unwrap(),
        claims["exp"].as_u64().unwrap(),
    );
    assert_eq!(claims, &json!({ "aud": ledger, "iat": iat, "exp": exp }));
    assert_eq!(exp - iat, expected);
    assert!((around..=seconds()).contains(&iat), "{iat}");
}

#[test]
fn a_token_is_the_keys_for_a_ledger_and_a_time() {
    let desk = Desk::new();
    let key = desk.key(3);
    for (more, expected) in [
        (&[][..], 600),
        (&["--minutes", "1"], 60),
        (&["--minutes", "60"], 3600),
    ] {
        let began = seconds();
        let call = ["token", "--key", &key, "--ledger", "fund.example/x"];
        let out = desk.call(call.iter().chain(more)).ends(0);
        let token = out.strip_suffix('\n').unwrap();
        assert!(!token.contains(char::is_whitespace), "{token}");
        lasts(&claims(token, 3), "fund.example/x", expected, began);
    }
}

#[test]
fn what_makes_no_token() {
    let desk = Desk::new();
    let key = desk.key(3);
    desk.write("no.pem", "hello");
    for call in [
        &["token", "--key", &key][..],
        &["token", "--ledger", "x"],
        &["token", "--key", "none.pem", "--ledger", "x"],
        &["token", "--key", "no.pem", "--ledger", "x"],
        &["token", "--key", &key, "--ledger", "x", "--minutes", "0"],
        &["token", "--key", &key, "--ledger", "x", "--minutes", "61"],
        &["token", "--key", &key, "--ledger", "x", "--minutes", "-1"],
    ] {
        let called = desk.call(call);
        assert_eq!(called.stdout, "", "{call:?}");
        called.ends(2);
    }
}

fn ask(desk: &Desk, url: &str, more: &[&str]) -> Called {
    let call = ["tag", "--node", url, "91150203MA0N000164"];
    desk.call(call.iter().chain(more))
}

#[test]
fn a_node_is_shown_who_asks() {
    const TAG: &str = r#"{"borrower":"t"}"#;
    let desk = Desk::new();
    let key = desk.key(3);

    // Nobody; a token as it is.
    let node = Listener::new(200, TAG);
    ask(&desk, &node.url, &[]).ends(0);
    ask(&desk, &node.url, &["--token", "a.b.c"]).ends(0);
    let line = "POST /v1/tags".to_owned();
    let token = Some("Bearer a.b.c".to_owned());
    assert_eq!(node.heard(), [(line.clone(), None), (line.clone(), token)]);

    // A key, for the ledger that is named.
    let (node, began) = (Listener::new(200, TAG), seconds());
    ask(
        &desk,
        &node.url,
        &["--as", &key, "--ledger", "fund.example/x"],
    )
    .ends(0);
    let heard = node.heard();
    let [(first, Some(bearer))] = &heard[..] else {
        panic!("{heard:?}")
    };
    assert_eq!(first, &line);
    let token = bearer.strip_prefix("Bearer ").unwrap();
    lasts(&claims(token, 3), "fund.example/x", 300, began);

    // A key, for the ledger that the node says it has: asked without a token.
    let (node, began) = (Listener::new(200, TAG), seconds());
    ask(&desk, &node.url, &["--as", &key]).ends(0);
    let heard = node.heard();
    let [(checkpoint, None), (_, Some(bearer))] = &heard[..] else {
        panic!("{heard:?}")
    };
    assert_eq!(checkpoint, "GET /checkpoint");
    let token = bearer.strip_prefix("Bearer ").unwrap();
    lasts(&claims(token, 3), ORIGIN, 300, began);
}

#[test]
fn arguments_go_before_variables() {
    let desk = Desk::new();
    let key = desk.key(3);
    let node = Listener::new(200, r#"{"borrower":"t"}"#);
    for more in [
        &[][..],
        &["--token", "d.e.f"],
        &["--as", &key, "--ledger", "fund.example/y"],
        &["--as", &key],
    ] {
        let status = Command::new(env!("CARGO_BIN_EXE_fundtrail"))
            .args(["tag", "91150203MA0N000164", "--node", &node.url])
            .args(more)
            .env("FUNDTRAIL_TOKEN", "a.b.c")
            .env("FUNDTRAIL_LEDGER", "fund.example/x")
            .current_dir(desk.path(""))
            .output()
            .unwrap()
            .status;
        assert!(status.success(), "{more:?}");
    }
    let heard = node.heard();
    let bearers: Vec<&str> = heard
        .iter()
        .map(|(_, bearer)| bearer.as_deref().unwrap().strip_prefix("Bearer ").unwrap())
        .collect();
    assert_eq!(bearers[..2], ["a.b.c", "d.e.f"]);
    assert_eq!(claims(bearers[2], 3)["aud"], "fund.example/y");
    assert_eq!(claims(bearers[3], 3)["aud"], "fund.example/x");
}

#[test]
fn who_asks_is_said_once_and_readably() {
    let desk = Desk::new();
    let key = desk.key(3);
    let node = Listener::new(200, r#"{"borrower":"t"}"#);
    ask(&desk, &node.url, &["--as", &key, "--token", "a.b.c"]).ends(2);
    ask(&desk, &node.url, &["--as", "none.pem", "--ledger", "x"]).ends(2);
    // A token that can be no header.
    ask(&desk, &node.url, &["--token", "a\r\nX-Y: z"]).ends(2);
    assert_eq!(node.heard(), []);
    // Without a node there is nobody to ask.
    desk.write("s.json", "{}");
    let called = desk.call(["submit", "s.json"]);
    assert!(
        called.stderr.contains("--node is needed"),
        "{}",
        called.stderr
    );
    called.ends(2);
}

#[test]
fn a_refused_reader_is_no_answer() {
    let desk = Desk::new();
    let problem = r#"{"code":"TOKEN_EXPIRED","detail":"over"}"#;
    let node = Listener::new(401, problem);
    let called = ask(&desk, &node.url, &["--token", "a.b.c"]);
    assert!(
        called.stderr.contains("401: TOKEN_EXPIRED over"),
        "{}",
        called.stderr
    );
    assert!(!called.stderr.contains("a.b.c"), "{}", called.stderr);
    called.ends(2);
    node.heard();
}

//! Bodies that are compressed, deep, long, or no text at all.

use std::io::Write as _;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fundtrail_tests::ORIGIN;
use serde_json::Value;

use super::victim::Victim;

/// What hostile bodies may make the node grow by, in bytes: a list of submissions is 8 MiB,
/// and four of them may be worked on.
const MORE: u64 = 128 * 1024 * 1024;

const SINGLE: &str = "/v1/transactions";
const LIST: &str = "/v1/transactions/batch";

/// Posts bytes with a header more; gives status and code, if there was an answer.
fn post(victim: &Victim, path: &str, header: &str, body: &[u8]) -> Option<(u16, String)> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{header}content-length: {}\r\n\r\n",
        body.len()
    );
    let answer = victim.ask(&[head.as_bytes(), body].concat());
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let problem: Value = serde_json::from_str(body).unwrap_or_default();
    Some((
        status,
        problem["code"].as_str().unwrap_or_default().to_owned(),
    ))
}

/// A transaction whose body is this text, signed by two who may sign transfers.
fn signed(body: &[u8]) -> Vec<u8> {
    let head = format!(
        "{{\"ledger\":\"{ORIGIN}\",\"id\":\"t-bad\",\"kind\":\"transfer\",\"date\":\"2022-01-10\",\"body\":"
    );
    let payload = [head.as_bytes(), body, b"}"].concat();
    let envelope = fundtrail_scenario::sign(payload, ["manager/maker", "OFF"]);
    serde_json::to_vec(&envelope).unwrap()
}

#[test]
fn texts_that_are_none_have_their_codes() {
    let victim = Victim::start("");
    let amount = |text: &str| {
        format!("{{\"from\":\"main\",\"to\":\"at-a\",\"amount\":{text}}}").into_bytes()
    };
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let digits = "9".repeat(5_000);
    // In the payload: bytes that were signed as they are.
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("not UTF-8", b"{\"from\":\"\xff\xfe\"}".to_vec(), "NOT_UTF8"),
        (
            "an overlong NUL",
            b"{\"from\":\"\xc0\x80\"}".to_vec(),
            "NOT_UTF8",
        ),
        (
            "a surrogate in UTF-8",
            b"{\"from\":\"\xed\xa0\x80\"}".to_vec(),
            "NOT_UTF8",
        ),
        ("a NUL", b"{\"from\":\"\x00\"}".to_vec(), "NOT_JSON"),
        (
            "an escaped NUL",
            b"{\"from\":\"\\u0000\",\"to\":\"at-a\",\"amount\":\"1.00\"}".to_vec(),
            "ID_FORM",
        ),
        (
            "half a surrogate",
            b"{\"from\":\"\\ud800\"}".to_vec(),
            "NOT_JSON",
        ),
        (
            "surrogates the wrong way round",
            b"{\"from\":\"\\udc00\\ud800\"}".to_vec(),
            "NOT_JSON",
        ),
        ("17 deep", amount(&nested(17)), "TOO_DEEP"),
        ("10,000 deep", amount(&nested(10_000)), "TOO_DEEP"),
        ("never closed", "[".repeat(20_000).into_bytes(), "TOO_DEEP"),
        ("an exponent", amount("1e999"), "FLOAT"),
        ("an exponent below nothing", amount("1e-999"), "FLOAT"),
        ("5,000 digits", amount(&digits), "FLOAT"),
        (
            "5,000 digits in a text",
            amount(&format!("\"{digits}.00\"")),
            "AMOUNT_OVERFLOW",
        ),
        ("minus nothing", amount("-0"), "FLOAT"),
        ("not a number", amount("NaN"), "NOT_JSON"),
        (
            "a member twice, once escaped",
            b"{\"from\":\"main\",\"fr\\u006fm\":\"at-a\"}".to_vec(),
            "DUPLICATE_MEMBER",
        ),
        (
            "a list where a text belongs",
            amount(&format!("[{}0]", "0,".repeat(14_000))),
            "SHAPE",
        ),
        ("a comment", b"{/* */}".to_vec(), "NOT_JSON"),
        ("a byte order mark", b"\xef\xbb\xbf{}".to_vec(), "NOT_JSON"),
        (
            "something behind",
            b"{},\"body\":{}".to_vec(),
            "DUPLICATE_MEMBER",
        ),
    ];
    for (name, body, code) in cases {
        let found = post(&victim, SINGLE, "", &signed(&body));
        assert_eq!(found, Some((400, code.to_owned())), "{name}");
        victim.is_well(name, MORE);
    }
}

#[test]
fn long_lists_are_bounded() {
    let victim = Victim::start("");
    // A million elements: as one submission, as one line of a list, as lines.
    let million = format!("[{}0]", "0,".repeat(999_999));
    let found = post(&victim, SINGLE, "", million.as_bytes());
    assert_eq!(found, Some((413, "TOO_LARGE".to_owned())));
    victim.is_well("a million elements", MORE);
    // As many as fit.
    let most = format!("{{\"signatures\":[{}0]}}", "0,".repeat(60_000));
    let found = post(&victim, SINGLE, "", most.as_bytes());
    assert_eq!(found, Some((400, "SHAPE".to_owned())));
    let many = format!(
        "{{{}\"z\":0}}",
        (0..9_000)
            .map(|at| format!("\"m{at}\":0,"))
            .collect::<String>()
    );
    let found = post(&victim, SINGLE, "", many.as_bytes());
    assert_eq!(found, Some((400, "MISSING_MEMBER".to_owned())));
    victim.is_well("as many as fit", MORE);
    let lines = "\n".repeat(1_000_000);
    let zeros = "0\n".repeat(1_000_000);
    std::thread::scope(|scope| {
        for body in [&million, &lines, &zeros, &million, &lines, &zeros] {
            scope.spawn(|| {
                let (status, _) = post(&victim, LIST, "", body.as_bytes()).unwrap();
                assert!(matches!(status, 200 | 400 | 413 | 503), "{status}");
            });
        }
    });
    victim.is_well("lists of a million", MORE);
    println!("long lists: {} MiB more", victim.grown_mib());
}

/// What is compressed is not opened: it is no text, and says so in the bytes it came in.
#[test]
fn a_compressed_body_is_not_opened() {
    let victim = Victim::start("");
    let bomb = gzip(&vec![b' '; 64 << 20]);
    assert!(bomb.len() < 100_000, "64 MiB in {} bytes", bomb.len());
    for coding in ["gzip", "x-gzip", "deflate", "gzip, gzip, gzip", "identity"] {
        let header = format!("content-encoding: {coding}\r\n");
        std::thread::scope(|scope| {
            for path in [SINGLE, SINGLE, "/v1/transactions/check", "/v1/drafts"] {
                scope.spawn({
                    let (victim, header, bomb) = (&victim, &header, &bomb);
                    move || {
                        let (status, code) = post(victim, path, header, bomb).unwrap();
                        assert_eq!(
                            (status, code.as_str()),
                            (400, "NOT_UTF8"),
                            "{coding} {path}"
                        );
                    }
                });
            }
        });
        let (status, _) = post(&victim, LIST, &header, &bomb).unwrap();
        assert!(matches!(status, 200 | 400), "{coding}: {status}");
        victim.is_well(coding, MORE);
    }
    // One that would be recorded, were it opened.
    let good = super::floods::transfer("t-gzip", "2022-01-10");
    let found = post(&victim, SINGLE, "content-encoding: gzip\r\n", &gzip(&good));
    assert_eq!(found, Some((400, "NOT_UTF8".to_owned())));
    let text = STANDARD.encode(gzip(&good));
    let found = post(
        &victim,
        SINGLE,
        "content-transfer-encoding: base64\r\n",
        text.as_bytes(),
    );
    assert_eq!(found, Some((400, "NOT_JSON".to_owned())));
    victim.is_well("a good one, compressed", MORE);
    println!("gzip: {} MiB more", victim.grown_mib());
}

/// As the program of that name makes it.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut child = Command::new("gzip")
        .args(["-9", "-c"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(bytes).unwrap());
        child.wait_with_output().unwrap().stdout
    })
}

//! `fundtrail statement` and `fundtrail seal`, over the frozen documents and a node that
//! says what it is told to.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::server::{Asked, Said, Server};
use crate::support::Desk;

fn vector(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors");
    fs::read_to_string(folder.join(name)).unwrap()
}

fn log_key() -> String {
    let site: Value = serde_json::from_str(&vector("ledger/site.json")).unwrap();
    site["log_key"].as_str().unwrap().to_owned()
}

/// Verifies a document in a file; gives what was printed, both ways.
fn verify(desk: &Desk, what: &str, document: &str, code: i32) -> String {
    desk.write("d", document);
    let called = desk.call([what, "verify", "d", "--log-key", &log_key()]);
    let stderr = called.stderr.clone();
    called.ends(code) + &stderr
}

#[test]
fn a_statement_is_shown_as_a_passbook() {
    let desk = Desk::new();
    let text = verify(
        &desk,
        "statement",
        &vector("statements/account-main-31.json"),
        0,
    );
    let expected = [
        "verified   account:main has 9 revisions in the ledger vectors.example/fundtrail",
        "balance    4,799,999.99",
        "complete   up to 31 entries; it rests on the seal of 2022Q4 (entry 28) and every entry since",
        "checkpoint 31 entries, root ",
    ];
    for line in expected {
        assert!(text.contains(line), "{text}");
    }
    let table: Vec<&str> = text
        .lines()
        .skip_while(|line| !line.is_empty())
        .skip(1)
        .collect();
    assert_eq!(
        table,
        [
            "#  entry  date        kind                 amount        balance  transaction",
            "1      7  2021-12-28  account_open                                open-1",
            "2      9  2021-12-30  contribution  10,000,000.00  10,000,000.00  pay-in",
            "3     11  2022-01-10  transfer      -4,000,000.00   6,000,000.00  transfer-1",
            "4     21  2022-12-26  fee_pay          -15,000.00   5,985,000.00  fee-1",
            "5     22  2022-12-27  reversal          15,000.00   6,000,000.00  reverse-1",
            "6     25  2023-01-05  transfer      -1,000,000.00   5,000,000.00  transfer-2",
            "7     27  2023-01-06  transfer        -500,000.00   4,500,000.00  transfer-3",
            "8     29  2023-02-01  transfer          49,999.99   4,549,999.99  transfer-4",
            "9     30  2023-02-02  contribution     250,000.00   4,799,999.99  pay-in-2",
        ]
    );
    // What is no book has no money; what never was has no table.
    let text = verify(&desk, "statement", &vector("statements/loan-31.json"), 0);
    assert!(
        !text.contains("balance") && text.contains("8     20  2022-10-17"),
        "{text}"
    );
    let text = verify(&desk, "statement", &vector("statements/absent-31.json"), 0);
    assert!(
        text.contains("no entry of the ledger vectors.example/fundtrail concerns account:nobody")
    );
    assert!(!text.contains("transaction"), "{text}");
    let text = verify(
        &desk,
        "statement",
        &vector("statements/account-main-24.json"),
        0,
    );
    assert!(
        text.contains("it rests on every entry of the ledger"),
        "{text}"
    );
}

/// A change of a statement's items, and words of the message about it.
type Case<'a> = (&'a dyn Fn(&mut Vec<Value>), [&'a str; 3]);

#[test]
fn a_failure_names_the_entry_and_says_what_happened() {
    let desk = Desk::new();
    let whole: Value = serde_json::from_str(&vector("statements/account-main-31.json")).unwrap();
    let after = |change: &dyn Fn(&mut Value)| {
        let mut document = whole.clone();
        change(&mut document);
        verify(&desk, "statement", &document.to_string(), 1)
    };
    let items = |document: &mut Value, change: &dyn Fn(&mut Vec<Value>)| {
        change(document["items"].as_array_mut().unwrap());
    };
    let cases: [Case<'_>; 5] = [
        (
            &|items| drop(items.remove(3)),
            ["GAP: entry 22:", "entry 21 came before it", "was dropped"],
        ),
        (
            &|items| drop(items.pop()),
            [
                "TRUNCATED: entry 30:",
                "its items end with revision 8",
                "cut off",
            ],
        ),
        (
            &|items| items.swap(1, 2),
            ["GAP: entry 11:", "entry 9 came before it", "swapped"],
        ),
        (
            &|items| {
                let entry = items[3]["entry"]
                    .as_str()
                    .unwrap()
                    .replace("5985000.00", "5985000.01");
                items[3]["entry"] = json!(entry);
            },
            [
                "BALANCE: entry 21:",
                "is 5985000.00, the entry says 5985000.01",
                "altered",
            ],
        ),
        (
            &|items| {
                let entry = items[3]["entry"]
                    .as_str()
                    .unwrap()
                    .replace("\"alerts\":[]", "\"alerts\":[ ]");
                items[3]["entry"] = json!(entry);
            },
            ["ENTRY_FORM: entry 21:", "one form", "altered"],
        ),
    ];
    for (change, words) in cases {
        let text = after(&|document| items(document, change));
        for word in words {
            assert!(text.contains(word), "{word}: {text}");
        }
    }
    let text = after(&|document| {
        items(document, &|items| drop(items.pop()));
        document["revisions"] = json!(8);
        document["newest_entry"] = json!(29);
    });
    assert!(
        text.contains("TRUNCATED: entry 30:") && text.contains("left out"),
        "{text}"
    );

    desk.write("d", "{}");
    let key = log_key();
    let called = desk.call(["statement", "verify", "d", "--log-key", &key, "--json"]);
    let found: Value = serde_json::from_str(&called.ends(1)).unwrap();
    assert_eq!(
        (&found["verified"], &found["code"]),
        (&json!(false), &json!("STATEMENT_FORM"))
    );
    assert!(found["entry"].is_null());
    // No answer at all: no file, nobody to trust.
    desk.call(["statement", "verify", "none", "--log-key", &key])
        .ends(2);
    desk.call(["statement", "verify", "d"]).ends(2);
}

#[test]
fn witnesses_that_a_policy_asks_for_must_have_cosigned() {
    let desk = Desk::new();
    let site: Value = serde_json::from_str(&vector("ledger/site.json")).unwrap();
    let witness = site["witness_key"].as_str().unwrap();
    let policy = format!("log {}\nwitness w {witness}\nquorum w\n", log_key());
    desk.write("policy", policy);
    let bare = |document: &str| {
        let mut document: Value = serde_json::from_str(&vector(document)).unwrap();
        let note = document["checkpoint"].as_str().unwrap();
        let without = note
            .lines()
            .filter(|line| !line.contains("witness.example"));
        let note: String = without.map(|line| line.to_owned() + "\n").collect();
        document["checkpoint"] = json!(note);
        document.to_string()
    };
    for (what, file) in [
        ("statement", "statements/account-main-31.json"),
        ("seal", "seals/account-main-2022Q4-31.json"),
    ] {
        desk.write("d", vector(file));
        let text = desk
            .call([what, "verify", "d", "--policy", "policy"])
            .ends(0);
        assert!(
            text.contains("cosigned   by w at 2023-11-14T22:13:51"),
            "{text}"
        );
        desk.write("d", bare(file));
        let called = desk.call([what, "verify", "d", "--policy", "policy"]);
        assert!(
            called.stderr.contains("CHECKPOINT_QUORUM"),
            "{}",
            called.stderr
        );
        called.ends(1);
        desk.call([what, "verify", "d", "--log-key", &log_key()])
            .ends(0);
    }
}

#[test]
fn a_seal_says_what_it_has_and_what_not() {
    let desk = Desk::new();
    let text = verify(
        &desk,
        "seal",
        &vector("seals/account-main-2022Q4-31.json"),
        0,
    );
    for line in [
        "verified   the seal of 2022Q4 in the ledger vectors.example/fundtrail has account:main",
        "revisions  7, the newest of them entry 27",
        "balance    4,500,000.00",
        "seal       entry 28, dated 2023-01-09",
    ] {
        assert!(text.contains(line), "{text}");
    }
    let text = verify(&desk, "seal", &vector("seals/absent-2022Q4-31.json"), 0);
    assert!(text.contains("does not have account:nobody"), "{text}");
    let text = verify(&desk, "seal", &vector("seals/last-2022Q4-31.json"), 0);
    assert!(text.contains("no book"), "{text}");
    let wrong = vector("seals/account-main-2022Q4-31.json").replace("4500000.00", "4500000.01");
    let text = verify(&desk, "seal", &wrong, 1);
    assert!(
        text.contains("SEAL: entry 28: leaf 1 is not in the seal"),
        "{text}"
    );
}

/// The node of the frozen ledger, which leaves as much to its client as a node may.
fn frugal(asked: &Asked) -> Said {
    let entries = vector("ledger-after-seal/entries.jsonl");
    let lines: Vec<&str> = entries.lines().collect();
    let mut statement: Value =
        serde_json::from_str(&vector("statements/account-main-31.json")).unwrap();
    let path = asked.line.strip_prefix("GET ").unwrap();
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let value = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(own, _)| *own == name).map(|(_, value)| value)
    };
    let body = match path {
        // Two revisions at a time, and no completeness.
        "/v1/statements/account%3Amain" => {
            assert!(["", "31"].contains(&value("size").unwrap_or_default()));
            let from: usize = value("from").map_or(1, |from| from.parse().unwrap());
            let items = statement["items"].as_array().unwrap().clone();
            let part: Vec<Value> = items.into_iter().skip(from - 1).take(2).collect();
            statement["items"] = json!(part);
            statement["completeness"] = Value::Null;
            statement.to_string()
        }
        "/v1/seals" if query.is_empty() => {
            json!({ "size": 31, "items": [{ "period": "2022Q3", "entry": 24 }], "next": "x y" })
                .to_string()
        }
        "/v1/seals" => {
            assert_eq!(query, "cursor=x%20y");
            json!({ "size": 31, "items": [{ "period": "2022Q4", "entry": 28 }], "next": null })
                .to_string()
        }
        "/v1/seals/2022Q4" => {
            assert_eq!(query, "object=account%3Amain&size=31");
            vector("seals/account-main-2022Q4-31.json")
        }
        // An entry at a time, whatever is asked for.
        "/v1/entries" => lines[value("from").unwrap().parse::<usize>().unwrap()].to_owned() + "\n",
        _ => return (404, "", b"{\"code\":\"NOT_FOUND\"}".to_vec()),
    };
    (200, "", body.into_bytes())
}

#[test]
fn what_a_node_gives_in_parts_is_put_together() {
    let desk = Desk::new();
    let server = Server::new(frugal);
    let fetch = [
        "statement",
        "fetch",
        "account:main",
        "--node",
        &server.url,
        "--out",
        "s",
    ];
    desk.call(fetch).ends(0);
    let fetched: Value = serde_json::from_slice(&desk.read("s")).unwrap();
    let whole: Value = serde_json::from_str(&vector("statements/account-main-31.json")).unwrap();
    assert_eq!(fetched, whole);
    let asked = server.asked();
    let parts = asked
        .iter()
        .filter(|one| one.line.contains("/v1/statements"));
    assert_eq!(parts.count(), 5);
    desk.call(["statement", "verify", "s", "--log-key", &log_key()])
        .ends(0);

    // What is not there cannot be put together.
    let fetch = [
        "statement",
        "fetch",
        "account:x",
        "--node",
        &server.url,
        "--out",
        "t",
    ];
    let called = desk.call(fetch);
    assert!(called.stderr.contains("NOT_FOUND"), "{}", called.stderr);
    called.ends(2);
    assert!(!desk.path("t").exists());
}

#[test]
fn a_whole_answer_is_kept_as_it_came() {
    let desk = Desk::new();
    let document = vector("statements/account-main-25.json");
    let answer = document.trim_end().to_owned();
    let server = Server::new(move |_| (200, "", answer.clone().into_bytes()));
    let fetch = [
        "statement",
        "fetch",
        "account:main",
        "--node",
        &server.url,
        "--size",
        "25",
    ];
    let printed = desk.call(fetch).ends(0);
    assert_eq!(printed, document);
    assert_eq!(
        server.asked()[0].line,
        "GET /v1/statements/account%3Amain?size=25"
    );
    let called = desk.call(["seal", "next", "--node", &server.url, "--period", "2023"]);
    called.ends(0);
}

#[test]
fn a_seal_is_computed_from_an_export() {
    let desk = Desk::new();
    fs::create_dir(desk.path("export")).unwrap();
    desk.write(
        "export/entries.ndjson",
        vector("ledger-after-seal/entries.jsonl"),
    );
    desk.write("export/checkpoint", vector("ledger/checkpoint.txt"));
    // The two seals of the frozen ledger, whose roots are in its entries.
    for (period, size, root, leaves) in [
        (
            "2022Q3",
            "24",
            "8515d757523ecbc0aacec061de25fe5e9b1468f106f357a8c8d4b3fc74d8b2b1",
            35,
        ),
        (
            "2022Q4",
            "28",
            "229df1b0cdd84c1987290c676b71c32144a681a75472db8a8304694608e6e184",
            37,
        ),
    ] {
        let words = [
            "seal", "compute", "--dir", "export", "--period", period, "--size", size,
        ];
        let found = desk.call(words.iter().chain(&["--json"])).ends(0);
        let found: Value = serde_json::from_str(&found).unwrap();
        let size: u64 = size.parse().unwrap();
        let expected = json!({ "period": period, "size": size, "root": root, "leaves": leaves });
        assert_eq!(found, expected);
        let text = desk.call(words).ends(0);
        let body = format!(r#"{{"period":"{period}","size":{size},"root":"{root}"}}"#);
        assert!(text.contains(&body), "{text}");
    }
    let call = |words: &[&str]| {
        let compute = ["seal", "compute", "--dir", "export"];
        desk.call(compute.iter().chain(words))
    };
    call(&["--period", "2022q4"]).ends(2);
    call(&["--period", "2022Q4", "--size", "32"]).ends(2);
    let without = vector("ledger-after-seal/entries.jsonl");
    let without: Vec<&str> = without.lines().collect();
    let without = [&without[..9], &without[10..]].concat().join("\n");
    desk.write("export/entries.ndjson", without);
    let called = call(&["--period", "2023"]);
    assert!(
        called.stderr.contains("INDEX: entry 9"),
        "{}",
        called.stderr
    );
    called.ends(1);
}

//! What is sealed stands nowhere but where it is kept, and is served to nobody but those whom
//! it concerns; and when it is erased, it stands nowhere.

mod needles;
mod paths;
mod sealing;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use fundtrail_demo::{Node, token};
use fundtrail_model::disclosure::{Disclosure, digest};
use fundtrail_model::note::VerifierKey;
use fundtrail_model::port::Table;
use fundtrail_model::receipt::Receipt;
use fundtrail_model::{Entry, LogPolicy, Transaction};
use fundtrail_scenario::{Run, read_text};
use fundtrail_store::Store;
use fundtrail_tests::{ORIGIN, Scratch, binary, now, scenario, scenario_file};
use needles::Needles;
use paths::{mistaken, paths};
use sealing::{draft, post_draft, submissions};
use serde_json::{Value, json};

/// Everybody who reads, by the name of a key; and anybody.
const READERS: [Option<&str>; 9] = [
    None,
    Some("OFF"),
    Some("lg-MSB"),
    Some("manager/maker"),
    Some("bank-a/maker"),
    Some("bank-b/maker"),
    Some("insurer/maker"),
    Some("guarantor/maker"),
    Some("cpa"),
];

/// What nobody's scenario has: an enterprise with a name and numbers of its own.
const NAME: &str = "鄂尔多斯金丝雀试验有限公司";
const CONTRACT: &str = "Kanarienvogel-2022-0417";
const PATENT: &str = "ZL201910765432.4";
/// And of drafts: one that stays open, and one that is withdrawn.
const DRAFTED: &str = "鄂尔多斯草稿金丝雀有限公司";
const WITHDRAWN: &str = "鄂尔多斯撤回金丝雀有限公司";

/// What came out of the node, and where.
type Said = Vec<(String, Vec<u8>)>;

/// Starts the node again so that it writes all it can into its log.
fn talkative(scratch: &mut Scratch) {
    let script = scratch.folder().join("fundtraild.sh");
    let words = format!(
        "#!/bin/sh\nFUNDTRAIL_LOG=debug exec '{}' \"$@\"\n",
        binary("fundtraild").display()
    );
    fs::write(&script, words).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    fs::set_permissions(&script, mode).unwrap();
    let _ = scratch.node.kill();
    let data = scratch.folder().join("data");
    scratch.node = Node::start(&script, &data, "127.0.0.1:0").unwrap();
}

/// Plays two years of the fund, but for its end: nothing could be lent after it.
fn play_open_years(scratch: &Scratch) {
    let site = scratch.node.site(ORIGIN, now()).unwrap();
    let mut run = Run::new(&site).unwrap();
    let mut target = scratch.client();
    let actions = scenario("two-years.scn").actions;
    let open = actions
        .iter()
        .take_while(|action| !action.text.contains(" terminate "));
    // The auditor is engaged still.
    let engaged = "2023-10-11 audit_engage engagement=AE-NOW auditor=cpa from=2021-12-23 \
                   until=2099-12-31 => recorded";
    let engaged = read_text(&scenario_file("here.scn"), engaged)
        .unwrap()
        .actions;
    for action in open.chain(&engaged) {
        let line = run.play(action, Some(&mut target)).unwrap();
        assert!(line.problem.is_none(), "{}: {:?}", line.text, line.problem);
    }
}

/// A request by hand: `curl` with a token.
fn get(scratch: &Scratch, path: &str, reader: Option<&str>) -> (u16, Vec<u8>) {
    let mut command = Command::new("curl");
    command.args(["-s", "-g", "--path-as-is", "-w", "\n%{http_code}"]);
    if let Some(name) = reader {
        let token = token(name, ORIGIN).unwrap();
        command.args(["-H", &format!("Authorization: Bearer {token}")]);
    }
    let output = command
        .args(["--max-time", "30", &format!("{}{path}", scratch.node.url)])
        .output()
        .unwrap();
    let end = output
        .stdout
        .iter()
        .rposition(|byte| *byte == b'\n')
        .unwrap();
    let (body, status) = output.stdout.split_at(end);
    let status = String::from_utf8_lossy(status).trim().parse().unwrap();
    (status, body.to_vec())
}

fn json_of(scratch: &Scratch, path: &str) -> Value {
    let (status, body) = get(scratch, path, Some("OFF"));
    assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&body));
    serde_json::from_slice(&body).unwrap()
}

/// What a reader hears of the whole ledger in two seconds.
fn events(scratch: &Scratch, reader: &str) -> Vec<u8> {
    let token = token(reader, ORIGIN).unwrap();
    let output = Command::new("curl")
        .args(["-sN", "--max-time", "2"])
        .args(["-H", &format!("Authorization: Bearer {token}")])
        .arg(format!("{}/v1/events?from=0", scratch.node.url))
        .output()
        .unwrap();
    output.stdout
}

/// Sends them to every door; what comes back.
fn send(scratch: &Scratch, submissions: &[(u16, Vec<u8>)]) -> Said {
    let client = scratch.client();
    let mut said = Said::new();
    let mut lines = Vec::new();
    for (number, (wanted, bytes)) in submissions.iter().enumerate() {
        let place = format!("submission {number}");
        let (status, text) = client.post("/v1/transactions/check", bytes).unwrap();
        said.push((format!("{place}, checked: {status}"), text.into()));
        let (status, text) = client.post("/v1/transactions", bytes).unwrap();
        assert_eq!(status, *wanted, "{place}: {text}");
        said.push((place, text.into()));
        lines.extend(bytes.iter().copied().chain(*b"\n"));
    }
    let (status, text) = client.post("/v1/transactions/batch", &lines).unwrap();
    assert_eq!(status, 200, "{text}");
    said.push(("batch".into(), text.into()));
    for (path, body) in [
        ("/v1/tags", json!({ "credit_code": CONTRACT })),
        ("/v1/tags", json!({ CONTRACT: 1 })),
        ("/v1/drafts", json!({ "payload": NAME })),
    ] {
        let (status, text) = client.post(path, body.to_string().as_bytes()).unwrap();
        assert!(status >= 400, "{path}: {text}");
        said.push((path.into(), text.into()));
    }
    said
}

fn entries(scratch: &Scratch) -> Vec<Entry> {
    let (status, lines) = get(scratch, "/v1/entries?limit=1000", Some("OFF"));
    assert_eq!(status, 200);
    let lines = String::from_utf8(lines).unwrap();
    lines
        .lines()
        .map(|line| Entry::parse(line.as_bytes()).unwrap())
        .collect()
}

/// Transactions that sealed something, with the names.
fn sealing(scratch: &Scratch) -> BTreeMap<String, Vec<String>> {
    let transactions = entries(scratch);
    let transactions = transactions
        .iter()
        .map(|entry| Transaction::parse(&entry.envelope.payload).unwrap());
    transactions
        .filter(|transaction| !transaction.sealed.is_empty())
        .map(|one| (one.id.to_string(), one.sealed.keys().cloned().collect()))
        .collect()
}

/// Every file under a folder, but those of the database.
fn files(folder: &Path, database: bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let is_database = path.join("CURRENT").exists();
        if path.is_dir() && (database || !is_database) {
            found.extend(files(&path, database));
        } else if path.is_file() {
            found.push(path);
        }
    }
    found
}

fn read_all(files: Vec<PathBuf>) -> Said {
    files
        .into_iter()
        .map(|path| (path.display().to_string(), fs::read(&path).unwrap()))
        .collect()
}

fn database(data: &Path) -> PathBuf {
    let found = files(data, true);
    let current = found.iter().find(|path| path.ends_with("CURRENT")).unwrap();
    current.parent().unwrap().to_owned()
}

/// Every row of the stopped node's tables, but those of disclosures and of the open draft; and
/// the disclosures.
fn rows(data: &Path) -> (Said, Vec<String>) {
    let store = Store::open(&database(data)).unwrap();
    let mut said = Said::new();
    let mut disclosures = Vec::new();
    for table in Table::ALL {
        let rows = store
            .read(|read| read.range(*table, b"", &[0xff; 80], usize::MAX))
            .unwrap();
        for (key, value) in rows {
            if *table == Table::Disclosures {
                disclosures.push(String::from_utf8(value).unwrap());
            } else if (*table, key.as_slice()) != (Table::Drafts, b"c-draft") {
                said.push((format!("{}: key", table.name()), key));
                said.push((format!("{}: value", table.name()), value));
            }
        }
    }
    (said, disclosures)
}

fn audit(scratch: &Scratch, words: &[&str]) {
    let (code, text) = scratch.fundtrail(words);
    assert_eq!(code, 0, "{text}");
}

#[test]
fn what_is_sealed_is_nowhere_else_and_what_is_erased_is_nowhere() {
    let mut scratch = Scratch::start();
    talkative(&mut scratch);
    play_open_years(&scratch);
    let mut said = send(&scratch, &submissions(&scratch));
    post_draft(&scratch, "c-draft", DRAFTED);

    // What is served, to everybody.
    let all = paths(&scratch);
    assert!(all.len() > 200, "{} paths", all.len());
    for path in ["/v1/reader", "/v1/drafts", "/metrics", "/openapi.json"] {
        assert!(all.iter().any(|one| one == path), "{path}");
        assert_eq!(get(&scratch, path, Some("OFF")).0, 200, "{path}");
    }
    for reader in ["OFF", "cpa", "bank-a/maker"] {
        let heard = events(&scratch, reader);
        let text = String::from_utf8_lossy(&heard);
        assert!(text.contains("\"id\":\"c-loan\""), "{reader}: {text}");
        said.push((format!("/v1/events as {reader}"), heard));
    }
    for reader in READERS {
        for path in &all {
            // Each entry for one reader; the rest for everybody.
            let is_each = path.contains("/entries/") || path.contains("/transactions/");
            if reader == Some("OFF") || !is_each {
                let (status, body) = get(&scratch, path, reader);
                said.push((format!("{path} as {reader:?}: {status}"), body));
            }
        }
        for path in mistaken() {
            let (status, body) = get(&scratch, &path, reader);
            assert!(status >= 400, "{path} as {reader:?}: {status}");
            said.push((format!("{path} as {reader:?}: {status}"), body));
        }
    }
    assert!(
        said.iter()
            .filter(|(place, _)| place.ends_with(": 200"))
            .count()
            > 400
    );

    // What is taken away and verified.
    let (url, key) = (scratch.node.url.clone(), scratch.node.log_key().unwrap());
    audit(
        &scratch,
        &["audit", "--node", &url, "--log-key", &key, "--save", "copy"],
    );
    let (_, report) = scratch.fundtrail(&["audit", "--dir", "copy", "--log-key", &key, "--json"]);
    said.push(("the audit's report".into(), report.into()));
    audit(
        &scratch,
        &[
            "receipt", "fetch", "c-loan", "--node", &url, "--out", "receipt",
        ],
    );
    audit(
        &scratch,
        &[
            "statement",
            "fetch",
            "loan:c-loan",
            "--node",
            &url,
            "--out",
            "statement",
        ],
    );
    audit(
        &scratch,
        &[
            "export",
            "--node",
            &url,
            "--log-key",
            &key,
            "--out",
            "export",
        ],
    );
    said.extend(read_all(files(scratch.folder(), false)));

    // What is kept: everything that was sealed is a canary.
    let borrowers = json_of(&scratch, "/v1/borrowers?limit=200")["items"].clone();
    let sealed = sealing(&scratch);
    let places: usize = sealed.values().map(Vec::len).sum();
    let opened = particulars_of(&scratch, &sealed, Some("OFF"));
    assert!(scratch.node.stop().unwrap().success());
    let (rows, disclosures) = rows(&scratch.node.data);
    assert_eq!(disclosures.len(), places);
    assert!(places > 80, "{places} sealed particulars");
    let values: BTreeSet<String> = disclosures
        .iter()
        .map(|text| Disclosure::parse(text).unwrap().value().to_owned())
        .chain([NAME, CONTRACT, PATENT, DRAFTED].map(str::to_owned))
        .collect();
    let needles = Needles::new(&values);
    // The search finds them where they are: in disclosures, in what the office is shown.
    for text in &disclosures {
        let value = Disclosure::parse(text).unwrap().value().to_owned();
        assert!(needles.found(text.as_bytes()).contains(&value.as_str()));
    }
    let shown: BTreeSet<&str> = opened.iter().flat_map(|body| needles.found(body)).collect();
    for value in disclosures
        .iter()
        .map(|text| Disclosure::parse(text).unwrap().value().to_owned())
    {
        assert!(shown.contains(value.as_str()), "not served to the office");
    }
    said.extend(rows);
    for (place, bytes) in &said {
        let found = needles.found(bytes);
        assert!(
            found.is_empty(),
            "{place}: {found:?}: {}",
            String::from_utf8_lossy(bytes)
        );
    }

    // Others are shown what concerns them, and no more.
    talkative(&mut scratch);
    let hidden = |reader: Option<&str>, id: &str, status: u16| {
        let (found, body) = get(
            &scratch,
            &format!("/v1/transactions/{id}/particulars"),
            reader,
        );
        assert_eq!(found, status, "{id} as {reader:?}");
        let found = needles.found(&body);
        assert!(
            found.is_empty() == (status != 200),
            "{id} as {reader:?}: {found:?}"
        );
    };
    hidden(Some("bank-a/maker"), "c-loan", 200);
    hidden(Some("manager/maker"), "c-loan", 200);
    hidden(Some("lg-MSB"), "c-loan", 200);
    hidden(Some("cpa"), "c-loan", 200);
    hidden(None, "c-loan", 401);
    // Public bodies read the ledger without names.
    hidden(Some("FIN"), "c-loan", 403);
    hidden(Some("GOV"), "c-loan", 403);
    hidden(Some("bank-b/maker"), "c-loan", 403);
    hidden(Some("insurer/maker"), "c-loan", 403);
    hidden(Some("bank-b/maker"), "canary", 403);
    let name = json_of(
        &scratch,
        "/v1/transactions/c-loan/particulars?name=pledge.0",
    );
    assert_eq!(name["particulars"].as_array().unwrap().len(), 1);
    assert_eq!(name["particulars"][0]["value"], PATENT);

    // So with an open draft.
    for (reader, status, is_open) in [
        (Some("OFF"), 200, true),
        (Some("manager/maker"), 200, true),
        (Some("lg-MSB"), 200, true),
        (Some("cpa"), 200, true),
        (Some("bank-a/maker"), 200, true),
        (Some("FIN"), 200, false),
        (Some("GOV"), 200, false),
        (Some("bank-b/maker"), 403, false),
        (None, 401, false),
    ] {
        let (found, body) = get(&scratch, "/v1/drafts/c-draft", reader);
        assert_eq!(found, status, "a draft as {reader:?}");
        let found = needles.found(&body);
        assert_eq!(found.contains(&DRAFTED), is_open, "a draft as {reader:?}");
    }

    // Erased, all of it.
    for (number, id) in sealed.keys().enumerate() {
        let body = json!({ "of": id, "decision": "0".repeat(64) });
        let mut erasure = draft(
            &format!("erase-{number}"),
            "particulars_erase",
            body,
            &[],
            &["OFF"],
        );
        erasure.date = "2024-03-02".into();
        let bytes = erasure.submission().unwrap().to_json();
        let (status, text) = scratch
            .client()
            .post("/v1/transactions", bytes.as_bytes())
            .unwrap();
        assert_eq!(status, 201, "{text}");
    }
    for body in particulars_of(&scratch, &sealed, Some("OFF")) {
        assert_eq!(needles.found(&body), Vec::<&str>::new());
        let body: Value = serde_json::from_slice(&body).unwrap();
        for one in body["particulars"].as_array().unwrap() {
            assert!(
                one["value"].is_null() && one["disclosure"].is_null(),
                "{one}"
            );
            assert!(
                one["erased_by"].is_u64() && one["digest"].is_string(),
                "{one}"
            );
        }
    }
    // A repeat brings nothing back.
    let own = submissions(&scratch).swap_remove(1);
    assert_eq!(
        scratch.client().post("/v1/transactions", &own.1).unwrap().0,
        200
    );

    // Receipts, the audit and the borrowers' tags are as they were.
    let policy = LogPolicy::of_log(VerifierKey::parse(&key).unwrap()).unwrap();
    for id in sealed.keys() {
        let document = json_of(&scratch, &format!("/v1/transactions/{id}"));
        let receipt = Receipt::parse(document["receipt"].as_str().unwrap().as_bytes()).unwrap();
        receipt.verify_self_contained(&policy).unwrap();
    }
    let url = scratch.node.url.clone();
    audit(
        &scratch,
        &[
            "audit",
            "--node",
            &url,
            "--log-key",
            &key,
            "--since",
            "copy",
            "--save",
            "after",
        ],
    );
    audit(
        &scratch,
        &["receipt", "verify", "receipt", "--log-key", &key],
    );
    assert_eq!(
        json_of(&scratch, "/v1/borrowers?limit=200")["items"],
        borrowers
    );

    // Nothing is left in any file, of the database or beside it.
    let data = scratch.node.data.clone();
    let withdraw = |scratch: &Scratch, id: &str| {
        let output = Command::new("curl")
            .args([
                "-s",
                "-X",
                "DELETE",
                "-o",
                "/dev/null",
                "-w",
                "%{http_code}",
            ])
            .arg("-H")
            .arg(format!(
                "Authorization: Bearer {}",
                token("bank-a/maker", ORIGIN).unwrap()
            ))
            .arg(format!("{}/v1/drafts/{id}", scratch.node.url))
            .output()
            .unwrap();
        assert_eq!(output.stdout, b"200");
    };
    withdraw(&scratch, "c-draft");
    // A draft by itself: nothing else is erased any more.
    post_draft(&scratch, "c-again", WITHDRAWN);
    let is_withdrawn_one = |needles: &Needles| {
        let files = read_all(files(&data, true));
        files
            .iter()
            .any(|(_, bytes)| !needles.found(bytes).is_empty())
    };
    let second = Needles::new(&BTreeSet::from([WITHDRAWN.to_owned()]));
    assert!(
        is_withdrawn_one(&second),
        "it is on the disk while it is open"
    );
    withdraw(&scratch, "c-again");
    assert!(!is_withdrawn_one(&second), "it is on the disk still");
    let check = |when: &str| {
        for (place, bytes) in read_all(files(&data, true)) {
            assert_eq!(needles.found(&bytes), Vec::<&str>::new(), "{when}: {place}");
            for text in &disclosures {
                let is_there = bytes
                    .windows(text.len())
                    .any(|window| window == text.as_bytes());
                assert!(!is_there, "{when}: {place}: {}", digest(text));
            }
        }
    };
    check("running");
    assert!(scratch.node.stop().unwrap().success());
    check("stopped");
    assert_eq!(self::rows(&data).1, Vec::<String>::new());
}

/// What a reader is shown of each transaction.
fn particulars_of(
    scratch: &Scratch,
    sealed: &BTreeMap<String, Vec<String>>,
    reader: Option<&str>,
) -> Vec<Vec<u8>> {
    let ask = |id: &String| {
        let (status, body) = get(
            scratch,
            &format!("/v1/transactions/{id}/particulars"),
            reader,
        );
        assert_eq!(status, 200, "{id}");
        body
    };
    sealed.keys().map(ask).collect()
}

//! What is sealed stands nowhere but where it is kept, and is served to nobody but those whom
//! it concerns; and when it is erased, it stands nowhere.

mod needles;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use fundtrail_demo::{Node, token};
use fundtrail_model::disclosure::{Disclosure, digest};
use fundtrail_model::note::VerifierKey;
use fundtrail_model::port::Table;
use fundtrail_model::receipt::Receipt;
use fundtrail_model::tag::TagKey;
use fundtrail_model::{Entry, LogPolicy, Transaction};
use fundtrail_regulation::identifier::credit_code;
use fundtrail_scenario::{Draft, Run, sign};
use fundtrail_store::Store;
use fundtrail_tests::{ORIGIN, Scratch, binary, now, scenario};
use needles::Needles;
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
    for action in open {
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

/// A credit code of the right form with this beginning.
fn credit_code(first: &str) -> String {
    let letters = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars();
    let found = letters
        .map(|last| format!("{first}{last}"))
        .find(|code| credit_code::check(code).is_ok());
    found.unwrap()
}

fn tag(scratch: &Scratch, code: &str) -> String {
    let text = fs::read_to_string(scratch.node.data.join("tag-key.hex")).unwrap();
    let mut bytes = [0; 32];
    hex::decode_to_slice(text.trim(), &mut bytes).unwrap();
    TagKey::new(&bytes).tag("credit_code", code).to_string()
}

fn draft(id: &str, kind: &str, body: Value, sealed: &[(&str, &str)], by: &[&str]) -> Draft {
    Draft {
        ledger: ORIGIN.into(),
        id: id.into(),
        kind: kind.into(),
        date: "2023-10-20".into(),
        body,
        sealed: sealed
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect(),
        signers: by.iter().map(|name| (*name).into()).collect(),
    }
}

fn register(scratch: &Scratch, id: &str, name: &str, code: &str, tagged: &str) -> Draft {
    let body = json!({
        "borrower": tag(scratch, tagged), "registered_on": "2015-06-01", "registered_division": "150203",
        "legal_person": true, "evidence": "0".repeat(64),
    });
    let sealed = [("name", name), ("credit_code", code)];
    draft(
        id,
        "borrower_register",
        body,
        &sealed,
        &["bank-a/maker", "manager/maker"],
    )
}

fn loan(scratch: &Scratch, id: &str, code: &str, contract: &str, patent: &str) -> Draft {
    let body = json!({
        "loan": id, "bank": "bank-a", "borrower": tag(scratch, code), "total": "100000.00", "ip_amount": "100000.00",
        "due": [{"due_on": "2024-06-30", "amount": "100000.00"}], "purpose": "rnd",
        "pledges": [{"kind": "patent", "registered_on": "2023-10-20"}],
        "credit": {"queried_on": "2023-10-20", "report": "0".repeat(64)},
    });
    let sealed = [
        ("contract_number", contract),
        ("pledge.0", patent),
        ("pledge.0.registration", "Y2023150000999"),
    ];
    draft(
        id,
        "loan_enrol",
        body,
        &sealed,
        &["bank-a/maker", "manager/maker"],
    )
}

/// Submissions of every fate, with the status that each gets: recorded, repeated, in conflict,
/// refused, malformed.
fn submissions(scratch: &Scratch) -> Vec<(u16, Vec<u8>)> {
    let code = credit_code("91150203MA0X74312");
    let bytes = |draft: &Draft| draft.submission().unwrap().to_json().into_bytes();
    let own = register(scratch, "canary", NAME, &code, &code);
    let mut wrong = code.clone();
    let last = wrong.pop().unwrap();
    wrong.push(if last == '0' { '1' } else { '0' });
    let mut all = vec![
        (201, bytes(&own)),
        (200, bytes(&own)),
        (
            409,
            bytes(&register(scratch, "canary", CONTRACT, &code, &code)),
        ),
        (
            422,
            bytes(&register(scratch, "c-check", NAME, &wrong, &code)),
        ),
        (
            422,
            bytes(&register(
                scratch,
                "c-tag",
                NAME,
                &code,
                "91150203MA0N000164",
            )),
        ),
        (422, bytes(&register(scratch, "c-empty", NAME, NAME, &code))),
        (
            201,
            bytes(&loan(scratch, "c-loan", &code, CONTRACT, PATENT)),
        ),
        (
            422,
            bytes(&loan(scratch, "c-again", &code, CONTRACT, PATENT)),
        ),
        (
            422,
            bytes(&loan(scratch, "c-patent", &code, "K-2", "ZL201910765432.9")),
        ),
    ];
    // Disclosures that are not those of the digests.
    let disclosed = |change: &dyn Fn(&mut Value)| {
        let mut value: Value =
            serde_json::from_slice(&bytes(&register(scratch, "c-other", NAME, &code, &code)))
                .unwrap();
        change(&mut value["disclosures"]);
        (400, value.to_string().into_bytes())
    };
    let other = Disclosure::make([9; 16], "name", NAME).unwrap();
    all.extend([
        disclosed(&|all| all[0] = json!(other)),
        disclosed(&|all| all[0] = json!(NAME)),
        disclosed(&|all| all[0] = json!({ "name": NAME })),
        disclosed(&|all| *all = json!([])),
        disclosed(&|all| *all = json!(CONTRACT)),
        disclosed(&|all| all.as_array_mut().unwrap().push(json!(other))),
    ]);
    // A value where something else belongs.
    let (payload, _) = own.payload().unwrap();
    let text = String::from_utf8(payload).unwrap();
    for (from, to) in [
        ("\"borrower_register\"", format!("{NAME:?}")),
        ("\"canary\"", format!("{NAME:?}")),
        ("\"2023-10-20\"", format!("{CONTRACT:?}")),
        (ORIGIN, NAME.into()),
        (
            "\"legal_person\":true",
            format!("\"legal_person\":{NAME:?}"),
        ),
        (
            "\"legal_person\":true",
            format!("\"legal_person\":true,{CONTRACT:?}:1"),
        ),
        ("\"legal_person\":true", format!("{NAME:?}:1,{NAME:?}:2")),
        (
            "\"registered_on\":\"2015-06-01\"",
            format!("\"registered_on\":{CONTRACT:?}"),
        ),
        ("\"name\":", format!("{NAME:?}:")),
        ("{\"ledger\"", format!("{NAME}{{\"ledger\"")),
    ] {
        assert!(text.contains(from), "{from}");
        let payload = text.replace(from, &to).into_bytes();
        let envelope = sign(payload, ["bank-a/maker", "manager/maker"]);
        let submission = json!({ "envelope": envelope, "disclosures": [] });
        all.push((400, submission.to_string().into_bytes()));
    }
    all.push((400, format!("{{\"payload\":{NAME:?}}}").into_bytes()));
    all.push((400, format!("{{\"payload\":\"{NAME}").into_bytes()));
    all
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

/// Every path that is described, with every thing of the ledger in the place of its parameter.
fn paths(scratch: &Scratch) -> Vec<String> {
    let description = json_of(scratch, "/openapi.json");
    let mut ids: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut objects = BTreeSet::new();
    let size = entries(scratch).len();
    for (index, entry) in entries(scratch).iter().enumerate() {
        let transaction = Transaction::parse(&entry.envelope.payload).unwrap();
        ids.entry("transactions")
            .or_default()
            .insert(transaction.id.to_string());
        ids.entry("entries").or_default().insert(index.to_string());
        objects.extend(entry.effects.revisions.iter().map(|one| one.object.clone()));
    }
    for object in &objects {
        let Some((sort, id)) = object.split_once(':') else {
            continue;
        };
        let list = match sort {
            "party" => "partners",
            "recovery" => "recoveries",
            "account" | "borrower" | "loan" | "claim" | "key" => &format!("{sort}s"),
            _ => continue,
        };
        let list = [
            "partners",
            "recoveries",
            "accounts",
            "borrowers",
            "loans",
            "claims",
            "keys",
        ]
        .into_iter()
        .find(|known| *known == list)
        .unwrap();
        ids.entry(list).or_default().insert(id.into());
    }
    ids.insert("statements", objects);
    ids.insert("policy", BTreeSet::from(["1".into()]));
    ids.insert("seals", BTreeSet::from(["2022Q1".into(), "2022".into()]));
    ids.insert(
        "alerts",
        (1..=20).map(|number| number.to_string()).collect(),
    );
    let full = size / 256;
    let tiles = [
        format!("0/000.p/{size}"),
        format!("entries/{full:03}.p/{}", size % 256),
        "entries/000".into(),
    ];
    let mut paths = Vec::new();
    for (path, methods) in description["paths"].as_object().unwrap() {
        if methods.get("get").is_none() || path.ends_with("/particulars") || path == "/v1/events" {
            continue;
        }
        let Some((front, rest)) = path.split_once('{') else {
            paths.push(path.clone());
            continue;
        };
        let rest = rest.split_once('}').unwrap().1;
        if front == "/tile/" {
            paths.extend(tiles.iter().map(|tile| format!("/tile/{tile}")));
            continue;
        }
        let sort = front.trim_end_matches('/').rsplit('/').next().unwrap();
        let known = ids.get(sort).cloned().unwrap_or_default();
        paths.extend(known.iter().map(|id| format!("{front}{id}{rest}")));
    }
    paths.push("/v1/entries?limit=1000".into());
    paths.push(format!("/v1/proofs/inclusion?index=1&size={size}"));
    paths
}

/// Paths with a value where an id, a filter or a parameter's name belongs. Not those of
/// statements: that an object never was is an answer, and names it.
fn mistaken() -> Vec<String> {
    let code = credit_code("91150203MA0X74312");
    let mut all = Vec::new();
    for list in [
        "borrowers",
        "loans",
        "partners",
        "transactions",
        "entries",
        "keys",
    ] {
        all.push(format!("/v1/{list}/{code}"));
        all.push(format!("/v1/{list}/{NAME}"));
        all.push(format!("/v1/{list}?{code}=1"));
        all.push(format!(
            "/v1/{list}?bank={NAME}&limit={CONTRACT}&cursor={code}"
        ));
    }
    all.push(format!("/{code}"));
    all.push(format!("/tile/{code}"));
    all.push(format!(
        "/v1/transactions/{code}/particulars?name={CONTRACT}"
    ));
    all.push(format!("/v1/transactions/canary/particulars?{CONTRACT}=1"));
    all.into_iter()
        .map(|path| {
            path.bytes()
                .map(|byte| {
                    if byte.is_ascii() {
                        char::from(byte).to_string()
                    } else {
                        format!("%{byte:02X}")
                    }
                })
                .collect()
        })
        .collect()
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

/// Every row of the stopped node's tables, but those of disclosures; and the disclosures.
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
            } else {
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

    // What is served, to everybody.
    let all = paths(&scratch);
    assert!(all.len() > 200, "{} paths", all.len());
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
        .chain([NAME, CONTRACT, PATENT].map(str::to_owned))
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
    hidden(None, "c-loan", 401);
    hidden(Some("bank-b/maker"), "c-loan", 403);
    hidden(Some("insurer/maker"), "c-loan", 403);
    hidden(Some("bank-b/maker"), "canary", 403);
    let name = json_of(
        &scratch,
        "/v1/transactions/c-loan/particulars?name=pledge.0",
    );
    assert_eq!(name["particulars"].as_array().unwrap().len(), 1);
    assert_eq!(name["particulars"][0]["value"], PATENT);

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

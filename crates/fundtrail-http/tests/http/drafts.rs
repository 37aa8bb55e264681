//! Drafts: signatures are collected over the same bytes until the signers are complete.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fundtrail_http::Limits;
use fundtrail_model::envelope::Envelope;
use fundtrail_model::key::SigningKey;
use fundtrail_model::{Id, Moment};
use fundtrail_node::{Config, FixedClock};
use fundtrail_regulation::state::{Duty, Key, Role};
use serde_json::{Value, json};

use crate::client::{Reply, Server};
use crate::fixture::*;

/// A draft of a transaction, with signatures of these keys.
pub(crate) fn draft(id: &str, kind: &str, body: &Value, keys: &[&SigningKey]) -> Vec<u8> {
    submission(id, kind, TODAY, body, keys)
}

/// The bytes that a draft's signers sign.
pub(crate) fn payload(draft: &[u8]) -> Vec<u8> {
    let value: Value = serde_json::from_slice(draft).unwrap();
    let payload = value["envelope"]["payload"].as_str().unwrap();
    STANDARD.decode(payload).unwrap()
}

fn signature(key: &SigningKey, payload: &[u8]) -> Vec<u8> {
    let envelope = Envelope {
        payload: payload.to_vec(),
        signatures: Vec::new(),
    };
    let sig = STANDARD.encode(key.sign(&envelope.signed_bytes()));
    let signature = json!({ "keyid": key.public().id().to_string(), "sig": sig });
    signature.to_string().into_bytes()
}

pub(crate) fn sign(server: &Server, id: &str, key: &SigningKey, payload: &[u8]) -> Reply {
    server.post(
        &format!("/v1/drafts/{id}/signatures"),
        &signature(key, payload),
    )
}

fn value(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).unwrap()
}

#[track_caller]
pub(crate) fn taken(reply: &Reply, status: u16) -> Value {
    assert_eq!(reply.status, status, "{}", reply.text());
    value(reply)
}

pub(crate) fn get(server: &Server, id: &str) -> Value {
    server.get(&format!("/v1/drafts/{id}")).json()
}

pub(crate) fn size(server: &Server) -> u64 {
    server.node.metrics().size()
}

/// The enrolment of a further key of the regulator: its own, the office's and an old one's
/// signature are needed.
pub(crate) fn enrolment_draft(number: u32, keys: &[&SigningKey]) -> (String, Vec<u8>, SigningKey) {
    let (id, body, key) = enrolment(number);
    (id.clone(), draft(&id, "key_enrol", &body, keys), key)
}

pub(crate) fn key_of(party: &str, role: Role, duty: Option<Duty>, key: &SigningKey) -> Key {
    let key = key.public();
    Key {
        key_id: key.id(),
        public_key: key,
        suite: Id::parse("ed25519").unwrap(),
        party: Id::parse(party).unwrap(),
        role,
        duty,
        lineage: key.id(),
        enrolled: 0,
        revoked: None,
    }
}

#[test]
fn signatures_are_collected_until_the_last_one_submits() {
    let server = Server::founded();
    let (id, body, own) = enrolment_draft(1, &[&office()]);
    let bytes = payload(&body);
    // The signature of an enrolled key says who posts it.
    let reply = server.post_with("/v1/drafts", &body, None);
    let shown = taken(&reply, 201);
    assert_eq!(reply.header("location"), format!("/v1/drafts/{id}"));
    assert_eq!(shown["party"], "OFF");
    assert_eq!(shown["state"], "open");
    assert_eq!(shown["text"].as_str().unwrap().as_bytes(), bytes);
    assert_eq!(shown["payload"], STANDARD.encode(&bytes));
    assert_eq!(shown["kind"], "key_enrol");
    assert_eq!(shown["title"]["zh"], "登记密钥");
    assert_eq!(shown["articles"], json!([7]));
    assert_eq!(shown["body"]["party"], "REG");
    assert_eq!(shown["signed_by"], json!(["OFF"]));
    assert_eq!(shown["verdict"]["passes"], true, "{shown}");
    let missing = shown["missing"].as_array().unwrap();
    assert_eq!(missing.len(), 2, "{shown}");
    assert_eq!(missing[0]["key"], own.public().id().to_string());
    assert_eq!(missing[1]["roles"], json!(["regulator"]));
    assert_eq!(missing[1]["parties"], json!(["REG"]));
    assert_eq!(missing[1]["zh"], "监管机构 REG");
    assert_eq!(missing[1]["en"], "the regulator REG");
    assert_eq!(size(&server), 1);

    let shown = taken(&sign(&server, &id, &own, &bytes), 200);
    assert_eq!(shown["missing"].as_array().unwrap().len(), 1);
    // The same once more changes nothing.
    let shown = taken(&sign(&server, &id, &own, &bytes), 200);
    assert_eq!(shown["signatures"].as_array().unwrap().len(), 2);
    assert_eq!(size(&server), 1);

    let reply = sign(&server, &id, &regulator(), &bytes);
    let shown = taken(&reply, 201);
    assert_eq!(reply.header("location"), "/v1/entries/1");
    assert_eq!(
        (&shown["state"], &shown["entry"]),
        (&json!("submitted"), &json!(1))
    );
    let receipt = shown["receipt"].as_str().unwrap();
    assert_eq!(server.get_as("/v1/entries/1", "text/plain").text(), receipt);
    assert_eq!(shown["missing"], json!([]));
    assert_eq!(shown["verdict"], Value::Null);
    assert_eq!(get(&server, &id)["state"], "submitted");

    // It takes nothing more, and its id is taken for good.
    let again = sign(&server, &id, &regulator(), &bytes);
    assert_eq!(taken(&again, 200)["state"], "submitted");
    let path = format!("/v1/drafts/{id}");
    let problem = server.post("/v1/drafts", &body);
    assert_eq!(problem.problem(409, "CONFLICT", "/v1/drafts")["index"], 1);
    let withdrawn = server.ask("DELETE", &path, Some(&office()));
    withdrawn.problem(409, "DRAFT_CLOSED", &path);
    assert_eq!(size(&server), 2);
}

#[test]
fn only_signatures_over_these_bytes_by_keys_with_a_part_are_kept() {
    let server = Server::founded();
    let stranger = key(7);
    let bank = key(8);
    server.put(&key_of("bank-a", Role::Bank, None, &bank));
    let revoked = key(9);
    server.put(&Key {
        revoked: Some(0),
        ..key_of("OFF", Role::Office, None, &revoked)
    });
    let (id, body, own) = enrolment_draft(1, &[]);
    let bytes = payload(&body);

    // Nobody says who posts it.
    server
        .post_with("/v1/drafts", &body, None)
        .problem(401, "UNAUTHENTICATED", "/v1/drafts");
    let by_own = enrolment_draft(1, &[&own]).1;
    server
        .post_with("/v1/drafts", &by_own, None)
        .problem(401, "UNAUTHENTICATED", "/v1/drafts");
    for (keys, status, code) in [
        (vec![&stranger], 422, "KEY_UNKNOWN"),
        (vec![&office(), &bank], 422, "KEY_NOT_NEEDED"),
        (vec![&revoked], 422, "KEY_REVOKED"),
    ] {
        let body = enrolment_draft(1, &keys).1;
        server
            .post("/v1/drafts", &body)
            .problem(status, code, "/v1/drafts");
    }
    let list = server.get("/v1/drafts").json();
    assert_eq!(list["items"], json!([]), "nothing was kept");

    assert_eq!(
        taken(&server.post("/v1/drafts", &body), 201)["party"],
        "READER"
    );
    let path = format!("/v1/drafts/{id}/signatures");
    for (key, over, status, code) in [
        (&stranger, &bytes, 422, "KEY_UNKNOWN"),
        (&bank, &bytes, 422, "KEY_NOT_NEEDED"),
        (&revoked, &bytes, 422, "KEY_REVOKED"),
        (&office(), &b"{}".to_vec(), 400, "SIGNATURE_INVALID"),
    ] {
        server
            .post(&path, &signature(key, over))
            .problem(status, code, &path);
    }
    let mut forged: Value = serde_json::from_slice(&signature(&own, &bytes)).unwrap();
    forged["keyid"] = json!(office().public().id().to_string());
    for (body, code) in [
        (forged.to_string(), "SIGNATURE_INVALID"),
        ("{}".into(), "MISSING_MEMBER"),
        ("[]".into(), "SHAPE"),
        (r#"{"keyid":"00","sig":""}"#.into(), "SIGNATURE_FORM"),
        ("no".into(), "NOT_JSON"),
    ] {
        server
            .post(&path, body.as_bytes())
            .problem(400, code, &path);
    }
    assert_eq!(get(&server, &id)["signatures"], json!([]));
    assert_eq!(size(&server), 1);
}

#[test]
fn what_is_malformed_or_taken_is_no_draft() {
    let server = Server::founded();
    let (id, body, own) = enrolment_draft(1, &[&office()]);
    taken(&server.post("/v1/drafts", &body), 201);
    // The same bytes again: one draft, with the signatures of both.
    let again = enrolment_draft(1, &[&own]).1;
    let shown = taken(&server.post("/v1/drafts", &again), 200);
    assert_eq!(shown["signatures"].as_array().unwrap().len(), 2);
    // Other bytes under the same id.
    let mut other = enrolment(1).1;
    other["duty"] = json!("maker");
    let other = draft(&id, "key_enrol", &other, &[&office()]);
    let problem = server.post("/v1/drafts", &other);
    problem.problem(409, "CONFLICT", "/v1/drafts");
    assert_eq!(get(&server, &id)["body"].get("duty"), None);
    // An id that is in the ledger.
    let genesis = draft("genesis", "key_enrol", &enrolment(2).1, &[&office()]);
    let problem = server.post("/v1/drafts", &genesis);
    assert_eq!(problem.problem(409, "CONFLICT", "/v1/drafts")["index"], 0);

    let text = String::from_utf8(payload(&body)).unwrap();
    let envelope = |text: String| crate::fixture::sign(text.into_bytes(), &[&office()]);
    for (bytes, code) in [
        (
            envelope(text.replace(ORIGIN, "ledger.example/other")),
            "WRONG_LEDGER",
        ),
        (
            envelope(text.replace("key_enrol", "key_enroll")),
            "UNKNOWN_KIND",
        ),
        (
            envelope(text.replace("\"party\"", "\"partie\"")),
            "UNKNOWN_MEMBER",
        ),
        (envelope(text.replace("REG", "R G")), "ID_FORM"),
        (b"{}".to_vec(), "MISSING_MEMBER"),
        (b"\xff".to_vec(), "NOT_UTF8"),
    ] {
        server
            .post("/v1/drafts", &bytes)
            .problem(400, code, "/v1/drafts");
    }
    let mut undisclosed: Value = serde_json::from_slice(&body).unwrap();
    undisclosed["disclosures"] = json!(["eA"]);
    let problem = server.post("/v1/drafts", undisclosed.to_string().as_bytes());
    assert_eq!(problem.status, 400, "{}", problem.text());
    let large = vec![b' '; 200_000];
    server
        .post("/v1/drafts", &large)
        .problem(413, "TOO_LARGE", "/v1/drafts");
    for (path, status, code) in [
        ("/v1/drafts/none", 404, "NOT_FOUND"),
        ("/v1/drafts/n%20o", 400, "PARAMETER"),
        ("/v1/drafts?state=lost", 400, "PARAMETER"),
        ("/v1/drafts?cursor=AHQ", 400, "PARAMETER"),
    ] {
        let instance = path.split('?').next().unwrap();
        server.get(path).problem(status, code, instance);
    }
}

/// The founding of a ledger by 16 keys, all of which sign at once.
#[test]
fn sixteen_racing_signers_lose_nothing_and_submit_once() {
    let server = Server::empty();
    let keys: Vec<SigningKey> = (40..56).map(key).collect();
    let parties: Vec<Value> = keys
        .iter()
        .zip(0..)
        .map(|(key, at): (_, u32)| {
            json!({ "party": format!("P{at}"), "role": "office", "public_key": key.public() })
        })
        .collect();
    let body = json!({
        "log_key": log_signer().verifier().to_string(),
        "tag_key": tag_key().commitment(),
        "keys": parties,
    });
    let body = draft("founding", "genesis", &body, &[]);
    let bytes = payload(&body);
    taken(&server.post("/v1/drafts", &body), 201);
    let replies: Vec<Reply> = std::thread::scope(|scope| {
        let threads: Vec<_> = keys
            .iter()
            .map(|key| scope.spawn(|| sign(&server, "founding", key, &bytes)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    for reply in &replies {
        assert!([200, 201].contains(&reply.status), "{}", reply.text());
    }
    let recorded = replies
        .iter()
        .any(|reply| value(reply)["state"] == "submitted");
    assert!(recorded);
    assert_eq!(size(&server), 1);
    let shown = get(&server, "founding");
    assert_eq!(
        (&shown["state"], &shown["entry"]),
        (&json!("submitted"), &json!(0))
    );
    assert_eq!(shown["signatures"].as_array().unwrap().len(), 16);
    let entry = server.get("/v1/entries/0").json();
    let entry: Value = serde_json::from_str(entry["entry"].as_str().unwrap()).unwrap();
    assert_eq!(
        entry["envelope"]["signatures"].as_array().unwrap().len(),
        16
    );
}

#[test]
fn a_refusal_on_completion_stays_with_the_draft() {
    let server = Server::founded();
    let (id, body, own) = enrolment_draft(1, &[&office(), &regulator()]);
    let bytes = payload(&body);
    taken(&server.post("/v1/drafts", &body), 201);
    // Meanwhile the key is enrolled by another transaction.
    let other = {
        let (_, body, key) = enrolment(1);
        submission(
            "other",
            "key_enrol",
            TODAY,
            &body,
            &[&office(), &regulator(), &key],
        )
    };
    assert_eq!(server.submit(&other).status, 201);
    let shown = get(&server, &id);
    assert_eq!(shown["state"], "open");
    assert_eq!(shown["verdict"]["passes"], false);
    assert_eq!(shown["verdict"]["refusals"][0]["code"], "ID_TAKEN");

    let path = format!("/v1/drafts/{id}/signatures");
    let problem = sign(&server, &id, &own, &bytes).problem(422, "REFUSED", &path);
    let code = &problem["refusals"][0]["code"];
    assert_eq!(code, "ID_TAKEN");
    let shown = get(&server, &id);
    assert_eq!(shown["state"], "refused");
    assert_eq!(&shown["refused"]["refusals"][0]["code"], code);
    assert!(
        !shown["refused"]["refusals"][0]["message"]["zh"]
            .as_str()
            .unwrap()
            .is_empty()
    );
    assert_eq!(shown["signatures"].as_array().unwrap().len(), 3);
    let listed = server.get("/v1/drafts?state=refused").json();
    assert_eq!(listed["items"][0]["id"], id);
    // Sent again, it is submitted again; and it can be taken back.
    sign(&server, &id, &own, &bytes).problem(422, "REFUSED", &path);
    let path = format!("/v1/drafts/{id}");
    let reply = server.ask("DELETE", &path, Some(&regulator()));
    assert_eq!(reply.json()["withdrawn_by"], "REG");
    assert_eq!(size(&server), 2);
}

#[test]
fn a_draft_expires_by_the_nodes_clock() {
    let clock = clock();
    let config = Config {
        clock: Arc::clone(&clock) as Arc<_>,
        ..config()
    };
    let server = Server::with(config, Limits::default());
    assert_eq!(server.submit(&genesis()).status, 201);
    let (id, body, own) = enrolment_draft(1, &[&office(), &regulator()]);
    let bytes = payload(&body);
    let shown = taken(&server.post("/v1/drafts", &body), 201);
    assert_eq!(shown["created"], shown_at("2022-03-01T10:00:00+08:00"));
    assert_eq!(shown["expires"], shown_at("2022-03-31T10:00:00+08:00"));

    set(&clock, "2022-03-31T09:59:59+08:00");
    assert_eq!(get(&server, &id)["state"], "open");
    set(&clock, "2022-03-31T10:00:00+08:00");
    let shown = get(&server, &id);
    assert_eq!(
        (&shown["state"], &shown["missing"]),
        (&json!("expired"), &json!([]))
    );
    let path = format!("/v1/drafts/{id}/signatures");
    sign(&server, &id, &own, &bytes).problem(409, "DRAFT_CLOSED", &path);
    let path = format!("/v1/drafts/{id}");
    server
        .ask("DELETE", &path, Some(&office()))
        .problem(409, "DRAFT_CLOSED", &path);
    assert_eq!(size(&server), 1);
    // The next draft sweeps it out of the count; 30 days later it is gone.
    let post = |number| {
        taken(
            &server.post("/v1/drafts", &enrolment_draft(number, &[]).1),
            201,
        )
    };
    post(2);
    assert_eq!(get(&server, &id)["state"], "expired");
    let seen = server.ask("GET", &path, Some(&office())).json();
    assert_eq!(seen["disclosures"], json!([]));
    set(&clock, "2022-04-30T10:00:01+08:00");
    post(3);
    server.get(&path).problem(404, "NOT_FOUND", &path);
    assert_eq!(get(&server, "enrol-2")["state"], "expired");
    // The clock may be set back; nothing comes to life again that was swept.
    set(&clock, "2022-03-01T10:00:00+08:00");
    assert_eq!(get(&server, "enrol-2")["state"], "expired");
}

fn set(clock: &FixedClock, at: &str) {
    clock.set(Moment::parse(at).unwrap());
}

fn shown_at(at: &str) -> Value {
    serde_json::to_value(Moment::parse(at).unwrap()).unwrap()
}

#[test]
fn a_draft_is_withdrawn_by_who_posted_or_signed_it() {
    let server = Server::founded();
    let bank = key(8);
    server.put(&key_of("bank-a", Role::Bank, None, &bank));
    let (id, body, _) = enrolment_draft(1, &[&office()]);
    taken(&server.post_with("/v1/drafts", &body, None), 201);
    let path = format!("/v1/drafts/{id}");
    // Not theirs: for who sees it, for who does not, and for nobody.
    for key in [&regulator(), &bank] {
        server
            .ask("DELETE", &path, Some(key))
            .problem(403, "FORBIDDEN", &path);
    }
    server
        .ask("DELETE", &path, None)
        .problem(401, "UNAUTHENTICATED", &path);
    let shown = server.ask("DELETE", &path, Some(&office())).json();
    assert_eq!(shown["state"], "withdrawn");
    assert_eq!(shown["withdrawn_by"], "OFF");
    let sign_path = format!("{path}/signatures");
    sign(&server, &id, &regulator(), &payload(&body)).problem(409, "DRAFT_CLOSED", &sign_path);
    server
        .ask("DELETE", &path, Some(&office()))
        .problem(409, "DRAFT_CLOSED", &path);
    // The id is free again, also for other bytes.
    let mut other = enrolment(1).1;
    other["duty"] = json!("maker");
    let other = draft(&id, "key_enrol", &other, &[&office()]);
    assert_eq!(
        taken(&server.post("/v1/drafts", &other), 201)["state"],
        "open"
    );
}

#[test]
fn a_reader_sees_what_concerns_it() {
    let server = Server::founded();
    let (bank, other) = (key(8), key(9));
    server.put(&key_of("bank-a", Role::Bank, None, &bank));
    server.put(&key_of("bank-b", Role::Bank, None, &other));
    // A further key of bank-a: the bank's old one is waited for.
    let new = key(10);
    let body = json!({ "party": "bank-a", "role": "bank", "public_key": new.public() });
    let body = draft("bank-key", "key_enrol", &body, &[&office()]);
    taken(&server.post("/v1/drafts", &body), 201);
    let (id, enrol, _) = enrolment_draft(1, &[&office()]);
    taken(&server.post("/v1/drafts", &enrol), 201);

    let seen = |key: &SigningKey| -> Vec<String> {
        let list = server.ask("GET", "/v1/drafts", Some(key)).json();
        let items = list["items"].as_array().unwrap();
        items
            .iter()
            .map(|item| item["id"].as_str().unwrap().into())
            .collect()
    };
    assert_eq!(seen(&bank), ["bank-key"]);
    assert_eq!(seen(&other), [""; 0]);
    assert_eq!(seen(&office()), ["bank-key", id.as_str()]);
    let path = "/v1/drafts/bank-key";
    assert_eq!(server.ask("GET", path, Some(&bank)).json()["state"], "open");
    server
        .ask("GET", path, Some(&other))
        .problem(403, "FORBIDDEN", path);
    // What is not there gives them the same answer.
    server
        .ask("GET", "/v1/drafts/none", Some(&other))
        .problem(403, "FORBIDDEN", "/v1/drafts/none");
    server
        .ask("GET", path, None)
        .problem(401, "UNAUTHENTICATED", path);
    server
        .ask("GET", "/v1/drafts", None)
        .problem(401, "UNAUTHENTICATED", "/v1/drafts");
    // Nobody signs what they may not see, not even with a good signature.
    let path = "/v1/drafts/bank-key/signatures";
    let by_bank = signature(&bank, &payload(&body));
    let reply = server.post_with(path, &by_bank, Some(&server.token(&other)));
    reply.problem(403, "FORBIDDEN", path);
    let reply = server.post_with(path, &by_bank, Some(&server.token(&bank)));
    assert_eq!(taken(&reply, 200)["signed_by"], json!(["OFF", "bank-a"]));

    // Pages do not lose any.
    let first = server.get("/v1/drafts?limit=1").json();
    let cursor = first["next"].as_str().unwrap();
    let second = server
        .get(&format!("/v1/drafts?limit=1&cursor={cursor}"))
        .json();
    assert_eq!(first["items"][0]["id"], "bank-key");
    assert_eq!(second["items"][0]["id"], id);
    assert_eq!(second["items"].as_array().unwrap().len(), 1);
}

#[test]
fn a_transaction_recorded_meanwhile_is_no_draft_any_more() {
    let server = Server::founded();
    let (id, body, _) = enrolment_draft(1, &[&office()]);
    taken(&server.post("/v1/drafts", &body), 201);
    assert_eq!(server.submit(&enrol(1)).status, 201);
    let shown = get(&server, &id);
    assert_eq!(
        (&shown["state"], &shown["entry"]),
        (&json!("submitted"), &json!(1))
    );
    let path = format!("/v1/drafts/{id}");
    let reply = server.ask("DELETE", &path, Some(&office()));
    reply.problem(409, "DRAFT_CLOSED", &path);

    // Another transaction took the id: the draft can never be recorded, and says so.
    let (id, body, own) = enrolment_draft(2, &[&office(), &regulator()]);
    taken(&server.post("/v1/drafts", &body), 201);
    let (_, other, key) = enrolment(3);
    let other = submission(
        &id,
        "key_enrol",
        TODAY,
        &other,
        &[&office(), &regulator(), &key],
    );
    assert_eq!(server.submit(&other).status, 201);
    let shown = get(&server, &id);
    assert_eq!(
        (&shown["state"], &shown["entry"]),
        (&json!("refused"), &json!(2))
    );
    let path = format!("/v1/drafts/{id}/signatures");
    let reply = sign(&server, &id, &own, &payload(&body));
    assert_eq!(reply.problem(409, "CONFLICT", &path)["index"], 2);
}

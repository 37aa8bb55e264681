//! A node killed while eight clients submit keeps every transaction it gave a receipt for.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use fundtrail_demo::HttpTarget;
use fundtrail_model::LogPolicy;
use fundtrail_model::Submission;
use fundtrail_model::note::VerifierKey;
use fundtrail_model::receipt::Receipt;
use fundtrail_scenario::Run;
use fundtrail_tests::{ORIGIN, READY, Scratch};

/// How often the node is killed.
const KILLS: usize = 20;
/// Clients that submit at the same time.
const CLIENTS: usize = 8;

/// A transaction and the receipt that came for it.
struct Receipted {
    id: String,
    receipt: String,
}

#[test]
fn no_receipt_is_lost_by_a_kill() {
    let mut scratch = Scratch::start();
    let run = scratch.play(READY);
    let verifier = VerifierKey::parse(&scratch.node.log_key().unwrap()).unwrap();
    let serial = Arc::new(AtomicU64::new(0));
    let mut all: Vec<Receipted> = Vec::new();
    for round in 0..KILLS {
        let fresh = submit_until_killed(&mut scratch, &run, &serial, round);
        scratch.restart();
        check(&scratch, &verifier, &fresh);
        all.extend(fresh);
    }
    check(&scratch, &verifier, &all);
    let (code, text) = {
        let (url, key) = (scratch.node.url.clone(), scratch.node.log_key().unwrap());
        scratch.fundtrail(&["audit", "--node", &url, "--log-key", &key])
    };
    assert_eq!(code, 0, "{text}");
    println!("{KILLS} kills, {} receipts given, 0 lost", all.len());
    assert!(
        all.len() > KILLS,
        "the clients hardly got a receipt: {}",
        all.len()
    );
}

fn submit_until_killed(
    scratch: &mut Scratch,
    run: &Run,
    serial: &Arc<AtomicU64>,
    round: usize,
) -> Vec<Receipted> {
    let (killed, receipts) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(Mutex::new(Vec::new())),
    );
    let drafts: Vec<Vec<(String, Submission)>> = (0..CLIENTS)
        .map(|_| (0..200).map(|_| minutes(run, serial)).collect())
        .collect();
    let clients: Vec<_> = drafts
        .into_iter()
        .map(|mine| {
            let (killed, receipts) = (Arc::clone(&killed), Arc::clone(&receipts));
            let url = scratch.node.url.clone();
            thread::spawn(move || submit(&url, mine, &killed, &receipts))
        })
        .collect();
    // A different moment each round, from before the first commit to well into the flow.
    thread::sleep(Duration::from_millis(5 + 23 * round as u64));
    scratch.node.kill().unwrap();
    killed.store(true, Ordering::SeqCst);
    for client in clients {
        client.join().unwrap();
    }
    Arc::into_inner(receipts).unwrap().into_inner().unwrap()
}

fn submit(
    url: &str,
    mine: Vec<(String, Submission)>,
    killed: &AtomicBool,
    receipts: &Mutex<Vec<Receipted>>,
) {
    let client = HttpTarget::new(url, ORIGIN);
    for (id, submission) in mine {
        if killed.load(Ordering::SeqCst) {
            return;
        }
        let Ok((status, text)) = client.post("/v1/transactions", submission.to_json().as_bytes())
        else {
            return;
        };
        assert_eq!(status, 201, "{text}");
        let answer: serde_json::Value = serde_json::from_str(&text).unwrap();
        let receipt = answer["receipt"].as_str().unwrap().to_owned();
        receipts.lock().unwrap().push(Receipted { id, receipt });
    }
}

/// The cheapest honest transaction: the manager files minutes.
fn minutes(run: &Run, serial: &AtomicU64) -> (String, Submission) {
    let id = format!("minutes-{}", serial.fetch_add(1, Ordering::SeqCst));
    assert!(run.shadow().size() > 0);
    let submission = fundtrail_tests::minutes(&id);
    (id, submission)
}

fn check(scratch: &Scratch, verifier: &VerifierKey, receipted: &[Receipted]) {
    let client = scratch.client();
    let policy = LogPolicy::of_log(verifier.clone()).unwrap();
    for one in receipted {
        let path = format!("/v1/transactions/{}", one.id);
        let (status, text) = client.get(&path, "text/plain").unwrap();
        assert_eq!(status, 200, "{} had a receipt and is lost", one.id);
        assert_eq!(text, one.receipt, "{} has another receipt now", one.id);
        let receipt = Receipt::parse(one.receipt.as_bytes()).unwrap();
        receipt.verify_self_contained(&policy).unwrap();
    }
}

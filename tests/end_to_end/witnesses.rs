//! Witnesses of ours: what they cosign is what is published, and a ledger with two
//! histories gets no further than the first.

use fundtrail_demo::{HttpTarget, Node};
use fundtrail_model::note::Note;
use fundtrail_model::receipt::Receipt;
use fundtrail_tests::{ORIGIN, binary};

use fundtrail_tests::watched::{
    Witness, checkpoint, copy, fund, ok, record, size, table, until, watch,
};

#[test]
fn two_witnesses_cosign_what_is_published() {
    let (mut scratch, run) = fund();
    let (one, two) = (
        Witness::start(&scratch, "one"),
        Witness::start(&scratch, "two"),
    );
    let policy = watch(&mut scratch, &[(&one.key, &one.url), (&two.key, &two.url)]);
    let before = run.shadow().size();
    let node = scratch.client();
    until("what was there is cosigned", || {
        size(&node, &policy) == Some(before)
    });

    let at_once = record(&node, "minutes-1");
    let note = Receipt::parse(at_once.as_bytes())
        .unwrap()
        .checkpoint()
        .to_owned();
    let lines = Note::parse(note.as_bytes()).unwrap().signatures().len();
    assert!((1..=3).contains(&lines), "the log's line at least");
    let url = scratch.node.url.clone();
    let words = [
        "receipt",
        "fetch",
        "minutes-1",
        "--node",
        &url,
        "--out",
        "r",
    ];
    let text =
        ok(scratch.fundtrail(&[&words[..], &["--policy", "policy", "--wait", "30"]].concat()));
    assert!(text.contains("2 witnesses cosigned"), "{text}");
    ok(scratch.fundtrail(&["receipt", "verify", "r", "--policy", "policy"]));
    until("the newest is cosigned", || {
        size(&node, &policy) == Some(before + 1)
    });
    let published = checkpoint(&node);
    let note = Note::parse(published.as_bytes()).unwrap();
    let names: Vec<&str> = note.signatures().iter().map(|line| line.name()).collect();
    assert_eq!(names.len(), 3);
    assert!(names.contains(&"witness.test/one") && names.contains(&"witness.test/two"));

    // Every receipt there is, also of the time before the witnesses.
    for index in 0..=before {
        let (_, text) = node
            .get(&format!("/v1/entries/{index}"), "text/plain")
            .unwrap();
        let receipt = Receipt::parse(text.as_bytes()).unwrap();
        receipt.verify_self_contained(&policy).unwrap();
    }
    // Somebody who also trusts a witness that never saw the log is not content.
    let strict = scratch.folder().join("strict");
    let stranger = Witness::start(&scratch, "stranger");
    let text = std::fs::read_to_string(scratch.folder().join("policy")).unwrap();
    let text = text
        .replace(
            "group all-of-them",
            &format!("witness w9 {}\ngroup all-of-them", stranger.key),
        )
        .replace("all w0", "all w9 w0");
    std::fs::write(strict, text).unwrap();
    let (code, text) = scratch.fundtrail(&["receipt", "verify", "r", "--policy", "strict"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("CHECKPOINT_QUORUM"), "{text}");

    // It all is there after a restart, without anybody being asked again.
    let published = checkpoint(&node);
    scratch.restart();
    assert_eq!(checkpoint(&scratch.client()), published);
}

#[test]
fn work_goes_on_without_a_witness_and_what_is_published_waits() {
    let (mut scratch, run) = fund();
    let (one, mut two) = (
        Witness::start(&scratch, "one"),
        Witness::start(&scratch, "two"),
    );
    let policy = watch(&mut scratch, &[(&one.key, &one.url), (&two.key, &two.url)]);
    let before = run.shadow().size();
    let node = scratch.client();
    until("what was there is cosigned", || {
        size(&node, &policy) == Some(before)
    });

    two.stop();
    for number in 0..5 {
        record(&node, &format!("minutes-{number}"));
    }
    until("the node noticed, and the other goes on", || {
        let items = table(&node)["items"].clone();
        let is_gone = items[1]["failure"] == "WITNESS_UNREACHABLE";
        is_gone && items[0]["cosigned"].as_u64() > Some(before)
    });
    let items = table(&node)["items"].clone();
    let (one_state, two_state) = (&items[0], &items[1]);
    assert_eq!(one_state["failure"], serde_json::Value::Null);
    assert_eq!(
        (&two_state["cosigned"], &two_state["fatal"]),
        (&before.into(), &false.into())
    );
    assert_eq!(
        size(&node, &policy),
        Some(before),
        "what is published waits"
    );
    assert_eq!(table(&node)["size"], before + 5);
    let (_, text) = node
        .get("/v1/transactions/minutes-4", "text/plain")
        .unwrap();
    let alone = Receipt::parse(text.as_bytes()).unwrap();
    let refused = alone.verify_self_contained(&policy).unwrap_err();
    assert_eq!(refused.code(), "CHECKPOINT_QUORUM");

    two.serve();
    until("it catches up", || size(&node, &policy) == Some(before + 5));
    let (_, text) = node
        .get("/v1/transactions/minutes-4", "text/plain")
        .unwrap();
    Receipt::parse(text.as_bytes())
        .unwrap()
        .verify_self_contained(&policy)
        .unwrap();
}

#[test]
fn a_second_history_gets_no_cosignature() {
    let (mut scratch, run) = fund();
    let mut one = Witness::start(&scratch, "one");
    let policy = watch(&mut scratch, &[(&one.key, &one.url)]);
    let before = run.shadow().size();
    until("what was there is cosigned", || {
        size(&scratch.client(), &policy) == Some(before)
    });
    // The same ledger, the same key, twice.
    scratch.node.kill().unwrap();
    let fork = scratch.folder().join("fork");
    copy(&scratch.node.data, &fork);
    scratch.restart();
    let node = scratch.client();
    for number in 0..3 {
        record(&node, &format!("minutes-{number}"));
    }
    until("the first history is cosigned", || {
        size(&node, &policy) == Some(before + 3)
    });

    let start = || Node::start(&binary("fundtraild"), &fork, "127.0.0.1:0");
    let not_started = |code: &str| {
        let why = start().unwrap_err().to_string();
        assert!(why.contains(code), "{why}");
    };
    not_started("SHORTER_THAN_KNOWN");
    // While the witness is away nobody is held up. When it is there again it is heard.
    one.stop();
    let mut other = start().unwrap();
    let client = HttpTarget::new(&other.url, ORIGIN);
    record(&client, "other-minutes-0");
    one.serve();
    await_fatal(&client, "WITNESS_AHEAD");
    assert_eq!(size(&client, &policy), Some(before));
    await_halt(&client, "SHORTER_THAN_KNOWN");
    other.kill().unwrap();

    // As long as the first one, and longer.
    one.stop();
    let mut other = start().unwrap();
    let client = HttpTarget::new(&other.url, ORIGIN);
    for number in 1..5 {
        record(&client, &format!("other-minutes-{number}"));
    }
    one.serve();
    await_fatal(&client, "WITNESS_REFUSED_PROOF");
    await_halt(&client, "DIFFERS_FROM_KNOWN");
    assert_eq!(size(&client, &policy), Some(before), "it convinces nobody");
    let (_, text) = client.get("/metrics", "text/plain").unwrap();
    assert!(
        text.contains("fundtrail_witness_fatal{witness=\"w0\"} 1\n"),
        "{text}"
    );
    other.kill().unwrap();
    not_started("DIFFERS_FROM_KNOWN");
    // The witness keeps what convicts the log.
    let evidence = one.shown(&scratch)["logs"][0]["evidence"].clone();
    assert!(!evidence.as_array().unwrap().is_empty(), "{evidence}");

    // The first history is none the worse for it.
    record(&node, "minutes-3");
    until("it goes on", || size(&node, &policy) == Some(before + 4));
}

#[track_caller]
fn await_fatal(node: &HttpTarget, code: &str) {
    until(code, || table(node)["items"][0]["fatal"] == true);
    assert_eq!(table(node)["items"][0]["failure"], code);
}

#[track_caller]
fn await_halt(node: &HttpTarget, code: &str) {
    let (status, text) = node.get("/readyz", "application/json").unwrap();
    assert!(status == 503 && text.contains(code), "{text}");
}

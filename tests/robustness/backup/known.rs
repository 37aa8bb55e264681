//! What others know: a kept checkpoint or receipt, and witnesses. A ledger that is shorter or
//! another one is neither put back nor served, and one that forks is stopped.

use std::fs;

use fundtrail_demo::{HttpTarget, Node};
use fundtrail_merkle::NodeId;
use fundtrail_model::LogPolicy;
use fundtrail_model::port::{Batch, Commit, Table};
use fundtrail_store::Store;
use fundtrail_tests::{ORIGIN, READY, binary};

use super::bench::{
    back_up, beside, fund, ledger, minutes, not_started, put_back, ready, record_restoring,
    refused, restored,
};
use fundtrail_tests::watched::{Witness, checkpoint, copy, record, size, until, watch};

/// What a restoring warns of that was held against nothing.
const UNCOMPARED: &str = "RESTORE_UNCOMPARED";

#[test]
fn a_kept_checkpoint_or_receipt_says_that_a_ledger_is_shorter_or_another() {
    let (mut scratch, _) = fund();
    let (older, older_size) = back_up(&scratch);
    let fork = scratch.folder().join("fork");
    scratch.node.kill().unwrap();
    copy(&scratch.node.data, &fork);
    scratch.restart();
    let kept = scratch.folder().join("kept");
    fs::create_dir(&kept).unwrap();
    let before = checkpoint(&scratch.client());
    fs::write(kept.join("before"), &before).unwrap();
    let receipt = record(&scratch.client(), "minutes-1");
    let after = checkpoint(&scratch.client());
    fs::write(kept.join("receipt"), &receipt).unwrap();
    let newer = back_up(&scratch).0;
    scratch.node.kill().unwrap();
    let data = scratch.folder().join("new");
    let known = kept.to_str().unwrap();
    let from = |folder: &std::path::Path| folder.to_str().unwrap().to_owned();

    // Shorter than a receipt says, with both sizes.
    let words = ["--from", &from(&older), "--known", known];
    let text = refused(&scratch, &data, &words, "SHORTER_THAN_KNOWN");
    let sizes = [
        format!("knows {} entries", older_size + 1),
        format!("has {older_size}"),
    ];
    assert!(sizes.iter().all(|size| text.contains(size)), "{text}");
    // Long enough with the newer one.
    let said = restored(
        &scratch,
        &data,
        &["--from", &from(&newer), "--known", known],
    );
    let agree = "held against 2 kept checkpoints or receipts: they agree";
    assert!(said.contains(agree) && !said.contains(UNCOMPARED), "{said}");
    fs::remove_dir_all(&data).unwrap();
    fs::remove_file(beside(&data, ".ledger_restore.json")).unwrap();
    // What is no checkpoint of this log is not passed over.
    fs::write(kept.join("other"), b"not a note\n").unwrap();
    let words = ["--from", &from(&newer), "--known", known];
    refused(&scratch, &data, &words, "KNOWN_UNREADABLE");
    fs::remove_file(kept.join("other")).unwrap();

    // The same ledger with another history, of the same length and longer.
    let config = fork.join("fundtraild.toml");
    let plain = fs::read_to_string(&config).unwrap();
    let other = Node::start(&binary("fundtraild"), &fork, "127.0.0.1:0").unwrap();
    record(&HttpTarget::new(&other.url, ORIGIN), "other-1");
    record(&HttpTarget::new(&other.url, ORIGIN), "other-2");
    drop(other);
    let line = |path: &std::path::Path| format!("known = {:?}\n", path.to_str().unwrap());
    fs::write(&config, format!("{}{plain}", line(&kept))).unwrap();
    assert!(not_started(&fork).contains("DIFFERS_FROM_KNOWN"));
    fs::write(kept.join("after"), &after).unwrap();
    assert!(not_started(&fork).contains("DIFFERS_FROM_KNOWN"));
    // An older copy, served again.
    let own = ledger(&scratch);
    fs::rename(&own, beside(&own, ".own")).unwrap();
    let config = scratch.node.data.join("fundtraild.toml");
    let plain = fs::read_to_string(&config).unwrap();
    let said = restored(&scratch, &own, &["--from", &from(&older)]);
    assert!(said.contains(UNCOMPARED), "{said}");
    fs::write(&config, format!("{}{plain}", line(&kept))).unwrap();
    let text = not_started(&scratch.node.data);
    assert!(text.contains("SHORTER_THAN_KNOWN"), "{text}");
    // And a new, empty one, which a lost mount would make.
    fs::rename(&own, beside(&own, ".older")).unwrap();
    let text = not_started(&scratch.node.data);
    assert!(text.contains("SHORTER_THAN_KNOWN"), "{text}");
    fs::remove_dir_all(&own).unwrap();
    fs::rename(beside(&own, ".own"), &own).unwrap();
    scratch.restart();
    assert_eq!(ready(&scratch).0, 200);
}

#[test]
fn witnesses_know_that_a_ledger_is_shorter_and_stop_one_that_forks() {
    let (mut scratch, run) = fund();
    let mut one = Witness::start(&scratch, "one");
    let policy = watch(&mut scratch, &[(&one.key, &one.url)]);
    let before = run.shadow().size();
    until("what was there is cosigned", || {
        size(&scratch.client(), &policy) == Some(before)
    });
    let (older, _) = back_up(&scratch);
    scratch.node.kill().unwrap();
    let fork = scratch.folder().join("fork");
    copy(&scratch.node.data, &fork);
    scratch.restart();
    for number in 0..3 {
        record(&scratch.client(), &format!("minutes-{number}"));
    }
    until("the newest is cosigned", || {
        size(&scratch.client(), &policy) == Some(before + 3)
    });
    let (newer, newer_size) = back_up(&scratch);

    // A backup of before is not put back, nor is the copy served, while the witness answers.
    let (older, newer) = (older.to_str().unwrap(), newer.to_str().unwrap());
    let data = scratch.folder().join("new");
    let text = refused(&scratch, &data, &["--from", older], "SHORTER_THAN_KNOWN");
    assert!(
        text.contains(&format!("knows {} entries", before + 3)),
        "{text}"
    );
    let text = not_started(&fork);
    assert!(
        text.contains("SHORTER_THAN_KNOWN") && text.contains(&format!("has {before}")),
        "{text}"
    );

    // While it does not, nobody is held up; once it does, the fork is stopped.
    one.stop();
    let other = Node::start(&binary("fundtraild"), &fork, "127.0.0.1:0").unwrap();
    let client = HttpTarget::new(&other.url, ORIGIN);
    for number in 0..5 {
        record(&client, &format!("other-{number}"));
    }
    one.serve();
    let code = || {
        let (status, text) = client.get("/readyz", "application/json").unwrap();
        let problem: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        (
            status,
            problem["code"].as_str().unwrap_or_default().to_owned(),
        )
    };
    until("the fork is stopped", || {
        code() == (503, "DIFFERS_FROM_KNOWN".to_owned())
    });
    let (_, metrics) = client.get("/metrics", "text/plain").unwrap();
    for line in [
        "fundtrail_halted{code=\"DIFFERS_FROM_KNOWN\"} 1\n",
        "fundtrail_open 0\n",
        "fundtrail_witness_fatal{witness=\"w0\"} 1\n",
    ] {
        assert!(metrics.contains(line), "{line} {metrics}");
    }
    let sent = fundtrail_tests::minutes("other-more").to_json();
    let (status, text) = client.post("/v1/transactions", sent.as_bytes()).unwrap();
    assert!(
        status == 503 && text.contains("DIFFERS_FROM_KNOWN"),
        "{text}"
    );
    // What it has is still read.
    assert_eq!(
        client
            .get("/v1/transactions/other-4", "text/plain")
            .unwrap()
            .0,
        200
    );
    drop(other);
    assert!(not_started(&fork).contains("DIFFERS_FROM_KNOWN"));

    // The first history goes on, and comes back from its newest backup as the witness knows it.
    record(&scratch.client(), "minutes-3");
    until("it goes on", || {
        size(&scratch.client(), &policy) == Some(before + 4)
    });
    scratch.node.kill().unwrap();
    let text = refused(&scratch, &data, &["--from", newer], "SHORTER_THAN_KNOWN");
    assert!(text.contains(&format!("has {newer_size}")), "{text}");
    scratch.restart();
    let (newest, size_then) = back_up(&scratch);
    // It says who knows the ledger, and warns where nobody was there to ask.
    let newest = newest.to_str().unwrap();
    one.stop();
    let said = restored(&scratch, &data, &["--from", newest]);
    let silent = "the witness w0 does not say whether it knows this ledger";
    assert!(said.contains(silent) && said.contains(UNCOMPARED), "{said}");
    one.serve();
    let said = put_back(&mut scratch, &["--from", newest]);
    let knows = "the witness w0 knows this ledger";
    assert!(said.contains(knows) && !said.contains(UNCOMPARED), "{said}");
    scratch.restart();
    assert_eq!(minutes(&scratch, "too-early").0, 503);
    assert_eq!(record_restoring(&scratch), size_then);
    until("the witness follows", || {
        size(&scratch.client(), &policy) == Some(size_then + 1)
    });
}

#[test]
fn witnesses_know_that_an_empty_directory_is_a_lost_ledger() {
    let (mut scratch, run) = fund();
    let mut one = Witness::start(&scratch, "one");
    let policy = watch(&mut scratch, &[(&one.key, &one.url)]);
    let before = run.shadow().size();
    until("what was there is cosigned", || {
        size(&scratch.client(), &policy) == Some(before)
    });
    scratch.node.kill().unwrap();
    // As when its disk is not mounted.
    let own = ledger(&scratch);
    fs::rename(&own, beside(&own, ".own")).unwrap();
    let text = not_started(&scratch.node.data);
    let words = [
        "SHORTER_THAN_KNOWN".to_owned(),
        format!("knows {before} entries"),
        "has 0".to_owned(),
    ];
    assert!(words.iter().all(|word| text.contains(word)), "{text}");

    // A witness that knows the log and never cosigned for it keeps nobody from founding one.
    one.stop();
    let two = Witness::start(&scratch, "two");
    let path = scratch.node.data.join("witnesses.policy");
    let text = fs::read_to_string(&path).unwrap();
    let text = text.replace(&one.key, &two.key).replace(&one.url, &two.url);
    fs::write(&path, &text).unwrap();
    let policy = LogPolicy::parse(&text).unwrap();
    scratch.restart();
    // Twice, because it cosigned the empty tree the first time.
    scratch.restart();
    let founded = scratch.play(READY).shadow().size();
    until("it follows from the first entry", || {
        size(&scratch.client(), &policy) == Some(founded)
    });
}

#[test]
fn a_ledger_that_cannot_be_compared_with_what_was_kept_is_not_served() {
    let (mut scratch, run) = fund();
    let before = run.shadow().size();
    let kept = scratch.folder().join("kept");
    fs::write(&kept, checkpoint(&scratch.client())).unwrap();
    // More than recovery looks at.
    for number in 0..300 {
        record(&scratch.client(), &format!("minutes-{number}"));
    }
    scratch.node.kill().unwrap();
    let level = u8::try_from(before.trailing_zeros()).unwrap();
    let index = (before >> level) - 1;
    let store = Store::open(&ledger(&scratch)).unwrap();
    let mut batch = Batch::default();
    batch.delete(Table::Nodes, NodeId { level, index }.key());
    store.writer().unwrap().commit(&batch).unwrap();
    drop(store);
    // Recovery does not miss it; whoever knows the tree of that size does.
    scratch.restart();
    scratch.node.kill().unwrap();
    let config = scratch.node.data.join("fundtraild.toml");
    let plain = fs::read_to_string(&config).unwrap();
    fs::write(&config, format!("known = {kept:?}\n{plain}")).unwrap();
    let text = not_started(&scratch.node.data);
    let missing = format!("tree node {level}/{index} is missing");
    assert!(
        text.contains("LEDGER_DAMAGED") && text.contains(&missing),
        "{text}"
    );
}

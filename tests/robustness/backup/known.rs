//! What others know: a kept checkpoint or receipt, and witnesses. A ledger that is shorter or
//! another one is neither put back nor served, and one that forks is stopped.

use std::fs;

use fundtrail_demo::{HttpTarget, Node};
use fundtrail_tests::{ORIGIN, binary};

use super::bench::{
    back_up, beside, fund, ledger, minutes, not_started, put_back, ready, record_restoring,
    refused, restored,
};
use fundtrail_tests::watched::{Witness, checkpoint, copy, record, size, until, watch};

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
    restored(
        &scratch,
        &data,
        &["--from", &from(&newer), "--known", known],
    );
    fs::remove_dir_all(&data).unwrap();
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
    restored(&scratch, &own, &["--from", &from(&older)]);
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
    put_back(&mut scratch, &["--from", newest.to_str().unwrap()]);
    scratch.restart();
    assert_eq!(minutes(&scratch, "too-early").0, 503);
    assert_eq!(record_restoring(&scratch), size_then);
    until("the witness follows", || {
        size(&scratch.client(), &policy) == Some(size_then + 1)
    });
}

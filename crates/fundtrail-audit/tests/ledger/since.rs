//! A log in bad faith, with its own key: what it shows is clean by itself, and only what
//! somebody kept from before convicts it.

use fundtrail_audit::{Check, Continuation, Export, Finding, Kept, Report};
use fundtrail_merkle::{Hash, root_of};
use fundtrail_model::key::SigningKey;
use fundtrail_model::note::NoteSigner;
use serde_json::{Value, json};

use crate::support::{
    Making, ORIGIN, assert_broken, checkpoint, judge, judge_since, judge_with, small,
};

/// The ledger that was shown first: fifteen entries.
fn shown() -> Making {
    let mut making = small();
    making.enrol(30..=34);
    making
}

/// The same ten entries, then other ones: valid, signed and published by the same log.
fn other(entries: u16) -> Export {
    let mut making = small();
    making.enrol(40..=39 + entries);
    making.export()
}

/// What the report says of the kept checkpoint in its two forms, after checking that the
/// ledger alone would pass.
fn convicted(now: &Export, kept: &Kept) -> (Report, Value) {
    let alone = judge(now);
    assert!(alone.is_clean(), "{alone}");
    let report = judge_since(now, kept);
    assert!(!report.is_clean());
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["clean"], false);
    (report, json["since"].clone())
}

fn only(report: &Report) -> &Finding {
    assert_eq!(report.integrity.findings.total(), 1, "{report}");
    &report.integrity.findings.first()[0]
}

#[test]
fn entries_cut_off_and_the_rest_signed_anew() {
    let shown = shown();
    let mut cut = shown.export();
    cut.entries.truncate(12);
    let leaves: Vec<Hash> = cut.leaves().collect();
    cut.checkpoint = checkpoint(12, root_of(&leaves)).into_bytes();

    let kept = shown.export();
    for kept in [
        Kept::of_checkpoint(kept.checkpoint.clone()),
        Kept::of_export(kept),
    ] {
        let (report, since) = convicted(&cut, &kept);
        assert_eq!(
            (only(&report).check, only(&report).index),
            (Check::Truncated, None)
        );
        let root = report.since.kept.unwrap().root.to_hex();
        let expected = json!({ "verdict": "truncated", "size": 15, "root": root, "entry": 12 });
        assert_eq!(since, expected);
        let text = report.to_string();
        assert!(
            text.contains("TRUNCATED: the kept checkpoint covers 15 entries, only 12 are here")
        );
        assert!(
            text.contains("The first entry that is missing or another one is 12."),
            "{text}"
        );
    }
    // One kept from before the cut cannot know of it.
    let before = judge_with(&cut, &shown.checkpoint_of(12));
    assert!(before.is_clean(), "{before}");
    assert_eq!(before.since.verdict, Continuation::Grew);
}

#[test]
fn two_ledgers_of_one_size_for_two_readers() {
    let shown = shown().export();
    let now = other(5);
    assert_eq!((shown.entries.len(), now.entries.len()), (15, 15));

    let (report, since) = convicted(&now, &Kept::of_checkpoint(shown.checkpoint.clone()));
    assert_eq!(
        (only(&report).check, only(&report).index),
        (Check::Forked, None)
    );
    assert_eq!(
        (&since["verdict"], &since["entry"]),
        (&json!("forked"), &Value::Null)
    );
    assert!(report.truncation().starts_with("FORKED: "), "{report}");

    let (report, since) = convicted(&now, &Kept::of_export(shown));
    assert_eq!(
        (only(&report).check, only(&report).index),
        (Check::Forked, Some(10))
    );
    assert_eq!(
        (&since["verdict"], &since["entry"]),
        (&json!("forked"), &json!(10))
    );
    assert!(
        report
            .to_string()
            .contains("entry 10: FORKED: the log signed two trees of 15 entries")
    );
}

#[test]
fn history_written_anew_and_continued() {
    let shown = shown().export();
    let now = other(9);

    let (report, since) = convicted(&now, &Kept::of_checkpoint(shown.checkpoint.clone()));
    assert_eq!(
        (only(&report).check, only(&report).index),
        (Check::Rewritten, None)
    );
    assert_eq!(
        (&since["verdict"], &since["entry"]),
        (&json!("rewritten"), &Value::Null)
    );

    let (report, since) = convicted(&now, &Kept::of_export(shown));
    assert_eq!(
        (only(&report).check, only(&report).index),
        (Check::Rewritten, Some(10))
    );
    assert_eq!(
        (&since["verdict"], &since["entry"]),
        (&json!("rewritten"), &json!(10))
    );
    let text = report.to_string();
    assert!(
        text.contains("entry 10: REWRITTEN: the first 15 entries are not those"),
        "{text}"
    );
}

#[test]
fn entries_cut_off_and_others_put_before_the_cut() {
    let shown = shown().export();
    let (report, since) = convicted(&other(3), &Kept::of_export(shown));
    let found = report.integrity.findings.first().iter();
    let found: Vec<(Option<u64>, Check)> = found.map(|one| (one.index, one.check)).collect();
    assert_eq!(
        found,
        [(Some(10), Check::Rewritten), (None, Check::Truncated)]
    );
    assert_eq!(
        (&since["verdict"], &since["entry"]),
        (&json!("truncated"), &json!(10))
    );
}

#[test]
fn a_checkpoint_that_the_log_did_not_sign_convicts_nobody() {
    let export = shown().export();
    let stranger = NoteSigner::new(ORIGIN, SigningKey::from_seed(&[5; 32])).unwrap();
    let elsewhere = String::from_utf8(shown().checkpoint_of(5)).unwrap();
    let forged = fundtrail_model::checkpoint::Checkpoint::new(ORIGIN, 20, Hash([7; 32]))
        .unwrap()
        .sign(&stranger)
        .unwrap()
        .to_text();
    for kept in [
        forged,
        elsewhere.replace("\n5\n", "\n6\n"),
        "not a note".into(),
        String::new(),
    ] {
        let report = judge_with(&export, kept.as_bytes());
        assert_broken(&report, &[(None, Check::Kept)]);
        let json = serde_json::to_value(&report).unwrap();
        let expected = json!({ "verdict": "unsigned", "size": null, "root": null, "entry": null });
        assert_eq!(json["since"], expected);
    }
}

#[test]
fn a_signed_checkpoint_of_a_tree_that_never_was_is_a_rewriting() {
    let impossible = checkpoint(5, Hash([7; 32])).into_bytes();
    let report = judge_with(&shown().export(), &impossible);
    assert_broken(&report, &[(None, Check::Rewritten)]);
}

#[test]
fn what_grew_says_since_when() {
    let shown = shown();
    let export = shown.export();
    for size in [1, 9, 10, 15] {
        let report = judge_with(&export, &shown.checkpoint_of(size));
        assert!(report.is_clean(), "{report}");
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(
            (&json["since"]["verdict"], &json["since"]["size"]),
            (&json!("grew"), &json!(size))
        );
    }
    let json = serde_json::to_value(judge(&export)).unwrap();
    assert_eq!(json["since"]["verdict"], "not_given");
    assert!(
        json["truncation"]
            .as_str()
            .unwrap()
            .contains("cannot be excluded")
    );
}

/// An earlier export that was damaged names no entry: its entries are not the log's word.
#[test]
fn damaged_kept_entries_accuse_nobody() {
    let mut kept = shown().export();
    kept.entries[3][20] ^= 1;
    let report = judge_since(&shown().export(), &Kept::of_export(kept.clone()));
    assert!(report.is_clean(), "{report}");
    let report = judge_since(&other(9), &Kept::of_export(kept));
    assert_broken(&report, &[(None, Check::Rewritten)]);
}

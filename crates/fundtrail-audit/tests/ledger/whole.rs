//! A ledger that nobody touched.

use fundtrail_audit::{Progress, Status, Verdict, audit};

use crate::support::{judge, judge_with, policy, small};

#[test]
fn an_honest_ledger_is_clean() {
    let report = judge(&small().export());
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.counts.entries, 10);
    assert_eq!(report.counts.signatures, 3 + 7 * 2 + 2 + 1);
    assert_eq!(report.counts.keys, 3 + 7 + 1);
    assert_eq!(report.counts.kinds["key_enrol"], 7);
    assert_eq!(report.conformity.judged, 10);
    assert_eq!(report.checkpoint, Some(report.computed));
    assert!(
        report
            .conformity
            .invariants
            .iter()
            .all(|one| one.status == Status::Holds),
        "{report}"
    );
}

#[test]
fn without_a_kept_checkpoint_truncation_is_not_excluded() {
    let making = small();
    let without = judge(&making.export());
    assert!(
        without.truncation().contains("cannot be excluded"),
        "{}",
        without.truncation()
    );
    assert!(without.to_string().contains("cannot be excluded"));
    for size in [1, 4, 9, 10] {
        let with = judge_with(&making.export(), &making.checkpoint_of(size));
        assert!(with.is_clean(), "{with}");
        assert!(
            with.truncation()
                .contains(&format!("since the kept checkpoint of {size} entries"))
        );
    }
}

#[test]
fn both_forms_of_the_report_say_the_same() {
    let report = judge(&small().export());
    let text = report.to_string();
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["clean"], true);
    assert_eq!(json["integrity"]["verdict"], "holds");
    assert_eq!(json["conformity"]["verdict"], "holds");
    assert_eq!(
        json["conformity"]["invariants"].as_array().unwrap().len(),
        10
    );
    assert_eq!(json["counts"]["kinds"]["genesis"], 1);
    assert_eq!(json["computed"]["root"], report.computed.root.to_hex());
    assert!(text.contains(&report.computed.root.to_hex()));
    assert!(
        text.contains("INTEGRITY    HOLDS") && text.contains("CONFORMITY   HOLDS"),
        "{text}"
    );
    for limit in json["limits"].as_array().unwrap() {
        assert!(text.contains(limit.as_str().unwrap()));
    }
}

#[test]
fn progress_ends_at_the_number_of_entries() {
    let mut last = None;
    let export = small().export();
    audit(&export, &policy(), None, &mut |progress| {
        last = Some(progress)
    });
    assert_eq!(
        last,
        Some(Progress {
            done: 10,
            total: 10
        })
    );
}

#[test]
fn a_ledger_without_entries_has_the_root_of_the_empty_tree() {
    let empty = fundtrail_audit::Export {
        checkpoint: crate::support::checkpoint(0, fundtrail_merkle::Hash::empty_root())
            .into_bytes(),
        entries: Vec::new(),
    };
    assert_eq!(judge(&empty).integrity.verdict, Verdict::Holds);
}

/// More entries than are taken at a time, so that what is carried over counts.
#[test]
fn a_longer_ledger_is_judged_across_its_pieces() {
    let mut making = small();
    making.enrol(1000..=1300);
    let export = making.export();
    assert!(judge(&export).is_clean());
    for entry in [255, 256, 257, 310] {
        let mut changed = export.clone();
        let last = changed.entries[entry].len() - 3;
        changed.entries[entry][last] ^= 1;
        let report = judge(&changed);
        assert_eq!(
            report.integrity.findings.first()[0].index,
            Some(entry as u64),
            "{report}"
        );
        assert_eq!(report.conformity.judged, entry as u64);
    }
    let mut swapped = export.clone();
    swapped.entries.swap(255, 256);
    let report = judge(&swapped);
    assert_eq!(
        report.integrity.findings.first()[0].index,
        Some(255),
        "{report}"
    );
    assert_eq!(report.conformity.judged, 255);
}

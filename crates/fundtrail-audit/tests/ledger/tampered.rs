//! Bytes changed, entries removed or moved: by somebody without the log's key.

use fundtrail_audit::{Check, Export, Verdict, audit};
use fundtrail_model::LogPolicy;
use fundtrail_model::note::NoteSigner;

use crate::support::{ORIGIN, assert_broken, judge, key, small};

/// Every byte of an entry, turned by one bit.
fn turned(export: &Export, entry: usize) -> impl Iterator<Item = Export> {
    (0..export.entries[entry].len()).map(move |at| {
        let mut changed = export.clone();
        changed.entries[entry][at] ^= 1;
        changed
    })
}

#[test]
fn every_changed_byte_is_found_at_its_entry_or_at_the_next() {
    let export = small().export();
    for (entry, later) in [(1, 2), (8, 9)] {
        for changed in turned(&export, entry) {
            let report = judge(&changed);
            assert_eq!(report.integrity.verdict, Verdict::Broken);
            let first = report.integrity.findings.first();
            assert!(report.integrity.findings.has(Check::Root));
            let at = first.iter().filter_map(|one| one.index).min();
            assert!(at == Some(entry as u64) || at == Some(later), "{report}");
            let judged = report.conformity.judged;
            assert!(judged <= later, "{judged} entries judged beyond a break");
        }
    }
}

#[test]
fn every_changed_byte_of_the_last_entry_is_found() {
    let export = small().export();
    for changed in turned(&export, 9) {
        assert!(judge(&changed).integrity.findings.has(Check::Root));
    }
}

#[test]
fn every_changed_byte_of_the_checkpoint_is_found() {
    let export = small().export();
    for at in 0..export.checkpoint.len() {
        let mut changed = export.clone();
        changed.checkpoint[at] ^= 1;
        let report = judge(&changed);
        assert_broken(&report, &[(None, Check::Checkpoint)]);
        assert_eq!(report.conformity.verdict, Verdict::Holds);
    }
}

#[test]
fn a_deleted_middle_entry_is_found() {
    let mut export = small().export();
    export.entries.remove(6);
    let report = judge(&export);
    assert_broken(
        &report,
        &[
            (Some(6), Check::Index),
            (Some(6), Check::Chain),
            (Some(7), Check::Index),
            (Some(8), Check::Index),
            (None, Check::Size),
        ],
    );
    assert_eq!(report.conformity.verdict, Verdict::Undecided);
    assert_eq!(report.conformity.judged, 6);
}

#[test]
fn two_swapped_entries_are_found() {
    let mut export = small().export();
    export.entries.swap(4, 5);
    assert_broken(
        &judge(&export),
        &[
            (Some(4), Check::Index),
            (Some(4), Check::Chain),
            (Some(5), Check::Index),
            (Some(5), Check::Chain),
            (Some(5), Check::Clock),
            (Some(6), Check::Chain),
            (None, Check::Root),
        ],
    );
}

#[test]
fn a_repeated_entry_is_found() {
    let mut export = small().export();
    let again = export.entries[3].clone();
    export.entries.insert(4, again);
    let report = judge(&export);
    assert!(report.integrity.findings.has(Check::Identity), "{report}");
}

#[test]
fn entries_missing_under_an_honest_checkpoint_are_found() {
    let mut export = small().export();
    export.entries.truncate(7);
    assert_broken(&judge(&export), &[(None, Check::Size)]);
}

#[test]
fn the_wrong_log_key_is_found() {
    let export = small().export();
    let other = NoteSigner::new(ORIGIN, key(201)).unwrap();
    let trust = |signer: &NoteSigner| LogPolicy::of_log(signer.verifier().clone()).unwrap();
    let report = audit(&export, &trust(&other), None, &mut |_| {});
    assert_broken(
        &report,
        &[(None, Check::Checkpoint), (Some(0), Check::LogKey)],
    );

    let elsewhere = NoteSigner::new("fund.example/other", key(200)).unwrap();
    let report = audit(&export, &trust(&elsewhere), None, &mut |_| {});
    assert!(report.integrity.findings.has(Check::Form), "{report}");
    assert_eq!(report.conformity.judged, 0);
}

#[test]
fn what_is_no_entry_is_found() {
    for line in [&b""[..], b"{}", b"\xff", b"null"] {
        let mut export = small().export();
        export.entries[2] = line.to_vec();
        let report = judge(&export);
        assert_eq!(report.integrity.findings.first()[0].index, Some(2));
        assert_eq!(report.integrity.findings.first()[0].check, Check::Form);
    }
}

//! Ledgers made by a dishonest log: chained, hashed and signed anew over what nobody
//! signed, or the regulation does not give.

use fundtrail_audit::{Check, Status, Verdict};
use fundtrail_model::{Alert, Amount, Entry, Figures, Moment, Posting};
use serde_json::json;

use crate::support::{ORIGIN, assert_broken, entries, judge, key, resealed, sign, small};

fn forge(change: impl FnOnce(&mut Vec<Entry>)) -> fundtrail_audit::Report {
    let mut entries = entries(&small().export());
    change(&mut entries);
    judge(&resealed(entries))
}

#[test]
fn an_honest_ledger_resealed_is_the_same() {
    let export = small().export();
    assert_eq!(resealed(entries(&export)), export);
}

#[test]
fn forged_effects_keep_integrity_and_break_conformity() {
    let report = forge(|entries| entries[5].effects.revisions[0].revision += 1);
    assert_eq!(report.integrity.verdict, Verdict::Holds, "{report}");
    assert_eq!(report.conformity.verdict, Verdict::Broken);
    let first = &report.conformity.findings.first()[0];
    assert_eq!((first.index, first.check), (Some(5), Check::Rule));
    assert_eq!(report.conformity.judged, 5);
    assert_eq!(report.counts.entries, 10);
}

#[test]
fn money_out_of_nothing_breaks_conformity() {
    let line = |book: &str, fen| Posting {
        book: book.into(),
        amount: Amount::from_fen(fen),
        balance: Amount::from_fen(fen),
    };
    let report = forge(|entries| {
        entries[4].effects.postings = vec![line("account:main", 100), line("interest", -100)];
    });
    assert_eq!(report.conformity.verdict, Verdict::Broken);
    assert_eq!(report.conformity.findings.first()[0].index, Some(4));
}

#[test]
fn a_suppressed_or_invented_alert_breaks_conformity() {
    let alert = Alert {
        code: "RECONCILE_DIFF".into(),
        article: 8,
        object: "account:main".into(),
        owed_by: "manager".into(),
        due: None,
        figures: Figures::none(),
    };
    let report = forge(|entries| entries[9].effects.alerts.push(alert));
    assert_eq!(report.integrity.verdict, Verdict::Holds);
    assert_eq!(report.conformity.findings.first()[0].index, Some(9));
}

#[test]
fn hash_checks_go_on_after_a_conformity_finding() {
    let mut export = {
        let mut entries = entries(&small().export());
        entries[2].effects.revisions.clear();
        resealed(entries)
    };
    let last = export.entries.len() - 1;
    let at = export.entries[last].len() / 2;
    export.entries[last][at] ^= 1;
    let report = judge(&export);
    assert_eq!(report.conformity.findings.first()[0].index, Some(2));
    assert!(report.integrity.findings.has(Check::Root), "{report}");
    assert_eq!(report.integrity.verdict, Verdict::Broken);
}

#[test]
fn an_entry_left_out_and_the_rest_moved_up_breaks_conformity() {
    // Without the enrolment of key 11 its rotation cannot stand.
    let report = forge(|entries| {
        entries.remove(2);
    });
    assert_broken(&report, &[(Some(7), Check::Key)]);
    assert_eq!(report.conformity.verdict, Verdict::Undecided);
    assert_eq!(report.conformity.judged, 7);
}

#[test]
fn a_payload_changed_under_its_signatures_is_found() {
    let report = forge(|entries| {
        let text = String::from_utf8(entries[3].envelope.payload.clone()).unwrap();
        entries[3].envelope.payload = text.replace("BANK-12", "BANK-99").into_bytes();
    });
    assert_broken(
        &report,
        &[(Some(3), Check::Signature), (Some(3), Check::Signature)],
    );
    assert_eq!(report.conformity.judged, 3);
}

#[test]
fn a_signature_by_a_stranger_is_found() {
    let report = forge(|entries| {
        let payload = entries[3].envelope.payload.clone();
        entries[3].envelope = sign(payload, &[12, 1, 77]).envelope;
    });
    assert_broken(&report, &[(Some(3), Check::Key)]);
}

#[test]
fn a_signature_by_a_revoked_key_is_found() {
    let report = forge(|entries| {
        let body = json!({ "key": key(13).public().id() });
        let payload = json!({
            "ledger": ORIGIN, "id": "late", "kind": "key_revoke", "date": "2021-12-23", "body": body,
        });
        let mut late = entries[9].clone();
        late.envelope = sign(payload.to_string().into_bytes(), &[12]).envelope;
        entries.push(late);
    });
    assert_broken(&report, &[(Some(10), Check::Key)]);
    assert!(
        report.integrity.findings.first()[0]
            .detail
            .contains("which entry 9 revoked")
    );
}

#[test]
fn a_transaction_the_regulation_refuses_breaks_conformity() {
    // A bank enrols its own key without the office.
    let report = forge(|entries| {
        let body = json!({ "party": "BANK-30", "role": "bank", "public_key": key(30).public() });
        let payload = json!({
            "ledger": ORIGIN, "id": "alone", "kind": "key_enrol", "date": "2021-12-23", "body": body,
        });
        let mut alone = entries[9].clone();
        alone.envelope = sign(payload.to_string().into_bytes(), &[30]).envelope;
        entries.push(alone);
    });
    assert_eq!(report.integrity.verdict, Verdict::Holds, "{report}");
    assert_eq!(report.conformity.verdict, Verdict::Broken);
    let first = &report.conformity.findings.first()[0];
    assert_eq!(first.index, Some(10));
    assert!(first.detail.contains("SIG_MISSING"), "{first}");
}

#[test]
fn time_that_goes_back_is_found() {
    let report = forge(|entries| {
        entries[4].recorded = Moment::from_millis(entries[3].recorded.millis() - 1).unwrap();
    });
    assert_broken(&report, &[(Some(4), Check::Clock)]);
    let chain = report
        .conformity
        .invariants
        .iter()
        .find(|one| one.id == "I7")
        .unwrap();
    assert_eq!(chain.status, Status::Broken);
}

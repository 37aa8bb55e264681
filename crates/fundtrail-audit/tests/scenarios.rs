//! Every scenario's ledger is clean to an auditor, whatever the regulation was made to do;
//! and forged effects in one of them are found.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use fundtrail_audit::{Check, Export, Report, Status, Verdict, audit};
use fundtrail_kernel::proofs;
use fundtrail_merkle::Hash;
use fundtrail_model::LogPolicy;
use fundtrail_model::entry::NO_ENTRY;
use fundtrail_model::note::VerifierKey;
use fundtrail_model::{Amount, Entry};
use fundtrail_scenario::{Run, read};

const SCENARIOS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/scenarios");

fn scenarios() -> Vec<PathBuf> {
    let files = fs::read_dir(SCENARIOS).unwrap();
    let files = files.map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.extension().is_some_and(|ending| ending == "scn"))
        .collect()
}

/// Plays a scenario. Gives its ledger and the log's verifier key.
fn play(path: &Path) -> (Export, VerifierKey) {
    let scenario = read(path).unwrap();
    let mut run = Run::alone(&scenario).unwrap();
    for action in &scenario.actions {
        run.play(action, None).unwrap();
    }
    let memory = run.shadow().memory();
    let entry = |index| proofs::entry(memory, index).unwrap().unwrap();
    let checkpoint = proofs::latest_checkpoint(memory).unwrap().unwrap();
    let export = Export {
        checkpoint: checkpoint.note.into_bytes(),
        entries: (0..run.shadow().size()).map(entry).collect(),
    };
    let log_key = VerifierKey::parse(&run.shadow().site().log_key).unwrap();
    (export, log_key)
}

fn judge((export, log_key): &(Export, VerifierKey)) -> Report {
    let policy = LogPolicy::of_log(log_key.clone()).unwrap();
    audit(export, &policy, None, &mut |_| {})
}

#[test]
fn every_scenario_leaves_a_clean_ledger_and_open_duties_are_listed() {
    let mut open = BTreeSet::new();
    let files = scenarios();
    assert!(files.len() > 40, "only {} scenarios", files.len());
    for path in files {
        let report = judge(&play(&path));
        assert!(report.is_clean(), "{}\n{report}", path.display());
        for one in &report.conformity.invariants {
            let duty = ["I8", "I9", "I10"].contains(&one.id);
            assert!(duty || one.status == Status::Holds, "{report}");
        }
        open.extend(report.exceptions().map(|(id, _)| id));
    }
    assert_eq!(open, BTreeSet::from(["I8", "I9", "I10"]));
}

#[test]
fn forged_postings_of_every_movement_are_found_at_their_entry() {
    let (honest, log_key) = play(&Path::new(SCENARIOS).join("life-cycle.scn"));
    let entries: Vec<Entry> = honest
        .entries
        .iter()
        .map(|bytes| Entry::parse(bytes).unwrap())
        .collect();
    let mut movements = 0;
    for (index, entry) in entries.iter().enumerate() {
        if entry.effects.postings.is_empty() {
            continue;
        }
        movements += 1;
        let mut forged = entries.clone();
        for posting in &mut forged[index].effects.postings {
            let fen = Amount::from_fen(posting.amount.fen().signum());
            posting.amount += fen;
            posting.balance += fen;
        }
        let export = Export {
            checkpoint: honest.checkpoint.clone(),
            entries: chained(forged),
        };
        let report = judge(&(export, log_key.clone()));
        // The log could sign this too: it is the replay that must not be fooled.
        assert_eq!(report.integrity.findings.total(), 1, "{report}");
        assert!(report.integrity.findings.has(Check::Root));
        assert_eq!(report.conformity.verdict, Verdict::Broken);
        let first = &report.conformity.findings.first()[0];
        assert_eq!(
            (first.index, first.check),
            (Some(index as u64), Check::Rule)
        );
    }
    assert!(movements > 10, "only {movements} movements");
}

/// The bytes of entries, each with the leaf hash of the one before.
fn chained(entries: Vec<Entry>) -> Vec<Vec<u8>> {
    let mut prev = NO_ENTRY;
    let chain = entries.into_iter().map(|mut entry| {
        entry.prev = prev;
        let bytes = entry.to_bytes();
        prev = Hash::leaf(&bytes);
        bytes
    });
    chain.collect()
}

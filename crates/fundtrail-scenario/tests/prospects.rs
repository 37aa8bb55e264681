//! What a draft is said to bring is what its entry then did: of every entry of every scenario.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use fundtrail_kernel::admission::open_envelope;
use fundtrail_kernel::replay::Replay;
use fundtrail_model::port::{Read as _, Table};
use fundtrail_model::{Amount, Day, Entry, Transaction};
use fundtrail_regulation::obligations::Owed;
use fundtrail_regulation::{Case, Prospect};
use fundtrail_scenario::{Run, read};

const SCENARIOS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/scenarios");

/// What was foretold of each entry of a scenario, without a single signer.
fn foretold(file: &Path) -> Vec<(Entry, Prospect)> {
    let scenario = read(file).unwrap();
    let mut run = Run::alone(&scenario).unwrap();
    for action in &scenario.actions {
        run.play(action, None).unwrap();
    }
    let memory = run.shadow().memory();
    let rows = memory.range(Table::Entries, &[], &[0xff; 9], usize::MAX);
    let mut replay = Replay::new(None).unwrap().leaving_signatures();
    let mut all = Vec::new();
    for (_, bytes) in rows.unwrap() {
        let entry = Entry::parse(&bytes).unwrap();
        let origin = run.shadow().site().origin.clone();
        let (transaction, body) = open_envelope(&entry.envelope, &origin).unwrap();
        let case = Case::new(
            entry.recorded,
            entry.index,
            &transaction,
            &body,
            &entry.findings,
            &[],
            replay.state(),
        )
        .unwrap();
        all.push((entry.clone(), Prospect::of(&case).unwrap()));
        replay.next(&bytes).unwrap().unwrap();
    }
    all
}

fn of(name: &str) -> Vec<(Entry, Prospect)> {
    foretold(&Path::new(SCENARIOS).join(name))
}

#[test]
fn what_is_foretold_comes_true() {
    let files = fs::read_dir(SCENARIOS).unwrap();
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for file in files.map(|file| file.unwrap().path()) {
        if file.extension().is_none_or(|extension| extension != "scn") {
            continue;
        }
        for (entry, prospect) in foretold(&file) {
            let at = (file.file_name(), entry.index);
            assert_eq!(prospect.postings, entry.effects.postings, "{at:?}");
            assert_eq!(prospect.alerts, entry.effects.alerts, "{at:?}");
            *count.entry("entries").or_default() += 1;
            *count.entry("postings").or_default() += prospect.postings.len();
            *count.entry("owed").or_default() += prospect.owed.len();
        }
    }
    println!("{count:?}");
    assert!(
        count["entries"] > 1000 && count["postings"] > 500 && count["owed"] > 50,
        "{count:?}"
    );
}

/// The prospect of the entry of that transaction kind, the n-th of it.
fn nth<'a>(all: &'a [(Entry, Prospect)], kind: &str, n: usize) -> &'a Prospect {
    let is_of = |entry: &Entry| {
        let transaction = Transaction::parse(&entry.envelope.payload).unwrap();
        transaction.kind == kind
    };
    let mut found = all.iter().filter(|(entry, _)| is_of(entry));
    &found.nth(n).unwrap().1
}

fn figure(prospect: &Prospect, name: &str) -> String {
    prospect.figures.get(name).unwrap().to_string()
}

/// S21 and S24 of the reference: 30 % of the loss, at most 1,500,000.00.
#[test]
fn a_claim_shows_the_figures_it_rests_on() {
    let all = of("s21-pure-ip-loan.scn");
    let claim = nth(&all, "claim_submit", 0);
    assert_eq!(claim.amount, Some(Amount::parse("600000.00").unwrap()));
    for (name, value) in [
        ("loss", "2000000.00"),
        ("at_most", "600000.00"),
        ("cap", "1500000.00"),
        ("claimed_before", "0.00"),
        ("expected", "600000.00"),
        ("effective_to", "2023-12-22"),
    ] {
        assert_eq!(figure(claim, name), value, "{name}");
    }
    assert!(claim.postings.is_empty() && claim.alerts.is_empty());
    let payment = nth(&all, "compensation_pay", 0);
    let paid: Vec<String> = payment
        .postings
        .iter()
        .map(|line| line.amount.to_string())
        .collect();
    assert!(paid.contains(&"-600000.00".into()), "{paid:?}");
    assert!(payment.figures.is_empty());
}

/// S64 of the reference: 150,000.00 by 14 October 2022, the 15th working day.
#[test]
fn a_recovery_shows_what_is_to_be_returned_and_until_when() {
    let all = of("s64-return-on-time-and-late.scn");
    let report = nth(&all, "recovery_report", 0);
    let [owed] = report.owed.as_slice() else {
        panic!("{:?}", report.owed);
    };
    assert_eq!(owed.kind, Owed::RecoveryReturn);
    assert_eq!(owed.amount, Some(Amount::parse("150000.00").unwrap()));
    assert_eq!(owed.due, Some(Day::parse("2022-10-14").unwrap()));
    // What answers it owes nothing new, and says when it comes late.
    assert!(nth(&all, "recovery_return", 0).owed.is_empty());
    let late = nth(&all, "recovery_return", 1);
    assert_eq!(late.alerts[0].code, "LATE_RETURN");
}

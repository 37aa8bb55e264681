//! Entries that a backup lacks, or all of them, come back from an export: with the checkpoints
//! that the log had signed after each commit, byte for byte.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use fundtrail_model::LogPolicy;
use fundtrail_model::note::VerifierKey;
use fundtrail_model::port::{Batch, Commit as _, Table};
use fundtrail_model::receipt::Receipt;
use fundtrail_scenario::read_text;
use fundtrail_store::{ReadOnly, Store};
use fundtrail_tests::Scratch;
use fundtrail_tests::watched::record;

use super::bench::{
    back_up, beside, export, fsck, fund, ledger, minutes, put_back, ready, record_restoring,
    refused, restored,
};

const SEALED: &str = "
include setup/defaults.scn
2022-01-11 borrower_register id=registered borrower=$E1 registered_on=2017-06-01 sealed.credit_code=91150203MA0N000164 => recorded
";

/// Entries, and as many commits, that the backup lacks.
const LOST: u64 = 6;

#[test]
fn entries_of_many_commits_come_back_with_their_checkpoints() {
    let (mut scratch, _) = fund();
    let (older, older_size) = back_up(&scratch);
    let receipts: Vec<String> = (0..LOST)
        .map(|number| record(&scratch.client(), &format!("minutes-{number}")))
        .collect();
    let export = export(&scratch);
    let kept = scratch.folder().join("receipt");
    fs::write(&kept, &receipts[5]).unwrap();
    let words = [
        "--from",
        older.to_str().unwrap(),
        "--entries",
        export.to_str().unwrap(),
        "--known",
        kept.to_str().unwrap(),
    ];
    let said = put_back(&mut scratch, &words);
    let size = older_size + LOST;
    assert!(said.contains(&format!("restored {size} entries")), "{said}");
    let (own, lost) = both(&scratch);
    assert_eq!(own.len() as u64, size, "each entry had a commit of its own");
    assert_eq!(own, lost);
    assert_eq!(fsck(&scratch), (0, Vec::new()));

    scratch.restart();
    assert_eq!(record_restoring(&scratch), size);
    assert_eq!(ready(&scratch).0, 200);
    assert_eq!(minutes(&scratch, "afterwards").0, 201);
    holds(&scratch, &receipts);
    scratch.node.stop().unwrap();
    assert_eq!(fsck(&scratch), (0, Vec::new()));
}

#[test]
fn a_whole_ledger_comes_back_from_an_export_and_its_backups_too() {
    let (mut scratch, mut run) = fund();
    let mut target = scratch.client();
    let step = read_text(&fundtrail_tests::scenario_file("inline.scn"), SEALED).unwrap();
    for action in &step.actions {
        let line = run.play(action, Some(&mut target)).unwrap();
        assert!(line.problem.is_none(), "{:?}", line.problem);
    }
    let receipts = vec![record(&scratch.client(), "minutes-1")];
    let size = Receipt::parse(receipts[0].as_bytes()).unwrap().index() + 1;
    let export = export(&scratch);
    let forged = changed(&scratch, &export);
    let words = ["--entries", export.to_str().unwrap()];
    scratch.node.kill().unwrap();
    let data = scratch.folder().join("new");
    let bad = ["--entries", forged.to_str().unwrap()];
    refused(&scratch, &data, &bad, "REBUILD_ENTRIES");

    let sealed = sealed(&scratch);
    let missing = format!("{sealed} particulars are not there (DISCLOSURE_MISSING)");
    let said = put_back(&mut scratch, &words);
    assert!(said.contains(&format!("restored {size} entries")), "{said}");
    assert!(said.contains(&missing), "{said}");
    let (own, lost) = both(&scratch);
    assert_eq!(own, lost);
    // Nothing is wrong but what is documented: an export has nothing of what was sealed.
    let only_missing = (1, vec!["DISCLOSURE_MISSING".to_owned(); sealed]);
    assert_eq!(fsck(&scratch), only_missing);
    scratch.restart();
    assert_eq!(record_restoring(&scratch), size);
    assert_eq!(ready(&scratch).0, 200);
    holds(&scratch, &receipts);

    // A backup of this ledger is a backup, though what was sealed is not in it either.
    let (folder, size) = back_up(&scratch);
    scratch.node.kill().unwrap();
    let said = restored(&scratch, &data, &["--from", folder.to_str().unwrap()]);
    assert!(said.contains(&format!("restored {size} entries")), "{said}");
    assert!(said.contains(&missing), "{said}");

    // That a checkpoint is not there is nothing that a backup alone may say.
    let store = Store::open(&data).unwrap();
    let mut batch = Batch::default();
    batch.delete(Table::Checkpoints, (size - 2).to_be_bytes());
    let mut writer = store.writer().unwrap();
    writer.commit(&batch).unwrap();
    let made = fundtrail_tests::now();
    let holed = scratch.folder().join("holed");
    let (holed, _) = store.back_up(&holed, made).unwrap();
    drop((writer, store));
    let text = refused(
        &scratch,
        &scratch.folder().join("other"),
        &["--from", holed.to_str().unwrap()],
        "RESTORE_DAMAGED",
    );
    assert!(text.contains("CHECKPOINT_MISSING"), "{text}");
}

/// Size and note of every checkpoint of a ledger.
type Notes = BTreeMap<Vec<u8>, Vec<u8>>;

/// The checkpoints of the ledger that was put back, and of the one that it takes the place of.
fn both(scratch: &Scratch) -> (Notes, Notes) {
    let own = ledger(scratch);
    let notes = |path: &Path| {
        let store = ReadOnly::open(path).unwrap();
        let rows = store.read(|read| read.range(Table::Checkpoints, &[], &[0xff; 9], usize::MAX));
        rows.unwrap().into_iter().collect()
    };
    (notes(&own), notes(&beside(&own, ".lost")))
}

/// Each receipt verifies, and the ledger serves the entry that it has.
#[track_caller]
fn holds(scratch: &Scratch, receipts: &[String]) {
    let key = VerifierKey::parse(&scratch.node.log_key().unwrap()).unwrap();
    let policy = LogPolicy::of_log(key).unwrap();
    for text in receipts {
        let given = Receipt::parse(text.as_bytes()).unwrap();
        given.verify_self_contained(&policy).unwrap();
        let path = format!("/v1/entries/{}", given.index());
        let (status, text) = scratch.client().get(&path, "text/plain").unwrap();
        assert_eq!(status, 200, "{text}");
        let served = Receipt::parse(text.as_bytes()).unwrap();
        served.verify_self_contained(&policy).unwrap();
        assert_eq!(served.extra(), given.extra());
    }
}

/// The export with another time in one entry in the middle.
fn changed(scratch: &Scratch, export: &Path) -> PathBuf {
    let forged = scratch.folder().join("forged");
    fundtrail_tests::watched::copy(export, &forged);
    let path = forged.join("entries.ndjson");
    let text = fs::read_to_string(&path).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines[9] = lines[9].replacen("\"recorded\":\"2", "\"recorded\":\"1", 1);
    let other = lines.join("\n") + "\n";
    assert_ne!(text, other);
    fs::write(&path, other).unwrap();
    forged
}

/// How many particulars the ledger of a stopped node has openings of.
fn sealed(scratch: &Scratch) -> usize {
    let store = ReadOnly::open(&scratch.node.data.join("ledger")).unwrap();
    let rows = store.read(|read| read.range(Table::Disclosures, &[], &[0xff; 300], usize::MAX));
    rows.unwrap().len()
}

//! What was wrong beside the entries when a backup was made does not keep it from being put
//! back: it is written anew, or dropped and said. And restoring at one place, again and again.

use std::fs;
use std::path::PathBuf;

use fundtrail_demo::Node;
use fundtrail_model::port::{Batch, Commit as _, Table};
use fundtrail_scenario::read_text;
use fundtrail_store::Store;
use fundtrail_tests::{Scratch, binary};

use super::bench::{back_up, beside, fsck, fund, ledger, put_back, refused, restored};

const SEALED: &str = "
include setup/defaults.scn
2022-01-11 borrower_register id=registered borrower=$E1 registered_on=2017-06-01 sealed.credit_code=91150203MA0N000164 => recorded
";

/// A backup of the ledger of a node that is down, after something was done to it.
fn backup_after(scratch: &Scratch, name: &str, spoil: impl FnOnce(&Store, &mut Batch)) -> PathBuf {
    let store = Store::open(&ledger(scratch)).unwrap();
    let mut batch = Batch::default();
    spoil(&store, &mut batch);
    store.writer().unwrap().commit(&batch).unwrap();
    let folder = scratch.folder().join(name);
    store.back_up(&folder, fundtrail_tests::now()).unwrap().0
}

#[test]
fn what_is_wrong_beside_the_entries_is_written_anew_or_dropped() {
    let (mut scratch, mut run) = fund();
    let mut target = scratch.client();
    let step = read_text(&fundtrail_tests::scenario_file("inline.scn"), SEALED).unwrap();
    for action in &step.actions {
        let line = run.play(action, Some(&mut target)).unwrap();
        assert!(line.problem.is_none(), "{:?}", line.problem);
    }
    scratch.node.kill().unwrap();
    let backup = backup_after(&scratch, "wrong", |store, batch| {
        batch.put(Table::Drafts, b"not-a-draft".to_vec(), b"{}".to_vec());
        batch.put(Table::Refusals, 7_u64.to_be_bytes(), b"{}".to_vec());
        let first = |table| {
            let rows = store.read(|read| read.range(table, &[], &[0xff; 300], 1));
            rows.unwrap().remove(0)
        };
        batch.delete(Table::Ids, first(Table::Ids).0);
        batch.put(Table::Keys, first(Table::Keys).0, b"{}".to_vec());
        let (key, _) = first(Table::Disclosures);
        batch.put(Table::Disclosures, key, b"something else".to_vec());
    });
    let said = put_back(&mut scratch, &["--from", backup.to_str().unwrap()]);
    for line in [
        "2 rows did not follow from the entries, and were written anew or removed",
        "drafts were damaged: all drafts are dropped",
        "refused submissions were damaged: all of them are dropped",
        "1 particulars were not what was sealed, and are dropped",
        "1 particulars are not there (DISCLOSURE_MISSING)",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert_eq!(fsck(&scratch), (1, vec!["DISCLOSURE_MISSING".to_owned()]));

    // A row where no rebuilding writes is not this ledger's, and nobody knows what it means.
    let backup = backup_after(&scratch, "strange", |_, batch| {
        batch.put(Table::Meta, b"strange".to_vec(), b"1".to_vec());
    });
    let data = scratch.folder().join("new");
    let words = ["--from", backup.to_str().unwrap()];
    let text = refused(&scratch, &data, &words, "RESTORE_DAMAGED");
    assert!(text.contains("ROW_UNEXPECTED"), "{text}");
}

#[test]
fn a_second_restoring_is_told_of_the_first_ones_paper_before_it_begins() {
    let (mut scratch, _) = fund();
    let (backup, size) = back_up(&scratch);
    scratch.node.kill().unwrap();
    let data = scratch.folder().join("new");
    let paper = beside(&data, ".ledger_restore.json");
    let words = ["--from", backup.to_str().unwrap()];
    // With a `/` behind it, it is the same place.
    let slashed = scratch.folder().join("new/");
    let said = restored(&scratch, &slashed, &words);
    assert!(said.contains(&format!("restored {size} entries")), "{said}");
    let written = fs::read(&paper).unwrap();
    assert!(!data.join(".restoring").exists() && !data.join(".ledger_restore.json").exists());
    for place in [&data, &slashed] {
        fs::remove_dir_all(&data).ok();
        let text = refused(&scratch, place, &words, "DATA_EXISTS");
        assert!(text.contains("new.ledger_restore.json"), "{text}");
        assert_eq!(fs::read(&paper).unwrap(), written, "it is as it was");
    }
    fs::remove_file(&paper).unwrap();
    restored(&scratch, &data, &words);
    assert!(paper.exists());
    // What is refused leaves no paper.
    let other = scratch.folder().join("other");
    let nothing = scratch.folder().join("nothing");
    let words = ["--from", nothing.to_str().unwrap()];
    refused(&scratch, &other, &words, "BACKUP_NOT_WHOLE");
    assert!(!beside(&other, ".ledger_restore.json").exists());
}

#[test]
fn a_directory_for_backups_that_is_made_is_durable_before_a_backup_is_answered() {
    let (mut scratch, _) = fund();
    scratch.node.kill().unwrap();
    let data = scratch.node.data.clone();
    let config = data.join("fundtraild.toml");
    let settings = fs::read_to_string(&config).unwrap();
    let nested = settings.replace("\"backups\"", "\"away/backups\"");
    assert_ne!(nested, settings);
    fs::write(&config, nested).unwrap();
    let (script, trace) = (
        scratch.folder().join("traced.sh"),
        scratch.folder().join("trace"),
    );
    let words = format!(
        "#!/bin/sh\nexec strace -D -f -y -s 0 -e trace=fsync,fdatasync -o '{}' '{}' \"$@\"\n",
        trace.display(),
        binary("fundtraild").display()
    );
    fs::write(&script, words).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    fs::set_permissions(&script, mode).unwrap();
    scratch.node = Node::start(&script, &data, "127.0.0.1:0").unwrap();
    let (folder, _) = back_up(&scratch);
    assert!(folder.starts_with(data.join("away/backups")), "{folder:?}");
    let _ = scratch.node.kill();
    let trace = fs::read_to_string(&trace).unwrap();
    for parent in [&data, &data.join("away"), &data.join("away/backups")] {
        let synced = format!("<{}>", parent.display());
        assert!(trace.contains(&synced), "{synced} is not in\n{trace}");
    }
}

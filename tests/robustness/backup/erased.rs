//! What was erased stays erased when a backup of before comes back with the entries since.

use std::fs;
use std::path::Path;

use fundtrail_model::port::Table;
use fundtrail_model::receipt::Receipt;
use fundtrail_model::{Entry, Submission};
use fundtrail_scenario::{read_text, sign};
use fundtrail_store::ReadOnly;
use fundtrail_tests::ORIGIN;
use serde_json::json;

use super::bench::{
    back_up, export, fsck, fund, ledger, put_back, ready, record_restoring, refused, sent, submit,
};

const NAME: &str = "鄂尔多斯备份试验有限公司";
const SEALED: &str = "
include setup/defaults.scn
2022-01-11 borrower_register id=registered borrower=$E1 registered_on=2017-06-01 sealed.credit_code=91150203MA0N000164 sealed.name=鄂尔多斯备份试验有限公司 => recorded
";

/// Who registers a borrower.
const SIGNERS: [&str; 2] = ["bank-a/maker", "manager/maker"];

#[test]
fn erased_particulars_stay_erased() {
    let (mut scratch, mut run) = fund();
    let mut target = scratch.client();
    let step = read_text(&fundtrail_tests::scenario_file("inline.scn"), SEALED).unwrap();
    for action in &step.actions {
        let line = run.play(action, Some(&mut target)).unwrap();
        assert!(line.problem.is_none(), "{:?}", line.problem);
    }
    let path = "/v1/transactions/registered/particulars";
    let particulars = || scratch.client().get(path, "application/json").unwrap();
    assert!(particulars().1.contains(NAME));
    let (older, older_size) = back_up(&scratch);

    let body = json!({"of": "registered", "decision": "00".repeat(32)});
    let (status, answer) = submit(
        &scratch,
        "erasing",
        "particulars_erase",
        "2022-03-01",
        body,
        &["OFF"],
    );
    assert_eq!(status, 201, "{answer}");
    assert!(!particulars().1.contains(NAME));
    let (newer, _) = back_up(&scratch);
    // What the older one has still, and the newer one not any more: the name and the code.
    let left = disclosed(&newer);
    let erased: Vec<Vec<u8>> = disclosed(&older)
        .into_iter()
        .filter(|one| !left.contains(one))
        .collect();
    assert_eq!(erased.len(), 2);
    // In an opening the salt stands here, which no compression makes shorter.
    let needles: Vec<&[u8]> = erased.iter().map(|one| &one[8..26]).collect();
    for needle in &needles {
        assert!(holds(&older, needle), "nobody reaches into older backups");
        assert!(!holds(&newer, needle));
    }

    // The entries since, as anybody could have taken them.
    let export = export(&scratch);
    let kept = export.join("checkpoint");
    scratch.node.kill().unwrap();
    let (older, export) = (older.to_str().unwrap(), export.to_str().unwrap());
    let kept = kept.to_str().unwrap();
    let data = scratch.folder().join("new");
    refused(
        &scratch,
        &data,
        &["--from", older, "--known", kept],
        "SHORTER_THAN_KNOWN",
    );
    // Entries that are not the log's are not added.
    let forged = scratch.folder().join("forged");
    fundtrail_tests::watched::copy(Path::new(export), &forged);
    let lines = forged.join("entries.ndjson");
    let text = fs::read_to_string(&lines).unwrap();
    let (before, last) = text.rsplit_once("\"recorded\":\"2").unwrap();
    fs::write(&lines, format!("{before}\"recorded\":\"1{last}")).unwrap();
    let words = ["--from", older, "--entries", forged.to_str().unwrap()];
    let (code, text) = super::bench::restore(&scratch, &data, &words);
    assert!(code == 1 && !data.exists(), "{text}");

    let words = ["--from", older, "--entries", export, "--known", kept];
    let said = put_back(&mut scratch, &words);
    assert!(
        said.contains(&format!("restored {} entries", older_size + 1)),
        "{said}"
    );
    assert!(said.contains("2 particulars were erased again"), "{said}");
    for needle in &needles {
        assert!(!holds(&ledger(&scratch), needle), "it left the disk");
    }
    scratch.restart();
    assert_eq!(record_restoring(&scratch), older_size + 1);
    assert_eq!(ready(&scratch).0, 200);
    let (_, text) = scratch.client().get(path, "application/json").unwrap();
    assert!(!text.contains(NAME), "{text}");
    assert_eq!(run.shadow().site().origin, ORIGIN);
}

/// An order for all that is left does not take what another entry seals since.
#[test]
fn what_is_sealed_again_after_an_erasure_stays() {
    let (mut scratch, mut run) = fund();
    let before = disclosed(&back_up(&scratch).0);
    let mut target = scratch.client();
    let step = read_text(&fundtrail_tests::scenario_file("inline.scn"), SEALED).unwrap();
    for action in &step.actions {
        let line = run.play(action, Some(&mut target)).unwrap();
        assert!(line.problem.is_none(), "{:?}", line.problem);
    }
    let mut openings = disclosed(&back_up(&scratch).0);
    openings.retain(|one| !before.contains(one));
    assert_eq!(openings.len(), 2, "name and credit code");
    let erase = |id: &str, body: serde_json::Value| {
        let kind = "particulars_erase";
        let (status, answer) = submit(&scratch, id, kind, "2022-03-01", body, &["OFF"]);
        assert_eq!(status, 201, "{answer}");
    };
    let decision = "00".repeat(32);
    erase(
        "first",
        json!({"of": "registered", "particulars": ["name"], "decision": decision}),
    );
    // The same openings, sealed by another transaction.
    let (_, text) = scratch
        .client()
        .get("/v1/transactions/registered", "text/plain")
        .unwrap();
    let receipt = Receipt::parse(text.as_bytes()).unwrap();
    let entry = Entry::parse(receipt.extra().unwrap()).unwrap();
    let payload = String::from_utf8(entry.envelope.payload).unwrap();
    let again = payload.replacen("\"registered\"", "\"again\"", 1);
    assert_ne!(payload, again);
    let again = Submission {
        envelope: sign(again.into_bytes(), SIGNERS),
        disclosures: openings
            .into_iter()
            .map(|one| String::from_utf8(one).unwrap())
            .collect(),
    };
    let (status, answer) = sent(&scratch, &again);
    assert_eq!(status, 201, "{answer}");
    erase("second", json!({"of": "registered", "decision": decision}));
    let path = "/v1/transactions/again/particulars";
    let (_, text) = scratch.client().get(path, "application/json").unwrap();
    assert!(text.contains(NAME), "{text}");

    let (folder, _) = back_up(&scratch);
    let said = put_back(&mut scratch, &["--from", folder.to_str().unwrap()]);
    assert!(!said.contains("particulars"), "{said}");
    assert_eq!(fsck(&scratch), (0, Vec::new()));
    scratch.restart();
    let (_, text) = scratch.client().get(path, "application/json").unwrap();
    assert!(text.contains(NAME), "{text}");
}

/// What is disclosed in a backup.
fn disclosed(backup: &Path) -> Vec<Vec<u8>> {
    let store = ReadOnly::open(&backup.join("data")).unwrap();
    let rows = store.read(|read| read.range(Table::Disclosures, &[], &[0xff; 300], usize::MAX));
    rows.unwrap().into_iter().map(|(_, value)| value).collect()
}

/// Whether any file under a folder has these bytes in it.
fn holds(folder: &Path, needle: &[u8]) -> bool {
    fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds(&path, needle);
        }
        let bytes = fs::read(&path).unwrap();
        bytes.windows(needle.len()).any(|piece| piece == needle)
    })
}

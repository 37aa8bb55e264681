//! What is not a whole backup of this ledger is not put back, and nothing is put back over
//! anything.

use std::fs;
use std::path::Path;

use fundtrail_model::port::Table;
use fundtrail_store::Store;
use fundtrail_tests::soak;

use super::bench::{back_up, beside, fund, minutes, refused, restore, restored};
use fundtrail_tests::watched::copy;

#[test]
fn what_was_changed_or_is_not_whole_is_not_put_back() {
    let (mut scratch, _) = fund();
    let (whole, _) = back_up(&scratch);
    let other = {
        // A backup of later, for parts that fit in form and not in substance.
        minutes(&scratch, "later");
        back_up(&scratch).0
    };
    scratch.node.kill().unwrap();
    let (bad, data) = (scratch.folder().join("bad"), scratch.folder().join("new"));
    let mut tried = 0;
    let mut attempt = |what: &str, code: &str, spoil: &dyn Fn(&Path)| {
        let _ = fs::remove_dir_all(&bad);
        copy(&whole, &bad);
        spoil(&bad);
        let text = refused(&scratch, &data, &["--from", bad.to_str().unwrap()], code);
        assert!(!text.contains("panicked"), "{what}: {text}");
        tried += 1;
    };

    // Any byte of the manifest, and of its digest.
    for file in ["manifest.json", "manifest.sha256"] {
        let length = fs::metadata(whole.join(file)).unwrap().len() as usize;
        let step = soak::choose(length.div_ceil(12), 1);
        for at in (0..length).step_by(step) {
            attempt(file, "BACKUP_CHANGED", &|bad| flip(&bad.join(file), at));
        }
    }
    // Any file missing, shorter, longer, or with one bit of another.
    let mut names: Vec<String> = vec!["checkpoint".into()];
    for entry in fs::read_dir(whole.join("data")).unwrap() {
        names.push(format!(
            "data/{}",
            entry.unwrap().file_name().to_string_lossy()
        ));
    }
    assert!(names.len() > 5, "{names:?}");
    for name in &names {
        attempt(name, "BACKUP_NOT_WHOLE", &|bad| {
            fs::remove_file(bad.join(name)).unwrap()
        });
        attempt(name, "BACKUP_CHANGED", &|bad| {
            let bytes = fs::read(bad.join(name)).unwrap();
            fs::write(bad.join(name), [&bytes[..], b"x"].concat()).unwrap();
        });
        let length = fs::metadata(whole.join(name)).unwrap().len() as usize;
        if length > 0 {
            attempt(name, "BACKUP_CHANGED", &|bad| {
                flip(&bad.join(name), length / 2)
            });
        }
    }
    for name in ["manifest.json", "manifest.sha256"] {
        attempt(name, "BACKUP_NOT_WHOLE", &|bad| {
            fs::remove_file(bad.join(name)).unwrap()
        });
    }
    attempt("a file more", "BACKUP_CHANGED", &|bad| {
        fs::write(bad.join("data/999999.sst"), b"x").unwrap();
    });
    attempt("a file more beside", "BACKUP_CHANGED", &|bad| {
        fs::write(bad.join("notes.txt"), b"x").unwrap();
    });
    // The manifest of another backup, and its checkpoint.
    attempt("another manifest", "BACKUP", &|bad| {
        for name in ["manifest.json", "manifest.sha256"] {
            fs::copy(other.join(name), bad.join(name)).unwrap();
        }
    });
    attempt("another checkpoint", "BACKUP_CHANGED", &|bad| {
        fs::copy(other.join("checkpoint"), bad.join("checkpoint")).unwrap();
    });
    // One that was never finished, whatever is in it.
    let unfinished = scratch.folder().join(".unfinished-20260101T000000.000Z");
    copy(&whole, &unfinished);
    let words = ["--from", unfinished.to_str().unwrap()];
    refused(&scratch, &data, &words, "BACKUP_NOT_WHOLE");
    let nothing = scratch.folder().join("nothing");
    let words = ["--from", nothing.to_str().unwrap()];
    refused(&scratch, &data, &words, "BACKUP_NOT_WHOLE");

    // Not over anything: a file, an empty folder, a ledger, and what another one left.
    let words = ["--from", whole.to_str().unwrap()];
    fs::write(&data, b"mine").unwrap();
    exists(&restore(&scratch, &data, &words));
    assert_eq!(fs::read(&data).unwrap(), b"mine");
    fs::remove_file(&data).unwrap();
    fs::create_dir(&data).unwrap();
    exists(&restore(&scratch, &data, &words));
    fs::remove_dir(&data).unwrap();
    let left = beside(&data, ".restoring");
    fs::create_dir(&left).unwrap();
    exists(&restore(&scratch, &data, &words));
    fs::remove_dir(&left).unwrap();
    restored(&scratch, &data, &words);
    exists(&restore(&scratch, &data, &words));

    // Bytes that are all there, of a ledger that is not: whoever can write a manifest cannot
    // make entries.
    let forged = scratch.folder().join("forged");
    {
        let store = Store::open(&data).unwrap();
        let mut writer = store.writer().unwrap();
        let mut batch = fundtrail_model::port::Batch::default();
        batch.put(Table::Entries, 3_u64.to_be_bytes(), b"{}".to_vec());
        fundtrail_model::port::Commit::commit(&mut writer, &batch).unwrap();
        let made = fundtrail_tests::now();
        let (folder, _) = store.back_up(&forged, made).unwrap();
        fs::rename(folder, scratch.folder().join("forgery")).unwrap();
    }
    let forgery = scratch.folder().join("forgery");
    let target = scratch.folder().join("target");
    let words = ["--from", forgery.to_str().unwrap()];
    refused(&scratch, &target, &words, "RESTORE_DAMAGED");
    println!("{tried} spoiled backups refused, 0 put back");
}

#[track_caller]
fn exists((code, text): &(i32, String)) {
    assert_eq!(*code, 1, "{text}");
    assert!(text.contains("DATA_EXISTS"), "{text}");
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 1;
    fs::write(path, bytes).unwrap();
}

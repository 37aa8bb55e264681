//! Every input that fuzzing kept, and every one that once broke something, through its target
//! again: see `tests/fuzz` and `fundtrail_properties`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use fundtrail_properties::TARGETS;

/// What the repository may be asked to carry: files, and their bytes in all.
const FILES_MAX: usize = 200;
const BYTES_MAX: usize = 300_000;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../fuzz")
        .join(name)
}

/// The files of a folder, by name; none where there is no folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| entry.unwrap().path()).collect(),
        Err(_) => Vec::new(),
    };
    files.sort();
    files
}

/// The names of what is in a folder.
fn names(folder: &Path) -> BTreeSet<String> {
    let stem = |path: PathBuf| path.file_stem().unwrap().to_string_lossy().into_owned();
    files(folder).into_iter().map(stem).collect()
}

#[test]
fn what_fuzzing_kept_holds() {
    let (mut count, mut size) = (0, 0);
    for (target, property) in TARGETS {
        let kept = files(&folder("corpus").join(target));
        assert!(!kept.is_empty(), "{target} has no corpus");
        let broken = files(&folder("regressions").join(target));
        for path in kept.iter().chain(&broken) {
            let bytes = fs::read(path).unwrap();
            (count, size) = (count + 1, size + bytes.len());
            // A panic names the property; this says for which file.
            let _told = Told(path);
            property(&bytes);
        }
    }
    println!("corpora: {count} files, {size} bytes, all hold");
    assert!(count <= FILES_MAX, "{count} files: minimise them");
    assert!(size <= BYTES_MAX, "{size} bytes: minimise them");
}

#[test]
fn every_target_is_built_and_has_its_own_corpus() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names(&folder("fuzz_targets")), targets);
    assert_eq!(names(&folder("corpus")), targets);
    assert!(names(&folder("regressions")).is_subset(&targets));
    let manifest = fs::read_to_string(folder("Cargo.toml")).unwrap();
    for target in &targets {
        assert!(manifest.contains(&format!("name = \"{target}\"\n")));
        let path = folder("fuzz_targets").join(target).with_extension("rs");
        let text = fs::read_to_string(path).unwrap();
        assert!(text.contains(&format!("fundtrail_properties::{target}(bytes)")));
    }
}

struct Told<'a>(&'a Path);

impl Drop for Told<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("in {}", self.0.display());
        }
    }
}

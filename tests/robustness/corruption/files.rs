//! Files of the database that were changed beneath RocksDB: by a rotten disk, a bad copy, or
//! somebody with an editor.
//!
//! Each case is tried in a process of its own making (this test binary again), so that a crash
//! of RocksDB is one case and not the end of the trial.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fundtrail_kernel::{Memory, proofs};
use fundtrail_model::port::{Read, Table};
use fundtrail_node::fsck::{Known, Report, check};
use fundtrail_node::known::KnownCheckpoint;
use fundtrail_store::{ReadOnly, SCHEMA_VERSION, Store};
use fundtrail_tests::soak;

use super::change::{Chance, Change};
use super::ledger::{Ledger, kept_of, rows_of, scratch};

/// In a process that tries cases: the folder with `ledger`, the intact database.
const FOLDER: &str = "FUNDTRAIL_CORRUPTION_FOLDER";
/// Which cases it tries: seed, first, end.
const CASES: &str = "FUNDTRAIL_CORRUPTION_CASES";

/// A process that tries nothing for so long hangs.
const PATIENCE: Duration = Duration::from_secs(90);

/// What became of one case; the words are printed and read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    /// The node does not start.
    Start,
    /// It would start; fsck does not open it, or names something.
    Fsck,
    /// Both open it, and every row reads as before.
    Identical,
    /// Newest commits are gone and the rest is whole: a checkpoint that was kept elsewhere is
    /// of more entries.
    Older,
    /// Newest commits beside the log are gone: drafts, refusals, lines of witnesses. No entry
    /// and nothing that follows from one is missing.
    Beside,
    /// Nobody names it, and something is not as it was.
    Valid,
}

const FATES: [(Fate, &str); 6] = [
    (Fate::Start, "start"),
    (Fate::Fsck, "fsck"),
    (Fate::Identical, "identical"),
    (Fate::Older, "older"),
    (Fate::Beside, "beside"),
    (Fate::Valid, "VALID"),
];

/// The sort of a file, by its name.
fn sort(name: &str) -> &'static str {
    match name {
        "CURRENT" => "CURRENT",
        "IDENTITY" => "IDENTITY",
        "LOCK" => "LOCK",
        _ if name.starts_with("MANIFEST") => "MANIFEST",
        _ if name.starts_with("OPTIONS") => "OPTIONS",
        _ if name.starts_with("LOG") => "LOG",
        _ if name.ends_with(".sst") => "table file",
        _ if name.ends_with(".log") => "write-ahead log",
        _ => "other",
    }
}

/// How many of a hundred cases each sort gets; what is not there leaves its share to the next.
const SHARES: [(&str, usize); 8] = [
    ("table file", 45),
    ("write-ahead log", 25),
    ("MANIFEST", 15),
    ("CURRENT", 4),
    ("OPTIONS", 5),
    ("IDENTITY", 2),
    ("LOG", 2),
    ("LOCK", 2),
];

/// One file, and what is done to it.
#[derive(Debug)]
struct Case {
    file: PathBuf,
    sort: &'static str,
    what: Change,
}

impl Case {
    /// The case of this number; the same every time.
    fn of(number: u64, seed: u64, data: &Path) -> Case {
        let mut chance = Chance(seed ^ number.wrapping_mul(0x2545_f491_4f6c_dd1d));
        let mut files: Vec<(PathBuf, u64)> = fs::read_dir(data)
            .unwrap()
            .map(|file| file.unwrap())
            .map(|file| (file.path(), file.metadata().unwrap().len()))
            .collect();
        files.sort();
        let mut left = chance.below(100);
        let share = SHARES.iter().find(|(_, share)| {
            let is_here = left < *share;
            left = left.saturating_sub(*share);
            is_here
        });
        let wanted = share.map_or("table file", |(sort, _)| sort);
        let of_sort: Vec<&(PathBuf, u64)> = files
            .iter()
            .filter(|(path, _)| sort(name(path)) == wanted)
            .collect();
        // By size: each byte of a sort is as likely as any other.
        let bytes: u64 = of_sort.iter().map(|(_, length)| (*length).max(1)).sum();
        let mut at = chance.next() % bytes.max(1);
        let (file, length) = of_sort
            .into_iter()
            .find(|(_, length)| {
                let length = (*length).max(1);
                let is_here = at < length;
                at = at.saturating_sub(length);
                is_here
            })
            .unwrap_or(&files[0]);
        Case {
            file: file.clone(),
            sort: sort(name(file)),
            what: Change::by(&mut chance, usize::try_from(*length).unwrap()),
        }
    }
}

fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap()
}

/// A copy of the database with one change.
fn copy(data: &Path, to: &Path, case: &Case) {
    let _ = fs::remove_dir_all(to);
    fs::create_dir(to).unwrap();
    for file in fs::read_dir(data).unwrap() {
        let path = file.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let changed = if path == case.file {
            case.what.apply(&bytes)
        } else {
            Some(bytes)
        };
        if let Some(bytes) = changed {
            fs::write(to.join(name(&path)), bytes).unwrap();
        }
    }
}

/// What the process knows of the intact ledger.
struct Intact {
    rows: Memory,
    kept: Vec<KnownCheckpoint>,
}

/// What the checks say of an open storage, and all its rows.
fn look(read: &dyn Read, intact: &Intact, outside: bool) -> (Report, Option<Memory>) {
    let (desk, log_key, policy) = Ledger::keys();
    let kept = if outside { &intact.kept[..] } else { &[] };
    let known = Known {
        desk: &desk,
        log_key: &log_key,
        policy: Some(&policy),
        witnesses: &[],
        schema: Some(SCHEMA_VERSION),
        kept,
    };
    (check(read, known), rows_of(read).ok())
}

/// What becomes of an open storage that nobody refused to open.
fn judge(read: &dyn Read, intact: &Intact) -> Fate {
    let (report, rows) = look(read, intact, false);
    let codes: Vec<&str> = report
        .findings
        .iter()
        .map(|one| one.code.as_str())
        .collect();
    if codes.contains(&"START_REFUSED") {
        return Fate::Start;
    }
    if !report.is_clean() {
        return Fate::Fsck;
    }
    match rows {
        Some(rows) if rows == intact.rows => Fate::Identical,
        Some(rows) => {
            let (report, _) = look(read, intact, true);
            let codes = report.findings.iter().map(|one| one.code.as_str());
            let is_ahead = codes.eq(["SHORTER_THAN_KNOWN"]);
            let is_beginning = is_beginning(&rows, &intact.rows);
            if is_ahead && is_beginning {
                Fate::Older
            } else {
                beside(&rows, intact)
            }
        }
        None => Fate::Valid,
    }
}

/// Only commits beside the log are lost: drafts, refusals, or lines of witnesses. No entry,
/// nothing that follows from one.
fn beside(rows: &Memory, intact: &Intact) -> Fate {
    let outside = [Table::Drafts, Table::Refusals, Table::Witnessed];
    let inside = |memory: &Memory| -> Vec<(Table, Vec<u8>, Vec<u8>)> {
        let rows = memory.iter().filter(|(table, ..)| !outside.contains(table));
        rows.map(|(table, key, value)| (table, key.to_vec(), value.to_vec()))
            .collect()
    };
    if inside(rows) == inside(&intact.rows) {
        Fate::Beside
    } else {
        Fate::Valid
    }
}

/// Whether the entries and checkpoints are the first of the intact ledger's, byte for byte.
fn is_beginning(rows: &Memory, intact: &Memory) -> bool {
    let all = |table| rows.iter().filter(move |(own, ..)| *own == table);
    [Table::Entries, Table::Checkpoints]
        .into_iter()
        .all(|table| {
            let same = |(table, key, value): (Table, &[u8], &[u8])| {
                intact.get(table, key).unwrap().as_deref() == Some(value)
            };
            all(table).all(same)
        })
}

/// Tries one case: fsck as it opens a ledger, and start as it does.
fn try_case(case: &Case, data: &Path, to: &Path, intact: &Intact) -> Fate {
    copy(data, to, case);
    let read_only = match ReadOnly::open(to) {
        Ok(storage) => storage.read(|read| judge(read, intact)),
        Err(_) => Fate::Fsck,
    };
    let started = match Store::open(to) {
        Ok(store) => store.read(|read| judge(read, intact)),
        Err(_) => Fate::Start,
    };
    match (read_only, started) {
        // What start opens has to be right, whatever fsck says of the files.
        (_, Fate::Valid) | (Fate::Valid, _) => Fate::Valid,
        (_, Fate::Start) | (Fate::Start, _) => Fate::Start,
        (Fate::Fsck, _) | (_, Fate::Fsck) => Fate::Fsck,
        (one, other) => one.max(other),
    }
}

/// Not a test of its own: tries the cases that the environment names, a line each.
#[test]
#[ignore = "run by every_changed_file_is_named_or_reads_as_before"]
fn cases() {
    let (Some(folder), Ok(cases)) = (std::env::var_os(FOLDER), std::env::var(CASES)) else {
        return;
    };
    let numbers: Vec<u64> = cases.split(' ').map(|text| text.parse().unwrap()).collect();
    let [seed, first, end] = numbers[..] else {
        panic!("{cases}");
    };
    let data = Path::new(&folder).join("ledger");
    let rows = ReadOnly::open(&data).unwrap().read(rows_of).unwrap();
    let newest = proofs::latest_checkpoint(&rows).unwrap().unwrap();
    let intact = Intact {
        rows,
        kept: vec![kept_of(&newest.note, &Ledger::keys().1)],
    };
    let copies = scratch();
    for number in first..end {
        let case = Case::of(number, seed, &data);
        let fate = try_case(&case, &data, &copies.path().join("copy"), &intact);
        let word = FATES.iter().find(|(own, _)| *own == fate).unwrap().1;
        // Read by the process that waits.
        let line = format!("{number} {word}\n");
        let out = Path::new(&folder).join(format!("done-{first}-{end}"));
        let mut before = fs::read(&out).unwrap_or_default();
        before.extend_from_slice(line.as_bytes());
        fs::write(&out, before).unwrap();
    }
}

/// Ends with whoever started it.
struct Trying(Child);

impl Drop for Trying {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Has cases tried elsewhere. A case at which the process dies or hangs has no fate.
fn try_all(folder: &Path, seed: u64, first: u64, end: u64) -> BTreeMap<u64, Option<Fate>> {
    let mut fates = BTreeMap::new();
    let mut next = first;
    while next < end {
        let out = folder.join(format!("done-{next}-{end}"));
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["corruption::files::cases", "--exact", "--ignored"])
            .env(FOLDER, folder)
            .env(CASES, format!("{seed} {next} {end}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let mut child = Trying(child.unwrap());
        let (mut seen, mut since) = (0, Instant::now());
        loop {
            let length = fs::metadata(&out).map_or(0, |file| file.len());
            if length > seen {
                (seen, since) = (length, Instant::now());
            }
            if child.0.try_wait().unwrap().is_some() || since.elapsed() > PATIENCE {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        drop(child);
        let begun = next;
        for line in fs::read_to_string(&out).unwrap_or_default().lines() {
            let (number, word) = line.split_once(' ').unwrap();
            let fate = FATES.iter().find(|(_, own)| *own == word).unwrap().0;
            next = number.parse::<u64>().unwrap() + 1;
            fates.insert(next - 1, Some(fate));
        }
        if next < end {
            assert!(
                next > begun || !fates.contains_key(&next),
                "no case is tried"
            );
            fates.insert(next, None);
            next += 1;
        }
    }
    fates
}

#[test]
fn every_changed_file_is_named_or_reads_as_before() {
    let ledger = Ledger::get();
    let data = ledger.data();
    // The intact copy opens in both ways, and reading changes no file of it.
    let before = files(&data);
    let rows = ReadOnly::open(&data).unwrap().read(rows_of).unwrap();
    assert!(rows == ledger.rows);
    assert_eq!(files(&data), before, "reading changed a file");
    let sorts: Vec<&str> = before.keys().map(|name| sort(name)).collect();
    for (wanted, _) in SHARES {
        assert!(sorts.contains(&wanted), "there is no {wanted}: {sorts:?}");
    }

    let began = Instant::now();
    let (tries, seed) = (soak::choose(60_u64, 3_000), 20_211_230);
    let folder = data.parent().unwrap();
    let half = tries / 2;
    let (one, other) = std::thread::scope(|scope| {
        let one = scope.spawn(|| try_all(folder, seed, 0, half));
        let other = try_all(folder, seed, half, tries);
        (one.join().unwrap(), other)
    });
    assert_eq!(files(&data), before, "the trial changed the original");
    let mut counts: BTreeMap<(&str, Option<Fate>), u64> = BTreeMap::new();
    for (number, fate) in one.into_iter().chain(other) {
        let case = Case::of(number, seed, &data);
        *counts.entry((case.sort, fate)).or_default() += 1;
        if matches!(fate, None | Some(Fate::Valid)) {
            println!("case {number}: {fate:?} {case:?}");
        }
    }
    let total = |fate| -> u64 {
        let of_fate = counts.iter().filter(|((_, own), _)| *own == fate);
        of_fate.map(|(_, count)| count).sum()
    };
    for (wanted, _) in SHARES {
        let count = |fate| counts.get(&(wanted, fate)).copied().unwrap_or_default();
        println!(
            "files {wanted:<16} named by start {:>4}, by fsck {:>4}, reads as before {:>4}, older {:>4}, \
             less beside the log {:>4}",
            count(Some(Fate::Start)),
            count(Some(Fate::Fsck)),
            count(Some(Fate::Identical)),
            count(Some(Fate::Older)),
            count(Some(Fate::Beside)),
        );
    }
    let tried: u64 = counts.values().sum();
    println!(
        "corruption of files: {tried} tried, {} named by start, {} by fsck only, {} harmless (all \
         rows read as before), {} older and whole (a kept checkpoint or a witness names them), {} \
         with less beside the log, {} served as valid, {} crashed; {:.0?}",
        total(Some(Fate::Start)),
        total(Some(Fate::Fsck)),
        total(Some(Fate::Identical)),
        total(Some(Fate::Older)),
        total(Some(Fate::Beside)),
        total(Some(Fate::Valid)),
        total(None),
        began.elapsed()
    );
    assert_eq!(tried, tries);
    assert_eq!((total(Some(Fate::Valid)), total(None)), (0, 0));
}

/// The bytes of every file of a directory.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let all = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    all.map(|path| (name(&path).to_owned(), fs::read(&path).unwrap()))
        .collect()
}

/// A write-ahead log that ends early, at a record's end: the newest commits are gone, and what
/// is left is a whole and older ledger. Start cannot know; whoever kept a checkpoint does.
#[test]
fn a_ledger_that_lost_its_newest_commits_is_known_by_a_kept_checkpoint() {
    let ledger = Ledger::get();
    let data = ledger.data();
    let log = fs::read_dir(&data)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| sort(name(path)) == "write-ahead log")
        .max_by_key(|path| fs::metadata(path).unwrap().len())
        .unwrap();
    let length = usize::try_from(fs::metadata(&log).unwrap().len()).unwrap();
    let (mut older, copies) = (0, scratch());
    for part in 1..8 {
        let case = Case {
            file: log.clone(),
            sort: "write-ahead log",
            what: Change::Cut {
                to: length * part / 8,
            },
        };
        let to = copies.path().join("copy");
        copy(&data, &to, &case);
        let storage = ReadOnly::open(&to).unwrap();
        let (report, outside) = storage.read(|read| {
            let known = ledger.known();
            (check(read, known), check(read, ledger.known_outside()))
        });
        if report.size == ledger.size {
            continue;
        }
        older += 1;
        assert!(report.is_clean(), "{:?}", report.findings);
        let codes: Vec<&str> = outside
            .findings
            .iter()
            .map(|one| one.code.as_str())
            .collect();
        assert_eq!(codes, ["SHORTER_THAN_KNOWN"]);
    }
    assert!(older > 0, "no commit was lost");
}

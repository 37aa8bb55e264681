//! Every write and sync of a commit, failed in turn.
//!
//! A node works under a tracer (`strace`), which has one system call on a file of the ledger
//! fail: with an error, or with the death of the process before it, after it, or half-way. A
//! first run that nobody disturbs finds the calls. After each point a node starts on what is
//! left, every receipt ever given verifies and is served as it was, what had no receipt is
//! there wholly or not at all, and the entries replayed give every row.
//!
//! There are more points than anybody waits for. As many are tried on the write-ahead log,
//! where the commits are, as on all other files, and as many of each way to fail; each of
//! these parts is gone through at an even stride, always the same. `cargo xtask test` tries
//! two of each part, `cargo xtask soak crash` seventy.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

mod checking;
mod tracer;
mod trial;
mod workload;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use fundtrail_tests::{binary, soak};
use tracer::{Call, Sort, Struck, Way};
use trial::{Findings, Tools, check, work};
use workload::{Book, Chapter};

/// How many points of each part are tried where time is short, and where it is not.
const FEW: usize = 2;
const MANY: usize = 70;
/// Points at a time: most of their time they wait for the disk.
const WORKERS: usize = 3;

/// A point of the matrix.
struct Point<'a> {
    chapter: &'a Chapter,
    call: Call,
    way: Way,
}

/// What all points came to.
#[derive(Default)]
struct Figures {
    /// By way, file and call.
    tried: BTreeMap<(&'static str, Sort, String), usize>,
    missed: usize,
    receipts: usize,
    lost: usize,
    unstartable: usize,
    half: usize,
    hung: usize,
    went_on: usize,
    complaints: Vec<String>,
}

#[test]
fn no_receipt_is_lost_by_a_failing_call() {
    let book = workload::write();
    let folder = book.folder.path();
    tracer::assert_works(folder);
    let (traced, fundtraild) = (
        tracer::stand_in(folder, &binary("fundtraild")),
        binary("fundtraild"),
    );
    let tools = Tools {
        traced: &traced,
        fundtraild: &fundtraild,
        log_key: &book.log_key,
    };
    let points: Vec<Point<'_>> = book
        .chapters
        .iter()
        .flat_map(|chapter| points(&tools, chapter, folder))
        .collect();
    let chosen = chosen(&points, soak::choose(FEW, MANY));
    let figures = try_all(&tools, &chosen, folder);
    figures.print(points.len());
    assert!(
        figures.complaints.is_empty(),
        "{}",
        figures.complaints.join("\n")
    );
    assert!(
        figures.missed * 10 <= chosen.len(),
        "{} of {} calls did not come again",
        figures.missed,
        chosen.len()
    );
    let tried = chosen.len() - figures.missed;
    assert!(tried >= soak::choose(20, 500), "only {tried} points tried");
}

/// So many of each part, from all over it.
fn chosen<'a, 'b>(points: &'b [Point<'a>], count: usize) -> Vec<&'b Point<'a>> {
    let mut parts: BTreeMap<(bool, Way), Vec<&Point<'_>>> = BTreeMap::new();
    for point in points {
        let is_log = point.call.sort() == Sort::Log;
        parts.entry((is_log, point.way)).or_default().push(point);
    }
    // Each way begins a little later, so that not all come to the same calls.
    let ways = Way::ALL.len();
    let strided = |((_, way), part): (&(bool, Way), &Vec<&'b Point<'a>>)| {
        let count = count.min(part.len());
        let later = Way::ALL.iter().position(|other| other == way).unwrap();
        let place = |number| (number * ways + later) * part.len() / (count * ways);
        (0..count)
            .map(|number| part[place(number)])
            .collect::<Vec<_>>()
    };
    parts.iter().flat_map(strided).collect()
}

/// The points of a chapter: what its calls are, with nobody disturbing, times the ways to fail.
fn points<'a>(tools: &Tools<'_>, chapter: &'a Chapter, folder: &Path) -> Vec<Point<'a>> {
    let data = folder.join(format!("watched-{}", chapter.name));
    workload::copy(&chapter.base, &data);
    tracer::watch(&data);
    let mut findings = Findings::default();
    let promises = work(tools.traced, chapter, &data, &mut findings);
    let calls = tracer::calls(&data);
    check(tools, chapter, &data, promises, &mut findings);
    assert!(findings.is_clean(), "undisturbed: {findings:?}");
    calls
        .iter()
        .flat_map(|call| Way::ALL.map(|way| (call.clone(), way)))
        .filter(|(call, way)| way.fits(call))
        .map(|(call, way)| Point { chapter, call, way })
        .collect()
}

fn try_all(tools: &Tools<'_>, points: &[&Point<'_>], folder: &Path) -> Figures {
    let (next, figures) = (AtomicUsize::new(0), Mutex::new(Figures::default()));
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some((number, point)) = {
                    let number = next.fetch_add(1, SeqCst);
                    points.get(number).map(|point| (number, point))
                } {
                    let data = folder.join(format!("point-{number}"));
                    let Point { chapter, call, way } = point;
                    let findings = trial::run(tools, chapter, &data, call, *way);
                    figures.lock().unwrap().add(point, &findings);
                    fs::remove_dir_all(&data).unwrap();
                }
            });
        }
    });
    figures.into_inner().unwrap()
}

impl Figures {
    fn add(&mut self, point: &Point<'_>, findings: &Findings) {
        let Point { chapter, call, way } = point;
        let is_missed = findings.struck == Some(Struck::Missed);
        if is_missed {
            self.missed += 1;
        } else {
            let kind = (way.name(), call.sort(), call.name.clone());
            *self.tried.entry(kind).or_default() += 1;
        }
        self.receipts += findings.receipts;
        self.lost += findings.lost.len();
        self.unstartable += usize::from(findings.unstartable.is_some());
        self.half += findings.half.len();
        self.hung += usize::from(findings.hung);
        self.went_on += usize::from(findings.went_on && !is_missed);
        if !findings.is_clean() {
            self.complaints.push(format!(
                "{}: {call:?}, {}: {findings:#?}",
                chapter.name,
                way.name()
            ));
        }
    }

    fn print(&self, all: usize) {
        for ((way, sort, call), count) in &self.tried {
            println!("  {way:20} {:10} {call:10} {count:5}", format!("{sort:?}"));
        }
        println!(
            "crash matrix: {} points tried of {all} ({} did not come), {} receipts checked, \
             {} lost, {} unstartable, {} half entries, {} hung; {} went on by themselves",
            self.tried.values().sum::<usize>(),
            self.missed,
            self.receipts,
            self.lost,
            self.unstartable,
            self.half,
            self.hung,
            self.went_on,
        );
    }
}

/// An older copy of the ledger in the place of the newer: every receipt given since is lost,
/// and the check says so.
#[test]
fn the_check_sees_a_receipt_that_is_lost() {
    let book = workload::write();
    let Book {
        chapters,
        log_key,
        folder,
    } = &book;
    let chapter = &chapters[1];
    let data = folder.path().join("worked");
    workload::copy(&chapter.base, &data);
    let fundtraild = binary("fundtraild");
    let mut findings = Findings::default();
    let promises = work(&fundtraild, chapter, &data, &mut findings);
    let fresh = promises.receipts.len() - chapter.given.len();
    assert!(fresh > 3, "{promises:?}");

    let tools = Tools {
        traced: &fundtraild,
        fundtraild: &fundtraild,
        log_key,
    };
    fs::remove_dir_all(data.join("ledger")).unwrap();
    workload::copy(&chapter.base.join("ledger"), &data.join("ledger"));
    check(&tools, chapter, &data, promises.clone(), &mut findings);
    assert_eq!(findings.lost.len(), fresh, "{findings:?}");
    assert!(!findings.is_clean());

    // A row of the state that is not what the entries give.
    checking::falsify(&data);
    let mut findings = Findings::default();
    check(&tools, chapter, &data, Default::default(), &mut findings);
    assert!(
        findings
            .half
            .iter()
            .any(|what| what.contains("table books")),
        "{findings:?}"
    );
}

//! Every commit of a whole scenario, failed in turn: nothing of it is there, or all of it, and
//! either way its sender hears of a fault. The next node over what is left keeps every receipt,
//! and the same transaction again gives one receipt.

use std::collections::BTreeSet;
use std::panic::resume_unwind;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use fundtrail_kernel::replay::Replay;
use fundtrail_kernel::{Memory, Verdict, proofs};
use fundtrail_model::envelope::{Signature, Submission};
use fundtrail_model::port::{Batch, Commit, Read, Table};
use fundtrail_model::{Fault, Id, Moment};
use fundtrail_node::drafts::DraftError;
use fundtrail_node::{Answer, Config, FixedClock, MemoryStorage, Node};
use fundtrail_scenario::{Run, Site, What, read};

use crate::fixture::{ORIGIN, log_signer, tag_key};
use crate::support::verified_receipt;

const SCENARIO: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../tests/scenarios/life-cycle.scn"
);

/// What no entry gives back.
const BESIDE: [Table; 6] = [
    Table::Meta,
    Table::Checkpoints,
    Table::Witnessed,
    Table::Disclosures,
    Table::Drafts,
    Table::Refusals,
];

/// How a commit fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strike {
    /// No row is there.
    Before,
    /// Every row is there, and durable.
    After,
    /// As these, and the thread is gone.
    PanicBefore,
    PanicAfter,
    /// So many rows are there: what no storage may do, to see that it would be seen.
    Within(Part),
}

/// How much of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    First,
    Half,
    AllButOne,
}

const STRIKES: [Strike; 4] = [
    Strike::Before,
    Strike::After,
    Strike::PanicBefore,
    Strike::PanicAfter,
];

/// A storage of which one commit fails.
struct Struck {
    storage: MemoryStorage,
    strike: Strike,
    /// Commits that pass before it.
    passing: u64,
}

impl Commit for Struck {
    fn commit(&mut self, batch: &Batch) -> Result<(), Fault> {
        // Empty ones write nothing.
        if batch.is_empty() || self.passing > 0 {
            self.passing -= u64::from(!batch.is_empty());
            return self.storage.commit(batch);
        }
        match self.strike {
            Strike::Before => {}
            Strike::After => self.storage.commit(batch)?,
            Strike::PanicBefore => resume_unwind(Box::new("the disk bit")),
            Strike::PanicAfter => {
                self.storage.commit(batch)?;
                resume_unwind(Box::new("the disk bit, late"))
            }
            Strike::Within(part) => self.storage.commit(&part.of(batch))?,
        }
        Err(Fault("the disk failed".into()))
    }
}

impl Part {
    fn of(self, batch: &Batch) -> Batch {
        let rows = batch.iter().count();
        let count = match self {
            Part::First => 1,
            Part::Half => rows / 2,
            Part::AllButOne => rows - 1,
        };
        let mut part = Batch::default();
        for (table, key, value) in batch.iter().take(count) {
            match value {
                Some(value) => part.put(table, key, value),
                None => part.delete(table, key),
            }
        }
        part
    }
}

/// Counts the commits that write something.
struct Counted(MemoryStorage, Arc<AtomicU64>);

impl Commit for Counted {
    fn commit(&mut self, batch: &Batch) -> Result<(), Fault> {
        self.1.fetch_add(u64::from(!batch.is_empty()), SeqCst);
        self.0.commit(batch)
    }
}

/// A submission of the scenario, and when.
struct Step {
    submission: Submission,
    clock: Moment,
}

impl Step {
    fn bytes(&self) -> Vec<u8> {
        self.submission.to_json().into_bytes()
    }

    fn id(&self) -> Id {
        let payload: serde_json::Value =
            serde_json::from_slice(&self.submission.envelope.payload).unwrap();
        Id::parse(payload["id"].as_str().unwrap()).unwrap()
    }

    /// By itself, or by way of a draft that lacks one signature and then gets it. None if the
    /// machine failed on the way.
    fn send(&self, node: &Node, by_draft: bool) -> Option<Answer> {
        if !by_draft {
            return Some(node.submit(&self.bytes())).filter(|answer| !is_fault(answer));
        }
        let mut draft = self.submission.clone();
        let last: Signature = draft.envelope.signatures.pop().unwrap();
        let poster = Id::parse("OFF").unwrap();
        let posted = node.post_draft(draft, Some(poster));
        let kept = match posted {
            Ok(_) => node.sign_draft(&self.id(), last),
            Err(error) => Err(error),
        };
        match kept {
            // A signature that is there already changes nothing in a draft that has ended.
            Ok(kept) if kept.draft.ended.is_some() && kept.answer.is_none() => {
                Some(node.submit(&self.bytes()))
            }
            Ok(kept) => kept.answer.filter(|answer| !is_fault(answer)),
            // Recorded by the node before.
            Err(DraftError::Recorded(index)) => Some(Answer::Decided(Verdict::Repeated { index })),
            Err(DraftError::Closed(_)) => Some(node.submit(&self.bytes())),
            Err(DraftError::Fault(_)) => None,
            Err(other) => panic!("{other:?}"),
        }
    }
}

fn is_fault(answer: &Answer) -> bool {
    matches!(answer, Answer::Fault(_))
}

/// The steps of the scenario that are recorded or refused, signed once.
fn steps() -> Vec<Step> {
    let scenario = read(Path::new(SCENARIO)).unwrap();
    let clock = Moment::parse("2027-12-31T23:59:59+08:00").unwrap();
    let verifier = log_signer().verifier().to_string();
    let mut run = Run::new(&Site::of_node(ORIGIN, &verifier, [0xb2; 32], clock)).unwrap();
    let mut steps = Vec::new();
    for action in &scenario.actions {
        let line = run.play(action, None).unwrap();
        assert!(line.problem.is_none(), "{}: {:?}", line.text, line.problem);
        if let (What::Submit(_), Some(played)) = (&action.what, line.played) {
            let (submission, clock) = (played.submission, run.clock());
            steps.push(Step { submission, clock });
        }
    }
    steps
}

fn open(storage: &MemoryStorage, commit: impl Commit + Send + 'static, clock: Moment) -> Node {
    let clock = Arc::new(FixedClock::at(clock));
    let config = Config::new(log_signer(), tag_key(), clock);
    Node::open(config, Arc::new(storage.clone()), Box::new(commit)).unwrap()
}

fn index_of(answer: Option<&Answer>) -> Option<u64> {
    match answer {
        Some(Answer::Decided(Verdict::Recorded { index, .. } | Verdict::Repeated { index })) => {
            Some(*index)
        }
        _ => None,
    }
}

/// Rows of some tables.
fn rows(memory: &Memory, without: &[Table]) -> Vec<(Table, Vec<u8>, Vec<u8>)> {
    let rows = memory.iter().filter(|(table, ..)| !without.contains(table));
    rows.map(|(table, key, value)| (table, key.to_vec(), value.to_vec()))
        .collect()
}

/// Whether the entries give every row of the state, and all that follows from them, and the
/// newest checkpoint is over all of them.
fn agrees(memory: &Memory) -> bool {
    let mut replay = Replay::new(Some(ORIGIN))
        .unwrap()
        .leaving_signatures()
        .keeping_history();
    let entries = memory.range(Table::Entries, &[], &[0xff; 16], usize::MAX);
    for (_, bytes) in entries.unwrap() {
        replay.next(&bytes).unwrap().unwrap();
    }
    let history = replay.take_history();
    let mut wanted = replay.state().clone();
    wanted.commit(&history).unwrap();
    let newest = proofs::latest_checkpoint(memory).unwrap();
    rows(memory, &BESIDE) == rows(&wanted, &BESIDE)
        && newest.map_or(0, |newest| newest.size) == replay.size()
}

/// What is kept of the undisturbed run.
struct Before {
    memory: Arc<Memory>,
    /// Receipts given so far, by index.
    receipts: usize,
}

/// Fails every commit in every way. `by_draft`: each step of several signatures goes the way
/// of a draft. Gives the points tried and the receipts compared.
fn matrix(by_draft: bool) -> (usize, usize) {
    let steps = steps();
    let (mut points, mut compared) = (0, 0);
    let mut receipts: Vec<String> = Vec::new();
    let mut memory = Arc::new(Memory::default());
    let mut seen = BTreeSet::new();
    for step in &steps {
        let way = by_draft && step.submission.envelope.signatures.len() > 1 && !receipts.is_empty();
        // Undisturbed, to know what comes and in how many commits.
        let storage = MemoryStorage::holding(memory.as_ref().clone());
        let count = Arc::new(AtomicU64::new(0));
        let node = open(
            &storage,
            Counted(storage.clone(), Arc::clone(&count)),
            step.clock,
        );
        let answer = step.send(&node, way);
        assert!(answer.is_some(), "{}", step.submission.to_json());
        let index = index_of(answer.as_ref());
        let begin = receipts.len();
        let before = Before {
            memory: Arc::clone(&memory),
            receipts: begin,
        };
        if let Some(index) = index {
            assert_eq!(index, begin as u64, "each is recorded once");
            receipts.push(verified_receipt(&node, index));
        }
        drop(node);
        let after = storage.state();
        for passing in 0..count.load(SeqCst) {
            for strike in STRIKES {
                seen.insert(format!("{strike:?}"));
                compared += point(step, way, &before, &after, &receipts, passing, strike);
                points += 1;
            }
        }
        assert!(agrees(&after));
        memory = after;
    }
    assert_eq!(seen.len(), STRIKES.len());
    (points, compared)
}

/// One commit fails in one way; gives how many receipts were compared.
fn point(
    step: &Step,
    way: bool,
    before: &Before,
    after: &Arc<Memory>,
    receipts: &[String],
    passing: u64,
    strike: Strike,
) -> usize {
    let storage = MemoryStorage::holding(before.memory.as_ref().clone());
    let struck = Struck {
        storage: storage.clone(),
        strike,
        passing,
    };
    let node = open(&storage, struck, step.clock);
    assert_eq!(step.send(&node, way), None, "{strike:?} is a fault");
    assert!(node.wait_for_end().is_err() && !node.is_open());
    // Nothing more is written, whatever is asked.
    let left = storage.state();
    assert_eq!(step.send(&node, false), None);
    assert_eq!(storage.state(), left);
    drop(node);

    assert!(agrees(&left), "{strike:?}");
    let node = open(&storage, storage.clone(), step.clock);
    for (index, receipt) in (0_u64..).zip(&receipts[..before.receipts]) {
        assert_eq!(&verified_receipt(&node, index), receipt, "{strike:?}");
    }
    let again = step.send(&node, way);
    let again = again.unwrap_or_else(|| panic!("{strike:?} at {passing}: {:?}", step.id()));
    let once_more = node.submit(&step.bytes());
    if let Some(receipt) = receipts.get(before.receipts) {
        let index = before.receipts as u64;
        assert_eq!(index_of(Some(&again)), Some(index), "{again:?}");
        assert_eq!(once_more, Answer::Decided(Verdict::Repeated { index }));
        assert_eq!(&verified_receipt(&node, index), receipt, "{strike:?}");
    } else {
        assert_eq!(again, once_more);
    }
    drop(node);
    // But for what stands beside it, the ledger is byte for byte what it would have been.
    let beside = [Table::Refusals, Table::Drafts];
    assert_eq!(
        rows(&storage.state(), &beside),
        rows(after, &beside),
        "{strike:?}"
    );
    before.receipts
}

#[test]
fn every_commit_of_a_scenario_may_fail() {
    let (points, receipts) = matrix(false);
    println!("{points} failed commits, {receipts} receipts compared, 0 lost");
    assert!(points > 250, "{points}");
}

#[test]
fn every_commit_by_way_of_drafts_may_fail() {
    let (points, receipts) = matrix(true);
    println!("{points} failed commits, {receipts} receipts compared, 0 lost");
    assert!(points > 500, "{points}");
}

/// What the tests above look for can be found: a storage that keeps a part of a batch.
#[test]
fn a_part_of_a_batch_would_be_seen() {
    let (mut memory, mut seen) = (Arc::new(Memory::default()), 0);
    for step in steps() {
        for part in [Part::First, Part::Half, Part::AllButOne] {
            let storage = MemoryStorage::holding(memory.as_ref().clone());
            let struck = Struck {
                storage: storage.clone(),
                strike: Strike::Within(part),
                passing: 0,
            };
            drop(step.send(&open(&storage, struck, step.clock), false));
            let left = storage.state();
            let is_untouched = rows(&left, &BESIDE) == rows(&memory, &BESIDE);
            assert!(is_untouched || !agrees(&left), "{part:?}");
            seen += usize::from(!is_untouched);
        }
        let storage = MemoryStorage::holding(memory.as_ref().clone());
        drop(step.send(&open(&storage, storage.clone(), step.clock), false));
        memory = storage.state();
    }
    assert!(seen > 150, "{seen}");
}

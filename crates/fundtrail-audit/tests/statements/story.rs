//! Two years of the fund, with seals between.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use fundtrail_kernel::Memory;
use fundtrail_kernel::proofs::{checkpoint_of, entry};
use fundtrail_kernel::seal::{SealTree, newest_seal};
use fundtrail_kernel::statement::{Completeness, Statement};
use fundtrail_model::note::VerifierKey;
use fundtrail_model::{Day, LogPolicy};
use fundtrail_regulation::state::{PeriodSeal, View};
use fundtrail_scenario::{Action, Run, What, read};

/// Beyond any document here.
const BYTES_MAX: usize = 1 << 28;

/// Which periods are sealed, each once the story has come to that day.
const SEALS: [(&str, &str); 4] = [
    ("2022-09-16", "2022Q1"),
    ("2022-12-26", "2022Q2"),
    ("2023-06-13", "2022-11"),
    ("2023-11-20", "2022"),
];

/// A ledger that was played, and whom to trust.
pub(crate) struct Story {
    pub(crate) memory: Memory,
    pub(crate) entries: Vec<Vec<u8>>,
    pub(crate) seals: Vec<PeriodSeal>,
    pub(crate) trees: BTreeMap<u64, Arc<SealTree>>,
    pub(crate) policy: LogPolicy,
}

pub(crate) static STORY: LazyLock<Story> = LazyLock::new(|| {
    let folder = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/scenarios"
    ));
    let scenario = read(&folder.join("two-years.scn")).unwrap();
    let mut run = Run::alone(&scenario).unwrap();
    let mut due = SEALS.iter().peekable();
    for action in &scenario.actions {
        if let What::Submit(step) = &action.what
            && let Some((_, period)) = due.next_if(|(day, _)| Day::parse(day).unwrap() <= step.date)
        {
            play(&mut run, &sealing(step.date, period));
        }
        play(&mut run, action);
    }
    assert!(due.next().is_none(), "the story ends before the last seal");
    let memory = run.shadow().memory().clone();
    let seals: Vec<PeriodSeal> = View::new(&memory).list(b"").unwrap();
    let tree = |seal: &PeriodSeal| Arc::new(SealTree::of_seal(&memory, seal).unwrap());
    let log_key = VerifierKey::parse(&run.shadow().site().log_key).unwrap();
    Story {
        entries: (0..run.shadow().size())
            .map(|index| entry(&memory, index).unwrap().unwrap())
            .collect(),
        trees: seals.iter().map(|seal| (seal.entry, tree(seal))).collect(),
        policy: LogPolicy::of_log(log_key).unwrap(),
        seals,
        memory,
    }
});

fn play(run: &mut Run, action: &Action) {
    let line = run.play(action, None).unwrap();
    assert!(
        line.problem.is_none(),
        "{}: {:?}\n    {}",
        line.place,
        line.problem,
        line.text
    );
}

/// The step that seals a period.
fn sealing(date: Day, period: &str) -> Action {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("seal.scn");
    let line =
        format!("{date} period_seal period={period} size=now:size root=now:root => recorded");
    std::fs::write(&file, line + "\n").unwrap();
    let mut actions = read(&file).unwrap().actions;
    assert_eq!(actions.len(), 1);
    actions.remove(0)
}

impl Story {
    /// Number of entries.
    pub(crate) fn size(&self) -> u64 {
        self.entries.len() as u64
    }

    /// The statement of an object, as a node makes it.
    pub(crate) fn statement(&self, object: &str, size: u64) -> Statement {
        let checkpoint = checkpoint_of(&self.memory, size).unwrap().unwrap();
        let mut statement = Statement::of(&self.memory, object, &checkpoint, 1, BYTES_MAX).unwrap();
        let seal = newest_seal(&self.memory, size).unwrap();
        let ground = seal.as_ref().map(|seal| (seal, &*self.trees[&seal.entry]));
        statement.completeness =
            Completeness::of(&self.memory, object, size, ground, BYTES_MAX).unwrap();
        statement
    }
}

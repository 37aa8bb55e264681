//! Envelopes that hold, whatever they say: none of them may cause a fault.
//!
//! A scenario is played; before each of its steps, what would be recorded there is changed at
//! random (amounts, dates, references to other things, members, lists, kinds, signers) and
//! signed by whoever it then needs. The ledger must say recorded, refused or malformed. Some of
//! what would be recorded is, so that the story goes other ways. At the end an audit must find
//! the ledger whole, and a node on a copy of it must give every envelope the same verdicts.
//!
//! Each is dry-run as a draft as well, that only some of its signers have signed.
//!
//! An episode follows from its number: `FUNDTRAIL_EPISODE=7` plays that one alone.

mod mutation;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use fundtrail_audit::{Export, Status, audit};
use fundtrail_kernel::replay::Replay;
use fundtrail_kernel::{Desk, Kernel, Verdict, proofs};
use fundtrail_model::note::VerifierKey;
use fundtrail_model::port::Table;
use fundtrail_model::tag::TagKey;
use fundtrail_model::{KeyId, LogPolicy, Submission};
use fundtrail_node::{Answer as NodeAnswer, Config, FixedClock, MemoryStorage, Node};
use fundtrail_regulation::chapters::rules;
use fundtrail_regulation::rule::Stage;
use fundtrail_regulation::{Case, Prospect, foresee};
use fundtrail_scenario::{Answer, Draft, Run, Signers, Target as _, What, read};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use mutation::{Pool, mutate};

/// Envelopes tried before each step of a scenario.
const TRIES: usize = 6;
/// Of what would be recorded, one in so many is.
const RECORDED_ONE_IN: u32 = 4;
/// The last envelopes of an episode, which a node is given too.
const FOR_THE_NODE: usize = 48;
/// Tables outside the log, and of its beginning: not what a replay gives back.
const BESIDE: [Table; 7] = [
    Table::Meta,
    Table::Checkpoints,
    Table::Witnessed,
    Table::Disclosures,
    Table::Drafts,
    Table::Refusals,
    Table::Nodes,
];

#[derive(Debug, Default)]
struct Figures {
    envelopes: u64,
    recorded: u64,
    refused: u64,
    malformed: u64,
    known: u64,
    /// Recorded, or refused for another reason than who signed.
    past_standing: u64,
    by_the_law: u64,
    by_the_node: u64,
    /// Dry runs that nothing stood against but missing signers.
    prospects: u64,
    episodes: u64,
    kinds: BTreeSet<String>,
    codes: BTreeMap<String, u64>,
}

#[test]
fn none_that_holds_causes_a_fault() {
    let wanted = if soak() { 150_000 } else { 3_000 };
    let started = Instant::now();
    let alone = std::env::var("FUNDTRAIL_EPISODE").ok();
    let alone = alone.and_then(|number| number.parse::<u64>().ok());
    let files = scenarios();
    let (next, done) = (AtomicU64::new(0), AtomicU64::new(0));
    let worker = || {
        let mut figures = Figures::default();
        while done.load(Ordering::Relaxed) < wanted {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let number = match alone {
                Some(_) if number > 0 => break,
                Some(alone) => alone,
                None => number,
            };
            let before = figures.envelopes;
            episode(number, &files, &mut figures);
            done.fetch_add(figures.envelopes - before, Ordering::Relaxed);
        }
        figures
    };
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let parts: Vec<Figures> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        running.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let mut all = Figures::default();
    parts.into_iter().for_each(|part| all.add(part));
    let seconds = started.elapsed().as_secs();
    println!(
        "verified envelopes: {} in {} episodes, {seconds} s: {} recorded, {} refused, {} malformed, \
         {} known; {:.1}% past the signatures, {:.1}% as far as the law; {} kinds, {} codes; \
         {} by a node too; {} drafts with a prospect; faults 0",
        all.envelopes,
        all.episodes,
        all.recorded,
        all.refused,
        all.malformed,
        all.known,
        percent(all.past_standing, all.envelopes),
        percent(all.by_the_law, all.envelopes),
        all.kinds.len(),
        all.codes.len(),
        all.by_the_node,
        all.prospects,
    );
    if alone.is_none() {
        // They must reach what they are made for.
        assert!(percent(all.past_standing, all.envelopes) > 30.0, "{all:?}");
        assert!(percent(all.prospects, all.envelopes) > 10.0, "{all:?}");
        assert!(
            all.recorded > wanted / 100 && all.codes.len() > 60,
            "{all:?}"
        );
        let kinds = if soak() { 45 } else { 15 };
        assert!(all.kinds.len() > kinds, "{all:?}");
    }
}

/// As `cargo xtask soak` sets it.
fn soak() -> bool {
    std::env::var_os("FUNDTRAIL_SOAK").is_some_and(|value| value == "1")
}

fn percent(part: u64, whole: u64) -> f64 {
    part as f64 * 100.0 / whole.max(1) as f64
}

fn scenarios() -> Vec<PathBuf> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "scn"))
        .collect();
    files.sort();
    files
}

fn episode(number: u64, files: &[PathBuf], figures: &mut Figures) {
    let mut rng = StdRng::seed_from_u64(number);
    let file = files.get(rng.random_range(0..files.len())).unwrap();
    let mut told = Told(format!("episode {number}, {}", file.display()));
    let scenario = read(file).unwrap();
    let mut run = Run::alone(&scenario).unwrap();
    let mut pool = Pool::default();
    let mut last: Vec<Vec<u8>> = Vec::new();
    for (at, action) in scenario.actions.iter().enumerate() {
        if let What::Submit(step) = &action.what
            // On the way the story went, a step may make no transaction any more.
            && let Ok(base) = run.draft(step, &action.place)
        {
            pool.learn(&base);
            for attempt in 0..TRIES {
                let mut draft = pool.base(&base, &mut rng);
                draft.id = format!("x-{number}-{at}-{attempt}");
                let changes = mutate(&mut draft, &pool, &mut rng);
                told.0 = format!("episode {number}, action {at}, {changes:?}: {draft:?}");
                attempt_one(&mut run, draft, &mut rng, &mut last, figures);
            }
        }
        if !matches!(action.what, What::Check(_)) {
            let _ = run.play(action, None);
        }
    }
    told.0 = format!("the end of episode {number}, {}", file.display());
    whole(&run);
    figures.by_the_node += by_a_node(&run, &last);
    figures.episodes += 1;
}

/// Signs a draft by whoever it needs, now and then by others, and asks for the verdict.
fn attempt_one(
    run: &mut Run,
    mut draft: Draft,
    rng: &mut StdRng,
    last: &mut Vec<Vec<u8>>,
    figures: &mut Figures,
) {
    let (clock, everybody) = (run.clock(), Signers::default());
    let signers = run.ring().signers(&draft, &everybody, run.shadow(), clock);
    let Ok(signers) = signers else {
        return; // a particular too long to be sealed
    };
    draft.signers = signers;
    mutation::signers(&mut draft, rng);
    let Ok(mut submission) = draft.submission() else {
        return;
    };
    mutation::openings(&mut submission, rng);
    figures.envelopes += 1;
    figures.prospects += u64::from(is_promising(run, &submission, rng));
    let answer = run.shadow().check(&submission, clock);
    let answer = answer.unwrap_or_else(|fault| panic!("a fault: {fault}"));
    if matches!(answer, Answer::Recorded { .. }) && rng.random_ratio(1, RECORDED_ONE_IN) {
        let again = run.shadow_mut().submit(&submission, clock).unwrap();
        assert_eq!(again, answer, "a check said something else");
    }
    figures.count(&draft.kind, &answer);
    last.push(submission.to_json().into_bytes());
    if last.len() > FOR_THE_NODE {
        last.remove(0);
    }
}

/// Whether nothing stands against it as a draft that some have signed; what it would bring can
/// be told then.
fn is_promising(run: &Run, submission: &Submission, rng: &mut StdRng) -> bool {
    let (shadow, clock) = (run.shadow(), run.clock());
    let desk = Desk {
        origin: shadow.site().origin.clone(),
        log_key: shadow.site().log_key.clone(),
        tag_key: TagKey::new(&shadow.site().tag_key),
    };
    let Ok(admitted) = desk.admit(submission.clone(), shadow.memory()) else {
        return false;
    };
    let signatures = &admitted.envelope.signatures;
    let keys: Vec<KeyId> = signatures.iter().map(|one| one.key_id).collect();
    let keys: Vec<KeyId> = keys.into_iter().filter(|_| rng.random()).collect();
    let (transaction, body) = (&admitted.transaction, &admitted.body);
    let (findings, memory) = (&admitted.findings, shadow.memory());
    let case = Case::new(
        clock,
        shadow.size(),
        transaction,
        body,
        findings,
        &keys,
        memory,
    );
    let case = case.unwrap();
    case.needs().unwrap();
    let refusals = foresee(&case).unwrap();
    let passes = refusals.is_empty() && admitted.refusals.is_empty();
    if passes {
        Prospect::of(&case).unwrap();
    }
    passes
}

/// I1 to I7 hold, and the entries alone give the state back, byte for byte.
fn whole(run: &Run) {
    let shadow = run.shadow();
    let memory = shadow.memory();
    let entries: Vec<Vec<u8>> = (0..shadow.size())
        .map(|index| proofs::entry(memory, index).unwrap().unwrap())
        .collect();
    let mut replay = Replay::new(Some(&shadow.site().origin)).unwrap();
    for entry in &entries {
        replay
            .next(entry)
            .unwrap()
            .unwrap_or_else(|finding| panic!("{finding:?}"));
    }
    let mut versions = 0;
    let state = |(table, _, _): &(Table, &[u8], &[u8])| {
        !BESIDE.contains(table) && !matches!(table, Table::Versions | Table::Days)
    };
    for (one, other) in memory
        .iter()
        .filter(state)
        .zip(replay.state().iter().filter(state))
    {
        assert_eq!(one, other);
        versions += 1;
    }
    let rows = |memory: &fundtrail_kernel::Memory| memory.iter().filter(state).count();
    assert_eq!((rows(memory), rows(replay.state())), (versions, versions));
    if entries.is_empty() {
        return;
    }
    let checkpoint = proofs::latest_checkpoint(memory).unwrap().unwrap();
    let export = Export {
        checkpoint: checkpoint.note.into_bytes(),
        entries,
    };
    let key = VerifierKey::parse(&shadow.site().log_key).unwrap();
    let report = audit(&export, &LogPolicy::of_log(key).unwrap(), None, &mut |_| {});
    assert!(report.is_clean(), "{report}");
    for one in &report.conformity.invariants {
        let duty = ["I8", "I9", "I10"].contains(&one.id);
        assert!(duty || one.status == Status::Holds, "{report}");
    }
}

/// A node on a copy of the ledger takes the same bytes, as one list. Gives how many.
fn by_a_node(run: &Run, list: &[Vec<u8>]) -> u64 {
    let shadow = run.shadow();
    let storage = MemoryStorage::holding(shadow.memory().clone());
    // A story may go back; the clock of a node that is fit is not behind its newest entry.
    let newest = Kernel::open(shadow.memory()).unwrap().last_recorded();
    let now = newest.map_or(run.clock(), |newest| newest.max(run.clock()));
    let clock = Arc::new(FixedClock::at(now));
    let signer = shadow.site().signer().unwrap().unwrap();
    let tag_key = TagKey::new(&shadow.site().tag_key);
    let config = Config::new(signer, tag_key, clock);
    let commit = Box::new(storage.clone());
    let node = Node::open(config, Arc::new(storage), commit).unwrap();
    let bytes: Vec<&[u8]> = list.iter().map(Vec::as_slice).collect();
    let mut twin = shadow.copy();
    for (answer, bytes) in node.submit_all(&bytes).into_iter().zip(list) {
        let submission = Submission::parse(bytes);
        let own = match submission {
            Ok(submission) => twin.submit(&submission, now).unwrap(),
            Err(malformed) => malformed.into(),
        };
        match answer {
            NodeAnswer::Decided(verdict) => same(own, verdict),
            other => panic!("{other:?}"),
        }
    }
    assert!(node.failed().is_none());
    node.shut_down().unwrap();
    list.len() as u64
}

/// Admission looks at the state before the list, so that a node may call malformed what the
/// other has seen change in between; what is recorded is the same.
fn same(own: Answer, verdict: Verdict) {
    let node = Answer::from(verdict);
    let recorded = |answer: &Answer| matches!(answer, Answer::Recorded { .. });
    assert_eq!(recorded(&own), recorded(&node), "{own:?}\n{node:?}");
    if recorded(&own) {
        assert_eq!(own, node);
    }
}

impl Figures {
    fn count(&mut self, kind: &str, answer: &Answer) {
        match answer {
            Answer::Recorded { .. } => {
                self.recorded += 1;
                self.past_standing += 1;
                self.by_the_law += 1;
                self.kinds.insert(kind.to_owned());
            }
            Answer::Refused(all) => {
                self.refused += 1;
                for one in all {
                    *self.codes.entry(one.code.clone()).or_default() += 1;
                }
                let first = all.first().map(|one| one.code.as_str());
                let rule = rules().find(|rule| Some(rule.code) == first);
                let stage = rule.map_or(Stage::Law, |rule| rule.stage);
                self.past_standing += u64::from(stage > Stage::Standing);
                self.by_the_law += u64::from(stage > Stage::Reference);
            }
            Answer::Malformed { code, .. } => {
                self.malformed += 1;
                *self.codes.entry(code.clone()).or_default() += 1;
            }
            Answer::Repeated { .. } | Answer::Conflict { .. } => self.known += 1,
        }
    }

    fn add(&mut self, other: Figures) {
        self.envelopes += other.envelopes;
        self.recorded += other.recorded;
        self.refused += other.refused;
        self.malformed += other.malformed;
        self.known += other.known;
        self.past_standing += other.past_standing;
        self.by_the_law += other.by_the_law;
        self.by_the_node += other.by_the_node;
        self.prospects += other.prospects;
        self.episodes += other.episodes;
        self.kinds.extend(other.kinds);
        for (code, count) in other.codes {
            *self.codes.entry(code).or_default() += count;
        }
    }
}

/// Says where a panic came from.
struct Told(String);

impl Drop for Told {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.0);
        }
    }
}

//! What the ledger costs, as ratios to what this machine itself can do: one strict Ed25519
//! verification, and one synced commit of one row. Both are measured in the same run, so the
//! ratios mean something on a machine that is slow, shared or noisy.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use criterion::{BatchSize, Criterion};
use fundtrail_kernel::replay::Replay;
use fundtrail_kernel::{Admitted, Desk, Kernel, Memory, proofs};
use fundtrail_model::LogPolicy;
use fundtrail_model::Submission;
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::key::SigningKey;
use fundtrail_model::note::NoteSigner;
use fundtrail_model::port::{Batch, Commit, Read, Table};
use fundtrail_model::receipt::Receipt;
use fundtrail_model::tag::TagKey;
use fundtrail_scenario::{Draft, ORIGIN, Site, read, run};
use fundtrail_store::{Store, Writer};
use fundtrail_tests::benchmark::median_of;
use fundtrail_tests::{now, scenario_file};

/// Transactions staged and committed together.
const BATCH: usize = 256;

struct Fund {
    desk: Desk,
    signer: NoteSigner,
    /// Every submission of the scenario, in order.
    story: Vec<Submission>,
}

impl Fund {
    fn new(story: &str) -> Fund {
        let scenario = read(&scenario_file(story)).unwrap_or_else(|error| panic!("{error}"));
        let report = run(&scenario).unwrap_or_else(|error| panic!("{error}"));
        let story = report
            .lines
            .into_iter()
            .filter_map(|line| line.played)
            .map(|played| played.submission);
        let site = Site::throw_away(ORIGIN).unwrap_or_else(|fault| panic!("{fault}"));
        let signer = NoteSigner::new(ORIGIN, SigningKey::from_seed(&[7; 32]))
            .unwrap_or_else(|error| panic!("{error}"));
        let desk = Desk {
            origin: site.origin,
            log_key: site.log_key,
            tag_key: TagKey::new(&site.tag_key),
        };
        Fund {
            desk,
            signer,
            story: story.collect(),
        }
    }

    fn admit(&self, submission: &Submission, read: &dyn Read) -> Option<Admitted> {
        self.desk.admit(submission.clone(), read).ok()
    }

    /// Plays the story into a store, one commit a transaction.
    fn play(&self, kernel: &mut Kernel, store: &Store, writer: &mut Writer) {
        for submission in &self.story {
            let staged = store.read(|read| {
                let admitted = self.admit(submission, read).into_iter().collect();
                kernel
                    .stage(read, now(), admitted)
                    .unwrap_or_else(|fault| panic!("{fault}"))
            });
            let note = self.note(&staged);
            kernel
                .commit(staged, &note, writer)
                .unwrap_or_else(|fault| panic!("{fault}"));
        }
    }

    fn note(&self, staged: &fundtrail_kernel::Staged) -> String {
        let checkpoint = Checkpoint::new(ORIGIN, staged.size(), staged.root());
        let note = checkpoint.and_then(|checkpoint| checkpoint.sign(&self.signer));
        note.map(|note| note.to_text())
            .unwrap_or_else(|error| panic!("{error}"))
    }
}

/// Transfers of one fen, each with two signatures and two postings.
fn transfers(from: usize, count: usize) -> Vec<Submission> {
    (from..from + count)
        .map(|number| {
            let draft = Draft {
                ledger: ORIGIN.to_owned(),
                id: format!("bench-{number}"),
                kind: "transfer".to_owned(),
                date: "2023-12-01".to_owned(),
                body: serde_json::json!({"from": "main", "to": "at-a", "amount": "0.01"}),
                sealed: BTreeMap::new(),
                signers: vec!["manager/maker".to_owned(), "OFF".to_owned()],
            };
            draft.submission().unwrap_or_else(|what| panic!("{what}"))
        })
        .collect()
}

fn main() {
    let mut criterion = Criterion::default()
        .configure_from_args()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(4));
    machine(&mut criterion);
    pipeline(
        &mut criterion,
        &Fund::new("s03-transfers-to-dedicated-accounts.scn"),
    );
    reading(&mut criterion, &Fund::new("two-years.scn"));
    criterion.final_summary();
    print_ratios();
}

/// What the machine itself can do.
fn machine(criterion: &mut Criterion) {
    let key = SigningKey::from_seed(&[1; 32]);
    let message = [42; 400];
    let (public, signature) = (key.public(), key.sign(&message));
    criterion.bench_function("machine/verify_strict", |bench| {
        bench.iter(|| assert!(public.verify(black_box(&message), &signature)));
    });
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let (_, mut writer) = open(folder.path());
    let mut number = 0u64;
    criterion.bench_function("machine/synced_commit", |bench| {
        bench.iter(|| {
            let mut batch = Batch::default();
            number += 1;
            batch.put(Table::Entries, number.to_be_bytes(), [0u8; 64]);
            writer
                .commit(&batch)
                .unwrap_or_else(|fault| panic!("{fault}"));
        });
    });
}

/// The way of a transaction: admission, staging, commit.
fn pipeline(criterion: &mut Criterion, fund: &Fund) {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let (store, mut writer) = open(folder.path());
    let mut kernel = store
        .read(|read| Kernel::open(read))
        .unwrap_or_else(|fault| panic!("{fault}"));
    fund.play(&mut kernel, &store, &mut writer);
    let submissions = transfers(0, BATCH);
    criterion.bench_function("admit", |bench| {
        bench.iter(|| store.read(|read| black_box(fund.admit(&submissions[0], read))));
    });
    let admitted: Vec<Admitted> = store.read(|read| {
        submissions
            .iter()
            .filter_map(|one| fund.admit(one, read))
            .collect()
    });
    assert_eq!(admitted.len(), BATCH);
    let stage = || {
        let staged = store.read(|read| kernel.stage(read, now(), admitted.clone()));
        staged.unwrap_or_else(|fault| panic!("{fault}"))
    };
    let recorded = stage().entries.len();
    assert_eq!(recorded, BATCH, "{:?}", stage().verdicts.first());
    criterion.bench_function("stage_256", |bench| bench.iter(|| black_box(stage())));
    // Every commit is of new transactions: the same ones again would be repeats, which are
    // not written. Signing, admission and staging are not measured here.
    let (kernel, next) = (RefCell::new(kernel), Cell::new(BATCH));
    criterion.bench_function("commit_256", |bench| {
        bench.iter_batched(
            || {
                let fresh = transfers(next.replace(next.get() + BATCH), BATCH);
                let staged = store.read(|read| {
                    let admitted = fresh
                        .iter()
                        .filter_map(|one| fund.admit(one, read))
                        .collect();
                    kernel.borrow().stage(read, now(), admitted)
                });
                let staged = staged.unwrap_or_else(|fault| panic!("{fault}"));
                assert_eq!(staged.entries.len(), BATCH);
                staged
            },
            |staged| {
                let note = fund.note(&staged);
                let mut kernel = kernel.borrow_mut();
                kernel
                    .commit(staged, &note, &mut writer)
                    .unwrap_or_else(|fault| panic!("{fault}"))
            },
            BatchSize::PerIteration,
        );
    });
}

/// What auditors and receipt holders do.
fn reading(criterion: &mut Criterion, fund: &Fund) {
    let mut memory = Memory::default();
    let mut kernel = Kernel::open(&memory).unwrap_or_else(|fault| panic!("{fault}"));
    for submission in &fund.story {
        let admitted = fund.admit(submission, &memory).into_iter().collect();
        let staged = kernel
            .stage(&memory, now(), admitted)
            .unwrap_or_else(|fault| panic!("{fault}"));
        let note = fund.note(&staged);
        kernel
            .commit(staged, &note, &mut memory)
            .unwrap_or_else(|fault| panic!("{fault}"));
    }
    let entries: Vec<Vec<u8>> = (0..kernel.size())
        .filter_map(|index| proofs::entry(&memory, index).ok().flatten())
        .collect();
    assert_eq!(entries.len() as u64, kernel.size());
    criterion.bench_function("replay_two_years", |bench| {
        bench.iter(|| {
            let mut replay = Replay::new(None).unwrap_or_else(|fault| panic!("{fault}"));
            for entry in &entries {
                let outcome = replay.next(entry).unwrap_or_else(|fault| panic!("{fault}"));
                assert!(outcome.is_ok());
            }
        });
    });
    let receipt = || proofs::receipt(&memory, 77).unwrap_or_else(|fault| panic!("{fault:?}"));
    criterion.bench_function("receipt_make", |bench| bench.iter(|| black_box(receipt())));
    let text = receipt().to_text();
    let policy = LogPolicy::of_log(fund.signer.verifier().clone());
    let policy = policy.unwrap_or_else(|error| panic!("{error}"));
    criterion.bench_function("receipt_verify", |bench| {
        bench.iter(|| {
            let receipt = Receipt::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
            assert!(receipt.verify_self_contained(&policy).is_ok());
        });
    });
    println!("entries of the two years: {}", entries.len());
}

fn open(folder: &Path) -> (Store, Writer) {
    let store = Store::open(&folder.join("ledger")).unwrap_or_else(|error| panic!("{error}"));
    let writer = store
        .writer()
        .unwrap_or_else(|| panic!("a fresh store has a writer"));
    (store, writer)
}

/// Medians as criterion measured them, next to the machine's own.
fn print_ratios() {
    let median = |name: &str| median_of(name).map(|nanoseconds| nanoseconds / 1_000.0);
    let (Some(verify), Some(commit)) = (
        median("machine_verify_strict"),
        median("machine_synced_commit"),
    ) else {
        println!("no ratios: the machine's own figures were not measured in this run");
        return;
    };
    println!(
        "\nthis machine: one strict verification {verify:.1} µs, one synced commit {commit:.1} µs"
    );
    println!(
        "{:<28}{:>12}{:>18}{:>18}",
        "", "median µs", "in verifications", "in synced commits"
    );
    let rows = [
        ("admit (2 signatures)", "admit", 1.0),
        ("stage, a transaction", "stage_256", BATCH as f64),
        ("commit of 256", "commit_256", 1.0),
        ("commit, a transaction", "commit_256", BATCH as f64),
        ("replay of two years", "replay_two_years", 1.0),
        ("receipt, made", "receipt_make", 1.0),
        ("receipt, verified", "receipt_verify", 1.0),
    ];
    for (title, name, per) in rows {
        if let Some(measured) = median(name) {
            let each = measured / per;
            println!(
                "{title:<28}{each:>12.1}{:>18.2}{:>18.3}",
                each / verify,
                each / commit
            );
        }
    }
}

//! What a proof costs as the ledger grows: at 10³, 10⁵ and 10⁶ entries in a real RocksDB.
//!
//! A proof has as many hashes as the tree has levels, and each is one read: ten times as many
//! entries are three or four hashes more. The ratios to the smallest ledger show it; times alone
//! would also show what RocksDB's caches hold.

use std::hint::black_box;
use std::time::Duration;

use criterion::Criterion;
use fundtrail_kernel::proofs;
use fundtrail_merkle::{Frontier, Hash, verify_consistency, verify_inclusion};
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::key::SigningKey;
use fundtrail_model::note::NoteSigner;
use fundtrail_model::port::{Batch, Commit, Read, Table};
use fundtrail_scenario::ORIGIN;
use fundtrail_store::Store;
use fundtrail_tests::benchmark::median_of;
use tempfile::TempDir;

/// Sizes of the ledgers.
const SIZES: [u64; 3] = [1_000, 100_000, 1_000_000];
/// Bytes of an entry. Proofs do not depend on it; receipts carry it along.
const ENTRY_BYTES: usize = 400;
/// Entries written in one batch while a ledger is made.
const BATCH: u64 = 10_000;
/// A step that visits entries all over the ledger, prime to every size.
const STRIDE: u64 = 700_001;

/// A ledger of opaque entries, with checkpoints at half its size and at its end.
struct Ledger {
    _folder: TempDir,
    store: Store,
    size: u64,
    /// Roots at half the size and at the size.
    roots: [Hash; 2],
}

/// What does not depend on the machine.
struct Figures {
    size: u64,
    inclusion_hashes: usize,
    consistency_hashes: usize,
    receipt_bytes: usize,
}

fn main() {
    let mut criterion = Criterion::default()
        .configure_from_args()
        .sample_size(20)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3));
    let figures: Vec<Figures> = SIZES
        .iter()
        .map(|size| measure(&mut criterion, &Ledger::of(*size)))
        .collect();
    criterion.final_summary();
    print(&figures);
}

impl Ledger {
    fn of(size: u64) -> Ledger {
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
        let store =
            Store::open(&folder.path().join("ledger")).unwrap_or_else(|error| panic!("{error}"));
        let mut writer = store
            .writer()
            .unwrap_or_else(|| panic!("a fresh store has a writer"));
        let signer = NoteSigner::new(ORIGIN, SigningKey::from_seed(&[7; 32]))
            .unwrap_or_else(|error| panic!("{error}"));
        let mut frontier = Frontier::empty();
        let mut roots = [Hash::empty_root(); 2];
        let mut batch = Batch::default();
        for index in 0..size {
            let entry = entry_bytes(index);
            frontier.append(Hash::leaf(&entry), |node, hash| {
                batch.put(Table::Nodes, node.key(), hash.as_bytes().to_vec());
            });
            batch.put(Table::Entries, index.to_be_bytes(), entry);
            let grown = index + 1;
            if grown == size / 2 || grown == size {
                roots[usize::from(grown == size)] = frontier.root();
                let note = Checkpoint::new(ORIGIN, grown, frontier.root())
                    .and_then(|checkpoint| checkpoint.sign(&signer))
                    .unwrap_or_else(|error| panic!("{error}"));
                batch.put(
                    Table::Checkpoints,
                    grown.to_be_bytes(),
                    note.to_text().as_bytes(),
                );
            }
            if grown % BATCH == 0 || grown == size {
                writer
                    .commit(&std::mem::take(&mut batch))
                    .unwrap_or_else(|fault| panic!("{fault}"));
            }
        }
        Ledger {
            _folder: folder,
            store,
            size,
            roots,
        }
    }

    fn read<T>(&self, f: impl FnOnce(&dyn Read) -> T) -> T {
        self.store.read(|read| f(read))
    }
}

/// An entry that is no other's, of the size of a real one's core.
fn entry_bytes(index: u64) -> Vec<u8> {
    let mut bytes = index.to_string().into_bytes();
    bytes.resize(ENTRY_BYTES, b'.');
    bytes
}

fn measure(criterion: &mut Criterion, ledger: &Ledger) -> Figures {
    let size = ledger.size;
    let [half, whole] = ledger.roots;
    let mut index = 0;
    let mut next = move || {
        index = (index + STRIDE) % size;
        index
    };
    criterion.bench_function(&format!("inclusion/{size}"), |bench| {
        bench.iter(|| {
            let proof = ledger.read(|read| proofs::inclusion(read, black_box(next()), size));
            proof.unwrap_or_else(|fault| panic!("{fault:?}"))
        });
    });
    criterion.bench_function(&format!("consistency/{size}"), |bench| {
        bench.iter(|| {
            let proof = ledger.read(|read| proofs::consistency(read, size / 2, size));
            proof.unwrap_or_else(|fault| panic!("{fault:?}"))
        });
    });
    criterion.bench_function(&format!("receipt/{size}"), |bench| {
        bench.iter(|| {
            let receipt = ledger.read(|read| proofs::receipt(read, black_box(next())));
            receipt.unwrap_or_else(|fault| panic!("{fault:?}"))
        });
    });

    // What was measured are proofs: they verify.
    let last = size - 1;
    let (path, _) = ledger
        .read(|read| proofs::inclusion(read, 0, size))
        .unwrap_or_else(|fault| panic!("{fault:?}"));
    verify_inclusion(0, size, &Hash::leaf(&entry_bytes(0)), &path, &whole)
        .unwrap_or_else(|error| panic!("{error}"));
    let (grown, _) = ledger
        .read(|read| proofs::consistency(read, size / 2, size))
        .unwrap_or_else(|fault| panic!("{fault:?}"));
    verify_consistency(size / 2, size, &half, &whole, &grown)
        .unwrap_or_else(|error| panic!("{error}"));
    let receipt = ledger
        .read(|read| proofs::receipt(read, last))
        .unwrap_or_else(|fault| panic!("{fault:?}"));
    Figures {
        size,
        inclusion_hashes: path.len(),
        consistency_hashes: grown.len(),
        receipt_bytes: receipt.to_text().len(),
    }
}

fn print(figures: &[Figures]) {
    let Some(smallest) = figures.first() else {
        return;
    };
    println!(
        "\n{:<12}{:>8}{:>14}{:>16}{:>16}{:>14}{:>14}{:>14}",
        "entries",
        "log2",
        "path hashes",
        "growth hashes",
        "receipt bytes",
        "path ×",
        "growth ×",
        "receipt ×"
    );
    for one in figures {
        let ratio = |what: &str| {
            let of = |size: u64| median_of(&format!("{what}_{size}"));
            match (of(one.size), of(smallest.size)) {
                (Some(here), Some(first)) => format!("{:.2}", here / first),
                _ => "-".into(),
            }
        };
        println!(
            "{:<12}{:>8.1}{:>14}{:>16}{:>16}{:>14}{:>14}{:>14}",
            one.size,
            (one.size as f64).log2(),
            one.inclusion_hashes,
            one.consistency_hashes,
            one.receipt_bytes,
            ratio("inclusion"),
            ratio("consistency"),
            ratio("receipt")
        );
    }
    println!("× is the median time relative to the smallest ledger, in this run.");
}

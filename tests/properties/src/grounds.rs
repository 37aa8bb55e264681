//! A ledger that lives: two years of the fund, played once in a process, with open claims and
//! working keys. What a target tries is tried on it, and nothing of it is recorded.

use std::path::Path;
use std::sync::LazyLock;

use fundtrail_kernel::{Desk, Kernel};
use fundtrail_merkle::Hash;
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::key::SigningKey;
use fundtrail_model::note::{NoteSigner, VerifierKey};
use fundtrail_model::port::{Read as _, Table};
use fundtrail_model::tag::TagKey;
use fundtrail_model::{LogPolicy, Moment, Submission};
use fundtrail_scenario::{Run, Site, What, read};

/// The scenario that is played.
const STORY: &str = "demo.scn";

/// The ledger, its keys, and how it came to be.
pub(crate) struct Grounds {
    /// The ledger with its keys by name.
    pub(crate) run: Run,
    /// Its right edge.
    pub(crate) kernel: Kernel,
    /// Its door.
    pub(crate) desk: Desk,
    /// Every submission that was played.
    pub(crate) submissions: Vec<Submission>,
    /// The exact bytes of every entry.
    pub(crate) entries: Vec<Vec<u8>>,
    /// The leaf hash of every entry.
    pub(crate) leaves: Vec<Hash>,
    /// A log's key of its own, which signed [`Grounds::notes`] and nothing else.
    pub(crate) log: VerifierKey,
    /// The checkpoints of some sizes, signed by that log.
    pub(crate) notes: Vec<String>,
    /// The policy that trusts that log.
    pub(crate) policy: LogPolicy,
}

/// The grounds.
pub(crate) fn grounds() -> &'static Grounds {
    static GROUNDS: LazyLock<Grounds> = LazyLock::new(Grounds::lay);
    &GROUNDS
}

impl Grounds {
    fn lay() -> Grounds {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
        let scenario = sure(read(&path.join(STORY)));
        let mut run = sure(Run::alone(&scenario));
        let mut submissions = Vec::new();
        for action in &scenario.actions {
            if matches!(action.what, What::Check(_)) {
                continue;
            }
            let line = sure(run.play(action, None));
            assert!(line.problem.is_none(), "{}: {:?}", line.place, line.problem);
            submissions.extend(line.played.map(|played| played.submission));
        }
        let shadow = run.shadow();
        let rows = sure(
            shadow
                .memory()
                .range(Table::Entries, &[], &[0xff; 9], usize::MAX),
        );
        let entries: Vec<Vec<u8>> = rows.into_iter().map(|(_, bytes)| bytes).collect();
        let leaves: Vec<Hash> = entries.iter().map(|bytes| Hash::leaf(bytes)).collect();
        let (log, notes) = signed(&shadow.site().origin, &leaves);
        Grounds {
            kernel: sure(Kernel::open(shadow.memory())),
            desk: desk(shadow.site()),
            policy: sure(LogPolicy::of_log(log.clone())),
            submissions,
            entries,
            leaves,
            log,
            notes,
            run,
        }
    }

    /// The origin of the ledger.
    pub(crate) fn origin(&self) -> &str {
        &self.desk.origin
    }

    /// The ledger's clock.
    pub(crate) fn now(&self) -> Moment {
        self.run.clock()
    }
}

/// The sizes whose checkpoints are signed: small ones, those beside a power of two, the last.
pub(crate) fn sizes(last: usize) -> Vec<usize> {
    let mut sizes = vec![1, 2, 3, 7, 8, 9, 64, 65];
    sizes.retain(|size| *size < last);
    sizes.push(last);
    sizes
}

fn signed(origin: &str, leaves: &[Hash]) -> (VerifierKey, Vec<String>) {
    let signer = sure(NoteSigner::new(origin, SigningKey::from_seed(&[0x46; 32])));
    let note = |size: usize| {
        let root = fundtrail_merkle::root_of(leaves.get(..size).unwrap_or_default());
        let checkpoint = sure(Checkpoint::new(origin, size as u64, root));
        sure(checkpoint.sign(&signer)).to_text()
    };
    let notes = sizes(leaves.len()).into_iter().map(note).collect();
    (signer.verifier().clone(), notes)
}

fn desk(site: &Site) -> Desk {
    Desk {
        origin: site.origin.clone(),
        log_key: site.log_key.clone(),
        tag_key: TagKey::new(&site.tag_key),
    }
}

/// What cannot fail here: the grounds are laid from files that tests hold to.
pub(crate) fn sure<T, E: std::fmt::Display>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}

//! The node: the way in for submissions, and the way to read for everybody else.
//!
//! Admission and dry runs work on the caller's thread over a state of their own; only
//! what was admitted reaches the queue.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use fundtrail_kernel::proofs::{PUBLISHED_BEFORE, Published, latest_checkpoint};
use fundtrail_kernel::{Admitted, Desk, Kernel, Rejection, Verdict};
use fundtrail_model::note::{NoteSigner, VerifierKey};
use fundtrail_model::port::{Batch, Commit, Read, Table};
use fundtrail_model::tag::TagKey;
use fundtrail_model::{Fault, Submission};
use rayon::prelude::*;

use crate::aside::{Aside, NotKept};
use crate::backup::{Backup, Backups};
use crate::clock::Clock;
use crate::drafts::SWEEP_EVERY;
use crate::ending::Ending;
use crate::fitness::{Fitness, Unfit};
use crate::growth::Growth;
use crate::halt::{Halt, Halts};
use crate::metrics::Metrics;
use crate::recovery::{RecoveryError, make_history, recover};
use crate::sequencer::{Newest, Place, Queue, Sequencer};
use crate::storage::Storage;
use crate::witnesses::{Board, Feeder, WitnessState, Witnesses};

/// How many submissions of a long list are admitted before they are queued.
const LIST_PIECE: usize = 256;

/// What a node is made of besides its storage.
pub struct Config {
    /// The log's key; its name is the ledger's origin.
    pub signer: NoteSigner,
    /// The key from which tags are made.
    pub tag_key: TagKey,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The most submissions that wait; one more is answered busy.
    pub queue_max: usize,
    /// The most submissions of one commit.
    pub batch_max: usize,
    /// The witnesses that countersign the log's checkpoints, if there are any.
    pub witnesses: Option<Witnesses>,
    /// How many days a draft takes signatures, and is kept after it ended.
    pub draft_days: u16,
    /// How often drafts whose time is over are looked for.
    pub sweep_every: Duration,
    /// How many bytes must be free where the storage writes; with less nothing is recorded.
    /// 0 looks at no disk.
    pub reserve_bytes: u64,
    /// Who makes backups, if anybody does.
    pub backup: Option<Arc<dyn Backup>>,
}

impl Config {
    /// The usual limits: a queue of 1,024, batches of 512, 30 days for a draft. No witnesses,
    /// and no reserve of disk.
    pub fn new(signer: NoteSigner, tag_key: TagKey, clock: Arc<dyn Clock>) -> Config {
        Config {
            signer,
            tag_key,
            clock,
            queue_max: 1024,
            batch_max: 512,
            witnesses: None,
            draft_days: 30,
            sweep_every: SWEEP_EVERY,
            reserve_bytes: 0,
            backup: None,
        }
    }
}

/// What became of a submission.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It was decided.
    Decided(Verdict),
    /// Too many wait, or the node is stopping. Nothing was recorded.
    Busy,
    /// The machine is not fit to record. Nothing was recorded.
    Unfit(Unfit),
    /// Nothing is taken, or nothing of this kind, until somebody did something about it.
    Halted(Halt),
    /// The machine failed. Whether it was recorded shows when it is sent again.
    Fault(Fault),
}

impl From<Fault> for Answer {
    fn from(fault: Fault) -> Answer {
        Answer::Fault(fault)
    }
}

impl From<Unfit> for Answer {
    fn from(unfit: Unfit) -> Answer {
        Answer::Unfit(unfit)
    }
}

impl From<Rejection> for Answer {
    fn from(rejection: Rejection) -> Answer {
        match rejection {
            Rejection::Malformed(malformed) => Answer::Decided(Verdict::Malformed(malformed)),
            Rejection::Fault(fault) => Answer::Fault(fault),
        }
    }
}

/// A running node. Dropping it stops it as [`Node::shut_down`] does.
pub struct Node {
    desk: Desk,
    log_key: VerifierKey,
    storage: Arc<dyn Storage>,
    clock: Arc<dyn Clock>,
    fitness: Arc<Fitness>,
    newest: Newest,
    metrics: Arc<Metrics>,
    queue: Arc<Queue>,
    ending: Arc<Ending>,
    growth: Arc<Growth>,
    halts: Arc<Halts>,
    backups: Backups,
    sequencer: Mutex<Option<JoinHandle<()>>>,
    feeder: Option<Feeder>,
    board: Arc<Board>,
    witnessed_only: bool,
    draft_days: u16,
}

impl Node {
    /// Recovers what is stored, starts the sequencer, and with witnesses the feeder.
    /// `commit` writes to what `storage` reads, and nobody else does.
    ///
    /// # Errors
    /// [`RecoveryError`], which says which check failed and what to do. Nothing of the ledger was
    /// written.
    pub fn open(
        config: Config,
        storage: Arc<dyn Storage>,
        mut commit: Box<dyn Commit + Send>,
    ) -> Result<Node, RecoveryError> {
        let Config {
            signer,
            tag_key,
            clock,
            queue_max,
            batch_max,
            witnesses,
            draft_days,
            sweep_every,
            reserve_bytes,
            backup,
        } = config;
        let log_key = signer.verifier().clone();
        let origin = log_key.name().to_owned();
        let desk = Desk {
            origin,
            log_key: log_key.to_string(),
            tag_key,
        };
        let kernel = storage.read(|read| recover(read, &desk, &log_key))?;
        make_history(storage.as_ref(), kernel.size(), commit.as_mut())?;
        let witnessed_only = witnesses.as_ref().is_some_and(Witnesses::is_quorum_needed);
        let floor = storage.read(|read| published_before(read, witnessed_only, kernel.size()))?;
        if !floor.is_empty() {
            commit.commit(&floor)?;
        }

        let newest = Newest::of(storage.read(latest_checkpoint)?);
        let fitness = Fitness::new(Arc::clone(&clock), Arc::clone(&storage), reserve_bytes);
        let fitness = Arc::new(fitness);
        fitness.note(kernel.last_recorded());
        let halts = Arc::new(storage.read(Halts::of)?);
        let metrics = Arc::new(Metrics::default());
        metrics.set_size(kernel.size());
        let (queue, jobs) = Queue::new(queue_max, Arc::clone(&metrics));
        let ending = Arc::new(Ending::default());
        let growth = Arc::new(Growth::default());
        let (feeder, inbox) = witnesses.as_ref().map(|_| Feeder::new()).unzip();
        let sequencer = Sequencer {
            kernel,
            storage: Arc::clone(&storage),
            commit,
            clock: Arc::clone(&clock),
            fitness: Arc::clone(&fitness),
            newest: newest.clone(),
            signer,
            metrics: Arc::clone(&metrics),
            batch_max,
            draft_millis: millis_of(draft_days),
            sweep_every,
            swept: Instant::now(),
            growth: Arc::clone(&growth),
            halts: Arc::clone(&halts),
            bell: feeder.as_ref().map(Feeder::bell),
        };
        let told = Arc::clone(&ending);
        let thread = thread::Builder::new()
            .name("sequencer".into())
            .spawn(move || sequencer.run(&jobs, &told))
            .map_err(RecoveryError::Thread)?;
        let node = Node {
            desk,
            log_key,
            storage,
            clock,
            fitness,
            newest,
            metrics,
            queue: Arc::new(queue),
            ending,
            growth,
            halts,
            backups: Backups::new(backup),
            sequencer: Mutex::new(Some(thread)),
            feeder,
            board: Arc::default(),
            witnessed_only,
            draft_days,
        };
        if let (Some(feeder), Some(inbox), Some(witnesses)) = (&node.feeder, inbox, witnesses) {
            let (storage, queue) = (Arc::clone(&node.storage), Arc::clone(&node.queue));
            let (board, halts) = (Arc::clone(&node.board), Arc::clone(&node.halts));
            feeder
                .start(inbox, witnesses, storage, queue, board, halts)
                .map_err(RecoveryError::Thread)?;
        }
        Ok(node)
    }

    /// Submits a transaction and waits until it is decided, and durable if recorded.
    /// Checks form and signatures on the calling thread.
    pub fn submit(&self, bytes: &[u8]) -> Answer {
        // A machine that is not fit says so before it checks anything.
        let place = self
            .is_fit()
            .and_then(|()| self.admit(bytes))
            .and_then(|admitted| self.let_in(admitted))
            .and_then(|admitted| self.queue.offer(admitted));
        self.answered(place)
    }

    /// Submits many, in their order, and waits for all. Unlike [`Node::submit`] this waits
    /// for room in the queue. They are independent: one that is refused stops no other.
    pub fn submit_all(&self, list: &[&[u8]]) -> Vec<Answer> {
        let mut answers = Vec::with_capacity(list.len());
        for piece in list.chunks(LIST_PIECE) {
            let admitted: Vec<Result<Admitted, Answer>> =
                piece.par_iter().map(|bytes| self.admit(bytes)).collect();
            let places: Vec<Result<Place, Answer>> = admitted
                .into_iter()
                .map(|admitted| self.is_fit().and(admitted))
                .map(|admitted| admitted.and_then(|admitted| self.let_in(admitted)))
                .map(|admitted| admitted.and_then(|admitted| self.queue.wait_in(admitted)))
                .collect();
            answers.extend(places.into_iter().map(|place| self.answered(place)));
        }
        answers
    }

    /// The answer [`Node::submit`] would give now, without recording anything: a dry run
    /// over a state of its own. `index` is the one the entry would have.
    pub fn check(&self, bytes: &[u8]) -> Answer {
        self.admit(bytes)
            .and_then(|admitted| self.stage_alone(admitted))
            .unwrap_or_else(|answer| answer)
    }

    /// Keeps something beside the log, in the tables drafts and refusals, and waits
    /// until it is durable.
    ///
    /// `decide` runs in the sequencer: it sees the state as of every write before it, and
    /// nothing is written between its reading and its writing. It should be short.
    ///
    /// # Errors
    /// [`NotKept`]: nothing was written, unless the machine failed. A fault or a panic of
    /// `decide` is the caller's alone.
    pub fn put_aside<T: Send + 'static>(
        &self,
        decide: impl FnOnce(&dyn Read, &mut Batch) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, NotKept> {
        self.fitness.check().map_err(NotKept::Unfit)?;
        let (aside, place) = Aside::new(decide);
        self.queue.put_aside(aside)?;
        place.wait()
    }

    /// Has `tell` called with the number of entries: now, and by the sequencer each time that
    /// more of them became durable, until it says false. It must not wait for anything.
    pub fn on_growth(&self, tell: impl Fn(u64) -> bool + Send + 'static) {
        self.growth.add(Box::new(tell), || self.metrics.size());
    }

    /// Asks no more witnesses, takes no more submissions, decides what was accepted, and
    /// waits for that.
    ///
    /// # Errors
    /// The [`Fault`] that stopped the sequencer, now or before.
    pub fn shut_down(&self) -> Result<(), Fault> {
        if let Some(feeder) = &self.feeder {
            feeder.stop();
        }
        self.queue.close();
        let outcome = self.ending.wait();
        let thread = self
            .sequencer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
        outcome
    }

    /// Waits until the sequencer has ended, for whatever reason.
    ///
    /// # Errors
    /// The [`Fault`] that ended it: what is stored is not known then, and only another node,
    /// opened over it, may go on.
    pub fn wait_for_end(&self) -> Result<(), Fault> {
        self.ending.wait()
    }

    /// As [`Node::wait_for_end`], where that comes within a time.
    pub fn ended_within(&self, time: Duration) -> Option<Result<(), Fault>> {
        self.ending.wait_for(time)
    }

    /// Whether a panic of the sequencer ended it: not the machine failed, but this program.
    pub fn is_defect(&self) -> bool {
        self.ending.is_defect()
    }

    /// Whether the machine is fit to record, now.
    ///
    /// # Errors
    /// [`Unfit`]: submissions get the same answer.
    pub fn fitness(&self) -> Result<(), Unfit> {
        self.fitness.check().map(|_| ())
    }

    /// The newest checkpoint that was committed, by this node or before it: what every later
    /// node over the same storage must hold.
    pub fn newest(&self) -> Option<Published> {
        self.newest.get()
    }

    /// The fault that stopped the sequencer, if one did.
    pub fn failed(&self) -> Option<Fault> {
        self.ending.get().and_then(Result::err)
    }

    /// Whether submissions are taken.
    pub fn is_open(&self) -> bool {
        self.ending.get().is_none() && self.queue.is_open()
    }

    /// Why nothing is recorded, or nothing but one transaction, if that is so.
    pub fn halted(&self) -> Option<Halt> {
        self.halts.get()
    }

    /// Takes over what somebody outside told a node that had this ledger open before.
    pub fn stay_halted_as(&self, before: &Node) {
        if let Some(halt) = before.halts.outside() {
            self.halts.set(halt);
        }
    }

    /// Where everything is read from.
    pub fn storage(&self) -> &dyn Storage {
        self.storage.as_ref()
    }

    /// The clock.
    pub fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    /// The counters.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Whether a checkpoint is published only once a quorum of witnesses cosigned it: the
    /// second argument of [`fundtrail_kernel::proofs::published`].
    pub fn witnessed_only(&self) -> bool {
        self.witnessed_only
    }

    /// How the witnesses are doing, in the order of the policy; none without a policy.
    pub fn witnesses(&self) -> Vec<WitnessState> {
        self.board.states()
    }

    /// The ledger's origin.
    pub fn origin(&self) -> &str {
        &self.desk.origin
    }

    /// What receipts are verified with.
    pub fn log_key(&self) -> &VerifierKey {
        &self.log_key
    }

    /// The key from which tags are made.
    pub fn tag_key(&self) -> &TagKey {
        &self.desk.tag_key
    }

    pub(crate) fn backups(&self) -> &Backups {
        &self.backups
    }

    pub(crate) fn desk(&self) -> &Desk {
        &self.desk
    }

    /// How long a draft takes signatures, in milliseconds.
    pub(crate) fn draft_millis(&self) -> i64 {
        millis_of(self.draft_days)
    }

    fn admit(&self, bytes: &[u8]) -> Result<Admitted, Answer> {
        let admission = || {
            let submission = Submission::parse(bytes).map_err(Rejection::from)?;
            self.storage.read(|read| self.desk.admit(submission, read))
        };
        Ok(contained("admission", admission)??)
    }

    fn let_in(&self, admitted: Admitted) -> Result<Admitted, Answer> {
        match self.halts.check(admitted.body.kind()) {
            Ok(()) => Ok(admitted),
            Err(halt) => Err(Answer::Halted(halt)),
        }
    }

    fn stage_alone(&self, admitted: Admitted) -> Result<Answer, Answer> {
        let now = self.fitness.check()?;
        let staging = || {
            let stage = |read: &dyn Read| Kernel::open(read)?.stage(read, now, vec![admitted]);
            self.storage.read(stage)
        };
        let staged = contained("a dry run", staging)??;
        let verdict = staged.verdicts.into_iter().next();
        Ok(verdict.map_or_else(
            || Answer::Fault(Fault("no verdict".into())),
            Answer::Decided,
        ))
    }

    fn is_fit(&self) -> Result<(), Answer> {
        Ok(self.fitness()?)
    }

    fn answered(&self, place: Result<Place, Answer>) -> Answer {
        let answer = place.map_or_else(|answer| answer, Place::wait);
        self.metrics.answer(&answer);
        answer
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Node")
            .field("origin", &self.origin())
            .field("size", &self.metrics.size())
            .finish_non_exhaustive()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // Whoever wants to know how it ended has asked before.
        let _ = self.shut_down();
    }
}

/// What is to be written for [`PUBLISHED_BEFORE`] to say what it should: a quorum that is asked
/// for anew finds the ledger's size as published; without a quorum everything is.
fn published_before(read: &dyn Read, witnessed_only: bool, size: u64) -> Result<Batch, Fault> {
    let mut batch = Batch::default();
    let is_known = read.get(Table::Meta, PUBLISHED_BEFORE)?.is_some();
    match (witnessed_only, is_known) {
        (true, false) => batch.put(Table::Meta, PUBLISHED_BEFORE, size.to_be_bytes()),
        (false, true) => batch.delete(Table::Meta, PUBLISHED_BEFORE),
        (true, true) | (false, false) => {}
    }
    Ok(batch)
}

fn millis_of(days: u16) -> i64 {
    i64::from(days) * 24 * 60 * 60 * 1000
}

/// A panic on a caller's thread is that caller's fault to hear of, and nobody else's.
pub(crate) fn contained<T>(doing: &str, f: impl FnOnce() -> T) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(f)).map_err(|_| {
        tracing::error!(doing, "panicked: this is a defect");
        Fault(format!("{doing} panicked: this is a defect"))
    })
}

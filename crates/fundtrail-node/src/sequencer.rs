//! The sequencer: one thread that gives order and time, signs, and commits.
//!
//! Batches form by themselves: whatever queued while the last commit was syncing. A fault
//! or a panic ends the thread, and with it the node; everyone who waited is answered.
//! Checkpoints that witnesses cosigned, and all that is kept beside the log, come through
//! the same queue: there is one writer.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use fundtrail_kernel::proofs::Published;
use fundtrail_kernel::{Admitted, Kernel, Staged, Verdict};
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::note::NoteSigner;
use fundtrail_model::port::{Batch, Commit, Table};
use fundtrail_model::{Fault, Moment};
use fundtrail_regulation::Kind;
use fundtrail_regulation::state::Overlay;

use crate::aside::{self, Aside, NotKept, Waiting};
use crate::clock::Clock;
use crate::drafts;
use crate::ending::Ending;
use crate::fitness::Fitness;
use crate::growth::Growth;
use crate::halt::Halts;
use crate::metrics::Metrics;
use crate::node::Answer;
use crate::refusals::{self, REFUSALS_MAX, Seen};
use crate::storage::Storage;
use crate::witnesses::Bell;

/// The one writer, and all it needs.
pub(crate) struct Sequencer {
    pub(crate) kernel: Kernel,
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) commit: Box<dyn Commit + Send>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) fitness: Arc<Fitness>,
    /// The newest checkpoint that was committed.
    pub(crate) newest: Newest,
    pub(crate) signer: NoteSigner,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) batch_max: usize,
    /// For how many milliseconds drafts that have ended are kept.
    pub(crate) draft_millis: i64,
    /// How often drafts whose time is over are looked for.
    pub(crate) sweep_every: Duration,
    /// When they were, last.
    pub(crate) swept: Instant,
    /// Who is told after each commit of entries.
    pub(crate) growth: Arc<Growth>,
    /// What keeps it from recording; a mark of it goes with the entry that answers it.
    pub(crate) halts: Arc<Halts>,
    /// Rung after each commit of entries, if there are witnesses.
    pub(crate) bell: Option<Bell>,
}

/// The newest checkpoint that is committed: what another node over the same storage must
/// hold too.
#[derive(Clone, Debug, Default)]
pub(crate) struct Newest(Arc<Mutex<Option<Published>>>);

impl Newest {
    /// Beginning with what is stored.
    pub(crate) fn of(stored: Option<Published>) -> Newest {
        Newest(Arc::new(Mutex::new(stored)))
    }

    pub(crate) fn get(&self) -> Option<Published> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.clone()
    }

    fn set(&self, size: u64, note: String) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *held = Some(Published { size, note });
    }
}

/// What waits in the queue.
pub(crate) enum Job {
    /// A transaction, and who waits for it.
    Transaction {
        admitted: Box<Admitted>,
        reply: SyncSender<Answer>,
    },
    /// A checkpoint with the lines of a quorum; nobody waits.
    Witnessed { size: u64, note: String },
    /// Something to be kept beside the log, and who waits for it.
    Aside(Aside),
}

/// What is decided and committed together, and who waits for it.
#[derive(Default)]
struct Taken {
    batch: Vec<Admitted>,
    replies: Vec<SyncSender<Answer>>,
    witnessed: Batch,
    asides: Vec<Aside>,
    /// Whether it is time to look what is over.
    is_sweep: bool,
}

impl Sequencer {
    /// Works until the queue is closed and empty, or until a fault.
    pub(crate) fn run(mut self, queue: &Receiver<Job>, ending: &Ending) {
        let outcome = loop {
            let Some(taken) = self.take(queue) else {
                break Ok(());
            };
            let Taken {
                batch,
                replies,
                witnessed,
                asides,
                is_sweep,
            } = taken;
            let work = || {
                self.put_aside(witnessed, asides)?;
                let answers = self.answers(batch)?;
                if is_sweep {
                    self.sweep()?;
                }
                Ok(answers)
            };
            let decided = catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
                ending.set_defect();
                Err(Fault("the sequencer panicked: this is a defect".into()))
            });
            match decided {
                Ok(answers) => answer(replies, answers.into_iter()),
                Err(fault) => {
                    tracing::error!(%fault, "the sequencer stops");
                    // Known to be over before anyone is told, so that nobody retries here.
                    ending.set(Err(fault.clone()));
                    answer(replies, std::iter::repeat(Answer::Fault(fault.clone())));
                    break Err(fault);
                }
            }
        };
        // The right to write goes back before anyone learns of an orderly end.
        drop(self);
        ending.set(outcome);
    }

    /// Waits for one job or the time to sweep, then takes all that wait, up to the most that
    /// fit a batch.
    fn take(&self, queue: &Receiver<Job>) -> Option<Taken> {
        let patience = self.sweep_every.saturating_sub(self.swept.elapsed());
        let first = match queue.recv_timeout(patience) {
            Ok(job) => Some(job),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return None,
        };
        let rest = queue.try_iter().take(self.batch_max.saturating_sub(1));
        let mut taken = Taken {
            is_sweep: self.swept.elapsed() >= self.sweep_every,
            ..Taken::default()
        };
        for job in first.into_iter().chain(rest) {
            match job {
                Job::Transaction { admitted, reply } => {
                    self.metrics.unqueue();
                    taken.batch.push(*admitted);
                    taken.replies.push(reply);
                }
                // A later note for the same size has more lines, and wins.
                Job::Witnessed { size, note } => {
                    taken
                        .witnessed
                        .put(Table::Witnessed, size.to_be_bytes(), note);
                }
                Job::Aside(aside) => taken.asides.push(aside),
            }
        }
        Some(taken)
    }

    /// Commits what stands beside the log, each decided over what those before it wrote.
    fn put_aside(&mut self, mut batch: Batch, asides: Vec<Aside>) -> Result<(), Fault> {
        let mut waiting = Vec::with_capacity(asides.len());
        if !asides.is_empty() {
            self.storage.read(|read| {
                for aside in asides {
                    waiting.extend(aside.decide(read, &mut batch));
                }
                Ok::<(), Fault>(())
            })?;
        }
        if !batch.is_empty() {
            self.commit.commit(&batch)?;
        }
        waiting.into_iter().for_each(Waiting::tell);
        Ok(())
    }

    /// Ends what is over, and what the storage could not do before. By a clock that leapt,
    /// more would be over than is.
    fn sweep(&mut self) -> Result<(), Fault> {
        self.swept = Instant::now();
        if self.fitness.check().is_err() {
            return Ok(());
        }
        let sweep = drafts::sweep(Arc::clone(&self.clock), self.draft_millis);
        self.put_aside(Batch::default(), vec![sweep])?;
        self.commit.commit(&Batch::default())
    }

    /// An answer for each of the batch: one clock reading for all, if it is to be believed.
    fn answers(&mut self, batch: Vec<Admitted>) -> Result<Vec<Answer>, Fault> {
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        let now = match self.fitness.check() {
            Ok(now) => now,
            Err(unfit) => return Ok(vec![Answer::Unfit(unfit); batch.len()]),
        };
        let Some(halt) = self.halts.get() else {
            let verdicts = self.decide(now, batch)?;
            return Ok(verdicts.into_iter().map(Answer::Decided).collect());
        };
        // It may have come to hold while they waited in the queue.
        let is_taken: Vec<bool> = batch
            .iter()
            .map(|admitted| halt.permits(admitted.body.kind()))
            .collect();
        let mut taken = is_taken.iter();
        let batch = batch.into_iter().filter(|_| taken.next() == Some(&true));
        let mut verdicts = self.decide(now, batch.collect())?.into_iter();
        let answers = is_taken.into_iter().map(|is_taken| {
            let verdict = if is_taken { verdicts.next() } else { None };
            verdict.map_or_else(|| Answer::Halted(halt.clone()), Answer::Decided)
        });
        Ok(answers.collect())
    }

    fn decide(&mut self, now: Moment, batch: Vec<Admitted>) -> Result<Vec<Verdict>, Fault> {
        let kernel = &self.kernel;
        let keep = self.draft_millis;
        let seen: Vec<Seen> = batch.iter().map(Seen::of).collect();
        let says_restored = batch.iter().map(|admitted| admitted.body.kind());
        let says_restored: Vec<bool> = says_restored
            .map(|kind| kind == Kind::LedgerRestore)
            .collect();
        let (mut staged, beside) = self.storage.read(|read| {
            let staged = kernel.stage(read, now, batch)?;
            let state = Overlay {
                base: read,
                batch: staged.writes(),
            };
            let mut beside = drafts::recorded(&state, now, keep, &seen, &staged.verdicts)?;
            let refused = refusals::rows(&state, now, seen, &staged.verdicts, REFUSALS_MAX)?;
            beside.absorb(refused);
            Ok::<_, Fault>((staged, beside))
        })?;
        if staged.is_empty() {
            if !beside.is_empty() {
                self.commit.commit(&beside)?;
            }
            return Ok(staged.verdicts);
        }
        staged.put_beside(beside);
        let mut recorded = staged.verdicts.iter().zip(says_restored);
        let says_restored =
            recorded.any(|(verdict, says)| says && matches!(verdict, Verdict::Recorded { .. }));
        if says_restored {
            staged.put_beside(self.halts.recording());
        }
        let checkpoint = sign(&staged, &self.signer)?;
        let began = Instant::now();
        let verdicts = self
            .kernel
            .commit(staged, &checkpoint, self.commit.as_mut())?;
        if says_restored {
            self.halts.recorded();
        }
        self.metrics.commit(began.elapsed());
        self.metrics.set_size(self.kernel.size());
        self.fitness.note(self.kernel.last_recorded());
        self.newest.set(self.kernel.size(), checkpoint);
        self.growth.tell(self.kernel.size());
        if let Some(bell) = &self.bell {
            bell.ring();
        }
        Ok(verdicts)
    }
}

fn sign(staged: &Staged, signer: &NoteSigner) -> Result<String, Fault> {
    Checkpoint::new(signer.name(), staged.size(), staged.root())
        .and_then(|checkpoint| checkpoint.sign(signer))
        .map(|note| note.to_text())
        .map_err(|error| Fault(format!("the checkpoint cannot be signed: {error}")))
}

/// Answers everyone who still waits; whoever went away is not missed.
fn answer(replies: Vec<SyncSender<Answer>>, answers: impl Iterator<Item = Answer>) {
    for (reply, answer) in replies.into_iter().zip(answers) {
        let _ = reply.try_send(answer);
    }
}

/// The bounded queue before the sequencer.
pub(crate) struct Queue {
    sender: RwLock<Option<SyncSender<Job>>>,
    metrics: Arc<Metrics>,
}

/// A place in the queue. [`Place::wait`] gives the answer.
pub(crate) struct Place(Receiver<Answer>);

impl Queue {
    /// A queue of at most `length` jobs, and its other end.
    pub(crate) fn new(length: usize, metrics: Arc<Metrics>) -> (Queue, Receiver<Job>) {
        let (sender, receiver) = sync_channel(length);
        (
            Queue {
                sender: RwLock::new(Some(sender)),
                metrics,
            },
            receiver,
        )
    }

    /// Queues a transaction, if there is room.
    pub(crate) fn offer(&self, admitted: Admitted) -> Result<Place, Answer> {
        self.enter(admitted, |sender, job| match sender.try_send(job) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_)) => Err(Answer::Busy),
            Err(TrySendError::Disconnected(_)) => Err(stopped()),
        })
    }

    /// Queues a transaction, waiting for room.
    pub(crate) fn wait_in(&self, admitted: Admitted) -> Result<Place, Answer> {
        self.enter(admitted, |sender, job| {
            sender.send(job).map_err(|_| stopped())
        })
    }

    /// Queues a checkpoint that a quorum cosigned, waiting for room. Whether it was taken.
    pub(crate) fn keep(&self, size: u64, note: String) -> bool {
        let sender = self.sender();
        sender.is_some_and(|sender| sender.send(Job::Witnessed { size, note }).is_ok())
    }

    /// Queues what is to be kept beside the log, if there is room.
    pub(crate) fn put_aside(&self, aside: Aside) -> Result<(), NotKept> {
        let sender = self.sender().ok_or(NotKept::Busy)?;
        match sender.try_send(Job::Aside(aside)) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_)) => Err(NotKept::Busy),
            Err(TrySendError::Disconnected(_)) => Err(aside::stopped()),
        }
    }

    /// Takes no more; what is queued is still decided.
    pub(crate) fn close(&self) {
        self.sender
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
    }

    /// Whether it takes any.
    pub(crate) fn is_open(&self) -> bool {
        self.sender
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some()
    }

    fn enter(
        &self,
        admitted: Admitted,
        send: impl FnOnce(&SyncSender<Job>, Job) -> Result<(), Answer>,
    ) -> Result<Place, Answer> {
        // Closed: the node is stopping, and another one may start.
        let Some(sender) = self.sender() else {
            return Err(Answer::Busy);
        };
        let (reply, place) = sync_channel(1);
        self.metrics.queue();
        let admitted = Box::new(admitted);
        send(&sender, Job::Transaction { admitted, reply })
            .inspect_err(|_| self.metrics.unqueue())?;
        Ok(Place(place))
    }

    fn sender(&self) -> Option<SyncSender<Job>> {
        self.sender
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Place {
    /// Waits for the answer. There is always one: a sequencer that stops lets go of every
    /// job it holds.
    pub(crate) fn wait(self) -> Answer {
        self.0.recv().unwrap_or_else(|_| stopped())
    }
}

fn stopped() -> Answer {
    Answer::Fault(Fault(
        "the node stopped before deciding; send it again to the next one".into(),
    ))
}

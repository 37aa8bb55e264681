//! The sequencer: one thread that gives order and time, signs, and commits.
//!
//! Batches form by themselves: whatever queued while the last commit was syncing. A fault
//! or a panic ends the thread, and with it the node; everyone who waited is answered.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

use fundtrail_kernel::{Admitted, Kernel, Staged, Verdict};
use fundtrail_model::Fault;
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::note::NoteSigner;
use fundtrail_model::port::Commit;

use crate::clock::Clock;
use crate::ending::Ending;
use crate::metrics::Metrics;
use crate::node::Answer;
use crate::storage::Storage;

/// The one writer, and all it needs.
pub(crate) struct Sequencer {
    pub(crate) kernel: Kernel,
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) commit: Box<dyn Commit + Send>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) signer: NoteSigner,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) batch_max: usize,
}

/// A transaction in the queue, and who waits for it.
pub(crate) struct Job {
    admitted: Admitted,
    reply: SyncSender<Answer>,
}

impl Sequencer {
    /// Works until the queue is closed and empty, or until a fault.
    pub(crate) fn run(mut self, queue: &Receiver<Job>, ending: &Ending) {
        let outcome = loop {
            let Some(jobs) = self.take(queue) else {
                break Ok(());
            };
            let (batch, replies): (Vec<Admitted>, Vec<SyncSender<Answer>>) = jobs
                .into_iter()
                .map(|job| (job.admitted, job.reply))
                .unzip();
            let decided = catch_unwind(AssertUnwindSafe(|| self.decide(batch)))
                .unwrap_or_else(|_| Err(Fault("the sequencer panicked: this is a defect".into())));
            match decided {
                Ok(verdicts) => answer(replies, verdicts.into_iter().map(Answer::Decided)),
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

    /// Waits for one job, then takes all that wait, up to the most that fit a batch.
    fn take(&self, queue: &Receiver<Job>) -> Option<Vec<Job>> {
        let first = queue.recv().ok()?;
        let rest = queue.try_iter().take(self.batch_max.saturating_sub(1));
        let jobs: Vec<Job> = std::iter::once(first).chain(rest).collect();
        jobs.iter().for_each(|_| self.metrics.unqueue());
        Some(jobs)
    }

    fn decide(&mut self, batch: Vec<Admitted>) -> Result<Vec<Verdict>, Fault> {
        let now = self.clock.now()?;
        let kernel = &self.kernel;
        let staged = self.storage.read(|read| kernel.stage(read, now, batch))?;
        if staged.is_empty() {
            return Ok(staged.verdicts);
        }
        let checkpoint = sign(&staged, &self.signer)?;
        let began = Instant::now();
        let verdicts = self
            .kernel
            .commit(staged, &checkpoint, self.commit.as_mut())?;
        self.metrics.commit(began.elapsed());
        self.metrics.set_size(self.kernel.size());
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
        let sender = self
            .sender
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        // Closed: the node is stopping, and another one may start.
        let Some(sender) = sender else {
            return Err(Answer::Busy);
        };
        let (reply, place) = sync_channel(1);
        self.metrics.queue();
        send(&sender, Job { admitted, reply }).inspect_err(|_| self.metrics.unqueue())?;
        Ok(Place(place))
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

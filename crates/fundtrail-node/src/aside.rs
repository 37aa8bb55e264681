//! What is kept beside the log: drafts and refused submissions. No entry speaks of it, and no
//! replay gives it back.
//!
//! It is written by the sequencer like everything else, so that whoever reads, decides and
//! writes does so with nobody in between.
//!
//! Invariants: nothing is answered before it is durable; nothing here can write a table of
//! the log.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use fundtrail_model::Fault;
use fundtrail_model::port::{Batch, Read, Table};
use fundtrail_regulation::state::Overlay;

use crate::fitness::Unfit;

/// The tables that may be written beside the log.
const TABLES: &[Table] = &[Table::Drafts, Table::Refusals];

/// Why something was not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotKept {
    /// Too much waits, or the node is stopping.
    Busy,
    /// The machine is not fit to keep anything.
    Unfit(Unfit),
    /// The machine failed. Whether it was written is not known.
    Fault(Fault),
}

impl From<Fault> for NotKept {
    fn from(fault: Fault) -> NotKept {
        NotKept::Fault(fault)
    }
}

/// Reads a state, and says what is to be written.
type Decide = Box<dyn FnOnce(&dyn Read) -> Result<Batch, Fault> + Send>;

/// Something to be kept, and who waits for it.
pub(crate) struct Aside {
    decide: Decide,
    reply: SyncSender<Result<(), Fault>>,
}

/// Whoever waits for it.
pub(crate) struct Place<T> {
    kept: Receiver<Result<(), Fault>>,
    made: Receiver<T>,
}

/// One that was decided and waits for its commit.
pub(crate) struct Waiting(SyncSender<Result<(), Fault>>);

impl Aside {
    pub(crate) fn new<T: Send + 'static>(
        decide: impl FnOnce(&dyn Read, &mut Batch) -> Result<T, Fault> + Send + 'static,
    ) -> (Aside, Place<T>) {
        let ((reply, kept), (give, made)) = (sync_channel(1), sync_channel(1));
        let decide = Box::new(move |read: &dyn Read| {
            let mut batch = Batch::default();
            let value = decide(read, &mut batch)?;
            // Whoever went away is not missed.
            let _ = give.try_send(value);
            Ok(batch)
        });
        (Aside { decide, reply }, Place { kept, made })
    }

    /// Decides over `read` with `batch` written over it, and adds its own writes. Nobody
    /// waits any more for one that failed: it was told.
    pub(crate) fn decide(self, read: &dyn Read, batch: &mut Batch) -> Option<Waiting> {
        let Aside { decide, reply } = self;
        let state = Overlay { base: read, batch };
        let decided = catch_unwind(AssertUnwindSafe(|| decide(&state)))
            .unwrap_or_else(|_| Err(Fault("what was put aside panicked: a defect".into())))
            .and_then(checked);
        match decided {
            Ok(writes) => {
                batch.absorb(writes);
                Some(Waiting(reply))
            }
            Err(fault) => {
                tracing::error!(%fault, "nothing was put aside");
                let _ = reply.try_send(Err(fault));
                None
            }
        }
    }
}

impl Waiting {
    /// It is durable.
    pub(crate) fn tell(self) {
        let _ = self.0.try_send(Ok(()));
    }
}

impl<T> Place<T> {
    /// Waits until it is durable. There is always an answer: a sequencer that stops lets go
    /// of every job it holds.
    pub(crate) fn wait(self) -> Result<T, NotKept> {
        self.kept.recv().map_err(|_| stopped())??;
        self.made.recv().map_err(|_| stopped())
    }
}

/// The node ended before it was kept.
pub(crate) fn stopped() -> NotKept {
    NotKept::Fault(Fault("the node stopped before it was kept".into()))
}

fn checked(batch: Batch) -> Result<Batch, Fault> {
    let mut tables = batch.iter().map(|(table, ..)| table);
    match tables.find(|table| !TABLES.contains(table)) {
        Some(table) => Err(Fault(format!(
            "table {} is not beside the log: a defect",
            table.name()
        ))),
        None => {
            drop(tables);
            Ok(batch)
        }
    }
}

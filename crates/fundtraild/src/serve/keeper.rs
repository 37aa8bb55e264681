//! The keeper: one thread that watches the node, and opens its ledger again after a fault of
//! the machine.
//!
//! A node whose commit failed does not know what is on the disk. It never writes again: it is
//! let go of, its storage is closed, and the ledger is opened anew with all the checks of a
//! start, again and again until the machine is cured. Meanwhile the addresses stay open and
//! say so. What time does not cure ends the process: a ledger that recovery refuses, and a
//! panic of the sequencer, which is a defect of the program.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use fundtrail_http::App;
use fundtrail_model::Fault;
use fundtrail_node::Node;

use super::ledger::{Ledger, Opened, Refused};
use crate::Complaint;

/// The pause before the ledger is opened again; it doubles with each failure …
const PAUSE_FIRST: Duration = Duration::from_secs(1);
/// … up to this one.
const PAUSE_MAX: Duration = Duration::from_secs(30);
/// A node that held for so long was well: the pauses begin anew.
const WELL_AFTER: Duration = Duration::from_secs(60);
/// How often the machine is looked at: a leap of the clock is noticed whether or not
/// anybody submits.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Watches the node that `app` serves.
pub(super) struct Keeper {
    app: App,
    ledger: Ledger,
    opened: Opened,
    /// Before the ledger is opened after the next fault.
    pause: Duration,
    /// Hears the end of the process: its other end is dropped.
    told: Receiver<()>,
}

/// Why nobody watches any more.
enum Over {
    /// The process was told to stop.
    Told,
    /// It has to.
    Must(Complaint),
}

impl Keeper {
    /// Of a node that is served.
    pub(super) fn new(app: App, ledger: Ledger, opened: Opened, told: Receiver<()>) -> Keeper {
        Keeper {
            app,
            ledger,
            opened,
            pause: PAUSE_FIRST,
            told,
        }
    }

    /// Starts the thread. When it ends, the node is shut down and its storage closed; it fails
    /// where the process has to end.
    pub(super) fn start(self) -> Result<JoinHandle<Result<(), Complaint>>, Complaint> {
        std::thread::Builder::new()
            .name("keeper".into())
            .spawn(move || self.keep())
            .map_err(|error| Complaint(format!("no thread: {error}")))
    }

    fn keep(mut self) -> Result<(), Complaint> {
        let over = loop {
            let since = Instant::now();
            let fault = match self.watch() {
                Ok(fault) => fault,
                Err(over) => break over,
            };
            // One that fails again at once is not opened at once for ever.
            if since.elapsed() >= WELL_AFTER {
                self.pause = PAUSE_FIRST;
            }
            if let Err(over) = self.recover(&fault) {
                break over;
            }
        };
        self.app.stop();
        // What is queued is decided before the storage goes.
        let _ = self.opened.node.shut_down();
        self.opened.storage.revoke();
        match over {
            Over::Told => Ok(()),
            Over::Must(complaint) => Err(complaint),
        }
    }

    /// Waits for the node's end: the fault that ended it.
    fn watch(&self) -> Result<Fault, Over> {
        let node = &self.opened.node;
        let mut unfit = None;
        loop {
            match node.ended_within(LOOK_EVERY) {
                Some(Ok(())) => return Err(Over::Told),
                Some(Err(fault)) if node.is_defect() => {
                    let sentence = format!("the node failed: {fault}; start it again");
                    return Err(Over::Must(Complaint(sentence)));
                }
                Some(Err(fault)) => return Ok(fault),
                None => {}
            }
            if !matches!(self.told.try_recv(), Err(TryRecvError::Empty)) {
                return Err(Over::Told);
            }
            look(node, &mut unfit);
        }
    }

    /// Lets go of the node that failed, and opens the ledger until that works.
    fn recover(&mut self, fault: &Fault) -> Result<(), Over> {
        tracing::error!(%fault, "the storage failed: the ledger is opened again");
        let began = Instant::now();
        let newest = self.opened.node.newest();
        let _ = self.opened.node.shut_down();
        self.opened.storage.revoke();
        loop {
            match self.told.recv_timeout(self.pause) {
                Err(RecvTimeoutError::Timeout) => {}
                _ => return Err(Over::Told),
            }
            self.pause = (self.pause * 2).min(PAUSE_MAX);
            match self.ledger.open_again(newest.as_ref()) {
                Ok(opened) => {
                    // What a witness said holds, whether or not it is there to say it again.
                    opened.node.stay_halted_as(&self.opened.node);
                    self.app.replace(Arc::clone(&opened.node));
                    self.opened = opened;
                    let seconds = began.elapsed().as_secs();
                    tracing::info!(seconds, "the ledger is served again");
                    return Ok(());
                }
                Err(Refused {
                    complaint,
                    is_of_machine: true,
                }) => {
                    tracing::error!(reason = complaint.0, "the ledger cannot be opened yet");
                }
                Err(Refused { complaint, .. }) => return Err(Over::Must(complaint)),
            }
        }
    }
}

/// Says once that the machine is not fit to record, and once that it is again.
fn look(node: &Node, unfit: &mut Option<&'static str>) {
    let now = node.fitness().err();
    let code = now.as_ref().map(|unfit| unfit.code());
    if code == *unfit {
        return;
    }
    match &now {
        Some(why) => tracing::error!(code, %why, "nothing is recorded"),
        None => tracing::info!("the machine is fit to record again"),
    }
    *unfit = code;
}

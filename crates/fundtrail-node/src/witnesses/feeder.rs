//! The feeder: one thread that keeps the witnesses busy and gathers their lines.
//!
//! A round is one checkpoint. It is kept until the quorum has cosigned it, so that the
//! lines of quick and of slow witnesses meet under one text; then the newest checkpoint is
//! the next round. A witness that comes too late for its round still adds its line to it.

use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use fundtrail_kernel::proofs::{StoredNodes, latest_checkpoint, latest_witnessed};
use fundtrail_merkle::consistency_proof;
use fundtrail_model::Fault;
use fundtrail_model::add_checkpoint::AddCheckpoint;
use fundtrail_model::note::{Note, NoteSignature};
use fundtrail_model::port::Read;

use super::answer::{Meaning, meaning};
use super::round::Round;
use super::standing::Standing;
use super::{Board, Cosigned, Reply, Trouble, Witnesses, worker};
use crate::halt::{Halt, Halts};
use crate::sequencer::Queue;
use crate::storage::Storage;

/// Events that wait. More commits than that need no further ring.
const EVENTS: usize = 64;

/// What the feeder is told.
pub(super) enum Event {
    /// Something was committed.
    Committed,
    /// A witness answered, or did not.
    Answered {
        witness: usize,
        reply: Result<Reply, String>,
    },
    /// Enough.
    Stop,
}

/// Tells the feeder of a commit. Never waits.
pub(crate) struct Bell(SyncSender<Event>);

impl Bell {
    pub(crate) fn ring(&self) {
        // Full: it is about to look anyway. Gone: the node is stopping.
        let _ = self.0.try_send(Event::Committed);
    }
}

/// A feeder that is not started yet, or runs.
pub(crate) struct Feeder {
    events: SyncSender<Event>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// The thread's own end.
pub(crate) struct Inbox(Receiver<Event>);

impl Feeder {
    /// A feeder and the inbox of its thread.
    pub(crate) fn new() -> (Feeder, Inbox) {
        let (events, inbox) = sync_channel(EVENTS);
        let feeder = Feeder {
            events,
            thread: Mutex::new(None),
        };
        (feeder, Inbox(inbox))
    }

    /// What the sequencer rings.
    pub(crate) fn bell(&self) -> Bell {
        Bell(self.events.clone())
    }

    /// Starts the thread.
    pub(crate) fn start(
        &self,
        inbox: Inbox,
        witnesses: Witnesses,
        storage: Arc<dyn Storage>,
        queue: Arc<Queue>,
        board: Arc<Board>,
        halts: Arc<Halts>,
    ) -> io::Result<()> {
        let mut feeding = Feeding {
            standings: standings(&witnesses),
            requests: requests(&witnesses, &self.events)?,
            rounds: BTreeMap::new(),
            target: None,
            begun: None,
            kept: 0,
            witnesses,
            storage,
            queue,
            board,
            halts,
        };
        feeding.show();
        let work = move || {
            let run = AssertUnwindSafe(|| feeding.run(&inbox.0));
            if catch_unwind(run).is_err() {
                tracing::error!("the feeder of the witnesses panicked: this is a defect");
            }
        };
        let thread = thread::Builder::new().name("feeder".into()).spawn(work)?;
        *self.thread.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread);
        Ok(())
    }

    /// Ends the thread and waits for that. A request to a witness that is under way is left
    /// to itself.
    pub(crate) fn stop(&self) {
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            let _ = self.events.send(Event::Stop);
            let _ = thread.join();
        }
    }
}

fn standings(witnesses: &Witnesses) -> Vec<Standing> {
    let listed = witnesses.policy().witnesses().iter();
    listed
        .map(|witness| Standing::new(&witness.name, &witness.key, witness.url.as_deref()))
        .collect()
}

fn requests(
    witnesses: &Witnesses,
    events: &SyncSender<Event>,
) -> io::Result<Vec<Option<SyncSender<String>>>> {
    let listed = witnesses.policy().witnesses().iter().enumerate();
    let start = |(number, witness): (usize, &fundtrail_model::log_policy::Witness)| {
        let Some(url) = &witness.url else {
            return Ok(None);
        };
        let url = format!("{}/add-checkpoint", url.trim_end_matches('/'));
        let link = Arc::clone(witnesses.link());
        worker::start(number, witness.name.clone(), url, link, events.clone()).map(Some)
    };
    listed.map(start).collect()
}

/// Everything the thread knows.
struct Feeding {
    witnesses: Witnesses,
    standings: Vec<Standing>,
    /// The way to each witness's thread; `None` for those that are not asked.
    requests: Vec<Option<SyncSender<String>>>,
    /// Rounds by size: the target, and older ones for which somebody is still being asked.
    rounds: BTreeMap<u64, Round>,
    /// The size of the round everybody is asked for.
    target: Option<u64>,
    /// When that round began.
    begun: Option<Instant>,
    /// The size of the newest checkpoint with lines that was handed on.
    kept: u64,
    storage: Arc<dyn Storage>,
    queue: Arc<Queue>,
    board: Arc<Board>,
    halts: Arc<Halts>,
}

impl Feeding {
    fn run(&mut self, events: &Receiver<Event>) {
        if let Err(fault) = self.remember() {
            tracing::error!(%fault, "what witnesses cosigned before cannot be read");
        }
        loop {
            let wake = self.work(Instant::now()).unwrap_or_else(|fault| {
                tracing::error!(%fault, "the witnesses cannot be asked");
                Instant::now().checked_add(self.witnesses.pace.first_retry)
            });
            self.show();
            let Some(first) = next(events, wake) else {
                return;
            };
            for event in first.into_iter().chain(events.try_iter()) {
                match event {
                    Event::Committed => {}
                    Event::Answered { witness, reply } => self.answered(witness, reply),
                    Event::Stop => return,
                }
            }
        }
    }

    /// What the newest witnessed checkpoint says of the witnesses: where to begin.
    fn remember(&mut self) -> Result<(), Fault> {
        let Some(newest) = self.storage.read(latest_witnessed)? else {
            return Ok(());
        };
        let note = Note::parse(newest.note.as_bytes())
            .map_err(|error| Fault(format!("the checkpoint of size {}: {error}", newest.size)))?;
        self.kept = newest.size;
        for standing in &mut self.standings {
            let key = [standing.key().clone()];
            // An error: no line of this witness, which is then asked from the beginning.
            let time = note.verify(&key).ok().and_then(|lines| lines.first()?.time);
            if let Some(time) = time {
                let size = newest.size;
                standing.cosigned(Cosigned { size, time });
            }
        }
        Ok(())
    }

    /// Begins a round if it is time, and asks whoever can be asked. Gives when to look again
    /// if nothing happens before; `None` for never.
    fn work(&mut self, now: Instant) -> Result<Option<Instant>, Fault> {
        let storage = Arc::clone(&self.storage);
        storage.read(|read| {
            let later = self.begin(read, now)?;
            self.clear();
            let Some(size) = self.target else {
                return Ok(later);
            };
            let mut wake = later;
            for witness in 0..self.standings.len() {
                let due = self.ask(witness, size, read, now);
                // What cannot be shown to one may be shown to the others.
                if let Some(due) = due.unwrap_or_else(|fault| self.hindered(witness, &fault, now)) {
                    wake = Some(wake.map_or(due, |wake| wake.min(due)));
                }
            }
            Ok(wake)
        })
    }

    /// Makes the newest checkpoint the target, unless the one there is still needed. Gives
    /// when that will be possible if only time is missing.
    fn begin(&mut self, read: &dyn Read, now: Instant) -> Result<Option<Instant>, Fault> {
        let Some(newest) = latest_checkpoint(read)? else {
            return Ok(None);
        };
        if let Some(size) = self.target {
            let is_reached = self.rounds.get(&size).is_none_or(|round| round.is_reached);
            // Somebody else showed a witness a later checkpoint of ours.
            let is_overtaken = self.standings.iter().any(|one| one.old > size);
            if newest.size <= size || !(is_reached || is_overtaken) {
                return Ok(None);
            }
            let interval = self.witnesses.pace.interval;
            let earliest = self.begun.and_then(|begun| begun.checked_add(interval));
            if let Some(earliest) = earliest.filter(|earliest| *earliest > now) {
                return Ok(Some(earliest));
            }
        }
        let size = newest.size;
        let round = Round::of(newest, read, self.witnesses.policy())?;
        self.rounds.insert(size, round);
        self.target = Some(size);
        self.begun = Some(now);
        Ok(None)
    }

    /// Forgets rounds that nobody is asked for any more.
    fn clear(&mut self) {
        let (target, standings) = (self.target, &self.standings);
        self.rounds.retain(|size, _| {
            Some(*size) == target || standings.iter().any(|one| one.asked == Some(*size))
        });
    }

    /// Asks a witness for its line under the target, if it has none and may be asked. Gives
    /// when it may be, if later.
    fn ask(
        &mut self,
        witness: usize,
        size: u64,
        read: &dyn Read,
        now: Instant,
    ) -> Result<Option<Instant>, Fault> {
        let (Some(standing), Some(Some(requests)), Some(round)) = (
            self.standings.get_mut(witness),
            self.requests.get(witness),
            self.rounds.get(&size),
        ) else {
            return Ok(None);
        };
        // Above the target: the next round is for it.
        if !standing.is_free() || standing.old > size || round.has(standing.key()) {
            return Ok(None);
        }
        if let Some(due) = standing.due_after(now) {
            return Ok(Some(due));
        }
        let proof = consistency_proof(standing.old, size, &StoredNodes(read))
            .map_err(|error| Fault(format!("a proof from size {}: {error}", standing.old)))?;
        let request = AddCheckpoint {
            old: standing.old,
            proof,
            checkpoint: round.signed.clone(),
        };
        match requests.try_send(request.to_text()) {
            Ok(()) => standing.asked = Some(size),
            // Its thread is gone, which it never is before this one.
            Err(_) => tracing::error!(witness = standing.name(), "cannot be asked any more"),
        }
        Ok(None)
    }

    /// A witness that cannot be asked, through no doing of its own. Gives when it is tried again.
    fn hindered(&mut self, witness: usize, fault: &Fault, now: Instant) -> Option<Instant> {
        let standing = self.standings.get_mut(witness)?;
        tracing::error!(witness = standing.name(), %fault, "this witness cannot be asked");
        standing.postponed(now, &self.witnesses.pace)
    }

    fn answered(&mut self, witness: usize, reply: Result<Reply, String>) {
        let Some(standing) = self.standings.get_mut(witness) else {
            return;
        };
        let asked = standing.asked.take();
        let Some((size, round)) = asked.and_then(|size| Some((size, self.rounds.get(&size)?)))
        else {
            return;
        };
        let meaning = match &reply {
            Ok(reply) => meaning(reply, standing.key(), round.text()),
            Err(why) => {
                tracing::debug!(witness = standing.name(), why, "no answer");
                Meaning::Trouble(Trouble::Unreachable)
            }
        };
        match meaning {
            Meaning::Line(line, time) => {
                standing.cosigned(Cosigned { size, time });
                // First who, then what: whoever reads the note finds its witnesses here.
                self.show();
                self.gather(size, line);
            }
            Meaning::At(theirs) => self.corrected(witness, theirs),
            Meaning::Trouble(trouble) => self.failed(witness, size, trouble),
        }
    }

    /// A witness says which size it cosigned last.
    fn corrected(&mut self, witness: usize, theirs: u64) {
        let ours = match self.storage.read(latest_checkpoint) {
            Ok(newest) => newest.map_or(0, |newest| newest.size),
            Err(fault) => {
                tracing::error!(%fault, "the newest checkpoint cannot be read");
                return;
            }
        };
        let Some(standing) = self.standings.get_mut(witness) else {
            return;
        };
        if theirs > ours {
            self.failed(witness, theirs, Trouble::Ahead);
        } else if let Err(trouble) = standing.corrected(theirs) {
            self.failed(witness, theirs, trouble);
        }
    }

    fn failed(&mut self, witness: usize, size: u64, trouble: Trouble) {
        let entries = self.entries();
        let Some(standing) = self.standings.get_mut(witness) else {
            return;
        };
        let is_new = standing.failed(trouble, Instant::now(), &self.witnesses.pace);
        let (witness, code) = (standing.name(), trouble.code());
        if trouble.is_fatal() {
            let halt = halt_of(witness, size, entries, trouble);
            tracing::error!(
                witness,
                code,
                size,
                entries,
                halt = halt.code(),
                "this witness saw another tree than this ledger's, and nothing more is recorded: \
                 find out why before the node is started again"
            );
            self.halts.set(halt);
        } else if is_new {
            tracing::warn!(
                witness,
                code,
                size,
                "no line of this witness; it is asked again"
            );
        }
    }

    /// The size of the newest checkpoint; 0 where it cannot be read.
    fn entries(&self) -> u64 {
        let newest = self.storage.read(latest_checkpoint);
        newest.ok().flatten().map_or(0, |newest| newest.size)
    }

    /// Adds a verified line to its round, and hands the note on if the quorum is there.
    fn gather(&mut self, size: u64, line: NoteSignature) {
        let Some(round) = self.rounds.get_mut(&size) else {
            return;
        };
        let was_kept = round.is_kept;
        match round.add(line, self.witnesses.policy()) {
            // Receipts are bound to a later checkpoint already, and stay so.
            Ok(Some(_)) if !was_kept && size < self.kept => {}
            Ok(Some(note)) => {
                tracing::debug!(size, "a quorum cosigned");
                round.is_kept = true;
                self.kept = self.kept.max(size);
                // Not taken: the node is stopping, and asks again when it starts.
                let _ = self.queue.keep(size, note);
            }
            Ok(None) => {}
            Err(error) => tracing::error!(size, %error, "a line was left out: this is a defect"),
        }
    }

    fn show(&self) {
        let states = self.standings.iter().map(|one| one.state().clone());
        self.board.show(states.collect());
    }
}

/// What keeps the node from recording after a trouble of which nothing good can be thought.
fn halt_of(witness: &str, size: u64, entries: u64, trouble: Trouble) -> Halt {
    let witness = witness.to_owned();
    match trouble {
        Trouble::Ahead => Halt::ShorterThanKnown {
            witness,
            known: size,
            entries,
        },
        _ => Halt::DiffersFromKnown { witness, size },
    }
}

/// The next event: `Some(None)` when it is time to look again, `None` when there will be
/// none any more.
fn next(events: &Receiver<Event>, wake: Option<Instant>) -> Option<Option<Event>> {
    let Some(wake) = wake else {
        return events.recv().ok().map(Some);
    };
    let pause = wake.saturating_duration_since(Instant::now());
    match events.recv_timeout(pause.max(Duration::from_millis(1))) {
        Ok(event) => Some(Some(event)),
        Err(RecvTimeoutError::Timeout) => Some(None),
        Err(RecvTimeoutError::Disconnected) => None,
    }
}

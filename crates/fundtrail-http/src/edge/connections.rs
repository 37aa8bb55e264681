//! The connections that are open: at most so many, and an idle one makes room for a new one.
//!
//! A connection is idle while no request of it is worked on: before its first, while it
//! sends a head, and between two. When a new one comes and the bound is reached, the one
//! that has been idle longest is closed, so that ten thousand silent ones keep nobody out;
//! when none is idle the new one is refused. Closing waits for nobody: an idle connection
//! has nothing to lose.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use super::traffic::Traffic;

/// Too many files are open in the system: the same number on every Unix.
const ENFILE: i32 = 23;
/// Too many files are open in this process.
const EMFILE: i32 = 24;
/// How often it is said that no connection can be taken.
const COMPLAIN_EVERY: Duration = Duration::from_secs(60);

/// The connections of one address.
pub(crate) struct Connections {
    most: usize,
    open: Mutex<Open>,
    traffic: Arc<Traffic>,
}

#[derive(Default)]
struct Open {
    next: u64,
    /// When it was last said that none can be taken.
    complained: Option<Instant>,
    lines: BTreeMap<u64, Arc<Line>>,
}

/// One connection. Its requests find it among their extensions.
pub(crate) struct Line(Mutex<State>);

struct State {
    /// Requests worked on: until the last byte of their answers was taken.
    working: usize,
    /// When that last changed.
    since: Instant,
    is_closed: bool,
    /// Who waits for bytes.
    reader: Option<Waker>,
}

/// A place among the open connections, given back when dropped.
pub(crate) struct Place {
    number: u64,
    line: Arc<Line>,
    all: Arc<Connections>,
}

/// A request that is worked on, until dropped.
pub(crate) struct Working(Arc<Line>);

impl Connections {
    /// Takes at most so many at a time.
    pub(crate) fn new(most: usize, traffic: Arc<Traffic>) -> Arc<Connections> {
        Arc::new(Connections {
            most: most.max(1),
            open: Mutex::default(),
            traffic,
        })
    }

    /// A place for a new connection; none where all are taken by working ones.
    pub(crate) fn enter(self: &Arc<Self>) -> Option<Place> {
        let mut open = lock(&self.open);
        if open.lines.len() >= self.most {
            let Some(number) = longest_idle(&open) else {
                self.traffic.connection_refused();
                return None;
            };
            // Its own place remembers that it is gone already.
            if let Some(line) = open.lines.remove(&number) {
                line.close();
            }
            self.traffic.connection_evicted();
        }
        let (number, line) = (open.next, Arc::new(Line::new()));
        open.next += 1;
        open.lines.insert(number, Arc::clone(&line));
        self.traffic.connection_opened();
        Some(Place {
            number,
            line,
            all: Arc::clone(self),
        })
    }

    /// One that came could not be taken. Where that was for want of file handles, the one
    /// that has been idle longest gives its own.
    pub(crate) fn not_taken(&self, error: &io::Error) {
        self.traffic.connection_not_taken();
        let mut open = lock(&self.open);
        let is_first = open
            .complained
            .is_none_or(|complained| complained.elapsed() >= COMPLAIN_EVERY);
        if is_first {
            open.complained = Some(Instant::now());
            tracing::error!(%error, "connections cannot be taken");
        }
        if !matches!(error.raw_os_error(), Some(ENFILE | EMFILE)) {
            return;
        }
        if let Some(line) = longest_idle(&open).and_then(|number| open.lines.remove(&number)) {
            line.close();
            self.traffic.connection_evicted();
        }
    }

    /// Connections with a request that is worked on.
    pub(crate) fn working(&self) -> usize {
        let open = lock(&self.open);
        let lines = open.lines.values();
        lines.filter(|line| lock(&line.0).working > 0).count()
    }

    /// Closes the idle ones. The others end themselves after their answers, properly: an
    /// end of their bytes before that would keep TLS from saying that it is one.
    pub(crate) fn close_idle(&self) {
        for line in lock(&self.open).lines.values() {
            if lock(&line.0).working == 0 {
                line.close();
            }
        }
    }
}

fn longest_idle(open: &Open) -> Option<u64> {
    let since = |line: &Line| {
        let state = lock(&line.0);
        (state.working == 0).then_some(state.since)
    };
    let idle = open
        .lines
        .iter()
        .filter_map(|(number, line)| Some((since(line)?, *number)));
    idle.min().map(|(_, number)| number)
}

impl Line {
    fn new() -> Line {
        Line(Mutex::new(State {
            working: 0,
            since: Instant::now(),
            is_closed: false,
            reader: None,
        }))
    }

    /// Marks that a request is worked on.
    pub(crate) fn work(self: &Arc<Self>) -> Working {
        let mut state = lock(&self.0);
        state.working += 1;
        state.since = Instant::now();
        drop(state);
        Working(Arc::clone(self))
    }

    /// Whether reading should find the end of the connection; else who reads is woken when
    /// that becomes so.
    pub(crate) fn is_at_end(&self, context: &Context<'_>) -> bool {
        let mut state = lock(&self.0);
        // An end in the middle of a request would take its answer away.
        if state.is_closed && state.working == 0 {
            return true;
        }
        match &mut state.reader {
            Some(reader) => reader.clone_from(context.waker()),
            None => state.reader = Some(context.waker().clone()),
        }
        false
    }

    fn close(&self) {
        let mut state = lock(&self.0);
        state.is_closed = true;
        let reader = state.reader.take();
        drop(state);
        if let Some(reader) = reader {
            reader.wake();
        }
    }
}

impl Place {
    pub(crate) fn line(&self) -> Arc<Line> {
        Arc::clone(&self.line)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        lock(&self.all.open).lines.remove(&self.number);
        self.all.traffic.connection_closed();
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        let mut state = lock(&self.0.0);
        state.working -= 1;
        state.since = Instant::now();
        let reader = match state.is_closed {
            true => state.reader.take(),
            false => None,
        };
        drop(state);
        if let Some(reader) = reader {
            reader.wake();
        }
    }
}

/// A thread that panicked while it held the lock left what was there before.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(place: &Place) -> bool {
        place.line.is_at_end(&Context::from_waker(Waker::noop()))
    }

    #[test]
    fn the_one_idle_longest_makes_room_and_a_working_one_never() {
        let all = Connections::new(3, Arc::default());
        let (first, second, third) = (
            all.enter().unwrap(),
            all.enter().unwrap(),
            all.enter().unwrap(),
        );
        let working = first.line().work();
        let fourth = all.enter().unwrap();
        assert_eq!(
            [&first, &second, &third, &fourth].map(ends),
            [false, true, false, false]
        );
        // The first one becomes idle last.
        drop(working);
        let fifth = all.enter().unwrap();
        assert_eq!([&first, &third, &fourth].map(ends), [false, true, false]);
        let busy = [&first, &fourth, &fifth].map(|place| place.line().work());
        assert!(all.enter().is_none());
        drop(busy);
        assert!(all.enter().is_some());
    }

    #[test]
    fn without_file_handles_the_one_idle_longest_gives_its_own() {
        let all = Connections::new(9, Arc::default());
        let (busy, idle, later) = (
            all.enter().unwrap(),
            all.enter().unwrap(),
            all.enter().unwrap(),
        );
        let working = busy.line().work();
        all.not_taken(&io::Error::from(io::ErrorKind::ConnectionAborted));
        assert_eq!([&busy, &idle, &later].map(ends), [false; 3]);
        all.not_taken(&io::Error::from_raw_os_error(EMFILE));
        assert_eq!([&busy, &idle, &later].map(ends), [false, true, false]);
        all.not_taken(&io::Error::from_raw_os_error(ENFILE));
        all.not_taken(&io::Error::from_raw_os_error(EMFILE));
        assert_eq!([&busy, &idle, &later].map(ends), [false, true, true]);
        drop(working);
    }

    #[test]
    fn a_place_is_given_back() {
        let all = Connections::new(1, Arc::default());
        for _ in 0..3 {
            let place = all.enter().unwrap();
            let _working = place.line().work();
            assert!(all.enter().is_none());
        }
    }

    #[test]
    fn what_is_worked_on_is_left_to_finish() {
        let all = Connections::new(2, Arc::default());
        let (idle, busy) = (all.enter().unwrap(), all.enter().unwrap());
        let working = busy.line().work();
        all.close_idle();
        assert!(ends(&idle) && !ends(&busy));
        drop(working);
        assert!(!ends(&busy));
    }
}

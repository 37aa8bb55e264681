//! A machine that is not fit to record: whoever submits is told why, nothing is written, and
//! it is fit again as soon as it is cured.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fundtrail_model::port::{Batch, Read, Table};
use fundtrail_model::{Fault, Moment};
use fundtrail_node::{Answer, Clock, Config, FixedClock, MemoryStorage, Node, NotKept};
use fundtrail_node::{Storage, Unfit};

use crate::fixture::*;
use crate::support::open_with;

/// Nothing is taken, for that reason, and nothing is written.
fn assert_unfit(node: &Node, storage: &MemoryStorage, unfit: &Unfit) {
    let before = storage.state();
    let expected = Answer::Unfit(unfit.clone());
    let next = enrol(900);
    assert_eq!(node.submit(&next), expected);
    assert_eq!(node.check(&next), expected);
    assert_eq!(
        node.submit_all(&[&next, &enrol(901)]),
        [expected.clone(), expected]
    );
    let kept = node.put_aside(|_: &dyn Read, batch: &mut Batch| {
        batch.put(Table::Drafts, "a", "b");
        Ok(())
    });
    assert_eq!(kept, Err(NotKept::Unfit(unfit.clone())));
    assert_eq!(node.fitness(), Err(unfit.clone()));
    assert_eq!(storage.state(), before);
    assert!(node.is_open(), "it waits to be cured");
    assert_eq!(node.failed(), None);
}

fn at(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

/// A clock that says what it is told to.
#[derive(Default)]
struct Sick {
    unreadable: Mutex<bool>,
    leap: Mutex<Option<Duration>>,
}

impl Clock for Sick {
    fn now(&self) -> Result<Moment, Fault> {
        match *self.unreadable.lock().unwrap() {
            true => Err(Fault("no time".into())),
            false => clock().now(),
        }
    }

    fn leap(&self, _: Moment, _: Option<Moment>) -> Option<Duration> {
        *self.leap.lock().unwrap()
    }
}

#[test]
fn a_clock_behind_the_newest_entry_is_waited_for() {
    let storage = MemoryStorage::default();
    let clock = Arc::new(FixedClock::at(at("2022-03-01T02:00:00Z")));
    let config = || Config {
        clock: clock.clone(),
        ..config()
    };
    let (node, _) = open_with(&storage, config());
    recorded(node.submit(&genesis()));
    clock.set(at("2022-03-01T01:58:59.999Z"));
    let by = Duration::from_millis(60_001);
    assert_unfit(&node, &storage, &Unfit::ClockBehind { by });
    clock.set(at("2022-03-01T01:59:00Z"));
    recorded(node.submit(&enrol(1)));

    // The newest entry is known after a start too.
    drop(node);
    clock.set(at("2021-03-01T02:00:00Z"));
    let (node, _) = open_with(&storage, config());
    let by = Duration::from_secs(365 * 24 * 60 * 60);
    assert_unfit(&node, &storage, &Unfit::ClockBehind { by });
    clock.set(at("2022-03-01T02:00:01Z"));
    recorded(node.submit(&enrol(2)));
}

#[test]
fn a_clock_that_leapt_or_says_no_time_is_not_used() {
    let storage = MemoryStorage::default();
    let clock = Arc::new(Sick::default());
    let (node, _) = open_with(
        &storage,
        Config {
            clock: clock.clone(),
            ..config()
        },
    );
    recorded(node.submit(&genesis()));
    let by = Duration::from_secs(7200);
    *clock.leap.lock().unwrap() = Some(by);
    assert_unfit(&node, &storage, &Unfit::ClockAhead { by });
    *clock.unreadable.lock().unwrap() = true;
    assert_unfit(&node, &storage, &Unfit::ClockUnreadable);
    *clock.leap.lock().unwrap() = None;
    *clock.unreadable.lock().unwrap() = false;
    recorded(node.submit(&enrol(1)));
    let answers = node.metrics().answers();
    assert!(answers.contains(&("unfit", 6)), "{answers:?}");
}

/// Memory with so many bytes free.
struct Bounded(MemoryStorage, AtomicU64);

impl Storage for Bounded {
    fn with_snapshot(&self, f: &mut dyn FnMut(&dyn Read)) {
        self.0.with_snapshot(f);
    }

    fn free_bytes(&self) -> Option<u64> {
        Some(self.1.load(SeqCst))
    }
}

#[test]
fn below_the_reserve_nothing_is_recorded() {
    let storage = MemoryStorage::default();
    let bounded = Arc::new(Bounded(storage.clone(), AtomicU64::new(1000)));
    let open = |reserve_bytes| {
        let config = Config {
            reserve_bytes,
            ..config()
        };
        Node::open(config, bounded.clone(), Box::new(storage.clone())).unwrap()
    };
    let node = open(1000);
    recorded(node.submit(&genesis()));
    bounded.1.store(999, SeqCst);
    assert_unfit(&node, &storage, &Unfit::StorageLow { reserve: 1000 });
    bounded.1.store(1000, SeqCst);
    recorded(node.submit(&enrol(1)));
    drop(node);
    bounded.1.store(0, SeqCst);
    recorded(open(0).submit(&enrol(2)));
}

//! Stopping: what was accepted is finished, what comes later is told to come back.

use fundtrail_node::{Answer, MemoryStorage};

use crate::fixture::*;
use crate::support::open;

#[test]
fn what_was_accepted_is_decided_before_the_end() {
    let storage = MemoryStorage::default();
    let (node, lever) = open(&storage);
    recorded(node.submit(&genesis()));
    std::thread::scope(|scope| {
        let pause = lever.hold();
        let node = &node;
        let mut waiting = vec![scope.spawn(move || node.submit(&enrol(0)))];
        lever.await_begun(2);
        for number in 1..10 {
            waiting.push(scope.spawn(move || node.submit(&enrol(number))));
        }
        while node.metrics().queued() < 9 {
            std::thread::yield_now();
        }
        let stopping = scope.spawn(move || node.shut_down());
        while node.is_open() {
            std::thread::yield_now();
        }
        assert_eq!(node.submit(&enrol(10)), Answer::Busy);
        assert!(!stopping.is_finished());
        drop(pause);
        for one in waiting {
            recorded(one.join().unwrap());
        }
        assert_eq!(stopping.join().unwrap(), Ok(()));
    });
    assert_eq!((node.metrics().size(), node.failed()), (11, None));
    assert_eq!(node.shut_down(), Ok(()), "again");

    drop(node);
    let (again, _) = open(&storage);
    assert_eq!(again.metrics().size(), 11);
    assert_eq!(recorded(again.submit(&enrol(10))), 11);
}

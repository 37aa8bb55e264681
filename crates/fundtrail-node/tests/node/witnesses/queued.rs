//! Submissions that were in the queue when a witness said that it knows another ledger.

use std::time::Duration;

use fundtrail_model::add_checkpoint::SIZE_MEDIA_TYPE;
use fundtrail_node::witnesses::Pace;
use fundtrail_node::{Answer, Config, MemoryStorage};

use super::EITHER;
use super::fake::{Act, Fakes, until};
use crate::fixture::*;
use crate::support::open_with;

#[test]
fn what_waits_when_a_witness_knows_more_is_not_recorded() {
    let fakes = Fakes::new();
    // Asked again after a second, and so while the commit below is held.
    fakes.act(0, Act::Dead);
    fakes.act(0, Act::Say(409, Some(SIZE_MEDIA_TYPE), "99\n".into()));
    let pace = Pace {
        first_retry: Duration::from_secs(1),
        ..Pace::default()
    };
    let config = Config {
        batch_max: 1,
        ..fakes.config_at(EITHER, pace)
    };
    let (node, lever) = open_with(&MemoryStorage::default(), config);
    recorded(node.submit(&genesis()));
    let begun = lever.begun();
    let held = lever.hold();
    let (first, rest) = std::thread::scope(|scope| {
        let node = &node;
        let first = scope.spawn(move || node.submit(&enrol(1)));
        lever.await_begun(begun + 1);
        let rest: Vec<_> = (2..5)
            .map(|number| scope.spawn(move || node.submit(&enrol(number))))
            .collect();
        until("they wait", || node.metrics().queued() == rest.len() as u64);
        until("it is known", || node.halted().is_some());
        drop(held);
        let rest: Vec<Answer> = rest.into_iter().map(|one| one.join().unwrap()).collect();
        (first.join().unwrap(), rest)
    });
    recorded(first);
    let halt = node.halted().unwrap();
    assert_eq!(halt.code(), "SHORTER_THAN_KNOWN");
    assert_eq!(rest, vec![Answer::Halted(halt); 3]);
    assert_eq!(node.metrics().size(), 2);
}

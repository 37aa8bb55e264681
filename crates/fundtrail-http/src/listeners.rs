//! Those who listen to the ledger as it grows: how many they are, and what they are told.
//!
//! They are told a size and nothing else; the entries they read from the storage, a few of
//! them at a time. So one who is slow costs a seat and loses nothing.

use std::sync::Arc;

use fundtrail_node::Node;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit, watch};

use crate::failure::Failure;

/// How many read a piece of the ledger at a time; the others wait for their turn.
const TURNS: usize = 4;

/// All who listen.
#[derive(Debug)]
pub(crate) struct Listeners {
    size: watch::Sender<u64>,
    seats: Arc<Semaphore>,
    turns: Semaphore,
}

/// A place among those who listen, while it is held.
#[derive(Debug)]
pub(crate) struct Seat(#[expect(dead_code, reason = "held, not read")] OwnedSemaphorePermit);

impl Listeners {
    /// At most `most`, who hear nothing yet.
    pub(crate) fn new(most: usize) -> Arc<Listeners> {
        Arc::new(Listeners {
            size: watch::Sender::new(0),
            seats: Arc::new(Semaphore::new(most)),
            turns: Semaphore::new(TURNS),
        })
    }

    /// Hears of a node's growth.
    pub(crate) fn follow(self: &Arc<Self>, node: &Node) {
        let told = Arc::downgrade(self);
        node.on_growth(move |size| {
            let all = told.upgrade();
            // Wakes whoever waits, and waits for nobody.
            all.is_some_and(|all| {
                all.size.send_replace(size);
                true
            })
        });
    }

    /// A place.
    ///
    /// # Errors
    /// `BUSY` when all are taken.
    pub(crate) fn seat(&self) -> Result<Seat, Failure> {
        Arc::clone(&self.seats)
            .try_acquire_owned()
            .map(Seat)
            .map_err(|_| Failure::Busy)
    }

    /// The right to read a piece; nothing never: turns are not taken away.
    pub(crate) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.turns.acquire().await.ok()
    }

    /// Completes once the ledger has more than `size` entries.
    pub(crate) fn beyond(&self, size: u64) -> impl Future<Output = ()> + Send + use<> {
        let mut told = self.size.subscribe();
        async move {
            // Fails when nobody is left who could tell: never.
            if told.wait_for(|now| *now > size).await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}

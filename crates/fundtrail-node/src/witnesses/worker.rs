//! One thread for each witness: it waits for the answer, and does nothing else.
//!
//! It holds no storage: a node that stops does not wait for a witness that does not answer.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::Link;
use super::feeder::Event;

/// Starts the thread that asks the witness `name` at `url`. It takes one request at a time,
/// answers each with an [`Event::Answered`], and ends when either side hangs up.
pub(super) fn start(
    witness: usize,
    name: String,
    url: String,
    link: Arc<dyn Link>,
    events: SyncSender<Event>,
) -> io::Result<SyncSender<String>> {
    let (requests, bodies): (SyncSender<String>, Receiver<String>) = sync_channel(1);
    let work = move || {
        for body in bodies {
            let ask = || link.add_checkpoint(&name, &url, body.as_bytes());
            let reply = catch_unwind(AssertUnwindSafe(ask))
                .unwrap_or_else(|_| Err("the link panicked: this is a defect".into()));
            if events.send(Event::Answered { witness, reply }).is_err() {
                return;
            }
        }
    };
    thread::Builder::new()
        .name(format!("witness-{witness}"))
        .spawn(work)
        .map(|_| requests)
}

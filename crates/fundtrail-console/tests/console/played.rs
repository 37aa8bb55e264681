//! Two years of the fund, played once on a node in memory, and the keys of who reads it.

use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use fundtrail_http::{App, Limits};
use fundtrail_model::key::SigningKey;
use fundtrail_model::note::NoteSigner;
use fundtrail_model::tag::TagKey;
use fundtrail_model::{Fault, Moment, Submission};
use fundtrail_node::{Config, FixedClock, MemoryStorage, Node};
use fundtrail_scenario::{Answer, Run, Site, Target, key, read};

/// The ledger of these tests.
pub(crate) const ORIGIN: &str = "fundtrail.example/console";

/// Who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// Nobody in particular.
    Anybody,
    /// A bank: what concerns it.
    Bank,
    /// The leading group's office: everything.
    Office,
}

impl Who {
    pub(crate) const ALL: [Who; 3] = [Who::Anybody, Who::Bank, Who::Office];

    /// A token that this reader's key signed now.
    pub(crate) fn token(self) -> Option<String> {
        match self {
            Who::Anybody => None,
            Who::Bank => Some(token(&key("bank-a/maker"), now(), 600)),
            Who::Office => Some(token(&key("OFF"), now(), 600)),
        }
    }
}

static PLAYED: LazyLock<(Arc<Node>, Router)> = LazyLock::new(play);

/// The API over the played ledger.
pub(crate) fn api() -> Router {
    PLAYED.1.clone()
}

/// The console over it.
pub(crate) fn console() -> Router {
    fundtrail_console::router(api())
}

/// A token of a key that begins at a second after 1970 and lasts for some.
pub(crate) fn token(key: &SigningKey, from: i64, seconds: i64) -> String {
    let second = |second| u64::try_from(second).unwrap();
    fundtrail_model::token::sign(key, ORIGIN, second(from), second(from + seconds))
}

/// Seconds after 1970; the node's clock stands at the same.
pub(crate) fn now() -> i64 {
    static NOW: LazyLock<i64> = LazyLock::new(|| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        i64::try_from(since.as_secs()).unwrap()
    });
    *NOW
}

fn play() -> (Arc<Node>, Router) {
    let log = SigningKey::from_seed(&[7; 32]);
    let signer = NoteSigner::new(ORIGIN, log).unwrap();
    let clock = Moment::from_millis(now() * 1000).unwrap();
    let site = Site::of_node(ORIGIN, &signer.verifier().to_string(), [8; 32], clock);
    let config = Config::new(
        signer,
        TagKey::new(&[8; 32]),
        Arc::new(FixedClock::at(clock)),
    );
    let storage = MemoryStorage::default();
    let node = Node::open(config, Arc::new(storage.clone()), Box::new(storage)).unwrap();
    let node = Arc::new(node);
    let story = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios/two-years.scn");
    let story = read(&story).unwrap();
    let mut run = Run::new(&site).unwrap();
    let mut target = OnNode(Arc::clone(&node));
    for action in &story.actions {
        let line = run.play(action, Some(&mut target)).unwrap();
        assert_eq!(line.problem, None, "{}", line.place);
    }
    let router = App::new(Arc::clone(&node), Limits::default()).router();
    (node, router)
}

struct OnNode(Arc<Node>);

impl Target for OnNode {
    fn submit(&mut self, submission: &Submission, _: Moment) -> Result<Answer, Fault> {
        match self.0.submit(submission.to_json().as_bytes()) {
            fundtrail_node::Answer::Decided(verdict) => Ok(verdict.into()),
            fundtrail_node::Answer::Fault(fault) => Err(fault),
            other => Err(Fault(format!("{other:?}"))),
        }
    }
}

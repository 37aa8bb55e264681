//! Backups over HTTP: who may have one made, what they are told, and one at a time.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Barrier};

use fundtrail_http::Limits;
use fundtrail_model::{Fault, Id, Moment};
use fundtrail_node::{BackedUp, Backup, Config, NotBackedUp};
use fundtrail_regulation::state::{Key, Role};
use fundtrail_scenario::key;
use serde_json::{Value, json};

use crate::client::Server;
use crate::fixture::config;

/// Makes what it is told to, and waits where it is told to.
struct Fake {
    answer: fn(Moment) -> Result<BackedUp, NotBackedUp>,
    gate: Option<Arc<Barrier>>,
    made: Arc<AtomicU64>,
}

impl Backup for Fake {
    fn back_up(&self, now: Moment) -> Result<BackedUp, NotBackedUp> {
        if let Some(gate) = &self.gate {
            // Begun, and let go.
            gate.wait();
            gate.wait();
        }
        self.made.fetch_add(1, SeqCst);
        (self.answer)(now)
    }
}

fn made(now: Moment) -> Result<BackedUp, NotBackedUp> {
    Ok(BackedUp {
        folder: "/backups/one".into(),
        made: now,
        size: 7,
        root: "ab".repeat(32),
        files: 12,
        bytes: 4096,
    })
}

struct Site {
    server: Server,
    made: Arc<AtomicU64>,
}

fn site(answer: fn(Moment) -> Result<BackedUp, NotBackedUp>, gate: Option<Arc<Barrier>>) -> Site {
    let made = Arc::new(AtomicU64::new(0));
    let fake = Fake {
        answer,
        gate,
        made: Arc::clone(&made),
    };
    let config = Config {
        backup: Some(Arc::new(fake)),
        ..config()
    };
    let server = Server::with(config, Limits::default());
    for (name, role) in [("office", Role::Office), ("finance", Role::Finance)] {
        let public_key = key(name).public();
        server.put(&Key {
            key_id: public_key.id(),
            public_key,
            suite: Id::parse("ed25519").unwrap(),
            party: Id::parse(name).unwrap(),
            role,
            duty: None,
            lineage: public_key.id(),
            enrolled: 0,
            revoked: None,
        });
    }
    Site { server, made }
}

const PATH: &str = "/v1/backups";

#[test]
fn the_office_is_told_where_a_backup_is_and_nobody_else_has_one_made() {
    let site = site(made, None);
    site.server
        .ask("POST", PATH, None)
        .problem(401, "UNAUTHENTICATED", PATH);
    site.server
        .ask("POST", PATH, Some(&key("finance")))
        .problem(403, "FORBIDDEN", PATH);
    assert_eq!(site.made.load(SeqCst), 0);
    let reply = site.server.ask("POST", PATH, Some(&key("office")));
    assert_eq!(reply.status, 201);
    let now = site.server.node.clock().now().unwrap();
    let wanted = json!({
        "folder": "/backups/one", "made": now, "size": 7, "root": "ab".repeat(32),
        "files": 12, "bytes": 4096,
    });
    let told: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(told, wanted);
    assert_eq!(site.made.load(SeqCst), 1);
}

#[test]
fn one_is_made_at_a_time() {
    let gate = Arc::new(Barrier::new(2));
    let site = site(made, Some(Arc::clone(&gate)));
    let office = key("office");
    std::thread::scope(|scope| {
        let first = scope.spawn(|| site.server.ask("POST", PATH, Some(&office)).status);
        gate.wait();
        let second = site.server.ask("POST", PATH, Some(&office));
        second.problem(409, "BACKUP_RUNNING", PATH);
        gate.wait();
        assert_eq!(first.join().unwrap(), 201);
    });
    assert_eq!(site.made.load(SeqCst), 1);
}

#[test]
fn why_there_is_none_is_said_but_not_what_failed() {
    let office = key("office");
    let empty = site(|_| Err(NotBackedUp::Empty), None);
    let reply = empty.server.ask("POST", PATH, Some(&office));
    reply.problem(409, "BACKUP_EMPTY", PATH);
    let failed = site(|_| Err(Fault("secret words".into()).into()), None);
    let reply = failed.server.ask("POST", PATH, Some(&office));
    reply.problem(500, "FAULT", PATH);
    assert!(!reply.text().contains("secret"));
    // The node goes on.
    assert_eq!(failed.server.ask("GET", "/readyz", None).status, 200);
}

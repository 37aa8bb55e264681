//! A ledger with three banks and two years of business, and everybody who might read it.

use std::path::Path;
use std::sync::Arc;

use fundtrail_http::Limits;
use fundtrail_model::key::SigningKey;
use fundtrail_model::{Day, Id, Moment};
use fundtrail_node::{Config, FixedClock};
use fundtrail_regulation::state::{Filing, FilingKind, Key, Role};
use fundtrail_scenario::{Answer, CLOCK, Run, Site as Place, key, read_text};

use crate::client::{Server, token};
use crate::fixture::{ORIGIN, log_signer, tag_key};

/// The node, and the ledger in memory that the scenario is played on beside it.
pub(crate) struct Site {
    pub(crate) server: Server,
    run: Run,
}

impl Site {
    /// After two years, the year of the first claims sealed, three years later.
    pub(crate) fn new() -> Site {
        Site::with(Limits::default())
    }

    /// The same, within these limits.
    pub(crate) fn with(limits: Limits) -> Site {
        let clock = Arc::new(FixedClock::at(Moment::parse(CLOCK).unwrap()));
        let config = Config::new(log_signer(), tag_key(), clock);
        let log_key = log_signer().verifier().to_string();
        let place = Place::of_node(ORIGIN, &log_key, [0xb2; 32], Moment::parse(CLOCK).unwrap());
        let mut site = Site {
            server: Server::with(config, limits),
            run: Run::new(&place).unwrap(),
        };
        site.play("include two-years.scn");
        site
    }

    /// Plays lines of a scenario; what is recorded is recorded by the node.
    pub(crate) fn play(&mut self, lines: &str) {
        let folder = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tests/scenarios/here.scn"
        );
        for action in &read_text(Path::new(folder), lines).unwrap().actions {
            let line = self.run.play(action, None).unwrap();
            assert!(line.problem.is_none(), "{}: {:?}", line.text, line.problem);
            let Some(played) = &line.played else { continue };
            if let Answer::Recorded { .. } = played.answer {
                let reply = self.server.submit(played.submission.to_json().as_bytes());
                assert_eq!(reply.status, 201, "{}: {}", line.text, reply.text());
            }
        }
    }

    /// Enrols a key of that name by hand.
    fn enrol(&self, name: &str, role: Role, revoked: Option<u64>) {
        let public_key = key(name).public();
        self.server.put(&Key {
            key_id: public_key.id(),
            public_key,
            suite: Id::parse("ed25519").unwrap(),
            party: Id::parse(name).unwrap(),
            role,
            duty: None,
            lineage: public_key.id(),
            enrolled: 0,
            revoked,
        });
    }

    /// Engages an auditor by hand, until a day.
    pub(crate) fn engage(&self, auditor: &str, partners: &[&str], until: &str) {
        self.server.put(&Filing {
            kind: FilingKind::Engagement,
            id: format!("of-{auditor}"),
            party: Id::parse(auditor),
            partners: partners.iter().filter_map(|one| Id::parse(one)).collect(),
            from: Day::parse("2027-01-01"),
            until: Day::parse(until),
            digest: None,
            entry: 1,
        });
    }

    /// Who reads, by name: nobody in particular, and the holders of these keys. Those whose
    /// token does not hold come after, with the reason.
    pub(crate) fn readers(&self) -> Vec<Reader> {
        self.enrol("regulator", Role::Regulator, None);
        self.enrol("past-manager", Role::Manager, None);
        self.enrol("revoked", Role::Office, Some(3));
        for auditor in ["cpa-whole", "cpa-of-a", "cpa-over", "cpa-never"] {
            self.enrol(auditor, Role::Auditor, None);
        }
        self.engage("cpa-whole", &[], "2027-12-31");
        self.engage("cpa-of-a", &["bank-a"], "2028-06-30");
        self.engage("cpa-over", &[], "2027-12-30");
        let mut readers = vec![Reader {
            name: "public",
            token: None,
            denied: None,
        }];
        for (name, key_name) in NAMES {
            readers.push(Reader {
                name,
                token: Some(self.server.token(&key(key_name))),
                denied: None,
            });
        }
        let now = Moment::parse(CLOCK).unwrap().millis() / 1000;
        let office = key("OFF");
        let denied = |name, token: String, code| Reader {
            name,
            token: Some(token),
            denied: Some(code),
        };
        let stranger = SigningKey::from_seed(&[0x77; 32]);
        readers.extend([
            denied(
                "revoked",
                self.server.token(&key("revoked")),
                "TOKEN_KEY_REVOKED",
            ),
            denied("expired", token(&office, now - 601, 600), "TOKEN_EXPIRED"),
            denied("too long", token(&office, now, 3601), "TOKEN_LIFETIME"),
            denied(
                "stranger",
                self.server.token(&stranger),
                "TOKEN_KEY_UNKNOWN",
            ),
            denied("nonsense", "a.b.c".into(), "TOKEN_FORM"),
        ]);
        readers
    }
}

/// Readers and the names of their keys.
const NAMES: &[(&str, &str)] = &[
    ("bank-a", "bank-a/maker"),
    ("bank-b", "bank-b/checker"),
    ("bank-c", "bank-c/maker"),
    ("insurer", "insurer/maker"),
    ("guarantor", "guarantor/maker"),
    ("manager", "manager/maker"),
    ("past-manager", "past-manager"),
    ("office", "OFF"),
    ("group", "lg-MSB"),
    ("finance", "FIN"),
    ("government", "GOV"),
    ("market-supervision", "MSB"),
    ("regulator", "regulator"),
    ("cpa-whole", "cpa-whole"),
    ("cpa-of-a", "cpa-of-a"),
    ("cpa-over", "cpa-over"),
    ("cpa-never", "cpa-never"),
];

/// Somebody who asks.
pub(crate) struct Reader {
    pub(crate) name: &'static str,
    pub(crate) token: Option<String>,
    /// Why the token does not hold.
    pub(crate) denied: Option<&'static str>,
}

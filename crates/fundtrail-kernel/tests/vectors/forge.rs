//! Entries that an operator in bad faith could write: well chained, with signatures that
//! verify, yet wrong. Each takes the place of everything from its index on.

use fundtrail_merkle::Hash;
use fundtrail_model::entry::NO_ENTRY;
use fundtrail_model::envelope::Signature;
use fundtrail_model::{Amount, Effects, Entry, Envelope, Findings, Moment, Posting};
use serde_json::{Value, json};

use crate::site::{self, Draft, ORIGIN};
use crate::write::Writer;

/// What is forged: at which index, what it says, who signs, and what must be found.
struct Forgery<'a> {
    name: &'a str,
    at: usize,
    kind: &'a str,
    date: &'a str,
    body: Value,
    signers: &'a [&'a str],
    effects: Effects,
    finds: &'a str,
    change: fn(&mut Plan),
}

/// What may still be changed before the entry is written.
struct Plan {
    ledger: String,
    id: String,
    recorded: String,
    envelope: Option<fn(&mut Envelope)>,
}

/// Every forgery, as cases.
pub(crate) fn cases(writer: &Writer) -> Value {
    let cases: Vec<Value> = forgeries().iter().map(|one| one.case(writer)).collect();
    json!({
        "what": "Well-formed entries that must not be there. Verify the ledger's first `at` \
                 entries followed by `line`; see the README for `expect`.",
        "cases": cases,
    })
}

impl Forgery<'_> {
    fn case(&self, writer: &Writer) -> Value {
        let mut plan = Plan {
            ledger: ORIGIN.to_owned(),
            id: format!("forged-{}", self.name.replace(' ', "-")),
            recorded: format!("{}T20:00:00+08:00", self.date),
            envelope: None,
        };
        (self.change)(&mut plan);
        let draft = Draft {
            ledger: &plan.ledger,
            id: &plan.id,
            kind: self.kind,
            date: self.date,
            body: self.body.clone(),
            particulars: &[],
        };
        let mut envelope = draft.sign(self.signers);
        if let Some(change) = plan.envelope {
            change(&mut envelope);
        }
        let before = self.at.checked_sub(1).map(|before| &writer.lines[before]);
        let entry = Entry {
            index: self.at as u64,
            prev: before.map_or(NO_ENTRY, |line| Hash::leaf(line.as_bytes())),
            recorded: Moment::parse(&plan.recorded).expect("a moment"),
            envelope,
            findings: Findings::default(),
            effects: self.effects.clone(),
        };
        let line = String::from_utf8(entry.to_bytes()).expect("text");
        let expect = match self.finds {
            "integrity" => json!({ "integrity": self.at }),
            // The effects a forger writes are chosen to fit the books, or left out.
            _ => {
                let within = self.at < writer.lines.len();
                let checkpoint = if within { "refused" } else { "ok" };
                json!({
                    "integrity": "ok", "checkpoint": checkpoint, "books": "ok",
                    "conformity": self.at,
                })
            }
        };
        json!({ "name": self.name, "at": self.at, "line": line, "expect": expect })
    }
}

fn moved(from: &str, to: &str, amount: i128, from_left: i128, to_left: i128) -> Effects {
    let posting = |book: &str, amount: i128, balance: i128| Posting {
        book: book.to_owned(),
        amount: Amount::from_fen(amount),
        balance: Amount::from_fen(balance),
    };
    let revision = |object: &str, revision, previous| fundtrail_model::Revision {
        object: object.to_owned(),
        revision,
        previous,
    };
    Effects {
        postings: vec![
            posting(from, -amount, from_left),
            posting(to, amount, to_left),
        ],
        // After entry 11, `main` was opened, paid into and drawn on; `bank-a` opened and fed.
        revisions: vec![revision(from, 4, Some(11)), revision(to, 3, Some(11))],
        alerts: Vec::new(),
    }
}

/// One forgery that changes nothing but what it says.
fn says<'a>(
    name: &'a str,
    finds: &'a str,
    kind: &'a str,
    body: Value,
    signers: &'a [&'a str],
) -> Forgery<'a> {
    Forgery {
        name,
        at: 12,
        kind,
        date: "2022-01-10",
        body,
        signers,
        effects: Effects::default(),
        finds,
        change: |_| {},
    }
}

fn transfer(amount: &str) -> Value {
    json!({ "from": "main", "to": "bank-a", "amount": amount })
}

fn forgeries() -> Vec<Forgery<'static>> {
    let house: &[&str] = &["manager-1", "office"];
    let ok = || transfer("1.00");
    let fits = || {
        moved(
            "account:main",
            "account:bank-a",
            100,
            599_999_900,
            400_000_100,
        )
    };
    let one = |name, finds, change| Forgery {
        effects: fits(),
        change,
        ..says(name, finds, "transfer", ok(), house)
    };
    vec![
        Forgery {
            effects: moved(
                "account:main",
                "account:bank-a",
                600_000_001,
                -1,
                1_000_000_001,
            ),
            ..says(
                "an account overdrawn",
                "law",
                "transfer",
                transfer("6000000.01"),
                house,
            )
        },
        Forgery {
            effects: fits(),
            ..says(
                "a signature missing",
                "law",
                "transfer",
                ok(),
                &["manager-1"],
            )
        },
        Forgery {
            effects: fits(),
            ..says(
                "a signature not needed",
                "law",
                "transfer",
                ok(),
                &["manager-1", "office", "bank-1"],
            )
        },
        Forgery {
            effects: fits(),
            ..says(
                "signed by a key never enrolled",
                "integrity",
                "transfer",
                ok(),
                &["manager-1", "stranger"],
            )
        },
        Forgery {
            effects: fits(),
            ..says(
                "signed by a key enrolled later",
                "integrity",
                "transfer",
                ok(),
                &["manager-1", "bank-3"],
            )
        },
        Forgery {
            date: "2022-01-11",
            ..one("dated after its recording", "law", |plan| {
                plan.recorded = "2022-01-10T23:59:59.999+08:00".to_owned();
            })
        },
        one("recorded before the entry before", "integrity", |plan| {
            plan.recorded = "2022-01-10T00:00:00+08:00".to_owned();
        }),
        one("an id taken", "integrity", |plan| {
            plan.id = "transfer-1".to_owned()
        }),
        one("another ledger's transaction", "integrity", |plan| {
            plan.ledger = "other.example/fundtrail".to_owned();
        }),
        one("no signature at all", "integrity", |plan| {
            plan.envelope = Some(|envelope| envelope.signatures.clear());
        }),
        one("a signature over another payload", "integrity", |plan| {
            plan.envelope = Some(|envelope| {
                let text = String::from_utf8(envelope.payload.clone()).expect("text");
                envelope.payload = text.replace("1.00", "9.00").into_bytes();
            });
        }),
        one("two signatures exchanged", "integrity", |plan| {
            plan.envelope = Some(|envelope| {
                if let [first, second] = &mut envelope.signatures[..] {
                    core::mem::swap(&mut first.bytes, &mut second.bytes);
                }
            });
        }),
        one("one key twice", "integrity", |plan| {
            plan.envelope = Some(|envelope| {
                let first: Signature = envelope.signatures[0];
                envelope.signatures.push(first);
            });
        }),
        one("a payload that is no transaction", "integrity", |plan| {
            plan.envelope = Some(|envelope| envelope.payload = b"{}".to_vec());
        }),
        says(
            "a kind nobody knows",
            "integrity",
            "withdraw",
            json!({}),
            house,
        ),
        says(
            "a body of another kind",
            "integrity",
            "transfer",
            json!({ "claim": "C1" }),
            house,
        ),
        says(
            "an amount with one decimal",
            "integrity",
            "transfer",
            transfer("1.0"),
            house,
        ),
        says(
            "a sealed particular missing",
            "integrity",
            "account_open",
            json!({ "account": "third", "purpose": "dedicated", "bank": "BANKA" }),
            house,
        ),
        says(
            "an account twice",
            "law",
            "transfer",
            json!({ "from": "main", "to": "main", "amount": "1.00" }),
            house,
        ),
        says(
            "a second genesis",
            "law",
            "genesis",
            json!({
                "log_key": site::log().verifier().to_string(), "tag_key": site::tag_key().commitment(),
                "keys": [{ "party": "OFF", "role": "office", "public_key": site::key("stranger").public() }],
            }),
            &["stranger"],
        ),
        Forgery {
            at: 15,
            date: "2022-08-28",
            ..says(
                "a claim on day 59",
                "law",
                "claim_submit",
                json!({
                    "claim": "C1", "loan": "L1", "claimant": "BANKA", "as_of": "2022-08-28",
                    "loss": { "principal": "2000000.00" }, "amount": "600000.00",
                }),
                &["bank-1", "bank-2"],
            )
        },
        Forgery {
            at: 15,
            date: "2022-08-29",
            ..says(
                "a fen too much claimed",
                "law",
                "claim_submit",
                json!({
                    "claim": "C1", "loan": "L1", "claimant": "BANKA", "as_of": "2022-08-29",
                    "loss": { "principal": "2000000.00" }, "amount": "600000.01",
                }),
                &["bank-1", "bank-2"],
            )
        },
        Forgery {
            at: 16,
            date: "2022-09-05",
            ..says(
                "an approval before the verification",
                "law",
                "claim_approve",
                json!({
                    "claim": "C1", "amount": "600000.00", "decision": site::paper("minutes-1"),
                }),
                &["seat-msb", "seat-fin"],
            )
        },
        Forgery {
            at: 17,
            date: "2022-09-09",
            ..says(
                "a quorum without the seat that must be there",
                "law",
                "claim_approve",
                json!({
                    "claim": "C1", "amount": "600000.00", "decision": site::paper("minutes-1"),
                }),
                &["seat-sci", "seat-fin"],
            )
        },
        Forgery {
            at: 18,
            date: "2022-09-15",
            ..says(
                "one person verifies and pays",
                "law",
                "compensation_pay",
                json!({
                    "claim": "C1", "account": "bank-a", "payee": "BANKA", "amount": "600000.00",
                    "reconfirmed_loss": "2000000.00",
                }),
                &["manager-1", "manager-4"],
            )
        },
        Forgery {
            at: 18,
            date: "2022-09-15",
            ..says(
                "paid to somebody else",
                "law",
                "compensation_pay",
                json!({
                    "claim": "C1", "account": "bank-a", "payee": "MGR", "amount": "600000.00",
                    "reconfirmed_loss": "2000000.00",
                }),
                &["manager-3", "manager-4"],
            )
        },
        Forgery {
            at: 21,
            date: "2022-12-26",
            ..says(
                "a fee above the ceiling",
                "law",
                "fee_pay",
                json!({
                    "account": "main", "payee": "MGR", "amount": "150000.01",
                }),
                &["office", "manager-1"],
            )
        },
        Forgery {
            at: 24,
            date: "2022-12-29",
            ..says(
                "signed by a key stepped down",
                "law",
                "risk_notice",
                json!({
                    "loan": "L1", "partner": "BANKA", "reason": "other",
                }),
                &["bank-2"],
            )
        },
        Forgery {
            at: 24,
            date: "2022-12-29",
            ..says(
                "a seal with another root",
                "law",
                "period_seal",
                json!({
                    "period": "2022Q3", "size": 24, "root": site::paper("no such root"),
                }),
                house,
            )
        },
        Forgery {
            at: 25,
            date: "2022-12-29",
            ..says(
                "a seal made for another height",
                "law",
                "period_seal",
                json!({
                    "period": "2022-11", "size": 24, "root": site::paper("no such root"),
                }),
                house,
            )
        },
    ]
}

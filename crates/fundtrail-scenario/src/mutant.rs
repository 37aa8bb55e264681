//! Mutants: what an accepted transaction would have met with a signature, a date, an id or
//! an amount changed, or on a ledger that had moved on.
//!
//! The tests try the mutants of every step of every scenario, so that the rules that bind
//! all kinds are seen to refuse each of them. Nothing a mutant does is recorded.

use std::collections::BTreeMap;

use fundtrail_model::{Day, Moment};
use fundtrail_regulation::seal;
use serde_json::{Value, json};

use crate::answer::{Answer, Target as _};
use crate::draft::Draft;
use crate::ring::Ring;
use crate::scenario::Signers;
use crate::shadow::Shadow;

use change::{suite_ends, with_leaves, without_amount};

mod change;

/// A mutant and its verdict.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// What was changed.
    pub change: String,
    /// What the ledger says.
    pub answer: Answer,
}

/// Tries the mutants of a draft that the ledger would accept. `wanted` says which refusal
/// codes are still of interest for its kind; a mutant made for another is left out.
///
/// # Errors
/// Faults, and mutants that cannot be sealed, in words.
pub fn mutants(
    draft: &Draft,
    shadow: &Shadow,
    ring: &Ring,
    clock: Moment,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<Vec<Mutant>, String> {
    let bench = Bench {
        draft,
        shadow,
        ring,
        clock,
    };
    let mut tried = Vec::new();
    let mut add = |change: &str, answer: Answer| {
        tried.push(Mutant {
            change: change.to_owned(),
            answer,
        })
    };
    if wanted("LEDGER_NOT_FOUNDED") {
        let empty = Shadow::new(shadow.site()).map_err(|fault| fault.to_string())?;
        add("before genesis", bench.ask(draft, &empty)?);
    }
    if wanted("SIG_MISSING") {
        add(
            "signed by nobody known",
            bench.signed(vec!["stranger".to_owned()])?,
        );
        for at in 0..draft.signers.len() {
            let mut signers = draft.signers.clone();
            signers.remove(at);
            add("one signature fewer", bench.signed(signers)?);
        }
    }
    if wanted("SIG_ROLE") {
        let signers = draft
            .signers
            .iter()
            .cloned()
            .chain(["stranger".to_owned()])
            .collect();
        add("a stranger's signature more", bench.signed(signers)?);
    }
    for (code, date) in [
        ("DATE_IN_FUTURE", "2199-12-31"),
        ("POLICY_NOT_IN_FORCE", "1990-01-01"),
        ("DATE_ORDER", "1990-01-01"),
    ] {
        if wanted(code) {
            add(code, bench.dated(date)?);
        }
    }
    if wanted("AMOUNT_ZERO") {
        add("nothing at all", bench.changed(&without_amount(draft))?);
    }
    if wanted("NEGATIVE_BALANCE") {
        add(
            "far too much",
            bench.changed(&with_leaves(draft, "amount", "999999999999.99"))?,
        );
    }
    for (code, members) in UNKNOWN {
        for member in members.iter().filter(|_| wanted(code)) {
            add(
                code,
                bench.changed(&with_leaves(draft, member, "no-such-thing"))?,
            );
        }
    }
    if wanted("BORROWER_UNKNOWN") {
        add(
            "another borrower",
            bench.changed(&with_leaves(draft, "borrower", &"ab".repeat(32)))?,
        );
    }
    if wanted("SIG_SUITE") {
        add("a suite of the past", bench.under_ended_suite()?);
    }
    if wanted("PERIOD_SEALED") {
        add("after its year was sealed", bench.sealed()?);
    }
    if wanted("TERMINATED") {
        let body = json!({"decision": "00".repeat(32)});
        add(
            "after the end of the fund",
            bench.after("terminate", &draft.date, body)?,
        );
    }
    let mut again = draft.clone();
    again.id.push_str("-again");
    add("a second time", bench.after_itself(&again)?);
    Ok(tried)
}

/// Members that refer to something, by the code that refuses what is not there.
const UNKNOWN: [(&str, &[&str]); 9] = [
    ("ACCOUNT_UNKNOWN", &["account", "from", "to"]),
    ("LOAN_NOT_ENROLLED", &["loan"]),
    ("CLAIM_UNKNOWN", &["claim"]),
    ("RECOVERY_UNKNOWN", &["recovery"]),
    ("ORDER_UNKNOWN", &["order"]),
    ("ENGAGEMENT_UNKNOWN", &["engagement"]),
    ("TRANSACTION_UNKNOWN", &["of"]),
    (
        "PARTY_UNKNOWN",
        &[
            "partner", "manager", "bank", "payee", "debtor", "subject", "auditor",
        ],
    ),
    ("PAYEE_NOT_ALLOWED", &["payee", "contributor"]),
];

struct Bench<'a> {
    draft: &'a Draft,
    shadow: &'a Shadow,
    ring: &'a Ring,
    clock: Moment,
}

impl Bench<'_> {
    fn ask(&self, draft: &Draft, shadow: &Shadow) -> Result<Answer, String> {
        shadow
            .check(&draft.submission()?, self.clock)
            .map_err(|fault| fault.to_string())
    }

    fn signed(&self, signers: Vec<String>) -> Result<Answer, String> {
        self.ask(
            &Draft {
                signers,
                ..self.draft.clone()
            },
            self.shadow,
        )
    }

    fn dated(&self, date: &str) -> Result<Answer, String> {
        self.changed(&Draft {
            date: date.to_owned(),
            ..self.draft.clone()
        })
    }

    /// Another content, signed by whoever that content needs.
    fn changed(&self, draft: &Draft) -> Result<Answer, String> {
        let signers = self
            .ring
            .signers(draft, &Signers::default(), self.shadow, self.clock)?;
        self.ask(
            &Draft {
                signers,
                ..draft.clone()
            },
            self.shadow,
        )
    }

    /// The same on a ledger that has moved on by one transaction.
    fn after(&self, kind: &str, date: &str, body: Value) -> Result<Answer, String> {
        let mut later = self.shadow.copy();
        self.move_on(&mut later, kind, date, body)?;
        let signers = self
            .ring
            .signers(self.draft, &Signers::default(), &later, self.clock)?;
        self.ask(
            &Draft {
                signers,
                ..self.draft.clone()
            },
            &later,
        )
    }

    fn move_on(
        &self,
        shadow: &mut Shadow,
        kind: &str,
        date: &str,
        body: Value,
    ) -> Result<(), String> {
        let mut first = Draft {
            ledger: self.draft.ledger.clone(),
            id: "before-the-mutant".to_owned(),
            kind: kind.to_owned(),
            date: date.to_owned(),
            body,
            sealed: BTreeMap::new(),
            signers: Vec::new(),
        };
        first.signers = self
            .ring
            .signers(&first, &Signers::default(), shadow, self.clock)?;
        // Where even this is refused the mutant meets the ledger as it is.
        shadow
            .submit(&first.submission()?, self.clock)
            .map_err(|fault| fault.to_string())?;
        Ok(())
    }

    /// The day after the clock's, under an amendment by which the only suite ended today.
    fn under_ended_suite(&self) -> Result<Answer, String> {
        let today = self.clock.day();
        let (Some(tomorrow), Some(later)) = (today.plus_days(1), today.plus_days(2)) else {
            return Err("the clock is at the end of days".to_owned());
        };
        let mut after = self.shadow.copy();
        if let Some(body) = suite_ends(today, &after)? {
            self.move_on(&mut after, "policy_adopt", &today.to_string(), body)?;
        }
        let mut draft = Draft {
            date: tomorrow.to_string(),
            ..self.draft.clone()
        };
        let clock = Moment::start_of(later);
        draft.signers = self
            .ring
            .signers(&draft, &Signers::default(), &after, clock)?;
        after
            .check(&draft.submission()?, clock)
            .map_err(|fault| fault.to_string())
    }

    fn sealed(&self) -> Result<Answer, String> {
        let year = Day::parse(&self.draft.date).map_or(0, Day::year);
        let root = seal::root(self.shadow.view()).map_err(|fault| fault.to_string())?;
        let body = json!({
            "period": year.to_string(),
            "size": self.shadow.size(),
            "root": root.to_hex(),
        });
        self.after("period_seal", &format!("{}-01-01", year + 1), body)
    }

    fn after_itself(&self, again: &Draft) -> Result<Answer, String> {
        let mut later = self.shadow.copy();
        later
            .submit(&self.draft.submission()?, self.clock)
            .map_err(|fault| fault.to_string())?;
        let signers = self
            .ring
            .signers(again, &Signers::default(), &later, self.clock)?;
        self.ask(
            &Draft {
                signers,
                ..again.clone()
            },
            &later,
        )
    }
}

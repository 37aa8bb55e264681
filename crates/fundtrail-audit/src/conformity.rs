//! Conformity: does the regulation, applied anew, accept each transaction with the same
//! effects, and do the invariants hold?
//!
//! Judged up to the first entry whose integrity fails or that does not conform: what the
//! state was after it, nobody can say.

use fundtrail_kernel::replay::{self, Replay};
use fundtrail_model::Fault;
use fundtrail_regulation::state::View;

use crate::books::Books;
use crate::finding::{Check, Finding, Findings};
use crate::invariants::{Grounds, Invariant, LastDays, Status, judge};
use crate::procedures::Procedures;
use crate::reading::{Opened, Reading};

/// The checks of conformity, entry by entry.
pub(crate) struct Conformity {
    replay: Replay,
    /// What was found.
    pub(crate) findings: Findings,
    /// What the replay found wrong with bytes that every other check accepted.
    pub(crate) unreadable: Option<Finding>,
    /// The books, kept from the postings.
    pub(crate) books: Books,
    procedures: Procedures,
    last: Option<LastDays>,
    stopped: bool,
}

impl Conformity {
    /// Nothing judged yet, in the ledger of `origin`. Signatures are left to the caller.
    ///
    /// # Errors
    /// As [`Replay::new`].
    pub(crate) fn new(origin: &str) -> Result<Conformity, Fault> {
        Ok(Conformity {
            replay: Replay::new(Some(origin))?.leaving_signatures(),
            findings: Findings::default(),
            unreadable: None,
            books: Books::default(),
            procedures: Procedures::default(),
            last: None,
            stopped: false,
        })
    }

    /// Number of entries judged to conform.
    pub(crate) fn judged(&self) -> u64 {
        self.replay.size()
    }

    /// Judges the next entries, but none from `first_bad` on: their bytes cannot be relied on.
    pub(crate) fn take(&mut self, chunk: &[Reading<'_>], first_bad: Option<u64>) {
        for reading in chunk {
            self.stopped |= first_bad.is_some_and(|bad| bad <= self.judged());
            if self.stopped {
                return;
            }
            if let Ok(opened) = &reading.opened {
                self.follow(reading.bytes, opened);
            }
        }
    }

    /// The invariants at the height that was judged. What breaks them joins the findings.
    pub(crate) fn invariants(&mut self, chain: Status) -> Vec<Invariant> {
        let grounds = Grounds {
            view: View::new(self.replay.state()),
            books: self.books.balances(),
            procedures: &self.procedures,
            last: self.last,
        };
        let judged = judge(&grounds, chain);
        for one in judged
            .iter()
            .filter(|one| one.status == Status::Broken && one.id != "I7")
        {
            for detail in &one.details {
                let detail = format!("{}: {detail}", one.id);
                self.findings.push(Finding {
                    index: None,
                    check: Check::Invariant,
                    detail,
                });
            }
        }
        judged
    }

    fn follow(&mut self, bytes: &[u8], opened: &Opened) {
        let index = self.judged();
        let at = |check, detail| Finding {
            index: Some(index),
            check,
            detail,
        };
        match self.replay.next(bytes) {
            Ok(Ok(_)) => {}
            Ok(Err(replay::Finding::Conformity { what, .. })) => {
                self.stopped = true;
                return self.findings.push(at(Check::Rule, what));
            }
            Ok(Err(replay::Finding::Integrity { what, .. })) => {
                self.stopped = true;
                self.unreadable = Some(at(Check::Replay, what));
                return;
            }
            Err(fault) => {
                self.stopped = true;
                return self
                    .findings
                    .push(at(Check::Rule, format!("the replay cannot go on: {fault}")));
            }
        }
        for detail in self.books.post(&opened.entry.effects) {
            self.findings.push(at(Check::Balance, detail));
        }
        self.procedures.follow(opened);
        let (recorded, date) = (opened.entry.recorded.day(), opened.transaction.date);
        let business = self.last.map_or(date, |last| last.business.max(date));
        self.last = Some(LastDays { recorded, business });
    }
}

//! Statements: that these are the entries of one object, all of them, from one file.
//!
//! Three things are shown one after the other. Each item is in the tree of one signed
//! checkpoint; together they run without a gap from the object's first revision, and its
//! running balance follows; and after the last of them there is none, because the object's
//! head in a period seal, or nothing, comes before a tail that is every entry since.
//!
//! Absent on purpose: the regulation, and signatures by keys that other entries brought in.
//! Both are for an audit of the whole ledger.

use fundtrail_kernel::admission::open_envelope;
use fundtrail_kernel::statement::{Item, Statement};
use fundtrail_merkle::{Hash, verify_inclusion};
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::log_policy::Cosigned;
use fundtrail_model::{Amount, Day, Entry, Id, LogPolicy, Moment};
use fundtrail_regulation::Bilingual;
use serde::Serialize;

use crate::tail::{self, Ground, Head};
use crate::unproven::Unproven;

/// A revision is missing, or not in its place.
pub(crate) const GAP: &str = "GAP";
/// A running balance does not follow.
pub(crate) const BALANCE: &str = "BALANCE";
/// Later revisions exist than the statement shows.
pub(crate) const TRUNCATED: &str = "TRUNCATED";

/// What a verified statement proves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProvedStatement {
    /// The ledger.
    pub origin: String,
    /// The object.
    pub object: String,
    /// Number of its revisions.
    pub revisions: u64,
    /// The newest of their entries.
    pub newest_entry: Option<u64>,
    /// The balance of the book of that name, if it was ever posted to.
    pub balance: Option<Amount>,
    /// The seal that the statement rests on; none if it rests on every entry.
    pub seal: Option<Ground>,
    /// Number of entries under the checkpoint: the statement is complete up to there.
    pub size: u64,
    /// Root of the tree of that size, as 64 hex digits.
    pub root: String,
    /// The witnesses of the policy that cosigned the checkpoint.
    pub cosigned: Vec<Cosigned>,
    /// The revisions, oldest first.
    pub lines: Vec<StatementLine>,
}

/// One revision of the object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatementLine {
    /// Which revision it is, from 1.
    pub revision: u64,
    /// Index of its entry.
    pub index: u64,
    /// The transaction's id.
    pub id: Id,
    /// Its kind.
    pub kind: &'static str,
    /// What the kind is called, in Chinese and English.
    pub title: Bilingual,
    /// Its business date.
    pub date: Day,
    /// When the ledger recorded it.
    pub recorded: Moment,
    /// What it posted to the book of the object's name, if anything.
    pub amount: Option<Amount>,
    /// The book's balance after it, if it was ever posted to.
    pub balance: Option<Amount>,
}

/// Verifies a statement: every item is in the tree of a checkpoint that is trusted, none is
/// missing between them, balances follow, and there is none after the last.
///
/// # Errors
/// [`Unproven`] with the first thing that does not hold: `STATEMENT_FORM`, the codes of
/// checkpoints; for each item `ENTRY_FORM`, `ENTRY_INDEX`, `NOT_CONCERNED`, `GAP`, `BALANCE`,
/// `PROOF`; then `TRUNCATED`, `OPEN_END`, `TAIL`, `SEAL`, and again `TRUNCATED` or `GAP`
/// where the items differ from what the tail and the seal show.
pub fn verify_statement(bytes: &[u8], policy: &LogPolicy) -> Result<ProvedStatement, Unproven> {
    let statement =
        Statement::parse(bytes).map_err(|error| Unproven::form("STATEMENT_FORM", &error))?;
    let opened = policy.open(statement.checkpoint.as_bytes())?;
    let checkpoint = &opened.checkpoint;
    let mut walk = Walk::default();
    for item in &statement.items {
        walk.take(item, &statement, checkpoint)?;
    }
    ends_as_said(&statement)?;
    let Some(completeness) = &statement.completeness else {
        let what = "nothing shows that no later entry was left out";
        return Err(Unproven::whole("OPEN_END", what));
    };
    let seal = tail::verify(&statement, completeness, checkpoint, &walk.heads)?;
    Ok(ProvedStatement {
        origin: checkpoint.origin().into(),
        size: checkpoint.size(),
        root: checkpoint.root().to_hex(),
        revisions: statement.revisions,
        newest_entry: statement.newest_entry,
        balance: walk.balance,
        seal,
        object: statement.object,
        cosigned: opened.cosigned,
        lines: walk.lines,
    })
}

/// The items taken so far.
#[derive(Default)]
struct Walk {
    balance: Option<Amount>,
    heads: Vec<Head>,
    lines: Vec<StatementLine>,
}

impl Walk {
    fn take(
        &mut self,
        item: &Item,
        statement: &Statement,
        checkpoint: &Checkpoint,
    ) -> Result<(), Unproven> {
        let at = |code, detail: String| Unproven::at(item.index, code, detail);
        let bytes = item.entry.as_bytes();
        let entry = Entry::parse(bytes).map_err(|bad| at("ENTRY_FORM", altered(&bad)))?;
        if entry.index != item.index {
            let what = format!("the entry given under this index is number {}", entry.index);
            return Err(at("ENTRY_INDEX", what));
        }
        self.follows(item, &entry, statement)?;
        let (amount, balance) = self.balance_after(&entry, &statement.object)?;
        let (size, root) = (checkpoint.size(), checkpoint.root());
        verify_inclusion(item.index, size, &Hash::leaf(bytes), &item.hashes, &root).map_err(
            |error| {
                let what = "the entry or its proof was altered, or it is not in this tree";
                at("PROOF", format!("{what}: {error}"))
            },
        )?;
        let opened = open_envelope(&entry.envelope, checkpoint.origin());
        let (transaction, body) = opened.map_err(|bad| at("ENTRY_FORM", bad.to_string()))?;
        self.balance = balance;
        self.heads.push(Head {
            entry: item.index,
            balance,
        });
        self.lines.push(StatementLine {
            revision: item.revision,
            index: item.index,
            id: transaction.id,
            kind: body.kind().name(),
            title: body.kind().title(),
            date: transaction.date,
            recorded: entry.recorded,
            amount,
            balance,
        });
        Ok(())
    }

    /// The entry is the object's next revision.
    fn follows(&self, item: &Item, entry: &Entry, statement: &Statement) -> Result<(), Unproven> {
        let object = &statement.object;
        let at = |code, detail: String| Unproven::at(item.index, code, detail);
        let mut revisions = entry.effects.revisions.iter();
        let mut own = revisions
            .by_ref()
            .filter(|revision| revision.object == *object);
        let (Some(own), None) = (own.next(), own.next()) else {
            let what = format!("it does not revise {object} once");
            return Err(at("NOT_CONCERNED", what));
        };
        if own.revision != item.revision {
            let (said, is) = (item.revision, own.revision);
            let what = format!("it is revision {is} of {object}, and given as revision {said}");
            return Err(at("NOT_CONCERNED", what));
        }
        let before = self.heads.last().map(|head| head.entry);
        let expected = self.heads.len() as u64 + 1;
        if own.revision == expected && own.previous == before {
            return Ok(());
        }
        let is_elsewhere = |index| statement.items.iter().any(|one| Some(one.index) == index);
        let named =
            |index: Option<u64>| index.map_or("none".into(), |index| format!("entry {index}"));
        let (previous, stands) = (named(own.previous), named(before));
        let why = if own.revision < expected {
            "items are repeated or swapped"
        } else if is_elsewhere(own.previous) {
            "items are swapped, or some between were dropped"
        } else {
            "an item was dropped, or its back-pointer altered"
        };
        let revision = own.revision;
        Err(at(
            GAP,
            format!(
                "it is revision {revision}, and says that {previous} came before it on {object}; \
                 before it stands {stands}, and revision {expected} is due: {why}"
            ),
        ))
    }

    /// What the entry posts to the book of the object's name, and the balance after it.
    fn balance_after(
        &self,
        entry: &Entry,
        object: &str,
    ) -> Result<(Option<Amount>, Option<Amount>), Unproven> {
        let (mut posted, mut running) = (None, self.balance);
        let postings = entry.effects.postings.iter();
        for posting in postings.filter(|posting| posting.book == object) {
            let balance = running.unwrap_or_default() + posting.amount;
            if balance != posting.balance {
                let said = posting.balance;
                let what = format!(
                    "the balance of {object} after it is {balance}, the entry says {said}: an \
                     amount or a balance was altered"
                );
                return Err(Unproven::at(entry.index, BALANCE, what));
            }
            posted = Some(posted.unwrap_or(Amount::ZERO) + posting.amount);
            running = Some(balance);
        }
        Ok((posted, running))
    }
}

/// The statement ends with the revision it says it ends with.
fn ends_as_said(statement: &Statement) -> Result<(), Unproven> {
    let last = statement.items.last();
    let (revisions, newest) = (
        last.map_or(0, |item| item.revision),
        last.map(|item| item.index),
    );
    if (statement.revisions, statement.newest_entry) == (revisions, newest) {
        return Ok(());
    }
    let named = |index: Option<u64>| index.map_or("none".into(), |index| format!("entry {index}"));
    let (said, said_newest) = (statement.revisions, named(statement.newest_entry));
    Err(Unproven {
        code: TRUNCATED,
        entry: statement.newest_entry.or(newest),
        detail: format!(
            "the statement says that it has {said} revisions, the newest {said_newest}; its items \
             end with revision {revisions}, {}: the end was cut off, or the count altered",
            named(newest)
        ),
    })
}

fn altered(malformed: &fundtrail_model::Malformed) -> String {
    format!("it is not an entry in its one form, so it was altered: {malformed}")
}

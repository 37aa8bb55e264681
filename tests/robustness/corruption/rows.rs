//! Rows that were changed beneath everything that RocksDB checks: by somebody who writes to
//! the database, or by a memory that forgot.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use fundtrail_kernel::{Memory, proofs};
use fundtrail_model::LogPolicy;
use fundtrail_model::note::Note;
use fundtrail_model::port::{Batch, Read, Table};
use fundtrail_node::fsck::check;
use fundtrail_regulation::state::Overlay;
use fundtrail_tests::soak;
use serde_json::Value;

use super::change::{Chance, Change};
use super::ledger::{END, Ledger};

/// One row, and what is done to its key or value.
struct Case {
    table: Table,
    key: Vec<u8>,
    value: Vec<u8>,
    /// The key and value after it; none where the row is gone.
    after: Option<(Vec<u8>, Vec<u8>)>,
    what: Change,
}

impl Case {
    /// A change of a row of this table, by chance.
    fn by(chance: &mut Chance, table: Table, rows: &[(Vec<u8>, Vec<u8>)]) -> Case {
        let (key, value) = rows[chance.below(rows.len())].clone();
        let what = Change::by(chance, value.len());
        // One of eight in the key.
        let (what, after) = if chance.below(8) == 0 {
            let what = Change::flip(chance, key.len());
            (what, what.apply(&key).map(|key| (key, value.clone())))
        } else {
            (what, what.apply(&value).map(|value| (key.clone(), value)))
        };
        Case {
            table,
            key,
            value,
            after,
            what,
        }
    }

    fn batch(&self) -> Batch {
        let mut batch = Batch::default();
        batch.delete(self.table, self.key.clone());
        if let Some((key, value)) = &self.after {
            batch.put(self.table, key.clone(), value.clone());
        }
        batch
    }

    /// Why it does no harm, where nothing was found. Nothing here is taken on trust: the reason
    /// is looked for in this very change.
    fn harmless(&self, rows: &Memory) -> Option<&'static str> {
        let same_key = self.after.as_ref().filter(|(key, _)| *key == self.key);
        match (self.table, same_key) {
            // What witnesses cosigned only they know. What is left are lines that verify, over
            // the same text: receipts are bound to it, or to the next.
            (Table::Witnessed, None) if self.after.is_none() => {
                Some("a cosigned checkpoint is gone; the log's own is there")
            }
            (Table::Witnessed, Some((_, value))) => {
                let (before, after) = (Note::parse(&self.value).ok()?, Note::parse(value).ok()?);
                let kept = after.signatures().iter();
                let fewer = kept.clone().all(|line| before.signatures().contains(line));
                (before.text() == after.text() && fewer)
                    .then_some("a witness's line is gone; the others are as they were")
            }
            // The size that stays published until witnesses cosign: any that has a checkpoint.
            (Table::Meta, Some((key, value))) if key == proofs::PUBLISHED_BEFORE => {
                let there = rows.get(Table::Checkpoints, value).ok()?.is_some();
                (there || value.as_slice() == [0; 8])
                    .then_some("another size that has a checkpoint")
            }
            (Table::Meta, None) if self.after.is_none() && self.key == proofs::PUBLISHED_BEFORE => {
                Some("no size is published before witnesses cosign")
            }
            (Table::Drafts, Some((_, value))) => only_in(&self.value, value, OF_DRAFTS)
                .then_some("a draft: what no signature is over"),
            (Table::Drafts, _) => {
                // After 0x00, `t` and a time stands the id.
                let id = match self.key.strip_prefix(b"\0t") {
                    Some(rest) => rest.get(8..)?,
                    None => self.after.is_none().then_some(&self.key[..])?,
                };
                let draft = rows.get(Table::Drafts, id).ok()?;
                let draft = draft.map(|bytes| serde_json::from_slice::<Value>(&bytes));
                let is_open =
                    draft.is_some_and(|draft| draft.is_ok_and(|it| it["ended"].is_null()));
                (!is_open).then_some("a draft that has ended goes by itself, now or later")
            }
            (Table::Refusals, Some((_, value))) => {
                only_in(&self.value, value, OF_REFUSALS).then_some("a refusal: what no entry says")
            }
            // The oldest go by themselves; how many there were is not known.
            (Table::Refusals, None) => {
                let all = rows.range(Table::Refusals, &[], END, usize::MAX).ok()?;
                let ends = [all.first()?, all.last()?].map(|row| &row.0);
                ends.contains(&&self.key)
                    .then_some("the oldest or newest refusal; how many there were is not known")
            }
            _ => None,
        }
    }
}

/// Members of a draft that nothing else vouches for: who posted it when, and what was said of
/// it since. Not: its id, payload, signatures, keys, disclosures.
const OF_DRAFTS: &[&str] = &[
    "created",
    "expires",
    "party",
    "role",
    "duty",
    "at",
    "refused",
    "ended",
    "withdrawn",
];
/// Members of a refusal: all but its number.
const OF_REFUSALS: &[&str] = &[
    "decided",
    "transaction",
    "kind",
    "payload_sha256",
    "keys",
    "parties",
    "code",
    "rule",
    "article",
    "figures",
];

/// Whether two records differ only below members of these names.
fn only_in(before: &[u8], after: &[u8], members: &[&str]) -> bool {
    let parse = |bytes| serde_json::from_slice::<Value>(bytes);
    let (Ok(before), Ok(after)) = (parse(before), parse(after)) else {
        return false;
    };
    fn same(before: &Value, after: &Value, members: &[&str]) -> bool {
        match (before, after) {
            (Value::Object(one), Value::Object(other)) => {
                one.keys().eq(other.keys())
                    && one.iter().zip(other.values()).all(|((name, one), other)| {
                        members.contains(&name.as_str()) || same(one, other, members)
                    })
            }
            (Value::Array(one), Value::Array(other)) => {
                one.len() == other.len()
                    && one
                        .iter()
                        .zip(other)
                        .all(|(one, other)| same(one, other, members))
            }
            (one, other) => one == other,
        }
    }
    same(&before, &after, members)
}

/// What became of the changes of one table.
#[derive(Clone, Debug, Default)]
struct Tally {
    tried: u64,
    start: u64,
    fsck: u64,
    harmless: BTreeMap<&'static str, u64>,
    codes: BTreeMap<&'static str, u64>,
    served: u64,
    refused: u64,
}

/// What a sample of the damaged ledgers served.
#[derive(Default)]
struct Service {
    /// Receipts that verify.
    right: u64,
    /// Receipts that were refused, or do not verify.
    refused: u64,
}

/// Asks for every receipt, and verifies it as anybody would. One that verifies has to be of the
/// bytes that were recorded.
fn serve(read: &dyn Read, rows: &Memory, size: u64, policy: &LogPolicy) -> Service {
    let mut service = Service::default();
    for index in 0..size {
        let receipt = proofs::receipt(read, index);
        let valid = receipt.ok().filter(|receipt| {
            let verified = receipt.verify_self_contained(policy);
            verified.is_ok()
        });
        let Some(receipt) = valid else {
            service.refused += 1;
            continue;
        };
        let recorded = rows.get(Table::Entries, &index.to_be_bytes()).unwrap();
        assert_eq!(receipt.index(), index);
        assert_eq!(
            receipt.extra(),
            recorded.as_deref(),
            "entry {index} is served otherwise"
        );
        service.right += 1;
    }
    service
}

fn try_table(ledger: &Ledger, table: Table, tries: usize, seed: u64) -> Tally {
    let rows = ledger.rows.range(table, &[], END, usize::MAX).unwrap();
    let mut tally = Tally::default();
    let policy = ledger.policy(false);
    let mut chance = Chance(seed);
    for number in 0..tries {
        let case = Case::by(&mut chance, table, &rows);
        let batch = case.batch();
        let damaged = Overlay {
            base: &ledger.rows,
            batch: &batch,
        };
        let said = || format!("{} {:02x?}: {:?}", table.name(), case.key, case.what);
        let report = catch_unwind(AssertUnwindSafe(|| check(&damaged, ledger.known())));
        let report = report.unwrap_or_else(|_| panic!("fsck crashed: {}", said()));
        tally.tried += 1;
        for code in report
            .findings
            .iter()
            .map(|finding| finding.code.as_str())
            .collect::<BTreeSet<_>>()
        {
            *tally.codes.entry(code).or_default() += 1;
        }
        let start = report
            .findings
            .iter()
            .any(|one| one.code.as_str() == "START_REFUSED");
        if start {
            tally.start += 1;
        } else if !report.is_clean() {
            tally.fsck += 1;
        }
        if report.is_clean() {
            let why = case.harmless(&ledger.rows);
            let why = why.unwrap_or_else(|| panic!("nobody names {}\n{:?}", said(), case.after));
            *tally.harmless.entry(why).or_default() += 1;
        } else {
            let about = report
                .findings
                .iter()
                .any(|one| one.table == Some(table.name()));
            assert!(about, "{}: not in its table: {:?}", said(), report.findings);
        }
        if report.is_clean() || number % 8 == 0 {
            let Service { right, refused } = serve(&damaged, &ledger.rows, ledger.size, &policy);
            if report.is_clean() {
                assert_eq!(refused, 0, "{}: harmless, but a receipt is refused", said());
            }
            tally.served += right;
            tally.refused += refused;
        }
    }
    tally
}

#[test]
fn every_changed_row_is_named_or_harmless() {
    let ledger = Ledger::get();
    let report = check(&ledger.rows, ledger.known_outside());
    assert!(report.is_clean(), "{:?}", report.findings);
    assert_eq!(report.size, ledger.size);
    let began = std::time::Instant::now();
    let full = Table::ALL;
    for table in full {
        let some = ledger.rows.range(*table, &[], END, 1).unwrap();
        assert!(!some.is_empty(), "{} has no row", table.name());
    }
    let tries = soak::choose(400, 9_000) / full.len() + 1;
    let next = std::sync::atomic::AtomicUsize::new(0);
    let results = std::sync::Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(table) =
                    full.get(next.fetch_add(1, std::sync::atomic::Ordering::SeqCst))
                {
                    let tally = try_table(&ledger, *table, tries, 1 + *table as u64);
                    results.lock().unwrap().insert(*table, tally);
                }
            });
        }
    });
    let results = results.into_inner().unwrap();
    assert_eq!(results.len(), full.len());
    let mut all = Tally::default();
    for (table, tally) in &results {
        let harmless: u64 = tally.harmless.values().sum();
        println!(
            "rows {:<12} {:>5} tried {:>5} named by start {:>5} by fsck {:>4} harmless {:?} {:?}",
            table.name(),
            tally.tried,
            tally.start,
            tally.fsck,
            harmless,
            tally.harmless,
            tally.codes
        );
        assert_eq!(tally.tried, tally.start + tally.fsck + harmless);
        all.tried += tally.tried;
        all.start += tally.start;
        all.fsck += tally.fsck;
        all.served += tally.served;
        all.refused += tally.refused;
        *all.harmless.entry("").or_default() += harmless;
    }
    println!(
        "corruption of rows: {} tried over {} tables, {} named by start, {} by fsck only, {} \
         harmless, 0 served as valid, 0 crashed; receipts asked for of damaged ledgers: {} right, \
         {} refused or not valid; {:.0?}",
        all.tried,
        full.len(),
        all.start,
        all.fsck,
        all.harmless[""],
        all.served,
        all.refused,
        began.elapsed()
    );
}

//! What follows from the entries when they are replayed: the state, the ids, the revisions, the
//! history, and which disclosures should be there.

use std::collections::{BTreeMap, BTreeSet};

use fundtrail_kernel::Memory;
use fundtrail_kernel::proofs::entry;
use fundtrail_kernel::replay::{Finding, Replay};
use fundtrail_model::disclosure::DisclosureDigest;
use fundtrail_model::port::{Commit as _, Read, Table};
use fundtrail_model::{Entry, Fault, Id, Transaction};
use fundtrail_regulation::state::{Erased, View};

use super::Known;
use super::entries::Log;
use super::finding::{Code, Findings};

/// The tables that follow from the entries and may be written anew from them.
pub(super) const FOLLOWING: &[Table] = &[
    Table::Nodes,
    Table::Ids,
    Table::Fund,
    Table::Policies,
    Table::Calendars,
    Table::Keys,
    Table::Parties,
    Table::Accounts,
    Table::Books,
    Table::Movements,
    Table::Interest,
    Table::Borrowers,
    Table::Loans,
    Table::BankLoans,
    Table::Tags,
    Table::Claims,
    Table::Queue,
    Table::Recoveries,
    Table::Orders,
    Table::Filings,
    Table::Fees,
    Table::Alerts,
    Table::Heads,
    Table::Revisions,
    Table::Seals,
    Table::Reversed,
    Table::Erased,
    Table::Versions,
    Table::Days,
];

/// What a replay gave; nothing where it did not come to the end.
pub(super) struct Derived(Option<Whole>);

struct Whole {
    replay: Replay,
    history: Memory,
    sealed: Vec<(Id, BTreeMap<String, DisclosureDigest>)>,
}

impl Derived {
    /// Replays every entry, and names the first that does not come out again.
    pub(super) fn replay(
        read: &dyn Read,
        log: &Log,
        known: Known<'_>,
        findings: &mut Findings,
    ) -> Derived {
        match replay(read, log, known) {
            Ok(Ok(whole)) => Derived(Some(whole)),
            Ok(Err((index, what))) => {
                let detail = format!(
                    "{what}; what follows from the entries cannot be derived, and state, ids, \
                     revisions, history and disclosures are not compared"
                );
                findings.add_entry(Code::EntryReplay, index, detail);
                Derived(None)
            }
            Err(fault) => {
                findings.add(Code::Unreadable, Some((Table::Entries, b"")), fault.0);
                Derived(None)
            }
        }
    }

    /// The state, the ids and the revisions.
    pub(super) fn state(&self) -> Option<&Memory> {
        self.0.as_ref().map(|whole| whole.replay.state())
    }

    /// The tables `versions` and `days`, and what `meta` says of them.
    pub(super) fn history(&self) -> Option<&Memory> {
        self.0.as_ref().map(|whole| &whole.history)
    }

    /// The digests of what is disclosed and was not erased.
    pub(super) fn disclosed(&self) -> Option<Result<BTreeSet<DisclosureDigest>, Fault>> {
        let whole = self.0.as_ref()?;
        let view = View::new(whole.replay.state());
        Some(disclosed(&whole.sealed, view))
    }
}

/// What was found at an entry.
type Bad = (u64, String);

fn replay(read: &dyn Read, log: &Log, known: Known<'_>) -> Result<Result<Whole, Bad>, Fault> {
    let mut replay = Replay::new(Some(&known.desk.origin))?.keeping_history();
    let mut history = Memory::default();
    let mut sealed = Vec::new();
    for index in 0..log.size {
        let Some(bytes) = entry(read, index)? else {
            return Ok(Err((index, "is not there".into())));
        };
        match replay.next(&bytes)? {
            Ok(entry) => sealed.push(sealed_in(&entry)?),
            Err(Finding::Integrity { what, .. } | Finding::Conformity { what, .. }) => {
                return Ok(Err((index, what)));
            }
        }
        history.commit(&replay.take_history())?;
    }
    Ok(Ok(Whole {
        replay,
        history,
        sealed,
    }))
}

fn sealed_in(entry: &Entry) -> Result<(Id, BTreeMap<String, DisclosureDigest>), Fault> {
    // It was replayed, so it can be read.
    let parsed = Transaction::parse(&entry.envelope.payload);
    let transaction = parsed.map_err(|malformed| Fault(malformed.to_string()))?;
    Ok((transaction.id, transaction.sealed))
}

/// In the order of the entries: each brings what it seals, and takes away what it erases.
fn disclosed(
    sealed: &[(Id, BTreeMap<String, DisclosureDigest>)],
    view: View<'_>,
) -> Result<BTreeSet<DisclosureDigest>, Fault> {
    let mut erased_by: BTreeMap<u64, Vec<DisclosureDigest>> = BTreeMap::new();
    for (id, named) in sealed.iter().filter(|(_, named)| !named.is_empty()) {
        let Some(erased): Option<Erased> = view.get(id.as_bytes())? else {
            continue;
        };
        for (name, index) in &erased.particulars {
            erased_by.entry(*index).or_default().extend(named.get(name));
        }
    }
    let mut there = BTreeSet::new();
    for (index, (_, named)) in (0..).zip(sealed) {
        for digest in erased_by.get(&index).into_iter().flatten() {
            there.remove(digest);
        }
        there.extend(named.values());
    }
    Ok(there)
}

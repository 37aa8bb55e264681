//! The end of a statement: that no entry after the last item concerns the object.

use fundtrail_kernel::statement::{Completeness, Statement, left_edge};
use fundtrail_merkle::{Frontier, Hash, NodeId};
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::{Amount, Entry};
use fundtrail_regulation::seal::{SealBalance, SealLeaf};
use serde::Serialize;
use std::collections::BTreeMap;

use crate::seal::{SEAL, placed, sealed};
use crate::statement::{BALANCE, GAP, TRUNCATED};
use crate::unproven::Unproven;

/// The code of whatever is wrong with the tail.
const TAIL: &str = "TAIL";

/// The seal that a statement rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ground {
    /// The period.
    pub period: String,
    /// Index of the seal's entry, with which the tail begins.
    pub entry: u64,
}

/// The object after one of its items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// The item's entry.
    pub(crate) entry: u64,
    /// The balance, if the book of that name was posted to.
    pub(crate) balance: Option<Amount>,
}

/// Verifies that the items, of which these are the heads, are all there are below the size
/// of the checkpoint. Gives the seal that this rests on.
pub(crate) fn verify(
    statement: &Statement,
    completeness: &Completeness,
    checkpoint: &Checkpoint,
    heads: &[Head],
) -> Result<Option<Ground>, Unproven> {
    let object = &statement.object;
    let entries = read(completeness, checkpoint)?;
    let from = entries.first().map_or(0, |entry| entry.index);
    let below = heads.iter().take_while(|head| head.entry < from).count();
    let (sealed, since) = heads.split_at(below);
    let ground = match &completeness.seal {
        None if from == 0 => None,
        None => {
            let what = "the tail begins here, and no seal says what came before";
            return Err(Unproven::at(from, SEAL, what));
        }
        Some(place) => {
            let wrong = |what: String| Unproven::at(from, SEAL, what);
            let first = entries
                .first()
                .ok_or_else(|| wrong("there is no seal".into()))?;
            let seal = self::sealed(first, checkpoint.origin(), &place.period).map_err(wrong)?;
            let leaf = placed(place, &seal.root, object).map_err(wrong)?;
            agrees(object, &place.period, leaf.as_ref(), sealed)?;
            Some(Ground {
                period: place.period.clone(),
                entry: from,
            })
        }
    };
    continues(object, &entries, since)?;
    Ok(ground)
}

/// The entries of the tail: in their one form, without a gap, chained, and the last leaves
/// of the checkpoint's tree.
fn read(completeness: &Completeness, checkpoint: &Checkpoint) -> Result<Vec<Entry>, Unproven> {
    let whole = |what: &str| Unproven::whole(TAIL, what);
    let mut entries: Vec<Entry> = Vec::with_capacity(completeness.tail.len());
    let mut last: Option<(u64, Hash)> = None;
    for text in &completeness.tail {
        let due = last.map(|(index, _)| index.saturating_add(1));
        let entry = Entry::parse(text.as_bytes()).map_err(|malformed| Unproven {
            code: TAIL,
            entry: due,
            detail: format!("it is not an entry in its one form, so it was altered: {malformed}"),
        })?;
        if let Some((before, leaf)) = last {
            if Some(entry.index) != due {
                let what =
                    format!("in the tail it follows entry {before}: dropped or out of order");
                return Err(Unproven::at(entry.index, TAIL, what));
            }
            if entry.prev != leaf {
                let what = format!(
                    "it does not name the entry {before} given before it: one of them was altered"
                );
                return Err(Unproven::at(entry.index, TAIL, what));
            }
        }
        last = Some((entry.index, Hash::leaf(text.as_bytes())));
        entries.push(entry);
    }
    let (Some(first), Some((end, _))) = (entries.first(), last) else {
        return Err(whole("the tail is empty: it was removed"));
    };
    let size = checkpoint.size();
    if end.checked_add(1) != Some(size) {
        let what = format!("the tail ends here, the checkpoint covers {size} entries");
        return Err(Unproven::at(end, TAIL, what));
    }
    let leaves = completeness
        .tail
        .iter()
        .map(|text| Hash::leaf(text.as_bytes()));
    match root_over(first.index, &completeness.hashes, leaves) {
        Some(root) if root == checkpoint.root() => Ok(entries),
        Some(_) => Err(whole(
            "the tail does not lead to the checkpoint's root: an entry or a hash was altered",
        )),
        None => Err(whole(
            "the left edge has not one hash for each part of the tree",
        )),
    }
}

/// The root of the tree whose first `from` leaves make up the subtrees of `edge`, and whose
/// others are `leaves`; none if the edge has another number of hashes.
fn root_over(from: u64, edge: &[Hash], leaves: impl Iterator<Item = Hash>) -> Option<Hash> {
    if edge.len() != left_edge(from).count() {
        return None;
    }
    let nodes: BTreeMap<NodeId, Hash> = left_edge(from).zip(edge.iter().copied()).collect();
    let mut frontier = Frontier::load(from, &nodes).ok()?;
    leaves.for_each(|leaf| frontier.append(leaf, |_, _| {}));
    Some(frontier.root())
}

/// The items below the seal are as many as the seal says, up to its last entry, with its
/// balance.
fn agrees(
    object: &str,
    period: &str,
    leaf: Option<&SealLeaf>,
    items: &[Head],
) -> Result<(), Unproven> {
    let count = items.len() as u64;
    let (Some(leaf), last) = (leaf, items.last()) else {
        return items.first().map_or(Ok(()), |first| {
            let what = format!("the seal of {period} does not have {object}, the items begin here");
            Err(Unproven::at(first.entry, GAP, what))
        });
    };
    let (revision, entry) = (leaf.revision, leaf.entry);
    let said = format!(
        "the seal of {period} says that {object} had {revision} revisions, the last of them \
         entry {entry}; the items have {count} before the seal"
    );
    let shown = last.map(|head| head.entry);
    if revision > count || Some(entry) > shown {
        return Err(Unproven::at(entry, TRUNCATED, said));
    }
    if revision < count || Some(entry) != shown {
        let beyond = usize::try_from(revision).ok().and_then(|at| items.get(at));
        let named = beyond.map_or(entry, |head| head.entry);
        return Err(Unproven::at(named, GAP, said));
    }
    let balance = leaf.balance.map(|SealBalance(balance)| balance);
    if balance != last.and_then(|head| head.balance) {
        let what = format!("the balance of {object} after it is not that in the seal of {period}");
        return Err(Unproven::at(entry, BALANCE, what));
    }
    Ok(())
}

/// The items since the tail began are exactly its entries that concern the object.
fn continues(object: &str, entries: &[Entry], items: &[Head]) -> Result<(), Unproven> {
    let revises = |entry: &Entry| {
        let mut revisions = entry.effects.revisions.iter();
        revisions.any(|revision| revision.object == object)
    };
    let posts = |entry: &Entry| {
        let mut postings = entry.effects.postings.iter();
        postings.any(|posting| posting.book == object)
    };
    if let Some(entry) = entries.iter().find(|entry| posts(entry) && !revises(entry)) {
        let what = format!("it posts to {object} and does not revise it");
        return Err(Unproven::at(entry.index, BALANCE, what));
    }
    let mut items = items.iter();
    for entry in entries.iter().filter(|entry| revises(entry)) {
        match items.next() {
            Some(item) if item.entry == entry.index => {}
            Some(item) if item.entry < entry.index => return Err(beyond(object, item)),
            _ => {
                let what = format!("it concerns {object} and is not among the items: left out");
                return Err(Unproven::at(entry.index, TRUNCATED, what));
            }
        }
    }
    items
        .next()
        .map_or(Ok(()), |item| Err(beyond(object, item)))
}

fn beyond(object: &str, item: &Head) -> Unproven {
    let what = format!("it is among the items, but the tail has no such entry of {object}");
    Unproven::at(item.entry, GAP, what)
}

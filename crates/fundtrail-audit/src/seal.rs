//! Period seals: that an object's head and balance were sealed, or that it was not there,
//! from one file; and what a seal must contain, from the entries alone.
//!
//! A seal's root is what the ledger committed to when the period closed. That it follows
//! from the entries is a rule (`SEAL_ROOT`), which an audit of the whole ledger applies anew.

use std::collections::BTreeMap;

use fundtrail_kernel::admission::open_envelope;
use fundtrail_kernel::seal::{PlacedLeaf, SealDocument, SealPlace, SealTree};
use fundtrail_merkle::{Hash, verify_inclusion};
use fundtrail_model::entry::NO_ENTRY;
use fundtrail_model::log_policy::Cosigned;
use fundtrail_model::{Amount, Day, Entry, LogPolicy, Moment, json};
use fundtrail_regulation::Body;
use fundtrail_regulation::seal::{SealBalance, SealLeaf};
use fundtrail_regulation::state::encode;
use serde::Serialize;

use crate::books::Books;
use crate::unproven::Unproven;

/// The code of whatever is wrong with a seal.
pub(crate) const SEAL: &str = "SEAL";

/// What a verified document of a seal proves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProvedSeal {
    /// The ledger.
    pub origin: String,
    /// The period.
    pub period: String,
    /// Index of the seal's entry: entries before it are sealed.
    pub index: u64,
    /// Business date of the seal.
    pub date: Day,
    /// When the ledger recorded it.
    pub recorded: Moment,
    /// The seal's root, as 64 hex digits.
    pub seal_root: String,
    /// The object.
    pub object: String,
    /// Its head and balance; none if the seal does not have the object.
    pub present: Option<SealedHead>,
    /// Number of entries under the checkpoint.
    pub size: u64,
    /// Root of the tree of that size, as 64 hex digits.
    pub root: String,
    /// The witnesses of the policy that cosigned the checkpoint.
    pub cosigned: Vec<Cosigned>,
}

/// What a seal says of an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SealedHead {
    /// Its number of revisions.
    pub revision: u64,
    /// Its newest entry.
    pub entry: u64,
    /// Its balance, if it was posted to.
    pub balance: Option<Amount>,
}

/// Verifies a document of a seal: the checkpoint is signed by a log that is trusted, the
/// seal's entry is in its tree, and the object is in the seal's tree, or is not.
///
/// # Errors
/// [`Unproven`] with the first thing that does not hold: `SEAL_FORM`, the codes of
/// checkpoints, `PROOF`, `SEAL`.
pub fn verify_seal(bytes: &[u8], policy: &LogPolicy) -> Result<ProvedSeal, Unproven> {
    let document =
        SealDocument::parse(bytes).map_err(|error| Unproven::form("SEAL_FORM", &error))?;
    let opened = policy.open(document.checkpoint.as_bytes())?;
    let (size, root) = (opened.checkpoint.size(), opened.checkpoint.root());
    let leaf = Hash::leaf(document.entry.as_bytes());
    verify_inclusion(document.index, size, &leaf, &document.hashes, &root).map_err(|error| {
        let what = format!("the seal's entry is not at this index of the tree: {error}");
        Unproven::at(document.index, "PROOF", what)
    })?;
    let wrong = |what: String| Unproven::at(document.index, SEAL, what);
    let entry = Entry::parse(document.entry.as_bytes()).map_err(|bad| wrong(bad.to_string()))?;
    let origin = opened.checkpoint.origin();
    let sealed = sealed(&entry, origin, &document.period).map_err(wrong)?;
    if entry.index != document.index {
        return Err(wrong(format!(
            "the document gives entry {} as entry {}",
            entry.index, document.index
        )));
    }
    let leaf = placed(&document.place(), &sealed.root, &document.object).map_err(wrong)?;
    Ok(ProvedSeal {
        origin: origin.into(),
        period: document.period,
        index: entry.index,
        date: sealed.date,
        recorded: entry.recorded,
        seal_root: sealed.root.to_hex(),
        object: document.object,
        present: leaf.map(|leaf| SealedHead {
            revision: leaf.revision,
            entry: leaf.entry,
            balance: leaf.balance.map(|SealBalance(balance)| balance),
        }),
        size,
        root: root.to_hex(),
        cosigned: opened.cosigned,
    })
}

/// What the entry of a seal says.
pub(crate) struct Sealed {
    date: Day,
    /// The root over heads and balances.
    pub(crate) root: Hash,
}

/// Reads an entry as the seal of that period; its size is its own index. What is wrong with
/// it otherwise, in words.
pub(crate) fn sealed(entry: &Entry, origin: &str, period: &str) -> Result<Sealed, String> {
    let (transaction, body) =
        open_envelope(&entry.envelope, origin).map_err(|malformed| malformed.to_string())?;
    let Body::PeriodSeal(seal) = body else {
        return Err(format!("it is a {}, not a period_seal", transaction.kind));
    };
    if seal.period.to_string() != period {
        return Err(format!("it seals {}, not {period}", seal.period));
    }
    if seal.size != entry.index {
        return Err(format!(
            "it seals {} entries, not those before it",
            seal.size
        ));
    }
    let mut root = Hash([0; 32]);
    hex::decode_to_slice(seal.root.as_str(), &mut root.0).map_err(|error| error.to_string())?;
    Ok(Sealed {
        date: transaction.date,
        root,
    })
}

/// The object's leaf in the tree of this root; none if its place between two neighbours is
/// empty. What does not hold otherwise, in words.
///
/// `leaves` is not signed, and need not be: the path of a proof through the tree says
/// whether a leaf is the first, the last, or beside another, whatever number is claimed.
pub(crate) fn placed(
    place: &SealPlace,
    root: &Hash,
    object: &str,
) -> Result<Option<SealLeaf>, String> {
    let proved = |placed: &PlacedLeaf| proved(placed, place.leaves, root);
    match (&place.present, &place.before, &place.after) {
        (Some(present), None, None) => {
            let leaf = proved(present)?;
            if leaf.object != object {
                return Err(format!(
                    "the leaf is that of {}, not of {object}",
                    leaf.object
                ));
            }
            Ok(Some(leaf))
        }
        (None, None, None) => Err("neither a leaf of the object nor its neighbours".into()),
        (None, before, after) => {
            let ends = [before, after].map(|end| end.as_ref().map(|end| end.index));
            let are_beside = match ends {
                [Some(before), Some(after)] => before.checked_add(1) == Some(after),
                [Some(before), None] => before.checked_add(1) == Some(place.leaves),
                [None, after] => after == Some(0),
            };
            if !are_beside {
                return Err("the leaves given as neighbours are not beside each other".into());
            }
            for (end, side) in [(before, "before"), (after, "after")] {
                let Some(leaf) = end.as_ref().map(proved).transpose()? else {
                    continue;
                };
                let stands = if side == "before" {
                    leaf.object.as_str() < object
                } else {
                    leaf.object.as_str() > object
                };
                if !stands {
                    return Err(format!("{} does not come {side} {object}", leaf.object));
                }
            }
            Ok(None)
        }
        (Some(_), _, _) => {
            Err("both a leaf of the object and neighbours around its absence".into())
        }
    }
}

/// A leaf in its one form that is in the tree of `leaves` leaves with this root.
fn proved(placed: &PlacedLeaf, leaves: u64, root: &Hash) -> Result<SealLeaf, String> {
    let text = placed.leaf.as_bytes();
    let (index, hash) = (placed.index, Hash::leaf(text));
    verify_inclusion(index, leaves, &hash, &placed.hashes, root)
        .map_err(|error| format!("leaf {index} is not in the seal: {error}"))?;
    let checked = json::check(text).and_then(json::read);
    let leaf: SealLeaf = checked.map_err(|malformed| format!("leaf {index}: {malformed}"))?;
    match encode(&leaf) {
        Ok(again) if again == text => Ok(leaf),
        _ => Err(format!("leaf {index} is not written in its one form")),
    }
}

/// The tree that a seal made after these entries commits to, from what they say they did.
/// The regulation is not asked whether they might.
///
/// # Errors
/// [`Unproven`] at the first entry that is not well formed, not at its index, or not chained
/// to the one before; or whose postings or revisions do not follow.
pub fn compute_seal(entries: &[Vec<u8>]) -> Result<SealTree, Unproven> {
    let mut heads: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let mut books = Books::default();
    let mut last = NO_ENTRY;
    for (index, bytes) in (0..).zip(entries) {
        let at = |code, detail: String| Unproven::at(index, code, detail);
        let entry = Entry::parse(bytes).map_err(|bad| at("FORM", bad.to_string()))?;
        if entry.index != index {
            return Err(at("INDEX", format!("it says it is number {}", entry.index)));
        }
        if entry.prev != last {
            return Err(at(
                "CHAIN",
                "prev is not the leaf hash of the entry before".into(),
            ));
        }
        last = Hash::leaf(bytes);
        if let Some(wrong) = books.post(&entry.effects).into_iter().next() {
            return Err(at("BALANCE", wrong));
        }
        for revision in entry.effects.revisions {
            let head = heads.entry(revision.object).or_default();
            if revision.revision != head.0 + 1 {
                let (now, before) = (revision.revision, head.0);
                return Err(at(
                    "GAP",
                    format!("revision {now} of an object follows {before}"),
                ));
            }
            *head = (revision.revision, index);
        }
    }
    let leaf = |(object, (revision, entry)): (String, (u64, u64))| SealLeaf {
        balance: books.balances().get(&object).copied().map(SealBalance),
        object,
        revision,
        entry,
    };
    let leaves = heads.into_iter().map(leaf).collect();
    SealTree::of(leaves).map_err(|fault| Unproven::whole(SEAL, fault.to_string()))
}

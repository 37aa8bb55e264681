//! Which parties a thing of the ledger concerns, so that they may read it as their own.
//!
//! | Object | Concerns |
//! | --- | --- |
//! | `party:P` | P |
//! | `key:K` | the party K signs for |
//! | `loan:L` | the bank that lent |
//! | `claim:C` | who claims, and the loan's bank |
//! | `recovery:R` | who collected, and the loan's bank |
//! | `order:O` | who owes it, and the loan's bank |
//! | `engagement:E` | the auditor |
//! | `account:A`, `account:A/DAY` | the bank that keeps it |
//! | `borrower:T` | every bank that has a loan of it on record |
//! | any other | nobody |
//!
//! An entry concerns whom its objects concern, with one reservation: accounts and borrowers
//! are shared. A bank's claim is paid from an account that another bank keeps, and a
//! borrower has loans at two banks. So they count only where an entry touches nothing that
//! belongs to a party, such as a transfer, or an enterprise's registration.
//!
//! Absent on purpose: who asks.

use std::collections::BTreeSet;

use fundtrail_model::{Entry, Fault, Id, Tag};
use fundtrail_regulation::state::{
    Account, Claim, Filing, FilingKind, Key, Loan, Order, Recovery, View,
};

/// Whom something concerns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Concern {
    /// These parties.
    pub(crate) parties: BTreeSet<Id>,
    /// And whoever has a loan of these enterprises.
    pub(crate) borrowers: BTreeSet<Tag>,
}

impl Concern {
    /// Of an object by its name; nobody where there is no such thing.
    ///
    /// # Errors
    /// [`Fault`] when the storage fails. So for all that follow.
    pub(crate) fn of_object(view: View<'_>, object: &str) -> Result<Concern, Fault> {
        let (sort, rest) = object.split_once(':').unwrap_or((object, ""));
        let name = rest.split_once('/').map_or(rest, |(name, _)| name);
        // Only reconciliations are named by their day.
        if name.len() != rest.len() && sort != "account" {
            return Ok(Concern::default());
        }
        if sort == "borrower" {
            return Ok(Tag::parse(name)
                .map(Concern::of_borrower)
                .unwrap_or_default());
        }
        let Some(id) = Id::parse(name) else {
            return Ok(Concern::default());
        };
        let key = id.as_bytes();
        Ok(match sort {
            "party" => Concern::of_party(id),
            "key" => found(view.get(key)?, Concern::of_key),
            "loan" => found(view.get(key)?, Concern::of_loan),
            "account" => found(view.get(key)?, Concern::of_account),
            "claim" => match view.get::<Claim>(key)? {
                Some(claim) => Concern::of_claim(view, &claim)?,
                None => Concern::default(),
            },
            "recovery" => match view.get::<Recovery>(key)? {
                Some(recovery) => Concern::of_recovery(view, &recovery)?,
                None => Concern::default(),
            },
            "order" => match view.get::<Order>(key)? {
                Some(order) => Concern::of_pair(view, order.debtor, &order.loan)?,
                None => Concern::default(),
            },
            "engagement" => {
                let filing: Option<Filing> = view.get(&FilingKind::Engagement.key_of(name))?;
                let auditor = filing.and_then(|filing| filing.party);
                auditor.map(Concern::of_party).unwrap_or_default()
            }
            _ => Concern::default(),
        })
    }

    /// Of an entry, by what it touches.
    pub(crate) fn of_entry(view: View<'_>, entry: &Entry) -> Result<Concern, Fault> {
        let (mut own, mut shared) = (Concern::default(), Concern::default());
        for revision in &entry.effects.revisions {
            let of = Concern::of_object(view, &revision.object)?;
            if is_shared(&revision.object) {
                shared.add(of);
            } else {
                own.add(of);
            }
        }
        Ok(if own.parties.is_empty() { shared } else { own })
    }

    /// Of a party.
    pub(crate) fn of_party(party: Id) -> Concern {
        Concern {
            parties: BTreeSet::from([party]),
            borrowers: BTreeSet::new(),
        }
    }

    /// Of an enterprise.
    pub(crate) fn of_borrower(borrower: Tag) -> Concern {
        Concern {
            parties: BTreeSet::new(),
            borrowers: BTreeSet::from([borrower]),
        }
    }

    /// Of a key.
    pub(crate) fn of_key(key: &Key) -> Concern {
        Concern::of_party(key.party.clone())
    }

    /// Of a loan.
    pub(crate) fn of_loan(loan: &Loan) -> Concern {
        Concern::of_party(loan.bank.clone())
    }

    /// Of an account of the fund.
    pub(crate) fn of_account(account: &Account) -> Concern {
        Concern::of_party(account.bank.clone())
    }

    /// Of a claim.
    pub(crate) fn of_claim(view: View<'_>, claim: &Claim) -> Result<Concern, Fault> {
        Concern::of_pair(view, claim.claimant.clone(), &claim.loan)
    }

    /// Of a recovery.
    pub(crate) fn of_recovery(view: View<'_>, recovery: &Recovery) -> Result<Concern, Fault> {
        Concern::of_pair(view, recovery.collector.clone(), &recovery.loan)
    }

    /// Of what one party has to do with a loan.
    fn of_pair(view: View<'_>, party: Id, loan: &Id) -> Result<Concern, Fault> {
        let mut concern = Concern::of_party(party);
        if let Some(loan) = view.get::<Loan>(loan.as_bytes())? {
            concern.parties.insert(loan.bank);
        }
        Ok(concern)
    }

    fn add(&mut self, other: Concern) {
        self.parties.extend(other.parties);
        self.borrowers.extend(other.borrowers);
    }
}

fn found<R>(record: Option<R>, of: impl FnOnce(&R) -> Concern) -> Concern {
    record.as_ref().map(of).unwrap_or_default()
}

/// Whether others than one party's partners of business stand behind an object.
fn is_shared(object: &str) -> bool {
    object.starts_with("account:") || object.starts_with("borrower:")
}

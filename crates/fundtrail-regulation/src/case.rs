//! The case: all that a predicate sees. The batch's time, the transaction with its
//! signers and findings, and the state; nothing else.
//!
//! Records are loaded once, when a predicate first asks for them.

use core::cell::OnceCell;

use alloc::format;
use alloc::vec::Vec;

use fundtrail_model::port::Read;
use fundtrail_model::{Day, Fault, Findings, Id, KeyId, Moment, Tag, Transaction};

use crate::calendar::Calendar;
use crate::kinds::{Body, Kind, original};
use crate::policy::{Approval, Policy};
use crate::signers::{Need, Signer, Standing, assign};
use crate::state::{
    Account, Borrower, Claim, Fund, Key, Ledger, Loan, Order, Party, PolicyVersion, Record,
    Recovery, Role, View, applying,
};

/// What a body refers to. Ids of things it creates are not here but in `creates`.
#[derive(Clone, Debug, Default)]
pub struct Subject {
    /// A loan.
    pub loan: Option<Id>,
    /// A claim; its loan follows.
    pub claim: Option<Id>,
    /// A recovery; its loan follows.
    pub recovery: Option<Id>,
    /// A clawback order; its loan follows.
    pub order: Option<Id>,
    /// A borrower.
    pub borrower: Option<Tag>,
    /// The party acting or acted upon.
    pub party: Option<Id>,
    /// Accounts of the fund.
    pub accounts: Vec<Id>,
    /// A key.
    pub key: Option<KeyId>,
    /// What the transaction brings into being, with the table it must be new in.
    pub creates: Vec<Creation>,
}

/// Something that must not be there yet.
#[derive(Clone, Debug)]
pub struct Creation {
    /// The table.
    pub table: fundtrail_model::port::Table,
    /// The key.
    pub key: Vec<u8>,
    /// Its name for the refusal.
    pub name: alloc::string::String,
    /// The object it names for ever, also where the record goes again: nothing else takes the
    /// id, and whoever reads the object's history reads of one thing.
    pub object: Option<alloc::string::String>,
}

impl Creation {
    /// A record that must be new.
    pub fn of<R: Record>(key: &[u8], name: impl Into<alloc::string::String>) -> Creation {
        Creation {
            table: R::TABLE,
            key: key.to_vec(),
            name: name.into(),
            object: None,
        }
    }

    /// The same, of an id that is never free again.
    #[must_use]
    pub fn for_ever(self, object: alloc::string::String) -> Creation {
        Creation {
            object: Some(object),
            ..self
        }
    }
}

/// One transaction before the law.
pub struct Case<'a> {
    /// When the ledger takes it.
    pub time: Moment,
    /// The index its entry would have.
    pub index: u64,
    /// What was signed.
    pub transaction: &'a Transaction,
    /// What it says.
    pub body: &'a Body,
    /// What the node found inside its disclosures.
    pub findings: &'a Findings,
    /// Who signed, as the ledger knows them now.
    pub signers: Vec<Signer>,
    /// The state before it.
    pub view: View<'a>,
    /// What it refers to.
    pub subject: Subject,
    memo: Memo,
}

#[derive(Default)]
struct Memo {
    ledger: OnceCell<Option<Ledger>>,
    fund: OnceCell<Option<Fund>>,
    versions: OnceCell<Option<Vec<PolicyVersion>>>,
    calendar: OnceCell<Option<Calendar>>,
    loan: OnceCell<Option<Loan>>,
    claim: OnceCell<Option<Claim>>,
    recovery: OnceCell<Option<Recovery>>,
    order: OnceCell<Option<Order>>,
    borrower: OnceCell<Option<Borrower>>,
    party: OnceCell<Option<Party>>,
    bank: OnceCell<Option<Party>>,
    standing: OnceCell<Option<Standing>>,
}

/// Loads once.
fn memo<T>(
    cell: &OnceCell<Option<T>>,
    load: impl FnOnce() -> Result<Option<T>, Fault>,
) -> Result<Option<&T>, Fault> {
    if cell.get().is_none() {
        let loaded = load()?;
        // Nobody else can have filled it: the cell is not shared.
        let _ = cell.set(loaded);
    }
    Ok(cell.get().and_then(Option::as_ref))
}

impl<'a> Case<'a> {
    /// A case over one state.
    ///
    /// # Errors
    /// [`Fault`] when the storage cannot be read.
    pub fn new(
        time: Moment,
        index: u64,
        transaction: &'a Transaction,
        body: &'a Body,
        findings: &'a Findings,
        keys: &[KeyId],
        read: &'a dyn Read,
    ) -> Result<Case<'a>, Fault> {
        let view = View::new(read);
        let introduced = body.introduces(index);
        let mut signers = Vec::with_capacity(keys.len());
        for key_id in keys {
            let known: Option<Key> = view.get(format!("{key_id}").as_bytes())?;
            let key =
                known.or_else(|| introduced.iter().find(|key| key.key_id == *key_id).cloned());
            signers.push(Signer {
                key_id: *key_id,
                key,
            });
        }
        let mut subject = body.subject();
        // A reversal is about whatever its original was about.
        if let Body::Reversal(reversal) = body
            && let Some(original) = original(view, &reversal.of)?
        {
            subject = Subject {
                creates: subject.creates,
                ..original.body.subject()
            };
        }
        Ok(Case {
            time,
            index,
            transaction,
            body,
            findings,
            signers,
            view,
            subject,
            memo: Memo::default(),
        })
    }

    /// The kind.
    pub fn kind(&self) -> Kind {
        self.body.kind()
    }

    /// The business date.
    pub fn date(&self) -> Day {
        self.transaction.date
    }

    /// What genesis set.
    ///
    /// # Errors
    /// [`Fault`] when the storage cannot be read. So for all that follow.
    pub fn ledger(&self) -> Result<Option<&Ledger>, Fault> {
        memo(&self.memo.ledger, || self.view.ledger())
    }

    /// The fund as a whole.
    pub fn fund(&self) -> Result<&Fund, Fault> {
        memo(&self.memo.fund, || self.view.fund().map(Some))?.ok_or_else(|| lost("fund"))
    }

    /// Every version of the policy, in the order of adoption.
    pub fn versions(&self) -> Result<&[PolicyVersion], Fault> {
        let versions = memo(&self.memo.versions, || self.view.list(b"").map(Some))?;
        Ok(versions.map_or(&[], Vec::as_slice))
    }

    /// The policy version that applies on the business date.
    pub fn version(&self) -> Result<Option<&PolicyVersion>, Fault> {
        Ok(applying(self.versions()?, self.date()))
    }

    /// The policy that applies on the business date.
    pub fn policy(&self) -> Result<Option<&Policy>, Fault> {
        Ok(self.version()?.map(|version| &version.policy))
    }

    /// The policy version bound to the case's loan (A44).
    pub fn loan_version(&self) -> Result<Option<&PolicyVersion>, Fault> {
        let Some(loan) = self.loan()? else {
            return Ok(None);
        };
        Ok(self
            .versions()?
            .iter()
            .find(|version| version.version == loan.policy))
    }

    /// The policy bound to the case's loan (A44).
    pub fn loan_policy(&self) -> Result<Option<&Policy>, Fault> {
        Ok(self.loan_version()?.map(|version| &version.policy))
    }

    /// The calendar the policy names.
    pub fn calendar(&self) -> Result<Option<&Calendar>, Fault> {
        let Some(policy) = self.policy()? else {
            return Ok(None);
        };
        memo(&self.memo.calendar, || {
            self.view.calendar(&policy.policy.calendar).map(Some)
        })
    }

    /// The claim it refers to.
    pub fn claim(&self) -> Result<Option<&Claim>, Fault> {
        memo(&self.memo.claim, || {
            load(self.view, self.subject.claim.as_ref())
        })
    }

    /// The recovery it refers to.
    pub fn recovery(&self) -> Result<Option<&Recovery>, Fault> {
        memo(&self.memo.recovery, || {
            load(self.view, self.subject.recovery.as_ref())
        })
    }

    /// The clawback order it refers to.
    pub fn order(&self) -> Result<Option<&Order>, Fault> {
        memo(&self.memo.order, || {
            load(self.view, self.subject.order.as_ref())
        })
    }

    /// The loan it refers to, directly or through a claim, recovery or order.
    pub fn loan(&self) -> Result<Option<&Loan>, Fault> {
        memo(&self.memo.loan, || {
            let id = match &self.subject.loan {
                Some(loan) => Some(loan),
                None => match (self.claim()?, self.recovery()?, self.order()?) {
                    (Some(claim), _, _) => Some(&claim.loan),
                    (_, Some(recovery), _) => Some(&recovery.loan),
                    (_, _, Some(order)) => Some(&order.loan),
                    _ => None,
                },
            };
            load(self.view, id)
        })
    }

    /// The borrower it refers to, directly or through the loan.
    pub fn borrower(&self) -> Result<Option<&Borrower>, Fault> {
        memo(&self.memo.borrower, || {
            let tag = match &self.subject.borrower {
                Some(tag) => Some(tag),
                None => self.loan()?.map(|loan| &loan.borrower),
            };
            tag.map_or(Ok(None), |tag| self.view.get(format!("{tag}").as_bytes()))
        })
    }

    /// The party it names.
    pub fn party(&self) -> Result<Option<&Party>, Fault> {
        memo(&self.memo.party, || {
            load(self.view, self.subject.party.as_ref())
        })
    }

    /// The bank of the loan, or the party it names.
    pub fn bank(&self) -> Result<Option<&Party>, Fault> {
        memo(&self.memo.bank, || {
            let id = self
                .loan()?
                .map(|loan| &loan.bank)
                .or(self.subject.party.as_ref());
            load(self.view, id)
        })
    }

    /// An account of the fund.
    pub fn account(&self, account: &Id) -> Result<Option<Account>, Fault> {
        self.view.get(account.as_bytes())
    }

    /// Who decides, and which suites sign, now: the version that applies on the day of
    /// recording. A stated date cannot bring back a quorum that was changed (A44, S46).
    pub fn procedure(&self) -> Result<Option<&Policy>, Fault> {
        Ok(applying(self.versions()?, self.time.day()).map(|version| &version.policy))
    }

    /// Who decides now.
    pub fn approval(&self) -> Result<Option<&Approval>, Fault> {
        Ok(self.procedure()?.map(|policy| &policy.approval))
    }

    /// The policy whose conditions a disbursement must meet: the one that applies on its
    /// day (A44).
    pub fn cover_policy(&self, day: Day) -> Result<Option<&Policy>, Fault> {
        Ok(applying(self.versions()?, day).map(|version| &version.policy))
    }

    /// The parties that hold a seat in the leading group: those with a standing key for it.
    pub fn seats(&self) -> Result<Vec<Id>, Fault> {
        let keys: Vec<Key> = self.view.list(b"")?;
        let seated = keys
            .into_iter()
            .filter(|key| key.role == Role::GroupMember && key.revoked.is_none());
        let mut seats: Vec<Id> = seated.map(|key| key.party).collect();
        seats.sort();
        seats.dedup();
        Ok(seats)
    }

    /// What its kind requires of its signers. Where a manager signs, it is the one in office.
    pub fn needs(&self) -> Result<Vec<Need>, Fault> {
        let manager = &self.fund()?.manager;
        let in_office = |need| match need {
            Need::One(roles, None) if roles == [Role::Manager] => Need::One(roles, manager.clone()),
            Need::Pair(Role::Manager, None) => Need::Pair(Role::Manager, manager.clone()),
            other => other,
        };
        Ok(self.body.needs(self)?.into_iter().map(in_office).collect())
    }

    /// How its signatures fill those needs.
    pub fn standing(&self) -> Result<&Standing, Fault> {
        let standing = memo(&self.memo.standing, || {
            let needs = self.needs()?;
            Ok(Some(assign(&needs, &self.signers, self.approval()?)))
        })?;
        standing.ok_or_else(|| lost("standing"))
    }

    /// Whether for each of its needs there is a key that could fill it, or a part of it.
    pub fn can_be_signed(&self) -> Result<bool, Fault> {
        let mut keys: Vec<Key> = self.view.list(b"")?;
        keys.retain(|key| key.revoked.is_none());
        keys.extend(self.body.introduces(self.index));
        let approval = self.approval()?;
        let mut needs = self.needs()?;
        needs.retain(|need| !matches!(need, Need::Optional(_)));
        Ok(needs
            .iter()
            .all(|need| keys.iter().any(|key| need.suits(key, approval))))
    }

    /// Whether a key of that role signed.
    pub fn is_signed_by(&self, role: Role) -> bool {
        self.signers
            .iter()
            .filter_map(Signer::standing)
            .any(|key| key.role == role)
    }

    /// The keys that signed, each by the first of its line of rotations.
    pub fn lineages(&self) -> Vec<KeyId> {
        self.signers.iter().map(Signer::lineage).collect()
    }
}

/// Lookups for effects: a rule has already made sure that these are there.
impl Case<'_> {
    /// The policy on the business date.
    pub fn the_policy(&self) -> Result<&Policy, Fault> {
        self.policy()?.ok_or_else(|| lost("policy"))
    }

    /// The policy bound to the loan.
    pub fn the_loan_policy(&self) -> Result<&Policy, Fault> {
        self.loan_policy()?
            .ok_or_else(|| lost("policy of the loan"))
    }

    /// The loan.
    pub fn the_loan(&self) -> Result<Loan, Fault> {
        self.loan()?.cloned().ok_or_else(|| lost("loan"))
    }

    /// The claim.
    pub fn the_claim(&self) -> Result<Claim, Fault> {
        self.claim()?.cloned().ok_or_else(|| lost("claim"))
    }

    /// The recovery.
    pub fn the_recovery(&self) -> Result<Recovery, Fault> {
        self.recovery()?.cloned().ok_or_else(|| lost("recovery"))
    }

    /// The order.
    pub fn the_order(&self) -> Result<Order, Fault> {
        self.order()?.cloned().ok_or_else(|| lost("order"))
    }

    /// The borrower.
    pub fn the_borrower(&self) -> Result<Borrower, Fault> {
        self.borrower()?.cloned().ok_or_else(|| lost("borrower"))
    }

    /// The party it names.
    pub fn the_party(&self) -> Result<Party, Fault> {
        self.party()?.cloned().ok_or_else(|| lost("party"))
    }

    /// The loan's bank.
    pub fn the_bank(&self) -> Result<Party, Fault> {
        self.bank()?.cloned().ok_or_else(|| lost("bank"))
    }

    /// The calendar.
    pub fn the_calendar(&self) -> Result<&Calendar, Fault> {
        self.calendar()?.ok_or_else(|| lost("calendar"))
    }
}

/// A rule should have refused what refers to something that is not there.
pub(crate) fn lost(what: &str) -> Fault {
    Fault(format!(
        "an accepted transaction refers to a {what} that is not there"
    ))
}

fn load<R: Record>(view: View<'_>, id: Option<&Id>) -> Result<Option<R>, Fault> {
    id.map_or(Ok(None), |id| view.get(id.as_bytes()))
}

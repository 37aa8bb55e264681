//! Who asks, and how far their right to read goes: computed from the ledger, never kept.

use std::collections::BTreeSet;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use fundtrail_model::port::{Read, Table, past_prefix};
use fundtrail_model::{Day, Entry, Fault, Id, KeyId, Moment, Tag};
use fundtrail_regulation::state::{Filing, FilingKind, Key, Loan, Role, View, pair_key};

use super::{Concern, Denied, token};
use crate::failure::Failure;

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// Anybody.
    Public,
    /// Somebody with a key that stands in the ledger.
    Known(Known),
}

/// A key that stands, and what may be read with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    /// The key.
    pub(crate) key: KeyId,
    /// For whom it signs.
    pub(crate) party: Id,
    /// As what.
    pub(crate) role: Role,
    /// How far its right goes.
    pub(crate) scope: Scope,
}

/// How far a right to read goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// No further than anybody's: a manager out of office, an auditor out of engagement.
    Nothing,
    /// What concerns one party: a bank, an insurer, a guarantor.
    Own(Id),
    /// What an audit is about.
    Engaged {
        /// Whose books.
        partners: Partners,
    },
    /// The whole ledger.
    Whole,
}

/// Whose books an auditor is engaged for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Partners {
    /// All of the fund.
    All,
    /// These partners'.
    Only(BTreeSet<Id>),
}

impl Reader {
    /// Who shows a token. `now` is the node's clock.
    ///
    /// # Errors
    /// As the token's; and faults of the storage.
    pub(crate) fn of_token(
        read: &dyn Read,
        origin: &str,
        now: Moment,
        token: &str,
    ) -> Result<Reader, Failure> {
        let view = View::new(read);
        let key = token::verify(view, origin, now, token)?;
        Ok(Reader::of_key(view, &key, now.day())?)
    }

    /// Who signs with a key that stands.
    ///
    /// # Errors
    /// [`Fault`] when the storage fails. So for all that follow.
    pub(crate) fn of_key(view: View<'_>, key: &Key, today: Day) -> Result<Reader, Fault> {
        Ok(Reader::Known(Known {
            key: key.key_id,
            party: key.party.clone(),
            role: key.role,
            scope: scope(view, key, today)?,
        }))
    }

    /// How far the right to read goes.
    pub(crate) fn scope(&self) -> &Scope {
        match self {
            Reader::Public => &Scope::Nothing,
            Reader::Known(known) => &known.scope,
        }
    }

    /// Whether everything may be read: every entry, every record, every figure.
    pub(crate) fn may_read_whole_ledger(&self) -> bool {
        matches!(
            self.scope(),
            Scope::Whole
                | Scope::Engaged {
                    partners: Partners::All
                }
        )
    }

    /// Whether what concerns a party may be read.
    pub(crate) fn may_read_party(&self, party: &Id) -> bool {
        self.may_read_whole_ledger() || self.parties().contains(&party)
    }

    /// Whether what concerns these may be read.
    pub(crate) fn may_read(&self, view: View<'_>, concern: &Concern) -> Result<bool, Fault> {
        if self.may_read_whole_ledger() {
            return Ok(true);
        }
        self.is_concerned(view, concern)
    }

    /// Whether an object's record may be read, by its name.
    pub(crate) fn may_read_object(&self, view: View<'_>, object: &str) -> Result<bool, Fault> {
        Ok(self.may_read_whole_ledger()
            || self.is_concerned(view, &Concern::of_object(view, object)?)?)
    }

    /// Whether an entry may be read.
    pub(crate) fn may_read_entry(&self, view: View<'_>, entry: &Entry) -> Result<bool, Fault> {
        Ok(self.may_read_whole_ledger()
            || self.is_concerned(view, &Concern::of_entry(view, entry)?)?)
    }

    /// The loans of an enterprise that may be read; nothing where all of them may.
    pub(crate) fn loans_of(
        &self,
        view: View<'_>,
        borrower: &Tag,
    ) -> Result<Option<Vec<Loan>>, Fault> {
        if self.may_read_whole_ledger() {
            return Ok(None);
        }
        let mut loans = Vec::new();
        for party in self.parties() {
            let prefix = loans_key(party, borrower);
            for (key, _) in view.rows(Table::BankLoans, &prefix)? {
                loans.extend(view.get::<Loan>(key.get(prefix.len()..).unwrap_or_default())?);
            }
        }
        Ok(Some(loans))
    }

    /// Whether sealed particulars of what concerns these may be read: by them, by the
    /// manager in office, the office and the leading group, and by an auditor whose
    /// engagement covers one of them. Others read the whole ledger without names.
    pub(crate) fn may_read_particulars(
        &self,
        view: View<'_>,
        concern: &Concern,
    ) -> Result<bool, Fault> {
        match self {
            Reader::Public => Ok(false),
            Reader::Known(known) => match known.scope {
                Scope::Whole => Ok(matches!(
                    known.role,
                    Role::Manager | Role::Office | Role::GroupMember
                )),
                _ => self.may_read(view, concern),
            },
        }
    }

    /// `FORBIDDEN` unless an object's record may be read. What is not there concerns
    /// nobody, so only who may read everything learns that it is not there.
    ///
    /// # Errors
    /// As said; and faults of the storage.
    pub(crate) fn check_object(&self, view: View<'_>, object: &str) -> Result<(), Failure> {
        self.check(self.may_read_object(view, object)?)
    }

    /// `FORBIDDEN` unless an entry may be read.
    ///
    /// # Errors
    /// As said; and faults of the storage.
    pub(crate) fn check_entry(&self, view: View<'_>, entry: &Entry) -> Result<(), Failure> {
        self.check(self.may_read_entry(view, entry)?)
    }

    /// `UNAUTHENTICATED` or `FORBIDDEN` unless `may`.
    ///
    /// # Errors
    /// As said.
    pub(crate) fn check(&self, may: bool) -> Result<(), Failure> {
        match self {
            _ if may => Ok(()),
            Reader::Public => Err(Denied::Unauthenticated.into()),
            Reader::Known(_) => Err(Denied::Forbidden.into()),
        }
    }

    /// The parties whose books may be read, where it is not everybody's.
    fn parties(&self) -> Vec<&Id> {
        match self.scope() {
            Scope::Own(party) => vec![party],
            Scope::Engaged {
                partners: Partners::Only(partners),
            } => partners.iter().collect(),
            _ => Vec::new(),
        }
    }

    fn is_concerned(&self, view: View<'_>, concern: &Concern) -> Result<bool, Fault> {
        for party in self.parties() {
            if concern.parties.contains(party) {
                return Ok(true);
            }
            for borrower in &concern.borrowers {
                if has_loan_of(view, party, borrower)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

/// As [`super::gate`] left it.
impl<S: Send + Sync> FromRequestParts<S> for Reader {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Reader, Failure> {
        let passed = parts.extensions.get::<Reader>().cloned();
        passed.ok_or_else(|| Failure::Fault(Fault("a route without a gate: a defect".into())))
    }
}

fn scope(view: View<'_>, key: &Key, today: Day) -> Result<Scope, Fault> {
    Ok(match key.role {
        Role::Bank | Role::Insurer | Role::Guarantor => Scope::Own(key.party.clone()),
        Role::Manager if view.fund()?.manager.as_ref() == Some(&key.party) => Scope::Whole,
        Role::Manager => Scope::Nothing,
        Role::Auditor => engaged(view, &key.party, today)?,
        Role::Government
        | Role::Finance
        | Role::MarketSupervision
        | Role::GroupMember
        | Role::Office
        | Role::Regulator => Scope::Whole,
    })
}

/// The union of an auditor's engagements that hold today. One without partners is for all.
fn engaged(view: View<'_>, auditor: &Id, today: Day) -> Result<Scope, Fault> {
    let prefix = pair_key(FilingKind::Engagement.name().as_bytes(), b"");
    let filings: Vec<Filing> = view.list(&prefix)?;
    let holds = |filing: &&Filing| {
        filing.party.as_ref() == Some(auditor)
            && filing.from.is_some_and(|from| from <= today)
            && filing.until.is_some_and(|until| today <= until)
    };
    let standing: Vec<&Filing> = filings.iter().filter(holds).collect();
    if standing.is_empty() {
        return Ok(Scope::Nothing);
    }
    let partners = if standing.iter().any(|filing| filing.partners.is_empty()) {
        Partners::All
    } else {
        Partners::Only(
            standing
                .iter()
                .flat_map(|filing| filing.partners.clone())
                .collect(),
        )
    };
    Ok(Scope::Engaged { partners })
}

/// Whether a bank has a loan of an enterprise on record.
fn has_loan_of(view: View<'_>, bank: &Id, borrower: &Tag) -> Result<bool, Fault> {
    let prefix = loans_key(bank, borrower);
    let rows = view
        .read()
        .range(Table::BankLoans, &prefix, &past_prefix(&prefix), 1)?;
    Ok(!rows.is_empty())
}

/// How the keys of a bank's loans to an enterprise begin.
fn loans_key(bank: &Id, borrower: &Tag) -> Vec<u8> {
    let borrower = borrower.to_string();
    pair_key(&pair_key(bank.as_bytes(), borrower.as_bytes()), b"")
}

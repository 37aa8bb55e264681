//! States put together by hand: keys, parties, engagements, and what banks have on record.

use fundtrail_kernel::Memory;
use fundtrail_model::key::SigningKey;
use fundtrail_model::port::{Batch, Commit, Table};
use fundtrail_model::{Day, Id, Moment, Tag};
use fundtrail_regulation::state::{
    Filing, FilingKind, Fund, Key, Record, Role, View, encode, pair_key,
};

/// The ledger of these tests.
pub(super) const ORIGIN: &str = "ledger.example/baotou";

/// Its clock: ten in the morning.
pub(super) fn now() -> Moment {
    moment("2022-03-01T10:00:00+08:00")
}

pub(super) fn moment(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

pub(super) fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

pub(super) fn id(text: &str) -> Id {
    Id::parse(text).unwrap()
}

pub(super) fn tag(number: u8) -> Tag {
    Tag::parse(&hex_of(number)).unwrap()
}

fn hex_of(number: u8) -> String {
    format!("{number:02x}").repeat(32)
}

/// A private key of that number.
pub(super) fn key(number: u8) -> SigningKey {
    SigningKey::from_seed(&[number; 32])
}

/// The record of a key that stands.
pub(super) fn enrolled(number: u8, party: &str, role: Role) -> Key {
    let public_key = key(number).public();
    Key {
        key_id: public_key.id(),
        public_key,
        suite: id("ed25519"),
        party: id(party),
        role,
        duty: None,
        lineage: public_key.id(),
        enrolled: 0,
        revoked: None,
    }
}

/// A state.
#[derive(Clone, Default)]
pub(super) struct State(pub(super) Memory);

impl State {
    pub(super) fn view(&self) -> View<'_> {
        View::new(&self.0)
    }

    pub(super) fn put<R: Record>(mut self, record: &R) -> State {
        let mut batch = Batch::default();
        batch.put(R::TABLE, record.key(), encode(record).unwrap());
        self.0.commit(&batch).unwrap();
        self
    }

    /// With a manager in office.
    pub(super) fn managed_by(self, party: &str) -> State {
        self.put(&Fund {
            manager: Some(id(party)),
            ..Fund::default()
        })
    }

    /// With an engagement of an auditor for partners, or for all.
    pub(super) fn engaging(
        self,
        name: &str,
        auditor: &str,
        partners: &[&str],
        period: (&str, &str),
    ) -> State {
        self.put(&Filing {
            kind: FilingKind::Engagement,
            id: name.into(),
            party: Some(id(auditor)),
            partners: partners.iter().map(|partner| id(partner)).collect(),
            from: Some(day(period.0)),
            until: Some(day(period.1)),
            digest: None,
            entry: 1,
        })
    }

    /// With a loan in the index of a bank's loans, which is all that is asked of it.
    pub(super) fn lent(mut self, bank: &str, borrower: Tag, loan: &str) -> State {
        let borrower = borrower.to_string();
        let key = pair_key(
            &pair_key(bank.as_bytes(), borrower.as_bytes()),
            loan.as_bytes(),
        );
        let mut batch = Batch::default();
        batch.put(Table::BankLoans, key, Vec::new());
        self.0.commit(&batch).unwrap();
        self
    }
}

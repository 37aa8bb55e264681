//! Drafts as the API gives them, and what they wait for.

use fundtrail_model::{Alert, Amount, Day, Figures, Id, KeyId, Moment, Posting};
use fundtrail_regulation::state::{Duty, Role};
use serde::Deserialize;
use serde_json::Value;

use crate::records::{Both, Obligation};
use crate::visit::Reader;

/// A line of the list.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Line {
    /// A draft.
    Draft(Box<Item>),
    /// One that this version of the node cannot read.
    Lost {
        /// Its id.
        id: String,
        /// Why.
        code: String,
    },
}

/// A draft in a list.
#[derive(Deserialize)]
pub(super) struct Item {
    /// Its transaction's id.
    pub(super) id: Id,
    /// How it stands: of `DRAFT_STATE`.
    pub(super) state: String,
    /// The entry that came of it.
    pub(super) entry: Option<u64>,
    /// What it is.
    pub(super) kind: String,
    /// Its business date.
    pub(super) date: Day,
    /// Who posted it.
    pub(super) party: Id,
    /// When.
    pub(super) created: Moment,
    /// When it ends by itself.
    pub(super) expires: Moment,
    /// When it ended.
    pub(super) ended: Option<Moment>,
    /// Who took it back.
    pub(super) withdrawn_by: Option<Id>,
    /// Parties that signed.
    pub(super) signed_by: Vec<Id>,
    /// Who is still missing.
    pub(super) missing: Vec<Lack>,
}

/// A draft in full.
#[derive(Deserialize)]
pub(super) struct Draft {
    /// What a list has of it.
    #[serde(flatten)]
    pub(super) item: Item,
    /// The articles the kind serves.
    pub(super) articles: Vec<u8>,
    /// The bytes that are signed, in base64.
    pub(super) payload: String,
    /// The same as text.
    pub(super) text: String,
    /// What the kind says.
    pub(super) body: Value,
    /// Those there are.
    pub(super) signatures: Vec<Signed>,
    /// What is sealed, for who may see it.
    pub(super) disclosures: Option<Vec<String>>,
    /// What the ledger would say now.
    pub(super) verdict: Option<Verdict>,
    /// What it said when the draft was submitted last.
    pub(super) refused: Option<Refused>,
}

/// Somebody who is missing.
#[derive(Deserialize)]
pub(super) struct Lack {
    /// In words.
    #[serde(flatten)]
    pub(super) words: Both,
    roles: Vec<Role>,
    parties: Vec<Id>,
    duties: Vec<Duty>,
    key: Option<KeyId>,
    seats: Option<Value>,
}

/// A signature.
#[derive(Deserialize)]
pub(super) struct Signed {
    /// By which key.
    pub(super) keyid: KeyId,
    /// For whom.
    pub(super) party: Id,
    /// As what.
    pub(super) role: Role,
    /// In which of two persons' places.
    pub(super) duty: Option<Duty>,
    /// When.
    pub(super) at: Moment,
}

/// What the ledger would say.
#[derive(Deserialize)]
pub(super) struct Verdict {
    /// Whether it would be recorded.
    pub(super) passes: bool,
    /// What stands against it.
    pub(super) refusals: Vec<Refusal>,
    /// Why the bytes mean nothing any more.
    pub(super) malformed: Option<Malformed>,
    /// What would follow, where it would.
    pub(super) prospect: Option<Prospect>,
}

/// What would follow.
#[derive(Deserialize)]
pub(super) struct Prospect {
    /// What it moves, claims or reports.
    pub(super) amount: Option<Amount>,
    /// What the regulation computes for it.
    pub(super) figures: Figures,
    /// Lines of double entry.
    pub(super) postings: Vec<Posting>,
    /// Alerts it would raise.
    pub(super) alerts: Vec<Alert>,
    /// What would be owed because of it.
    pub(super) owed: Vec<Obligation>,
}

/// Why bytes mean nothing.
#[derive(Deserialize)]
pub(super) struct Malformed {
    /// Stable code.
    pub(super) code: String,
    /// A sentence.
    pub(super) detail: String,
}

/// A submission that was refused.
#[derive(Deserialize)]
pub(super) struct Refused {
    /// When.
    pub(super) at: Moment,
    /// Why.
    pub(super) refusals: Vec<Refusal>,
}

/// A rule that objects.
#[derive(Deserialize)]
pub(super) struct Refusal {
    /// Stable code.
    pub(super) code: String,
    /// 0 for rules of the ledger itself.
    pub(super) article: u8,
    /// What the rule says.
    pub(super) message: Both,
    /// What decided it.
    pub(super) figures: Figures,
}

/// Who looks, and in which of two persons' places.
pub(super) struct Seat<'a> {
    /// Who.
    pub(super) reader: &'a Reader,
    /// In which place.
    pub(super) duty: Option<Duty>,
}

impl Item {
    /// Whether it still takes signatures.
    pub(super) fn is_open(&self) -> bool {
        self.state == "open" || self.state == "refused"
    }

    /// Whether this key's signature is among those that are missing.
    pub(super) fn waits_for(&self, seat: &Seat<'_>) -> bool {
        let has_signed = self.signed_by.contains(&seat.reader.party);
        self.is_open()
            && self
                .missing
                .iter()
                .any(|lack| lack.waits_for(seat, has_signed))
    }

    /// Whether the reader's party posted or signed it.
    pub(super) fn is_of(&self, reader: &Reader) -> bool {
        self.party == reader.party || self.signed_by.contains(&reader.party)
    }
}

impl Lack {
    /// As the node asks it ([`fundtrail_regulation::signers::Lack`]), but of this very key: not
    /// the other of two persons, and no seat that has signed.
    fn waits_for(&self, Seat { reader, duty }: &Seat<'_>, has_signed: bool) -> bool {
        let is_party = self.parties.is_empty() || self.parties.contains(&reader.party);
        let is_person =
            self.duties.is_empty() || duty.is_some_and(|own| self.duties.contains(&own));
        let is_seat = self.seats.is_none() || !has_signed;
        self.key == Some(reader.key)
            || self.roles.contains(&reader.role) && is_party && is_person && is_seat
    }
}

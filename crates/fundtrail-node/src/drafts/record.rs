//! A draft as it is kept.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fundtrail_model::envelope::Signature;
use fundtrail_model::{Envelope, Fault, Figures, Id, KeyId, Moment, Submission};
use fundtrail_regulation::Refusal;
use fundtrail_regulation::state::{Duty, Key, Role};
use serde::{Deserialize, Serialize};

/// A transaction that collects signatures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The transaction's id.
    pub id: Id,
    /// The exact bytes that are signed, in base64.
    pub payload: String,
    /// Verified signatures, each key once, in the order received.
    pub signatures: Vec<Signed>,
    /// The openings of its sealed particulars; dropped once it has ended.
    pub disclosures: Vec<String>,
    /// Who posted it.
    pub party: Id,
    /// When it was posted.
    pub created: Moment,
    /// From then on it takes no signature.
    pub expires: Moment,
    /// Why it was refused when it was last submitted.
    pub refused: Option<Refused>,
    /// How it ended, once it has.
    pub ended: Option<Ended>,
}

/// A signature of a draft, and who gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Signed {
    /// The key.
    pub keyid: KeyId,
    /// The signature in base64.
    pub sig: String,
    /// For whom the key signed then.
    pub party: Id,
    /// As what.
    pub role: Role,
    /// In which of two persons' places.
    pub duty: Option<Duty>,
    /// When it came.
    pub at: Moment,
}

/// A submission of a draft that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Refused {
    /// When.
    pub at: Moment,
    /// Why.
    pub refusals: Vec<RefusalKept>,
}

/// A refusal as it was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefusalKept {
    /// Stable code.
    pub code: String,
    /// Id in the rule reference.
    pub rule: String,
    /// Article of the text; 0 for rules of the ledger itself.
    pub article: u8,
    /// What the rule says, and the figures.
    pub message: Message,
    /// The figures that decided it.
    pub figures: Figures,
}

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Message {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// The end of a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// When.
    pub at: Moment,
    /// How.
    pub how: End,
}

/// How a draft ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// It is in the ledger, as this entry.
    Submitted(u64),
    /// This party took it back.
    Withdrawn(Id),
    /// Its time was over.
    Expired,
    /// This entry has its id, and is another transaction.
    Taken(u64),
}

impl Draft {
    /// Whether it takes signatures: it has not ended, and its time is not over.
    pub fn is_live(&self, now: Moment) -> bool {
        self.ended.is_none() && now < self.expires
    }

    /// Whether a party posted or signed it.
    pub fn is_of(&self, party: &Id) -> bool {
        self.party == *party || self.signatures.iter().any(|one| one.party == *party)
    }

    /// What would be submitted, with the signatures of these keys.
    ///
    /// # Errors
    /// [`Fault`] when the record is not one that was written here.
    pub fn submission(&self, takes: impl Fn(KeyId) -> bool) -> Result<Submission, Fault> {
        let unreadable = || Fault(format!("draft {} is unreadable", self.id));
        let decode = |text: &str| STANDARD.decode(text).map_err(|_| unreadable());
        let mut signatures = Vec::with_capacity(self.signatures.len());
        for one in self.signatures.iter().filter(|one| takes(one.keyid)) {
            let bytes = decode(&one.sig)?.try_into().map_err(|_| unreadable())?;
            signatures.push(Signature {
                key_id: one.keyid,
                bytes,
            });
        }
        Ok(Submission {
            envelope: Envelope {
                payload: decode(&self.payload)?,
                signatures,
            },
            disclosures: self.disclosures.clone(),
        })
    }

    /// Adds signatures of keys that have not signed yet.
    pub(super) fn add(&mut self, signatures: Vec<Signed>) {
        for one in signatures {
            if !self.has(one.keyid) {
                self.signatures.push(one);
            }
        }
    }

    pub(super) fn has(&self, key: KeyId) -> bool {
        self.signatures.iter().any(|one| one.keyid == key)
    }
}

impl Signed {
    pub(super) fn new(signature: &Signature, key: &Key, at: Moment) -> Signed {
        Signed {
            keyid: signature.key_id,
            sig: STANDARD.encode(signature.bytes),
            party: key.party.clone(),
            role: key.role,
            duty: key.duty,
            at,
        }
    }
}

impl From<&Refusal> for RefusalKept {
    fn from(refusal: &Refusal) -> RefusalKept {
        RefusalKept {
            code: refusal.code.into(),
            rule: refusal.rule.into(),
            article: refusal.article,
            message: Message {
                zh: refusal.in_chinese(),
                en: refusal.in_english(),
            },
            figures: refusal.figures.clone(),
        }
    }
}

/// Bytes as a draft keeps them.
pub(super) fn text_of(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

//! Refused submissions that an enrolled key signed, kept with their figures so that those
//! who run the fund see what was tried.
//!
//! They stand beside the log: no entry speaks of them and no replay gives them back. The
//! sequencer writes them with the batch in which they were decided, so that many of them cost
//! one sync. Absent on purpose: payloads, disclosures, and what was found inside these; dry
//! runs; and submissions that no enrolled key vouches for, which anybody can make.

use fundtrail_kernel::{Admitted, Verdict};
use fundtrail_model::port::{Batch, Read, Table};
use fundtrail_model::{Fault, Figures, Id, KeyId, Moment};
use fundtrail_regulation::Refusal;
use fundtrail_regulation::state::{Key, Record, View, encode};
use serde::{Deserialize, Serialize};

/// How many are kept: the newest.
pub const REFUSALS_MAX: u64 = 100_000;

/// The figure by which a refusal names a particular. What else it says of it was disclosed.
const PARTICULAR: &str = "particular";

/// A submission that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefusedSubmission {
    /// From 1, in the order of the refusals.
    pub number: u64,
    /// When it was decided.
    pub decided: Moment,
    /// Id of the transaction.
    pub transaction: Id,
    /// Its kind.
    pub kind: String,
    /// SHA-256 of the payload, in hexadecimal digits.
    pub payload_sha256: String,
    /// The enrolled keys whose signatures it had; they verified.
    pub keys: Vec<KeyId>,
    /// The parties that these keys sign for, in the same order.
    pub parties: Vec<Id>,
    /// Every rule that objected.
    pub refusals: Vec<Objection>,
}

/// A rule that objected, and on which figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Objection {
    /// Stable code.
    pub code: String,
    /// Id of the rule.
    pub rule: String,
    /// Article of the text; 0 for rules of the ledger itself.
    pub article: u8,
    /// The figures that decided it.
    pub figures: Figures,
}

impl Record for RefusedSubmission {
    const TABLE: Table = Table::Refusals;
    fn key(&self) -> Vec<u8> {
        RefusedSubmission::key_of(self.number).to_vec()
    }
}

impl RefusedSubmission {
    /// The key of a refusal by number.
    pub fn key_of(number: u64) -> [u8; 8] {
        number.to_be_bytes()
    }
}

impl From<&Refusal> for Objection {
    fn from(refusal: &Refusal) -> Objection {
        let figures = match refusal.figures.get(PARTICULAR) {
            Some(name) => Figures::none().with(PARTICULAR, name.to_string()),
            None => refusal.figures.clone(),
        };
        Objection {
            code: refusal.code.into(),
            rule: refusal.rule.into(),
            article: refusal.article,
            figures,
        }
    }
}

/// What is known of a submission before it is decided.
pub(crate) struct Seen {
    pub(crate) transaction: Id,
    kind: String,
    pub(crate) payload_digest: [u8; 32],
    signers: Vec<KeyId>,
}

impl Seen {
    pub(crate) fn of(admitted: &Admitted) -> Seen {
        let signatures = admitted.envelope.signatures.iter();
        Seen {
            transaction: admitted.transaction.id.clone(),
            kind: admitted.transaction.kind.clone(),
            payload_digest: admitted.envelope.payload_digest(),
            signers: signatures.map(|signature| signature.key_id).collect(),
        }
    }
}

/// The rows that a decided batch adds and takes away, of which at most `most` are kept.
/// `read` is the state after the batch: a key that is in it had its signature verified
/// before anything was refused.
pub(crate) fn rows(
    read: &dyn Read,
    decided: Moment,
    seen: Vec<Seen>,
    verdicts: &[Verdict],
    most: u64,
) -> Result<Batch, Fault> {
    let mut batch = Batch::default();
    let mut newest = None;
    for (seen, verdict) in seen.into_iter().zip(verdicts) {
        let Verdict::Refused(refusals) = verdict else {
            continue;
        };
        let standing = standing(read, &seen.signers)?;
        if standing.is_empty() {
            continue;
        }
        let number = match newest {
            Some(number) => number,
            None => newest_number(read)?,
        } + 1;
        newest = Some(number);
        let (keys, parties) = standing
            .into_iter()
            .map(|key| (key.key_id, key.party))
            .unzip();
        let record = RefusedSubmission {
            number,
            decided,
            transaction: seen.transaction,
            kind: seen.kind,
            payload_sha256: hex(&seen.payload_digest),
            keys,
            parties,
            refusals: refusals.iter().map(Objection::from).collect(),
        };
        batch.put(Table::Refusals, record.key(), encode(&record)?);
        if number > most {
            batch.delete(Table::Refusals, RefusedSubmission::key_of(number - most));
        }
    }
    Ok(batch)
}

/// Those of the keys that are enrolled and not revoked.
fn standing(read: &dyn Read, keys: &[KeyId]) -> Result<Vec<Key>, Fault> {
    let mut found = Vec::new();
    for id in keys {
        let key: Option<Key> = View::new(read).get(id.to_string().as_bytes())?;
        found.extend(key.filter(|key| key.revoked.is_none()));
    }
    Ok(found)
}

fn newest_number(read: &dyn Read) -> Result<u64, Fault> {
    let newest = read.range_back(Table::Refusals, &[], &[0xff; 9], 1)?;
    let key = newest.into_iter().next().map(|(key, _)| key);
    let number = key.map(|key| key.try_into().map(u64::from_be_bytes));
    number
        .unwrap_or(Ok(0))
        .map_err(|_| Fault("refusals: a key is not a number".into()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use fundtrail_kernel::Memory;
    use fundtrail_model::key::SigningKey;
    use fundtrail_model::port::Commit;
    use fundtrail_regulation::Bilingual;
    use fundtrail_regulation::state::Role;

    use super::*;

    fn key() -> Key {
        let public_key = SigningKey::from_seed(&[7; 32]).public();
        Key {
            key_id: public_key.id(),
            public_key,
            suite: Id::parse("ed25519").unwrap(),
            party: Id::parse("BANK-A").unwrap(),
            role: Role::Bank,
            duty: None,
            lineage: public_key.id(),
            enrolled: 0,
            revoked: None,
        }
    }

    fn seen(name: &str) -> Seen {
        Seen {
            transaction: Id::parse(name).unwrap(),
            kind: "loan_enrol".into(),
            payload_digest: [0xab; 32],
            signers: vec![KeyId::from([1; 16]), key().key_id],
        }
    }

    fn refusal(figures: Figures) -> Refusal {
        Refusal {
            code: "ID_CHECKSUM",
            rule: "R-ID",
            article: 0,
            title: Bilingual { zh: "", en: "" },
            figures,
        }
    }

    fn at() -> Moment {
        Moment::parse("2022-03-01T10:00:00+08:00").unwrap()
    }

    #[test]
    fn only_the_newest_are_kept() {
        let mut memory = Memory::default();
        let mut batch = Batch::default();
        batch.put(Key::TABLE, key().key(), encode(&key()).unwrap());
        memory.commit(&batch).unwrap();
        let verdicts = vec![Verdict::Refused(vec![refusal(Figures::none())]); 2];
        for _ in 0..3 {
            let two = vec![seen("one"), seen("two")];
            let batch = rows(&memory, at(), two, &verdicts, 3).unwrap();
            memory.commit(&batch).unwrap();
        }
        let kept: Vec<RefusedSubmission> = View::new(&memory).list(b"").unwrap();
        let numbers: Vec<u64> = kept.iter().map(|one| one.number).collect();
        assert_eq!(numbers, [4, 5, 6]);
        assert_eq!(kept[0].payload_sha256, "ab".repeat(32));
        assert_eq!(kept[0].keys, [key().key_id], "the other is not enrolled");
    }

    #[test]
    fn nothing_that_was_disclosed_is_kept() {
        let figures = Figures::none()
            .with("particular", "credit_code")
            .with("reason", "the check character should be X");
        let kept = Objection::from(&refusal(figures)).figures;
        assert_eq!(kept, Figures::none().with("particular", "credit_code"));
        let figures = Figures::none().with("required", 60_u32);
        assert_eq!(Objection::from(&refusal(figures.clone())).figures, figures);
    }
}

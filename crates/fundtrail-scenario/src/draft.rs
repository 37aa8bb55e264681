//! A transaction about to be signed, and the submission it becomes.

use std::collections::BTreeMap;

use fundtrail_model::disclosure::{self, Disclosure};
use fundtrail_model::envelope::Signature;
use fundtrail_model::{Envelope, Submission};
use serde::Serialize;
use serde_json::Value;

use crate::ring;
use crate::site::seed;

/// What will be signed, by whom, with which openings.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The ledger it is meant for.
    pub ledger: String,
    /// Its id.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// Its business date, as text.
    pub date: String,
    /// Its body.
    pub body: Value,
    /// Its particulars by name.
    pub sealed: BTreeMap<String, String>,
    /// Names of the keys that sign.
    pub signers: Vec<String>,
}

/// The members in the order in which the ledger's own tools write them.
#[derive(Serialize)]
struct Wire<'a> {
    ledger: &'a str,
    id: &'a str,
    kind: &'a str,
    date: &'a str,
    body: &'a Value,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    sealed: BTreeMap<&'a str, String>,
}

impl Draft {
    /// Seals, signs and packs.
    ///
    /// # Errors
    /// A particular that cannot be sealed, in words.
    pub fn submission(&self) -> Result<Submission, String> {
        let (payload, disclosures) = self.payload()?;
        let names = self.signers.iter().map(String::as_str);
        Ok(Submission {
            envelope: sign(payload, names),
            disclosures,
        })
    }

    /// The exact bytes that are signed, and the openings that travel beside them.
    ///
    /// # Errors
    /// As [`Draft::submission`].
    pub fn payload(&self) -> Result<(Vec<u8>, Vec<String>), String> {
        let mut sealed = BTreeMap::new();
        let mut disclosures = Vec::new();
        for (name, value) in &self.sealed {
            let mut salt = [0; 16];
            let seed = seed(&format!("scenario salt {} {name}", self.id));
            salt.copy_from_slice(seed.get(..16).unwrap_or(&[0; 16]));
            let text = Disclosure::make(salt, name, value)
                .map_err(|error| format!("sealed.{name}: {error}"))?;
            sealed.insert(name.as_str(), disclosure::digest(&text).to_string());
            disclosures.push(text);
        }
        // One order of members, whatever another crate makes serde_json keep.
        let mut body = self.body.clone();
        body.sort_all_objects();
        let wire = Wire {
            ledger: &self.ledger,
            id: &self.id,
            kind: &self.kind,
            date: &self.date,
            body: &body,
            sealed,
        };
        let payload = serde_json::to_vec(&wire).map_err(|error| error.to_string())?;
        Ok((payload, disclosures))
    }
}

/// An envelope over exact bytes, signed with the throw-away keys of these names.
pub fn sign<'a>(payload: Vec<u8>, names: impl IntoIterator<Item = &'a str>) -> Envelope {
    let mut envelope = Envelope {
        payload,
        signatures: Vec::new(),
    };
    let message = envelope.signed_bytes();
    for name in names {
        let key = ring::key(name);
        let key_id = key.public().id();
        envelope.signatures.push(Signature {
            key_id,
            bytes: key.sign(&message),
        });
    }
    envelope
}

//! The fixed names and secrets of the vectors: whoever knows the rule can make them again.

use std::collections::BTreeMap;

use fundtrail_kernel::Desk;
use fundtrail_merkle::Hash;
use fundtrail_model::Envelope;
use fundtrail_model::disclosure::{self, Disclosure};
use fundtrail_model::envelope::{Signature, pre_authentication};
use fundtrail_model::key::SigningKey;
use fundtrail_model::note::NoteSigner;
use fundtrail_model::tag::TagKey;
use fundtrail_model::transaction::TRANSACTION_TYPE;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// The origin of the ledger of the vectors.
pub(crate) const ORIGIN: &str = "vectors.example/fundtrail";

/// SHA-256 of a text: every secret of the vectors is one.
pub(crate) fn seed(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}

/// The key of that name.
pub(crate) fn key(name: &str) -> SigningKey {
    SigningKey::from_seed(&seed(&format!("fundtrail/vectors/key/{name}")))
}

/// The log's key.
pub(crate) fn log() -> NoteSigner {
    NoteSigner::new(ORIGIN, key("log")).expect("an origin")
}

/// The key from which tags are made.
pub(crate) fn tag_key() -> TagKey {
    TagKey::new(&seed("fundtrail/vectors/tag-key"))
}

/// The desk of the vectors' node.
pub(crate) fn desk() -> Desk {
    Desk {
        origin: ORIGIN.to_owned(),
        log_key: log().verifier().to_string(),
        tag_key: tag_key(),
    }
}

/// A digest of a paper that nobody wrote.
pub(crate) fn paper(name: &str) -> String {
    Hash(seed(&format!("fundtrail/vectors/paper/{name}"))).to_hex()
}

/// A transaction before it is signed.
pub(crate) struct Draft<'a> {
    pub(crate) ledger: &'a str,
    pub(crate) id: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) date: &'a str,
    pub(crate) body: Value,
    pub(crate) particulars: &'a [(&'a str, &'a str)],
}

impl Draft<'_> {
    /// The disclosures, by name.
    pub(crate) fn disclosures(&self) -> BTreeMap<String, String> {
        let make = |(name, value): &(&str, &str)| {
            let secret = seed(&format!("fundtrail/vectors/salt/{}/{name}", self.id));
            let salt = secret.first_chunk().expect("32 bytes");
            let text = Disclosure::make(*salt, name, value).expect("a disclosure");
            ((*name).to_owned(), text)
        };
        self.particulars.iter().map(make).collect()
    }

    /// The bytes that are signed.
    pub(crate) fn payload(&self) -> Vec<u8> {
        let members = [
            ("ledger", json!(self.ledger)),
            ("id", json!(self.id)),
            ("kind", json!(self.kind)),
            ("date", json!(self.date)),
            ("body", self.body.clone()),
        ];
        let mut parts: Vec<String> = members
            .iter()
            .map(|(name, value)| format!("\"{name}\":{value}"))
            .collect();
        if !self.particulars.is_empty() {
            let digests: BTreeMap<String, String> = self
                .disclosures()
                .into_iter()
                .map(|(name, text)| (name, disclosure::digest(&text).to_string()))
                .collect();
            parts.push(format!("\"sealed\":{}", json!(digests)));
        }
        format!("{{{}}}", parts.join(",")).into_bytes()
    }

    /// The envelope, signed by the keys of these names.
    pub(crate) fn sign(&self, signers: &[&str]) -> Envelope {
        let payload = self.payload();
        let message = pre_authentication(TRANSACTION_TYPE, &payload);
        let sign = |name: &&str| {
            let key = key(name);
            Signature {
                key_id: key.public().id(),
                bytes: key.sign(&message),
            }
        };
        Envelope {
            signatures: signers.iter().map(sign).collect(),
            payload,
        }
    }
}

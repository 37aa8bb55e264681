//! A DSSE envelope: a transaction with its signatures, as sent.
//!
//! Signatures are over DSSE's pre-authentication encoding of the exact payload bytes;
//! nothing is ever canonicalised. A key id is only a hint: what counts is the key that
//! the ledger holds under it, and each key once.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::SerializeStruct};
use sha2::{Digest, Sha256};

use crate::json;
use crate::key::KeyId;
use crate::malformed::{Malformed, MalformedCode};
use crate::transaction::{TRANSACTION_BYTES_MAX, TRANSACTION_TYPE};

/// The largest submission, in bytes: an envelope and its disclosures.
pub const SUBMISSION_BYTES_MAX: usize = 128 * 1024;

/// The most signatures an envelope may carry.
pub const SIGNATURES_MAX: usize = 32;

/// One signature and the key it claims to be by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    /// The hint.
    pub key_id: KeyId,
    /// Ed25519, 64 bytes.
    pub bytes: [u8; 64],
}

/// A well-formed envelope. Nothing is verified yet.
#[derive(Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The exact bytes of the transaction.
    pub payload: Vec<u8>,
    /// In the order received, each key once.
    pub signatures: Vec<Signature>,
}

/// What a sender posts: an envelope and the openings of its sealed particulars.
#[derive(Clone, PartialEq, Eq)]
pub struct Submission {
    /// The signed transaction.
    pub envelope: Envelope,
    /// Disclosures, in base64url as their digests were made of.
    pub disclosures: Vec<String>,
}

impl Signature {
    /// Reads one signature: `{"keyid": …, "sig": …}`, as an envelope has it.
    ///
    /// # Errors
    /// Those of [`json::check`] and `SIGNATURE_FORM`.
    pub fn parse(bytes: &[u8]) -> Result<Signature, Malformed> {
        let wire: WireSignature = json::read(json::check(bytes)?)?;
        wire.check()
    }
}

/// DSSE's pre-authentication encoding of a payload: the bytes that are signed.
pub fn pre_authentication(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "DSSEv1 {} {} {} ",
        payload_type.len(),
        payload_type,
        payload.len()
    )
    .into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

impl Envelope {
    /// The bytes that every signature of this envelope signs.
    pub fn signed_bytes(&self) -> Vec<u8> {
        pre_authentication(TRANSACTION_TYPE, &self.payload)
    }

    /// SHA-256 of the payload: what two submissions with one id must share.
    pub fn payload_digest(&self) -> [u8; 32] {
        Sha256::digest(&self.payload).into()
    }
}

impl Submission {
    /// Reads what a sender posted: `{"envelope": …, "disclosures": […]}`, or a bare envelope.
    ///
    /// # Errors
    /// `TOO_LARGE`, those of [`json::check`], and those of the members.
    pub fn parse(bytes: &[u8]) -> Result<Submission, Malformed> {
        Submission::read(bytes, true)
    }

    /// Reads a draft: the same, and it need not be signed yet.
    ///
    /// # Errors
    /// Those of [`Submission::parse`] but `UNSIGNED`.
    pub fn parse_draft(bytes: &[u8]) -> Result<Submission, Malformed> {
        Submission::read(bytes, false)
    }

    fn read(bytes: &[u8], signed: bool) -> Result<Submission, Malformed> {
        if bytes.len() > SUBMISSION_BYTES_MAX {
            let detail = format!("a submission is at most {SUBMISSION_BYTES_MAX} bytes");
            return Err(Malformed::new(MalformedCode::TooLarge, detail));
        }
        let text = json::check(bytes)?;
        let wire: WireSubmission = json::read(text)?;
        let bare = WireEnvelope {
            payload: wire.payload,
            payload_type: wire.payload_type,
            signatures: wire.signatures,
        };
        match (wire.envelope, bare) {
            (
                Some(envelope),
                WireEnvelope {
                    payload: None,
                    payload_type: None,
                    signatures: None,
                },
            ) => Ok(Submission {
                envelope: envelope.check(signed)?,
                disclosures: wire.disclosures,
            }),
            (None, bare) => Ok(Submission {
                envelope: bare.check(signed)?,
                disclosures: wire.disclosures,
            }),
            (Some(_), _) => Err(Malformed::new(
                MalformedCode::UnknownMember,
                "an envelope stands either by itself or in \"envelope\", not both",
            )),
        }
    }

    /// The canonical text of this submission, as [`Submission::parse`] reads it.
    pub fn to_json(&self) -> String {
        #[derive(Serialize)]
        struct Wire<'a> {
            envelope: &'a Envelope,
            disclosures: &'a [String],
        }
        let wire = Wire {
            envelope: &self.envelope,
            disclosures: &self.disclosures,
        };
        serde_json::to_string(&wire).unwrap_or_default()
    }
}

/// DSSE tells readers to ignore members they do not know, so unknown ones pass here;
/// nothing unsigned but the disclosures is ever looked at.
#[derive(Deserialize)]
struct WireSubmission {
    envelope: Option<WireEnvelope>,
    #[serde(default)]
    disclosures: Vec<String>,
    payload: Option<String>,
    #[serde(rename = "payloadType")]
    payload_type: Option<String>,
    signatures: Option<Vec<WireSignature>>,
}

#[derive(Deserialize)]
struct WireEnvelope {
    payload: Option<String>,
    #[serde(rename = "payloadType")]
    payload_type: Option<String>,
    signatures: Option<Vec<WireSignature>>,
}

#[derive(Deserialize)]
struct WireSignature {
    keyid: Option<String>,
    sig: Option<String>,
}

impl WireEnvelope {
    /// `signed`: whether it must carry a signature.
    fn check(self, signed: bool) -> Result<Envelope, Malformed> {
        let payload_type = require("payloadType", self.payload_type)?;
        if payload_type != TRANSACTION_TYPE {
            let detail = format!("the payload type is {TRANSACTION_TYPE}");
            return Err(Malformed::new(MalformedCode::PayloadType, detail));
        }
        let payload = base64_any("payload", &require("payload", self.payload)?)?;
        if payload.len() > TRANSACTION_BYTES_MAX {
            let detail = format!("a transaction is at most {TRANSACTION_BYTES_MAX} bytes");
            return Err(Malformed::new(MalformedCode::TooLarge, detail));
        }
        let wire = match self.signatures {
            None if !signed => Vec::new(),
            wire => require("signatures", wire)?,
        };
        if signed && wire.is_empty() {
            return Err(Malformed::new(
                MalformedCode::Unsigned,
                "the envelope carries no signature",
            ));
        }
        if wire.len() > SIGNATURES_MAX {
            let detail = format!("an envelope carries at most {SIGNATURES_MAX} signatures");
            return Err(Malformed::new(MalformedCode::TooManySignatures, detail));
        }
        let mut signatures: Vec<Signature> = Vec::with_capacity(wire.len());
        for one in wire {
            let signature = one.check()?;
            // The same signature twice counts once; a second, different one by the same
            // key says nothing that an honest signer would.
            match signatures
                .iter()
                .find(|other| other.key_id == signature.key_id)
            {
                None => signatures.push(signature),
                Some(other) if *other == signature => {}
                Some(_) => {
                    return Err(Malformed::new(
                        MalformedCode::SignatureForm,
                        "one key signed the same payload in two ways",
                    ));
                }
            }
        }
        Ok(Envelope {
            payload,
            signatures,
        })
    }
}

impl WireSignature {
    fn check(self) -> Result<Signature, Malformed> {
        let key_id = KeyId::parse(&require("keyid", self.keyid)?).ok_or_else(|| {
            Malformed::new(
                MalformedCode::SignatureForm,
                "keyid: 32 lower-case hex digits",
            )
        })?;
        let bytes = base64_any("sig", &require("sig", self.sig)?)?;
        let bytes = bytes.try_into().map_err(|_| {
            Malformed::new(
                MalformedCode::SignatureForm,
                "sig: an Ed25519 signature is 64 bytes",
            )
        })?;
        Ok(Signature { key_id, bytes })
    }
}

fn require<T>(member: &str, value: Option<T>) -> Result<T, Malformed> {
    value.ok_or_else(|| {
        Malformed::new(
            MalformedCode::MissingMember,
            format!("missing field `{member}`"),
        )
    })
}

/// DSSE: "standard or URL-safe base64 encodings are allowed".
fn base64_any(member: &str, text: &str) -> Result<Vec<u8>, Malformed> {
    let engine = if text.contains(['-', '_']) {
        &URL_SAFE
    } else {
        &STANDARD
    };
    engine
        .decode(text)
        .map_err(|error| Malformed::new(MalformedCode::Base64, format!("{member}: {error}")))
}

/// The one form in which the ledger writes an envelope.
impl Serialize for Envelope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut envelope = serializer.serialize_struct("Envelope", 3)?;
        envelope.serialize_field("payload", &STANDARD.encode(&self.payload))?;
        envelope.serialize_field("payloadType", TRANSACTION_TYPE)?;
        envelope.serialize_field("signatures", &self.signatures)?;
        envelope.end()
    }
}

impl Serialize for Signature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut signature = serializer.serialize_struct("Signature", 2)?;
        signature.serialize_field("keyid", &self.key_id.to_string())?;
        signature.serialize_field("sig", &STANDARD.encode(self.bytes))?;
        signature.end()
    }
}

impl<'de> Deserialize<'de> for Envelope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Envelope, D::Error> {
        WireEnvelope::deserialize(deserializer)?
            .check(true)
            .map_err(de::Error::custom)
    }
}

impl core::fmt::Debug for Envelope {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(
            f,
            "Envelope({} bytes, {} signatures)",
            self.payload.len(),
            self.signatures.len()
        )
    }
}

impl core::fmt::Debug for Submission {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(
            f,
            "Submission({:?}, {} disclosures)",
            self.envelope,
            self.disclosures.len()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pre_authentication_matches_the_specification() {
        let bytes = pre_authentication("http://example.com/HelloWorld", b"hello world");
        assert_eq!(
            bytes,
            b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        );
    }

    fn code(text: &str) -> &'static str {
        Submission::parse(text.as_bytes())
            .unwrap_err()
            .code
            .as_str()
    }

    #[test]
    fn what_is_not_an_envelope_has_its_own_code() {
        let sig = STANDARD.encode([7u8; 64]);
        let key = "00112233445566778899aabbccddeeff";
        let one = format!(r#"{{"keyid":"{key}","sig":"{sig}"}}"#);
        let envelope = |signatures: &str| {
            format!(
                r#"{{"payload":"e30=","payloadType":"{TRANSACTION_TYPE}","signatures":[{signatures}]}}"#
            )
        };
        assert!(Submission::parse(envelope(&one).as_bytes()).is_ok());
        let twice = Submission::parse(envelope(&format!("{one},{one}")).as_bytes()).unwrap();
        assert_eq!(twice.envelope.signatures.len(), 1);
        assert_eq!(
            Submission::parse(twice.to_json().as_bytes()).unwrap(),
            twice
        );
        assert_eq!(code(&envelope("")), "UNSIGNED");
        let draft = Submission::parse_draft(envelope("").as_bytes()).unwrap();
        assert!(draft.envelope.signatures.is_empty());
        let bad = envelope(r#"{"keyid":"00","sig":""}"#);
        let bad = Submission::parse_draft(bad.as_bytes()).unwrap_err();
        assert_eq!(bad.code.as_str(), "SIGNATURE_FORM");
        assert_eq!(
            code(&envelope(&[one.as_str(); 33].join(","))),
            "TOO_MANY_SIGNATURES"
        );
        assert_eq!(
            code(&envelope(r#"{"keyid":"00","sig":""}"#)),
            "SIGNATURE_FORM"
        );
        assert_eq!(code(&envelope(&one).replace("e30=", "e30")), "BASE64");
        assert_eq!(
            code(&envelope(&one).replace("vnd.fundtrail", "json")),
            "PAYLOAD_TYPE"
        );
        assert_eq!(code("{}"), "MISSING_MEMBER");
        assert_eq!(code("[]"), "SHAPE");
        assert_eq!(
            code(&format!(
                r#"{{"envelope":{0},"payload":"e30="}}"#,
                envelope(&one)
            )),
            "UNKNOWN_MEMBER"
        );
        assert_eq!(code(&" ".repeat(SUBMISSION_BYTES_MAX + 1)), "TOO_LARGE");
    }
}

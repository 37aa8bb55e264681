//! Admission: from received bytes to a transaction whose form, signatures and
//! disclosures hold. Needs no order, so any number run side by side.
//!
//! A signature by a key the ledger does not know yet is left for the pipeline: whether
//! its key is enrolled is a matter of order.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use fundtrail_model::envelope::Signature;
use fundtrail_model::port::Read;
use fundtrail_model::tag::TagKey;
use fundtrail_model::{
    Envelope, Fault, Figures, Findings, KeyId, Malformed, MalformedCode, PublicKey, Submission,
    Transaction,
};
use fundtrail_regulation::particulars::{self, Kept, Opened};
use fundtrail_regulation::state::{Key, View};
use fundtrail_regulation::{Bilingual, Body, Refusal};

/// What the desk that admits transactions is known by.
pub struct Desk {
    /// The ledger's origin.
    pub origin: String,
    /// The log's verifier key.
    pub log_key: String,
    /// The key from which tags are made.
    pub tag_key: TagKey,
}

/// A transaction ready for the pipeline.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// As sent, normalised.
    pub envelope: Envelope,
    /// What was signed.
    pub transaction: Transaction,
    /// What it says.
    pub body: alloc::sync::Arc<Body>,
    /// What was found inside its disclosures.
    pub findings: Findings,
    /// What stands against the disclosures' content.
    pub refusals: Vec<Refusal>,
    /// The disclosures, to be kept outside the log.
    pub kept: Vec<Kept>,
    /// Keys whose signatures verified.
    pub verified: Vec<KeyId>,
}

/// Why a submission is not admitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// Its bytes say nothing.
    Malformed(Malformed),
    /// The machine failed.
    Fault(Fault),
}

impl From<Malformed> for Rejection {
    fn from(malformed: Malformed) -> Rejection {
        Rejection::Malformed(malformed)
    }
}

impl From<Fault> for Rejection {
    fn from(fault: Fault) -> Rejection {
        Rejection::Fault(fault)
    }
}

impl Desk {
    /// Admits a submission: form, then signatures, then disclosures.
    ///
    /// # Errors
    /// [`Rejection`] with the first thing that does not hold.
    pub fn admit(&self, submission: Submission, read: &dyn Read) -> Result<Admitted, Rejection> {
        let (transaction, body) = open_envelope(&submission.envelope, &self.origin)?;
        let verified = verify_known(&submission.envelope, &body, read)?;
        let policy = View::new(read)
            .policy_on(transaction.date)?
            .map(|version| version.policy);
        let Opened {
            findings,
            mut refusals,
            kept,
        } = particulars::open(
            &transaction,
            &body,
            &submission.disclosures,
            &self.tag_key,
            policy.as_ref(),
        )?;
        refusals.extend(self.check_genesis(&body));
        let envelope = submission.envelope;
        let body = alloc::sync::Arc::new(body);
        Ok(Admitted {
            envelope,
            transaction,
            body,
            findings,
            refusals,
            kept,
            verified,
        })
    }

    /// A genesis for other keys than this node's would found a ledger nobody can serve.
    fn check_genesis(&self, body: &Body) -> Option<Refusal> {
        let Body::Genesis(genesis) = body else {
            return None;
        };
        let fits = genesis.log_key == self.log_key
            && genesis.tag_key.as_str() == self.tag_key.commitment();
        (!fits).then(|| Refusal {
            code: "GENESIS_KEYS",
            rule: "L-GENESIS",
            article: 0,
            title: Bilingual {
                zh: "创立交易所列日志密钥或标签密钥与本节点不符",
                en: "The genesis names another log key or tag key than this node's",
            },
            figures: Figures::none()
                .with("log_key", self.log_key.as_str())
                .with("tag_key", self.tag_key.commitment()),
        })
    }
}

/// Reads transaction and body out of an envelope, without any state.
///
/// # Errors
/// [`Malformed`] with the first thing that does not hold.
pub fn open_envelope(envelope: &Envelope, origin: &str) -> Result<(Transaction, Body), Malformed> {
    let transaction = Transaction::parse(&envelope.payload)?;
    if transaction.ledger != origin {
        let detail = format!("this ledger is {origin:?}");
        return Err(Malformed::new(MalformedCode::WrongLedger, detail));
    }
    let body = Body::parse(&transaction)?;
    particulars::check_names(&transaction, &body)?;
    Ok((transaction, body))
}

/// Verifies every signature whose key is enrolled or comes with the body.
fn verify_known(
    envelope: &Envelope,
    body: &Body,
    read: &dyn Read,
) -> Result<Vec<KeyId>, Rejection> {
    let message = envelope.signed_bytes();
    let introduced = body.introduces(0);
    let mut verified = Vec::with_capacity(envelope.signatures.len());
    for signature in &envelope.signatures {
        let known: Option<Key> = View::new(read).get(signature.key_id.to_string().as_bytes())?;
        let key = known
            .as_ref()
            .or_else(|| introduced.iter().find(|key| key.key_id == signature.key_id));
        if let Some(key) = key {
            verify(&key.public_key, &message, signature)?;
            verified.push(signature.key_id);
        }
    }
    Ok(verified)
}

/// Verifies one signature over DSSE's pre-authentication encoding.
///
/// # Errors
/// `SIGNATURE_INVALID`.
pub fn verify(key: &PublicKey, message: &[u8], signature: &Signature) -> Result<(), Malformed> {
    if key.verify(message, &signature.bytes) {
        return Ok(());
    }
    let detail = format!(
        "the signature of key {} does not verify over the payload",
        signature.key_id
    );
    Err(Malformed::new(MalformedCode::SignatureInvalid, detail))
}

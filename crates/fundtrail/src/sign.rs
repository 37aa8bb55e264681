//! `fundtrail sign`: signs the exact bytes of a transaction, or adds signatures to a
//! submission that others have signed.
//!
//! What is malformed is not signed, and what is signed is named on standard error.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use fundtrail_kernel::admission::open_envelope;
use fundtrail_model::disclosure::{self, Disclosure};
use fundtrail_model::envelope::{SIGNATURES_MAX, Signature};
use fundtrail_model::key::SigningKey;
use fundtrail_model::{Envelope, Malformed, Submission, Transaction};
use rand::TryRng;
use rand::rngs::SysRng;
use serde_json::Value;

use crate::failure::{Answer, Ending, Failure};
use crate::{files, key};

#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// A transaction, whose exact bytes are signed, or a submission to add signatures to;
    /// `-` is standard input.
    file: PathBuf,
    /// A private key in PEM; may be given several times.
    #[arg(long, required = true)]
    key: Vec<PathBuf>,
    /// Seal a particular, as name=value or name=@FILE; may be given several times. The
    /// transaction is written anew with the digest in `sealed`.
    #[arg(long, value_name = "NAME=VALUE", value_parser = particular)]
    seal: Vec<Particular>,
    /// Where to put the submission instead of standard output.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// A particular to be sealed. Its value must not reach a log.
#[derive(Clone)]
struct Particular {
    name: String,
    value: String,
}

impl std::fmt::Debug for Particular {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Particular({})", self.name)
    }
}

pub(crate) fn run(arguments: &Arguments) -> Ending {
    let bytes = files::read(&arguments.file)?;
    let keys = arguments.key.iter().map(|path| key::private(path));
    let keys = keys.collect::<Result<Vec<SigningKey>, Failure>>()?;
    match prepare(bytes, &arguments.seal)? {
        Ok(mut submission) => {
            keys.iter()
                .for_each(|key| add(&mut submission.envelope, key));
            if submission.envelope.signatures.len() > SIGNATURES_MAX {
                return Err(Failure(format!(
                    "an envelope carries at most {SIGNATURES_MAX} signatures"
                )));
            }
            announce(&submission, &keys)?;
            files::put(arguments.out.as_deref(), &(submission.to_json() + "\n"))?;
            Ok(Answer::Yes)
        }
        Err(malformed) => {
            eprintln!("{}: malformed: {malformed}", arguments.file.display());
            Ok(Answer::No)
        }
    }
}

/// What is to be signed, if it is well formed.
fn prepare(bytes: Vec<u8>, seal: &[Particular]) -> Result<Result<Submission, Malformed>, Failure> {
    let submission = match is_submission(&bytes) {
        true if !seal.is_empty() => {
            return Err(Failure(
                "--seal would change what others have signed".into(),
            ));
        }
        true => Submission::parse(&bytes),
        false if seal.is_empty() => Ok(unsigned(bytes, Vec::new())),
        false => match Transaction::parse(&bytes) {
            Ok(transaction) => Ok(sealed(transaction, seal)?),
            Err(malformed) => Err(malformed),
        },
    };
    Ok(submission.and_then(|submission| {
        let ledger = Transaction::parse(&submission.envelope.payload)?.ledger;
        open_envelope(&submission.envelope, &ledger)?;
        Ok(submission)
    }))
}

/// Whether these are the bytes of an envelope, alone or with its disclosures.
pub(crate) fn is_submission(bytes: &[u8]) -> bool {
    let value: Value = serde_json::from_slice(bytes).unwrap_or_default();
    value.get("envelope").is_some() || value.get("payload").is_some()
}

fn unsigned(payload: Vec<u8>, disclosures: Vec<String>) -> Submission {
    let signatures = Vec::new();
    Submission {
        envelope: Envelope {
            payload,
            signatures,
        },
        disclosures,
    }
}

/// The transaction written anew with particulars sealed, and their disclosures beside it.
fn sealed(mut transaction: Transaction, seal: &[Particular]) -> Result<Submission, Failure> {
    let mut disclosures = Vec::with_capacity(seal.len());
    for particular in seal {
        let mut salt = [0; 16];
        SysRng.try_fill_bytes(&mut salt)?;
        let text = Disclosure::make(salt, &particular.name, &particular.value)
            .map_err(|error| Failure::at(&particular.name, error))?;
        let digest = disclosure::digest(&text);
        let known = transaction.sealed.insert(particular.name.clone(), digest);
        if known.is_some() {
            return Err(Failure::at(&particular.name, "sealed already"));
        }
        disclosures.push(text);
    }
    Ok(unsigned(serde_json::to_vec(&transaction)?, disclosures))
}

/// Adds a signature; one by the same key is replaced.
fn add(envelope: &mut Envelope, key: &SigningKey) {
    let key_id = key.public().id();
    let signature = Signature {
        key_id,
        bytes: key.sign(&envelope.signed_bytes()),
    };
    match envelope
        .signatures
        .iter_mut()
        .find(|one| one.key_id == key_id)
    {
        Some(present) => *present = signature,
        None => envelope.signatures.push(signature),
    }
}

/// Names on standard error what was signed, by which keys, and what is missing.
fn announce(submission: &Submission, keys: &[SigningKey]) -> Result<(), Failure> {
    let Submission {
        envelope,
        disclosures,
    } = submission;
    let transaction =
        Transaction::parse(&envelope.payload).map_err(|error| Failure(error.to_string()))?;
    let Transaction {
        ledger,
        id,
        kind,
        date,
        sealed,
        ..
    } = &transaction;
    eprintln!("signed: {kind} {id} of {date}, for the ledger {ledger}");
    for key in keys {
        eprintln!("    by: {}", key.public().id());
    }
    let digests: BTreeSet<_> = disclosures
        .iter()
        .map(|text| disclosure::digest(text))
        .collect();
    let missing = sealed
        .iter()
        .filter(|(_, digest)| !digests.contains(*digest));
    for (name, _) in missing {
        eprintln!(
            "  note: the disclosure of {name:?} is not here; the ledger wants it beside the envelope"
        );
    }
    Ok(())
}

fn particular(text: &str) -> Result<Particular, String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("a particular is name=value or name=@FILE")?;
    let value = match value.strip_prefix('@') {
        Some(path) => {
            let read = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
            read.trim_end_matches(['\n', '\r']).to_string()
        }
        None => value.to_string(),
    };
    Ok(Particular {
        name: name.into(),
        value,
    })
}

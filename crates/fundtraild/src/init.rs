//! `init`: the keys and the configuration of a new ledger and, if its founders are named,
//! the transactions that they sign to found it.
//!
//! Makes no ledger: that begins when the signed genesis is submitted. All that is written
//! is checked before, and what fails leaves nothing behind.

mod folder;
mod founders;
mod founding;
mod paper;
mod words;

use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args};
use fundtrail_model::key::SigningKey;
use fundtrail_model::note::NoteSigner;
use fundtrail_model::tag::TagKey;
use fundtrail_model::{Day, DocumentDigest};
use fundtrail_node::{Clock as _, SystemClock};
use rand::TryRng as _;
use rand::rngs::SysRng;
use serde::Serialize;

use crate::Complaint;
use folder::Folder;
use founders::Founder;
use founding::{Document, Site};

const CONFIG: &str = "fundtraild.toml";
const LOG_KEY: &str = "log-key.pem";
const TAG_KEY: &str = "tag-key.hex";
const LEDGER: &str = "ledger";
const GENESIS: &str = "genesis.json";
const POLICY_ADOPT: &str = "policy_adopt.json";

/// The flags of `init`.
#[derive(Args, Debug)]
#[command(
    group = ArgGroup::new("measure").args(["policy_text", "policy_text_digest"]),
    group = ArgGroup::new("ruling").args(["decision", "decision_digest"]),
)]
pub(crate) struct Flags {
    /// The ledger's name for ever: in every transaction, checkpoint and receipt.
    #[arg(long)]
    origin: String,
    /// Directory to make; it will hold the keys, the configuration and the ledger.
    #[arg(long)]
    data: PathBuf,
    /// The founding keys, TOML: also writes genesis.json for them to sign.
    #[arg(long, value_name = "FILE", requires = "date")]
    founders: Option<PathBuf>,
    /// The business date of what the founders sign.
    #[arg(long, value_name = "YYYY-MM-DD", requires = "founders", value_parser = day)]
    date: Option<Day>,
    /// The policy to begin with, TOML: also writes policy_adopt.json, for every seat of the
    /// leading group to sign.
    #[arg(long, value_name = "FILE", requires_all = ["founders", "measure", "ruling"])]
    policy: Option<PathBuf>,
    /// The measure's text, a file of any sort: its SHA-256 is adopted.
    #[arg(long, value_name = "FILE", requires = "policy")]
    policy_text: Option<PathBuf>,
    /// The SHA-256 of the measure's text, where the text itself is not here.
    #[arg(long, value_name = "SHA256", requires = "policy", value_parser = digest)]
    policy_text_digest: Option<DocumentDigest>,
    /// The leading group's decision, a file of any sort: its SHA-256 is adopted.
    #[arg(long, value_name = "FILE", requires = "policy")]
    decision: Option<PathBuf>,
    /// The SHA-256 of the decision, where the decision itself is not here.
    #[arg(long, value_name = "SHA256", requires = "policy", value_parser = digest)]
    decision_digest: Option<DocumentDigest>,
    /// First business date of the policy. [default: its policy.effective_from]
    #[arg(long, value_name = "YYYY-MM-DD", requires = "policy", value_parser = day)]
    applies_from: Option<Day>,
}

/// What is printed.
#[derive(Serialize)]
struct Made<'a> {
    origin: &'a str,
    /// `log_key` of the genesis.
    log_key: String,
    /// `tag_key` of the genesis.
    tag_key: String,
    config: String,
    /// What the founders sign, in this order; absent where none are named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    to_sign: Vec<ToSign>,
}

#[derive(Serialize)]
struct ToSign {
    file: String,
    /// SHA-256 of the file, for the founders to compare.
    sha256: String,
    /// Ids of the keys that sign it.
    keys: Vec<String>,
}

/// Makes the directory and its files. If any of them is there, makes none.
pub(crate) fn init(flags: &Flags) -> Result<(), Complaint> {
    let (origin, data) = (flags.origin.as_str(), flags.data.as_path());
    let (log_seed, tag_seed) = (random()?, random()?);
    let signer = NoteSigner::new(origin, SigningKey::from_seed(&log_seed))
        .map_err(|error| Complaint(format!("origin {origin:?}: {error}")))?;
    let config = configuration(origin);
    for name in [CONFIG, LOG_KEY, TAG_KEY, LEDGER, GENESIS, POLICY_ADOPT] {
        let path = data.join(name);
        // A dangling link is there too.
        if path.symlink_metadata().is_ok() {
            let path = path.display();
            return Err(Complaint(format!(
                "{path} is there already; nothing was written"
            )));
        }
    }
    let log_key = signer.verifier().to_string();
    let tag_key = TagKey::new(&tag_seed).commitment();
    let (founders, documents) = found(flags, &log_key, &tag_key)?;

    let mut folder = Folder::make(data)?;
    let pem = SigningKey::from_seed(&log_seed).to_pkcs8_pem();
    folder.write(LOG_KEY, &pem, 0o600)?;
    folder.write(TAG_KEY, &(hex::encode(tag_seed) + "\n"), 0o600)?;
    folder.write(CONFIG, &config, 0o644)?;
    for document in &documents {
        folder.write(document.file, &document.text, 0o644)?;
    }
    folder.keep()?;

    let made = Made {
        origin,
        log_key,
        tag_key,
        config: data.join(CONFIG).display().to_string(),
        to_sign: documents
            .iter()
            .map(|document| to_sign(data, &founders, document))
            .collect(),
    };
    let text = serde_json::to_string_pretty(&made).map_err(|error| Complaint(error.to_string()))?;
    println!("{text}");
    if !documents.is_empty() {
        eprint!(
            "{}",
            words::next(data, &made.log_key, &founders, &documents)
        );
    }
    Ok(())
}

/// The founders, and what they are to sign, judged by the ledger's own code.
fn found(
    flags: &Flags,
    log_key: &str,
    tag_key: &str,
) -> Result<(Vec<Founder>, Vec<Document>), Complaint> {
    let (Some(path), Some(date)) = (&flags.founders, flags.date) else {
        return Ok((Vec::new(), Vec::new()));
    };
    let founders = founders::read(path)?;
    let adoption = paper::adoption(flags)?;
    let site = Site {
        origin: &flags.origin,
        log_key,
        tag_key,
        date,
    };
    let mut documents = vec![site.genesis(&founders)?];
    if let Some(adoption) = &adoption {
        documents.push(site.adoption(&founders, adoption)?);
    }
    let now = SystemClock
        .now()
        .map_err(|fault| Complaint(fault.to_string()))?;
    founding::rehearse(&site, &founders, &documents, now)?;
    for warning in words::warnings(&founders, adoption.as_ref(), date, now) {
        eprintln!("fundtraild: warning: {warning}");
    }
    Ok((founders, documents))
}

fn to_sign(data: &Path, founders: &[Founder], document: &Document) -> ToSign {
    let keys = document.signers.iter().map(|at| founders[*at].key_id());
    ToSign {
        file: data.join(document.file).display().to_string(),
        sha256: paper::sha256(document.text.as_bytes()),
        keys: keys.map(|key| key.to_string()).collect(),
    }
}

fn configuration(origin: &str) -> String {
    let origin = toml::Value::from(origin);
    format!(
        "# The node's configuration. Paths are relative to this file.\n\
         origin = {origin}\n\
         data = \"{LEDGER}\"\n\
         log_key = \"{LOG_KEY}\"\n\
         tag_key = \"{TAG_KEY}\"\n\
         listen = \"127.0.0.1:7440\"\n"
    )
}

fn random() -> Result<[u8; 32], Complaint> {
    let mut bytes = [0; 32];
    SysRng
        .try_fill_bytes(&mut bytes)
        .map_err(|error| Complaint(format!("the system gives no randomness: {error}")))?;
    Ok(bytes)
}

fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).ok_or_else(|| "a date is YYYY-MM-DD in the years 1900 to 2199".into())
}

fn digest(text: &str) -> Result<DocumentDigest, String> {
    DocumentDigest::parse(text).ok_or_else(|| "a SHA-256 is 64 lower-case hex digits".into())
}

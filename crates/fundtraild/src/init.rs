//! `init`: the keys and the configuration of a new ledger.
//!
//! Makes no ledger: that begins with the genesis, which the founding parties sign. What
//! is printed is what they put into it.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use fundtrail_model::key::SigningKey;
use fundtrail_model::note::NoteSigner;
use fundtrail_model::tag::TagKey;
use rand::TryRng as _;
use rand::rngs::SysRng;
use serde::Serialize;

use crate::Complaint;
use crate::keys::write_new;

const CONFIG: &str = "fundtraild.toml";
const LOG_KEY: &str = "log-key.pem";
const TAG_KEY: &str = "tag-key.hex";
const LEDGER: &str = "ledger";

/// What is printed.
#[derive(Serialize)]
struct Made<'a> {
    origin: &'a str,
    /// `log_key` of the genesis.
    log_key: String,
    /// `tag_key` of the genesis.
    tag_key: String,
    config: String,
}

/// Makes the directory and its files. If any of them is there, makes none.
pub(crate) fn init(origin: &str, data: &Path) -> Result<(), Complaint> {
    let (log_seed, tag_seed) = (random()?, random()?);
    let signer = NoteSigner::new(origin, SigningKey::from_seed(&log_seed))
        .map_err(|error| Complaint(format!("origin {origin:?}: {error}")))?;
    let config = configuration(origin)?;
    for name in [CONFIG, LOG_KEY, TAG_KEY, LEDGER] {
        let path = data.join(name);
        if path.exists() {
            let path = path.display();
            return Err(Complaint(format!(
                "{path} is there already; nothing was written"
            )));
        }
    }
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(data)
        .map_err(|error| Complaint(format!("{}: {error}", data.display())))?;
    write_new(
        &data.join(LOG_KEY),
        &SigningKey::from_seed(&log_seed).to_pkcs8_pem(),
        0o600,
    )?;
    write_new(&data.join(TAG_KEY), &(hex::encode(tag_seed) + "\n"), 0o600)?;
    write_new(&data.join(CONFIG), &config, 0o644)?;
    let made = Made {
        origin,
        log_key: signer.verifier().to_string(),
        tag_key: TagKey::new(&tag_seed).commitment(),
        config: data.join(CONFIG).display().to_string(),
    };
    let text = serde_json::to_string_pretty(&made).map_err(|error| Complaint(error.to_string()))?;
    println!("{text}");
    Ok(())
}

fn configuration(origin: &str) -> Result<String, Complaint> {
    let origin = toml::Value::from(origin);
    Ok(format!(
        "# The node's configuration. Paths are relative to this file.\n\
         origin = {origin}\n\
         data = \"{LEDGER}\"\n\
         log_key = \"{LOG_KEY}\"\n\
         tag_key = \"{TAG_KEY}\"\n\
         listen = \"127.0.0.1:7440\"\n"
    ))
}

fn random() -> Result<[u8; 32], Complaint> {
    let mut bytes = [0; 32];
    SysRng
        .try_fill_bytes(&mut bytes)
        .map_err(|error| Complaint(format!("the system gives no randomness: {error}")))?;
    Ok(bytes)
}

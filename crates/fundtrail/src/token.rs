//! `fundtrail token`: signs a short-lived token, with which a reader shows a node who it is.
//!
//! A token is a JWT (RFC 7519) under EdDSA (RFC 8037): two lines of JSON and one signature
//! by a key that is enrolled in the ledger. Whoever has it reads as its signer until it
//! ends, so it ends soon and is for one ledger.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use fundtrail_model::key::SigningKey;
use fundtrail_model::token;

use crate::failure::{Answer, Ending, Failure};
use crate::{files, key};

#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// A private key in PEM whose public half is enrolled in the ledger.
    #[arg(long)]
    key: PathBuf,
    /// The ledger's origin: the first line of its checkpoints.
    #[arg(long, env = "FUNDTRAIL_LEDGER", value_name = "ORIGIN")]
    ledger: String,
    /// How long the token holds, in minutes.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u8).range(1..=60))]
    minutes: u8,
}

pub(crate) fn run(arguments: &Arguments) -> Ending {
    let key = key::private(&arguments.key)?;
    let seconds = u64::from(arguments.minutes) * 60;
    let token = signed(&key, &arguments.ledger, now()?, seconds);
    files::print(&format!("{token}\n"))?;
    Ok(Answer::Yes)
}

/// A token that holds from `now` on, for so many seconds.
pub(crate) fn signed(key: &SigningKey, ledger: &str, now: u64, seconds: u64) -> String {
    token::sign(key, ledger, now, now.saturating_add(seconds))
}

/// Seconds after 1970, by this machine's clock.
pub(crate) fn now() -> Result<u64, Failure> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let since = since.map_err(|_| Failure("the clock is before 1970: set it".into()))?;
    Ok(since.as_secs())
}

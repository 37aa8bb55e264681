//! `fundtrail token`: signs a short-lived token, with which a reader shows a node who it is.
//!
//! A token is a JWT (RFC 7519) under EdDSA (RFC 8037): two lines of JSON and one signature
//! by a key that is enrolled in the ledger. Whoever has it reads as its signer until it
//! ends, so it ends soon and is for one ledger.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::Args;
use fundtrail_model::key::SigningKey;
use serde_json::{Value, json};

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
    // In the order of their names, however maps are kept: the same token everywhere.
    let header = json!({ "alg": "EdDSA", "kid": key.public().id(), "typ": "JWT" });
    let claims = json!({ "aud": ledger, "exp": now.saturating_add(seconds), "iat": now });
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes()));
    format!("{message}.{signature}")
}

/// Seconds after 1970, by this machine's clock.
pub(crate) fn now() -> Result<u64, Failure> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let since = since.map_err(|_| Failure("the clock is before 1970: set it".into()))?;
    Ok(since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Signed with OpenSSL: `openssl pkeyutl -sign -rawin` over the first two parts.
    const BY_OPENSSL: &str = "eyJhbGciOiJFZERTQSIsImtpZCI6IjMyNGJlMmRlYThiYzQ0NDYxYjAyMzNlNTFmYTQ4OTAyIiwidHlwIjoiSldUIn0\
         .eyJhdWQiOiJmdW5kLmV4YW1wbGUvYmFvdG91IiwiZXhwIjoxNzAwMDAwNjAwLCJpYXQiOjE3MDAwMDAwMDB9\
         .UT_4i5QbE9d0i8b1taTCbwzmRRwpoeTelNyR3_yNMh5w5a7A0BYdFJqUePMrGd09g72Z1eUEFFY5IlnzWp3tBQ";

    #[test]
    fn a_token_is_what_openssl_makes_of_it() {
        let key = SigningKey::from_seed(&[7; 32]);
        let token = |ledger: &str, now, seconds| signed(&key, ledger, now, seconds);
        let same = token("fund.example/baotou", 1_700_000_000, 600);
        assert_eq!(same, BY_OPENSSL);
        for other in [
            token("fund.example/other", 1_700_000_000, 600),
            token("fund.example/baotou", 1_700_000_001, 600),
            token("fund.example/baotou", 1_700_000_000, 601),
            signed(
                &SigningKey::from_seed(&[8; 32]),
                "fund.example/baotou",
                1_700_000_000,
                600,
            ),
        ] {
            assert_ne!(other, BY_OPENSSL);
        }
    }
}

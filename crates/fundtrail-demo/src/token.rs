//! Tokens with which throw-away keys read a node.

use std::time::{SystemTime, UNIX_EPOCH};

use fundtrail_model::{Fault, token};
use fundtrail_scenario::key;

/// The key that reads for demonstrations and tests: the office's, which genesis enrols.
pub const READER: &str = "OFF";

/// How long a token holds, in seconds.
const SECONDS: u64 = 3600;

/// A token of the throw-away key of that name, for the ledger of that origin.
///
/// # Errors
/// [`Fault`] when the machine has no time.
pub fn token(name: &str, origin: &str) -> Result<String, Fault> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = since.map_err(|error| Fault(error.to_string()))?.as_secs();
    let key = key(name);
    Ok(token::sign(&key, origin, now, now + SECONDS))
}

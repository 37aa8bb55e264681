//! Tokens with which throw-away keys read a node.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fundtrail_model::Fault;
use fundtrail_scenario::key;
use serde_json::{Value, json};

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
    let header = json!({ "alg": "EdDSA", "typ": "JWT", "kid": key.public().id() });
    let claims = json!({ "aud": origin, "iat": now, "exp": now + SECONDS });
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes()));
    Ok(format!("{message}.{signature}"))
}

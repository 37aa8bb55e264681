//! Tokens that readers sign themselves: short-lived JWTs (RFC 7519) under EdDSA (RFC 8037).
//!
//! Absent on purpose: how long a token may last, and reading one. Whoever is shown it decides.

use alloc::format;
use alloc::string::{String, ToString};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::key::SigningKey;

/// A token for the ledger of that origin, which holds between two seconds after 1970.
pub fn sign(key: &SigningKey, ledger: &str, from: u64, until: u64) -> String {
    // In the order of their names, however maps are kept: the same token everywhere.
    let header = json!({ "alg": "EdDSA", "kid": key.public().id(), "typ": "JWT" });
    let claims = json!({ "aud": ledger, "exp": until, "iat": from });
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes()));
    format!("{message}.{signature}")
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
        let token = |ledger: &str, from, until| sign(&key, ledger, from, until);
        let same = token("fund.example/baotou", 1_700_000_000, 1_700_000_600);
        assert_eq!(same, BY_OPENSSL);
        for other in [
            token("fund.example/other", 1_700_000_000, 1_700_000_600),
            token("fund.example/baotou", 1_700_000_001, 1_700_000_601),
            token("fund.example/baotou", 1_700_000_000, 1_700_000_601),
            sign(
                &SigningKey::from_seed(&[8; 32]),
                "fund.example/baotou",
                1_700_000_000,
                1_700_000_600,
            ),
        ] {
            assert_ne!(other, BY_OPENSSL);
        }
    }
}

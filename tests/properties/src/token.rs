//! Tokens that readers sign themselves.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fundtrail_http::{Denied, Failure, verify_token};
use fundtrail_model::key::SigningKey;
use fundtrail_model::token;
use fundtrail_scenario::key;
use serde_json::Value;

use crate::grounds::grounds;

/// Whose key signs.
const READER: &str = "OFF";
/// How long a token may last, in seconds.
const LIFETIME: u64 = 3600;
/// How far ahead of the clock it may begin, in seconds.
const AHEAD: u64 = 60;

/// A token is accepted only if a key that stands in the ledger signed these very bytes for
/// this ledger and this hour; whoever is refused is told one of the stable codes.
///
/// The bytes are tried as they are, where nothing but the tokens of [`signed`] may hold; and
/// their first two parts signed anew by a key that stands, where form and time decide.
pub fn token(bytes: &[u8]) {
    let Ok(text) = core::str::from_utf8(bytes) else {
        return;
    };
    if accepted(text) {
        assert!(signed().contains(&text.to_owned()), "never signed: {text}");
    }
    let mut parts = text.split('.');
    let (Some(header), Some(claims)) = (parts.next(), parts.next()) else {
        return;
    };
    let message = format!("{header}.{claims}");
    let signature = URL_SAFE_NO_PAD.encode(key(READER).sign(message.as_bytes()));
    let own = format!("{message}.{signature}");
    assert_eq!(accepted(&own), holds(header, claims), "{own}");
    if accepted(&own) {
        // Another key's signature over the same.
        let stranger = SigningKey::from_seed(&[0x53; 32]);
        let other = URL_SAFE_NO_PAD.encode(stranger.sign(message.as_bytes()));
        assert!(!accepted(&format!("{message}.{other}")));
    }
}

/// The tokens that were signed in this process and hold.
pub(crate) fn signed() -> &'static [String] {
    static SIGNED: LazyLock<Vec<String>> = LazyLock::new(|| {
        let (now, origin) = (seconds(), grounds().origin());
        let of = |name: &str, from, until| token::sign(&key(name), origin, from, until);
        vec![
            of(READER, now, now + LIFETIME),
            of(READER, now - 10, now + 1),
            of(READER, now + AHEAD, now + AHEAD + 1),
            of("bank-a/maker", now, now + 600),
        ]
    });
    &SIGNED
}

/// The clock, in seconds after 1970.
pub(crate) fn seconds() -> u64 {
    u64::try_from(grounds().now().millis() / 1000).unwrap_or_default()
}

fn accepted(text: &str) -> bool {
    let grounds = grounds();
    let view = grounds.run.shadow().view();
    match verify_token(view, grounds.origin(), grounds.now(), text) {
        Ok(key) => {
            assert!(key.revoked.is_none());
            true
        }
        Err(Failure::Denied(denied)) => {
            assert!(!matches!(
                denied,
                Denied::Forbidden | Denied::Unauthenticated
            ));
            assert!(denied.code().starts_with("TOKEN_"));
            false
        }
        Err(other) => panic!("not a matter of the token: {other:?}"),
    }
}

/// Whether header and claims are those of a token for this ledger and hour: read here a second
/// time, from the page on tokens.
fn holds(header: &str, claims: &str) -> bool {
    let (Some(header), Some(claims)) = (object(header), object(claims)) else {
        return false;
    };
    let kid = key(READER).public().id().to_string();
    let is = |name: &str, text: &str| header.get(name).and_then(Value::as_str) == Some(text);
    let heads = header.len() == 3 && is("alg", "EdDSA") && is("typ", "JWT") && is("kid", &kid);
    let known = |name: &String| ["aud", "iat", "exp", "jti"].contains(&name.as_str());
    let number = |name: &str| claims.get(name).and_then(Value::as_u64);
    let (Some(from), Some(until)) = (number("iat"), number("exp")) else {
        return false;
    };
    let jti = claims
        .get("jti")
        .is_none_or(|jti| jti.is_string() || jti.is_null());
    let aud = claims.get("aud").and_then(Value::as_str) == Some(grounds().origin());
    let now = seconds();
    let lasts = until
        .checked_sub(from)
        .is_some_and(|lasts| (1..=LIFETIME).contains(&lasts));
    heads && aud && jti && claims.keys().all(known) && lasts && from <= now + AHEAD && now < until
}

fn object(part: &str) -> Option<serde_json::Map<String, Value>> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    let text = fundtrail_model::json::check(&bytes).ok()?;
    serde_json::from_str(text).ok()
}

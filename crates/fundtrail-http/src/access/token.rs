//! Tokens that readers sign themselves: short-lived JWTs (RFC 7519) under EdDSA (RFC 8037).
//!
//! ```text
//! header  {"alg":"EdDSA","typ":"JWT","kid":"<key id, 32 lower-case hex digits>"}
//! claims  {"aud":"<the ledger's origin>","iat":<seconds>,"exp":<seconds>,"jti":"<any text>"}
//! ```
//!
//! `jti` may be left out, nothing else may be added: a token says no more than is checked.
//! Times are whole seconds after 1970. The key is looked up in the state that the request
//! reads, so nothing about a key is ever remembered. The signature is checked as all
//! signatures of the ledger are ([`PublicKey::verify`]); there is no second way.

use std::sync::LazyLock;

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fundtrail_model::{Fault, KeyId, Moment, PublicKey, json};
use fundtrail_regulation::state::{Key, View};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{ErrorKind, new_error};
use jsonwebtoken::signature::{self, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Validation};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use super::Denied;
use crate::failure::Failure;

/// The longest token, in bytes.
pub(super) const TOKEN_BYTES_MAX: usize = 2048;
/// How long a token may last, in seconds.
pub(super) const LIFETIME_SECONDS_MAX: u64 = 3600;
/// How far ahead of the node's clock a token may begin, in seconds.
pub(super) const AHEAD_SECONDS_MAX: u64 = 60;

type Object = Map<String, Value>;

/// The token of a request, if it shows one.
///
/// # Errors
/// `TOKEN_FORM` for two of them, and for any other scheme than `Bearer`.
pub(super) fn shown(headers: &HeaderMap) -> Result<Option<&str>, Denied> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = all.next() else {
        return Ok(None);
    };
    if all.next().is_some() {
        return Err(Denied::TokenForm("one Authorization header, not two"));
    }
    let token = value.to_str().ok().and_then(|text| text.split_once(' '));
    match token {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(token)),
        _ => Err(Denied::TokenForm(
            "Authorization is \"Bearer\", a space and a token",
        )),
    }
}

/// The key that signed a token for this ledger, which stands at the state that is read.
///
/// # Errors
/// The first reason, in the order of [`Denied`]: form, algorithm, key, signature, time;
/// and faults of the storage.
pub fn verify(view: View<'_>, origin: &str, now: Moment, token: &str) -> Result<Key, Failure> {
    let (header, claims) = parts(token)?;
    let key_id = key_id(&header)?;
    let key: Key = view
        .get(key_id.to_string().as_bytes())?
        .ok_or(Denied::TokenKeyUnknown)?;
    if key.revoked.is_some() {
        return Err(Denied::TokenKeyRevoked.into());
    }
    check_signed(token, origin, &key.public_key)?;
    check_time(&Claims::read(claims)?, now)?;
    Ok(key)
}

/// When the time of a token is over, as it says.
///
/// # Errors
/// `TOKEN_FORM` for one that does not say it.
pub(super) fn expires(token: &str) -> Result<Moment, Denied> {
    let claims = Claims::read(parts(token)?.1)?;
    let millis = i64::try_from(claims.exp)
        .ok()
        .and_then(|exp| exp.checked_mul(1000));
    millis
        .and_then(Moment::from_millis)
        .ok_or(Denied::TokenForm(
            "\"exp\" is a moment that a clock can show",
        ))
}

/// Header and claims as objects without a member twice; the signature is left where it is.
fn parts(token: &str) -> Result<(Object, Object), Denied> {
    if token.len() > TOKEN_BYTES_MAX {
        return Err(Denied::TokenForm("a token is at most 2048 bytes"));
    }
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, _] = parts[..] else {
        return Err(Denied::TokenForm(
            "a token has three parts with dots between",
        ));
    };
    Ok((object(header)?, object(claims)?))
}

fn object(part: &str) -> Result<Object, Denied> {
    let malformed = Denied::TokenForm("header and claims are objects in base64url");
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| malformed)?;
    let text = json::check(&bytes).map_err(|_| malformed)?;
    serde_json::from_str(text).map_err(|_| malformed)
}

/// The key a header names. What else a header could say is not understood, so not taken.
fn key_id(header: &Object) -> Result<KeyId, Denied> {
    let text = |name: &str| header.get(name).and_then(Value::as_str);
    if text("alg") != Some("EdDSA") {
        return Err(Denied::TokenAlgorithm);
    }
    if text("typ") != Some("JWT") || header.len() != 3 {
        return Err(Denied::TokenForm(
            "a header has \"alg\", \"typ\": \"JWT\" and \"kid\"",
        ));
    }
    let malformed = Denied::TokenForm("\"kid\" is a key id, 32 lower-case hex digits");
    text("kid").and_then(KeyId::parse).ok_or(malformed)
}

/// Whether the key signed it, for this ledger.
fn check_signed(token: &str, origin: &str, key: &PublicKey) -> Result<(), Failure> {
    if !*PROVIDED {
        return Err(Failure::Fault(Fault(
            "another signature check is installed for tokens: this is a defect".into(),
        )));
    }
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_required_spec_claims(&["exp", "aud", "iat"]);
    validation.set_audience(&[origin]);
    // By the node's clock and to the second: `check_time`.
    validation.validate_exp = false;
    let key = DecodingKey::from_ed_der(&key.raw());
    match jsonwebtoken::decode::<IgnoredAny>(token, &key, &validation) {
        Ok(_) => Ok(()),
        Err(error) => Err(Failure::from(match error.kind() {
            ErrorKind::InvalidSignature => Denied::TokenSignature,
            ErrorKind::InvalidAlgorithm => Denied::TokenAlgorithm,
            ErrorKind::InvalidAudience => Denied::TokenAudience,
            _ => Denied::TokenForm("a token has \"aud\", \"iat\", \"exp\" and a signature"),
        })),
    }
}

/// What a token says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    /// The audience was checked with the signature; here it only has to be one text.
    #[serde(rename = "aud")]
    _aud: String,
    /// Seconds after 1970.
    iat: u64,
    /// Seconds after 1970; the token holds until just before.
    exp: u64,
    #[serde(rename = "jti", default)]
    _jti: Option<String>,
}

impl Claims {
    fn read(claims: Object) -> Result<Claims, Denied> {
        serde_json::from_value(Value::Object(claims)).map_err(|_| {
            Denied::TokenForm(
                "claims are \"aud\", a text; \"iat\" and \"exp\", whole seconds; \"jti\" if wanted",
            )
        })
    }
}

fn check_time(claims: &Claims, now: Moment) -> Result<(), Denied> {
    let lasts = claims.exp.checked_sub(claims.iat);
    if !lasts.is_some_and(|lasts| (1..=LIFETIME_SECONDS_MAX).contains(&lasts)) {
        return Err(Denied::TokenLifetime);
    }
    // No seconds of a token are too many for this.
    let (now, millis) = (i128::from(now.millis()), |seconds| {
        i128::from(seconds) * 1000
    });
    if millis(claims.iat) > now + millis(AHEAD_SECONDS_MAX) {
        return Err(Denied::TokenLifetime);
    }
    if now >= millis(claims.exp) {
        return Err(Denied::TokenExpired);
    }
    Ok(())
}

/// Whether tokens are checked with [`PublicKey::verify`]: set once in a process, by the
/// first token. The library comes without any cryptography of its own.
static PROVIDED: LazyLock<bool> = LazyLock::new(|| PROVIDER.install_default().is_ok());

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: no_signer,
    verifier_factory: verifier,
    key_utils: KeyUtils::new_unimplemented(),
};

/// A node signs no tokens.
fn no_signer(_: &Algorithm, _: &EncodingKey) -> jsonwebtoken::errors::Result<Box<dyn JwtSigner>> {
    Err(new_error(ErrorKind::UnsupportedAlgorithm))
}

fn verifier(
    algorithm: &Algorithm,
    key: &DecodingKey,
) -> jsonwebtoken::errors::Result<Box<dyn JwtVerifier>> {
    if *algorithm != Algorithm::EdDSA {
        return Err(new_error(ErrorKind::InvalidAlgorithm));
    }
    let raw = <&[u8; 32]>::try_from(key.try_get_as_bytes()?).ok();
    match raw.and_then(|raw| PublicKey::from_raw(raw).ok()) {
        Some(key) => Ok(Box::new(Strict(key))),
        None => Err(new_error(ErrorKind::InvalidEddsaKey)),
    }
}

/// A key of the ledger as the library asks for it.
struct Strict(PublicKey);

impl Verifier<Vec<u8>> for Strict {
    fn verify(&self, message: &[u8], bytes: &Vec<u8>) -> Result<(), signature::Error> {
        let bytes = <&[u8; 64]>::try_from(bytes.as_slice()).map_err(|_| signature::Error::new())?;
        if self.0.verify(message, bytes) {
            Ok(())
        } else {
            Err(signature::Error::new())
        }
    }
}

impl JwtVerifier for Strict {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

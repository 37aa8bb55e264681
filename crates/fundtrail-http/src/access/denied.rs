//! Why a reader is not let in: one code for each reason (RFC 6750, section 3).

use axum::http::StatusCode;

/// Why a request is not answered, whatever it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// Not a token as it is written here: what is wrong.
    TokenForm(&'static str),
    /// Another algorithm than EdDSA, or none.
    TokenAlgorithm,
    /// The ledger knows no such key.
    TokenKeyUnknown,
    /// The key was revoked or replaced.
    TokenKeyRevoked,
    /// The signature is not that key's over these bytes.
    TokenSignature,
    /// Its time is over.
    TokenExpired,
    /// It begins in the future, ends before it begins, or lasts too long.
    TokenLifetime,
    /// Meant for another ledger.
    TokenAudience,
    /// A token is needed and there is none.
    Unauthenticated,
    /// The token is good, and its key has no right to this.
    Forbidden,
}

impl Denied {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Denied::TokenForm(_) => "TOKEN_FORM",
            Denied::TokenAlgorithm => "TOKEN_ALGORITHM",
            Denied::TokenKeyUnknown => "TOKEN_KEY_UNKNOWN",
            Denied::TokenKeyRevoked => "TOKEN_KEY_REVOKED",
            Denied::TokenSignature => "TOKEN_SIGNATURE",
            Denied::TokenExpired => "TOKEN_EXPIRED",
            Denied::TokenLifetime => "TOKEN_LIFETIME",
            Denied::TokenAudience => "TOKEN_AUDIENCE",
            Denied::Unauthenticated => "UNAUTHENTICATED",
            Denied::Forbidden => "FORBIDDEN",
        }
    }

    /// 401 for who somebody is, 403 for what somebody may.
    pub(crate) const fn status(self) -> StatusCode {
        match self {
            Denied::Forbidden => StatusCode::FORBIDDEN,
            _ => StatusCode::UNAUTHORIZED,
        }
    }

    pub(crate) const fn title(self) -> &'static str {
        match self {
            Denied::Forbidden => "This key may not read that.",
            Denied::Unauthenticated => "A token is needed.",
            _ => "The token does not hold.",
        }
    }

    pub(crate) const fn detail(self) -> &'static str {
        match self {
            Denied::TokenForm(what) => what,
            Denied::TokenAlgorithm => "a token's \"alg\" is \"EdDSA\" and nothing else",
            Denied::TokenKeyUnknown => "no key of that id is enrolled in the ledger",
            Denied::TokenKeyRevoked => "the key was revoked or replaced; sign with one that stands",
            Denied::TokenSignature => "the signature is not the key's over this token",
            Denied::TokenExpired => "the token's time is over; sign another one",
            Denied::TokenLifetime => {
                "a token begins at most 60 seconds ahead and lasts at most 3600 seconds"
            }
            Denied::TokenAudience => "\"aud\" is not the origin of this ledger",
            Denied::Unauthenticated => "send Authorization: Bearer with a token of an enrolled key",
            Denied::Forbidden => "what does not exist and what others own gives the same answer",
        }
    }

    /// The `WWW-Authenticate` that goes with it, if one does.
    pub(crate) const fn challenge(self) -> Option<&'static str> {
        match self {
            Denied::Forbidden => None,
            Denied::Unauthenticated => Some("Bearer"),
            _ => Some("Bearer error=\"invalid_token\""),
        }
    }
}

//! Malformed: the bytes say nothing. One list of reasons, each with a stable code.

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;

/// Declares [`MalformedCode`] and its texts in one place.
macro_rules! codes {
    ($($variant:ident = $code:literal, $doc:literal;)+) => {
        /// Why bytes are not a submission. Codes are stable and never reused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum MalformedCode { $(#[doc = $doc] $variant,)+ }

        impl MalformedCode {
            /// Every code.
            pub const ALL: &'static [MalformedCode] = &[$(MalformedCode::$variant,)+];

            /// The stable code.
            pub const fn as_str(self) -> &'static str {
                match self { $(MalformedCode::$variant => $code,)+ }
            }

            /// What it means, in a sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(MalformedCode::$variant => $doc,)+ }
            }
        }
    };
}

codes! {
    TooLarge = "TOO_LARGE", "The submission, the transaction or one of its parts is larger than allowed.";
    NotUtf8 = "NOT_UTF8", "The bytes are not valid UTF-8.";
    NotJson = "NOT_JSON", "The bytes are not one JSON value.";
    TooDeep = "TOO_DEEP", "The JSON is nested more deeply than anything in the format.";
    DuplicateMember = "DUPLICATE_MEMBER", "A JSON object names a member twice.";
    UnknownMember = "UNKNOWN_MEMBER", "A JSON object has a member the format does not know.";
    MissingMember = "MISSING_MEMBER", "A JSON object lacks a member the format requires.";
    Float = "FLOAT", "A number has a fraction or an exponent; amounts are strings.";
    Shape = "SHAPE", "A member has the wrong type or an unknown value.";
    Base64 = "BASE64", "A member is not valid base64.";
    PayloadType = "PAYLOAD_TYPE", "The envelope's payload type is not the one of a transaction.";
    Unsigned = "UNSIGNED", "The envelope carries no signature.";
    TooManySignatures = "TOO_MANY_SIGNATURES", "The envelope carries more signatures than any kind needs.";
    SignatureForm = "SIGNATURE_FORM", "A signature is not 64 bytes or its key id is not 32 hex digits.";
    SignatureInvalid = "SIGNATURE_INVALID", "A signature does not verify over the payload.";
    WrongLedger = "WRONG_LEDGER", "The transaction was signed for another ledger.";
    UnknownKind = "UNKNOWN_KIND", "There is no transaction of that kind.";
    IdForm = "ID_FORM", "An id is not 1 to 64 of A-Z a-z 0-9 . _ -.";
    DateFormat = "DATE_FORMAT", "A date is not written YYYY-MM-DD in the years 1900 to 2199.";
    TimeFormat = "TIME_FORMAT", "A time is not RFC 3339 with an offset.";
    AmountFormat = "AMOUNT_FORMAT", "An amount is not a string with exactly two decimals.";
    AmountNegative = "AMOUNT_NEGATIVE", "An amount is negative.";
    AmountOverflow = "AMOUNT_OVERFLOW", "An amount is above 999999999999.99.";
    DigestForm = "DIGEST_FORM", "A digest or tag is not written as the format says.";
    KeyForm = "KEY_FORM", "A public key is not an Ed25519 SubjectPublicKeyInfo.";
    KeyWeak = "KEY_WEAK", "A public key is of small order, or not canonically encoded.";
    DisclosureForm = "DISCLOSURE_FORM", "A disclosure is not a base64url array of salt, name and text.";
    DisclosureUnmatched = "DISCLOSURE_UNMATCHED", "A disclosure matches no digest in the transaction.";
    DisclosureMissing = "DISCLOSURE_MISSING", "A sealed particular comes without its disclosure.";
    SealedUnknown = "SEALED_UNKNOWN", "The kind has no sealed particular of that name.";
    SealedMissing = "SEALED_MISSING", "The kind requires a sealed particular that is not there.";
    Policy = "POLICY_INVALID", "The policy is inconsistent or uses an option this software does not implement.";
    Calendar = "CALENDAR_INVALID", "The calendar contradicts itself.";
}

/// Bytes that say nothing, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The stable reason.
    pub code: MalformedCode,
    /// What exactly. It quotes nothing of what was sent: a name or a number may stand
    /// where it does not belong.
    pub detail: String,
}

impl Malformed {
    /// A reason with its detail.
    pub fn new(code: MalformedCode, detail: impl Into<String>) -> Malformed {
        Malformed {
            code,
            detail: detail.into(),
        }
    }

    /// Sorts a deserialiser's complaint under its code.
    ///
    /// The types of this crate begin their complaints with their code; the rest is told
    /// from serde's own wording. The text passed [`crate::json::check`] before, so that a
    /// complaint about its syntax is one about a value that stands where another belongs.
    pub fn from_json(error: &serde_json::Error) -> Malformed {
        let text = error.to_string();
        let code = MalformedCode::ALL.iter().copied().find(|code| {
            text.strip_prefix(code.as_str())
                .is_some_and(|rest| rest.starts_with(':'))
        });
        let code = code.unwrap_or_else(|| {
            if text.starts_with("unknown field") {
                MalformedCode::UnknownMember
            } else if text.starts_with("missing field") {
                MalformedCode::MissingMember
            } else if text.starts_with("duplicate field") {
                MalformedCode::DuplicateMember
            } else {
                MalformedCode::Shape
            }
        });
        Malformed {
            code,
            detail: unquoted(&text),
        }
    }
}

/// serde's complaint without the words it quotes. What was expected, and where, stays: it
/// stands at the end, so that nothing sent can pass for it.
fn unquoted(text: &str) -> String {
    for (begins, ends) in [
        ("unknown field ", ["`, expected ", "`, there are no fields"]),
        (
            "unknown variant ",
            ["`, expected ", "`, there are no variants"],
        ),
    ] {
        if text.starts_with(begins) {
            let end = ends.iter().filter_map(|end| text.rfind(end)).max();
            let rest = end.and_then(|at| text.get(at + 1..)).unwrap_or_default();
            return begins.trim_end().to_string() + rest;
        }
    }
    let quotes = text.starts_with("invalid type: ") || text.starts_with("invalid value: ");
    match text.find(['"', '`']).filter(|_| quotes) {
        Some(at) => {
            let sort = text.get(..at).unwrap_or_default().trim_end();
            let rest = text.rfind(", expected ").filter(|end| *end > at);
            let rest = rest.and_then(|end| text.get(end..)).unwrap_or_default();
            sort.to_string() + rest
        }
        None => text.to_string(),
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let detail = self
            .detail
            .strip_prefix(self.code.as_str())
            .unwrap_or(&self.detail);
        f.write_str(&format!(
            "{}: {}",
            self.code.as_str(),
            detail.trim_start_matches([':', ' '])
        ))
    }
}

impl core::error::Error for Malformed {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_where_another_belongs_is_a_matter_of_shape() {
        let too_long = serde_json::from_str::<(u8, u8)>("[1,2,3]").unwrap_err();
        assert_eq!(Malformed::from_json(&too_long).code, MalformedCode::Shape);
        let too_short = serde_json::from_str::<(u8, u8)>("[1]").unwrap_err();
        assert_eq!(Malformed::from_json(&too_short).code, MalformedCode::Shape);
    }

    #[test]
    fn nothing_that_was_sent_is_quoted() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct One {
            #[serde(rename = "count")]
            _count: u64,
            #[serde(rename = "sort")]
            _sort: Sort,
        }
        #[derive(Debug, serde::Deserialize)]
        #[serde(rename_all = "lowercase")]
        enum Sort {
            Plain,
        }
        let detail = |text: &str| {
            Malformed::from_json(&serde_json::from_str::<One>(text).unwrap_err()).detail
        };
        for sent in [
            "S-1",
            "S-1`, expected `S-1",
            "S-1\\\", expected S-1",
            "`S-1\\\"",
            "S-1`, there are no fields",
        ] {
            for text in [
                format!(r#"{{"{sent}":1}}"#),
                format!(r#"{{"count":"{sent}"}}"#),
                format!(r#"{{"sort":"{sent}"}}"#),
                format!(r#""{sent}""#),
            ] {
                let detail = detail(&text);
                assert!(!detail.contains("S-1"), "{text}: {detail}");
                assert!(detail.contains(" at line 1 column "), "{detail}");
            }
        }
        for text in [r#"{"count":-915}"#, r#"{"sort":915}"#, "915"] {
            assert!(!detail(text).contains("915"), "{text}: {}", detail(text));
        }
        assert_eq!(
            detail(r#"{"extra":1}"#),
            "unknown field, expected `count` or `sort` at line 1 column 8"
        );
        assert_eq!(
            detail(r#"{"count":"x"}"#),
            "invalid type: string, expected u64 at line 1 column 12"
        );
    }
}

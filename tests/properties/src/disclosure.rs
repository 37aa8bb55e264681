//! Disclosures, digests, and the identifiers inside.

use fundtrail_model::disclosure::{
    DISCLOSURE_CHARS_MAX, Disclosure, DisclosureDigest, SALT_BYTES_MIN, digest,
};
use fundtrail_regulation::identifier::{self, Format};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::assert_code;

/// Every sort of identifier.
const FORMATS: &[Format] = &[
    Format::CreditCode,
    Format::Patent,
    Format::Trademark { class: 9 },
    Format::Cnaps,
    Format::Institution,
    Format::Account,
    Format::Contract,
    Format::Registration,
    Format::Name,
    Format::Text,
];

/// What a disclosure holds can be written again and read the same; its digest is one text; and
/// an identifier in its normal form is normal.
pub fn disclosure(bytes: &[u8]) {
    let Ok(text) = core::str::from_utf8(bytes) else {
        return;
    };
    let sealed = digest(text);
    assert_eq!(DisclosureDigest::parse(&sealed.to_string()), Some(sealed));
    if let Some(read) = DisclosureDigest::parse(text) {
        assert_eq!(read.to_string(), text, "two texts of one digest");
    }
    match Disclosure::parse(text) {
        Ok(disclosure) => opened(text, &disclosure),
        Err(error) => assert_code(error.code(), &error.to_string()),
    }
    identifiers(text);
}

fn opened(text: &str, disclosure: &Disclosure) {
    assert!(text.len() <= DISCLOSURE_CHARS_MAX);
    assert!(!matches!(disclosure.name(), "" | "_sd" | "..."));
    let salt = URL_SAFE_NO_PAD
        .decode(disclosure.salt())
        .unwrap_or_default();
    assert!(salt.len() >= SALT_BYTES_MIN);
    if let Ok(salt) = <[u8; 16]>::try_from(salt) {
        // Written without white space and escapes, it may only be shorter.
        let made = Disclosure::make(salt, disclosure.name(), disclosure.value());
        let made = made.unwrap_or_else(|error| panic!("{error}"));
        let again = Disclosure::parse(&made);
        assert!(again.is_ok_and(|again| again == *disclosure));
        assert_eq!(made == text, digest(&made) == digest(text));
    }
    let shown = format!("{disclosure:?}");
    let value = disclosure.value();
    assert!(
        value.len() < 4
            || disclosure.name().contains(value)
            || !shown.contains(value)
            || "Disclosure()".contains(value),
        "a value reached a debug text"
    );
    identifiers(value);
}

fn identifiers(value: &str) {
    let normal = identifier::normalise(value);
    assert_eq!(identifier::normalise(&normal), normal);
    for format in FORMATS {
        match identifier::check(format, value) {
            Ok(normal) => {
                let again = identifier::check(format, &normal);
                assert!(
                    again.as_ref().is_ok_and(|again| *again == normal),
                    "{format:?}: {normal:?} is not normal: {again:?}"
                );
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}

//! Identifiers inside sealed particulars: their normal form and the checks of the standards.
//!
//! [`check`] is the single entry; the modules below offer the parsed forms to rules that need
//! more than a verdict. Invariants: the normal form of a normal form is itself, and nothing
//! of a value appears in an error or in `Debug` output except a check character, because
//! these values are confidential. Absent on purpose: any state, and any judgement of who may
//! hold which identifier.

pub mod bank_code;
pub mod credit_code;
pub mod patent;
pub mod text;
pub mod trademark;

use alloc::string::String;
use unicode_normalization::UnicodeNormalization;

/// Longest input that is looked at, in bytes of UTF-8; it bounds the work of normalising.
pub const INPUT_BYTES_MAX: usize = 4096;

/// What a sealed particular is meant to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// Unified social credit code, GB 32100-2015.
    CreditCode,
    /// Patent or patent application number, ZC 0006-2003.
    Patent,
    /// Trademark registration number in one international class (1 to 45).
    Trademark {
        /// The class; it stands outside the sealed value.
        class: u8,
    },
    /// Bank number of the payment system, 12 digits.
    Cnaps,
    /// Financial institution code, JR/T 0124.
    Institution,
    /// Bank account number.
    Account,
    /// Number of a loan contract or of a loan receipt.
    Contract,
    /// Number of a pledge registration.
    Registration,
    /// Name of a party or of a borrower.
    Name,
    /// Any other text of one line.
    Text,
}

/// Checks a value against its format and returns its normal form.
///
/// A trademark's normal form is its number; with the class it makes the duplicate test key.
///
/// # Errors
/// What is wrong with the value, without the value.
pub fn check(format: &Format, value: &str) -> Result<String, IdentifierError> {
    match *format {
        Format::CreditCode => credit_code::check(value).map(|code| code.as_str().into()),
        Format::Patent => patent::check(value).map(|patent| patent.as_str().into()),
        Format::Trademark { class } => {
            trademark::check(value, class).map(|mark| mark.number().into())
        }
        Format::Cnaps => bank_code::check_cnaps(value),
        Format::Institution => bank_code::check_institution(value),
        Format::Account => bank_code::check_account(value),
        Format::Contract | Format::Registration => text::check_opaque(value),
        Format::Name => text::check_name(value),
        Format::Text => text::check_text(value),
    }
}

/// Brings an identifier into normal form: compatibility forms (NFKC) replaced, all white
/// space removed, ASCII letters in upper case.
///
/// White space goes and letters rise between decomposing and composing, so that the result
/// does not change when normalised again.
pub fn normalise(value: &str) -> String {
    value
        .nfkd()
        .filter(|symbol| !symbol.is_whitespace())
        .map(|symbol| symbol.to_ascii_uppercase())
        .nfc()
        .collect()
}

/// The normal form of a value that must not be empty nor exceed `chars_max` characters.
fn bounded(value: &str, chars_max: usize) -> Result<String, IdentifierError> {
    let too_long = IdentifierError::TooLong { chars_max };
    if value.len() > INPUT_BYTES_MAX {
        return Err(too_long);
    }
    let normal = normalise(value);
    if normal.is_empty() {
        return Err(IdentifierError::Empty);
    }
    if normal.chars().count() > chars_max {
        return Err(too_long);
    }
    Ok(normal)
}

/// Why a value is not the identifier it is meant to be. Positions count characters of the
/// normal form, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// Nothing is left after normalising.
    #[error("the value is empty")]
    Empty,
    /// There are more characters than the format has.
    #[error("the value is longer than {chars_max} characters")]
    TooLong {
        /// The most characters the normal form may have.
        chars_max: usize,
    },
    /// A character is missing or of the wrong sort.
    #[error("the value departs from its format at position {position}")]
    Shape {
        /// The first position that does not fit; one past the end if the value is too short.
        position: usize,
    },
    /// The category named inside the identifier does not exist.
    #[error("there is no such category as the one at position {position}")]
    Category {
        /// Where the category stands.
        position: usize,
    },
    /// The international class of a trademark is not between 1 and 45.
    #[error("there is no class {class}")]
    Class {
        /// The class that was given.
        class: u8,
    },
    /// A patent publication number stands where the patent number belongs.
    #[error("this is a publication number, not a patent number")]
    PublicationNumber,
    /// The check character is not the one that the standard computes.
    #[error("the check character is {found}, the standard computes {expected}")]
    CheckDigit {
        /// What the standard computes from the other characters.
        expected: char,
        /// What stands in the value.
        found: char,
    },
}

impl IdentifierError {
    /// The stable refusal code: `ID_CHECKSUM` for a wrong check character, else `ID_FORMAT`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::CheckDigit { .. } => "ID_CHECKSUM",
            Self::Empty
            | Self::TooLong { .. }
            | Self::Shape { .. }
            | Self::Category { .. }
            | Self::Class { .. }
            | Self::PublicationNumber => "ID_FORMAT",
        }
    }
}

/// Every value that differs from `value` in one character out of `alphabet`.
#[cfg(test)]
fn single_changes(value: &str, alphabet: &str) -> alloc::vec::Vec<String> {
    let mut changes = alloc::vec::Vec::new();
    for (at, old) in value.char_indices() {
        for new in alphabet.chars().filter(|new| *new != old) {
            let mut change = String::from(&value[..at]);
            change.push(new);
            change.push_str(&value[at + old.len_utf8()..]);
            changes.push(change);
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMATS: [Format; 10] = [
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

    #[test]
    fn the_single_entry_knows_every_format() {
        let cases = [
            (FORMATS[0], " 91150203ma0n000164 ", "91150203MA0N000164"),
            (FORMATS[1], "ZL 2020 1 0123456.2", "202010123456.2"),
            (FORMATS[2], "g 1234567a", "G1234567A"),
            (FORMATS[3], "9991 9200 0011", "999192000011"),
            (FORMATS[4], "c1010211000012", "C1010211000012"),
            (FORMATS[5], "6222 0000-0001", "622200000001"),
            (FORMATS[6], "包银 字（2022）第1号", "包银字(2022)第1号"),
            (FORMATS[7], "y2022150000001", "Y2022150000001"),
            (FORMATS[8], " 包头 Demo  Co. ", "包头 Demo Co."),
            (FORMATS[9], "see annex", "see annex"),
        ];
        for (format, value, normal) in cases {
            assert_eq!(check(&format, value).as_deref(), Ok(normal), "{format:?}");
            assert_eq!(check(&format, normal).as_deref(), Ok(normal), "{format:?}");
        }
    }

    #[test]
    fn a_normal_form_stays_as_it_is() {
        for value in [
            "９１１５　０２０３ｍａ",
            "i\u{307}",
            "a\u{b4}b",
            "e \u{301}",
            "\u{fdfa}①²",
            "\t\u{85}\u{2028}x\u{3000}",
            "q\u{323} \u{307}",
            "\u{1e9b}\u{323}",
        ] {
            let once = normalise(value);
            assert_eq!(normalise(&once), once);
            assert!(!once.contains(char::is_whitespace));
        }
        assert_eq!(normalise("９１１５　０２０３ｍａ"), "91150203MA");
    }

    #[test]
    fn no_input_can_cause_a_fault() {
        let long = "𝟗".repeat(INPUT_BYTES_MAX);
        let values = [
            "", " ", "\u{0}", "ZL", "CN", "G", "X", ".", "-", "一", "ﷺ", "\u{301}", "CNA", "8X",
            "ZL.X", "１", "🏦", &long,
        ];
        for format in FORMATS {
            for value in values {
                if let Ok(normal) = check(&format, value) {
                    assert_eq!(check(&format, &normal), Ok(normal));
                }
            }
            assert_eq!(check(&format, " \u{3000}"), Err(IdentifierError::Empty));
            assert!(matches!(
                check(&format, &long),
                Err(IdentifierError::TooLong { .. })
            ));
        }
    }

    #[test]
    fn errors_carry_a_stable_code_and_no_value() {
        use alloc::string::ToString;
        let wrong_check = check(&Format::CreditCode, "91150203MA0N000165").unwrap_err();
        assert_eq!(wrong_check.code(), "ID_CHECKSUM");
        assert!(!wrong_check.to_string().contains("9115"));
        let short = check(&Format::CreditCode, "9115").unwrap_err();
        assert_eq!(short, IdentifierError::Shape { position: 5 });
        assert_eq!(short.code(), "ID_FORMAT");
        let class = check(&Format::Trademark { class: 46 }, "1").unwrap_err();
        assert_eq!(class.code(), "ID_FORMAT");
    }
}

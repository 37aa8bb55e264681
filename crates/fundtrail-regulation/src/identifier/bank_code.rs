//! Numbers of banks and of accounts at banks.
//!
//! Absent on purpose: any list of banks or of cities, and the check characters of account
//! numbers and of institution codes, for which no public rule is known.

use super::{IdentifierError, bounded};
use alloc::string::String;

/// Digits of a bank number of the payment system, the check digit included.
const CNAPS_LENGTH: usize = 12;
/// Characters of an institution code.
const INSTITUTION_LENGTH: usize = 14;
/// Most digits of an account number.
const ACCOUNT_DIGITS_MAX: usize = 32;

/// Checks a bank number of the payment system (支付系统行号): 3 digits of bank category, 4 of
/// city, 4 of branch and a check digit by ISO 7064 MOD 11,10.
///
/// # Errors
/// [`IdentifierError`]: a wrong shape or a wrong check digit.
pub fn check_cnaps(value: &str) -> Result<String, IdentifierError> {
    let number = bounded(value, CNAPS_LENGTH)?;
    let mut digits = number.chars();
    let mut product = 10;
    for position in 1..CNAPS_LENGTH {
        let digit = digits.next().and_then(|digit| digit.to_digit(10));
        let digit = digit.ok_or(IdentifierError::Shape { position })?;
        let sum = match (product + digit) % 10 {
            0 => 10,
            sum => sum,
        };
        product = sum * 2 % 11;
    }
    let position = CNAPS_LENGTH;
    let found = digits.next().filter(char::is_ascii_digit);
    let found = found.ok_or(IdentifierError::Shape { position })?;
    let expected = char::from_digit((11 - product) % 10, 10).unwrap_or_default();
    if found != expected {
        return Err(IdentifierError::CheckDigit { expected, found });
    }
    Ok(number)
}

/// Checks the shape of a financial institution code (金融机构编码, JR/T 0124): a letter and 13
/// digits, the last a check digit whose algorithm is not public and not checked.
///
/// # Errors
/// [`IdentifierError`]: a wrong shape.
pub fn check_institution(value: &str) -> Result<String, IdentifierError> {
    let code = bounded(value, INSTITUTION_LENGTH)?;
    let mut symbols = code.chars();
    let mut fits = symbols
        .next()
        .is_some_and(|letter| letter.is_ascii_uppercase());
    let mut position = 1;
    while fits && position < INSTITUTION_LENGTH {
        fits = symbols.next().is_some_and(|digit| digit.is_ascii_digit());
        position += 1;
    }
    if !fits {
        return Err(IdentifierError::Shape { position });
    }
    Ok(code)
}

/// Checks a bank account number: at most 32 digits. Banks print them in groups, so single
/// hyphens between digits are dropped like white space; the normal form has digits only.
///
/// # Errors
/// [`IdentifierError`]: a wrong shape.
pub fn check_account(value: &str) -> Result<String, IdentifierError> {
    let text = bounded(value, ACCOUNT_DIGITS_MAX * 2 - 1)?;
    let mut number = String::with_capacity(ACCOUNT_DIGITS_MAX);
    let mut after_digit = false;
    let mut position = 0;
    for symbol in text.chars() {
        position += 1;
        match symbol {
            '0'..='9' => number.push(symbol),
            '-' if after_digit => {}
            _ => return Err(IdentifierError::Shape { position }),
        }
        after_digit = symbol != '-';
    }
    if !after_digit {
        return Err(IdentifierError::Shape { position });
    }
    if number.len() > ACCOUNT_DIGITS_MAX {
        let chars_max = ACCOUNT_DIGITS_MAX;
        return Err(IdentifierError::TooLong { chars_max });
    }
    Ok(number)
}

#[cfg(test)]
mod tests {
    use super::super::single_changes;
    use super::*;

    /// Numbers of the reference and the fictional fixtures.
    const CNAPS: [&str; 10] = [
        "102100099996",
        "103100000026",
        "104100000004",
        "105100000017",
        "308584000013",
        "403100000004",
        "313192000013",
        "999192000011",
        "999192000020",
        "999192000038",
    ];

    #[test]
    fn known_bank_numbers_pass_and_no_changed_one_does() {
        for number in CNAPS {
            assert_eq!(check_cnaps(number).as_deref(), Ok(number));
            for change in single_changes(number, "0123456789") {
                assert!(
                    matches!(
                        check_cnaps(&change),
                        Err(IdentifierError::CheckDigit { .. })
                    ),
                    "{change}"
                );
            }
            for change in single_changes(number, "OX.") {
                assert!(
                    matches!(check_cnaps(&change), Err(IdentifierError::Shape { .. })),
                    "{change}"
                );
            }
        }
        assert_eq!(
            check_cnaps("３１３１　９２００　００１３").as_deref(),
            Ok("313192000013")
        );
    }

    #[test]
    fn bank_numbers_of_other_lengths_are_refused() {
        assert_eq!(
            check_cnaps("31319200001"),
            Err(IdentifierError::Shape { position: 12 })
        );
        assert_eq!(
            check_cnaps("3131920000130"),
            Err(IdentifierError::TooLong { chars_max: 12 })
        );
    }

    #[test]
    fn institution_codes_have_a_shape_only() {
        for code in [
            "C1010211000012",
            "C1010311000014",
            "C1010411000013",
            "C1010511003703",
            "C1030844001362",
        ] {
            assert_eq!(check_institution(code).as_deref(), Ok(code));
            assert_eq!(check_institution(&code.to_lowercase()).as_deref(), Ok(code));
        }
        for (code, position) in [
            ("11010211000012", 1),
            ("CC010211000012", 2),
            ("C101021100001", 14),
            ("C101021100001X", 14),
        ] {
            assert_eq!(
                check_institution(code),
                Err(IdentifierError::Shape { position })
            );
        }
    }

    #[test]
    fn account_numbers_lose_their_separators() {
        for value in [
            "6222020612345678",
            "6222 0206 1234 5678",
            "6222-0206-1234-5678",
        ] {
            assert_eq!(check_account(value).as_deref(), Ok("6222020612345678"));
        }
        let longest = "1".repeat(ACCOUNT_DIGITS_MAX);
        assert_eq!(check_account(&longest), Ok(longest.clone()));
        let chars_max = ACCOUNT_DIGITS_MAX;
        assert_eq!(
            check_account(&(longest + "1")),
            Err(IdentifierError::TooLong { chars_max })
        );
        for (value, position) in [("-1", 1), ("1-", 2), ("1--2", 3), ("1A", 2), ("1–2", 2)] {
            assert_eq!(
                check_account(value),
                Err(IdentifierError::Shape { position })
            );
        }
    }
}

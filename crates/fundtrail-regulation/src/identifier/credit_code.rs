//! Unified social credit codes (统一社会信用代码), GB 32100-2015.
//!
//! Absent on purpose: which categories may borrow, lend or manage, and which divisions lie in
//! the fund's city. Those are rules; the division is the *registering authority's*, fixed for
//! life, and proves no domicile.

use super::{IdentifierError, bounded};
use alloc::string::String;
use core::fmt;

/// The 31 symbols of GB 32100-2015; a symbol's value is its index.
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Characters of a code.
const LENGTH: usize = 18;
/// Weights of GB 11714 for the first eight characters of an organisation code.
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// A code whose shape and check character hold.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CreditCode(String);

/// Checks a code: 18 characters, digits at 3 to 8, check character at 18.
///
/// The weights are `3^(i-1) mod 31` and the check value `31 - (Σ mod 31)`, where 31 stands
/// for the symbol `0` (GB 32100-2015).
///
/// # Errors
/// [`IdentifierError`]: a wrong shape or a wrong check character.
pub fn check(value: &str) -> Result<CreditCode, IdentifierError> {
    let code = bounded(value, LENGTH)?;
    let mut symbols = code.chars();
    let mut sum = 0;
    let mut weight = 1;
    for position in 1..LENGTH {
        let misfit = IdentifierError::Shape { position };
        let index = symbols.next().and_then(index_of).ok_or(misfit)?;
        if (3..=8).contains(&position) && index > 9 {
            return Err(misfit);
        }
        sum = (sum + index * weight) % 31;
        weight = weight * 3 % 31;
    }
    let misfit = IdentifierError::Shape { position: LENGTH };
    let found = symbols.next().ok_or(misfit)?;
    let found_index = index_of(found).ok_or(misfit)?;
    let expected_index = (31 - sum) % 31;
    if found_index != expected_index {
        let expected = ALPHABET.chars().nth(expected_index).unwrap_or_default();
        return Err(IdentifierError::CheckDigit { expected, found });
    }
    Ok(CreditCode(code))
}

impl CreditCode {
    /// The code in normal form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The registering department and the sort of body: the first two characters.
    pub fn category(&self) -> &str {
        self.0.get(..2).unwrap_or_default()
    }

    /// The administrative division (GB/T 2260) of the registering authority: digits 3 to 8.
    pub fn division(&self) -> &str {
        self.0.get(2..8).unwrap_or_default()
    }

    /// The organisation code (GB 11714) with its own check character: positions 9 to 17.
    pub fn organisation(&self) -> &str {
        self.0.get(8..17).unwrap_or_default()
    }

    /// Whether the organisation code's own check (GB 11714) holds too. Codes issued before
    /// the standard may fail it, so a failure deserves a warning and never a refusal.
    pub fn organisation_check_holds(&self) -> bool {
        let mut symbols = self.organisation().chars();
        let mut sum = 0;
        for (symbol, weight) in symbols.by_ref().zip(ORGANISATION_WEIGHTS) {
            sum += symbol.to_digit(36).unwrap_or_default() * weight;
        }
        let expected = match 11 - sum % 11 {
            10 => Some('X'),
            11 => Some('0'),
            digit => char::from_digit(digit, 10),
        };
        self.organisation().chars().nth(8) == expected
    }
}

impl fmt::Debug for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CreditCode(..)")
    }
}

/// The value of a symbol of the alphabet.
fn index_of(symbol: char) -> Option<usize> {
    ALPHABET.chars().position(|known| known == symbol)
}

#[cfg(test)]
mod tests {
    use super::super::single_changes;
    use super::*;
    use alloc::format;

    /// Codes of the reference and the fictional fixtures; all of them pass both checks.
    const VALID: [&str; 14] = [
        "91350100M000100Y43",
        "91110000802100433B",
        "91440300708461136T",
        "91330100799655058B",
        "91110108551385082Q",
        "91150000701463622D",
        "91150203MA0N000164",
        "91150204MA0N00024D",
        "91150207MA0N00032K",
        "91150200MA0N000409",
        "91150271MA0N00067U",
        "91150100MA0N00075N",
        "91110105MA0N000839",
        "11150200011535019Y",
    ];

    #[test]
    fn known_codes_pass_both_checks() {
        for value in VALID {
            let code = check(value).unwrap();
            assert_eq!(code.as_str(), value);
            assert!(code.organisation_check_holds(), "{value}");
        }
    }

    #[test]
    fn every_change_of_one_character_is_refused() {
        for value in VALID {
            for change in single_changes(value, ALPHABET) {
                assert!(check(&change).is_err(), "{change}");
            }
            for change in single_changes(value, "IOSVZ-中") {
                let error = check(&change).unwrap_err();
                assert!(matches!(error, IdentifierError::Shape { .. }), "{change}");
            }
        }
    }

    #[test]
    fn the_worked_example_of_the_standard() {
        for found in ALPHABET.chars().filter(|found| *found != '3') {
            let expected = '3';
            assert_eq!(
                check(&format!("91350100M000100Y4{found}")),
                Err(IdentifierError::CheckDigit { expected, found })
            );
        }
        assert_eq!(
            check("91350100M000100Y4Z"),
            Err(IdentifierError::Shape { position: 18 })
        );
    }

    #[test]
    fn other_ways_of_writing_have_one_normal_form() {
        let code = "91150203MA0N000164";
        for value in [
            "91150203ma0n000164",
            "９１１５０２０３ＭＡ０Ｎ０００１６４",
            "９１１５０２０３ｍａ０ｎ０００１６４",
            "\u{3000}9115 0203\tMA0N 000164\n",
        ] {
            assert_eq!(check(value).unwrap().as_str(), code);
        }
    }

    #[test]
    fn the_parts_of_a_code() {
        let code = check("91150203MA0N000164").unwrap();
        assert_eq!(code.category(), "91");
        assert_eq!(code.division(), "150203");
        assert_eq!(code.organisation(), "MA0N00016");
        assert_eq!(format!("{code:?}"), "CreditCode(..)");
    }

    #[test]
    fn a_failing_organisation_check_is_no_refusal() {
        let legacy = ALPHABET
            .chars()
            .find_map(|last| check(&format!("91150203MA0N00017{last}")).ok())
            .unwrap();
        assert!(!legacy.organisation_check_holds());
    }

    #[test]
    fn wrong_lengths_are_refused() {
        let long = "91150203MA0N0001644";
        assert_eq!(
            check(long),
            Err(IdentifierError::TooLong { chars_max: LENGTH })
        );
        for end in 1..LENGTH {
            let position = end + 1;
            assert_eq!(
                check(&long[..end]),
                Err(IdentifierError::Shape { position })
            );
        }
    }
}

//! Trademark registration numbers with their international class.
//!
//! A registration covers several classes, so only number and class together name a mark.
//! There is no check digit. The shape was read off published registers; no standard fixes it.

use super::{IdentifierError, bounded};
use alloc::string::String;
use core::fmt;

/// The longest way of writing: `G`, 8 digits, a letter.
const LENGTH_MAX: usize = 10;
/// Most digits of a number.
const DIGITS_MAX: usize = 8;
/// The last class of the Nice classification.
const CLASS_MAX: u8 = 45;

/// A registration in one class. Two of them are the same mark if and only if they are equal.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trademark {
    number: String,
    class: u8,
}

/// Checks a number of 1 to 8 digits and a class of 1 to 45. `G` before the digits marks an
/// international registration, a letter after them a part left by a division. Zeros before
/// the number do not count: they are dropped, so that one mark has one normal form.
///
/// # Errors
/// [`IdentifierError`]: a wrong shape or a class that does not exist.
pub fn check(number: &str, class: u8) -> Result<Trademark, IdentifierError> {
    if !(1..=CLASS_MAX).contains(&class) {
        return Err(IdentifierError::Class { class });
    }
    let text = bounded(number, LENGTH_MAX)?;
    let bare = text.strip_prefix('G').unwrap_or(&text);
    let before = text.len() - bare.len();
    let part = bare.trim_start_matches(|symbol: char| symbol.is_ascii_digit());
    let digits = bare.strip_suffix(part).unwrap_or_default();
    let significant = digits.trim_start_matches('0');
    if significant.is_empty() {
        let position = before + digits.len().max(1);
        return Err(IdentifierError::Shape { position });
    }
    if digits.len() > DIGITS_MAX {
        let position = before + DIGITS_MAX + 1;
        return Err(IdentifierError::Shape { position });
    }
    let mut part_letters = part.chars();
    let well_formed = part_letters
        .next()
        .is_none_or(|letter| letter.is_ascii_uppercase());
    if !well_formed || part_letters.next().is_some() {
        let position = before + digits.len() + 1 + usize::from(well_formed);
        return Err(IdentifierError::Shape { position });
    }

    let mut number = String::with_capacity(LENGTH_MAX);
    number.push_str(text.get(..before).unwrap_or_default());
    number.push_str(significant);
    number.push_str(part);
    Ok(Trademark { number, class })
}

impl Trademark {
    /// The number in normal form.
    pub fn number(&self) -> &str {
        &self.number
    }

    /// The international class, 1 to 45.
    pub fn class(&self) -> u8 {
        self.class
    }
}

impl fmt::Debug for Trademark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Trademark(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_sort_pass() {
        for (written, normal) in [
            ("1", "1"),
            ("1234567", "1234567"),
            (" 12345678 a", "12345678A"),
            ("G1123456", "G1123456"),
            ("ｇ０９８７６５４Ｂ", "G987654B"),
            ("00123456", "123456"),
        ] {
            let mark = check(written, 45).unwrap();
            assert_eq!(mark.number(), normal);
            assert_eq!(mark.class(), 45);
            assert_eq!(check(normal, 45).unwrap(), mark);
        }
    }

    #[test]
    fn the_class_is_part_of_the_mark() {
        assert_ne!(check("1234567", 9), check("1234567", 35));
        for class in [0, 46, 255] {
            assert_eq!(
                check("1234567", class),
                Err(IdentifierError::Class { class })
            );
        }
    }

    #[test]
    fn wrong_shapes_are_refused_where_they_begin() {
        for (number, position) in [
            ("G", 2),
            ("A", 1),
            ("0", 1),
            ("G00", 3),
            ("123456789", 9),
            ("G123456789", 10),
            ("12345-6", 6),
            ("12A3", 4),
            ("12AB", 4),
            ("GG123", 2),
            ("第12号", 1),
        ] {
            assert_eq!(
                check(number, 9),
                Err(IdentifierError::Shape { position }),
                "{number}"
            );
        }
        assert_eq!(check("", 9), Err(IdentifierError::Empty));
    }
}

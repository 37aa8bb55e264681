//! Particulars without a public format: contract and registration numbers, names, free text.
//!
//! They are kept as given up to their normal form. Refused are only characters that nobody
//! can see, because two values that look the same would then differ.

use super::{INPUT_BYTES_MAX, IdentifierError, bounded};
use alloc::string::String;
use unicode_normalization::UnicodeNormalization;

/// Most characters of an opaque number (the length GB/T 24589.1 gives codes).
pub const OPAQUE_CHARS_MAX: usize = 60;
/// Most characters of a name.
pub const NAME_CHARS_MAX: usize = 200;
/// Most characters of a free text.
pub const TEXT_CHARS_MAX: usize = 1000;

/// Checks a loan contract, loan receipt or pledge registration number. No authority gives
/// them a format: 1 to 60 visible characters without white space.
///
/// # Errors
/// [`IdentifierError`]: empty, too long, or a character that cannot be seen.
pub fn check_opaque(value: &str) -> Result<String, IdentifierError> {
    let number = bounded(value, OPAQUE_CHARS_MAX)?;
    visible(&number)?;
    Ok(number)
}

/// Checks the name of a party or of a borrower: 1 to 200 characters in one line.
///
/// Full-width forms are replaced (NFKC), white space around it goes and inside it becomes
/// one space; letters keep their case.
///
/// # Errors
/// [`IdentifierError`]: empty, too long, or a character that cannot be seen.
pub fn check_name(value: &str) -> Result<String, IdentifierError> {
    one_line(value, NAME_CHARS_MAX)
}

/// Checks a free text: 1 to 1000 characters in one line, in the normal form of a name.
///
/// # Errors
/// [`IdentifierError`]: empty, too long, or a character that cannot be seen.
pub fn check_text(value: &str) -> Result<String, IdentifierError> {
    one_line(value, TEXT_CHARS_MAX)
}

/// The normal form of a line with at most `chars_max` characters.
fn one_line(value: &str, chars_max: usize) -> Result<String, IdentifierError> {
    let too_long = IdentifierError::TooLong { chars_max };
    if value.len() > INPUT_BYTES_MAX {
        return Err(too_long);
    }
    visible(value)?;
    let decomposed: String = value.nfkd().collect();
    let mut spaced = String::with_capacity(decomposed.len());
    for word in decomposed.split_whitespace() {
        if !spaced.is_empty() {
            spaced.push(' ');
        }
        spaced.push_str(word);
    }
    let line: String = spaced.nfc().collect();
    if line.is_empty() {
        return Err(IdentifierError::Empty);
    }
    if line.chars().count() > chars_max {
        return Err(too_long);
    }
    visible(&line)?;
    Ok(line)
}

/// Refuses control characters and characters without a glyph.
fn visible(text: &str) -> Result<(), IdentifierError> {
    let hidden = text
        .chars()
        .position(|symbol| symbol.is_control() || has_no_glyph(symbol));
    match hidden {
        Some(offset) => Err(IdentifierError::Shape {
            position: offset + 1,
        }),
        None => Ok(()),
    }
}

/// Joiners, marks of direction, fillers and tags of Unicode: they change bytes or reading
/// order and leave nothing on paper. Variation selectors stay allowed, because names with
/// rare ideographs need them.
fn has_no_glyph(symbol: char) -> bool {
    matches!(
        symbol,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opaque_numbers_lose_white_space_and_lower_case() {
        assert_eq!(
            check_opaque(" 蒙银（2022）流贷字 第 001 号-a\n").as_deref(),
            Ok("蒙银(2022)流贷字第001号-A")
        );
        let longest = "字".repeat(OPAQUE_CHARS_MAX);
        assert_eq!(check_opaque(&longest), Ok(longest.clone()));
        let chars_max = OPAQUE_CHARS_MAX;
        assert_eq!(
            check_opaque(&(longest + "1")),
            Err(IdentifierError::TooLong { chars_max })
        );
        assert_eq!(check_opaque("\u{3000}"), Err(IdentifierError::Empty));
    }

    #[test]
    fn names_keep_their_case_and_single_spaces() {
        assert_eq!(
            check_name(" 包头（示范）有限公司　 Demo  Co. ").as_deref(),
            Ok("包头(示范)有限公司 Demo Co.")
        );
        let longest = "名".repeat(NAME_CHARS_MAX);
        assert_eq!(check_name(&longest), Ok(longest.clone()));
        let chars_max = NAME_CHARS_MAX;
        assert_eq!(
            check_name(&(longest + "1")),
            Err(IdentifierError::TooLong { chars_max })
        );
        assert_eq!(check_name(" "), Err(IdentifierError::Empty));
    }

    #[test]
    fn a_line_in_normal_form_stays_as_it_is() {
        for value in [
            "a\u{b4} b",
            "\u{b4}",
            "q\u{323}\u{307}",
            "e \u{301}",
            "\u{fdfa}",
        ] {
            let once = check_text(value).unwrap();
            assert_eq!(check_text(&once), Ok(once));
        }
    }

    #[test]
    fn what_cannot_be_seen_is_refused() {
        let position = 2;
        let hidden = Err(IdentifierError::Shape { position });
        for symbol in [
            "\u{0}", "\u{7f}", "\u{200b}", "\u{202e}", "\u{feff}", "\u{ffa0}",
        ] {
            let value = String::from("甲") + symbol + "乙";
            assert_eq!(check_name(&value), hidden);
            assert_eq!(check_text(&value), hidden);
            assert_eq!(check_opaque(&value), hidden);
        }
        assert_eq!(check_name("甲\n乙"), hidden);
        assert!(check_name("甲\u{e0100}").is_ok());
    }
}

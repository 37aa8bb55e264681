//! Patent and patent application numbers, ZC 0006-2003 (专利申请号标准).
//!
//! A granted patent's number is `ZL` and its application number, so both name the same patent
//! and share one normal form. Absent on purpose: whether the fund accepts a kind of patent.

use super::{IdentifierError, bounded};
use alloc::format;
use alloc::string::String;
use core::fmt;

/// The longest way of writing: `ZL`, 12 digits, a point, the check character.
const LENGTH_MAX: usize = 16;
/// Weights of ZC 0006-2003; numbers of 8 digits use the first eight.
const WEIGHTS: [u32; 12] = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];
/// Letters that end a publication number, alone or before a digit. `X` is none of them.
const PUBLICATION_LETTERS: [char; 7] = ['A', 'B', 'C', 'D', 'S', 'U', 'Y'];

/// What a patent protects and how it was applied for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PatentKind {
    /// 1 发明: an invention.
    Invention,
    /// 2 实用新型: a utility model.
    UtilityModel,
    /// 3 外观设计: a design.
    Design,
    /// 8: an invention that entered through the PCT.
    PctInvention,
    /// 9: a utility model that entered through the PCT.
    PctUtilityModel,
}

/// A number whose shape, kind and check character hold.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PatentNumber {
    number: String,
    kind: PatentKind,
    granted: bool,
}

/// Checks a number of 12 digits (since 2003-10-01) or of 8 (before) and its check character,
/// with or without `ZL` or `CN` before them and the point between.
///
/// # Errors
/// [`IdentifierError`]: a wrong shape, an unknown kind, a wrong check character; a
/// publication number (`CN 1234567 A`) is another number and refused as such.
pub fn check(value: &str) -> Result<PatentNumber, IdentifierError> {
    let text = bounded(value, LENGTH_MAX)?;
    let granted = text.starts_with("ZL");
    let prefixed = granted || text.starts_with("CN");
    let before = if prefixed { 2 } else { 0 };
    let rest = text.get(before..).unwrap_or_default();
    if is_publication_number(rest) {
        return Err(IdentifierError::PublicationNumber);
    }

    let misfit = |offset: usize| IdentifierError::Shape {
        position: before + offset + 1,
    };
    let mut symbols = rest.chars();
    let found = symbols.next_back().ok_or(misfit(0))?;
    let stem = symbols.as_str();
    let stem = stem.strip_suffix('.').unwrap_or(stem);
    if let Some(offset) = stem.chars().position(|symbol| !symbol.is_ascii_digit()) {
        return Err(misfit(offset));
    }
    let year_digits = match stem.len() {
        8 => 2,
        12 => 4,
        other => return Err(misfit(other)),
    };
    if !found.is_ascii_digit() && found != 'X' {
        return Err(misfit(rest.chars().count() - 1));
    }

    let position = before + year_digits + 1;
    let kind = stem.chars().nth(year_digits).and_then(PatentKind::of);
    let kind = kind.ok_or(IdentifierError::Category { position })?;
    let expected = check_character(stem);
    if found != expected {
        return Err(IdentifierError::CheckDigit { expected, found });
    }
    let number = format!("{stem}.{found}");
    Ok(PatentNumber {
        number,
        kind,
        granted,
    })
}

impl PatentNumber {
    /// The normal form: digits, a point and the check character, without a prefix.
    pub fn as_str(&self) -> &str {
        &self.number
    }

    /// The kind named inside the number.
    pub fn kind(&self) -> PatentKind {
        self.kind
    }

    /// Whether it was written as a granted patent's number, with `ZL`.
    pub fn is_written_as_granted(&self) -> bool {
        self.granted
    }

    /// The year of application. Numbers of 8 digits name two digits of it and were given out
    /// from 1985 to 2003.
    pub fn year(&self) -> u16 {
        let digits = if self.is_old_form() { 2 } else { 4 };
        let year = self.number.chars().take(digits);
        let year = year.filter_map(|digit| digit.to_digit(10));
        let year = year.fold(0, |year, digit| year * 10 + digit);
        let century = match (self.is_old_form(), year) {
            (false, _) => 0,
            (true, 85..) => 1900,
            (true, _) => 2000,
        };
        u16::try_from(century + year).unwrap_or_default()
    }

    /// Whether numbers of this form were given out in its year. A failure deserves a warning,
    /// not a refusal.
    pub fn year_is_plausible(&self) -> bool {
        match self.is_old_form() {
            true => (1985..=2003).contains(&self.year()),
            false => (2003..=2199).contains(&self.year()),
        }
    }

    fn is_old_form(&self) -> bool {
        self.number.len() == "YYKSSSSS.C".len()
    }
}

impl fmt::Debug for PatentNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PatentNumber(..)")
    }
}

impl PatentKind {
    /// The kind that a digit stands for.
    fn of(digit: char) -> Option<Self> {
        match digit {
            '1' => Some(Self::Invention),
            '2' => Some(Self::UtilityModel),
            '3' => Some(Self::Design),
            '8' => Some(Self::PctInvention),
            '9' => Some(Self::PctUtilityModel),
            _ => None,
        }
    }
}

/// Seven to nine digits and a kind letter, which a digit may follow: `CN 1234567 B2`.
fn is_publication_number(rest: &str) -> bool {
    let stage = rest.trim_end_matches(|symbol: char| symbol.is_ascii_digit());
    let digits = stage.strip_suffix(PUBLICATION_LETTERS);
    rest.len() - stage.len() <= 1
        && digits.is_some_and(|digits| {
            (7..=9).contains(&digits.len()) && digits.chars().all(|digit| digit.is_ascii_digit())
        })
}

/// The weighted sum modulo 11, where 10 is written `X` (ZC 0006-2003).
fn check_character(stem: &str) -> char {
    let digits = stem.chars().filter_map(|digit| digit.to_digit(10));
    let products = digits.zip(WEIGHTS).map(|(digit, weight)| digit * weight);
    char::from_digit(products.sum::<u32>() % 11, 10).unwrap_or('X')
}

#[cfg(test)]
mod tests {
    use super::super::single_changes;
    use super::*;

    use PatentKind::{Design, Invention, PctInvention, PctUtilityModel, UtilityModel};

    /// Written form, kind, year.
    const VALID: [(&str, PatentKind, u16); 9] = [
        ("201710601862.3", Invention, 2017),
        ("95115608.X", Invention, 1995),
        ("97101765.4", Invention, 1997),
        ("ZL202010123456.2", Invention, 2020),
        ("ZL202121234567.7", UtilityModel, 2021),
        ("ZL202230123456.2", Design, 2022),
        ("ZL202180012345.7", PctInvention, 2021),
        ("ZL202290000123.3", PctUtilityModel, 2022),
        ("ZL85100001.0", Invention, 1985),
    ];

    #[test]
    fn known_numbers_pass() {
        for (written, kind, year) in VALID {
            let patent = check(written).unwrap();
            assert_eq!(patent.as_str(), written.trim_start_matches("ZL"));
            assert_eq!(patent.kind(), kind);
            assert_eq!(patent.year(), year);
            assert!(patent.year_is_plausible());
            assert_eq!(patent.is_written_as_granted(), written.starts_with("ZL"));
        }
    }

    #[test]
    fn every_change_of_one_character_is_refused() {
        for (written, ..) in VALID {
            for change in single_changes(written, "0123456789X") {
                assert!(check(&change).is_err(), "{change}");
            }
            for change in single_changes(written, "AO-中") {
                assert!(check(&change).is_err(), "{change}");
            }
        }
        let (expected, found) = ('2', '3');
        assert_eq!(
            check("ZL202010123456.3"),
            Err(IdentifierError::CheckDigit { expected, found })
        );
    }

    #[test]
    fn other_ways_of_writing_have_one_normal_form() {
        for value in [
            "ZL 2020 1 0123456.2",
            "zl202010123456.2",
            "CN202010123456.2",
            "2020101234562",
            "ＺＬ　２０２０　１　０１２３４５６．２",
        ] {
            assert_eq!(check(value).unwrap().as_str(), "202010123456.2", "{value}");
        }
        assert_eq!(check("cn95115608x").unwrap().as_str(), "95115608.X");
    }

    #[test]
    fn a_publication_number_is_another_number() {
        for value in [
            "CN 1234567 A",
            "CN1234567B",
            "CN112345678A",
            "CN 112345678 B2",
            "CN212345678U",
            "306123456S",
            "cn1234567c",
        ] {
            assert_eq!(
                check(value),
                Err(IdentifierError::PublicationNumber),
                "{value}"
            );
        }
    }

    #[test]
    fn a_kind_that_does_not_exist_is_refused() {
        assert_eq!(
            check("ZL202040123456.2"),
            Err(IdentifierError::Category { position: 7 })
        );
        assert_eq!(
            check("95415608.0"),
            Err(IdentifierError::Category { position: 3 })
        );
    }

    #[test]
    fn wrong_shapes_are_refused_where_they_begin() {
        for (value, position) in [
            ("ZL", 3),
            ("2", 1),
            ("ZL20201012345.2", 14),
            ("20201O123456.2", 6),
            ("202010123456..2", 13),
            ("202010123456.", 13),
            ("202010123456.W", 14),
            ("ZLCN95115608.X", 3),
        ] {
            assert_eq!(
                check(value),
                Err(IdentifierError::Shape { position }),
                "{value}"
            );
        }
        let chars_max = LENGTH_MAX;
        assert_eq!(
            check("ZL20201012345678.2"),
            Err(IdentifierError::TooLong { chars_max })
        );
    }

    #[test]
    fn an_implausible_year_is_no_refusal() {
        for stem in ["50115608", "199910123456"] {
            let number = format!("{stem}.{}", check_character(stem));
            assert!(!check(&number).unwrap().year_is_plausible());
        }
    }
}

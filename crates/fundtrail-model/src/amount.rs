//! Money, exact to the fen.
//!
//! Absent on purpose: division that loses a remainder silently, and floats.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::iter::Sum;
use core::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The largest amount a transaction may state, in fen: 999,999,999,999.99 yuan.
pub const AMOUNT_FEN_MAX: i128 = 99_999_999_999_999;

/// Ten thousand basis points are the whole.
pub const BASIS_POINTS: u32 = 10_000;

/// An amount of yuan with exactly two decimals.
///
/// What a transaction states is never negative and at most [`AMOUNT_FEN_MAX`]; running
/// balances may be negative, and sums may be larger than one statement.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(Decimal);

/// How a fraction of a fen is resolved (ambiguity A07).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Half a fen and more counts as one (四舍五入).
    HalfUp,
    /// Any fraction of a fen is dropped.
    Down,
}

/// Why a text is not an [`Amount`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Not digits, a point and two digits, without superfluous leading zeros.
    #[error(
        "AMOUNT_FORMAT: an amount is a string of digits with exactly two decimals, like \"600000.00\""
    )]
    Format,
    /// A minus sign where only amounts of zero or more make sense.
    #[error("AMOUNT_NEGATIVE: an amount in a transaction is never negative")]
    Negative,
    /// Above [`AMOUNT_FEN_MAX`].
    #[error("AMOUNT_OVERFLOW: an amount is at most 999999999999.99")]
    Overflow,
}

impl Amount {
    /// 0.00 yuan.
    pub const ZERO: Amount = Amount(Decimal::from_parts(0, 0, 0, false, 2));

    /// An amount of so many fen. Saturates at the bounds of the representation, far above
    /// any sum this ledger can hold (7.9 × 10²⁶ yuan).
    pub fn from_fen(fen: i128) -> Amount {
        let widest = if fen < 0 { Decimal::MIN } else { Decimal::MAX };
        Amount(Decimal::try_from_i128_with_scale(fen, 2).unwrap_or(widest.round_dp(2)))
    }

    /// Parses the wire form of an amount that is not negative: `"600000.00"`.
    ///
    /// # Errors
    /// [`AmountError`] for any other text.
    pub fn parse(text: &str) -> Result<Amount, AmountError> {
        if let Some(rest) = text.strip_prefix('-') {
            return Err(match parse_fen(rest) {
                Ok(_) | Err(AmountError::Overflow) => AmountError::Negative,
                Err(other) => other,
            });
        }
        parse_fen(text).map(Amount::from_fen)
    }

    /// The number of fen.
    pub fn fen(self) -> i128 {
        self.0.mantissa()
    }

    /// The decimal value in yuan.
    pub fn decimal(self) -> Decimal {
        self.0
    }

    /// Whether this is 0.00.
    pub fn is_zero(self) -> bool {
        self.fen() == 0
    }

    /// Whether this is below 0.00.
    pub fn is_negative(self) -> bool {
        self.fen() < 0
    }

    /// `self × bp / 10000`, for an amount that is not negative.
    #[must_use]
    pub fn basis_points(self, bp: u32, rounding: Rounding) -> Amount {
        self.fraction_fen(u128::from(bp), u128::from(BASIS_POINTS), rounding)
    }

    /// `self × part / whole`, for amounts that are not negative; 0.00 when `whole` is.
    #[must_use]
    pub fn fraction(self, part: Amount, whole: Amount, rounding: Rounding) -> Amount {
        self.fraction_fen(
            part.fen().unsigned_abs(),
            whole.fen().unsigned_abs(),
            rounding,
        )
    }

    /// `self − other`, but never below 0.00.
    #[must_use]
    pub fn less(self, other: Amount) -> Amount {
        (self - other).max(Amount::ZERO)
    }

    /// Splits this amount in proportion to `weights` by largest remainder; ties go to the
    /// earlier. The parts add up to the whole. All zeros when the weights are.
    pub fn split(self, weights: &[Amount]) -> Vec<Amount> {
        let total: Amount = weights.iter().copied().sum();
        let whole = total.fen().unsigned_abs();
        if whole == 0 {
            return weights.iter().map(|_| Amount::ZERO).collect();
        }
        let mut parts: Vec<(usize, i128, u128)> = weights
            .iter()
            .enumerate()
            .map(|(at, weight)| {
                let (quotient, remainder) = mul_div(
                    self.fen().unsigned_abs(),
                    weight.fen().unsigned_abs(),
                    whole,
                );
                (at, i128::try_from(quotient).unwrap_or(i128::MAX), remainder)
            })
            .collect();
        let given: i128 = parts.iter().map(|part| part.1).sum();
        let mut left = self.fen() - given;
        parts.sort_by(|a, b| b.2.cmp(&a.2).then(a.0.cmp(&b.0)));
        for part in &mut parts {
            if left > 0 {
                part.1 += 1;
                left -= 1;
            }
        }
        parts.sort_by_key(|part| part.0);
        parts
            .into_iter()
            .map(|part| Amount::from_fen(part.1))
            .collect()
    }

    fn fraction_fen(self, part: u128, whole: u128, rounding: Rounding) -> Amount {
        if whole == 0 {
            return Amount::ZERO;
        }
        let (quotient, remainder) = mul_div(self.fen().unsigned_abs(), part, whole);
        let up = rounding == Rounding::HalfUp && remainder >= whole - remainder;
        Amount::from_fen(i128::try_from(quotient).unwrap_or(i128::MAX - 1) + i128::from(up))
    }
}

/// Digits, a point, two digits; no sign, no superfluous zero in front.
fn parse_fen(text: &str) -> Result<i128, AmountError> {
    let (yuan, fen) = text.split_once('.').ok_or(AmountError::Format)?;
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let superfluous_zero = yuan.len() > 1 && yuan.starts_with('0');
    if !digits(yuan) || !digits(fen) || fen.len() != 2 || superfluous_zero {
        return Err(AmountError::Format);
    }
    if yuan.len() > 12 {
        return Err(AmountError::Overflow);
    }
    let number = |part: &str| part.parse::<i128>().map_err(|_| AmountError::Format);
    Ok(number(yuan)? * 100 + number(fen)?)
}

/// `a × b / c` and its remainder, exact; the quotient saturates.
fn mul_div(a: u128, b: u128, c: u128) -> (u128, u128) {
    if let Some(product) = a.checked_mul(b) {
        return (product / c, product % c);
    }
    // Long division of the 256-bit product, one bit of `a` at a time, keeping both parts.
    let (mut quotient, mut remainder) = (0u128, 0u128);
    for bit in (0..128).rev() {
        (quotient, remainder) = (
            quotient
                .saturating_mul(2)
                .saturating_add(carry(remainder, remainder, c).0),
            carry(remainder, remainder, c).1,
        );
        if a >> bit & 1 == 1 {
            let (add, rest) = (b / c, b % c);
            let (over, sum) = carry(remainder, rest, c);
            quotient = quotient.saturating_add(add).saturating_add(over);
            remainder = sum;
        }
    }
    (quotient, remainder)
}

/// `(x + y) / c` and `(x + y) mod c` for `x, y < c`, without overflow.
fn carry(x: u128, y: u128, c: u128) -> (u128, u128) {
    if x >= c - y {
        (1, x - (c - y))
    } else {
        (0, x + y)
    }
}

impl Add for Amount {
    type Output = Amount;
    fn add(self, other: Amount) -> Amount {
        Amount::from_fen(self.fen() + other.fen())
    }
}

impl Sub for Amount {
    type Output = Amount;
    fn sub(self, other: Amount) -> Amount {
        Amount::from_fen(self.fen() - other.fen())
    }
}

impl Neg for Amount {
    type Output = Amount;
    fn neg(self) -> Amount {
        Amount::from_fen(-self.fen())
    }
}

impl AddAssign for Amount {
    fn add_assign(&mut self, other: Amount) {
        *self = *self + other;
    }
}

impl SubAssign for Amount {
    fn sub_assign(&mut self, other: Amount) {
        *self = *self - other;
    }
}

impl Sum for Amount {
    fn sum<I: Iterator<Item = Amount>>(amounts: I) -> Amount {
        amounts.fold(Amount::ZERO, Add::add)
    }
}

impl Default for Amount {
    fn default() -> Amount {
        Amount::ZERO
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fen = self.fen();
        let sign = if fen < 0 { "-" } else { "" };
        let text = format!(
            "{sign}{}.{:02}",
            fen.unsigned_abs() / 100,
            fen.unsigned_abs() % 100
        );
        f.pad(&text)
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_string())
    }
}

/// The wire form: never negative, bounded.
impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Amount, D::Error> {
        let text = String::deserialize(deserializer)?;
        Amount::parse(&text).map_err(de::Error::custom)
    }
}

/// Serde form of amounts that the ledger itself wrote: a sign is allowed and sums may
/// exceed what one statement may hold. For `#[serde(with = "…")]`.
pub mod signed {
    use super::{Amount, AmountError, String};
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    /// Writes the amount with its sign.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(amount: &Amount, serializer: S) -> Result<S::Ok, S::Error> {
        amount.serialize(serializer)
    }

    /// Reads an amount with or without a minus sign.
    ///
    /// # Errors
    /// Those of the deserializer, and a text that is not an amount.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Amount, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (sign, digits) = match text.strip_prefix('-') {
            Some(rest) if rest != "0.00" => (-1, rest),
            Some(_) => return Err(de::Error::custom(AmountError::Format)),
            None => (1, text.as_str()),
        };
        let (yuan, fen) = digits
            .split_once('.')
            .ok_or_else(|| de::Error::custom(AmountError::Format))?;
        let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let superfluous_zero = yuan.len() > 1 && yuan.starts_with('0');
        if yuan.is_empty() || yuan.len() > 26 || fen.len() != 2 || superfluous_zero {
            return Err(de::Error::custom(AmountError::Format));
        }
        if !plain(yuan) || !plain(fen) {
            return Err(de::Error::custom(AmountError::Format));
        }
        let number = |part: &str| part.parse::<i128>().map_err(de::Error::custom);
        Ok(Amount::from_fen(
            sign * (number(yuan)? * 100 + number(fen)?),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn yuan(text: &str) -> Amount {
        Amount::parse(text).unwrap()
    }

    #[test]
    fn only_the_wire_form_is_an_amount() {
        for good in ["0.00", "0.01", "600000.00", "999999999999.99"] {
            assert_eq!(yuan(good).to_string(), good);
        }
        for bad in [
            "", "1", "1.0", "1.000", "01.00", "+1.00", " 1.00", "1.00 ", "1,000.00", ".00", "1.",
            "１.00", "1e3", "NaN", "0x1.00", "--1.00",
        ] {
            assert_eq!(Amount::parse(bad), Err(AmountError::Format), "{bad:?}");
        }
        assert_eq!(Amount::parse("-0.01"), Err(AmountError::Negative));
        assert_eq!(
            Amount::parse("1000000000000.00"),
            Err(AmountError::Overflow)
        );
        let enormous = "9".repeat(400) + ".00";
        assert_eq!(Amount::parse(&enormous), Err(AmountError::Overflow));
    }

    #[test]
    fn thirty_percent_rounds_half_up() {
        // reference/scenarios.md S22, S25, S30, S36
        for (loss, share) in [
            ("1234567.89", "370370.37"),
            ("5000000.02", "1500000.01"),
            ("1333333.34", "400000.00"),
            ("3000000.01", "900000.00"),
            ("0.05", "0.02"),
            ("0.15", "0.05"),
        ] {
            assert_eq!(yuan(loss).basis_points(3000, Rounding::HalfUp), yuan(share));
        }
        assert_eq!(
            yuan("0.05").basis_points(3000, Rounding::Down),
            yuan("0.01")
        );
    }

    #[test]
    fn a_fraction_of_a_mixed_loan() {
        // S29, S30
        let part = |out: &str| {
            yuan(out).fraction(yuan("2000000.00"), yuan("6000000.00"), Rounding::HalfUp)
        };
        assert_eq!(part("4500000.00"), yuan("1500000.00"));
        assert_eq!(part("4000000.01"), yuan("1333333.34"));
    }

    #[test]
    fn largest_remainder_adds_up() {
        // S83, S36
        let split = yuan("7654321.09").split(&[yuan("7000000.00"), yuan("3000000.00")]);
        assert_eq!(split, vec![yuan("5358024.76"), yuan("2296296.33")]);
        let split = yuan("900000.00").split(&[yuan("600000.00"), yuan("2400000.01")]);
        assert_eq!(split, vec![yuan("180000.00"), yuan("720000.00")]);
        let split = yuan("0.01").split(&[yuan("1.00"), yuan("1.00")]);
        assert_eq!(split, vec![yuan("0.01"), yuan("0.00")]);
    }

    #[test]
    fn wide_products_are_exact() {
        let a = u128::MAX / 3;
        assert_eq!(mul_div(a, 3, 3), (a, 0));
        assert_eq!(mul_div(u128::MAX, u128::MAX, u128::MAX), (u128::MAX, 0));
        assert_eq!(mul_div(u128::MAX, 7, u128::MAX), (7, 0));
        assert_eq!(
            mul_div(u128::MAX, 10, 11),
            mul_div_reference(u128::MAX, 10, 11)
        );
    }

    /// Splits `a` so that no product overflows.
    fn mul_div_reference(a: u128, b: u128, c: u128) -> (u128, u128) {
        let (high, low) = (a / c, a % c);
        (high * b + low * b / c, low * b % c)
    }
}

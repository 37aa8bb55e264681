//! Credit codes with right check characters, for enterprises that do not exist.

use crate::dice::Dice;

const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// A credit code: category, division, organisation, both checks.
fn credit_code(category: &str, division: &str, serial: i64) -> String {
    let mut code = format!("{category}{division}MA0N{serial:04}");
    let weights = [3, 7, 9, 10, 5, 8, 4, 2];
    let of = |one: char| i64::from(one.to_digit(36).unwrap_or(0));
    let sum: i64 = code[8..]
        .chars()
        .zip(weights)
        .map(|(one, weight)| of(one) * weight)
        .sum();
    code.push(match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from(b'0' + u8::try_from(digit).unwrap_or(0)),
    });
    let value = |one: char| {
        ALPHABET
            .iter()
            .position(|own| char::from(*own) == one)
            .unwrap_or(0)
    };
    let (mut sum, mut weight) = (0, 1);
    for one in code.chars() {
        sum += value(one) * weight;
        weight = weight * 3 % 31;
    }
    code.push(char::from(ALPHABET[(31 - sum % 31) % 31]));
    code
}

/// Some enterprises: most of the city, one with a foreign code, one sole trader.
pub(crate) fn borrowers(dice: &mut Dice) -> Vec<String> {
    let first = dice.between(100, 9000);
    let mut all: Vec<String> = (0..9)
        .map(|n| {
            credit_code(
                "91",
                ["150203", "150204", "150207"][n % 3],
                first + n as i64,
            )
        })
        .collect();
    all.push(credit_code("91", "110105", first));
    all.push(credit_code("93", "150203", first));
    all.push(credit_code("92", "150203", first));
    all
}

#[test]
fn known_codes() {
    assert_eq!(credit_code("91", "150203", 16), "91150203MA0N000164");
}

//! Amounts in capital numerals (人民币大写), as vouchers have them: hard to change by hand.
//!
//! 《支付结算办法》附一: 零壹贰叁肆伍陆柒捌玖 with 拾佰仟万亿, then 元角分. What the rule leaves
//! open is settled here, so that each amount has one form: zeros in front of a group of four
//! are one 零, zeros at its end none; 零 stands after 元 where the last digit of the yuan is
//! zero and jiao follow, or where no jiao stand before fen; 整 ends yuan and jiao, never fen.

use alloc::string::String;

use crate::amount::{AMOUNT_FEN_MAX, Amount};

const DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];
/// Of the digits within a group, from its front; the last has none.
const PLACES: [&str; 4] = ["仟", "佰", "拾", ""];
/// Of the groups of four digits, from the front.
const GROUPS: [&str; 3] = ["亿", "万", ""];

/// An amount as `人民币…`; none where it is negative, or larger than a transaction may state.
pub fn capital(amount: Amount) -> Option<String> {
    let fen = u64::try_from(amount.fen())
        .ok()
        .filter(|_| amount.fen() <= AMOUNT_FEN_MAX)?;
    let (yuan, jiao, fen) = (fen / 100, fen / 10 % 10, fen % 10);
    let mut text = String::from("人民币");
    if yuan > 0 {
        push_whole(&mut text, yuan);
        text.push('元');
    }
    if yuan == 0 && jiao == 0 && fen == 0 {
        text.push_str("零元");
    }
    let after_zero = match jiao {
        0 => fen > 0,
        _ => yuan % 10 == 0,
    };
    if yuan > 0 && after_zero {
        text.push('零');
    }
    if jiao > 0 {
        text.push(digit(jiao));
        text.push('角');
    }
    if fen > 0 {
        text.push(digit(fen));
        text.push('分');
    } else {
        text.push('整');
    }
    Some(text)
}

/// A whole number above zero of at most twelve digits.
fn push_whole(text: &mut String, number: u64) {
    let groups = [
        number / 100_000_000,
        number / 10_000 % 10_000,
        number % 10_000,
    ];
    // A group that is short of digits behind others has one 零 for what is missing, and so
    // has one that follows a group of nothing.
    let mut is_behind = false;
    let mut is_gap = false;
    for (group, unit) in groups.into_iter().zip(GROUPS) {
        if group == 0 {
            is_gap = is_behind;
            continue;
        }
        if is_behind && (is_gap || group < 1000) {
            text.push('零');
        }
        push_group(text, group);
        text.push_str(unit);
        (is_behind, is_gap) = (true, false);
    }
}

/// Four digits at most, without zeros at either end.
fn push_group(text: &mut String, group: u64) {
    let digits = [group / 1000, group / 100 % 10, group / 10 % 10, group % 10];
    let (mut is_behind, mut is_gap) = (false, false);
    for (one, place) in digits.into_iter().zip(PLACES) {
        if one == 0 {
            is_gap = is_behind;
            continue;
        }
        if is_gap {
            text.push('零');
        }
        text.push(digit(one));
        text.push_str(place);
        (is_behind, is_gap) = (true, false);
    }
}

fn digit(number: u64) -> char {
    let at = usize::try_from(number % 10).unwrap_or_default();
    DIGITS.get(at).copied().unwrap_or('零')
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;

    use super::*;

    /// Those of 《支付结算办法》附一 and of the reference.
    const OFFICIAL: [(&str, &str); 15] = [
        ("1409.50", "人民币壹仟肆佰零玖元伍角整"),
        ("6007.14", "人民币陆仟零柒元壹角肆分"),
        ("1680.32", "人民币壹仟陆佰捌拾元零叁角贰分"),
        ("107000.53", "人民币壹拾万柒仟元零伍角叁分"),
        ("16409.02", "人民币壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "人民币叁佰贰拾伍元零肆分"),
        ("10.00", "人民币壹拾元整"),
        ("0.05", "人民币伍分"),
        ("450000.00", "人民币肆拾伍万元整"),
        ("370370.37", "人民币叁拾柒万零叁佰柒拾元零叁角柒分"),
        ("1500000.00", "人民币壹佰伍拾万元整"),
        ("10000000.00", "人民币壹仟万元整"),
        ("9319984.56", "人民币玖佰叁拾壹万玖仟玖佰捌拾肆元伍角陆分"),
        ("100010000.00", "人民币壹亿零壹万元整"),
        ("100000000.01", "人民币壹亿元零壹分"),
    ];

    /// Not in the text: they follow from its rules.
    const FURTHER: [(&str, &str); 9] = [
        ("0.00", "人民币零元整"),
        ("0.50", "人民币伍角整"),
        ("0.55", "人民币伍角伍分"),
        ("1.05", "人民币壹元零伍分"),
        ("100005000.00", "人民币壹亿零伍仟元整"),
        ("100000001.00", "人民币壹亿零壹元整"),
        ("1001.00", "人民币壹仟零壹元整"),
        ("20050.10", "人民币贰万零伍拾元零壹角整"),
        (
            "999999999999.99",
            "人民币玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
        ),
    ];

    #[test]
    fn the_examples_of_the_text() {
        for (figure, text) in OFFICIAL.into_iter().chain(FURTHER) {
            assert_eq!(
                capital(Amount::parse(figure).unwrap()).as_deref(),
                Some(text),
                "{figure}"
            );
            assert_eq!(read(text), Amount::parse(figure).unwrap().fen(), "{text}");
        }
    }

    #[test]
    fn what_no_voucher_states_has_no_form() {
        for fen in [-1, -100, AMOUNT_FEN_MAX + 1, i128::MAX] {
            assert_eq!(capital(Amount::from_fen(fen)), None, "{fen}");
        }
    }

    #[test]
    fn each_amount_has_a_form_of_its_own_that_says_it() {
        let mut forms = BTreeSet::new();
        let mut checked = 0;
        // Every pattern of zeros and others in all fourteen places, and all small amounts.
        let patterns = (0..1_u32 << 14).map(|pattern| {
            (0..14).fold(0, |fen, place| {
                let digit = i128::from((pattern >> place) & 1) * i128::from(place % 9 + 1);
                fen * 10 + digit
            })
        });
        for fen in patterns.chain((1..200_000).filter(|fen| fen % 3 == 0)) {
            let text = capital(Amount::from_fen(fen)).unwrap();
            assert_eq!(read(&text), fen, "{text}");
            assert!(!text.contains("零零") && !text.contains("零元零"), "{text}");
            if forms.insert(text) {
                checked += 1;
            }
        }
        assert!(checked > 80_000, "{checked}");
    }

    /// Reads a form back: sums of digits times units, as a person does.
    fn read(text: &str) -> i128 {
        let (mut fen, mut group, mut whole, mut last) = (0, 0, 0, 0);
        for letter in text.strip_prefix("人民币").unwrap().chars() {
            let place = match letter {
                '拾' => 10,
                '佰' => 100,
                '仟' => 1000,
                _ => 0,
            };
            match letter {
                '拾' | '佰' | '仟' => group += core::mem::take(&mut last) * place,
                '亿' => {
                    whole +=
                        (core::mem::take(&mut group) + core::mem::take(&mut last)) * 100_000_000
                }
                '万' => {
                    whole += (core::mem::take(&mut group) + core::mem::take(&mut last)) * 10_000
                }
                '元' => {
                    whole += core::mem::take(&mut group) + core::mem::take(&mut last);
                    fen += whole * 100;
                }
                '角' => fen += core::mem::take(&mut last) * 10,
                '分' => fen += core::mem::take(&mut last),
                '整' => {}
                digit => {
                    let value = DIGITS.iter().position(|one| *one == digit).unwrap();
                    last = i128::try_from(value).unwrap();
                }
            }
        }
        fen
    }
}

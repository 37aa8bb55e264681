//! Figures as a page shows them: amounts, dates, counts, ids, digests.

use fundtrail_model::{Amount, Day, Moment};
use maud::{Markup, html};

/// Milliseconds from UTC to Asia/Shanghai.
const SHANGHAI_MILLIS: i64 = 8 * 60 * 60 * 1000;

/// An amount with two decimals and separators for thousands. Right-aligned in a column of
/// figures of one width, the decimal points stand below one another.
pub(crate) fn amount(amount: Amount) -> Markup {
    html! { data .amount value=(amount) { (grouped(&amount.to_string())) } }
}

/// The same, and nothing where there is none.
pub(crate) fn amount_or_none(found: Option<Amount>) -> Markup {
    html! { @if let Some(found) = found { (amount(found)) } @else { (nothing()) } }
}

/// A whole number with separators for thousands, as text.
pub(crate) fn count(count: u64) -> String {
    grouped(&count.to_string())
}

/// Hundredths of a percent as a percentage: 300 is `3.00%`.
pub(crate) fn basis_points(points: i64) -> String {
    let sign = if points < 0 { "-" } else { "" };
    let points = points.unsigned_abs();
    format!("{sign}{}.{:02}%", points / 100, points % 100)
}

/// A business date.
pub(crate) fn day(day: Day) -> Markup {
    html! { time datetime=(day) { (day) } }
}

/// The same, and nothing where there is none.
pub(crate) fn day_or_none(found: Option<Day>) -> Markup {
    html! { @if let Some(found) = found { (day(found)) } @else { (nothing()) } }
}

/// A point in time, shown in Asia/Shanghai to the second.
pub(crate) fn moment(moment: Moment) -> Markup {
    html! { time datetime=(moment) title=(moment) { (shanghai(moment)) } }
}

/// A point in time that came as text; the text itself where it is none.
pub(crate) fn short_moment(text: &str) -> Markup {
    html! {
        @match Moment::parse(text) {
            Some(found) => (moment(found)),
            None => (text),
        }
    }
}

/// An id, a code, a name of the wire.
pub(crate) fn code(text: &str) -> Markup {
    html! { code { (text) } }
}

/// A long digest, cut by its style where it stands: whoever selects or hears it has all of it.
pub(crate) fn digest(text: &str) -> Markup {
    html! { code .digest title=(text) { (text) } }
}

/// The place of a figure that there is not.
pub(crate) fn nothing() -> Markup {
    html! { span .nothing aria-hidden="true" { "–" } }
}

/// `-1500000.00` as `-1,500,000.00`.
pub(crate) fn grouped(text: &str) -> String {
    let (sign, rest) = text
        .strip_prefix('-')
        .map_or(("", text), |rest| ("-", rest));
    let (whole, fraction) = rest
        .split_once('.')
        .map_or((rest, None), |(w, f)| (w, Some(f)));
    let mut out = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

fn shanghai(moment: Moment) -> String {
    let local = Moment::from_millis(moment.millis() + SHANGHAI_MILLIS).unwrap_or(moment);
    let text = local.to_string().replacen('T', " ", 1);
    text.get(..19).unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        for (text, shown) in [
            ("0.00", "0.00"),
            ("999.99", "999.99"),
            ("1000.00", "1,000.00"),
            ("-1500000.00", "-1,500,000.00"),
            ("-999.00", "-999.00"),
            ("10000000", "10,000,000"),
        ] {
            assert_eq!(grouped(text), shown);
        }
    }

    #[test]
    fn times_are_shown_in_shanghai() {
        let late = Moment::parse("2022-08-29T16:00:01.999Z").unwrap();
        let shown = moment(late).into_string();
        assert!(shown.contains(">2022-08-30 00:00:01<"), "{shown}");
        assert!(
            shown.contains("datetime=\"2022-08-29T16:00:01.999Z\""),
            "{shown}"
        );
    }

    #[test]
    fn ratios_have_two_decimals() {
        assert_eq!(basis_points(300), "3.00%");
        assert_eq!(basis_points(5), "0.05%");
        assert_eq!(basis_points(-1234), "-12.34%");
    }
}

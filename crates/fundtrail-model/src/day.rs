//! Business dates and moments.
//!
//! A [`Day`] is what parties sign; a [`Moment`] is when the ledger recorded, or when a
//! notice went out. Absent on purpose: any way to ask what time it is.

use alloc::string::{String, ToString};
use core::fmt;

use chrono::{DateTime, Datelike, Days, NaiveDate, SecondsFormat, TimeDelta, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A calendar date in Asia/Shanghai, in the years 1900 to 2199, written `2022-08-29`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(NaiveDate);

impl Day {
    /// A date by its numbers; none outside the range or the calendar.
    pub fn new(year: i32, month: u32, day: u32) -> Option<Day> {
        NaiveDate::from_ymd_opt(year, month, day).and_then(Day::from_date)
    }

    /// A date of chrono's; none outside the range.
    pub fn from_date(date: NaiveDate) -> Option<Day> {
        (1900..=2199).contains(&date.year()).then_some(Day(date))
    }

    /// Parses exactly `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Option<Day> {
        let bytes = text.as_bytes();
        let shaped = bytes.len() == 10
            && bytes.iter().enumerate().all(|(at, byte)| match at {
                4 | 7 => *byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !shaped {
            return None;
        }
        Day::new(
            text[..4].parse().ok()?,
            text[5..7].parse().ok()?,
            text[8..].parse().ok()?,
        )
    }

    /// As chrono's date.
    pub fn date(self) -> NaiveDate {
        self.0
    }

    /// The calendar year.
    pub fn year(self) -> u16 {
        u16::try_from(self.0.year()).unwrap_or(u16::MAX)
    }

    /// So many calendar days later, or earlier when negative; none outside the range.
    pub fn plus_days(self, days: i64) -> Option<Day> {
        let span = Days::new(days.unsigned_abs());
        let date = if days < 0 {
            self.0.checked_sub_days(span)
        } else {
            self.0.checked_add_days(span)
        };
        date.and_then(Day::from_date)
    }

    /// Calendar days from `earlier` to this day; negative when this day is before it.
    pub fn days_since(self, earlier: Day) -> i64 {
        (self.0 - earlier.0).num_days()
    }

    /// A number that sorts as the day does, for storage keys.
    pub fn number(self) -> u32 {
        u32::try_from(self.0.num_days_from_ce()).unwrap_or(0)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Day, D::Error> {
        let text = String::deserialize(deserializer)?;
        Day::parse(&text).ok_or_else(|| {
            de::Error::custom(
                "DATE_FORMAT: a date is written YYYY-MM-DD, in the years 1900 to 2199",
            )
        })
    }
}

/// A point in time, to the millisecond, written `2022-08-29T02:00:00.000Z`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(DateTime<Utc>);

/// The offset of Asia/Shanghai, which has no daylight saving time (A41).
const SHANGHAI: TimeDelta = TimeDelta::hours(8);

impl Moment {
    /// A moment so many milliseconds after 1970-01-01T00:00:00Z; none outside 1900 to 2199,
    /// in UTC and in Asia/Shanghai.
    pub fn from_millis(millis: i64) -> Option<Moment> {
        let moment = Moment(DateTime::from_timestamp_millis(millis)?);
        let days = [moment.0.date_naive(), moment.day().0];
        let in_range = days.into_iter().all(|day| Day::from_date(day).is_some());
        in_range.then_some(moment)
    }

    /// Parses RFC 3339 in its strictest spelling: `T`, `Z` or `±hh:mm`, no leap second, a
    /// fraction of at most nine digits. What is below a millisecond is dropped.
    pub fn parse(text: &str) -> Option<Moment> {
        if !is_strict(text) {
            return None;
        }
        let moment = DateTime::parse_from_rfc3339(text).ok()?;
        Moment::from_millis(moment.timestamp_millis())
    }

    /// Milliseconds after 1970-01-01T00:00:00Z.
    pub fn millis(self) -> i64 {
        self.0.timestamp_millis()
    }

    /// The calendar date in Asia/Shanghai.
    pub fn day(self) -> Day {
        let local = self.0.naive_utc().checked_add_signed(SHANGHAI);
        Day(local.map_or(self.0.date_naive(), |moment| moment.date()))
    }

    /// The first moment of a day in Asia/Shanghai.
    pub fn start_of(day: Day) -> Moment {
        let midnight = day.0.and_time(chrono::NaiveTime::MIN);
        Moment(
            midnight
                .checked_sub_signed(SHANGHAI)
                .unwrap_or(midnight)
                .and_utc(),
        )
    }
}

/// Whether a text has the shape `YYYY-MM-DDThh:mm:ss[.fraction](Z|±hh:mm)`. RFC 3339 and
/// its readers allow more spellings, each reader others.
fn is_strict(text: &str) -> bool {
    let Some((seconds, rest)) = text.split_at_checked(19) else {
        return false;
    };
    let shaped = |text: &str, shape: &str| {
        text.len() == shape.len()
            && text
                .bytes()
                .zip(shape.bytes())
                .all(|(byte, wanted)| match wanted {
                    b'0' => byte.is_ascii_digit(),
                    b'+' => matches!(byte, b'+' | b'-'),
                    _ => byte == wanted,
                })
    };
    let (fraction, offset) = match rest.strip_prefix('.') {
        Some(rest) => {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            (Some(digits), rest.get(digits..).unwrap_or_default())
        }
        None => (None, rest),
    };
    shaped(seconds, "0000-00-00T00:00:00")
        && !seconds.ends_with("60")
        && fraction.is_none_or(|digits| (1..=9).contains(&digits))
        && (offset == "Z" || shaped(offset, "+00:00"))
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_string())
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Moment, D::Error> {
        let text = String::deserialize(deserializer)?;
        Moment::parse(&text).ok_or_else(|| {
            de::Error::custom("TIME_FORMAT: a time is written like 2023-03-20T10:00:00+08:00")
        })
    }
}

/// A moment, or only its day where the time of day is not known (A17).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// The time of day is known.
    At(Moment),
    /// Only the date is known.
    On(Day),
}

impl When {
    /// The calendar date in Asia/Shanghai.
    pub fn day(self) -> Day {
        match self {
            When::At(moment) => moment.day(),
            When::On(day) => day,
        }
    }

    /// Whether this is certainly before `moment`: a date alone on the same day is not (A17).
    pub fn is_before(self, moment: Moment) -> bool {
        match self {
            When::At(this) => this < moment,
            When::On(day) => day < moment.day(),
        }
    }
}

impl Serialize for When {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            When::At(moment) => moment.serialize(serializer),
            When::On(day) => day.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<When, D::Error> {
        let text = String::deserialize(deserializer)?;
        let moment = || Moment::parse(&text).map(When::At);
        Day::parse(&text).map(When::On).or_else(moment).ok_or_else(|| {
            de::Error::custom(
                "TIME_FORMAT: written like 2023-03-20T10:00:00+08:00, or as a date where the time is not known",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_strict_and_bounded() {
        assert_eq!(
            Day::parse("2024-02-29")
                .map(|day| day.to_string())
                .as_deref(),
            Some("2024-02-29")
        );
        for bad in [
            "2023-02-29",
            "1899-12-31",
            "2200-01-01",
            "2023-2-01",
            "2023-02-01 ",
            "+023-02-01",
            "２023-02-1",
            "20230201",
            "",
        ] {
            assert_eq!(Day::parse(bad), None, "{bad:?}");
        }
        assert_eq!(Day::new(2199, 12, 31).unwrap().plus_days(1), None);
        assert_eq!(
            Day::new(2022, 6, 30).unwrap().plus_days(60),
            Day::new(2022, 8, 29)
        );
        assert_eq!(Day::new(2022, 6, 30).unwrap().plus_days(i64::MIN), None);
    }

    #[test]
    fn moments_have_one_spelling_for_each_part() {
        for good in [
            "2023-03-20T10:00:00.5+08:00",
            "2023-03-20T10:00:00.123456789Z",
            "2023-03-20T10:00:00-00:00",
            "1900-01-01T00:00:00Z",
            "2199-12-31T15:59:59.999Z",
        ] {
            assert!(Moment::parse(good).is_some(), "{good:?}");
        }
        for bad in [
            "2023-03-20t10:00:00Z",
            "2023-03-20T10:00:00z",
            "2023-03-20 10:00:00Z",
            "2016-12-31T23:59:60Z",
            "2023-03-20T10:00:00\u{2212}08:00",
            "2023-03-20T10:00:00.1234567890Z",
            "2023-03-20T10:00:00.Z",
            "2023-03-20T10:00:00",
            "2023-03-20T10:00:00+0800",
            "2023-02-29T10:00:00Z",
            "2199-12-31T16:00:00Z",
            "1900-01-01T00:00:00+08:00",
            "2023-03-20T10:00:0\u{661}Z",
            "",
        ] {
            assert_eq!(Moment::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn moments_have_a_shanghai_day() {
        let late = Moment::parse("2023-03-20T16:00:00Z").unwrap();
        assert_eq!(late.day(), Day::new(2023, 3, 21).unwrap());
        assert_eq!(Moment::start_of(late.day()), late);
        let ten = Moment::parse("2023-03-20T10:00:00+08:00").unwrap();
        assert_eq!(ten.to_string(), "2023-03-20T02:00:00.000Z");
        assert!(When::At(Moment::from_millis(ten.millis() - 1).unwrap()).is_before(ten));
        assert!(!When::At(ten).is_before(ten));
        assert!(!When::On(ten.day()).is_before(ten));
    }
}

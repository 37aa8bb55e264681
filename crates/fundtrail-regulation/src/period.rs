//! Reporting periods: a month, a quarter, a half-year or a year (measure, articles 19 and 20).
//!
//! A period is its two days; there is no way to make one that the calendar does not have.
//! Absent on purpose: when a report on a period is due, which is policy.

use alloc::string::String;
use chrono::Datelike;
use core::fmt;
use fundtrail_model::Day;
use serde::{Deserialize, Serialize};

/// How long a period is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Span {
    /// A calendar month, written `2022-03`.
    Month,
    /// A calendar quarter, written `2022Q1`.
    Quarter,
    /// Half a calendar year, written `2022H1`.
    HalfYear,
    /// A calendar year, written `2022`.
    Year,
}

/// A period; periods are ordered by their first days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period {
    first: Day,
    last: Day,
    span: Span,
}

impl Period {
    /// Reads the written form: `2022-03`, `2022Q1`, `2022H1` or `2022`, and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, part) = text.split_at_checked(4)?;
        let (span, count) = match part.split_at_checked(1) {
            None => (Span::Year, 1),
            Some(("H", half)) => (Span::HalfYear, number(half, 1)?),
            Some(("Q", quarter)) => (Span::Quarter, number(quarter, 1)?),
            Some(("-", month)) => (Span::Month, number(month, 2)?),
            Some(_) => return None,
        };
        let year = i32::try_from(number(year, 4)?).ok()?;
        Self::new(year, span, count)
    }

    /// The period of this length in which a day lies.
    pub fn containing(day: Day, span: Span) -> Option<Self> {
        let date = day.date();
        Self::new(date.year(), span, date.month0() / span.months() + 1)
    }

    /// The `count`-th period of this length in a year, counted from 1.
    fn new(year: i32, span: Span, count: u32) -> Option<Self> {
        let months = span.months();
        if count == 0 || count > 12 / months {
            return None;
        }
        let last_month = count * months;
        let first = Day::new(year, last_month + 1 - months, 1)?;
        let last = (28..=31)
            .rev()
            .find_map(|day| Day::new(year, last_month, day))?;
        Some(Self { first, last, span })
    }

    /// The length.
    pub fn span(self) -> Span {
        self.span
    }

    /// The first day of the period.
    pub fn first_day(self) -> Day {
        self.first
    }

    /// The last day of the period.
    pub fn last_day(self) -> Day {
        self.last
    }

    /// Whether a day lies in the period.
    pub fn contains(self, day: Day) -> bool {
        (self.first..=self.last).contains(&day)
    }

    /// The period of the same length that follows; none after the last year there is.
    pub fn next(self) -> Option<Self> {
        Self::containing(self.last.plus_days(1)?, self.span)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let year = self.first.date().year();
        let count = self.first.date().month0() / self.span.months() + 1;
        match self.span {
            Span::Month => write!(f, "{year:04}-{count:02}"),
            Span::Quarter => write!(f, "{year:04}Q{count}"),
            Span::HalfYear => write!(f, "{year:04}H{count}"),
            Span::Year => write!(f, "{year:04}"),
        }
    }
}

/// A text is not the written form of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a period is written 2022-03, 2022Q1, 2022H1 or 2022")]
pub struct NotAPeriod;

impl TryFrom<String> for Period {
    type Error = NotAPeriod;

    fn try_from(text: String) -> Result<Self, NotAPeriod> {
        Self::parse(&text).ok_or(NotAPeriod)
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        alloc::format!("{period}")
    }
}

impl Span {
    /// Months of one period.
    const fn months(self) -> u32 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::HalfYear => 6,
            Self::Year => 12,
        }
    }
}

/// A number written with exactly so many ASCII digits.
fn number(text: &str, digits: usize) -> Option<u32> {
    let plain = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn every_written_form_comes_back() {
        for (text, first, last, next) in [
            ("2022", "2022-01-01", "2022-12-31", "2023"),
            ("2022H1", "2022-01-01", "2022-06-30", "2022H2"),
            ("2022H2", "2022-07-01", "2022-12-31", "2023H1"),
            ("2022Q1", "2022-01-01", "2022-03-31", "2022Q2"),
            ("2022Q4", "2022-10-01", "2022-12-31", "2023Q1"),
            ("2024-02", "2024-02-01", "2024-02-29", "2024-03"),
            ("2100-02", "2100-02-01", "2100-02-28", "2100-03"),
            ("2022-12", "2022-12-01", "2022-12-31", "2023-01"),
        ] {
            let period = Period::parse(text).unwrap();
            assert_eq!(period.to_string(), text);
            assert_eq!(period.first_day(), day(first));
            assert_eq!(period.last_day(), day(last));
            assert_eq!(period.next().unwrap().to_string(), next);
            assert_eq!(Period::containing(day(first), period.span()), Some(period));
            assert_eq!(Period::containing(day(last), period.span()), Some(period));
            assert!(period.contains(day(last)) && !period.contains(day("2199-01-01")));
            let json = serde_json::to_string(&period).unwrap();
            assert_eq!(serde_json::from_str::<Period>(&json).unwrap(), period);
        }
    }

    #[test]
    fn every_period_of_a_year_follows_the_one_before() {
        for (start, count) in [("2024-01", 12), ("2024Q1", 4), ("2024H1", 2), ("2024", 1)] {
            let mut period = Period::parse(start).unwrap();
            assert_eq!(period.first_day(), day("2024-01-01"));
            for _ in 1..count {
                let next = period.next().unwrap();
                assert_eq!(period.last_day().plus_days(1), Some(next.first_day()));
                assert_eq!(Period::parse(&next.to_string()), Some(next));
                assert!(period < next);
                period = next;
            }
            assert_eq!(period.last_day(), day("2024-12-31"));
        }
        assert_eq!(Period::parse("2199").unwrap().next(), None);
    }

    #[test]
    fn other_texts_are_no_period() {
        for text in [
            "",
            "22",
            "202",
            "2022 ",
            " 2022",
            "+202",
            "2022Q",
            "2022Q0",
            "2022Q5",
            "2022q1",
            "2022Q01",
            "2022H0",
            "2022H3",
            "2022-0",
            "2022-00",
            "2022-13",
            "2022-3",
            "2022-003",
            "2022-01-01",
            "1899",
            "2200",
            "20２2",
            "202二Q1",
            "二〇二二",
            "2022Q１",
            "2022-+1",
        ] {
            assert_eq!(Period::parse(text), None, "{text}");
        }
        assert!(serde_json::from_str::<Period>("\"2022Q5\"").is_err());
    }
}

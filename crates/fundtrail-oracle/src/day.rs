//! Days and moments as whole numbers, and the counting rules of the Civil Code.

use std::fmt;

/// Seconds since 1970-01-01T00:00:00Z.
pub type Second = i64;

/// The city's offset from UTC in seconds: +08:00, without summer time (A41).
pub const OFFSET: Second = 8 * 3600;

/// A calendar day: days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i64);

/// A day taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// Four digits.
    pub year: i64,
    /// 1 to 12.
    pub month: i64,
    /// 1 to 31.
    pub day: i64,
}

/// When money was paid out: to the second, or by the day only (A17).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// The time is not known.
    On(Day),
    /// To the second.
    At(Second),
}

const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// The number of days of a year.
pub const fn days_of_year(year: i64) -> i64 {
    if is_leap(year) { 366 } else { 365 }
}

const fn days_of_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl Day {
    /// The day of that date; a day beyond the month's end is the month's last.
    pub fn new(year: i64, month: i64, day: i64) -> Day {
        let years: i64 = (1970..year).map(days_of_year).sum();
        let months: i64 = (1..month).map(|month| days_of_month(year, month)).sum();
        Day(years + months + day.min(days_of_month(year, month)) - 1)
    }

    /// Year, month and day.
    pub fn parts(self) -> Parts {
        let (mut year, mut rest) = (1970, self.0);
        while rest >= days_of_year(year) {
            rest -= days_of_year(year);
            year += 1;
        }
        let mut month = 1;
        while rest >= days_of_month(year, month) {
            rest -= days_of_month(year, month);
            month += 1;
        }
        let day = rest + 1;
        Parts { year, month, day }
    }

    /// So many days later.
    #[must_use]
    pub const fn plus(self, days: i64) -> Day {
        Day(self.0 + days)
    }

    /// The corresponding day so many years later, or the month's last (Civil Code 202).
    #[must_use]
    pub fn plus_years(self, years: i64) -> Day {
        let Parts { year, month, day } = self.parts();
        Day::new(year + years, month, day)
    }

    /// 0 is Monday.
    pub const fn weekday(self) -> i64 {
        (self.0 + 3).rem_euclid(7)
    }

    /// The day on which a moment falls in the city.
    pub const fn of(moment: Second) -> Day {
        Day((moment + OFFSET).div_euclid(86_400))
    }

    /// The day's first second in the city.
    pub const fn start(self) -> Second {
        self.0 * 86_400 - OFFSET
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts { year, month, day } = self.parts();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl When {
    /// The day.
    pub const fn day(self) -> Day {
        match self {
            When::On(day) => day,
            When::At(moment) => Day::of(moment),
        }
    }

    /// Whether it is before a moment; on the moment's own day a date alone is not (A17).
    pub fn is_before(self, moment: Second) -> bool {
        match self {
            When::On(day) => day < Day::of(moment),
            When::At(own) => own < moment,
        }
    }

    /// Orders disbursements: by day, and of one day a date alone first.
    pub const fn order(self) -> (Day, Option<Second>) {
        match self {
            When::On(day) => (day, None),
            When::At(moment) => (Day::of(moment), Some(moment)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_almanac() {
        assert_eq!(Day::new(1970, 1, 1), Day(0));
        assert_eq!(Day::new(2022, 8, 29).to_string(), "2022-08-29");
        assert_eq!(Day::new(2022, 6, 30).plus(60), Day::new(2022, 8, 29));
        assert_eq!(Day::new(2022, 12, 31).plus(60), Day::new(2023, 3, 1));
        assert_eq!(Day::new(2023, 10, 23).plus(60), Day::new(2023, 12, 22));
        assert_eq!(Day::new(2022, 9, 20).weekday(), 1);
        assert_eq!(Day::new(2020, 2, 29).plus_years(1), Day::new(2021, 2, 28));
    }

    #[test]
    fn a_date_alone_is_not_before_a_notice_of_its_day() {
        let day = Day::new(2023, 3, 20);
        let notice = day.start() + 36_000;
        assert!(When::At(notice - 1).is_before(notice));
        assert!(!When::At(notice).is_before(notice));
        assert!(!When::On(day).is_before(notice));
        assert!(When::On(day.plus(-1)).is_before(notice));
    }
}

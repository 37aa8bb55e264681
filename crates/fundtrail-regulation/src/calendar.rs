//! Working days by the State Council's yearly notices, and the counting of days and years.
//!
//! A day is a working day if a notice makes it one, or if it is Monday to Friday and no notice
//! takes it off. What no adopted notice covers is missing, never guessed. Absent on purpose:
//! the clock, and which periods the regulation sets.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use chrono::{Datelike, Weekday};
use fundtrail_model::Day;
use serde::{Deserialize, Serialize};

/// Most days off in one notice.
pub const DAYS_OFF_MAX: i64 = 80;
/// Most make-up working days in one notice.
pub const DAYS_WORK_MAX: usize = 40;
/// Most characters of a notice's source.
pub const SOURCE_CHARS_MAX: usize = 200;

/// One year's notice (国务院办公厅关于部分节假日安排的通知). A year's days off may begin in the
/// December before and end in the January after, and then stand in that year's notice only:
/// 2022-12-31 stands in the notice for 2023.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearNotice {
    /// The year the notice is for, 1900 to 2199.
    pub year: u16,
    /// Title and number of the notice, 1 to 200 characters.
    pub source: String,
    /// Days off as ranges from first to last day, both included, ascending and disjoint.
    pub off: Vec<(Day, Day)>,
    /// Saturdays and Sundays that are working days (调休), ascending.
    pub work: Vec<Day>,
}

impl YearNotice {
    /// Checks that the notice is in order by itself.
    ///
    /// # Errors
    /// [`NoticeError`]: the first thing found wrong.
    pub fn check(&self) -> Result<(), NoticeError> {
        let year = self.year;
        let source_chars = self.source.chars().take(SOURCE_CHARS_MAX + 1).count();
        if !(1900..=2199).contains(&year) {
            return Err(NoticeError::Year { year });
        }
        if !(1..=SOURCE_CHARS_MAX).contains(&source_chars) {
            return Err(NoticeError::Source);
        }
        if self.source.chars().any(char::is_control) {
            return Err(NoticeError::Source);
        }
        if self.work.len() > DAYS_WORK_MAX {
            return Err(NoticeError::TooManyDays);
        }
        self.check_days_off()?;
        self.check_days_worked()
    }

    fn check_days_off(&self) -> Result<(), NoticeError> {
        let mut before = None;
        let mut days = 0;
        for &(first, last) in &self.off {
            if first > last || before.is_some_and(|before| before >= first) {
                return Err(NoticeError::Order { day: first });
            }
            self.check_window(first)?;
            self.check_window(last)?;
            days += days_between(first, last) + 1;
            if days > DAYS_OFF_MAX {
                return Err(NoticeError::TooManyDays);
            }
            before = Some(last);
        }
        Ok(())
    }

    fn check_days_worked(&self) -> Result<(), NoticeError> {
        let mut before = None;
        for &day in &self.work {
            if before.is_some_and(|before| before >= day) {
                return Err(NoticeError::Order { day });
            }
            self.check_window(day)?;
            if !is_weekend(day) {
                return Err(NoticeError::NotWeekend { day });
            }
            if self.takes_off(day) {
                return Err(NoticeError::Contradiction { day });
            }
            before = Some(day);
        }
        Ok(())
    }

    fn check_window(&self, day: Day) -> Result<(), NoticeError> {
        let month = day.date().month();
        let fits = match i32::from(self.year) - i32::from(day.year()) {
            0 => true,
            1 => month == 12,
            -1 => month == 1,
            _ => false,
        };
        if fits {
            Ok(())
        } else {
            Err(NoticeError::OtherYear { day })
        }
    }

    fn takes_off(&self, day: Day) -> bool {
        self.off
            .iter()
            .any(|&(first, last)| (first..=last).contains(&day))
    }

    /// The first day that this notice makes a working day and the other takes off.
    fn contradiction(&self, other: &Self) -> Option<Day> {
        self.work.iter().copied().find(|&day| other.takes_off(day))
    }
}

/// The adopted notices as one union. A later notice for the same year replaces the earlier
/// one whole, which is also how a region's extra day off is added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    years: BTreeMap<u16, YearNotice>,
}

impl Calendar {
    /// The calendar of several notices, adopted in this order.
    ///
    /// # Errors
    /// [`NoticeError`] of the first notice that cannot be adopted.
    pub fn from_notices(
        notices: impl IntoIterator<Item = YearNotice>,
    ) -> Result<Self, NoticeError> {
        let mut calendar = Self::default();
        for notice in notices {
            calendar.adopt(notice)?;
        }
        Ok(calendar)
    }

    /// Adopts a notice in place of any earlier one for its year; on error nothing changes.
    ///
    /// # Errors
    /// [`NoticeError`]: not in order, or contradicting the notice of a neighbouring year.
    pub fn adopt(&mut self, notice: YearNotice) -> Result<(), NoticeError> {
        notice.check()?;
        for (_, other) in self
            .near(notice.year)
            .filter(|(year, _)| **year != notice.year)
        {
            let day = notice
                .contradiction(other)
                .or_else(|| other.contradiction(&notice));
            if let Some(day) = day {
                return Err(NoticeError::Contradiction { day });
            }
        }
        self.years.insert(notice.year, notice);
        Ok(())
    }

    /// Whether the notice for the day's year is adopted.
    pub fn covers(&self, day: Day) -> bool {
        self.years.contains_key(&day.year())
    }

    /// Whether a day is a working day.
    ///
    /// # Errors
    /// [`CalendarMissing`]: no notice for the day's year is adopted.
    pub fn is_working_day(&self, day: Day) -> Result<bool, CalendarMissing> {
        let year = day.year();
        if !self.covers(day) {
            return Err(CalendarMissing { year });
        }
        let mut off = is_weekend(day);
        for (_, notice) in self.near(year) {
            if notice.work.contains(&day) {
                return Ok(true);
            }
            off |= notice.takes_off(day);
        }
        Ok(!off)
    }

    /// The `count`-th working day after a day. The day itself is not counted (民法典 201), be
    /// it a working day or not, so only the days after it need a notice.
    ///
    /// # Errors
    /// [`CalendarMissing`]: the count reaches a year without an adopted notice.
    pub fn nth_working_day_after(&self, day: Day, count: u32) -> Result<Day, CalendarMissing> {
        let mut reached = day;
        let mut counted = 0;
        while counted < count {
            let year = reached.year().saturating_add(1);
            reached = reached.plus_days(1).ok_or(CalendarMissing { year })?;
            counted += u32::from(self.is_working_day(reached)?);
        }
        Ok(reached)
    }

    /// The notices that may name days of a year, from the year before to the year after.
    fn near(&self, year: u16) -> impl Iterator<Item = (&u16, &YearNotice)> {
        self.years
            .range(year.saturating_sub(1)..=year.saturating_add(1))
    }
}

/// The corresponding day so many years later, or the last day of that month if it has no
/// such day (民法典 202). Beyond the last day there is, that last day.
pub fn anniversary(day: Day, years: u32) -> Day {
    shifted(day, i64::from(years))
        .or(Day::new(2199, 12, 31))
        .unwrap_or(day)
}

/// The corresponding day so many years earlier, or the last day of that month if it has no
/// such day. Before the first day there is, that first day.
pub fn years_before(day: Day, years: u32) -> Day {
    shifted(day, -i64::from(years))
        .or(Day::new(1900, 1, 1))
        .unwrap_or(day)
}

/// Calendar days from one day to another, the first not counted (民法典 201); negative if
/// `to` is earlier. Days overdue are `days_between(due, as_of)`.
pub fn days_between(from: Day, to: Day) -> i64 {
    to.days_since(from)
}

fn shifted(day: Day, years: i64) -> Option<Day> {
    let date = day.date();
    let year = i32::try_from(i64::from(date.year()) + years).ok()?;
    let corresponding = Day::new(year, date.month(), date.day());
    // Only 29 February can lack a corresponding day; the month then ends on the 28th.
    corresponding.or_else(|| Day::new(year, date.month(), date.day().min(28)))
}

fn is_weekend(day: Day) -> bool {
    matches!(day.date().weekday(), Weekday::Sat | Weekday::Sun)
}

/// The calendar of a year that a deadline reaches is not adopted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no calendar is adopted for {year}")]
pub struct CalendarMissing {
    /// The first year that is missing.
    pub year: u16,
}

impl CalendarMissing {
    /// The stable refusal code.
    pub const fn code(self) -> &'static str {
        "CALENDAR_MISSING"
    }
}

/// Why a notice cannot be adopted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoticeError {
    /// The year is not between 1900 and 2199.
    #[error("year {year} is out of range")]
    Year {
        /// The year that was given.
        year: u16,
    },
    /// The source is empty, too long or has control characters.
    #[error("the source is not a text of 1 to {SOURCE_CHARS_MAX} characters in one line")]
    Source,
    /// More days off or make-up working days than any year has.
    #[error("more than {DAYS_OFF_MAX} days off or {DAYS_WORK_MAX} make-up working days")]
    TooManyDays,
    /// A range ends before it begins, or days do not ascend.
    #[error("{day} is out of order")]
    Order {
        /// The day, or the first day of the range.
        day: Day,
    },
    /// The day is not of the notice's year, the December before or the January after.
    #[error("{day} does not belong to the notice's year")]
    OtherYear {
        /// The day.
        day: Day,
    },
    /// A make-up working day is no Saturday or Sunday.
    #[error("{day} is not on a weekend")]
    NotWeekend {
        /// The day.
        day: Day,
    },
    /// A day is both a day off and a make-up working day.
    #[error("{day} is both a day off and a working day")]
    Contradiction {
        /// The day.
        day: Day,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::period::Period;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn notices() -> Vec<YearNotice> {
        serde_json::from_str(include_str!("../data/cn-state-council.json")).unwrap()
    }

    fn adopted() -> Calendar {
        Calendar::from_notices(notices()).unwrap()
    }

    /// Received, the 15th working day after, and what Monday to Friday alone would give.
    const DEADLINES: [(&str, &str, &str); 14] = [
        ("2022-09-20", "2022-10-14", "2022-10-11"),
        ("2023-01-10", "2023-02-03", "2023-01-31"),
        ("2022-01-20", "2022-02-15", "2022-02-10"),
        ("2022-04-20", "2022-05-12", "2022-05-11"),
        ("2023-04-14", "2023-05-08", "2023-05-05"),
        ("2022-06-02", "2022-06-24", "2022-06-23"),
        ("2022-10-15", "2022-11-04", "2022-11-04"),
        ("2022-01-29", "2022-02-24", "2022-02-18"),
        ("2022-12-20", "2023-01-11", "2023-01-10"),
        ("2023-09-18", "2023-10-13", "2023-10-09"),
        ("2024-02-01", "2024-02-27", "2024-02-22"),
        ("2025-01-15", "2025-02-11", "2025-02-05"),
        ("2025-09-19", "2025-10-16", "2025-10-10"),
        ("2026-02-06", "2026-03-05", "2026-02-27"),
    ];

    #[test]
    fn the_15th_working_day_after_receipt() {
        let calendar = adopted();
        let weekdays = notices().into_iter().map(|notice| YearNotice {
            off: Vec::new(),
            work: Vec::new(),
            ..notice
        });
        let weekdays = Calendar::from_notices(weekdays).unwrap();
        for (received, deadline, naive) in DEADLINES {
            let received = day(received);
            assert_eq!(
                calendar.nth_working_day_after(received, 15),
                Ok(day(deadline))
            );
            assert_eq!(weekdays.nth_working_day_after(received, 15), Ok(day(naive)));
            assert_eq!(calendar.nth_working_day_after(received, 0), Ok(received));
            assert_eq!(calendar.is_working_day(day(deadline)), Ok(true));
        }
        assert_eq!(calendar.is_working_day(day("2022-01-29")), Ok(true));
        assert_eq!(calendar.is_working_day(day("2022-12-31")), Ok(false));
    }

    #[test]
    fn working_days_of_every_year_and_quarter() {
        let calendar = adopted();
        for (year, total, quarters) in [
            (2021, 250, [60, 62, 66, 62]),
            (2022, 249, [60, 62, 65, 62]),
            (2023, 249, [61, 62, 64, 62]),
            (2024, 251, [61, 62, 66, 62]),
            (2025, 248, [59, 61, 67, 61]),
            (2026, 248, [59, 61, 66, 62]),
        ] {
            let counted = [1, 2, 3, 4].map(|quarter| {
                let period = Period::parse(&alloc::format!("{year}Q{quarter}")).unwrap();
                let days = days_between(period.first_day(), period.last_day());
                let days = (0..=days).map(|n| period.first_day().plus_days(n).unwrap());
                days.filter(|day| calendar.is_working_day(*day).unwrap())
                    .count()
            });
            assert_eq!(counted, quarters, "{year}");
            assert_eq!(counted.iter().sum::<usize>(), total, "{year}");
        }
    }

    #[test]
    fn what_no_notice_covers_is_missing() {
        let calendar = adopted();
        let missing = Err(CalendarMissing { year: 2027 });
        assert_eq!(
            calendar.nth_working_day_after(day("2026-12-21"), 15),
            missing
        );
        assert_eq!(
            calendar.nth_working_day_after(day("2026-12-21"), u32::MAX),
            missing
        );
        assert!(
            calendar
                .nth_working_day_after(day("2026-12-09"), 15)
                .is_ok()
        );
        assert!(calendar.covers(day("2026-12-31")) && !calendar.covers(day("2027-01-01")));
        let early = day("2020-12-31");
        assert_eq!(
            calendar.is_working_day(early),
            Err(CalendarMissing { year: 2020 })
        );
        assert_eq!(
            calendar.nth_working_day_after(early, 1),
            Ok(day("2021-01-04"))
        );
        let mut end = YearNotice {
            year: 2199,
            ..notices().remove(0)
        };
        (end.off, end.work) = (Vec::new(), Vec::new());
        let end = Calendar::from_notices([end]).unwrap();
        let beyond = end.nth_working_day_after(day("2199-12-31"), 1);
        assert_eq!(beyond, Err(CalendarMissing { year: 2200 }));
        assert_eq!(CalendarMissing { year: 2027 }.code(), "CALENDAR_MISSING");
    }

    #[test]
    fn days_overdue_are_calendar_days() {
        for (due, days, reached) in [
            ("2022-06-30", 59, "2022-08-28"),
            ("2022-06-30", 60, "2022-08-29"),
            ("2022-12-31", 60, "2023-03-01"),
            ("2023-10-23", 60, "2023-12-22"),
            ("2023-10-24", 60, "2023-12-23"),
        ] {
            assert_eq!(days_between(day(due), day(reached)), days);
            assert_eq!(day(due).plus_days(days), Some(day(reached)));
            assert_eq!(days_between(day(reached), day(due)), -days);
        }
    }

    #[test]
    fn years_end_on_the_corresponding_day_or_the_month_end() {
        assert_eq!(anniversary(day("2021-03-01"), 1), day("2022-03-01"));
        assert_eq!(anniversary(day("2020-02-29"), 1), day("2021-02-28"));
        assert_eq!(anniversary(day("2020-02-29"), 4), day("2024-02-29"));
        assert_eq!(anniversary(day("2020-02-29"), 0), day("2020-02-29"));
        assert_eq!(years_before(day("2024-02-29"), 3), day("2021-02-28"));
        assert_eq!(years_before(day("2022-06-30"), 3), day("2019-06-30"));
        assert_eq!(anniversary(day("2021-03-01"), u32::MAX), day("2199-12-31"));
        assert_eq!(years_before(day("2021-03-01"), u32::MAX), day("1900-01-01"));
    }

    #[test]
    fn a_notice_out_of_order_is_not_adopted() {
        let range = |first: &str, last: &str| (day(first), day(last));
        let good = notices().remove(1);
        let refusal = |change: &dyn Fn(&mut YearNotice)| {
            let mut notice = good.clone();
            change(&mut notice);
            let mut calendar = adopted();
            let error = calendar.adopt(notice).unwrap_err();
            assert_eq!(calendar, adopted());
            error
        };
        let first = day("2022-01-01");
        let (year, order) = (1899, NoticeError::Order { day: first });
        assert_eq!(refusal(&|n| n.year = year), NoticeError::Year { year });
        assert_eq!(refusal(&|n| n.source.clear()), NoticeError::Source);
        assert_eq!(refusal(&|n| n.source.push('\n')), NoticeError::Source);
        assert_eq!(
            refusal(&|n| n.source = "字".repeat(201)),
            NoticeError::Source
        );
        assert_eq!(refusal(&|n| n.off[0].1 = day("2021-12-31")), order);
        assert_eq!(
            refusal(&|n| n.off.insert(0, range("2022-01-01", "2022-01-01"))),
            order
        );
        let twice = NoticeError::Order {
            day: day("2022-10-09"),
        };
        assert_eq!(refusal(&|n| n.work.push(n.work[6])), twice);
        let other = day("2023-02-01");
        let other_year = NoticeError::OtherYear { day: other };
        assert_eq!(refusal(&|n| n.off.push((other, other))), other_year);
        assert_eq!(refusal(&|n| n.work.push(other)), other_year);
        let many = |n: &mut YearNotice| n.off = alloc::vec![range("2022-01-01", "2022-03-22")];
        assert_eq!(refusal(&many), NoticeError::TooManyDays);
        assert_eq!(
            refusal(&|n| n.work = alloc::vec![first; 41]),
            NoticeError::TooManyDays
        );
        let monday = day("2022-10-10");
        let not_weekend = NoticeError::NotWeekend { day: monday };
        assert_eq!(refusal(&|n| n.work.push(monday)), not_weekend);
        let both = NoticeError::Contradiction { day: first };
        assert_eq!(refusal(&|n| n.work.insert(0, first)), both);
        let elsewhere = NoticeError::Contradiction {
            day: day("2022-12-31"),
        };
        assert_eq!(refusal(&|n| n.work.push(day("2022-12-31"))), elsewhere);
    }

    #[test]
    fn a_later_notice_replaces_the_earlier_one() {
        let mut calendar = adopted();
        let mut revised = notices().remove(5);
        revised.off.push((day("2026-12-31"), day("2027-01-03")));
        calendar.adopt(revised).unwrap();
        assert_eq!(calendar.is_working_day(day("2026-12-31")), Ok(false));
        assert!(!calendar.covers(day("2027-01-01")));
    }

    #[test]
    fn the_wire_form_is_strict_and_comes_back() {
        let json = serde_json::to_string(&notices()).unwrap();
        assert_eq!(
            serde_json::from_str::<Vec<YearNotice>>(&json).unwrap(),
            notices()
        );
        for wrong in [
            r#"{"year":2022,"source":"x","off":[],"work":[],"more":1}"#,
            r#"{"year":2022,"source":"x","off":[["2022-01-01"]],"work":[]}"#,
            r#"{"year":2022,"source":"x","off":[],"work":["2022-02-30"]}"#,
            r#"{"year":70000,"source":"x","off":[],"work":[]}"#,
            r#"{"year":2022,"source":"x","off":[]}"#,
        ] {
            assert!(
                serde_json::from_str::<YearNotice>(wrong).is_err(),
                "{wrong}"
            );
        }
    }
}

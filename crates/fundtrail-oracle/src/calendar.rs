//! Working days of 2021 to 2026, as the State Council arranged them.

use crate::day::Day;

/// First and last days off, both included, as (year, month, day).
const OFF: &[(YearMonthDay, YearMonthDay)] = &[
    ((2021, 1, 1), (2021, 1, 3)),
    ((2021, 2, 11), (2021, 2, 17)),
    ((2021, 4, 3), (2021, 4, 5)),
    ((2021, 5, 1), (2021, 5, 5)),
    ((2021, 6, 12), (2021, 6, 14)),
    ((2021, 9, 19), (2021, 9, 21)),
    ((2021, 10, 1), (2021, 10, 7)),
    ((2022, 1, 1), (2022, 1, 3)),
    ((2022, 1, 31), (2022, 2, 6)),
    ((2022, 4, 3), (2022, 4, 5)),
    ((2022, 4, 30), (2022, 5, 4)),
    ((2022, 6, 3), (2022, 6, 5)),
    ((2022, 9, 10), (2022, 9, 12)),
    ((2022, 10, 1), (2022, 10, 7)),
    ((2022, 12, 31), (2023, 1, 2)),
    ((2023, 1, 21), (2023, 1, 27)),
    ((2023, 4, 5), (2023, 4, 5)),
    ((2023, 4, 29), (2023, 5, 3)),
    ((2023, 6, 22), (2023, 6, 24)),
    ((2023, 9, 29), (2023, 10, 6)),
    ((2024, 1, 1), (2024, 1, 1)),
    ((2024, 2, 10), (2024, 2, 17)),
    ((2024, 4, 4), (2024, 4, 6)),
    ((2024, 5, 1), (2024, 5, 5)),
    ((2024, 6, 10), (2024, 6, 10)),
    ((2024, 9, 15), (2024, 9, 17)),
    ((2024, 10, 1), (2024, 10, 7)),
    ((2025, 1, 1), (2025, 1, 1)),
    ((2025, 1, 28), (2025, 2, 4)),
    ((2025, 4, 4), (2025, 4, 6)),
    ((2025, 5, 1), (2025, 5, 5)),
    ((2025, 5, 31), (2025, 6, 2)),
    ((2025, 10, 1), (2025, 10, 8)),
    ((2026, 1, 1), (2026, 1, 3)),
    ((2026, 2, 15), (2026, 2, 23)),
    ((2026, 4, 4), (2026, 4, 6)),
    ((2026, 5, 1), (2026, 5, 5)),
    ((2026, 6, 19), (2026, 6, 21)),
    ((2026, 9, 25), (2026, 9, 27)),
    ((2026, 10, 1), (2026, 10, 7)),
];

/// Saturdays and Sundays that are working days.
const WORK: &[YearMonthDay] = &[
    (2021, 2, 7),
    (2021, 2, 20),
    (2021, 4, 25),
    (2021, 5, 8),
    (2021, 9, 18),
    (2021, 9, 26),
    (2021, 10, 9),
    (2022, 1, 29),
    (2022, 1, 30),
    (2022, 4, 2),
    (2022, 4, 24),
    (2022, 5, 7),
    (2022, 10, 8),
    (2022, 10, 9),
    (2023, 1, 28),
    (2023, 1, 29),
    (2023, 4, 23),
    (2023, 5, 6),
    (2023, 6, 25),
    (2023, 10, 7),
    (2023, 10, 8),
    (2024, 2, 4),
    (2024, 2, 18),
    (2024, 4, 7),
    (2024, 4, 28),
    (2024, 5, 11),
    (2024, 9, 14),
    (2024, 9, 29),
    (2024, 10, 12),
    (2025, 1, 26),
    (2025, 2, 8),
    (2025, 4, 27),
    (2025, 9, 28),
    (2025, 10, 11),
    (2026, 1, 4),
    (2026, 2, 14),
    (2026, 2, 28),
    (2026, 5, 9),
    (2026, 9, 20),
    (2026, 10, 10),
];

/// Year, month and day.
type YearMonthDay = (i64, i64, i64);

/// Whether it is a working day; `None` beyond 2021 to 2026, where nobody knows.
fn is_working_day(day: Day) -> Option<bool> {
    let parts = day.parts();
    if !(2021..=2026).contains(&parts.year) {
        return None;
    }
    let own = (parts.year, parts.month, parts.day);
    let off = OFF
        .iter()
        .any(|(first, last)| (*first..=*last).contains(&own));
    Some(WORK.contains(&own) || (day.weekday() < 5 && !off))
}

/// The n-th working day after a day, which does not count itself; `None` where the
/// calendar does not reach.
pub fn working_day_after(day: Day, n: i64) -> Option<Day> {
    let (mut day, mut left) = (day, n);
    while left > 0 {
        day = day.plus(1);
        left -= i64::from(is_working_day(day)?);
    }
    Some(day)
}

/// A day itself if it is a working day, or else the next one.
pub fn working_day_from(day: Day) -> Option<Day> {
    match is_working_day(day)? {
        true => Some(day),
        false => working_day_after(day, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifteen_working_days_as_in_the_reference() {
        let vectors = [
            ((2022, 9, 20), (2022, 10, 14)),
            ((2023, 1, 10), (2023, 2, 3)),
            ((2022, 1, 20), (2022, 2, 15)),
            ((2022, 4, 20), (2022, 5, 12)),
            ((2023, 4, 14), (2023, 5, 8)),
            ((2022, 6, 2), (2022, 6, 24)),
            ((2022, 10, 15), (2022, 11, 4)),
            ((2022, 1, 29), (2022, 2, 24)),
            ((2022, 12, 20), (2023, 1, 11)),
            ((2023, 9, 18), (2023, 10, 13)),
            ((2024, 2, 1), (2024, 2, 27)),
            ((2025, 1, 15), (2025, 2, 11)),
            ((2025, 9, 19), (2025, 10, 16)),
            ((2026, 2, 6), (2026, 3, 5)),
        ];
        for ((y, m, d), (ey, em, ed)) in vectors {
            let found = working_day_after(Day::new(y, m, d), 15);
            assert_eq!(found, Some(Day::new(ey, em, ed)), "{y}-{m}-{d}");
        }
        assert_eq!(working_day_after(Day::new(2026, 12, 21), 15), None);
    }
}

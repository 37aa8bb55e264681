//! Axes: from fen to places, round steps, and what they are counted in.

use chrono::Datelike as _;
use fundtrail_regulation::period::Period;

use super::canvas::{Anchor, Canvas, TEXT, width_of};
use crate::components::figures::grouped;
use crate::i18n::Words;

/// Space between two words on an axis.
const GAP: i32 = 80;
/// Every how many months a month is named.
const MONTHS: [i32; 8] = [1, 2, 3, 6, 12, 24, 60, 120];

/// What amounts on an axis are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// 元.
    Yuan,
    /// 万元: ten thousand yuan.
    Wan,
    /// 亿元: a hundred million yuan.
    Yi,
}

impl Unit {
    /// The one in which the largest amount, in fen, is short.
    fn fitting(largest: i128) -> Unit {
        match largest {
            ..1_000_000 => Unit::Yuan,
            1_000_000..1_000_000_000_000 => Unit::Wan,
            _ => Unit::Yi,
        }
    }

    /// One of it, as a power of ten of fen.
    const fn digits(self) -> usize {
        match self {
            Unit::Yuan => 2,
            Unit::Wan => 6,
            Unit::Yi => 10,
        }
    }

    /// What it is called.
    pub(super) fn called(self, words: Words) -> String {
        match self {
            Unit::Yuan => words.t("graph-unit-yuan"),
            Unit::Wan => words.t("graph-unit-wan"),
            Unit::Yi => words.t("graph-unit-yi"),
        }
    }

    /// An amount in it, without superfluous zeros.
    pub(super) fn of(self, fen: i128) -> String {
        let digits = self.digits();
        let sign = if fen < 0 { "-" } else { "" };
        let text = format!("{:0>width$}", fen.unsigned_abs(), width = digits + 1);
        let (whole, part) = text.split_at(text.len() - digits);
        match part.trim_end_matches('0') {
            "" => grouped(&format!("{sign}{whole}")),
            part => grouped(&format!("{sign}{whole}.{part}")),
        }
    }
}

/// An axis of amounts, from one round figure to another, zero among them.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    /// The round figures, in fen, the lowest first: two at least.
    pub(super) ticks: Vec<i128>,
    /// What they are counted in.
    pub(super) unit: Unit,
}

impl Axis {
    /// An axis that has every amount, in fen, in at most `most` steps (two at least).
    pub(super) fn over(amounts: impl Iterator<Item = i128> + Clone, most: i128) -> Axis {
        let low = amounts.clone().min().unwrap_or_default().min(0);
        let high = amounts.max().unwrap_or_default().max(0);
        let mut step = 1;
        for factor in [2_i128, 5, 10].into_iter().cycle() {
            if steps(low, high, step) <= most {
                break;
            }
            // 1, 2, 5 and again from 10.
            step = match factor {
                2 => step * 2,
                5 => step / 2 * 5,
                _ => step * 2,
            };
        }
        if low == high {
            step = 1_000_000;
        }
        let from = low.div_euclid(step);
        let until = (-(-high).div_euclid(step)).max(from + 1);
        let ticks: Vec<i128> = (from..=until).map(|tick| tick * step).collect();
        let largest = ticks.iter().map(|tick| tick.abs()).max();
        Axis {
            unit: Unit::fitting(largest.unwrap_or_default()),
            ticks,
        }
    }

    /// The space that its words take.
    pub(super) fn width(&self) -> i32 {
        let words = self.ticks.iter().map(|tick| width_of(&self.unit.of(*tick)));
        words.max().unwrap_or_default()
    }

    /// The scale between two places.
    pub(super) fn between(&self, start: i32, end: i32) -> Scale {
        Scale {
            low: self.ticks.first().copied().unwrap_or_default(),
            high: self.ticks.last().copied().unwrap_or_default(),
            start,
            end,
        }
    }
}

/// How many steps of a size hold both.
fn steps(low: i128, high: i128, step: i128) -> i128 {
    -(-high).div_euclid(step) - low.div_euclid(step)
}

/// Where an amount stands on a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    pub(super) low: i128,
    pub(super) high: i128,
    pub(super) start: i32,
    pub(super) end: i32,
}

impl Scale {
    /// The place of an amount; the nearer end for one beyond.
    pub(super) fn at(&self, amount: i128) -> i32 {
        let span = (self.high - self.low).max(1);
        let length = i128::from(self.end) - i128::from(self.start);
        let part = (amount.clamp(self.low, self.high) - self.low) * length / span;
        self.start + i32::try_from(part).unwrap_or_default()
    }
}

/// The part of a line that belongs to one of `count`, from its beginning to its end.
pub(super) fn slot(at: usize, count: usize, (start, end): (i32, i32)) -> (i32, i32) {
    let place = |at: usize| {
        let count = i64::try_from(count.max(1)).unwrap_or(i64::MAX);
        let at = i64::try_from(at).unwrap_or(i64::MAX);
        let part = i64::from(end - start) * at / count;
        start + i32::try_from(part).unwrap_or_default()
    };
    (place(at), place(at + 1))
}

/// Names periods under an axis: all of them, or as many as stand beside one another, at the
/// beginnings of quarters and years.
pub(super) fn name_periods(canvas: &mut Canvas, periods: &[Period], line: (i32, i32), y: i32) {
    let widest = periods
        .iter()
        .map(|period| width_of(&period.to_string()))
        .max();
    let room = (line.1 - line.0) / i32::try_from(periods.len().max(1)).unwrap_or(i32::MAX);
    let every = MONTHS
        .into_iter()
        .find(|months| months * room.max(1) >= widest.unwrap_or_default() + GAP);
    let every = every.unwrap_or(MONTHS[MONTHS.len() - 1]);
    for (at, period) in periods.iter().enumerate() {
        if month_of(*period).rem_euclid(every) != 0 && periods.len() > 1 {
            continue;
        }
        let (from, until) = slot(at, periods.len(), line);
        canvas.tick_mark((from + until) / 2, y);
        let middle = (from + until) / 2;
        canvas.word(
            Anchor::Middle,
            (middle, y + TEXT + 30),
            "tick",
            &period.to_string(),
        );
    }
}

/// Months since the year 0.
fn month_of(period: Period) -> i32 {
    let date = period.first_day().date();
    let month = i32::try_from(date.month0()).unwrap_or_default();
    date.year() * 12 + month
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticks(amounts: &[i128]) -> String {
        let axis = Axis::over(amounts.iter().copied(), 5);
        let shown: Vec<String> = axis.ticks.iter().map(|tick| axis.unit.of(*tick)).collect();
        format!("{} {:?}", shown.join(" "), axis.unit)
    }

    #[test]
    fn steps_are_round_and_hold_every_amount() {
        assert_eq!(ticks(&[]), "0 1 Wan");
        assert_eq!(ticks(&[0, 0]), "0 1 Wan");
        assert_eq!(ticks(&[1]), "0 0.01 Yuan");
        assert_eq!(ticks(&[99_999]), "0 200 400 600 800 1,000 Yuan");
        assert_eq!(ticks(&[940_998_456]), "0 200 400 600 800 1,000 Wan");
        assert_eq!(ticks(&[1_000_000_000]), "0 200 400 600 800 1,000 Wan");
        assert_eq!(ticks(&[1_000_000_001]), "0 500 1,000 1,500 Wan");
        assert_eq!(ticks(&[-150_000_000, 20_000_000]), "-150 -100 -50 0 50 Wan");
        assert_eq!(ticks(&[-1]), "-0.01 0 Yuan");
        assert_eq!(
            ticks(&[1_000_000_000_000_000]),
            "0 20,000 40,000 60,000 80,000 100,000 Yi"
        );
    }

    #[test]
    fn an_axis_never_has_more_steps_than_it_may() {
        for exponent in 0..30_u32 {
            for lead in [1, 2, 3, 5, 7, 9] {
                let amount = lead * 10_i128.pow(exponent);
                for list in [vec![amount], vec![-amount], vec![amount, -amount / 3]] {
                    let axis = Axis::over(list.iter().copied(), 5);
                    let (first, last) = (axis.ticks[0], axis.ticks[axis.ticks.len() - 1]);
                    assert!((2..=6).contains(&axis.ticks.len()), "{list:?}: {axis:?}");
                    assert!(
                        list.iter().all(|one| (first..=last).contains(one)),
                        "{axis:?}"
                    );
                    assert!(axis.ticks.contains(&0), "{axis:?}");
                }
            }
        }
    }

    #[test]
    fn places_are_on_the_line() {
        let scale = Scale {
            low: -100,
            high: 300,
            start: 2000,
            end: 0,
        };
        assert_eq!(
            [-100, 0, 300].map(|amount| scale.at(amount)),
            [2000, 1500, 0]
        );
        assert_eq!(
            [i128::MIN, i128::MAX].map(|amount| scale.at(amount)),
            [2000, 0]
        );
        assert_eq!(slot(0, 3, (10, 40)), (10, 20));
        assert_eq!(slot(2, 3, (10, 40)), (30, 40));
        assert_eq!(slot(0, 0, (10, 40)), (10, 40));
    }

    #[test]
    fn amounts_are_exact_in_every_unit() {
        assert_eq!(Unit::Wan.of(123_456_789), "123.456789");
        assert_eq!(Unit::Yuan.of(-5), "-0.05");
        assert_eq!(Unit::Yi.of(10_000_000_000), "1");
    }
}

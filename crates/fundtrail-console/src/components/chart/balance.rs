//! The fund's balance over time: what was on its accounts at the end of each period.

use fundtrail_model::Amount;
use fundtrail_regulation::period::Period;
use maud::{Markup, html};

use super::axis::{Axis, name_periods, slot};
use super::canvas::{Anchor, Canvas, TEXT};
use super::figure::Figure;
use crate::components::figures::{amount, grouped};
use crate::components::table::Table;
use crate::i18n::Words;

/// The height of the drawing, and how much of it stands below the lowest tick.
const HEIGHT: i32 = 2200;
const BELOW: i32 = 280;
const ABOVE: i32 = 160;

/// The balance at the end of a period.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    /// The period.
    pub(crate) period: Period,
    /// What was there at its end.
    pub(crate) balance: Amount,
}

/// The chart of a list of periods, the oldest first.
pub(crate) fn chart(words: Words, id: &str, points: &[Point]) -> Markup {
    let title = words.t("graph-balance");
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return Figure::empty(id, &title, words);
    };
    let axis = Axis::over(points.iter().map(|point| point.balance.fen()), 5);
    let mut table = Table::new(&title)
        .text(words.t("graph-period"))
        .figure(words.t("graph-balance-at-end"));
    for point in points.iter().rev() {
        table.row(vec![html! { (point.period) }, amount(point.balance)]);
    }
    let says = words.ta(
        "graph-balance-says",
        &[
            ("from", first.period.to_string().into()),
            ("until", last.period.to_string().into()),
            ("amount", grouped(&last.balance.to_string()).into()),
        ],
    );
    let figure = Figure {
        id,
        title,
        unit: Some(axis.unit.called(words)),
        says,
        key: Vec::new(),
        table,
    };
    figure.shown(words, |width| draw(width, &axis, points))
}

fn draw(width: i32, axis: &Axis, points: &[Point]) -> Canvas {
    let mut canvas = Canvas::new(width, HEIGHT);
    let (line, bottom) = grid(&mut canvas, axis, (ABOVE, BELOW));
    let scale = axis.between(bottom, ABOVE);
    let mut steps = Vec::new();
    for (at, point) in points.iter().enumerate() {
        let (from, until) = slot(at, points.len(), line);
        let y = scale.at(point.balance.fen());
        steps.extend([(from, y), (until, y)]);
    }
    let zero = scale.at(0);
    let mut area = steps.clone();
    area.extend([(line.1, zero), (line.0, zero)]);
    canvas.path("area", &area);
    canvas.path("run", &steps);
    for (at, point) in points.iter().enumerate() {
        let (from, until) = slot(at, points.len(), line);
        let says = format!("{}: {}", point.period, grouped(&point.balance.to_string()));
        canvas.area("feel", (from, ABOVE), (until, bottom), &says);
    }
    let periods: Vec<Period> = points.iter().map(|point| point.period).collect();
    name_periods(&mut canvas, &periods, line, bottom);
    canvas
}

/// Draws the lines of an axis of amounts with what they stand for. Gives the line on which
/// time runs, from left to right, and the place of the lowest tick.
pub(super) fn grid(
    canvas: &mut Canvas,
    axis: &Axis,
    (above, below): (i32, i32),
) -> ((i32, i32), i32) {
    let bottom = canvas.height - below;
    let left = (axis.width() + 60).min(canvas.width / 2);
    let line = (left, canvas.width - 20);
    let scale = axis.between(bottom, above);
    for tick in &axis.ticks {
        let y = scale.at(*tick);
        let class = if *tick == 0 { "axis" } else { "grid" };
        canvas.line(class, (line.0, y), (line.1, y));
        canvas.word(
            Anchor::End,
            (left - 50, y + TEXT / 3),
            "tick",
            &axis.unit.of(*tick),
        );
    }
    (line, bottom)
}

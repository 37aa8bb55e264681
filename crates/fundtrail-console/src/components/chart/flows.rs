//! Money in and out, period by period: two bars beside one another, and by purpose in the
//! table below.

use fundtrail_model::Amount;
use fundtrail_regulation::period::{Period, Span};
use maud::{Markup, html};

use super::axis::{Axis, name_periods, slot};
use super::balance::grid;
use super::canvas::Canvas;
use super::figure::Figure;
use crate::components::figures::{amount, grouped};
use crate::components::table::Table;
use crate::i18n::Words;

const HEIGHT: i32 = 2200;
const BELOW: i32 = 280;
const ABOVE: i32 = 160;
/// More periods than this are drawn and listed by year.
const PERIODS_MAX: usize = 36;

/// Whether money comes or goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    In,
    Out,
}

/// What moved, by purpose.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flows {
    /// What each purpose is called, and which way it goes.
    pub(crate) purposes: Vec<(String, Way)>,
    /// Each period, the oldest first, with an amount for each purpose.
    pub(crate) rows: Vec<(Period, Vec<Amount>)>,
}

impl Flows {
    /// What came in or went out in a row.
    fn sum(&self, moved: &[Amount], way: Way) -> Amount {
        let own = self.purposes.iter().zip(moved);
        own.filter(|((_, other), _)| *other == way)
            .map(|(_, amount)| *amount)
            .sum()
    }

    /// By year, where there are too many periods to see.
    fn condensed(&self) -> Flows {
        if self.rows.len() <= PERIODS_MAX {
            return self.clone();
        }
        let mut years: Vec<(Period, Vec<Amount>)> = Vec::new();
        for (period, moved) in &self.rows {
            let Some(year) = Period::containing(period.first_day(), Span::Year) else {
                continue;
            };
            match years.last_mut().filter(|(last, _)| *last == year) {
                Some((_, sums)) => {
                    for (sum, amount) in sums.iter_mut().zip(moved) {
                        *sum += *amount;
                    }
                }
                None => years.push((year, moved.clone())),
            }
        }
        Flows {
            purposes: self.purposes.clone(),
            rows: years,
        }
    }
}

/// The chart.
pub(crate) fn chart(words: Words, id: &str, flows: &Flows) -> Markup {
    let title = words.t("graph-flows");
    let flows = &flows.condensed();
    let sums: Vec<(Period, Amount, Amount)> = flows
        .rows
        .iter()
        .map(|(period, moved)| {
            (
                *period,
                flows.sum(moved, Way::In),
                flows.sum(moved, Way::Out),
            )
        })
        .collect();
    let (Some(first), Some(last)) = (sums.first(), sums.last()) else {
        return Figure::empty(id, &title, words);
    };
    let axis = Axis::over(
        sums.iter()
            .flat_map(|(_, came, went)| [came.fen(), went.fen()]),
        5,
    );
    let total = |way| {
        let all = flows.rows.iter().map(|(_, moved)| flows.sum(moved, way));
        grouped(&all.sum::<Amount>().to_string())
    };
    let says = words.ta(
        "graph-flows-says",
        &[
            ("from", first.0.to_string().into()),
            ("until", last.0.to_string().into()),
            ("came", total(Way::In).into()),
            ("went", total(Way::Out).into()),
        ],
    );
    let figure = Figure {
        id,
        unit: Some(axis.unit.called(words)),
        says,
        key: vec![
            ("in", html! { (words.t("graph-in")) }),
            ("out", html! { (words.t("graph-out")) }),
        ],
        table: table(words, &title, flows),
        title,
    };
    let labels = (words.t("graph-in"), words.t("graph-out"));
    figure.shown(words, |width| {
        draw(width, &axis, &sums, (&labels.0, &labels.1))
    })
}

/// Each purpose that anything moved for, the newest period first.
fn table(words: Words, title: &str, flows: &Flows) -> Table {
    let is_used = |at: usize| {
        let mut amounts = flows.rows.iter().filter_map(|(_, moved)| moved.get(at));
        amounts.any(|amount| !amount.is_zero())
    };
    let used: Vec<usize> = (0..flows.purposes.len())
        .filter(|at| is_used(*at))
        .collect();
    let cells = |moved: &[Amount]| {
        let mut cells: Vec<Markup> = used
            .iter()
            .filter_map(|at| moved.get(*at))
            .map(|moved| amount(*moved))
            .collect();
        cells.push(amount(flows.sum(moved, Way::In)));
        cells.push(amount(flows.sum(moved, Way::Out)));
        cells
    };
    let mut table = Table::new(title).text(words.t("graph-period"));
    for at in &used {
        if let Some((purpose, _)) = flows.purposes.get(*at) {
            table = table.figure(purpose);
        }
    }
    table = table
        .figure(words.t("graph-in-total"))
        .figure(words.t("graph-out-total"));
    let mut sums = vec![Amount::ZERO; flows.purposes.len()];
    for (period, moved) in flows.rows.iter().rev() {
        let mut row = vec![html! { (period) }];
        row.extend(cells(moved));
        table.row(row);
        for (sum, amount) in sums.iter_mut().zip(moved) {
            *sum += *amount;
        }
    }
    let mut total = vec![html! { (words.t("graph-total")) }];
    total.extend(cells(&sums));
    table.total(total);
    table
}

fn draw(
    width: i32,
    axis: &Axis,
    sums: &[(Period, Amount, Amount)],
    labels: (&str, &str),
) -> Canvas {
    let mut canvas = Canvas::new(width, HEIGHT);
    let (line, bottom) = grid(&mut canvas, axis, (ABOVE, BELOW));
    let scale = axis.between(bottom, ABOVE);
    let zero = scale.at(0);
    for (at, (period, came, went)) in sums.iter().enumerate() {
        let (from, until) = slot(at, sums.len(), line);
        let bar = ((until - from) * 2 / 5).min(300);
        let middle = (from + until) / 2;
        for (class, amount, called, start) in [
            ("in", came, labels.0, middle - bar),
            ("out", went, labels.1, middle),
        ] {
            if amount.is_zero() {
                continue;
            }
            let says = format!("{period} {called}: {}", grouped(&amount.to_string()));
            canvas.area(
                class,
                (start, zero),
                (start + bar, scale.at(amount.fen())),
                &says,
            );
        }
    }
    let periods: Vec<Period> = sums.iter().map(|(period, ..)| *period).collect();
    name_periods(&mut canvas, &periods, line, bottom);
    canvas
}

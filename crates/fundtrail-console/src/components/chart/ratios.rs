//! How much of what each bank lent was compensated, against the two lines of Art. 13.
//!
//! The ratio is shown for the eye, cut to hundredths of a percent; whether a line is reached
//! is what the API says of it.

use std::cmp::Ordering;

use fundtrail_model::Amount;
use maud::{Markup, html};

use super::canvas::{Anchor, Canvas, TEXT, cut, width_of};
use super::figure::Figure;
use crate::components::figures::{amount, basis_points, grouped};
use crate::components::links;
use crate::components::notices::{Tone, badge};
use crate::components::table::Table;
use crate::i18n::Words;

/// Room for the names of the lines.
const ABOVE: i32 = 240;
/// The height of a bank's part, of its words and of its bar.
const ROW: i32 = 430;
const WORDS: i32 = 175;
const BAR: i32 = 140;
/// Banks that are drawn: the table has all.
const BANKS_MAX: usize = 12;

/// A bank's ratio and the lines under the policy in force.
#[derive(Clone, Debug)]
pub(crate) struct Ratio {
    /// The bank.
    pub(crate) bank: String,
    /// What was compensated of its loans.
    pub(crate) compensated: Amount,
    /// What it lent.
    pub(crate) disbursed: Amount,
    /// From where on it is to be warned, in hundredths of a percent.
    pub(crate) warn_bp: u32,
    /// From where on it is to suspend.
    pub(crate) suspend_bp: u32,
    /// Whether the first line is reached.
    pub(crate) warn_reached: bool,
    /// Whether the second is.
    pub(crate) suspend_reached: bool,
}

/// The chart.
pub(crate) fn chart(words: Words, id: &str, ratios: &[Ratio]) -> Markup {
    let title = words.t("graph-ratios");
    let Some(lines) = ratios.first() else {
        return Figure::empty(id, &title, words);
    };
    let (warn, suspend) = (bp(lines.warn_bp), bp(lines.suspend_bp));
    let reached = |reaches: fn(&Ratio) -> bool| ratios.iter().filter(|one| reaches(one)).count();
    let says = words.ta(
        "graph-ratios-says",
        &[
            ("banks", ratios.len().into()),
            ("warned", reached(|one| one.warn_reached).into()),
            ("warn", warn.clone().into()),
            ("suspended", reached(|one| one.suspend_reached).into()),
            ("suspend", suspend.clone().into()),
        ],
    );
    let called = (
        words.ta("graph-line-warn", &[("line", warn.into())]),
        words.ta("graph-line-suspend", &[("line", suspend.into())]),
    );
    let figure = Figure {
        id,
        unit: None,
        says,
        key: vec![
            ("warn-line", html! { (called.0) }),
            ("suspend-line", html! { (called.1) }),
        ],
        table: table(words, &title, ratios),
        title,
    };
    figure.shown(words, |width| draw(width, ratios, (&called.0, &called.1)))
}

fn table(words: Words, title: &str, ratios: &[Ratio]) -> Table {
    let mut table = Table::new(title)
        .text(words.t("graph-bank"))
        .figure(words.t("graph-compensated"))
        .figure(words.t("graph-disbursed"))
        .figure(words.t("graph-ratio"))
        .text(words.t("graph-reached"));
    for one in ratios {
        let reached = if one.suspend_reached {
            badge(
                Tone::Bad,
                &words.ta("graph-line-suspend", &[("line", bp(one.suspend_bp).into())]),
            )
        } else if one.warn_reached {
            badge(
                Tone::Warn,
                &words.ta("graph-line-warn", &[("line", bp(one.warn_bp).into())]),
            )
        } else {
            badge(Tone::Plain, &words.t("graph-reached-none"))
        };
        table.row(vec![
            links::of("/partners", &one.bank),
            amount(one.compensated),
            amount(one.disbursed),
            html! { (one.shown()) },
            reached,
        ]);
    }
    table
}

impl Ratio {
    /// Which of two is higher, by multiplication; by name where they are equal.
    pub(crate) fn compare(&self, other: &Ratio) -> Ordering {
        let cross = |one: &Ratio, two: &Ratio| {
            let lent = two.disbursed.fen().max(1);
            one.compensated.fen().saturating_mul(lent)
        };
        let by_ratio = cross(self, other).cmp(&cross(other, self));
        by_ratio.then_with(|| other.bank.cmp(&self.bank))
    }

    /// In hundredths of a percent, cut; none where nothing was lent and something paid.
    fn points(&self) -> Option<i128> {
        match self.disbursed.fen() {
            0 if self.compensated.is_zero() => Some(0),
            0 => None,
            lent => Some((self.compensated.fen() * 10_000).div_euclid(lent)),
        }
    }

    fn shown(&self) -> String {
        match self.points() {
            Some(points) => basis_points(i64::try_from(points).unwrap_or(i64::MAX)),
            None => "∞".to_owned(),
        }
    }

    const fn class(&self) -> &'static str {
        match (self.suspend_reached, self.warn_reached) {
            (true, _) => "bar bad",
            (_, true) => "bar warn",
            _ => "bar",
        }
    }
}

fn bp(points: u32) -> String {
    basis_points(points.into())
}

fn draw(width: i32, ratios: &[Ratio], called: (&str, &str)) -> Canvas {
    let ratios = &ratios[..ratios.len().min(BANKS_MAX)];
    let rows = i32::try_from(ratios.len()).unwrap_or(i32::MAX);
    let mut canvas = Canvas::new(width, ABOVE + rows * ROW);
    let lines = lines(ratios);
    // A half more than the second line, and more where a bank is beyond: three times it at most.
    let most = ratios
        .iter()
        .filter_map(Ratio::points)
        .max()
        .unwrap_or_default();
    let high = (lines.1 * 3 / 2).max(most.min(lines.1 * 3)).max(1);
    let end = width - 20;
    let place = |points: i128, of: i128| {
        let part = points.clamp(0, high * of) * i128::from(end) / (high * of).max(1);
        i32::try_from(part).unwrap_or_default()
    };
    for (at, one) in ratios.iter().enumerate() {
        let top = ABOVE + i32::try_from(at).unwrap_or_default() * ROW;
        let figure = format!(
            "{} = {} / {}",
            one.shown(),
            grouped(&one.compensated.to_string()),
            grouped(&one.disbursed.to_string()),
        );
        let base = top + TEXT;
        let room = |figure: &str| end - width_of(figure) - 120;
        let short = one.shown();
        // On a narrow place what it is made of is left to the table.
        let shown = if room(&figure) < TEXT * 6 {
            &short
        } else {
            &figure
        };
        canvas.word(Anchor::End, (end, base), "value", shown);
        canvas.word(
            Anchor::Start,
            (0, base),
            "name",
            &cut(&one.bank, room(shown)),
        );
        let (upper, lower) = (top + WORDS, top + WORDS + BAR);
        canvas.area("track", (0, upper), (end, lower), "");
        let until = match one.disbursed.fen() {
            0 if one.compensated.is_zero() => 0,
            0 => end,
            lent => place(one.compensated.fen().saturating_mul(10_000), lent.max(1)),
        };
        canvas.area(
            one.class(),
            (0, upper),
            (until, lower),
            &format!("{}: {figure}", one.bank),
        );
    }
    // Across the bars only, so that no line runs through a figure.
    let (warn, suspend) = (place(lines.0, 1), place(lines.1, 1));
    for (class, x) in [("warn-line", warn), ("suspend-line", suspend)] {
        canvas.line(class, (x, ABOVE - 70), (x, ABOVE - 10));
        for at in 0..rows {
            let upper = ABOVE + at * ROW + WORDS;
            canvas.line(class, (x, upper - 20), (x, upper + BAR + 20));
        }
    }
    let y = ABOVE - 90;
    let right = end - suspend;
    let shown = if width_of(called.1) <= right {
        called.1
    } else {
        number(called.1)
    };
    canvas.word(Anchor::Start, (suspend, y), "suspend-word", shown);
    let shown = if width_of(called.0) <= warn {
        called.0
    } else {
        number(called.0)
    };
    canvas.word(Anchor::End, (warn + 40, y), "warn-word", shown);
    canvas
}

/// The two lines, in hundredths of a percent.
fn lines(ratios: &[Ratio]) -> (i128, i128) {
    ratios
        .first()
        .map_or((0, 0), |one| (one.warn_bp.into(), one.suspend_bp.into()))
}

/// The first word of what a line is called, its figure.
fn number(called: &str) -> &str {
    called.split(' ').next().unwrap_or(called)
}

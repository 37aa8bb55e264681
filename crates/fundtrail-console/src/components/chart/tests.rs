//! What every chart keeps to, whatever its figures: inside its drawing, no word over another,
//! all figures in the table. The markup is read again here, by other means than it was made.

use fundtrail_model::Amount;
use fundtrail_regulation::period::Period;
use fundtrail_regulation::state::ClaimStatus;
use maud::Markup;

use super::balance::{self, Point};
use super::flows::{self, Flows, Way};
use super::ratios::{self, Ratio};
use super::stages::{self, Stage};
use crate::components::figures::grouped;
use crate::i18n::{Lang, Words};

/// Fen that are hard to draw.
const HARD: &[&[i128]] = &[
    &[0],
    &[940_998_456],
    &[-1],
    &[0, 0, 0],
    &[500_000_000, 500_000_000, 500_000_000],
    &[-300_000_000, 100, 300_000_000],
    &[1_000_000_000_000_000],
    &[-1_000_000_000_000_000, 1, 1_000_000_000_000_000],
    &[1, 2, 3, 4, 5],
];

/// An element of a drawing, with its attributes as they stand.
struct Element<'a> {
    name: &'a str,
    attributes: &'a str,
    text: &'a str,
}

impl<'a> Element<'a> {
    fn all(svg: &'a str) -> Vec<Element<'a>> {
        svg.split('<')
            .filter(|piece| !piece.starts_with('/'))
            .filter_map(|piece| piece.split_once('>'))
            .map(|(tag, text)| {
                let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
                Element {
                    name,
                    attributes,
                    text,
                }
            })
            .collect()
    }

    fn text(&self, name: &str) -> Option<&'a str> {
        let (_, rest) = self.attributes.split_once(&format!("{name}=\""))?;
        rest.split('"').next()
    }

    fn number(&self, name: &str) -> i32 {
        let text = self.text(name);
        text.and_then(|text| text.parse().ok())
            .unwrap_or_else(|| panic!("{} {}: {name}", self.name, self.attributes))
    }
}

/// The drawings of a chart.
fn drawings(page: &str) -> Vec<&str> {
    page.split("<svg")
        .skip(1)
        .map(|rest| rest.split("</svg>").next().unwrap())
        .collect()
}

/// What is wrong with a chart's drawings; nothing if all is well.
fn check(chart: &Markup) {
    let page = &chart.0;
    let found = drawings(page);
    assert_eq!(found.len(), 2, "{page}");
    for svg in found {
        let (_, view) = svg.split_once("viewBox=\"0 0 ").unwrap();
        let (width, rest) = view.split_once(' ').unwrap();
        let width: i32 = width.parse().unwrap();
        let height: i32 = rest.split('"').next().unwrap().parse().unwrap();
        let mut boxes: Vec<(i32, i32, i32, i32, &str)> = Vec::new();
        for element in Element::all(svg) {
            let mut places: Vec<(i32, i32)> = Vec::new();
            match element.name {
                "rect" => {
                    let (x, y) = (element.number("x"), element.number("y"));
                    let (w, h) = (element.number("width"), element.number("height"));
                    assert!(w >= 0 && h >= 0, "{}", element.attributes);
                    places.extend([(x, y), (x + w, y + h)]);
                }
                "line" => places.extend([
                    (element.number("x1"), element.number("y1")),
                    (element.number("x2"), element.number("y2")),
                ]),
                "path" => {
                    let path = element.text("d").unwrap();
                    assert!(path.starts_with('M'), "{path}");
                    places.extend(path[1..].split('L').map(|place| {
                        let (x, y) = place.split_once(' ').unwrap();
                        (x.parse().unwrap(), y.parse().unwrap())
                    }));
                }
                "text" => {
                    let (x, y) = (element.number("x"), element.number("y"));
                    // As wide as letters of the usual sans-serif fonts are at this size.
                    let letters = element.text.chars();
                    let wide: i32 = letters
                        .map(|letter| match letter {
                            '0'..='9' => 67,
                            '.' | ',' | ' ' => 34,
                            'a'..='z' | '-' => 60,
                            ' '..='~' => 85,
                            _ => 120,
                        })
                        .sum();
                    let left = match element.text("text-anchor").unwrap() {
                        "start" => x,
                        "middle" => x - wide / 2,
                        _ => x - wide,
                    };
                    places.extend([(left, y - 110), (left + wide, y + 25)]);
                    boxes.push((left, y - 110, left + wide, y + 25, element.text));
                }
                _ => {}
            }
            for (x, y) in places {
                let is_inside = (0..=width).contains(&x) && (0..=height).contains(&y);
                assert!(
                    is_inside,
                    "{} {} of {width} {height}",
                    element.name, element.attributes
                );
            }
        }
        for (at, one) in boxes.iter().enumerate() {
            for other in &boxes[at + 1..] {
                let apart =
                    one.2 <= other.0 || other.2 <= one.0 || one.3 <= other.1 || other.3 <= one.1;
                assert!(apart, "{one:?} and {other:?}");
            }
        }
        for banned in ["style=", "<script", "NaN"] {
            assert!(!svg.contains(banned), "{svg}");
        }
    }
}

/// Months from January 2021 on.
fn months(count: usize) -> Vec<Period> {
    let mut period = Period::parse("2021-01").unwrap();
    let mut months = Vec::new();
    for _ in 0..count {
        months.push(period);
        period = period.next().unwrap();
    }
    months
}

fn points(fen: &[i128]) -> Vec<Point> {
    let balances = fen.iter().copied().map(Amount::from_fen);
    months(fen.len())
        .into_iter()
        .zip(balances)
        .map(|(period, balance)| Point { period, balance })
        .collect()
}

fn both() -> [Words; 2] {
    Lang::ALL.map(Words::of)
}

fn is_empty(chart: &Markup) -> bool {
    !chart.0.contains("<svg") && chart.0.contains("class=\"empty\"")
}

#[test]
fn balances_are_drawn_whatever_they_are() {
    for words in both() {
        for fen in HARD {
            let chart = balance::chart(words, "b", &points(fen));
            check(&chart);
            for one in *fen {
                let figure = grouped(&Amount::from_fen(*one).to_string());
                assert!(chart.0.contains(&format!(">{figure}</data>")), "{figure}");
            }
        }
        for count in [2, 11, 12, 13, 36, 60, 121, 600] {
            let fen: Vec<i128> = (0..count).map(|at| i128::from(at) * 7_654_321).collect();
            check(&balance::chart(words, "b", &points(&fen)));
        }
        assert!(is_empty(&balance::chart(words, "b", &[])));
    }
}

#[test]
fn a_higher_balance_stands_higher() {
    let chart = balance::chart(Words::of(Lang::Zh), "b", &points(&[0, 500_000_000, -100]));
    let svg = drawings(&chart.0)[0];
    let run = Element::all(svg)
        .into_iter()
        .find(|element| element.text("class") == Some("run"))
        .and_then(|run| run.text("d"))
        .unwrap();
    let heights: Vec<i32> = run[1..]
        .split('L')
        .map(|place| place.split_once(' ').unwrap().1.parse().unwrap())
        .collect();
    assert_eq!(heights.len(), 6, "two ends a period");
    assert!(
        heights[2] < heights[0] && heights[0] < heights[4],
        "{heights:?}"
    );
    assert_eq!(
        (heights[0], heights[2], heights[4]),
        (heights[1], heights[3], heights[5])
    );
}

fn flows_of(pairs: &[(i128, i128)]) -> Flows {
    let rows = months(pairs.len()).into_iter().zip(pairs);
    Flows {
        purposes: vec![
            ("contributions".into(), Way::In),
            ("interest".into(), Way::In),
            ("compensation".into(), Way::Out),
        ],
        rows: rows
            .map(|(month, (came, went))| {
                let amounts = [*came, 100, *went].map(Amount::from_fen);
                (month, amounts.to_vec())
            })
            .collect(),
    }
}

#[test]
fn flows_are_drawn_whatever_they_are() {
    for words in both() {
        for fen in HARD {
            let pairs: Vec<(i128, i128)> = fen.iter().map(|one| (*one, one / -2)).collect();
            check(&flows::chart(words, "f", &flows_of(&pairs)));
        }
        for count in [2, 24, 36, 37, 130, 1200] {
            let pairs: Vec<(i128, i128)> = (0..count).map(|at| (i128::from(at) * 99, 1)).collect();
            check(&flows::chart(words, "f", &flows_of(&pairs)));
        }
        assert!(is_empty(&flows::chart(words, "f", &Flows::default())));
    }
}

#[test]
fn flows_add_up_by_purpose_and_many_are_shown_by_year() {
    let words = Words::of(Lang::En);
    let few = flows::chart(words, "f", &flows_of(&[(1_000, 50), (2_000, 0)])).0;
    assert!(few.contains("2021-02") && few.contains(">contributions</th>"));
    // 10.00 + 20.00 + two of 1.00.
    assert!(few.contains(">32.00</data>"), "{few}");
    let unused = flows::chart(words, "f", &flows_of(&[(1_000, 0)])).0;
    assert!(!unused.contains(">compensation</th>"));
    let many = flows::chart(words, "f", &flows_of(&[(1_000, 50); 40])).0;
    assert!(!many.contains("2021-02") && many.contains("2024"), "{many}");
    // Twelve months of 10.00 and 1.00.
    assert!(many.contains(">132.00</data>"), "{many}");
}

fn ratio(bank: &str, compensated: i128, disbursed: i128) -> Ratio {
    let reaches = |bp: i128| compensated > 0 && compensated * 10_000 >= bp * disbursed;
    Ratio {
        bank: bank.into(),
        compensated: Amount::from_fen(compensated),
        disbursed: Amount::from_fen(disbursed),
        warn_bp: 300,
        suspend_bp: 500,
        warn_reached: reaches(300),
        suspend_reached: reaches(500),
    }
}

#[test]
fn ratios_are_drawn_whatever_they_are() {
    let hard = [
        ratio("bank-a", 0, 0),
        ratio("银行", 60_000_000, 2_600_000_000),
        ratio("B", 5, 100),
        ratio(
            "a-bank-with-a-name-that-is-longer-than-anybody-would-want-it-to-be",
            1,
            0,
        ),
        ratio("negative", -50, 100),
        ratio("huge", 1_000_000_000_000_000, 1),
        ratio("both-huge", 49_999_999_999_999, 1_000_000_000_000_000),
    ];
    for words in both() {
        check(&ratios::chart(words, "r", &hard));
        for one in &hard {
            check(&ratios::chart(words, "r", std::slice::from_ref(one)));
        }
        for (warn_bp, suspend_bp) in [(0, 0), (1, 2), (499, 500), (0, 1_000_000), (10_000, 10_000)]
        {
            let one = Ratio {
                warn_bp,
                suspend_bp,
                ..ratio("bank-a", 4, 100)
            };
            check(&ratios::chart(words, "r", &[one]));
        }
        let many: Vec<Ratio> = (0..40)
            .map(|at| ratio(&format!("bank-{at}"), at, 500))
            .collect();
        let chart = ratios::chart(words, "r", &many);
        check(&chart);
        assert!(chart.0.contains("/partners/bank-39"), "the table has all");
        assert!(is_empty(&ratios::chart(words, "r", &[])));
    }
}

#[test]
fn a_ratio_is_never_rounded_up_to_a_line() {
    let below = ratios::chart(
        Words::of(Lang::En),
        "r",
        &[ratio("b", 2_999_999, 100_000_000)],
    )
    .0;
    assert!(
        below.contains("2.99%") && !below.contains("badge warn"),
        "{below}"
    );
    let reached = ratios::chart(
        Words::of(Lang::En),
        "r",
        &[ratio("b", 3_000_000, 100_000_000)],
    )
    .0;
    assert!(
        reached.contains("badge warn") && !reached.contains("badge bad"),
        "{reached}"
    );
    let both = ratios::chart(
        Words::of(Lang::En),
        "r",
        &[ratio("b", 5_000_000, 100_000_000)],
    )
    .0;
    assert!(both.contains("badge bad"), "{both}");
    let endless = ratios::chart(Words::of(Lang::En), "r", &[ratio("b", 1, 0)]).0;
    assert!(endless.contains('∞'), "{endless}");
}

#[test]
fn stages_are_drawn_whatever_they_are() {
    let all = [
        ClaimStatus::Submitted,
        ClaimStatus::Verified,
        ClaimStatus::Approved,
        ClaimStatus::Paid,
        ClaimStatus::Rejected,
    ];
    let of = |counts: [u64; 5]| -> Vec<Stage> {
        let stages = all.into_iter().zip(counts);
        stages
            .map(|(status, count)| Stage {
                status,
                count,
                claimed: Amount::from_fen(100 * i128::from(count)),
                paid: Amount::ZERO,
            })
            .collect()
    };
    for words in both() {
        for counts in [
            [1, 0, 0, 0, 0],
            [0, 0, 0, 0, 1],
            [1, 1, 1, 1, 1],
            [1, 1_000_000, 1, 1, 3],
            [u64::MAX, u64::MAX, 0, 0, 1],
        ] {
            check(&stages::chart(words, "s", &of(counts)));
        }
        assert!(is_empty(&stages::chart(words, "s", &of([0; 5]))));
        assert!(is_empty(&stages::chart(words, "s", &[])));
    }
    let chart = stages::chart(Words::of(Lang::En), "s", &of([2, 0, 3, 0, 0])).0;
    assert!(chart.contains("/claims?status=approved"), "{chart}");
    assert!(chart.contains(">5.00</data>"), "{chart}");
}

//! Claims by how far they have come: one bar, a part of it for each stage.

use fundtrail_model::Amount;
use fundtrail_regulation::state::ClaimStatus;
use maud::{Markup, html};

use super::canvas::{Anchor, Canvas, TEXT, width_of};
use super::figure::Figure;
use crate::components::figures::{amount, count};
use crate::components::table::Table;
use crate::i18n::Words;
use crate::i18n::families::CLAIM_STATUS;
use crate::url;

const HEIGHT: i32 = 360;
const TOP: i32 = 40;
const BOTTOM: i32 = 320;
/// The least width of a stage at which there is a claim.
const LEAST: i32 = 40;

/// The claims at a stage.
#[derive(Clone, Debug)]
pub(crate) struct Stage {
    /// Which.
    pub(crate) status: ClaimStatus,
    /// How many there are.
    pub(crate) count: u64,
    /// What they claim.
    pub(crate) claimed: Amount,
    /// What of it was paid.
    pub(crate) paid: Amount,
}

/// The wire name of a stage: its class too.
pub(crate) const fn name(status: ClaimStatus) -> &'static str {
    match status {
        ClaimStatus::Submitted => "submitted",
        ClaimStatus::Verified => "verified",
        ClaimStatus::Approved => "approved",
        ClaimStatus::Rejected => "rejected",
        ClaimStatus::Paid => "paid",
    }
}

/// The chart of the stages, in their order.
pub(crate) fn chart(words: Words, id: &str, stages: &[Stage]) -> Markup {
    let title = words.t("graph-stages");
    if stages.iter().all(|stage| stage.count == 0) {
        return Figure::empty(id, &title, words);
    }
    let called = |stage: &Stage| words.of_family(&CLAIM_STATUS, name(stage.status));
    let link = |stage: &Stage| {
        let address = url::with_query("/claims", [("status", name(stage.status))]);
        html! { a href=(address) { (called(stage)) } }
    };
    let mut table = Table::new(&title)
        .text(words.t("graph-stage"))
        .figure(words.t("graph-count"))
        .figure(words.t("graph-claimed"))
        .figure(words.t("graph-paid"));
    for stage in stages {
        table.row(vec![
            link(stage),
            html! { (count(stage.count)) },
            amount(stage.claimed),
            amount(stage.paid),
        ]);
    }
    let all = total(stages);
    table.total(vec![
        html! { (words.t("graph-total")) },
        html! { (count(all)) },
        amount(stages.iter().map(|stage| stage.claimed).sum()),
        amount(stages.iter().map(|stage| stage.paid).sum()),
    ]);
    let parts: Vec<String> = stages
        .iter()
        .map(|stage| format!("{} {}", called(stage), count(stage.count)))
        .collect();
    let says = words.ta("graph-stages-says", &[("count", count(all).into())]);
    let figure = Figure {
        id,
        unit: None,
        says: format!("{says} {}", parts.join(" · ")),
        key: stages
            .iter()
            .map(|stage| {
                (
                    name(stage.status),
                    html! { (link(stage)) " " b { (count(stage.count)) } },
                )
            })
            .collect(),
        table,
        title,
    };
    figure.shown(words, |width| draw(width, stages, &called))
}

fn total(stages: &[Stage]) -> u64 {
    stages
        .iter()
        .fold(0, |sum, stage| sum.saturating_add(stage.count))
}

fn draw(width: i32, stages: &[Stage], called: &dyn Fn(&Stage) -> String) -> Canvas {
    let mut canvas = Canvas::new(width, HEIGHT);
    let there: Vec<&Stage> = stages.iter().filter(|stage| stage.count > 0).collect();
    // Every stage has its least part; the rest is shared by the counts.
    let least = LEAST * i32::try_from(there.len()).unwrap_or_default();
    let shared = i128::from(width - least);
    let all = i128::from(total(stages)).max(1);
    let mut before = 0;
    for (at, stage) in there.iter().enumerate() {
        let place = |before: u64, at: usize| {
            let part = shared * i128::from(before).min(all) / all;
            i32::try_from(part).unwrap_or_default() + LEAST * i32::try_from(at).unwrap_or_default()
        };
        let from = place(before, at);
        before = before.saturating_add(stage.count);
        let until = place(before, at + 1);
        let shown = count(stage.count);
        let says = format!("{} {shown}", called(stage));
        canvas.area(name(stage.status), (from, TOP), (until, BOTTOM), &says);
        if width_of(&shown) + 40 <= until - from {
            let class = format!("on-{}", name(stage.status));
            let middle = (from + until) / 2;
            canvas.word(
                Anchor::Middle,
                (middle, (TOP + BOTTOM + TEXT) / 2 - 15),
                &class,
                &shown,
            );
        }
    }
    canvas
}

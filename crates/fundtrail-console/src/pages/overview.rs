//! Overview: how the fund stands, what is due, and what the ledger's integrity rests on.
//!
//! Everybody sees totals and the integrity of the log; who is signed in sees besides what the
//! API gives them: their own part, or all of it.

mod asked;
mod duties;
mod integrity;
mod picture;

use fundtrail_model::Amount;
use maud::{Markup, html};

use crate::components::figures::{amount, count};
use crate::components::notices::{Tone, notice};
use crate::i18n::Words;
use crate::i18n::families::PLACE;
use crate::sheet::{Answer, Place, Sheet};
use crate::visit::{Scope, Visit};

use asked::{Common, Fund, Own};

/// `GET /`
pub(crate) async fn page(visit: Visit) -> Answer {
    let words = visit.words;
    let (common, own) = tokio::join!(Common::ask(&visit), Own::ask(&visit));
    let (common, own) = (common?, own?);
    let title = words.of_family(&PLACE, Place::Overview.name());
    let scope = visit.reader.as_ref().map(|reader| reader.scope);
    Ok(Sheet::new(Place::Overview, title).body(html! {
        (figures(words, &common.fund))
        @match scope {
            None => p .hint { (words.t("overview-public")) },
            Some(Scope::Own) => p .hint { (words.t("overview-own")) },
            Some(Scope::Nothing) => (notice(Tone::Plain, html! { (words.t("overview-nothing")) })),
            Some(Scope::Whole) => {},
        }
        @if visit.reader.is_some() { (duties::shown(words, &own)) }
        (picture::shown(words, &common, &own))
        (integrity::shown(&visit, &common))
    }))
}

/// The key figures: the balance, and what it is made of.
fn figures(words: Words, fund: &Fund) -> Markup {
    let totals = &fund.totals;
    let tiles: [(String, Amount); 5] = [
        (words.t("overview-contributions"), totals.contributions),
        (words.t("overview-interest"), totals.interest),
        (words.t("overview-compensation"), totals.compensation),
        (
            words.t("overview-returns"),
            totals.returns + totals.clawbacks,
        ),
        (words.t("overview-fees"), totals.fees),
    ];
    html! {
        dl .tiles {
            div .first {
                dt { (words.t("overview-balance")) }
                dd { (amount(fund.balance)) }
            }
            @for (called, figure) in tiles {
                div { dt { (called) } dd { (amount(figure)) } }
            }
            div {
                dt { (words.t("overview-entries")) }
                dd { (count(fund.size)) }
            }
        }
    }
}

//! The overview's charts.

use fundtrail_model::Amount;
use fundtrail_regulation::state::{Claim, ClaimStatus};
use maud::{Markup, html};

use super::asked::{Bank, Common, Month, Own, Totals};
use crate::components::chart::balance::{self, Point};
use crate::components::chart::flows::{self, Flows, Way};
use crate::components::chart::ratios::{self, Ratio};
use crate::components::chart::stages::{self, Stage};
use crate::i18n::Words;

/// The stages of a claim, in their order.
const STAGES: [ClaimStatus; 5] = [
    ClaimStatus::Submitted,
    ClaimStatus::Verified,
    ClaimStatus::Approved,
    ClaimStatus::Paid,
    ClaimStatus::Rejected,
];

/// What there is to draw for this reader.
pub(super) fn shown(words: Words, common: &Common, own: &Own) -> Markup {
    let months = common.months.as_ref().map(|months| &months.items);
    html! {
        section aria-labelledby="picture" {
            h2 #picture { (words.t("overview-picture")) }
            div .charts {
                @if let Some(months) = months {
                    (balance::chart(words, "chart-balance", &points(months)))
                    (flows::chart(words, "chart-flows", &flows(words, months)))
                }
                @if let Some(banks) = &own.banks {
                    (ratios::chart(words, "chart-ratios", &ratios(banks)))
                }
                @if let Some(claims) = &own.claims {
                    (stages::chart(words, "chart-stages", &stages(claims)))
                }
            }
        }
    }
}

fn points(months: &[Month]) -> Vec<Point> {
    let point = |month: &Month| Point {
        period: month.month,
        balance: month.balance,
    };
    months.iter().map(point).collect()
}

fn flows(words: Words, months: &[Month]) -> Flows {
    let amounts = |moved: &Totals| {
        vec![
            moved.contributions,
            moved.interest,
            moved.returns,
            moved.clawbacks,
            moved.suspense,
            moved.compensation,
            moved.fees,
            moved.distributions,
        ]
    };
    Flows {
        purposes: vec![
            (words.t("overview-contributions"), Way::In),
            (words.t("overview-interest"), Way::In),
            (words.t("overview-returned"), Way::In),
            (words.t("overview-clawbacks"), Way::In),
            (words.t("overview-suspense"), Way::In),
            (words.t("overview-compensation"), Way::Out),
            (words.t("overview-fees"), Way::Out),
            (words.t("overview-distributions"), Way::Out),
        ],
        rows: months
            .iter()
            .map(|month| (month.month, amounts(&month.moved)))
            .collect(),
    }
}

/// The banks that are partners or owe an explanation, the highest ratio first.
fn ratios(banks: &[Bank]) -> Vec<Ratio> {
    let mut found: Vec<Ratio> = banks
        .iter()
        .filter_map(|bank| {
            let own = bank.ratio.as_ref()?;
            let is_shown = bank.active || !own.compensated.is_zero();
            is_shown.then(|| Ratio {
                bank: bank.party.to_string(),
                compensated: own.compensated,
                disbursed: own.disbursed,
                warn_bp: own.warn_bp,
                suspend_bp: own.suspend_bp,
                warn_reached: own.warn_reached,
                suspend_reached: own.suspend_reached,
            })
        })
        .collect();
    found.sort_by(|one, other| other.compare(one));
    found
}

fn stages(claims: &[Claim]) -> Vec<Stage> {
    STAGES
        .into_iter()
        .map(|status| {
            let own = || claims.iter().filter(move |claim| claim.status == status);
            Stage {
                status,
                count: u64::try_from(own().count()).unwrap_or(u64::MAX),
                claimed: own().map(|claim| claim.amount).sum::<Amount>(),
                paid: own().map(|claim| claim.paid).sum::<Amount>(),
            }
        })
        .collect()
}

//! Claims: the list, and one with every step of its way.

use fundtrail_regulation::Kind;
use fundtrail_regulation::state::{Claim, ClaimStatus};
use maud::{Markup, html};

use crate::components::definitions::Definitions;
use crate::components::figures::{amount, day, digest};
use crate::components::filters::Filters;
use crate::components::notices::{Tone, badge};
use crate::components::table::Table;
use crate::components::{links, pages, wire};
use crate::i18n::Words;
use crate::i18n::families::{CLAIM_STATUS, CLAIM_STEP, PLACE};
use crate::pages::work;
use crate::records::Listed;
use crate::sheet::{Answer, Place, Sheet};
use crate::trouble::Trouble;
use crate::url;
use crate::visit::{Segment, Visit};

/// `GET /claims?status=&claimant=&bank=&loan=&from=&until=&as_of=`
pub(crate) async fn list(visit: Visit) -> Answer {
    let words = visit.words;
    let filters = Filters::new(&visit)
        .family("status", words.t("col-status"), &CLAIM_STATUS)
        .text("claimant", words.t("col-claimant"))
        .text("loan", words.t("col-loan"))
        .day("from", words.t("claim-from"))
        .day("until", words.t("claim-until"))
        .day("as_of", words.t("col-as-of"));
    let listed: Listed<Claim> = visit.api.get(&filters.request("/v1/claims")).await?;
    let title = words.of_family(&PLACE, Place::Claims.name());
    Ok(pages::of_list(
        &visit,
        Place::Claims,
        &title,
        &filters,
        &table(words, &title, &listed.items),
        &listed,
    ))
}

/// `GET /claims/{id}?as_of=`
pub(crate) async fn one(visit: Visit, segment: Result<Segment, Trouble>) -> Answer {
    let Segment(id) = segment?;
    let words = visit.words;
    let path = visit.dated(&format!("/v1/claims/{}", url::encode(&id)));
    let claim: Claim = visit.api.get(&path).await?;
    let title = words.ta("claim-title", &[("id", claim.claim.to_string().into())]);
    Ok(Sheet::new(Place::Claims, title)
        .under(words.of_family(&PLACE, "claims"), Place::Claims.address())
        .body(html! {
            p .status {
                (status(words, claim.status)) " "
                (links::entries_of(words, &format!("claim:{}", claim.claim)))
                (work::next(&visit, next(claim.status), ("claim", claim.claim.as_str())))
            }
            (facts(words, &claim))
            h2 { (words.t("claim-borne")) }
            (borne(words, &claim))
            h2 { (words.t("claim-steps")) }
            (steps(words, &claim))
        }))
}

/// What is done next with a claim that stands there.
const fn next(status: ClaimStatus) -> &'static [Kind] {
    match status {
        ClaimStatus::Submitted => &[Kind::ClaimVerify, Kind::ClaimReject],
        ClaimStatus::Verified => &[Kind::ClaimApprove, Kind::ClaimReject],
        ClaimStatus::Approved => &[Kind::CompensationPay],
        ClaimStatus::Rejected | ClaimStatus::Paid => &[],
    }
}

/// Claims, a row each.
pub(super) fn table(words: Words, caption: &str, claims: &[Claim]) -> Markup {
    let mut table = Table::new(caption)
        .text(words.t("col-claim"))
        .text(words.t("col-loan"))
        .text(words.t("col-claimant"))
        .text(words.t("claim-submitted"))
        .figure(words.t("claim-loss"))
        .figure(words.t("claim-amount"))
        .figure(words.t("claim-paid"))
        .text(words.t("col-status"));
    for claim in claims {
        table.row(vec![
            links::of("/claims", claim.claim.as_str()),
            links::of("/loans", claim.loan.as_str()),
            links::of("/partners", claim.claimant.as_str()),
            html! { @if let Some(first) = claim.steps.first() { (day(first.date)) } },
            amount(claim.loss),
            amount(claim.amount),
            amount(claim.paid),
            status(words, claim.status),
        ]);
    }
    table.shown(words)
}

fn status(words: Words, status: ClaimStatus) -> Markup {
    let tone = match status {
        ClaimStatus::Paid => Tone::Good,
        ClaimStatus::Rejected => Tone::Bad,
        _ => Tone::Plain,
    };
    badge(tone, &words.of_family(&CLAIM_STATUS, &wire(&status)))
}

fn facts(words: Words, claim: &Claim) -> Markup {
    html! {
        (Definitions::new()
            .add(words.t("col-loan"), links::of("/loans", claim.loan.as_str()))
            .add(words.t("col-claimant"), links::of("/partners", claim.claimant.as_str()))
            .add(words.t("claim-as-of"), day(claim.as_of))
            .add_some(words.t("claim-queue"), claim.approval.map(|place| html! { (place) }))
            .shown())
        (Definitions::of_amounts()
            .add(words.t("claim-loss"), amount(claim.loss))
            .add(words.t("claim-beside"), amount(claim.beside_principal))
            .add(words.t("claim-amount"), amount(claim.amount))
            .add(words.t("claim-paid"), amount(claim.paid))
            .add(words.t("claim-unpaid"), amount(claim.unpaid()))
            .shown())
    }
}

fn borne(words: Words, claim: &Claim) -> Markup {
    let mut table = Table::new(words.t("claim-borne"))
        .tight()
        .text(words.t("col-party"))
        .figure(words.t("col-amount"));
    for share in &claim.borne {
        table.row(vec![
            links::of("/partners", share.party.as_str()),
            amount(share.amount),
        ]);
    }
    table.shown(words)
}

fn steps(words: Words, claim: &Claim) -> Markup {
    let mut table = Table::new(words.t("claim-steps"))
        .text(words.t("claim-step"))
        .text(words.t("col-date"))
        .text(words.t("col-entry"))
        .figure(words.t("claim-lowered"))
        .text(words.t("claim-keys"));
    for step in &claim.steps {
        table.row(vec![
            html! { (words.of_family(&CLAIM_STEP, &wire(&step.step))) },
            day(step.date),
            links::entry(step.entry),
            amount(step.lowered),
            html! {
                @for (at, key) in step.keys.iter().enumerate() {
                    @if at > 0 { ", " }
                    a href={ "/keys/" (key) } { (digest(&key.to_string())) }
                }
            },
        ]);
    }
    table.shown(words)
}

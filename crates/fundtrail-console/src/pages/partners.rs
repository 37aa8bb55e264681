//! Institutions: the admitted partners, and any one by its id.

use fundtrail_regulation::state::Notice;
use maud::{Markup, html};

use crate::components::definitions::Definitions;
use crate::components::figures::{amount, basis_points, day, day_or_none, moment, nothing};
use crate::components::filters::Filters;
use crate::components::notices::{Tone, badge};
use crate::components::table::Table;
use crate::components::{links, pages, words_of_role};
use crate::i18n::Words;
use crate::i18n::families::{FLAG, PLACE, ROLE};
use crate::records::{Listed, Standing};
use crate::sheet::{Answer, Place, Sheet};
use crate::trouble::Trouble;
use crate::url;
use crate::visit::{Segment, Visit};

/// `GET /partners?role=&active=&as_of=`
pub(crate) async fn list(visit: Visit) -> Answer {
    let words = visit.words;
    let roles = ["bank", "insurer", "guarantor"];
    let roles = roles.map(|role| (role.to_owned(), words.of_family(&ROLE, role)));
    let filters = Filters::new(&visit)
        .choice("role", words.t("col-role"), roles.to_vec())
        .family("active", words.t("partner-active"), &FLAG)
        .day("as_of", words.t("col-as-of"));
    let listed: Listed<Standing> = visit.api.get(&filters.request("/v1/partners")).await?;
    let title = words.of_family(&PLACE, Place::Partners.name());
    let mut table = Table::new(&title)
        .text(words.t("col-party"))
        .text(words.t("col-role"))
        .figure(words.t("partner-disbursed"))
        .figure(words.t("partner-compensated"))
        .figure(words.t("partner-ratio"))
        .figure(words.t("partner-returned"))
        .figure(words.t("partner-approved"))
        .text(words.t("col-status"));
    for standing in &listed.items {
        let party = &standing.party;
        table.row(vec![
            links::of("/partners", party.party.as_str()),
            roles_of(words, standing),
            amount(party.disbursed),
            amount(party.compensated),
            ratio(standing),
            amount(party.returned),
            amount(party.approved_unpaid),
            marks(words, standing),
        ]);
    }
    Ok(pages::of_list(
        &visit,
        Place::Partners,
        &title,
        &filters,
        &table.shown(words),
        &listed,
    ))
}

/// `GET /partners/{id}?as_of=`
pub(crate) async fn one(visit: Visit, segment: Result<Segment, Trouble>) -> Answer {
    let Segment(id) = segment?;
    let words = visit.words;
    let path = visit.dated(&format!("/v1/partners/{}", url::encode(&id)));
    let standing: Standing = visit.api.get(&path).await?;
    let party = &standing.party;
    let id = party.party.as_str();
    let title = words.ta("partner-title", &[("id", id.into())]);
    let of = |list, name| url::with_query(list, [(name, id)]);
    Ok(Sheet::new(Place::Partners, title)
        .under(words.of_family(&PLACE, "partners"), Place::Partners.address())
        .body(html! {
            p .status {
                (marks(words, &standing)) " "
                (links::entries_of(words, &format!("party:{id}")))
                " " a href=(of("/loans", "bank")) { (words.of_family(&PLACE, "loans")) }
                " " a href=(of("/claims", "claimant")) { (words.of_family(&PLACE, "claims")) }
                " " a href=(of("/obligations", "party")) { (words.of_family(&PLACE, "obligations")) }
                " " a href=(of("/keys", "party")) { (words.of_family(&PLACE, "keys")) }
            }
            (Definitions::new()
                .add(words.t("col-role"), roles_of(words, &standing))
                .add(words.t("partner-ratio"), ratio(&standing))
                .add(words.t("partner-warn-reached"), day_or_none(party.warn_reached_on))
                .add(words.t("partner-suspend-reached"), day_or_none(party.suspend_reached_on))
                .add(words.t("col-as-of"), day(standing.as_of))
                .shown())
            (Definitions::of_amounts()
                .add(words.t("partner-disbursed"), amount(party.disbursed))
                .add(words.t("partner-disbursed-ip"), amount(party.disbursed_ip))
                .add(words.t("partner-compensated"), amount(party.compensated))
                .add(words.t("partner-returned"), amount(party.returned))
                .add(words.t("partner-approved"), amount(party.approved_unpaid))
                .shown())
            h2 { (words.t("partner-admissions")) }
            (admissions(words, &standing))
            h2 { (words.t("partner-notices")) }
            (notices(words, &standing))
        }))
}

fn roles_of(words: Words, standing: &Standing) -> Markup {
    let roles: Vec<String> = standing
        .party
        .roles
        .iter()
        .map(|role| words_of_role(words, *role))
        .collect();
    html! { (roles.join(" · ")) }
}

/// A bank's ratio in hundredths of a percent, cut and never rounded up: for the eye. What
/// decides is compared by multiplication, in the regulation.
fn ratio(standing: &Standing) -> Markup {
    let points = standing.ratio.as_ref().and_then(|ratio| {
        let compensated = ratio.compensated.fen().saturating_mul(10_000);
        compensated.checked_div(ratio.disbursed.fen())
    });
    html! {
        @match points.and_then(|points| i64::try_from(points).ok()) {
            Some(points) => (basis_points(points)),
            None => (nothing()),
        }
    }
}

fn marks(words: Words, standing: &Standing) -> Markup {
    html! {
        @if standing.active { (badge(Tone::Good, &words.t("partner-is-active"))) }
        @else if !standing.party.admissions.is_empty() { (badge(Tone::Plain, &words.t("partner-is-not"))) }
        @if standing.suspended { " " (badge(Tone::Bad, &words.t("partner-suspended"))) }
        @else if standing.warned { " " (badge(Tone::Warn, &words.t("partner-warned"))) }
        @if standing.party.fraud { " " (badge(Tone::Bad, &words.t("loan-fraud"))) }
    }
}

fn admissions(words: Words, standing: &Standing) -> Markup {
    let mut table = Table::new(words.t("partner-admissions"))
        .tight()
        .text(words.t("col-role"))
        .text(words.t("partner-from"))
        .text(words.t("partner-revoked"))
        .text(words.t("partner-agreement"));
    for admission in &standing.party.admissions {
        table.row(vec![
            html! { (words_of_role(words, admission.role)) },
            day(admission.from),
            day_or_none(admission.revoked_on),
            crate::components::figures::digest(admission.agreement.as_str()),
        ]);
    }
    table.shown(words)
}

fn notices(words: Words, standing: &Standing) -> Markup {
    let mut table = Table::new(words.t("partner-notices"))
        .tight()
        .text(words.t("partner-notice"))
        .text(words.t("partner-issued"))
        .text(words.t("partner-lifted"));
    let mut add = |name: String, notices: &[Notice]| {
        for notice in notices {
            table.row(vec![
                html! { (name) },
                moment(notice.issued_at),
                html! { @if let Some(at) = notice.lifted_at { (moment(at)) } @else { (nothing()) } },
            ]);
        }
    };
    add(words.t("partner-warning"), &standing.party.warnings);
    add(words.t("partner-suspension"), &standing.party.suspensions);
    table.shown(words)
}

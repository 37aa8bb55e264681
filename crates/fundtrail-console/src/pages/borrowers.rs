//! Enterprises, by their tags: nobody's name stands in the ledger.

use fundtrail_regulation::state::Loan;
use maud::{Markup, html};

use crate::components::definitions::Definitions;
use crate::components::figures::{amount, code, day, day_or_none, digest, nothing};
use crate::components::filters::Filters;
use crate::components::notices::{Tone, badge};
use crate::components::table::Table;
use crate::components::{links, pages};
use crate::i18n::Words;
use crate::i18n::families::{FLAG, PLACE};
use crate::pages::loans;
use crate::records::{BorrowerOn, Listed};
use crate::sheet::{Answer, Place, Sheet};
use crate::trouble::Trouble;
use crate::url;
use crate::visit::{Segment, Visit};

/// `GET /borrowers?blacklisted=&as_of=`
pub(crate) async fn list(visit: Visit) -> Answer {
    let words = visit.words;
    let filters = Filters::new(&visit)
        .family("blacklisted", words.t("borrower-blacklisted"), &FLAG)
        .day("as_of", words.t("col-as-of"));
    let listed: Listed<BorrowerOn> = visit.api.get(&filters.request("/v1/borrowers")).await?;
    let title = words.of_family(&PLACE, Place::Borrowers.name());
    let mut table = Table::new(&title)
        .text(words.t("col-borrower"))
        .text(words.t("borrower-registered"))
        .text(words.t("borrower-division"))
        .text(words.t("borrower-sme"))
        .figure(words.t("loan-compensated"))
        .text(words.t("col-status"));
    for on in &listed.items {
        let borrower = &on.borrower;
        table.row(vec![
            links::long("/borrowers", &borrower.borrower.to_string()),
            day(borrower.registered_on),
            code(&borrower.division),
            flag(words, borrower.sme),
            amount(borrower.compensated),
            marks(words, on),
        ]);
    }
    Ok(pages::of_list(
        &visit,
        Place::Borrowers,
        &title,
        &filters,
        &table.shown(words),
        &listed,
    ))
}

/// `GET /borrowers/{tag}?as_of=`
pub(crate) async fn one(visit: Visit, segment: Result<Segment, Trouble>) -> Answer {
    let Segment(tag) = segment?;
    let words = visit.words;
    let path = visit.dated(&format!("/v1/borrowers/{}", url::encode(&tag)));
    let on: BorrowerOn = visit.api.get(&path).await?;
    let borrower = &on.borrower;
    let tag = borrower.borrower.to_string();
    let lent = visit.dated(&url::with_query("/v1/loans", [("borrower", tag.as_str())]));
    let lent: Option<Listed<Loan>> = visit.api.allowed(&lent).await?;
    let short: String = tag.chars().take(12).collect();
    let title = words.ta("borrower-title", &[("tag", short.into())]);
    let listing = borrower.blacklisting.as_ref();
    Ok(Sheet::new(Place::Borrowers, title)
        .under(words.of_family(&PLACE, "borrowers"), Place::Borrowers.address())
        .body(html! {
            p .status { (marks(words, &on)) " " (links::entries_of(words, &format!("borrower:{tag}"))) }
            (Definitions::new()
                .add(words.t("borrower-tag"), digest(&tag))
                .add(words.t("borrower-registered"), day(borrower.registered_on))
                .add(words.t("borrower-division"), code(&borrower.division))
                .add(words.t("borrower-sme"), flag(words, borrower.sme))
                .add(words.t("borrower-listed-from"), day_or_none(listing.map(|one| one.from)))
                .add(words.t("borrower-lifted"), day_or_none(listing.and_then(|one| one.lifted_on)))
                .add(words.t("loan-compensated"), amount(borrower.compensated))
                .add(words.t("col-as-of"), day(on.as_of))
                .shown())
            h2 { (words.of_family(&PLACE, "loans")) }
            (loans::table(words, &words.of_family(&PLACE, "loans"), lent.as_ref().map_or(&[][..], |lent| &lent.items)))
        }))
}

fn flag(words: Words, flag: Option<bool>) -> Markup {
    html! {
        @match flag {
            Some(flag) => (words.of_family(&FLAG, if flag { "true" } else { "false" })),
            None => (nothing()),
        }
    }
}

fn marks(words: Words, on: &BorrowerOn) -> Markup {
    html! {
        @if on.borrower.fraud { (badge(Tone::Bad, &words.t("loan-fraud"))) " " }
        @if on.blacklisted { (badge(Tone::Bad, &words.t("borrower-is-blacklisted"))) }
        @else { (badge(Tone::Good, &words.t("borrower-in-good-standing"))) }
    }
}

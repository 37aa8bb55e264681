//! The fund's accounts and what is on them.

use maud::html;

use fundtrail_model::Amount;
use fundtrail_regulation::state::AccountUse;

use crate::components::definitions::Definitions;
use crate::components::figures::{amount, day, nothing};
use crate::components::filters::Filters;
use crate::components::table::Table;
use crate::components::{links, pages, wire};
use crate::i18n::Words;
use crate::i18n::families::{ACCOUNT_USE, PLACE};
use crate::records::{Listed, WithBalance};
use crate::sheet::{Answer, Place, Sheet};
use crate::trouble::Trouble;
use crate::url;
use crate::visit::{Segment, Visit};

/// `GET /accounts?bank=&as_of=`
pub(crate) async fn list(visit: Visit) -> Answer {
    let words = visit.words;
    let filters = Filters::new(&visit)
        .text("bank", words.t("col-bank"))
        .day("as_of", words.t("col-as-of"));
    let listed: Listed<WithBalance> = visit.api.get(&filters.request("/v1/accounts")).await?;
    let title = words.of_family(&PLACE, Place::Accounts.name());
    let mut table = Table::new(&title)
        .text(words.t("col-account"))
        .text(words.t("col-bank"))
        .text(words.t("account-purpose"))
        .text(words.t("account-opened"))
        .figure(words.t("account-balance"));
    for one in &listed.items {
        table.row(vec![
            links::of("/accounts", one.account.account.as_str()),
            links::of("/partners", one.account.bank.as_str()),
            html! { (purpose(words, one.account.purpose)) },
            day(one.account.opened_on),
            amount(one.balance),
        ]);
    }
    if listed.items.len() > 1 && listed.next.is_none() && visit.parameter("cursor").is_none() {
        let total: Amount = listed.items.iter().map(|one| one.balance).sum();
        let blank = || html! {};
        table.total(vec![
            html! { (words.t("col-total")) },
            blank(),
            blank(),
            blank(),
            amount(total),
        ]);
    }
    Ok(pages::of_list(
        &visit,
        Place::Accounts,
        &title,
        &filters,
        &table.shown(words),
        &listed,
    ))
}

/// `GET /accounts/{id}?as_of=`
pub(crate) async fn one(visit: Visit, segment: Result<Segment, Trouble>) -> Answer {
    let Segment(id) = segment?;
    let words = visit.words;
    let path = visit.dated(&format!("/v1/accounts/{}", url::encode(&id)));
    let one: WithBalance = visit.api.get(&path).await?;
    let account = &one.account;
    let id = account.account.as_str();
    let book = format!("account:{id}");
    let compared = url::with_query("/reconciliation", [("account", id)]);
    let as_of = visit.parameter("as_of").map(|day| html! { (day) });
    Ok(Sheet::new(
        Place::Accounts,
        words.ta("account-title", &[("id", id.into())]),
    )
    .under(
        words.of_family(&PLACE, "accounts"),
        Place::Accounts.address(),
    )
    .body(html! {
        p .status {
            (links::entries_of(words, &book)) " "
            a href=(compared) { (words.of_family(&PLACE, "reconciliation")) }
        }
        (Definitions::new()
            .add(words.t("col-bank"), links::of("/partners", account.bank.as_str()))
            .add(words.t("account-purpose"), html! { (purpose(words, account.purpose)) })
            .add(words.t("account-opened"), day(account.opened_on))
            .add(words.t("account-balance"), amount(one.balance))
            .add(words.t("col-as-of"), as_of.unwrap_or_else(nothing))
            .shown())
    }))
}

fn purpose(words: Words, purpose: AccountUse) -> String {
    words.of_family(&ACCOUNT_USE, &wire(&purpose))
}

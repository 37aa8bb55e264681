//! Keys: who signs, as what, and which stand.

use fundtrail_regulation::state::Key;
use maud::{Markup, html};

use crate::components::definitions::Definitions;
use crate::components::figures::{code, digest, nothing};
use crate::components::filters::Filters;
use crate::components::notices::{Tone, badge};
use crate::components::table::Table;
use crate::components::{links, pages, wire, words_of_role};
use crate::i18n::Words;
use crate::i18n::families::{DUTY, FLAG, PLACE, ROLE};
use crate::records::Listed;
use crate::sheet::{Answer, Place, Sheet};
use crate::trouble::Trouble;
use crate::url;
use crate::visit::{Segment, Visit};

/// `GET /keys?party=&role=&standing=&as_of=`
pub(crate) async fn list(visit: Visit) -> Answer {
    let words = visit.words;
    let filters = Filters::new(&visit)
        .text("party", words.t("col-party"))
        .family("role", words.t("col-role"), &ROLE)
        .family("standing", words.t("key-standing"), &FLAG)
        .day("as_of", words.t("col-as-of"));
    let listed: Listed<Key> = visit.api.get(&filters.request("/v1/keys")).await?;
    let title = words.of_family(&PLACE, Place::Keys.name());
    let mut table = Table::new(&title)
        .text(words.t("key-id"))
        .text(words.t("col-party"))
        .text(words.t("col-role"))
        .text(words.t("key-duty"))
        .text(words.t("key-enrolled"))
        .text(words.t("col-status"));
    for key in &listed.items {
        table.row(vec![
            links::long("/keys", &key.key_id.to_string()),
            links::of("/partners", key.party.as_str()),
            html! { (words_of_role(words, key.role)) },
            duty(words, key),
            links::entry(key.enrolled),
            status(words, key),
        ]);
    }
    Ok(pages::of_list(
        &visit,
        Place::Keys,
        &title,
        &filters,
        &table.shown(words),
        &listed,
    ))
}

/// `GET /keys/{keyid}?as_of=`
pub(crate) async fn one(visit: Visit, segment: Result<Segment, Trouble>) -> Answer {
    let Segment(id) = segment?;
    let words = visit.words;
    let path = visit.dated(&format!("/v1/keys/{}", url::encode(&id)));
    let key: Key = visit.api.get(&path).await?;
    let id = key.key_id.to_string();
    let short: String = id.chars().take(12).collect();
    Ok(Sheet::new(Place::Keys, words.ta("key-title", &[("id", short.into())]))
        .under(words.of_family(&PLACE, "keys"), Place::Keys.address())
        .body(html! {
            p .status { (status(words, &key)) " " (links::entries_of(words, &format!("key:{id}"))) }
            (Definitions::new()
                .add(words.t("key-id"), digest(&id))
                .add(words.t("key-public"), digest(&key.public_key.to_string()))
                .add(words.t("key-suite"), code(key.suite.as_str()))
                .add(words.t("col-party"), links::of("/partners", key.party.as_str()))
                .add(words.t("col-role"), html! { (words_of_role(words, key.role)) })
                .add(words.t("key-duty"), duty(words, &key))
                .add(words.t("key-lineage"), links::long("/keys", &key.lineage.to_string()))
                .add(words.t("key-enrolled"), links::entry(key.enrolled))
                .add(words.t("key-revoked"), links::entry_or_none(key.revoked))
                .shown())
        }))
}

fn duty(words: Words, key: &Key) -> Markup {
    html! {
        @match &key.duty {
            Some(duty) => (words.of_family(&DUTY, &wire(duty))),
            None => (nothing()),
        }
    }
}

fn status(words: Words, key: &Key) -> Markup {
    html! {
        @match key.revoked {
            Some(entry) => {
                (badge(Tone::Bad, &words.t("key-is-revoked"))) " " (links::entry(entry))
            }
            None => (badge(Tone::Good, &words.t("key-stands"))),
        }
    }
}

//! Alerts: what was recorded all the same, though somebody then owed something.

use fundtrail_regulation::alerts::ALERTS;
use fundtrail_regulation::state::AlertRecord;
use maud::{Markup, html};

use crate::components::definitions::Definitions;
use crate::components::figures::{code, day_or_none};
use crate::components::filters::Filters;
use crate::components::notices::{Tone, badge};
use crate::components::table::Table;
use crate::components::{links, pages, tree};
use crate::i18n::Words;
use crate::i18n::families::{FLAG, PLACE, ROLE};
use crate::pages::entry::article_name;
use crate::records::Listed;
use crate::sheet::{Answer, Place, Sheet};
use crate::trouble::Trouble;
use crate::url;
use crate::visit::{Segment, Visit};

/// `GET /alerts?standing=&code=&object=&as_of=`
pub(crate) async fn list(visit: Visit) -> Answer {
    let words = visit.words;
    let codes = ALERTS
        .iter()
        .map(|alert| (alert.code.to_owned(), words.one(alert.title)))
        .collect();
    let filters = Filters::new(&visit)
        .family("standing", words.t("alert-standing"), &FLAG)
        .choice("code", words.t("alert-code"), codes)
        .text("object", words.t("col-object"))
        .day("as_of", words.t("col-as-of"));
    let listed: Listed<AlertRecord> = visit.api.get(&filters.request("/v1/alerts")).await?;
    let title = words.of_family(&PLACE, Place::Alerts.name());
    let mut table = Table::new(&title)
        .text(words.t("alert-number"))
        .text(words.t("alert-says"))
        .text(words.t("col-object"))
        .text(words.t("alert-owed-by"))
        .text(words.t("col-due"))
        .text(words.t("col-entry"))
        .text(words.t("col-status"));
    for record in &listed.items {
        let alert = &record.alert;
        table.row(vec![
            html! { a href={ "/alerts/" (record.number) } { (record.number) } },
            html! { (words.alert(&alert.code)) },
            links::object(&alert.object),
            html! { (words.of_family(&ROLE, &alert.owed_by)) },
            day_or_none(alert.due),
            links::entry(record.entry),
            status(words, record),
        ]);
    }
    Ok(pages::of_list(
        &visit,
        Place::Alerts,
        &title,
        &filters,
        &table.shown(words),
        &listed,
    ))
}

/// `GET /alerts/{number}?as_of=`
pub(crate) async fn one(visit: Visit, segment: Result<Segment, Trouble>) -> Answer {
    let Segment(number) = segment?;
    let words = visit.words;
    let path = visit.dated(&format!("/v1/alerts/{}", url::encode(&number)));
    let record: AlertRecord = visit.api.get(&path).await?;
    let alert = &record.alert;
    let title = words.ta(
        "alert-title",
        &[("number", record.number.to_string().into())],
    );
    Ok(Sheet::new(Place::Alerts, title)
        .under(words.of_family(&PLACE, "alerts"), Place::Alerts.address())
        .body(html! {
            p .status { (status(words, &record)) }
            (Definitions::new()
                .add(words.t("alert-says"), html! { (words.alert(&alert.code)) " " (code(&alert.code)) })
                .add(words.t("col-article"), html! { (article_name(words, alert.article)) })
                .add(words.t("col-object"), links::named_object(words, &alert.object))
                .add(words.t("alert-owed-by"), html! { (words.of_family(&ROLE, &alert.owed_by)) })
                .add(words.t("col-due"), day_or_none(alert.due))
                .add(words.t("alert-raised"), links::entry(record.entry))
                .add(words.t("alert-closed-by"), links::entry_or_none(record.closed_by))
                .add(words.t("col-figures"), tree::figures(words, &alert.figures))
                .shown())
        }))
}

fn status(words: Words, record: &AlertRecord) -> Markup {
    html! {
        @match record.closed_by {
            Some(entry) => {
                (badge(Tone::Good, &words.t("alert-closed"))) " " (links::entry(entry))
            }
            None => (badge(Tone::Warn, &words.t("alert-stands"))),
        }
    }
}

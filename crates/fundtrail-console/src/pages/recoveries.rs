//! Recoveries: what was collected after compensation, and what of it is owed.

use fundtrail_regulation::Kind;
use maud::{Markup, html};

use crate::components::definitions::Definitions;
use crate::components::figures::{amount, count, day, nothing};
use crate::components::filters::Filters;
use crate::components::notices::{Tone, badge};
use crate::components::table::Table;
use crate::components::{links, pages};
use crate::i18n::Words;
use crate::i18n::families::{FLAG, PLACE};
use crate::pages::work;
use crate::records::{Listed, Owing};
use crate::sheet::{Answer, Place, Sheet};
use crate::trouble::Trouble;
use crate::url;
use crate::visit::{Segment, Visit};

/// `GET /recoveries?owed=&loan=&collector=&from=&until=&as_of=`
pub(crate) async fn list(visit: Visit) -> Answer {
    let words = visit.words;
    let filters = Filters::new(&visit)
        .family("owed", words.t("recovery-is-owed"), &FLAG)
        .text("loan", words.t("col-loan"))
        .text("collector", words.t("recovery-collector"))
        .day("from", words.t("recovery-from"))
        .day("until", words.t("recovery-until"))
        .day("as_of", words.t("col-as-of"));
    let listed: Listed<Owing> = visit.api.get(&filters.request("/v1/recoveries")).await?;
    let title = words.of_family(&PLACE, Place::Recoveries.name());
    Ok(pages::of_list(
        &visit,
        Place::Recoveries,
        &title,
        &filters,
        &table(words, &title, &listed.items),
        &listed,
    ))
}

/// `GET /recoveries/{id}?as_of=`
pub(crate) async fn one(visit: Visit, segment: Result<Segment, Trouble>) -> Answer {
    let Segment(id) = segment?;
    let words = visit.words;
    let path = visit.dated(&format!("/v1/recoveries/{}", url::encode(&id)));
    let owing: Owing = visit.api.get(&path).await?;
    let recovery = &owing.recovery;
    let title = words.ta(
        "recovery-title",
        &[("id", recovery.recovery.to_string().into())],
    );
    let object = format!("recovery:{}", recovery.recovery);
    let previous = recovery.previous.as_ref();
    Ok(Sheet::new(Place::Recoveries, title)
        .under(words.of_family(&PLACE, "recoveries"), Place::Recoveries.address())
        .body(html! {
            p .status { (status(words, &owing)) " " (links::entries_of(words, &object))
                @if !owing.owed.is_zero() {
                    (work::next(&visit, &[Kind::RecoveryReturn], ("recovery", recovery.recovery.as_str())))
                }
            }
            (Definitions::new()
                .add(words.t("col-loan"), links::of("/loans", recovery.loan.as_str()))
                .add(words.t("recovery-collector"), links::of("/partners", recovery.collector.as_str()))
                .add(words.t("recovery-received"), day(recovery.received_on))
                .add(words.t("recovery-deadline"), day(recovery.deadline))
                .add(words.t("col-as-of"), day(owing.as_of))
                .add_some(
                    words.t("recovery-previous"),
                    previous.map(|previous| links::of("/recoveries", previous.as_str())),
                )
                .shown())
            (Definitions::of_amounts()
                .add(words.t("recovery-amount"), amount(recovery.amount))
                .add(words.t("recovery-counted"), amount(recovery.counted))
                .add(words.t("recovery-due"), amount(recovery.due))
                .add(words.t("recovery-returned"), amount(recovery.returned))
                .add(words.t("recovery-owed"), amount(owing.owed))
                .shown())
        }))
}

/// Recoveries, a row each.
pub(super) fn table(words: Words, caption: &str, recoveries: &[Owing]) -> Markup {
    let mut table = Table::new(caption)
        .text(words.t("col-recovery"))
        .text(words.t("col-loan"))
        .text(words.t("recovery-collector"))
        .text(words.t("recovery-received"))
        .figure(words.t("recovery-amount"))
        .figure(words.t("recovery-due"))
        .figure(words.t("recovery-returned"))
        .figure(words.t("recovery-owed"))
        .text(words.t("recovery-deadline"))
        .text(words.t("col-status"));
    for owing in recoveries {
        let recovery = &owing.recovery;
        table.row(vec![
            links::of("/recoveries", recovery.recovery.as_str()),
            links::of("/loans", recovery.loan.as_str()),
            links::of("/partners", recovery.collector.as_str()),
            day(recovery.received_on),
            amount(recovery.amount),
            amount(recovery.due),
            amount(recovery.returned),
            amount(owing.owed),
            day(recovery.deadline),
            status(words, owing),
        ]);
    }
    table.shown(words)
}

fn status(words: Words, owing: &Owing) -> Markup {
    html! {
        @if owing.owed.is_zero() { (badge(Tone::Good, &words.t("recovery-done"))) }
        @else if owing.days_late > 0 {
            (badge(Tone::Bad, &late(words, owing.days_late)))
        } @else { (badge(Tone::Plain, &words.t("recovery-open"))) }
    }
}

/// `3 days late`
pub(super) fn late(words: Words, days: i64) -> String {
    words.ta("days-late", &[("days", count(days.unsigned_abs()).into())])
}

/// How late something is, in words; nothing where it is not.
pub(super) fn late_or_none(words: Words, days: Option<i64>) -> Markup {
    html! {
        @match days {
            Some(days) if days > 0 => (badge(Tone::Bad, &late(words, days))),
            _ => (nothing()),
        }
    }
}

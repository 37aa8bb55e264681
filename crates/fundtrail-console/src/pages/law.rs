//! The law as the node applies it: the policy's versions, and the rules.

use fundtrail_regulation::Kind;
use fundtrail_regulation::state::PolicyVersion;
use maud::{Markup, html};
use serde_json::Value;

use crate::components::figures::{code, day, day_or_none};
use crate::components::filters::Filters;
use crate::components::notices::{Tone, notice};
use crate::components::table::Table;
use crate::components::{links, pages, tree};
use crate::i18n::Words;
use crate::i18n::families::{PLACE, STAGE};
use crate::pages::entry::article_name;
use crate::records::{Listed, Rule};
use crate::sheet::{Answer, Place, Sheet};
use crate::trouble::Trouble;
use crate::url;
use crate::visit::{Segment, Visit};

/// The last article of the regulation.
const ARTICLES: u8 = 24;

/// `GET /policy?as_of=`
pub(crate) async fn versions(visit: Visit) -> Answer {
    let words = visit.words;
    let filters = Filters::new(&visit).day("as_of", words.t("col-as-of"));
    let listed: Listed<PolicyVersion> = visit.api.get(&filters.request("/v1/policy")).await?;
    let title = words.of_family(&PLACE, Place::Policy.name());
    let mut table = Table::new(&title)
        .text(words.t("policy-version"))
        .text(words.t("policy-document"))
        .text(words.t("policy-applies"))
        .text(words.t("policy-from"))
        .text(words.t("policy-to"));
    for version in &listed.items {
        let measure = &version.policy.policy;
        table.row(vec![
            links::of("/policy", &version.version.to_string()),
            html! { (measure.doc_no) },
            day(version.applies_from),
            day(measure.effective_from),
            day(measure.effective_to),
        ]);
    }
    Ok(pages::of_list(
        &visit,
        Place::Policy,
        &title,
        &filters,
        &table.shown(words),
        &listed,
    ))
}

/// `GET /policy/{version}`
pub(crate) async fn version(visit: Visit, segment: Result<Segment, Trouble>) -> Answer {
    let Segment(number) = segment?;
    let words = visit.words;
    let path = visit.dated(&format!("/v1/policy/{}", url::encode(&number)));
    let version: PolicyVersion = visit.api.get(&path).await?;
    let number = version.version.to_string();
    let policy = serde_json::to_value(&version.policy).unwrap_or_default();
    Ok(Sheet::new(
        Place::Policy,
        words.ta("policy-title", &[("version", number.into())]),
    )
    .under(words.of_family(&PLACE, "policy"), Place::Policy.address())
    .body(html! {
        (notice(Tone::Plain, html! {
            p { (words.t("policy-applies")) " " (day(version.applies_from)) }
        }))
        p .status { (links::entries_of(words, "policy")) }
        @for (name, part) in sections(&policy) {
            h2 { (words.of_family(&crate::i18n::families::MEMBER, name)) }
            (tree::value(words, part))
        }
    }))
}

fn sections(policy: &Value) -> impl Iterator<Item = (&String, &Value)> {
    policy.as_object().into_iter().flatten()
}

/// `GET /rules?article=&kind=&stage=`: the filters are the page's own, over the API's list
pub(crate) async fn rules(visit: Visit) -> Answer {
    let words = visit.words;
    let articles = (1..=ARTICLES)
        .map(|article| (article.to_string(), article_name(words, article)))
        .collect();
    let kinds = Kind::ALL
        .iter()
        .map(|kind| (kind.name().to_owned(), words.one(kind.title())))
        .collect();
    let filters = Filters::new(&visit)
        .choice("article", words.t("col-article"), articles)
        .choice("kind", words.t("entries-kind"), kinds)
        .family("stage", words.t("rule-stage"), &STAGE);
    let mut rules: Vec<Rule> = visit.api.get("/v1/rules").await?;
    let fits = |name, holds: &dyn Fn(&str) -> bool| visit.parameter(name).is_none_or(holds);
    rules.retain(|rule| {
        fits("article", &|article| article == rule.article.to_string())
            && fits("kind", &|kind| rule.binds.iter().any(|bound| bound == kind))
            && fits("stage", &|stage| stage == rule.stage)
    });
    let title = words.of_family(&PLACE, Place::Rules.name());
    Ok(Sheet::new(Place::Rules, &title).body(html! {
        (filters.form())
        (table(words, &title, &rules))
    }))
}

fn table(words: Words, title: &str, rules: &[Rule]) -> Markup {
    let mut table = Table::new(title)
        .text(words.t("rule-code"))
        .text(words.t("col-article"))
        .text(words.t("rule-says"))
        .text(words.t("rule-stage"))
        .text(words.t("rule-from"))
        .text(words.t("rule-until"))
        .text(words.t("rule-binds"));
    for rule in rules {
        table.row(vec![
            html! { (code(&rule.code)) " " span .nothing { (rule.rule) } },
            html! {
                @if rule.article > 0 { (article_name(words, rule.article)) }
                @else { (words.t("rule-ledger")) }
            },
            html! { (rule.title.in_words(words)) },
            html! { (words.of_family(&STAGE, &rule.stage)) },
            day_or_none(rule.from),
            day_or_none(rule.until),
            binds(words, rule),
        ]);
    }
    table.shown(words)
}

fn binds(words: Words, rule: &Rule) -> Markup {
    let all = Kind::ALL.len();
    html! {
        @if rule.binds.len() + 1 >= all { (words.t("rule-all")) }
        @else if rule.binds.len() > 4 {
            details {
                summary { (words.ta("rule-kinds", &[("count", rule.binds.len().to_string().into())])) }
                (names(words, &rule.binds))
            }
        } @else { (names(words, &rule.binds)) }
    }
}

fn names(words: Words, kinds: &[String]) -> String {
    let names: Vec<String> = kinds.iter().map(|kind| words.kind(kind)).collect();
    names.join(" · ")
}

//! What waits for the reader, what they wait for, what they owe, and what they may begin.

use axum::http::StatusCode;
use fundtrail_model::Amount;
use fundtrail_regulation::Kind;
use fundtrail_regulation::state::Key;
use maud::{Markup, html};
use serde_json::Value;

use super::forms;
use super::record::{Draft, Item, Line, Seat};
use crate::components::figures::{amount, amount_or_none, code, day_or_none, moment, nothing};
use crate::components::notices::{Tone, badge, empty};
use crate::components::table::Table;
use crate::components::{links, pages, wire};
use crate::i18n::Words;
use crate::i18n::families::{DRAFT_STATE, OWED, PLACE};
use crate::pages::recoveries::late_or_none;
use crate::records::{Listed, Obligation};
use crate::sheet::{Answer, Place, Sheet};
use crate::trouble::Trouble;
use crate::url;
use crate::visit::{Reader, Visit};

/// The most drafts whose figures are looked up for one page.
const FIGURES_MAX: usize = 30;
/// What a draft is about: the first of these that its body has, and where it leads.
const ABOUT: [(&str, &str); 9] = [
    ("claim", "/claims"),
    ("recovery", "/recoveries"),
    ("loan", "/loans"),
    ("account", "/accounts"),
    ("bank", "/partners"),
    ("partner", "/partners"),
    ("subject", "/partners"),
    ("reporter", "/partners"),
    ("auditor", "/partners"),
];

/// `GET /work?cursor=`
pub(crate) async fn page(visit: Visit) -> Answer {
    let words = visit.words;
    let Some(reader) = &visit.reader else {
        return Err(Trouble::new(
            StatusCode::UNAUTHORIZED,
            "UNAUTHENTICATED",
            "",
        ));
    };
    let cursor = visit.parameter("cursor").map(|cursor| ("cursor", cursor));
    let path = url::with_query("/v1/drafts", [("limit", "100")].into_iter().chain(cursor));
    let of_party = url::with_query(
        "/v1/obligations",
        [("party", reader.party.as_str()), ("limit", "100")],
    );
    let key = format!("/v1/keys/{}", reader.key);
    let (listed, owed, key) = tokio::join!(
        visit.api.get::<Listed<Line>>(&path),
        visit.api.allowed::<Listed<Obligation>>(&of_party),
        visit.api.allowed::<Key>(&key),
    );
    let (listed, owed, key) = (listed?, owed?, key?);
    let seat = Seat {
        reader,
        duty: key.and_then(|key| key.duty),
    };
    let mut groups = Groups::default();
    let mut looked_up = 0;
    for line in &listed.items {
        let item = match line {
            Line::Draft(item) => item,
            Line::Lost { id, code } => {
                groups.lost.push((id, code));
                continue;
            }
        };
        let details = if item.is_open() && looked_up < FIGURES_MAX {
            looked_up += 1;
            visit
                .api
                .allowed(&format!("/v1/drafts/{}", url::encode(item.id.as_str())))
                .await?
        } else {
            None
        };
        groups.of(item, &seat).push((item, details));
    }
    let owed = owed.map_or_else(Vec::new, |listed| listed.items);
    Ok(Sheet::new(Place::Work, words.of_family(&PLACE, Place::Work.name())).body(html! {
        section #work-waiting {
            h2 { (words.t("work-waiting")) }
            (table(words, &words.t("work-waiting"), &groups.waiting))
        }
        section #work-own {
            h2 { (words.t("work-own")) }
            (table(words, &words.t("work-own"), &groups.own))
        }
        @if !groups.others.is_empty() {
            section #work-others {
                h2 { (words.t("work-others")) }
                (table(words, &words.t("work-others"), &groups.others))
            }
        }
        @if !owed.is_empty() {
            section #work-owed {
                h2 { (words.t("work-owed")) }
                (obligations(words, &owed))
            }
        }
        section #work-begin {
            h2 { (words.t("work-begin")) }
            (begin(words, reader))
        }
        @if !groups.ended.is_empty() {
            section #work-ended {
                h2 { (words.t("work-ended")) }
                (table(words, &words.t("work-ended"), &groups.ended))
            }
        }
        @for (id, code) in &groups.lost {
            p .status { (badge(Tone::Bad, &words.of_family(&DRAFT_STATE, "unreadable"))) (self::code(id)) (self::code(code)) }
        }
        (pages::below(&visit, &listed))
    }))
}

type Rows<'a> = Vec<(&'a Item, Option<Draft>)>;

/// Drafts, each where the reader looks for it.
#[derive(Default)]
struct Groups<'a> {
    waiting: Rows<'a>,
    own: Rows<'a>,
    others: Rows<'a>,
    ended: Rows<'a>,
    lost: Vec<(&'a str, &'a str)>,
}

impl<'a> Groups<'a> {
    fn of(&mut self, item: &Item, seat: &Seat<'_>) -> &mut Rows<'a> {
        if !item.is_open() {
            &mut self.ended
        } else if item.waits_for(seat) {
            &mut self.waiting
        } else if item.is_of(seat.reader) {
            &mut self.own
        } else {
            &mut self.others
        }
    }
}

fn table(words: Words, caption: &str, rows: &Rows<'_>) -> Markup {
    if rows.is_empty() {
        return empty(words);
    }
    let mut table = Table::new(caption)
        .text(words.t("work-what"))
        .text(words.t("work-about"))
        .figure(words.t("col-amount"))
        .text(words.t("col-date"))
        .text(words.t("work-signed-by"))
        .text(words.t("work-lacking"))
        .text(words.t("work-expires"))
        .text(words.t("col-status"));
    for (item, details) in rows {
        let body = details.as_ref().map(|draft| &draft.body);
        table.row(vec![
            html! { a href={ "/work/" (url::encode(item.id.as_str())) } { (words.kind(&item.kind)) } },
            html! { @if let Some(about) = body.and_then(about) { (about) } @else { (code(item.id.as_str())) } },
            amount_or_none(body.and_then(stated)),
            html! { (crate::components::figures::day(item.date)) },
            html! { @if item.signed_by.is_empty() { (nothing()) } @else { (parties(item)) } },
            html! { @if item.missing.is_empty() { (nothing()) } @else { (missing(words, item)) } },
            html! { @if item.is_open() { (moment(item.expires)) } @else if let Some(ended) = item.ended { (moment(ended)) } @else { (nothing()) } },
            standing(words, item, details.as_ref()),
        ]);
    }
    table.shown(words)
}

fn parties(item: &Item) -> Markup {
    html! { @for (at, party) in item.signed_by.iter().enumerate() { @if at > 0 { ", " } (links::of("/partners", party.as_str())) } }
}

/// Who is still missing, in words.
pub(super) fn missing(words: Words, item: &Item) -> Markup {
    html! { ul .plain { @for lack in &item.missing { li { (lack.words.in_words(words)) } } } }
}

fn standing(words: Words, item: &Item, details: Option<&Draft>) -> Markup {
    let verdict = details.and_then(|draft| draft.verdict.as_ref());
    html! {
        (state(words, item))
        @if let Some(entry) = item.entry { " " (links::entry(entry)) }
        @if verdict.is_some_and(|verdict| !verdict.passes) {
            " " (badge(Tone::Bad, &words.t("work-would-refuse")))
        }
    }
}

/// How a draft stands, in a word.
pub(super) fn state(words: Words, item: &Item) -> Markup {
    let tone = match item.state.as_str() {
        "submitted" => Tone::Good,
        "refused" => Tone::Bad,
        "open" => Tone::Warn,
        _ => Tone::Plain,
    };
    badge(tone, &words.of_family(&DRAFT_STATE, &item.state))
}

fn about(body: &Value) -> Option<Markup> {
    ABOUT
        .iter()
        .find_map(|(member, list)| Some(links::of(list, body.get(member)?.as_str()?)))
}

/// The amount that a body states.
fn stated(body: &Value) -> Option<Amount> {
    let members = ["amount", "total", "closing"];
    let text = members
        .iter()
        .find_map(|member| body.get(member)?.as_str())?;
    Amount::parse(text).ok()
}

fn obligations(words: Words, owed: &[Obligation]) -> Markup {
    let mut table = Table::new(words.t("work-owed"))
        .text(words.t("owed-kind"))
        .text(words.t("col-object"))
        .figure(words.t("col-amount"))
        .text(words.t("col-due"))
        .text(words.t("owed-late"))
        .text(words.t("work-do"));
    for one in owed {
        table.row(vec![
            html! {
                @match (one.alert, &one.code) {
                    (Some(number), Some(code)) => a href={ "/alerts/" (number) } { (words.alert(code)) },
                    _ => (words.of_family(&OWED, &wire(&one.kind))),
                }
            },
            links::object(&one.object),
            html! { @match one.amount { Some(left) => (amount(left)), None => (nothing()) } },
            day_or_none(one.due),
            late_or_none(words, one.days_late),
            answer(words, one),
        ]);
    }
    table.shown(words)
}

/// The form that answers an obligation, filled in from it.
fn answer(words: Words, owed: &Obligation) -> Markup {
    let kind = owed.answered_by.as_deref();
    let Some(form) = kind.and_then(|kind| forms::of_kind(kind).first().copied()) else {
        return nothing();
    };
    let (sort, id) = owed.object.split_once(':').unwrap_or_default();
    let is_asked = |name: &str| form.fields.iter().any(|field| field.name == name);
    let mut pairs: Vec<(&str, String)> = Vec::new();
    let members: &[&str] = match sort {
        "party" => &["bank", "subject", "reporter", "payee"],
        "loan" => &["loan"],
        "recovery" => &["recovery"],
        "order" => &["order"],
        "claim" => &["claim"],
        _ => &[],
    };
    for member in members {
        if is_asked(&format!("body.{member}")) {
            pairs.push((member, id.to_owned()));
        }
    }
    if let Some(period) = &owed.period {
        pairs.push(("period", period.clone()));
    }
    if let Some(left) = owed.amount.filter(|_| is_asked("body.amount")) {
        pairs.push(("amount", left.to_string()));
    }
    let kind = form.kind.name();
    let pairs = pairs.iter().map(|(name, value)| (*name, value.as_str()));
    let address = url::with_query(&format!("/work/new/{kind}"), pairs);
    html! { a href=(address) data-begin=(kind) { (words.kind(kind)) } }
}

/// The kinds that the reader's role usually begins.
/// The kinds that are prepared with the tool.
fn without_form(words: Words) -> String {
    let kinds = Kind::ALL
        .iter()
        .filter(|kind| forms::of_kind(kind.name()).is_empty());
    let kinds: Vec<String> = kinds.map(|kind| words.one(kind.title())).collect();
    kinds.join(&words.t("list-separator"))
}

fn begin(words: Words, reader: &Reader) -> Markup {
    let forms = forms::begun_by(reader.role);
    html! {
        @if forms.is_empty() { (empty(words)) } @else {
            ul .begin {
                @for form in forms {
                    @let kind = form.kind.name();
                    li { a href={ "/work/new/" (kind) } data-begin=(kind) { (words.kind(kind)) } }
                }
            }
        }
        p .help { (words.ta("work-begin-else", &[("kinds", without_form(words).into())])) }
    }
}

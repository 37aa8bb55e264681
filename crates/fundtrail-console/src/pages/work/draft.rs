//! One draft: in words what is signed, who signed, who is missing, what the ledger says now.
//!
//! The words that are signed are written by `sign.js` from the bytes it signs, in place of what
//! the server shows here, which is for reading without a script.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fundtrail_regulation::state::Key;
use maud::{Markup, html};

use super::record::{Draft, Refusal, Seat};
use super::{list, prospect};
use crate::components::definitions::Definitions;
use crate::components::figures::{code, day, digest, moment, nothing};
use crate::components::notices::{Tone, notice};
use crate::components::table::Table;
use crate::components::{links, tree, words_of_role};
use crate::i18n::Words;
use crate::i18n::families::{DUTY, PLACE};
use crate::pages::entry::article_name;
use crate::sheet::{Answer, Place, Sheet};
use crate::trouble::Trouble;
use crate::url;
use crate::visit::{Segment, Visit};

/// `GET /work/{draft}`
pub(crate) async fn page(visit: Visit, segment: Result<Segment, Trouble>) -> Answer {
    let Segment(id) = segment?;
    let words = visit.words;
    let draft: Draft = visit
        .api
        .get(&format!("/v1/drafts/{}", url::encode(&id)))
        .await?;
    let mut waits = false;
    let mut is_own = false;
    if let Some(reader) = &visit.reader {
        let key: Option<Key> = visit
            .api
            .allowed(&format!("/v1/keys/{}", reader.key))
            .await?;
        let has_signed = draft.signatures.iter().any(|one| one.keyid == reader.key);
        let seat = Seat {
            reader,
            duty: key.and_then(|key| key.duty),
        };
        waits = draft.item.waits_for(&seat) && !has_signed;
        is_own = draft.item.is_of(reader);
    }
    let title = words.kind(&draft.item.kind);
    Ok(Sheet::new(Place::Work, title)
        .under(words.of_family(&PLACE, Place::Work.name()), Place::Work.address())
        .script("sign.js")
        .body(html! {
            (standing(words, &draft))
            (facts(words, &draft))
            div .work {
                (signing(words, &draft, waits, is_own && draft.item.is_open()))
                aside .verdict {
                    (verdict(words, &draft))
                    h2 { (words.t("work-lacking")) }
                    div #work-lacking {
                        @if draft.item.missing.is_empty() { (nothing()) } @else { (list::missing(words, &draft.item)) }
                    }
                }
            }
            section #work-signed {
                h2 { (words.t("work-signatures")) }
                (signatures(words, &draft))
            }
            details {
                summary { (words.t("work-bytes")) }
                pre .wrapped { (draft.text) }
            }
        }))
}

fn standing(words: Words, draft: &Draft) -> Markup {
    let item = &draft.item;
    html! {
        p #work-state .status data-state=(item.state) {
            (list::state(words, item))
            @if let Some(entry) = item.entry {
                a #work-entry href={ "/entries/" (entry) } { (words.ta("work-entry", &[("entry", entry.to_string().into())])) }
            }
            @if let Some(by) = &item.withdrawn_by { span { (words.t("work-withdrawn-by")) " " (code(by.as_str())) } }
            @for article in &draft.articles {
                a href={ "/rules?article=" (article) } { (article_name(words, *article)) }
            }
        }
    }
}

fn facts(words: Words, draft: &Draft) -> Markup {
    let item = &draft.item;
    Definitions::new()
        .add(words.t("work-id-of"), code(item.id.as_str()))
        .add(words.t("work-date"), day(item.date))
        .add(
            words.t("work-posted-by"),
            html! {
                (links::of("/partners", item.party.as_str())) ", " (moment(item.created))
            },
        )
        .add_some(
            words.t("work-expires"),
            item.is_open().then(|| moment(item.expires)),
        )
        .add_some(words.t("work-ended-at"), item.ended.map(moment))
        .shown()
}

/// What is signed, and the buttons: one to sign for whom it waits, one to take it back for
/// whose it is.
fn signing(words: Words, draft: &Draft, waits: bool, may_withdraw: bool) -> Markup {
    let item = &draft.item;
    html! {
        section #work-draft .paper data-draft=(item.id) data-payload=(draft.payload) {
            h2 { (words.t("work-says")) }
            div data-says-transaction { (said(words, draft)) }
            @if draft.disclosures.is_none() && has_sealed(&draft.text) {
                (notice(Tone::Plain, html! { p { (words.t("work-sealed-away")) } }))
            }
            @if waits {
                noscript { (notice(Tone::Warn, html! { p { (words.t("work-script")) } })) }
                p .agree {
                    input #work-agreed type="checkbox" data-agreed;
                    " " label for="work-agreed" { (words.t("work-agreed")) }
                }
            } @else if item.is_open() {
                (notice(Tone::Plain, html! { p { (words.t("work-not-for-you")) } }))
            }
            p .act {
                button #work-sign type="button" data-sign disabled hidden[!waits] { (words.t("work-sign")) }
                @if may_withdraw {
                    " " button #work-withdraw .quiet type="button" data-withdraw { (words.t("work-withdraw")) }
                }
            }
            p data-says role="status" aria-live="polite" {}
            ul .refusals data-refusals {}
        }
    }
}

/// What is signed as the server reads it; `sign.js` puts its own reading in place of it.
fn said(words: Words, draft: &Draft) -> Markup {
    let item = &draft.item;
    html! {
        h3 { (words.kind(&item.kind)) }
        (tree::value(words, &draft.body))
        @for (name, value) in draft.disclosures.iter().flatten().filter_map(|text| opened(text)) {
            dl .facts .tree { div { dt { code { (name) } } dd { (value) " " span .sealed { (words.t("work-sealed")) } } } }
        }
    }
}

/// Name and value in a disclosure: base64url of `[salt, name, value]`.
fn opened(disclosure: &str) -> Option<(String, String)> {
    let json = URL_SAFE_NO_PAD.decode(disclosure).ok()?;
    let (_, name, value): (String, String, String) = serde_json::from_slice(&json).ok()?;
    Some((name, value))
}

fn has_sealed(text: &str) -> bool {
    let json: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    json.get("sealed").is_some()
}

fn verdict(words: Words, draft: &Draft) -> Markup {
    let item = &draft.item;
    html! {
        h2 { (words.t("work-verdict")) }
        div #work-verdict data-passes=[draft.verdict.as_ref().map(|verdict| verdict.passes)] {
            @match &draft.verdict {
                Some(verdict) if verdict.passes => {
                    p data-mood="good" { (words.t("work-passes")) }
                    @if let Some(found) = &verdict.prospect { (prospect::shown(words, found)) }
                }
                Some(verdict) => {
                    p data-mood="bad" { (words.t("work-refuses")) }
                    @if let Some(malformed) = &verdict.malformed {
                        p { (malformed.detail) " " (code(&malformed.code)) }
                    }
                    (refusals(words, &verdict.refusals))
                }
                None => p { (words.t("work-no-verdict")) },
            }
        }
        @if let Some(refused) = &draft.refused && item.entry.is_none() {
            h2 { (words.t("work-refused-at")) }
            p { (moment(refused.at)) }
            (refusals(words, &refused.refusals))
        }
    }
}

fn refusals(words: Words, refusals: &[Refusal]) -> Markup {
    html! {
        ul .refusals {
            @for refusal in refusals {
                li data-code=(refusal.code) {
                    p {
                        strong { (refusal.message.in_words(words)) } " "
                        @if refusal.article > 0 {
                            a href={ "/rules?article=" (refusal.article) } { (article_name(words, refusal.article)) } " "
                        }
                        (code(&refusal.code))
                    }
                    (tree::figures(words, &refusal.figures))
                }
            }
        }
    }
}

fn signatures(words: Words, draft: &Draft) -> Markup {
    let mut table = Table::new(words.t("work-signatures"))
        .text(words.t("col-party"))
        .text(words.t("col-role"))
        .text(words.t("work-duty"))
        .text(words.t("work-key"))
        .text(words.t("work-signed-at"));
    for one in &draft.signatures {
        table.row(vec![
            links::of("/partners", one.party.as_str()),
            html! { (words_of_role(words, one.role)) },
            html! {
                @if let Some(duty) = &one.duty { (words.of_family(&DUTY, &crate::components::wire(duty))) } @else { (nothing()) }
            },
            html! { a href={ "/keys/" (one.keyid) } { (digest(&one.keyid.to_string())) } },
            moment(one.at),
        ]);
    }
    table.shown(words)
}

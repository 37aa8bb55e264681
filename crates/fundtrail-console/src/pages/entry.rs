//! One entry: who signed what, under which article, what it did, and how to check it.

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fundtrail_model::{Entry, KeyId};
use fundtrail_regulation::Kind;
use fundtrail_regulation::state::Key;
use maud::{Markup, html};
use serde_json::Value;

use crate::components::definitions::Definitions;
use crate::components::figures::{amount, code, day, day_or_none, digest, moment, nothing};
use crate::components::notices::{Tone, badge};
use crate::components::table::Table;
use crate::components::{links, tree, words_of_role};
use crate::i18n::Words;
use crate::i18n::families::{DUTY, MEMBER, PLACE, ROLE};
use crate::pages::entries::{self, Read};
use crate::pages::verify::{log_key, outcome, trust};
use crate::records::{Particulars, Proved};
use crate::sheet::{Answer, Place, Sheet};
use crate::trouble::Trouble;
use crate::url;
use crate::visit::{Segment, Visit};

/// `GET /entries/{index}`
pub(crate) async fn page(visit: Visit, segment: Result<Segment, Trouble>) -> Answer {
    let Segment(index) = segment?;
    let words = visit.words;
    let path = format!("/v1/entries/{}", url::encode(&index));
    let proved: Proved = visit.api.get(&path).await?;
    let read = entries::read(&path, proved.entry.as_bytes())?;
    let keys = keys(&visit, &read.entry).await?;
    let opened = opened(&visit, &read).await?;
    let log_key = log_key(&visit).await?;
    let index = proved.index.to_string();
    let title = words.ta("entry-title", &[("index", index.as_str().into())]);
    Ok(Sheet::new(Place::Entries, title)
        .under(words.of_family(&PLACE, "entries"), Place::Entries.address())
        .script("verify.js")
        .body(html! {
            (about(words, &read))
            h2 { (words.t("entry-body")) }
            (body(words, &read))
            @if !read.transaction.sealed.is_empty() {
                h2 { (words.t("entry-sealed")) }
                (sealed(words, &read, opened.as_ref()))
            }
            h2 { (words.t("entry-signatures")) }
            (signatures(words, &read.entry, &keys))
            @if !read.entry.effects.postings.is_empty() {
                h2 { (words.t("entry-postings")) }
                (postings(words, &read.entry))
                p { a href={ "/vouchers/" (index) } { (words.t("voucher-link")) } }
            }
            h2 { (words.t("entry-revisions")) }
            (revisions(words, &read.entry))
            @if !read.entry.effects.alerts.is_empty() {
                h2 { (words.t("entry-alerts")) }
                (alerts(words, &read.entry))
            }
            @if !read.entry.findings.tags.is_empty() || !read.entry.findings.alerts.is_empty() {
                h2 { (words.t("entry-findings")) }
                (findings(words, &read.entry))
            }
            h2 { (words.t("entry-verify")) }
            (verification(words, &proved, &log_key))
            h2 { (words.t("entry-raw")) }
            (raw(words, &proved, &read.entry))
        }))
}

/// `GET /entries/{index}/receipt`: the file that proves itself
pub(crate) async fn receipt(
    visit: Visit,
    segment: Result<Segment, Trouble>,
) -> Result<Response, Trouble> {
    let Segment(index) = segment?;
    let path = format!("/v1/entries/{}", url::encode(&index));
    let proved: Proved = visit.api.get(&path).await?;
    let name = format!("attachment; filename=\"entry-{}.tlog-proof\"", proved.index);
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, proved.receipt).into_response())
}

/// The keys of those who signed, as the ledger has them now.
async fn keys(visit: &Visit, entry: &Entry) -> Result<Vec<(KeyId, Option<Key>)>, Trouble> {
    let mut keys = Vec::new();
    for signature in &entry.envelope.signatures {
        let path = format!("/v1/keys/{}", signature.key_id);
        keys.push((signature.key_id, visit.api.find(&path).await?));
    }
    Ok(keys)
}

/// What was sealed, for whom it concerns.
async fn opened(visit: &Visit, read: &Read) -> Result<Option<Particulars>, Trouble> {
    if read.transaction.sealed.is_empty() {
        return Ok(None);
    }
    let id = url::encode(read.transaction.id.as_str());
    let path = format!("/v1/transactions/{id}/particulars");
    visit.api.allowed(&path).await
}

fn about(words: Words, read: &Read) -> Markup {
    let Read { entry, transaction } = read;
    let previous = entry.index.checked_sub(1);
    Definitions::new()
        .add(
            words.t("entry-kind"),
            html! { b { (words.kind(&transaction.kind)) } " " (code(&transaction.kind)) },
        )
        .add(
            words.t("entry-articles"),
            articles(words, &transaction.kind),
        )
        .add(words.t("entry-date"), day(transaction.date))
        .add(words.t("entry-transaction"), code(transaction.id.as_str()))
        .add(words.t("entry-recorded"), moment(entry.recorded))
        .add(
            words.t("entry-previous"),
            html! {
                @if let Some(previous) = previous { (links::entry(previous)) " " }
                (digest(&hex(&entry.prev.0)))
            },
        )
        .shown()
}

/// The articles a kind serves.
fn articles(words: Words, kind: &str) -> Markup {
    let kind = Kind::ALL.iter().find(|known| known.name() == kind);
    let articles = kind.map_or(&[][..], |kind| kind.articles());
    html! {
        @if articles.is_empty() { (nothing()) }
        @for (at, article) in articles.iter().enumerate() {
            @if at > 0 { ", " }
            a href={ "/rules?article=" (article) } { (article_name(words, *article)) }
        }
    }
}

/// `Art. 15`
pub(super) fn article_name(words: Words, article: u8) -> String {
    words.ta("entry-article", &[("article", article.to_string().into())])
}

fn body(words: Words, read: &Read) -> Markup {
    let body: Value = serde_json::from_str(read.transaction.body.get()).unwrap_or_default();
    tree::value(words, &body)
}

fn sealed(words: Words, read: &Read, opened: Option<&Particulars>) -> Markup {
    let mut table = Table::new(words.t("entry-sealed"))
        .text(words.t("entry-particular"))
        .text(words.t("entry-value"))
        .text(words.t("entry-digest"));
    for (name, sealed) in &read.transaction.sealed {
        let found =
            opened.and_then(|opened| opened.particulars.iter().find(|one| one.name == *name));
        table.row(vec![
            html! { (words.of_family(&MEMBER, name)) },
            html! {
                @match found {
                    Some(one) => {
                        @if let Some(value) = &one.value { (value) }
                        @if let Some(entry) = one.erased_by {
                            (badge(Tone::Warn, &words.t("entry-erased"))) " " (links::entry(entry))
                        }
                    }
                    None => span .nothing { (words.t("entry-not-shown")) },
                }
            },
            digest(&sealed.to_string()),
        ]);
    }
    table.shown(words)
}

fn signatures(words: Words, entry: &Entry, keys: &[(KeyId, Option<Key>)]) -> Markup {
    let mut table = Table::new(words.t("entry-signatures"))
        .text(words.t("entry-party"))
        .text(words.t("entry-role"))
        .text(words.t("entry-key"))
        .text(words.t("entry-signature"));
    for (signature, (id, key)) in entry.envelope.signatures.iter().zip(keys) {
        table.row(vec![
            match key {
                Some(key) => links::of("/partners", key.party.as_str()),
                None => nothing(),
            },
            html! {
                @if let Some(key) = key {
                    (words_of_role(words, key.role))
                    @if let Some(duty) = &key.duty {
                        " · " (words.of_family(&DUTY, &crate::components::wire(duty)))
                    }
                }
            },
            links::long("/keys", &id.to_string()),
            digest(&STANDARD.encode(signature.bytes)),
        ]);
    }
    table.shown(words)
}

fn postings(words: Words, entry: &Entry) -> Markup {
    let mut table = Table::new(words.t("entry-postings"))
        .text(words.t("entry-book"))
        .figure(words.t("entry-before"))
        .figure(words.t("entry-amount"))
        .figure(words.t("entry-after"));
    for posting in &entry.effects.postings {
        table.row(vec![
            links::object(&posting.book),
            amount(posting.balance - posting.amount),
            amount(posting.amount),
            amount(posting.balance),
        ]);
    }
    table.shown(words)
}

fn revisions(words: Words, entry: &Entry) -> Markup {
    let mut table = Table::new(words.t("entry-revisions"))
        .tight()
        .text(words.t("entry-object"))
        .figure(words.t("entry-revision"))
        .text(words.t("entry-before-this"));
    for revision in &entry.effects.revisions {
        table.row(vec![
            links::named_object(words, &revision.object),
            html! { (revision.revision) },
            links::entry_or_none(revision.previous),
        ]);
    }
    table.shown(words)
}

fn alerts(words: Words, entry: &Entry) -> Markup {
    let mut table = Table::new(words.t("entry-alerts"))
        .text(words.t("entry-alert"))
        .text(words.t("entry-object"))
        .text(words.t("entry-owed-by"))
        .text(words.t("entry-due"))
        .text(words.t("entry-figures"));
    for alert in &entry.effects.alerts {
        table.row(vec![
            html! { (words.alert(&alert.code)) " " (code(&alert.code)) },
            links::object(&alert.object),
            html! { (words.of_family(&ROLE, &alert.owed_by)) },
            day_or_none(alert.due),
            tree::figures(words, &alert.figures),
        ]);
    }
    table.shown(words)
}

fn findings(words: Words, entry: &Entry) -> Markup {
    let mut list = Definitions::new();
    for (name, tag) in &entry.findings.tags {
        list = list.add(words.of_family(&MEMBER, name), digest(&tag.to_string()));
    }
    for alert in &entry.findings.alerts {
        list = list.add(words.alert(alert), code(alert));
    }
    list.shown()
}

fn verification(words: Words, proved: &Proved, log_key: &str) -> Markup {
    html! {
        p { (words.t("entry-verify-how")) }
        form #verify .stacked data-index=(proved.index)
            data-entry=(STANDARD.encode(proved.entry.as_bytes())) {
            (trust(words, log_key))
            p {
                button #verify-button type="button" { (words.t("verify-do")) }
                " "
                a .button .quiet href={ "/entries/" (proved.index) "/receipt" } download {
                    (words.t("entry-receipt"))
                }
            }
        }
        (outcome(words))
    }
}

fn raw(words: Words, proved: &Proved, entry: &Entry) -> Markup {
    html! {
        details {
            summary { (words.t("entry-raw-signed")) }
            pre .wrapped { (String::from_utf8_lossy(&entry.envelope.payload)) }
        }
        details {
            summary { (words.ta("entry-raw-entry", &[("bytes", proved.entry.len().to_string().into())])) }
            pre .wrapped { (proved.entry) }
        }
        details {
            summary { (words.t("entry-raw-receipt")) }
            pre { (proved.receipt) }
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

//! The accounting voucher of an entry, half a sheet of A4.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use fundtrail_model::{Amount, capital};
use fundtrail_regulation::state::{AccountUse, Key};
use fundtrail_regulation::{Body, Kind};
use maud::{Markup, html};
use sha2::{Digest as _, Sha256};

use crate::components::figures::{amount, code, day, digest, grouped, moment};
use crate::components::table::Table;
use crate::components::{links, words_of_role};
use crate::i18n::Words;
use crate::i18n::families::{CHART, VOUCHER_OF};
use crate::pages::entries::{self, Read};
use crate::records::{Proved, WithBalance};
use crate::sheet::{Answer, Place, Sheet};
use crate::trouble::Trouble;
use crate::url;
use crate::visit::{Segment, Visit};
use crate::vouchers::{Line, Voucher};

/// What stands before an entry where it is hashed (RFC 6962, section 2.1).
const LEAF: [u8; 1] = [0];

/// `GET /vouchers/{index}`
pub(crate) async fn page(visit: Visit, segment: Result<Segment, Trouble>) -> Answer {
    let Segment(index) = segment?;
    let words = visit.words;
    let path = format!("/v1/entries/{}", url::encode(&index));
    let proved: Proved = visit.api.get(&path).await?;
    let read = entries::read(&path, proved.entry.as_bytes())?;
    let uses = uses(&visit, &read).await?;
    let is_reversal = read.transaction.kind == Kind::Reversal.name();
    let voucher = Voucher::of(&read.entry.effects.postings, is_reversal, &uses);
    let voucher = voucher.ok_or_else(|| {
        let detail = "the entry moves no money, so it has no voucher";
        Trouble::new(StatusCode::NOT_FOUND, "NOT_FOUND", detail)
    })?;
    let signers = signers(&visit, &read).await?;
    let index = proved.index.to_string();
    let entry = words.ta("entry-title", &[("index", index.as_str().into())]);
    Ok(Sheet::new(Place::Entries, words.t("voucher-title"))
        .under(entry, format!("/entries/{index}"))
        .script("print.js")
        .body(html! {
            p .tools { button #print .quiet type="button" { (words.t("reports-print")) } }
            article .voucher {
                p .head {
                    span { (words.t("voucher-of")) " " (visit.origin.as_deref().unwrap_or_default()) }
                    span { (words.t("voucher-date")) " " (day(read.transaction.date)) }
                    span { (words.ta("voucher-number", &[("index", index.into())])) }
                }
                (lines(words, &read, &voucher))
                (foot(words, &read, &proved, &signers))
                (signed(words))
            }
            p .soft .beside { (words.t("voucher-note")) }
        }))
}

/// What each account is for, as far as the reader may know.
async fn uses(visit: &Visit, read: &Read) -> Result<BTreeMap<String, AccountUse>, Trouble> {
    let mut uses = BTreeMap::new();
    for posting in &read.entry.effects.postings {
        if let Some(id) = posting.book.strip_prefix("account:")
            && !uses.contains_key(id)
        {
            let path = format!("/v1/accounts/{}", url::encode(id));
            if let Some(found) = visit.api.allowed::<WithBalance>(&path).await? {
                uses.insert(id.to_owned(), found.account.purpose);
            }
        }
    }
    Ok(uses)
}

/// The keys of those who signed, as the ledger has them now.
async fn signers(visit: &Visit, read: &Read) -> Result<Vec<Key>, Trouble> {
    let mut keys = Vec::new();
    for signature in &read.entry.envelope.signatures {
        keys.extend(
            visit
                .api
                .find(&format!("/v1/keys/{}", signature.key_id))
                .await?,
        );
    }
    Ok(keys)
}

fn lines(words: Words, read: &Read, voucher: &Voucher) -> Markup {
    let mut table = Table::new(words.t("voucher-title"))
        .text(words.t("voucher-summary"))
        .text(words.t("voucher-account"))
        .text(words.t("voucher-detail"))
        .figure(words.t("voucher-debit"))
        .figure(words.t("voucher-credit"));
    for line in &voucher.lines {
        let side = |is_debit: bool| {
            html! {
                @if line.is_debit == is_debit { (in_ink(line.amount)) }
            }
        };
        table.row(vec![
            summary(words, read),
            account(words, line),
            detail(line),
            side(true),
            side(false),
        ]);
    }
    table.total(vec![
        html! { (words.t("col-total")) " " span .capital lang="zh-CN" { (in_capitals(voucher.debit)) } },
        html! {},
        html! {},
        in_ink(voucher.debit),
        in_ink(voucher.credit),
    ]);
    table.shown(words)
}

/// Below zero in red, with its sign: not everybody sees red.
fn in_ink(yuan: Amount) -> Markup {
    html! {
        @if yuan.is_negative() {
            span .red { data .amount value=(yuan) { (grouped(&yuan.to_string())) } }
        } @else { (amount(yuan)) }
    }
}

/// 人民币大写; of a voucher in red with 红字 before it.
fn in_capitals(yuan: Amount) -> String {
    let (mark, size) = if yuan.is_negative() {
        ("（红字）", -yuan)
    } else {
        ("", yuan)
    };
    match capital::capital(size) {
        Some(text) => format!("{mark}{text}"),
        // More than a transaction may state: the figures have to do.
        None => String::new(),
    }
}

fn summary(words: Words, read: &Read) -> Markup {
    let kind = &read.transaction.kind;
    let says = words.of_family(&VOUCHER_OF, kind);
    let says = if says == *kind {
        words.kind(kind)
    } else {
        says
    };
    html! {
        (says)
        @if let Some((list, id)) = subject(read) { " " (links::of(list, &id)) }
    }
}

/// What it is about, where that has a page.
fn subject(read: &Read) -> Option<(&'static str, String)> {
    match Body::parse(&read.transaction).ok()? {
        Body::CompensationPay(body) => Some(("/claims", body.claim.to_string())),
        Body::RecoveryReturn(body) => Some(("/recoveries", body.recovery.to_string())),
        _ => None,
    }
}

fn account(words: Words, line: &Line) -> Markup {
    html! { (code(line.account)) " " (words.of_family(&CHART, line.called)) }
}

fn detail(line: &Line) -> Markup {
    html! {
        @if line.account.starts_with("1002") { (links::of("/accounts", &line.detail)) }
        @else { (line.detail) }
    }
}

fn foot(words: Words, read: &Read, proved: &Proved, signers: &[Key]) -> Markup {
    let leaf = Sha256::new()
        .chain_update(LEAF)
        .chain_update(&proved.entry)
        .finalize();
    let leaf: String = leaf.iter().map(|byte| format!("{byte:02x}")).collect();
    html! {
        dl .foot {
            dt { (words.t("voucher-signers")) }
            dd {
                @for (at, key) in signers.iter().enumerate() {
                    @if at > 0 { (words.t("list-separator")) }
                    (key.party) " " (words_of_role(words, key.role))
                }
            }
            dt { (words.t("voucher-entry")) }
            dd {
                (links::entry(proved.index)) " " (code(read.transaction.id.as_str())) " "
                (words.t("voucher-recorded")) " " (moment(read.entry.recorded))
            }
            dt { (words.t("voucher-hash")) }
            dd { (digest(&leaf)) }
        }
    }
}

/// Where people sign it on paper.
fn signed(words: Words) -> Markup {
    html! {
        dl .signed {
            @for name in [
                words.t("voucher-chief"),
                words.t("voucher-booked"),
                words.t("voucher-checked"),
                words.t("voucher-cashier"),
                words.t("voucher-made"),
            ] {
                div { dt { (name) } dd {} }
            }
        }
    }
}

//! The page in place of one that cannot be shown: what is wrong in words, and its code.

use axum::http::StatusCode;
use maud::html;

use crate::components::notices::{Tone, notice};
use crate::i18n::Words;
use crate::sheet::{Place, Sheet};
use crate::trouble::Trouble;
use crate::visit::Visit;

/// That page.
pub(crate) fn sheet(visit: &Visit, trouble: &Trouble) -> Sheet {
    let words = visit.words;
    let (title, advice) = says(words, trouble.status);
    let mut sheet = Sheet::new(Place::Outside, title).body(html! {
        (notice(Tone::Bad, html! {
            p { (advice) }
            p { code { (trouble.code) } " " span lang="en" { (trouble.detail) } }
        }))
        p { a href="/" { (words.t("trouble-home")) } }
    });
    sheet.status = trouble.status;
    sheet
}

/// What it is, and what to do about it.
fn says(words: Words, status: StatusCode) -> (String, String) {
    match status {
        StatusCode::BAD_REQUEST => (words.t("trouble-form"), words.t("trouble-form-do")),
        StatusCode::FORBIDDEN => (
            words.t("trouble-forbidden"),
            words.t("trouble-forbidden-do"),
        ),
        StatusCode::NOT_FOUND => (words.t("trouble-missing"), words.t("trouble-missing-do")),
        StatusCode::METHOD_NOT_ALLOWED => (words.t("trouble-method"), words.t("trouble-method-do")),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            (words.t("trouble-busy"), words.t("trouble-busy-do"))
        }
        _ => (words.t("trouble-fault"), words.t("trouble-fault-do")),
    }
}

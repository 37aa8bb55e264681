//! Signing in: the browser reads a key file, which it keeps to itself, and signs a token.
//!
//! The page only has the form; `assets/session.js` does all of it. It also stands in place of
//! a page that needs a reader, and leads back there.

use maud::{Markup, html};

use crate::components::notices::{Tone, notice};
use crate::sheet::{Answer, Place, Sheet};
use crate::trouble::Trouble;
use crate::url;
use crate::visit::Visit;

/// `GET /sign-in?next=`
pub(crate) async fn page(visit: Visit) -> Answer {
    let next = url::own(visit.parameter("next").unwrap_or("/")).to_owned();
    Ok(Sheet::new(Place::Outside, visit.words.t("sign-in-title")).body(form(&visit, &next)))
}

/// The page in place of one that needs a reader.
pub(crate) fn in_place_of(visit: &Visit, trouble: &Trouble) -> Sheet {
    let words = visit.words;
    let address = visit.address();
    let mut sheet = Sheet::new(Place::Outside, words.t("sign-in-title")).body(html! {
        (notice(Tone::Plain, html! {
            p { (words.t("sign-in-needed")) }
            p { code { (trouble.code) } " " span lang="en" { (trouble.detail) } }
        }))
        (form(visit, url::own(&address)))
    });
    sheet.status = trouble.status;
    sheet
}

fn form(visit: &Visit, next: &str) -> Markup {
    let words = visit.words;
    html! {
        form #sign-in .stacked method="post" action="/sign-in" data-next=(next) {
            p { (words.t("sign-in-how")) }
            p {
                label for="key-file" { (words.t("sign-in-file")) }
                input #key-file type="file" accept=".pem,.key,.p8,application/x-pem-file" required;
            }
            p #passphrase-field hidden {
                label for="passphrase" { (words.t("sign-in-passphrase")) }
                input #passphrase type="password" autocomplete="off";
            }
            p { button #sign-in-button type="submit" { (words.t("sign-in-do")) } }
            p #sign-in-status role="status" aria-live="polite" {}
            noscript { p { (words.t("sign-in-script")) } }
        }
    }
}

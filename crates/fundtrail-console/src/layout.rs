//! The frame around every page: head, navigation, who is signed in, and the log's state.

use maud::{DOCTYPE, Markup, html};

use crate::assets;
use crate::components::figures::{count, digest, short_moment};
use crate::components::words_of_role;
use crate::i18n::families::{PLACE, SCOPE};
use crate::sheet::{Place, Sheet};
use crate::url;
use crate::visit::{Reader, Visit};

/// What the product is called in a title.
const NAME: &str = "Fundtrail";

/// What leads to each part of the console.
const PARTS: [Place; 5] = [
    Place::Overview,
    Place::Work,
    Place::Entries,
    Place::Reports,
    Place::Verify,
];

/// A whole page.
pub(crate) fn page(visit: &Visit, sheet: &Sheet) -> Markup {
    let words = visit.words;
    let origin = visit.origin.as_deref();
    let reader = visit.reader.as_ref();
    html! {
        (DOCTYPE)
        html lang=(words.lang().tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light";
                title { (sheet.title) " · " (NAME) }
                link rel="icon" href=(assets::address("icon.svg"));
                link rel="stylesheet" href=(assets::address(assets::STYLE));
                script type="module" src=(assets::address("session.js")) {}
                @for script in &sheet.scripts {
                    script type="module" src=(assets::address(script)) {}
                }
            }
            body data-origin=[origin]
                data-signed-in=(reader.is_some())
                data-key=[reader.map(|reader| reader.key)]
                data-party=[reader.map(|reader| &reader.party)]
                data-role=[reader.map(|reader| reader.role.name())]
                data-expires=[reader.and_then(|reader| reader.expires.as_ref())] {
                a .skip href="#main" { (words.t("frame-skip")) }
                (top(visit, sheet))
                @if sheet.place.is_in_explorer() { (explorer(visit, sheet.place)) }
                main #main tabindex="-1" {
                    (crumbs(visit, sheet))
                    h1 { (sheet.title) }
                    (sheet.body)
                }
                (foot(visit))
            }
        }
    }
}

fn top(visit: &Visit, sheet: &Sheet) -> Markup {
    let words = visit.words;
    html! {
        header .top {
            a .brand href="/" {
                b { (words.t("frame-name")) }
                @if let Some(origin) = &visit.origin { span .origin { (origin) } }
            }
            nav aria-label=(words.t("frame-parts")) {
                ul {
                    @for part in PARTS {
                        li {
                            a href=(part.address()) aria-current=[current(part, sheet.place)] {
                                @if part == Place::Entries {
                                    (words.t("frame-explorer"))
                                } @else {
                                    (words.of_family(&PLACE, part.name()))
                                }
                            }
                        }
                    }
                }
            }
            div .who { (language(visit)) (who(visit)) }
        }
    }
}

/// The part a page belongs to is the current one; within the explorer, the page itself.
fn current(part: Place, place: Place) -> Option<&'static str> {
    if part == place {
        return Some("page");
    }
    (part == Place::Entries && place.is_in_explorer()).then_some("true")
}

fn language(visit: &Visit) -> Markup {
    let other = visit.words.lang().other();
    html! {
        a .language href=(visit.address_with(&[("lang", other.code())])) lang=(other.tag())
            hreflang=(other.tag()) rel="nofollow" { (other.own_name()) }
    }
}

fn who(visit: &Visit) -> Markup {
    let words = visit.words;
    html! {
        @match &visit.reader {
            Some(reader) => {
                (name(visit, reader))
                button #sign-out type="button" { (words.t("frame-sign-out")) }
            }
            None => {
                a #sign-in-link .button
                    href=(url::with_query("/sign-in", [("next", visit.address().as_str())])) {
                    (words.t("frame-sign-in"))
                }
            }
        }
    }
}

fn name(visit: &Visit, reader: &Reader) -> Markup {
    html! {
        span .reader title=(visit.words.of_family(&SCOPE, reader.scope.name())) {
            b { (reader.name.as_deref().unwrap_or(reader.party.as_str())) }
            " " span { (words_of_role(visit.words, reader.role)) }
        }
    }
}

fn explorer(visit: &Visit, place: Place) -> Markup {
    let words = visit.words;
    html! {
        nav .explorer aria-label=(words.t("frame-explorer")) {
            ul {
                @for one in Place::EXPLORER {
                    li {
                        a href=(one.address()) aria-current=[(one == place).then_some("page")] {
                            (words.of_family(&PLACE, one.name()))
                        }
                    }
                }
            }
        }
    }
}

fn crumbs(visit: &Visit, sheet: &Sheet) -> Markup {
    html! {
        @if !sheet.crumbs.is_empty() {
            nav .crumbs aria-label=(visit.words.t("frame-crumbs")) {
                ol {
                    @for (words, address) in &sheet.crumbs {
                        li { a href=(address) { (words) } }
                    }
                    li aria-current="page" { (sheet.title) }
                }
            }
        }
    }
}

fn foot(visit: &Visit) -> Markup {
    let words = visit.words;
    html! {
        footer {
            @match &visit.log {
                Some(log) => {
                    span { (words.ta("footer-size", &[("size", count(log.size).into())])) }
                    span { (words.t("footer-root")) " " (digest(&log.root)) }
                    a href="/checkpoint" { (words.t("footer-checkpoint")) }
                }
                None => span { (words.t("footer-none")) }
            }
            @if let Some(end) = visit.reader.as_ref().and_then(|reader| reader.expires.as_ref()) {
                span { (words.t("footer-token")) " " (short_moment(&end.to_string())) }
            }
            a href="/docs" { (words.t("footer-api")) }
        }
    }
}

//! Every page that can be reached by links, at both sizes and in both languages: what every
//! page must keep to, and a picture of each.

use std::collections::{BTreeMap, VecDeque};

use fundtrail_tests::browser::{Browser, Size};
use serde_json::Value;

use crate::people::{sign_in, speak};
use crate::site::demonstrated;
use crate::verify::entry_of;

/// Where the way begins.
const START: &str = "/";

/// What there must be, by shape: `*` is an id.
const SHAPES: &[&str] = &[
    "/",
    "/accounts",
    "/accounts/*",
    "/alerts",
    "/alerts/*",
    "/borrowers",
    "/borrowers/*",
    "/claims",
    "/claims/*",
    "/entries",
    "/entries/*",
    "/keys",
    "/keys/*",
    "/loans",
    "/loans/*",
    "/obligations",
    "/partners",
    "/partners/*",
    "/policy",
    "/policy/*",
    "/reconciliation",
    "/recoveries",
    "/recoveries/*",
    "/refusals",
    "/reports",
    "/reports/*",
    "/rules",
    "/verify",
    "/vouchers/*",
    "/work",
    "/work/*",
    "/work/new/*",
];

/// Addresses that are no pages of the console.
const NO_PAGES: [&str; 6] = [
    "/v1/",
    "/docs",
    "/checkpoint",
    "/assets/",
    "/openapi.json",
    "/tile/",
];

/// The addresses that a page leads to.
const LINKS: &str = "return [...document.querySelectorAll('a[href]')]
    .filter((link) => link.origin === location.origin && !link.hasAttribute('download'))
    .map((link) => link.pathname)";

/// A path with `*` for every id in it.
fn shape(path: &str) -> String {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match parts.as_slice() {
        [""] => "/".to_owned(),
        ["work", "new", ..] => "/work/new/*".to_owned(),
        [first] => format!("/{first}"),
        [first, _] => format!("/{first}/*"),
        [first, _, rest @ ..] => format!("/{first}/*/{}", rest.join("/")),
        [] => String::new(),
    }
}

fn links(browser: &Browser) -> Vec<String> {
    let Value::Array(links) = browser.eval(LINKS) else {
        return Vec::new();
    };
    let paths = links.iter().filter_map(Value::as_str);
    let pages = paths.filter(|path| {
        !NO_PAGES.iter().any(|other| path.starts_with(other))
            && !path.ends_with(".xlsx")
            && !path.ends_with("/receipt")
    });
    pages.map(str::to_owned).collect()
}

/// One page of each shape that links lead to, in the order in which they are found.
fn found(browser: &Browser, payment: u64) -> Vec<(String, String)> {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    // The entry of a payment stands for entries: it has money, and so a voucher.
    let mut waiting = VecDeque::from([START.to_owned(), format!("/entries/{payment}")]);
    let mut way = Vec::new();
    while let Some(path) = waiting.pop_front() {
        if seen.contains_key(&shape(&path)) {
            continue;
        }
        seen.insert(shape(&path), path.clone());
        browser.open(&path);
        waiting.extend(links(browser));
        way.push((shape(&path), path));
    }
    way
}

fn every_page(size: Size, name: &str) {
    let scratch = demonstrated();
    let browser = Browser::start(&scratch.node.url, size, name);
    sign_in(&browser, &scratch, "OFF", "/");
    let way = found(&browser, entry_of(&scratch, "compensation_pay"));
    let mut faults = Vec::new();
    for wanted in SHAPES {
        if !way.iter().any(|(shape, _)| shape == wanted) {
            faults.push(format!("no link leads to {wanted}"));
        }
    }
    for lang in ["zh", "en"] {
        speak(&browser, lang);
        for (shape, path) in &way {
            browser.open(path);
            let file = format!("{lang}{}", shape.replace('/', "-").replace('*', "one"));
            let found = browser.faults(&file);
            faults.extend(found.iter().map(|fault| format!("{path} {lang}: {fault}")));
            faults.extend(
                browser
                    .all_said()
                    .iter()
                    .map(|line| format!("{path} {lang}: {line}")),
            );
        }
    }
    faults.extend(browser.strangers());
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn every_page_is_sound_on_a_desk() {
    every_page(Size::WIDE, "pages-1280");
}

#[test]
fn every_page_is_sound_on_a_telephone() {
    every_page(Size::NARROW, "pages-390");
}

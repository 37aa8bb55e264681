//! The Verify button, and files that were changed.

use std::fs;
use std::path::{Path, PathBuf};

use fundtrail_tests::Scratch;
use fundtrail_tests::browser::{Browser, Size};
use serde_json::Value;

use crate::people::sign_in;
use crate::site::demonstrated;

/// Class, step and code of each step that is shown.
const STEPS: &str = "return [...document.querySelectorAll('#verify-steps > li')]
    .map((step) => [step.className, step.dataset.step, step.querySelector('code')?.textContent ?? ''])";

fn steps(browser: &Browser) -> Vec<(String, String, String)> {
    let steps = browser.eval(STEPS);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let steps = steps.as_array().into_iter().flatten();
    steps
        .map(|step| (text(&step[0]), text(&step[1]), text(&step[2])))
        .collect()
}

/// Waits for the verdict, and gives its class.
fn verdict(browser: &Browser) -> String {
    let class = || {
        browser
            .attribute("#verify-verdict", "class")
            .unwrap_or_default()
    };
    browser.until("there is a verdict", || {
        ["ok", "refused"].contains(&class().as_str())
    });
    class()
}

/// The number of the first entry of a kind.
pub(crate) fn entry_of(scratch: &Scratch, kind: &str) -> u64 {
    let (status, entries) = scratch
        .client()
        .get("/v1/entries?from=0&limit=1000", "application/x-ndjson")
        .unwrap();
    assert_eq!(status, 200);
    let is_kind = |line: &str| {
        let entry = fundtrail_model::Entry::parse(line.as_bytes()).unwrap();
        fundtrail_model::Transaction::parse(&entry.envelope.payload)
            .unwrap()
            .kind
            == kind
    };
    u64::try_from(entries.lines().position(is_kind).unwrap()).unwrap()
}

fn receipt(scratch: &Scratch, index: u64) -> String {
    let path = format!("/v1/entries/{index}");
    let (status, text) = scratch.client().get(&path, "text/plain").unwrap();
    assert_eq!(status, 200);
    text
}

fn write(scratch: &Scratch, name: &str, text: &str) -> PathBuf {
    let path = scratch.folder().join(name);
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn an_entry_is_verified_step_by_step_in_the_browser() {
    let scratch = demonstrated();
    let index = entry_of(&scratch, "compensation_pay");
    for (size, lang, name) in [
        (Size::WIDE, "zh", "verify-1280"),
        (Size::NARROW, "en", "verify-390"),
    ] {
        let browser = Browser::start(&scratch.node.url, size, name);
        sign_in(&browser, &scratch, "bank-a/maker", "/");
        browser.open(&format!("/entries/{index}?lang={lang}"));
        browser.fill("#trust", &scratch.node.log_key().unwrap());
        browser.click("#verify-button");
        assert_eq!(
            verdict(&browser),
            "ok",
            "{}",
            browser.text("#verify-verdict")
        );
        let steps = steps(&browser);
        assert!(steps.len() >= 5, "{steps:?}");
        assert!(
            steps
                .iter()
                .all(|(class, _, code)| class == "ok" && code.is_empty()),
            "{steps:?}"
        );
        browser.check("verified");

        // Another log's key proves nothing of this one.
        let own = scratch.node.log_key().unwrap();
        let other = Scratch::start().node.log_key().unwrap();
        assert_ne!(own, other);
        browser.fill("#trust", &other);
        browser.click("#verify-button");
        assert_eq!(verdict(&browser), "refused");
        browser.check("not-this-log");
    }
}

#[test]
fn a_dropped_receipt_is_verified_without_being_sent_and_a_changed_one_is_refused() {
    let scratch = demonstrated();
    let index = entry_of(&scratch, "compensation_pay");
    let text = receipt(&scratch, index);
    let entry = text
        .lines()
        .find(|line| line.starts_with("extra "))
        .unwrap()
        .to_owned();
    let browser = Browser::start(&scratch.node.url, Size::WIDE, "dropped");
    browser.open("/verify?lang=en");
    browser.fill("#trust", &scratch.node.log_key().unwrap());
    let judge = |file: &Path| {
        let before = browser.asked().len();
        browser.upload("#verify-file", file);
        let class = verdict(&browser);
        let asked: Vec<String> = browser.asked().split_off(before);
        assert!(asked.is_empty(), "{}: asked for {asked:?}", file.display());
        let code = steps(&browser)
            .into_iter()
            .map(|step| step.2)
            .find(|code| !code.is_empty());
        (
            class,
            code.unwrap_or_default(),
            browser.text("#verify-verdict"),
        )
    };

    let (class, code, words) = judge(&write(&scratch, "whole.tlog-proof", &text));
    assert_eq!((class.as_str(), code.as_str()), ("ok", ""), "{words}");
    browser.check("whole-receipt");

    // One letter of the entry, the index, a hash of the path, the root, the signature.
    let middle = entry.len() / 2;
    let letter = if entry.as_bytes()[middle] == b'A' {
        "B"
    } else {
        "A"
    };
    let mut changed = entry.clone();
    changed.replace_range(middle..=middle, letter);
    let other_index = text.replacen(
        &format!("index {index}\n"),
        &format!("index {}\n", index + 1),
        1,
    );
    assert_ne!(other_index, text);
    let cases = [
        ("entry", text.replacen(&entry, &changed, 1)),
        ("index", other_index),
        ("cut", text.get(..text.len() - 20).unwrap().to_owned()),
    ];
    for (name, text) in cases {
        let (class, code, words) = judge(&write(&scratch, &format!("{name}.tlog-proof"), &text));
        assert_eq!(class, "refused", "{name}: {words}");
        let said = format!("{code} {words}");
        let has_code = said
            .split(|letter: char| {
                !(letter.is_ascii_uppercase() || letter == '_' || letter.is_ascii_digit())
            })
            .any(|word| word.len() > 5 && word.contains('_'));
        assert!(has_code, "{name}: no code in {said}");
        println!("{name}: {said}");
        browser.check(&format!("changed-{name}"));
    }
}

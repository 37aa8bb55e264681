//! Texts meant to be taken for markup or script are shown as texts.
//!
//! They come in as anybody's would: over the API, in sealed names and ids. A browser that
//! took one for markup would run it; each one that ran would leave a mark.

use fundtrail_demo::drafts;
use fundtrail_scenario::{Run, read_text};
use fundtrail_tests::browser::{Browser, Size};
use fundtrail_tests::{ORIGIN, Scratch, now, scenario_file};
use serde_json::Value;

use crate::people::sign_in;

/// A name that is an attack wherever it is not escaped: text, attribute, script, style, URL.
const HOSTILE: &str = r#"</script></title></textarea>"'><img src=x onerror=window.struck=1><svg/onload=window.struck=1>&lt;%=7*7%&amp;javascript:window.struck=1"#;

/// A right-to-left override and a zero-width space: a name that reads as another. The ledger
/// takes none.
const TURNED: &str = "good\u{202e}knab\u{200b}bank";

/// Lines that bring the name in: one that is recorded, one that hides letters, and a draft.
fn lines(recorded: bool) -> String {
    let quoted = serde_json::Value::from(HOSTILE).to_string();
    let turned = serde_json::Value::from(TURNED).to_string();
    let register = |code: &str, name: &str, rest: &str| {
        format!(
            "2022-01-05 borrower_register borrower=tag:{code} registered_on=2010-03-01 \
             registered_division=150203 sealed.name={name} sealed.credit_code={code} {rest}\n"
        )
    };
    if recorded {
        "include setup/fund-active.scn\n".to_owned()
            + register("91150203MA0Q001071", &quoted, "=> recorded").as_str()
            + register("91150204MA0Q00115A", &turned, "=> refused ID_FORMAT").as_str()
    } else {
        "include setup/defaults.scn\n".to_owned()
            + register("91150204MA0Q00115A", &quoted, "id=hostile by=manager/maker").as_str()
    }
}

/// Nothing of what was sent has run in the page, or hides letters in it.
fn assert_harmless(browser: &Browser, path: &str) {
    // Time for an image to fail, which would run its handler.
    browser.eval_later("setTimeout(arguments[arguments.length - 1], 150)");
    let struck = browser.eval("return window.struck ?? null");
    assert_eq!(struck, Value::Null, "{path}");
    let text = browser.eval("return document.body.textContent");
    let text = text.as_str().unwrap_or_default();
    assert!(!text.contains('\u{202e}'), "{path} turns letters around");
    assert!(!text.contains('\u{200b}'), "{path} hides letters");
}

#[test]
fn hostile_names_are_shown_as_text() {
    let scratch = Scratch::start();
    let site = scratch.node.site(ORIGIN, now()).unwrap();
    let mut run = Run::new(&site).unwrap();
    let mut target = scratch.client();
    let here = scenario_file("here.scn");
    for action in &read_text(&here, &lines(true)).unwrap().actions {
        let line = run.play(action, Some(&mut target)).unwrap();
        assert!(line.problem.is_none(), "{}: {:?}", line.text, line.problem);
    }
    let waiting = read_text(&here, &lines(false)).unwrap();
    drafts::leave_all(&mut run, &waiting, &scratch.node, ORIGIN).unwrap();
    let index = run.shadow().size() - 1;

    let browser = Browser::start(&scratch.node.url, Size::NARROW, "hostile");
    sign_in(&browser, &scratch, "manager/maker", "/");
    let entry = format!("/entries/{index}");
    for lang in ["zh", "en"] {
        for path in [entry.as_str(), "/work/hostile"] {
            browser.open(&format!("{path}?lang={lang}"));
            browser.until(&format!("{path} shows the name as it is"), || {
                let text = browser.eval("return document.body.textContent");
                text.as_str().is_some_and(|text| text.contains(HOSTILE))
            });
            assert_harmless(&browser, path);
            browser.check(&format!("{}-{lang}", path.replace('/', "-")));
        }
    }
    // In an address, where it is echoed.
    for path in [
        "/loans/%3Cimg%20src%3Dx%20onerror%3Dwindow.struck%3D1%3E",
        "/loans?bank=%22%3E%3Cscript%3Ewindow.struck%3D1%3C%2Fscript%3E",
        "/loans?bank=a%E2%80%AEb%E2%80%8B",
        "/claims/a%E2%80%AEb",
        "/nowhere/%3Csvg%20onload%3Dwindow.struck%3D1%3E",
        "/sign-in?next=javascript:window.struck=1",
        "/sign-in?next=//example.com/",
        "/sign-in?next=%5C%5Cexample.com",
        "/sign-in?next=/%09/example.com",
    ] {
        browser.open(path);
        assert_harmless(&browser, path);
        let next = browser.eval("return document.querySelector('#sign-in')?.dataset.next ?? '/'");
        let next = next.as_str().unwrap_or_default();
        let away = next.starts_with("//") || next.starts_with("/\\") || next.contains('\t');
        assert!(next.starts_with('/') && !away, "{path} leads to {next}");
    }
    assert_eq!(browser.strangers(), [""; 0]);
}

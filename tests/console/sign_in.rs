//! Signing in with key files of every sort, and out again.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use fundtrail_scenario::key;
use fundtrail_tests::browser::{Browser, Size};
use fundtrail_tests::{READY, Scratch};
use serde_json::Value;

use crate::people::{present, sign_in, sign_out, signed_in};
use crate::site::key_file;

/// What is kept in this browser: database, local and session storage, and cookies a script sees.
const KEPT: &str = "
    const done = arguments[arguments.length - 1];
    const open = indexedDB.open('fundtrail');
    open.onupgradeneeded = () => open.transaction.abort();
    open.onerror = () => done({ keys: [], cookie: document.cookie });
    open.onsuccess = () => {
        const store = open.result.transaction('keys').objectStore('keys');
        const all = store.getAll();
        all.onsuccess = () => done({
            keys: all.result.map(({ keyid, privateKey }) => ({
                keyid, extractable: privateKey.extractable, usages: privateKey.usages,
            })),
            cookie: document.cookie,
        });
    };";

/// A key file as OpenSSL encrypts it.
fn encrypted(scratch: &Scratch, name: &str, passphrase: &str) -> PathBuf {
    let (plain, path) = (
        key_file(scratch, name),
        scratch.folder().join("encrypted.pem"),
    );
    let output = Command::new("openssl")
        .args([
            "pkcs8",
            "-topk8",
            "-v2",
            "aes-256-cbc",
            "-v2prf",
            "hmacWithSHA256",
        ])
        .args(["-passout", &format!("pass:{passphrase}"), "-in"])
        .arg(plain)
        .arg("-out")
        .arg(&path)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    path
}

fn kept(browser: &Browser) -> Value {
    browser.eval_later(KEPT)
}

#[test]
fn a_plain_and_an_encrypted_key_file_open_the_console() {
    let scratch = Scratch::start();
    scratch.play(READY);
    let browser = Browser::start(&scratch.node.url, Size::WIDE, "sign-in");

    // A page that needs a reader asks who it is, and leads back.
    browser.open("/loans");
    assert_eq!(signed_in(&browser), None);
    browser.take_said("401");
    browser.mark();
    present(&browser, &key_file(&scratch, "bank-a/maker"));
    browser.until_left("signing in");
    assert_eq!(browser.path(), "/loans");
    assert_eq!(signed_in(&browser).as_deref(), Some("bank-a"));
    browser.check("signed-in");

    // The key is here, cannot be read out, and no script sees the cookie.
    let found = kept(&browser);
    let id = key("bank-a/maker").public().id().to_string();
    assert_eq!(found["keys"][0]["keyid"], id, "{found}");
    assert_eq!(found["keys"][0]["extractable"], false, "{found}");
    assert!(
        !found["cookie"].as_str().unwrap().contains("token"),
        "{found}"
    );
    let cookie = browser.cookie("fundtrail_token").unwrap();
    assert_eq!(cookie["httpOnly"], true, "{cookie}");
    assert_eq!(cookie["sameSite"], "Strict", "{cookie}");

    // Signing out forgets it; the pages are closed again, also the one that Back shows.
    sign_out(&browser);
    assert_eq!(kept(&browser)["keys"], serde_json::json!([]));
    assert_eq!(browser.cookie("fundtrail_token"), None);
    browser.open("/loans");
    assert_eq!(signed_in(&browser), None);
    browser.take_said("401");
    browser.assert_quiet();

    // An encrypted one asks for its passphrase: a wrong one is refused, and says so.
    let file = encrypted(&scratch, "manager/checker", "八月 the 29th");
    browser.open("/sign-in?next=/loans");
    browser.upload("#key-file", &file);
    browser.until("a passphrase is asked for", || {
        browser.eval("return !document.querySelector('#passphrase-field').hidden") == true
    });
    browser.check("passphrase");
    browser.fill("#passphrase", "August the 29th");
    browser.click("#sign-in-button");
    browser.until("the passphrase is refused", || {
        browser
            .attribute("#sign-in-status", "class")
            .is_some_and(|class| class.contains("refused"))
    });
    browser.check("wrong-passphrase");
    assert_eq!(signed_in(&browser), None);
    browser.fill("#passphrase", "八月 the 29th");
    browser.mark();
    browser.click("#sign-in-button");
    browser.until_left("signing in");
    assert_eq!(signed_in(&browser).as_deref(), Some("manager"));

    // The secret half went nowhere: no request but those of tokens carries anything of it.
    browser.assert_quiet();
}

#[test]
fn what_is_no_key_of_this_ledger_opens_nothing() {
    let scratch = Scratch::start();
    scratch.play(READY);
    let browser = Browser::start(&scratch.node.url, Size::NARROW, "not-a-key");
    let write = |name: &str, text: &str| {
        let path = scratch.folder().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let pem = key("bank-a/maker").to_pkcs8_pem();
    let short: String = pem
        .lines()
        .take(1)
        .chain(pem.lines().skip(2))
        .collect::<Vec<_>>()
        .join("\n");
    let stranger = key_file(&scratch, "somebody else");
    let files = [
        write("empty.pem", ""),
        write("text.pem", "not a key"),
        write("short.pem", &short),
        write("cut.pem", pem.get(..80).unwrap()),
        stranger.clone(),
    ];
    for lang in ["zh", "en"] {
        for file in &files {
            browser.open(&format!("/sign-in?lang={lang}"));
            present(&browser, file);
            browser.until(&format!("{} is refused", file.display()), || {
                let class = browser.attribute("#sign-in-status", "class");
                class.is_some_and(|class| class.contains("refused"))
            });
            assert!(!browser.text("#sign-in-status").is_empty());
            assert_eq!(signed_in(&browser), None, "{}", file.display());
            if *file == stranger {
                browser.take_said("40");
            }
            let name = file.file_stem().unwrap().to_string_lossy();
            browser.check(&format!("{name}-{lang}"));
            browser.open("/loans");
            assert_eq!(signed_in(&browser), None, "{}", file.display());
            browser.take_said("401");
        }
    }
    assert_eq!(kept(&browser)["keys"], serde_json::json!([]));
}

#[test]
fn the_language_is_a_switch_on_every_page() {
    let scratch = Scratch::start();
    scratch.play(READY);
    let browser = Browser::start(&scratch.node.url, Size::NARROW, "language");
    browser.open("/verify");
    assert_eq!(
        browser.language(),
        "zh-CN",
        "Chinese unless asked otherwise"
    );
    let chinese = browser.text("h1");
    browser.follow("a.language");
    assert_eq!(browser.language(), "en");
    assert_ne!(browser.text("h1"), chinese);
    sign_in(&browser, &scratch, "OFF", "/loans");
    assert_eq!(browser.language(), "en", "the choice is kept");
    browser.follow("a.language");
    assert_eq!(browser.language(), "zh-CN");
    assert!(browser.path().starts_with("/loans"));
    browser.assert_quiet();
}

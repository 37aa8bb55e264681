//! A person at the console: signs in with a key file, and out again.

use std::path::Path;

use fundtrail_tests::Scratch;
use fundtrail_tests::browser::Browser;

use crate::site::key_file;

/// Signs in as whoever has the throw-away key of that name, from the page that `path` shows,
/// and is then on the page of that path.
pub(crate) fn sign_in(browser: &Browser, scratch: &Scratch, name: &str, path: &str) {
    if signed_in(browser).is_some() {
        sign_out(browser);
    }
    let query = path.replace('?', "%3F").replace('&', "%26");
    browser.open(&format!("/sign-in?next={query}"));
    browser.mark();
    present(browser, &key_file(scratch, name));
    browser.until_left("signing in");
    browser.until("somebody is signed in", || signed_in(browser).is_some());
    assert_eq!(browser.path(), path);
}

/// Chooses a key file and presses the button.
pub(crate) fn present(browser: &Browser, file: &Path) {
    browser.upload("#key-file", file);
    browser.click("#sign-in-button");
}

/// Signs out, and is then nobody.
pub(crate) fn sign_out(browser: &Browser) {
    browser.follow("#sign-out");
    browser.until("nobody is signed in", || signed_in(browser).is_none());
}

/// The party for which the page was made; none for anybody.
pub(crate) fn signed_in(browser: &Browser) -> Option<String> {
    let script = "const { signedIn, party } = document.body?.dataset ?? {};
        return signedIn === 'true' ? party : null";
    browser.eval(script).as_str().map(str::to_owned)
}

/// Shows pages in a language from now on.
pub(crate) fn speak(browser: &Browser, lang: &str) {
    let tag = if lang == "zh" { "zh-CN" } else { lang };
    browser.open(&format!("/?lang={lang}"));
    assert_eq!(browser.language(), tag);
    browser.open("/verify");
    assert_eq!(
        browser.language(),
        tag,
        "the language is forgotten on the next page"
    );
}

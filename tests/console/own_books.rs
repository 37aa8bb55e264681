//! A bank sees its own books in the console and no other's, whatever it types.

use fundtrail_tests::Scratch;
use fundtrail_tests::browser::{Browser, Size};

use crate::people::{sign_in, signed_in};
use crate::site::demonstrated;

#[test]
fn a_bank_does_not_open_another_banks_claim_by_its_address() {
    let scratch: Scratch = demonstrated();
    let browser = Browser::start(&scratch.node.url, Size::WIDE, "own-books");
    sign_in(&browser, &scratch, "bank-b/maker", "/claims");
    assert_eq!(signed_in(&browser).as_deref(), Some("bank-b"));
    let shown = browser.shown();
    assert!(shown.contains("K-B1-B"), "{shown}");
    assert!(
        !shown.contains("K-A1") && !shown.contains("K-C7"),
        "{shown}"
    );
    browser.check("claims-of-bank-b");

    for lang in ["zh", "en"] {
        for path in [
            "/claims/K-C7",
            "/loans/C7",
            "/recoveries/R-A1-1",
            "/work/pay-K-C7",
        ] {
            browser.open(&format!("{path}?lang={lang}"));
            // 403 where it is known to be another's; 404 where not even that is said.
            let status = browser.status();
            assert!([403, 404].contains(&status), "{path}: {status}");
            browser.take_said(&status.to_string());
            let shown = browser.shown();
            for secret in [
                "720000.00",
                "720,000.00",
                "600000.00",
                "600,000.00",
                "2,400,000.00",
            ] {
                assert!(!shown.contains(secret), "{path} shows {secret}: {shown}");
            }
            browser.check(&format!("refused{}-{lang}", path.replace('/', "-")));
        }
    }
    // Its own opens.
    browser.open("/claims/K-B1-B");
    assert_eq!(browser.status(), 200);
    assert!(browser.shown().contains("180,000.00"));
    browser.check("its-own-claim");
}

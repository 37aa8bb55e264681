//! What is printed: reports, vouchers, and what else is put into a file.

use fundtrail_tests::browser::{Browser, Size};

use crate::people::{sign_in, speak};
use crate::site::demonstrated;
use crate::verify::entry_of;

#[test]
fn what_is_put_into_a_file_prints_whole_and_without_what_is_pressed() {
    let scratch = demonstrated();
    let browser = Browser::start(&scratch.node.url, Size::WIDE, "paper");
    sign_in(&browser, &scratch, "OFF", "/");
    let payment = entry_of(&scratch, "compensation_pay");
    let mut faults = Vec::new();
    for lang in ["zh", "en"] {
        speak(&browser, lang);
        for (name, path) in [
            ("quarter", "/reports/2022Q4".to_owned()),
            ("year", "/reports/2022".to_owned()),
            ("voucher", format!("/vouchers/{payment}")),
            ("entry", format!("/entries/{payment}")),
            ("entries", "/entries".to_owned()),
            ("overview", "/".to_owned()),
            ("obligations", "/obligations".to_owned()),
            ("policy", "/policy/1".to_owned()),
        ] {
            browser.open(&path);
            assert_eq!(browser.status(), 200, "{path}");
            faults.extend(browser.print(&format!("{lang}-{name}")));
        }
    }
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

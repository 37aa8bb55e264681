//! What single pages show, from figures that the regulation gives and not the program.

use crate::browser::look;
use crate::played::{Who, console};

fn shown(address: &str, who: Who) -> String {
    let reply = look(&console(), address, who.token().as_deref());
    assert_eq!(reply.status, 200, "{address}");
    reply.text().to_owned()
}

#[test]
fn a_loan_shows_what_was_paid_and_what_came_back() {
    // 30% of 2,000,000.00 was compensated; 30% of the 500,000.00 collected came back.
    let page = shown("/loans/A1?lang=en", Who::Office);
    for figure in ["2,000,000.00", "600,000.00", "500,000.00", "150,000.00"] {
        assert!(page.contains(&format!(">{figure}</data>")), "{figure}");
    }
    assert!(page.contains("href=\"/claims/K-A1\""));
    assert!(page.contains("href=\"/entries?object=loan%3AA1\""));
}

#[test]
fn a_bank_sees_its_own_loans() {
    let page = shown("/loans", Who::Bank);
    assert!(page.contains(">A1</code>") && !page.contains(">B1</code>"));
    let all = shown("/loans", Who::Office);
    assert!(all.contains(">A1</code>") && all.contains(">B1</code>"));
}

#[test]
fn filters_stay_in_the_address() {
    let page = shown("/loans?bank=bank-b", Who::Office);
    assert!(page.contains(">B1</code>") && !page.contains(">A1</code>"));
    assert!(page.contains("value=\"bank-b\""));
    assert!(page.contains("href=\"/loans?bank=bank-b&amp;lang=en\""));
}

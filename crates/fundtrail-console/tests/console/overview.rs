//! The overview: what everybody sees of the fund, and what is for some.

use crate::browser::look;
use crate::played::{Who, console};

fn shown(who: Who) -> String {
    let reply = look(&console(), "/?lang=en", who.token().as_deref());
    assert_eq!(reply.status, 200, "{who:?}");
    reply.text().to_owned()
}

/// The part of a page from an id on until the next heading of a section.
fn section<'a>(page: &'a str, id: &str) -> &'a str {
    let (_, rest) = page
        .split_once(&format!("id=\"{id}\""))
        .unwrap_or_else(|| panic!("no {id}"));
    rest.split("<section").next().unwrap()
}

#[test]
fn everybody_sees_totals_and_what_the_ledger_rests_on() {
    for who in Who::ALL {
        let page = shown(who);
        // What the city paid in, and what the charts begin with.
        assert!(page.contains(">10,000,000.00</data>"), "{who:?}");
        for id in ["chart-balance", "chart-flows", "integrity"] {
            assert!(page.contains(&format!("id=\"{id}\"")), "{who:?} {id}");
        }
        let integrity = section(&page, "integrity");
        assert_eq!(integrity.matches("<li>").count(), 5, "what must hold");
        assert_eq!(integrity.matches(">holds</span>").count(), 5, "{integrity}");
        assert!(integrity.contains("There are no witnesses"), "{integrity}");
    }
}

#[test]
fn nobody_in_particular_sees_no_bank_and_nothing_to_do() {
    let page = shown(Who::Anybody);
    for word in [
        "bank-a",
        "bank-b",
        "id=\"duties\"",
        "chart-ratios",
        "chart-stages",
    ] {
        assert!(!page.contains(word), "{word}");
    }
}

#[test]
fn a_bank_sees_its_own_part() {
    let page = shown(Who::Bank);
    let picture = section(&page, "picture");
    assert!(picture.contains("href=\"/partners/bank-a\""), "{picture}");
    assert!(section(&page, "duties").contains("Obligations"));
    for word in ["bank-b", "bank-c", "Refused lately"] {
        assert!(!page.contains(word), "{word}");
    }
}

#[test]
fn who_reads_all_sees_every_bank_and_what_was_refused() {
    let page = shown(Who::Office);
    let picture = section(&page, "picture");
    for bank in ["bank-a", "bank-b", "bank-c"] {
        assert!(
            picture.contains(&format!("href=\"/partners/{bank}\"")),
            "{bank}"
        );
    }
    // Art. 13: the lines of the policy that was adopted.
    assert!(picture.contains("3.00% warning") && picture.contains("5.00% suspension"));
    let duties = section(&page, "duties");
    assert!(duties.contains("Refused lately") && duties.contains("/refusals?transaction="));
    assert!(duties.contains("days late"), "{duties}");
}

//! What is met, what is named, and that bytes are always the same.

use std::path::Path;

use super::*;
use crate::read::read_text;

const FOUNDED: &str = "2021-12-23 genesis log_key=log:key tag_key=log:tag_key \
    keys.0.party=OFF keys.0.role=office keys.0.public_key=key:OFF";

fn complaint(text: &str) -> String {
    let scenario = read_text(Path::new("file.scn"), text).unwrap();
    run(&scenario).unwrap().complaint()
}

#[test]
fn what_comes_as_expected_is_no_problem() {
    assert_eq!(
        complaint(&format!("{FOUNDED} => recorded\nexpect fund 0.00")),
        ""
    );
}

#[test]
fn what_does_not_is_named_with_its_place_and_figures() {
    let text = complaint(&format!(
        "# x\n{FOUNDED} => refused LEDGER_FOUNDED\nexpect fund 0.01"
    ));
    assert!(
        text.contains("file.scn:2: expected refused LEDGER_FOUNDED, got recorded"),
        "{text}"
    );
    assert!(
        text.contains("file.scn:3: fund: expected 0.01, got 0.00"),
        "{text}"
    );
    let text = complaint("2021-12-23 fund_activate => recorded");
    assert!(
        text.contains("LEDGER_NOT_FOUNDED: The ledger has no genesis yet"),
        "{text}"
    );
    assert!(text.contains("账本尚未创立"), "{text}");
}

#[test]
fn the_same_scenario_gives_the_same_bytes() {
    let scenario = read_text(Path::new("file.scn"), &format!("{FOUNDED} => recorded")).unwrap();
    let bytes = || -> Vec<String> {
        let report = run(&scenario).unwrap();
        report
            .lines
            .into_iter()
            .filter_map(|line| Some(line.played?.submission.to_json()))
            .collect()
    };
    assert_eq!(bytes().len(), 1);
    assert_eq!(bytes(), bytes());
}

#[test]
fn a_target_that_answers_otherwise_than_the_shadow_is_a_problem() {
    struct Contrary;
    impl Target for Contrary {
        fn submit(&mut self, _: &Submission, _: Moment) -> Result<Answer, Fault> {
            Ok(Answer::Repeated { index: 7 })
        }
    }
    let scenario = read_text(Path::new("file.scn"), FOUNDED).unwrap();
    let site = Site::throw_away(ORIGIN).unwrap();
    let report = run_on(&scenario, &site, &mut Contrary).unwrap();
    assert!(
        report.complaint().contains("the shadow says: recorded"),
        "{}",
        report.complaint()
    );
}

//! `policy`: the fund's own file passes, whatever else is named.

use fundtrail_regulation::Policy;

use crate::support::Desk;

const BAOTOU: &str = include_str!("../../../fundtrail-regulation/data/baotou-2021-61.toml");

#[test]
fn a_policy_file_becomes_the_body_of_its_adoption() {
    let desk = Desk::new();
    desk.write("baotou.toml", BAOTOU);
    let printed = desk.call(["policy", "baotou.toml"]).ends(0);
    let policy: Policy = serde_json::from_str(&printed).unwrap();
    assert_eq!(policy.compensation.ratio_bp, 3_000);
    assert_eq!(policy.compensation.cap.to_string(), "1500000.00");
}

#[test]
fn what_is_no_policy_is_named() {
    let desk = Desk::new();
    for (from, to, named) in [
        (
            "ratio_bp = 3000\ncomponents",
            "ratio_bp = 10001\ncomponents",
            "POLICY_INVALID",
        ),
        ("cap = \"1500000.00\"", "cap = 1500000.00", "cap"),
        ("lg_threshold = 5", "lg_threshold = 9", "lg_threshold"),
        (
            "rounding = \"half_up_cumulative\"",
            "rounding = \"to_even\"",
            "to_even",
        ),
        (
            "maker_checker = true",
            "maker_checker = true\nsurplus = 1",
            "surplus",
        ),
    ] {
        assert!(BAOTOU.contains(from), "{from}");
        desk.write("bad.toml", BAOTOU.replace(from, to));
        let called = desk.call(["policy", "bad.toml"]);
        let words = called.stderr.clone();
        called.ends(1);
        assert!(words.contains(named), "{named}: {words}");
    }
}

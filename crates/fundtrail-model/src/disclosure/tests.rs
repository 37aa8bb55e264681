//! Tests of disclosures, against published vectors and every sort of change.

use alloc::format;
use alloc::string::ToString;

use super::*;

fn sealed(json: &str) -> String {
    URL_SAFE_NO_PAD.encode(json)
}

fn parse_error(json: &str) -> DisclosureError {
    Disclosure::parse(&sealed(json)).unwrap_err()
}

#[test]
fn digests_are_those_of_rfc_9901() {
    // Sections 4.2.1 and 4.2.3 and Appendix A; four texts of one particular have four digests.
    for (text, expected) in [
        (
            "WyI2cU1RdlJMNWhhaiIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0",
            "uutlBuYeMDyjLLTpf6Jxi7yNkEF35jdyWMn9U7b_RYY",
        ),
        (
            "WyIyR0xDNDJzS1F2ZUNmR2ZyeU5STjl3IiwgImdpdmVuX25hbWUiLCAiSm9obiJd",
            "jsu9yVulwQQlhFlM_3JlzMaSFzglhQG0DpfayQwLUK4",
        ),
        (
            "WyJlbHVWNU9nM2dTTklJOEVZbnN4QV9BIiwgImZhbWlseV9uYW1lIiwgIkRvZSJd",
            "TGf4oLbgwd5JQaHyKVQZU9UdGE0w5rtDsrZzfUaomLo",
        ),
    ] {
        assert_eq!(digest(text).to_string(), expected);
        assert_eq!(DisclosureDigest::parse(expected), Some(digest(text)));
    }
}

#[test]
fn a_disclosure_of_rfc_9901_is_read() {
    let text = "WyIyR0xDNDJzS1F2ZUNmR2ZyeU5STjl3IiwgImdpdmVuX25hbWUiLCAiSm9obiJd";
    let read = Disclosure::parse(text).unwrap();
    let parts = (read.salt(), read.name(), read.value());
    assert_eq!(parts, ("2GLC42sKQveCfGfryNRN9w", "given_name", "John"));
    // That of the digest's example has a salt of nine bytes.
    let short = "WyI2cU1RdlJMNWhhaiIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0";
    assert_eq!(Disclosure::parse(short), Err(DisclosureError::Salt));
}

#[test]
fn what_is_made_is_read() {
    let text = Disclosure::make([7; 16], "credit_code", "91150200\"\\\u{1}中文").unwrap();
    let read = Disclosure::parse(&text).unwrap();
    assert_eq!(
        (read.name(), read.value()),
        ("credit_code", "91150200\"\\\u{1}中文")
    );
    assert_eq!(read.salt(), "BwcHBwcHBwcHBwcHBwcHBw");
    assert_eq!(
        Disclosure::make([7; 16], "_sd", "x"),
        Err(DisclosureError::Name)
    );
    assert_eq!(
        Disclosure::make([7; 16], "", "x"),
        Err(DisclosureError::Name)
    );
    let long = "x".repeat(DISCLOSURE_CHARS_MAX);
    assert_eq!(
        Disclosure::make([7; 16], "name", &long),
        Err(DisclosureError::TooLong)
    );
    assert_eq!(
        Disclosure::make([7; 16], &long, ""),
        Err(DisclosureError::TooLong)
    );
}

#[test]
fn only_three_strings_are_a_disclosure() {
    let salt = "BwcHBwcHBwcHBwcHBwcHBw";
    assert!(Disclosure::parse(&sealed(&format!("[\"{salt}\",\"n\",\"v\"]"))).is_ok());
    assert!(Disclosure::parse(&sealed(&format!(" [\"{salt}\" , \"n\", \"\"] "))).is_ok());
    for json in [
        "",
        "null",
        "\"v\"",
        "{}",
        "[]",
        &format!("[\"{salt}\",\"v\"]"),
        &format!("[\"{salt}\",\"n\",\"v\",\"w\"]"),
        &format!("[\"{salt}\",\"n\",\"v\",]"),
        &format!("[\"{salt}\",\"n\",\"v\"]]"),
        &format!("[\"{salt}\",\"n\",1]"),
        &format!("[\"{salt}\",\"n\",null]"),
        &format!("[\"{salt}\",\"n\",[\"v\"]]"),
        "[1,\"n\",\"v\"]",
        &format!("[\"{salt}\",\"n\",\"\\ud800\"]"),
        &format!("[\"{salt}\",\"n\",\"\n\"]"),
        &"[".repeat(700),
    ] {
        assert_eq!(parse_error(json), DisclosureError::Form, "{json}");
    }
    let not_utf8 = URL_SAFE_NO_PAD.encode(b"[\"BwcHBwcHBwcHBwcHBwcHBw\",\"n\",\"\xff\"]");
    assert_eq!(Disclosure::parse(&not_utf8), Err(DisclosureError::Form));
}

#[test]
fn salts_and_names_are_checked() {
    for salt in [
        "",
        "BwcHBwcHBwcHBwcHBwcH",
        "BwcHBwcHBwcHBwcHBwcHBx",
        "BwcHBwcHBwcHBwcHBwcHBw==",
        "BwcHBwcHBwcHBwcHBwcH+w",
    ] {
        assert_eq!(
            parse_error(&format!("[\"{salt}\",\"n\",\"v\"]")),
            DisclosureError::Salt,
            "{salt}"
        );
    }
    for name in ["", "_sd", "..."] {
        let json = format!("[\"BwcHBwcHBwcHBwcHBwcHBw\",\"{name}\",\"v\"]");
        assert_eq!(parse_error(&json), DisclosureError::Name, "{name}");
    }
}

#[test]
fn the_text_is_unpadded_base64url() {
    let text = Disclosure::make([7; 16], "n", "vv").unwrap();
    assert_eq!(text.len() % 4, 3);
    assert!(Disclosure::parse(&text).is_ok());
    let mut other_bits = text.clone();
    assert_eq!(other_bits.pop(), Some('0'));
    other_bits.push('1');
    for changed in [
        format!("{text}="),
        format!("{text} "),
        format!("{text}\n"),
        format!("+{text}"),
        other_bits,
    ] {
        assert_eq!(
            Disclosure::parse(&changed),
            Err(DisclosureError::Base64),
            "{changed}"
        );
    }
    let long = "A".repeat(DISCLOSURE_CHARS_MAX + 1);
    assert_eq!(Disclosure::parse(&long), Err(DisclosureError::TooLong));
}

#[test]
fn digests_have_one_form() {
    let text = "uutlBuYeMDyjLLTpf6Jxi7yNkEF35jdyWMn9U7b_RYY";
    let json = format!("\"{text}\"");
    let digest: DisclosureDigest = serde_json::from_str(&json).unwrap();
    assert_eq!(serde_json::to_string(&digest).unwrap(), json);
    assert_eq!(digest.as_bytes()[..2], [0xba, 0xeb]);
    for changed in [
        "",
        &text[1..],
        &format!("{text}="),
        &format!("{text}A"),
        &text.replace('_', "/"),
        &text.replace("RYY", "RYZ"),
    ] {
        assert_eq!(DisclosureDigest::parse(changed), None, "{changed}");
        assert!(serde_json::from_str::<DisclosureDigest>(&format!("\"{changed}\"")).is_err());
    }
}

#[test]
fn debug_shows_no_value() {
    let text = Disclosure::make([7; 16], "credit_code", "secret").unwrap();
    assert_eq!(
        format!("{:?}", Disclosure::parse(&text).unwrap()),
        "Disclosure(credit_code)"
    );
}

#[test]
fn the_code_begins_the_messages() {
    use DisclosureError::{Base64, Form, Name, Salt, TooLong};
    for error in [TooLong, Base64, Form, Salt, Name] {
        assert!(
            error
                .to_string()
                .starts_with(&format!("{}: ", error.code()))
        );
    }
}

//! `fundtrail key` and `fundtrail tag`.

use fundtrail_model::key::SigningKey;
use fundtrail_model::tag::{CREDIT_CODE, TagKey};

use crate::support::{Desk, arguments};

#[test]
fn a_new_key_is_readable_by_its_owner_only_and_shows_as_it_was_made() {
    let desk = Desk::new();
    let made = desk.call(arguments("key new --out a.pem")).ends(0);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(desk.path("a.pem"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let pem = String::from_utf8(desk.read("a.pem")).unwrap();
    let public = SigningKey::from_pkcs8_pem(&pem).unwrap().public();
    assert_eq!(
        made,
        format!("key id      {}\npublic key  {public}\n", public.id())
    );
    let shown = desk.call(arguments("key show a.pem")).ends(0);
    assert!(shown.starts_with(&made), "{shown}");
    // The public half alone shows the same.
    let pem = shown.strip_prefix(&made).unwrap();
    desk.write("a.pub", pem);
    assert_eq!(desk.call(arguments("key show a.pub")).ends(0), shown);
}

#[test]
fn keys_are_random_and_not_overwritten_by_accident() {
    let desk = Desk::new();
    let first = desk.call(arguments("key new --out a.pem")).ends(0);
    let kept = desk.read("a.pem");
    let again = desk.call(arguments("key new --out a.pem"));
    assert!(again.stderr.contains("--force"), "{}", again.stderr);
    again.ends(2);
    assert_eq!(desk.read("a.pem"), kept);
    let second = desk.call(arguments("key new --out a.pem --force")).ends(0);
    assert_ne!(first, second);
    assert_ne!(desk.read("a.pem"), kept);
}

#[test]
fn what_is_no_key_is_not_shown() {
    let desk = Desk::new();
    desk.write(
        "a.pem",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    );
    desk.write("b.pem", "hello");
    for file in ["a.pem", "b.pem", "none.pem"] {
        desk.call(["key", "show", file]).ends(2);
    }
}

#[test]
fn a_tag_is_made_offline_from_a_checked_credit_code() {
    let desk = Desk::new();
    desk.write("tag.key", "07".repeat(32) + "\n");
    let expected = TagKey::new(&[7; 32])
        .tag(CREDIT_CODE, "91150203MA0N000164")
        .to_string();
    for code in ["91150203MA0N000164", " 91150203ma0n000164"] {
        let called = desk.call(["tag", "--tag-key", "tag.key", code]);
        assert_eq!(called.ends(0).trim_end(), expected);
    }
    let wrong = desk.call(["tag", "--tag-key", "tag.key", "91150203MA0N000165"]);
    assert!(wrong.stderr.contains("ID_CHECKSUM"), "{}", wrong.stderr);
    wrong.ends(1);
    desk.call(["tag", "91150203MA0N000164"]).ends(2);
}

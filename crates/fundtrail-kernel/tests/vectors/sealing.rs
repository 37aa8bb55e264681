//! Disclosures, their digests, and tags.

use fundtrail_model::disclosure::{self, Disclosure};
use fundtrail_model::tag::TagKey;
use serde_json::json;

use crate::support::{outcome, run, verdict};

pub(crate) const FILES: &[&str] = &["disclosures.json", "tags.json"];

#[test]
fn disclosures() {
    run("disclosures.json", |_, case| {
        let text = String::from_utf8(case.bytes()).expect("text");
        let parsed = Disclosure::parse(&text);
        outcome(parsed.as_ref().map_err(|error| error.code()).map(|parsed| {
            json!({
                "salt": parsed.salt(), "name": parsed.name(), "value": parsed.value(),
                "digest": disclosure::digest(&text),
            })
        }))
    });
}

#[test]
fn tags() {
    run("tags.json", |_, case| {
        let mut bytes = [0; 32];
        hex::decode_to_slice(case.text("tag_key"), &mut bytes).expect("64 hex digits");
        let key = TagKey::new(&bytes);
        let came = match case.get("domain") {
            Some(domain) => key
                .tag(domain.as_str().expect("a text"), case.text("value"))
                .to_string(),
            None => key.commitment(),
        };
        verdict(if came == case.text("claimed") {
            Ok(())
        } else {
            Err("DIFFERENT")
        })
    });
}

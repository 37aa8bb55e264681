//! A search for values in whatever way they may be written.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// The shortest writing that is searched for: a shorter one is found by chance.
const BYTES_MIN: usize = 8;

/// Values, each in its writings, by the first four bytes of the writing.
pub(crate) struct Needles(BTreeMap<[u8; 4], Vec<(Vec<u8>, String)>>);

impl Needles {
    pub(crate) fn new(values: &BTreeSet<String>) -> Needles {
        let mut needles: BTreeMap<[u8; 4], Vec<(Vec<u8>, String)>> = BTreeMap::new();
        for value in values {
            for written in writings(value) {
                assert!(
                    written.len() >= BYTES_MIN,
                    "{value} is too short to be told from chance"
                );
                let first = *written.first_chunk().unwrap();
                needles
                    .entry(first)
                    .or_default()
                    .push((written, value.clone()));
            }
        }
        Needles(needles)
    }

    /// The values that stand in these bytes.
    pub(crate) fn found(&self, bytes: &[u8]) -> Vec<&str> {
        let mut found = BTreeSet::new();
        for at in 0..bytes.len().saturating_sub(3) {
            let Some(known) = bytes[at..]
                .first_chunk()
                .and_then(|first| self.0.get(first))
            else {
                continue;
            };
            let here = known
                .iter()
                .filter(|(written, _)| bytes[at..].starts_with(written));
            found.extend(here.map(|(_, value)| value.as_str()));
        }
        found.into_iter().collect()
    }
}

/// As it is, in capitals and in small letters; in hexadecimal; percent-encoded; escaped as in
/// JSON; and in both alphabets of base64, wherever in a text it begins.
fn writings(value: &str) -> BTreeSet<Vec<u8>> {
    let mut all: BTreeSet<String> = BTreeSet::from([
        value.to_owned(),
        value.to_uppercase(),
        value.to_lowercase(),
        hex::encode(value),
        hex::encode_upper(value),
    ]);
    for escape in [
        |byte: u8| format!("%{byte:02X}"),
        |byte: u8| format!("%{byte:02x}"),
    ] {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        all.insert(
            value
                .bytes()
                .map(|byte| {
                    if plain(byte) {
                        char::from(byte).to_string()
                    } else {
                        escape(byte)
                    }
                })
                .collect(),
        );
    }
    for escape in [
        |unit: u16| format!("\\u{unit:04x}"),
        |unit: u16| format!("\\u{unit:04X}"),
    ] {
        all.insert(
            value
                .encode_utf16()
                .map(|unit| match u8::try_from(unit) {
                    Ok(byte) if byte.is_ascii() => char::from(byte).to_string(),
                    _ => escape(unit),
                })
                .collect(),
        );
    }
    for before in 0..3 {
        let mut bytes = vec![0; before];
        bytes.extend_from_slice(value.as_bytes());
        // Without the characters that what stands before and after has a part in.
        let range = (before * 8).div_ceil(6)..bytes.len() * 8 / 6;
        all.insert(STANDARD_NO_PAD.encode(&bytes)[range.clone()].to_owned());
        all.insert(URL_SAFE_NO_PAD.encode(&bytes)[range].to_owned());
    }
    all.into_iter().map(String::into_bytes).collect()
}

#[test]
fn a_value_is_found_in_every_writing_and_no_other() {
    let values = BTreeSet::from(["鄂尔多斯试验公司".to_owned(), "ZL201910765432.1".to_owned()]);
    let needles = Needles::new(&values);
    for value in &values {
        let json = serde_json::json!(["salt", "name", value]).to_string();
        for text in [
            json.clone(),
            URL_SAFE_NO_PAD.encode(&json),
            STANDARD_NO_PAD.encode(format!("{{{json}")),
            STANDARD_NO_PAD.encode(format!("x{json}y")),
            hex::encode(&json),
            json.to_lowercase(),
        ] {
            assert_eq!(needles.found(text.as_bytes()), [value.as_str()], "{text}");
        }
    }
    assert!(
        needles
            .found("ZL201910765433.1 鄂尔多斯试验公 ZL2019".as_bytes())
            .is_empty()
    );
}

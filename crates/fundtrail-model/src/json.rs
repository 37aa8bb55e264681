//! What every JSON document of the format must hold to, whatever it says:
//! UTF-8, bounded nesting, no member twice, no number with a fraction.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use core::cell::Cell;
use core::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::malformed::{Malformed, MalformedCode};

mod strict;

/// The deepest nesting any document of the format has, with room to spare.
pub const DEPTH_MAX: usize = 16;

/// Checks bytes before they are read as anything in particular.
///
/// # Errors
/// `NOT_UTF8`, `NOT_JSON`, `TOO_DEEP`, `DUPLICATE_MEMBER`, `FLOAT`.
pub fn check(bytes: &[u8]) -> Result<&str, Malformed> {
    let text = core::str::from_utf8(bytes)
        .map_err(|error| Malformed::new(MalformedCode::NotUtf8, format!("{error}")))?;
    let found = Cell::new(None);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let outcome = Check {
        depth: 0,
        found: &found,
    }
    .deserialize(&mut deserializer)
    .and_then(|()| deserializer.end());
    match outcome {
        Ok(()) => Ok(text),
        Err(error) => {
            let detail = format!("{error}");
            // So large that the reader does not get as far as telling its value.
            let is_number = detail.starts_with("number out of range");
            let unfound = match is_number {
                true => MalformedCode::Float,
                false => MalformedCode::NotJson,
            };
            Err(Malformed::new(found.get().unwrap_or(unfound), detail))
        }
    }
}

/// Reads a text that passed [`check`] as a type: an object as an object and an option as a
/// text, which serde's derived readers by themselves do not insist on.
///
/// # Errors
/// What is wrong with it, under its code.
pub fn read<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, Malformed> {
    strict::read(text).map_err(|error| Malformed::from_json(&error))
}

/// Walks one JSON value and notes what is wrong with it.
#[derive(Clone, Copy)]
struct Check<'a> {
    depth: usize,
    found: &'a Cell<Option<MalformedCode>>,
}

impl Check<'_> {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        if self.depth == DEPTH_MAX {
            return Err(self.refuse(
                MalformedCode::TooDeep,
                format!("nested deeper than {DEPTH_MAX}"),
            ));
        }
        Ok(Check {
            depth: self.depth + 1,
            ..self
        })
    }

    fn refuse<E: Error>(self, code: MalformedCode, detail: String) -> E {
        self.found.set(Some(code));
        E::custom(detail)
    }
}

impl<'de> DeserializeSeed<'de> for Check<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Check<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Err(self.refuse(
            MalformedCode::Float,
            "a number is a whole number in range".into(),
        ))
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let inner = self.deeper()?;
        while items.next_element_seed(inner)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let inner = self.deeper()?;
        let mut names = BTreeSet::new();
        while let Some(name) = members.next_key::<String>()? {
            if names.contains(&name) {
                return Err(self.refuse(
                    MalformedCode::DuplicateMember,
                    "a member stands twice".into(),
                ));
            }
            names.insert(name);
            members.next_value_seed(inner)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn code(text: &str) -> Option<&'static str> {
        check(text.as_bytes())
            .err()
            .map(|malformed| malformed.code.as_str())
    }

    #[test]
    fn each_fault_has_its_code() {
        assert_eq!(code(r#"{"a":[1,-2,"x",null,true,{"b":{}}]}"#), None);
        assert_eq!(code(r#"{"a":1,"a":1}"#), Some("DUPLICATE_MEMBER"));
        assert_eq!(code(r#"{"a":1,"\u0061":1}"#), Some("DUPLICATE_MEMBER"));
        assert_eq!(code(r#"{"a":{"b":1,"b":2}}"#), Some("DUPLICATE_MEMBER"));
        assert_eq!(code("[1.5]"), Some("FLOAT"));
        assert_eq!(code("[1e2]"), Some("FLOAT"));
        assert_eq!(code("[99999999999999999999999]"), Some("FLOAT"));
        // Beyond what any number of the machine holds.
        assert_eq!(code("[1e999]"), Some("FLOAT"));
        assert_eq!(code(&("9".repeat(400))), Some("FLOAT"));
        assert_eq!(code("{} {}"), Some("NOT_JSON"));
        assert_eq!(code(""), Some("NOT_JSON"));
        assert_eq!(code("{\"a\":\"\u{1}\"}"), Some("NOT_JSON"));
        assert_eq!(code(r#"["\ud800"]"#), Some("NOT_JSON"));
        assert_eq!(
            check(b"\"\xff\"").err().map(|m| m.code),
            Some(MalformedCode::NotUtf8)
        );
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        assert_eq!(code(&deep), Some("TOO_DEEP"));
        assert_eq!(code(&("[".repeat(16) + &"]".repeat(16))), None);
        assert!(
            check(b"[")
                .unwrap_err()
                .to_string()
                .starts_with("NOT_JSON: ")
        );
    }
}

//! Reads what stands after `expect`.

use crate::field::{FieldValue, Fields};
use crate::scenario::Check;
use crate::word::Word;

use super::LineError;

/// Puts in what `let` gave a name.
type Named<'a> = &'a dyn Fn(&str) -> Result<String, LineError>;

/// The check that the words ask for.
///
/// # Errors
/// What cannot be read, in words.
pub(super) fn parse(words: &[Word], named: Named<'_>) -> Result<Check, LineError> {
    let owned = |text: &String| text.clone();
    match words {
        [Word::Bare(what), Word::Bare(book), Word::Bare(amount)] if what == "balance" => {
            Ok(Check::Balance {
                book: named(book)?,
                amount: owned(amount),
            })
        }
        [Word::Bare(what), Word::Bare(amount)] if what == "fund" => Ok(Check::Fund {
            amount: owned(amount),
        }),
        [
            Word::Bare(what),
            Word::Bare(recovery),
            Word::Bare(amount),
            Word::Bare(deadline),
        ] if what == "due" => Ok(Check::Due {
            recovery: owned(recovery),
            amount: owned(amount),
            deadline: owned(deadline),
        }),
        [
            Word::Bare(what),
            Word::Bare(code),
            Word::Bare(object),
            Word::Bare(state),
        ] if what == "alert" && matches!(state.as_str(), "open" | "none") => {
            let (code, object) = (owned(code), named(object)?);
            Ok(Check::Alert {
                code,
                object,
                standing: state == "open",
            })
        }
        [Word::Bare(table), Word::Bare(key), members @ ..] if !members.is_empty() => {
            let mut fields = Fields::default();
            for member in members {
                match member {
                    Word::Text(name, value) => fields.set(name, FieldValue::Text(named(value)?)),
                    Word::Json(name, value) => fields.set(name, FieldValue::Json(value.clone())),
                    Word::Bare(_) | Word::Arrow => {
                        return Err("expect: path=value is expected".into());
                    }
                }
            }
            Ok(Check::Record {
                table: owned(table),
                key: named(key)?,
                members: fields,
            })
        }
        _ => Err("expect balance|fund|due|alert …, or expect TABLE KEY path=value".into()),
    }
}

//! What a transaction says, for whoever is to sign it: every member, nothing left out,
//! nothing added.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use fundtrail_model::disclosure::{self, Disclosure};
use fundtrail_model::{Amount, Transaction};
use fundtrail_regulation::Kind;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::language::Language;
use crate::submit::plain;

/// The transaction in words, a line for each member; amounts stand under each other.
pub(super) fn of(
    transaction: &Transaction,
    kind: Kind,
    payload: &[u8],
    disclosures: &[String],
    language: Language,
) -> String {
    let Transaction {
        ledger,
        id,
        kind: name,
        date,
        body,
        sealed,
    } = transaction;
    let title = kind.title();
    let articles: Vec<String> = kind.articles().iter().map(u8::to_string).collect();
    let articles = match (language, articles.join(", ")) {
        (_, none) if none.is_empty() => none,
        (Language::Zh, list) => format!("　第 {list} 条"),
        (Language::En, list) => format!("  Art. {list}"),
    };
    let mut lines = Lines::default();
    lines.add("ledger", safe(ledger));
    lines.add("id", safe(id.as_str()));
    lines.add("date", date.to_string());
    let body: Value = serde_json::from_str(body.get()).unwrap_or_default();
    lines.members("body", &body);
    let opened = opened(disclosures);
    for (particular, digest) in sealed {
        let value = match opened.get(&digest.to_string()) {
            Some(found) if found.name() == particular => {
                format!("{} ({digest})", safe(found.value()))
            }
            _ => format!("{} ({digest})", language.of("未示", "not shown")),
        };
        lines.add(&format!("sealed.{particular}"), value);
    }
    let bytes = payload.len();
    let digest: String = Sha256::digest(payload)
        .iter()
        .fold(String::new(), |mut text, byte| {
            // Writing to memory cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        });
    lines.add("payload", format!("{bytes} bytes, sha256 {digest}"));
    format!(
        "{} / {} ({name}){articles}\n{}",
        title.zh,
        title.en,
        lines.text()
    )
}

/// A text as a terminal may show it: what would move the cursor, colour, hide or turn
/// around anything is written out.
pub(super) fn safe(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        let hides = matches!(letter, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}');
        if hides || letter.is_control() {
            shown.extend(letter.escape_unicode());
        } else {
            shown.push(letter);
        }
    }
    shown
}

fn opened(disclosures: &[String]) -> BTreeMap<String, Disclosure> {
    let parsed = disclosures.iter().filter_map(|text| {
        let found = Disclosure::parse(text).ok()?;
        Some((disclosure::digest(text).to_string(), found))
    });
    parsed.collect()
}

/// Names and values, in order.
#[derive(Default)]
struct Lines(Vec<(String, String)>);

impl Lines {
    fn add(&mut self, name: &str, value: String) {
        self.0.push((safe(name), value));
    }

    /// Every member of a value, by its path.
    fn members(&mut self, path: &str, value: &Value) {
        match value {
            Value::Object(members) if !members.is_empty() => {
                for (name, value) in members {
                    self.members(&format!("{path}.{name}"), value);
                }
            }
            Value::Array(items) if !items.is_empty() => {
                for (at, value) in items.iter().enumerate() {
                    self.members(&format!("{path}.{at}"), value);
                }
            }
            other => self.add(path, safe(&plain(other))),
        }
    }

    fn text(&self) -> String {
        let longest = |texts: &mut dyn Iterator<Item = &String>| {
            texts.map(|text| text.chars().count()).max().unwrap_or(0)
        };
        let names = longest(&mut self.0.iter().map(|(name, _)| name));
        let amounts = self.0.iter().map(|(_, value)| value);
        let amounts = longest(&mut amounts.filter(|value| Amount::parse(value).is_ok()));
        let mut text = String::new();
        for (name, value) in &self.0 {
            let width = if Amount::parse(value).is_ok() {
                amounts
            } else {
                0
            };
            // Writing to memory cannot fail.
            let _ = writeln!(text, "  {name:names$}  {value:>width$}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use fundtrail_kernel::admission::open_envelope;
    use fundtrail_model::Envelope;

    use super::*;

    fn said(text: &str, disclosures: &[String], language: Language) -> String {
        let envelope = Envelope {
            payload: text.into(),
            signatures: Vec::new(),
        };
        let (transaction, body) = open_envelope(&envelope, "l").unwrap();
        of(
            &transaction,
            body.kind(),
            text.as_bytes(),
            disclosures,
            language,
        )
    }

    #[test]
    fn every_member_is_said_and_amounts_are_aligned() {
        let text = r#"{"ledger":"l","id":"x","kind":"claim_verify","date":"2022-09-01","body":{"claim":"C1","loss":"2000000.00","amount":"600000.00"}}"#;
        let digest = "payload      128 bytes, sha256 ";
        let shown = said(text, &[], Language::En);
        let (start, last) = shown.split_once(digest).unwrap();
        let lines: Vec<&str> = start.lines().collect();
        assert_eq!(
            lines[..4],
            [
                "核实申请 / Verification (claim_verify)  Art. 15",
                "  ledger       l",
                "  id           x",
                "  date         2022-09-01",
            ]
        );
        for line in [
            "  body.claim   C1",
            "  body.loss    2000000.00",
            "  body.amount   600000.00",
        ] {
            assert!(lines[4..7].contains(&line), "{shown}");
        }
        assert_eq!(last.trim_end().len(), 64);
        assert!(said(text, &[], Language::Zh).contains("第 15 条"));
        // Another byte is another digest, although it says the same.
        assert_ne!(
            said(&text.replace(",\"id\"", ", \"id\""), &[], Language::En),
            shown
        );
    }

    #[test]
    fn what_is_sealed_is_shown_where_it_is_the_very_particular() {
        let made = |name, value| Disclosure::make([7; 16], name, value).unwrap();
        let account = made("account_number", "1500200000000000001");
        let digest = disclosure::digest(&account);
        let text = format!(
            r#"{{"ledger":"l","id":"x","kind":"account_open","date":"2022-09-01","body":{{"account":"main","purpose":"main","bank":"bank-a"}},"sealed":{{"account_number":"{digest}"}}}}"#
        );
        let shown = said(&text, &[account], Language::En);
        assert!(
            shown.contains(&format!(
                "sealed.account_number  1500200000000000001 ({digest})"
            )),
            "{shown}"
        );
        let other = made("account_number", "1500200000000000002");
        for list in [vec![], vec![other]] {
            let shown = said(&text, &list, Language::En);
            assert!(shown.contains(&format!("not shown ({digest})")), "{shown}");
        }
    }

    #[test]
    fn nothing_in_a_text_moves_or_hides_anything() {
        assert_eq!(safe("某科技 C1"), "某科技 C1");
        assert_eq!(
            safe("a\u{1b}[2K\r\nb\u{202e}c\u{200b}"),
            "a\\u{1b}[2K\\u{d}\\u{a}b\\u{202e}c\\u{200b}"
        );
    }
}

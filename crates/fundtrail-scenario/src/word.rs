//! The words of a scenario line.
//!
//! A word is bare (`recorded`), a text (`amount=600000.00`, quoted as in JSON where it has
//! spaces) or raw JSON (`override_misuse:=true`). `#` begins a comment, `=>` stands before
//! what is expected. Absent on purpose: what any word means.

use serde_json::Value;

/// One word.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Word {
    /// Stands by itself.
    Bare(String),
    /// `name=text`.
    Text(String, String),
    /// `name:=JSON`.
    Json(String, Value),
    /// `=>`.
    Arrow,
}

/// Splits a line into words.
///
/// # Errors
/// What cannot be read, in words.
pub(crate) fn split(line: &str) -> Result<Vec<Word>, String> {
    let mut words = Vec::new();
    let mut rest = uncommented(line).trim();
    while !rest.is_empty() {
        let (word, after) = next(rest)?;
        if !after.is_empty() && !after.starts_with(char::is_whitespace) {
            return Err(format!("a space is missing before {after:?}"));
        }
        words.push(word);
        rest = after.trim_start();
    }
    Ok(words)
}

/// A line without its comment: from the first `#` after a space, outside quotes.
pub(crate) fn uncommented(line: &str) -> &str {
    let (mut quoted, mut escaped, mut after_space) = (false, false, true);
    for (at, c) in line.char_indices() {
        if c == '#' && after_space && !quoted {
            return line.get(..at).unwrap_or(line);
        }
        quoted ^= c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        after_space = c.is_whitespace();
    }
    line
}

fn next(text: &str) -> Result<(Word, &str), String> {
    if let Some(after) = text.strip_prefix("=>") {
        return Ok((Word::Arrow, after));
    }
    let end = text
        .find(|c: char| c.is_whitespace() || c == '=')
        .unwrap_or(text.len());
    let (name, after) = text.split_at(end);
    let Some(value) = after.strip_prefix('=') else {
        return Ok((Word::Bare(name.to_owned()), after));
    };
    if let Some(name) = name.strip_suffix(':') {
        let (json, after) = json(value).map_err(|error| format!("{name}: {error}"))?;
        return Ok((Word::Json(name.to_owned(), json), after));
    }
    if value.starts_with('"') {
        let (json, after) = json(value).map_err(|error| format!("{name}: {error}"))?;
        let text = json.as_str().map(str::to_owned).unwrap_or_default();
        return Ok((Word::Text(name.to_owned(), text), after));
    }
    let (value, after) = value.split_at(end_of_text(value));
    Ok((Word::Text(name.to_owned(), value.to_owned()), after))
}

/// One JSON value at the beginning of a text, and what follows it.
fn json(text: &str) -> Result<(Value, &str), String> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    match values.next() {
        Some(Ok(value)) => Ok((value, text.get(values.byte_offset()..).unwrap_or_default())),
        Some(Err(error)) => Err(error.to_string()),
        None => Err("JSON is missing".to_owned()),
    }
}

/// A plain text ends at the first space outside parentheses and quotes.
fn end_of_text(text: &str) -> usize {
    let (mut depth, mut quoted) = (0_i32, false);
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            c if c.is_whitespace() && depth <= 0 && !quoted => return at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn text(name: &str, value: &str) -> Word {
        Word::Text(name.to_owned(), value.to_owned())
    }

    #[test]
    fn every_sort_of_word_is_told_apart() {
        let words = split(
            r#"2022-08-29 pay a.b=c d="e f" g:={"h": [1, "i j"]} => recorded x=Y(p=1, q="r )") # no"#,
        );
        let expected = [
            Word::Bare("2022-08-29".to_owned()),
            Word::Bare("pay".to_owned()),
            text("a.b", "c"),
            text("d", "e f"),
            Word::Json("g".to_owned(), json!({"h": [1, "i j"]})),
            Word::Arrow,
            Word::Bare("recorded".to_owned()),
            text("x", r#"Y(p=1, q="r )")"#),
        ];
        assert_eq!(words.unwrap(), expected);
    }

    #[test]
    fn a_comment_begins_after_a_space_outside_quotes() {
        for (line, text) in [
            ("a=b # c", "a=b "),
            ("# c", ""),
            ("a=b#c", "a=b#c"),
            (r#"a="b # c" # d"#, r#"a="b # c" "#),
            (r#"a="b \" # c" # d"#, r#"a="b \" # c" "#),
        ] {
            assert_eq!(uncommented(line), text);
        }
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        assert!(split("a:={").unwrap_err().starts_with("a: "));
        assert!(split(r#"a="b"c"#).unwrap_err().contains("space"));
        assert!(split("a:=").unwrap_err().contains("missing"));
    }
}

//! Rust source as plain text: what of it is code, and what of the code is only for tests.
//!
//! No parser: comments, strings and test items are replaced by spaces, so that every line keeps
//! its number and whatever remains can be searched for words.

/// A source file without its comments, strings and test items.
pub(super) struct Code {
    /// The rest, with the lines and columns of the original.
    pub(super) text: String,
    /// Modules declared `#[cfg(test)] mod name;`, whose files hold only tests.
    pub(super) test_modules: Vec<String>,
}

pub(super) fn code(source: &str) -> Code {
    let mut text: Vec<char> = blank_comments_and_strings(source);
    let mut test_modules = Vec::new();
    let mut at = 0;
    while let Some(start) = find_test_attribute(&text, at) {
        let inner = text.get(start + 1) == Some(&'!');
        let end = if inner {
            text.len() // `#![cfg(test)]`: the whole file
        } else {
            item_end(&text, start)
        };
        let item: String = text[start..end].iter().collect();
        test_modules.extend(declared_module(&item));
        blank(&mut text[start..end]);
        at = end;
    }
    Code {
        text: text.into_iter().collect(),
        test_modules,
    }
}

/// Identifiers, keywords and literals with their line numbers, and whether `::` follows.
pub(super) fn words(text: &str) -> impl Iterator<Item = (usize, &str, bool)> {
    text.lines().enumerate().flat_map(|(index, line)| {
        line.split(|c: char| !is_word(c))
            .filter(|word| !word.is_empty())
            .map(move |word| {
                let end = word.as_ptr() as usize - line.as_ptr() as usize + word.len();
                let path = line[end..].trim_start().starts_with("::");
                (index + 1, word, path)
            })
    })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn blank(text: &mut [char]) {
    for c in text.iter_mut().filter(|c| **c != '\n') {
        *c = ' ';
    }
}

fn blank_comments_and_strings(source: &str) -> Vec<char> {
    let mut text: Vec<char> = source.chars().collect();
    let mut at = 0;
    while at < text.len() {
        let end = match text[at..] {
            ['/', '/', ..] => line_end(&text, at),
            ['/', '*', ..] => block_comment_end(&text, at),
            ['"', ..] => string_end(&text, at),
            ['\'', ..] => char_end(&text, at),
            [c, ..] if is_word(c) => {
                at = word_or_raw_string(&mut text, at);
                continue;
            }
            _ => {
                at += 1;
                continue;
            }
        };
        blank(&mut text[at..end]);
        at = end;
    }
    text
}

/// Steps over a word; if it is the prefix of a raw string (`r#"`, `br"`), blanks the string.
fn word_or_raw_string(text: &mut [char], start: usize) -> usize {
    let end = skip_while(text, start, is_word);
    let word: String = text[start..end].iter().collect();
    if !matches!(word.as_str(), "r" | "br" | "cr") {
        return end;
    }
    let quote = skip_while(text, end, |c| c == '#');
    if text.get(quote) != Some(&'"') {
        return end; // a raw identifier
    }
    let hashes = quote - end;
    let mut close = quote + 1;
    while close < text.len() {
        let after = skip_while(text, close + 1, |c| c == '#').min(close + 1 + hashes);
        if text[close] == '"' && after == close + 1 + hashes {
            blank(&mut text[start..after]);
            return after;
        }
        close += 1;
    }
    blank(&mut text[start..]);
    text.len()
}

fn skip_while(text: &[char], start: usize, wanted: impl Fn(char) -> bool) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    start + rest.iter().take_while(|c| wanted(**c)).count()
}

fn line_end(text: &[char], start: usize) -> usize {
    skip_while(text, start, |c| c != '\n')
}

fn block_comment_end(text: &[char], start: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = start;
    while at < text.len() {
        match text[at..] {
            ['/', '*', ..] => {
                depth += 1;
                at += 2;
            }
            ['*', '/', ..] => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    text.len()
}

fn string_end(text: &[char], start: usize) -> usize {
    let mut at = start + 1;
    while at < text.len() {
        match text[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

/// A character literal; a lifetime's quote stands alone.
fn char_end(text: &[char], start: usize) -> usize {
    match text[start + 1..] {
        ['\\', ..] => skip_while(text, start + 3, |c| c != '\'' && c != '\n') + 1,
        [_, '\'', ..] => start + 3,
        _ => start + 1,
    }
    .min(text.len())
}

/// The `#` of the next `#[cfg(test)]`, `#![cfg(test)]` or `#[cfg(all(test, …))]`.
fn find_test_attribute(text: &[char], from: usize) -> Option<usize> {
    (from..text.len()).find(|&start| {
        text[start] == '#' && {
            let line: String = text[start..]
                .iter()
                .take(40)
                .filter(|c| !c.is_whitespace())
                .collect();
            let attribute = line.replacen("#!", "#", 1);
            attribute.starts_with("#[cfg(test)]") || attribute.starts_with("#[cfg(all(test,")
        }
    })
}

/// The end of the item that begins at `start` with its attributes: a `;` or a closing `}`
/// outside all brackets.
fn item_end(text: &[char], start: usize) -> usize {
    let mut depth = 0_usize;
    let head: String = text[start..].iter().take(400).collect();
    let ends_with_semicolon = first_keyword(&head)
        .is_some_and(|word| matches!(word, "use" | "const" | "static" | "type" | "let"));
    for (offset, c) in text[start..].iter().enumerate() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => {
                depth = depth.saturating_sub(1);
                if *c == '}' && depth == 0 && !ends_with_semicolon {
                    return start + offset + 1;
                }
            }
            ';' if depth == 0 => return start + offset + 1,
            _ => {}
        }
    }
    text.len()
}

/// The first word of an item after its attributes and its visibility.
fn first_keyword(item: &str) -> Option<&str> {
    let mut depth = 0_usize;
    item.split_inclusive(|c: char| !is_word(c))
        .find_map(|piece| {
            let (word, mark) = match piece.char_indices().next_back() {
                Some((at, c)) if !is_word(c) => (&piece[..at], c),
                _ => (piece, ' '),
            };
            let outside = depth == 0;
            match mark {
                '(' | '[' => depth += 1,
                ')' | ']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            (outside && !word.is_empty() && word != "pub").then_some(word)
        })
}

/// The name in `mod name;`, at the end of an item.
fn declared_module(item: &str) -> Option<String> {
    let words: Vec<&str> = item.strip_suffix(';')?.split_whitespace().collect();
    match words[..] {
        [.., "mod", name] => Some(name.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words that remain.
    fn left(source: &str) -> Vec<String> {
        let code = code(source);
        assert_eq!(code.text.lines().count(), source.lines().count());
        words(&code.text)
            .map(|(_, word, _)| word.to_owned())
            .collect()
    }

    #[test]
    fn comments_are_no_code() {
        assert_eq!(
            left("a // b\nc /* d /* e */ f */ g\n/// h\n//! i"),
            ["a", "c", "g"]
        );
    }

    #[test]
    fn strings_and_characters_are_no_code() {
        assert_eq!(left(r#"a "b \" c" d"#), ["a", "d"]);
        assert_eq!(
            left("a r#\"b \" c\"# d r\"e\\\" f br\"g\" h"),
            ["a", "d", "f", "h"]
        );
        assert_eq!(
            left("a 'b' c '\\'' d '\\u{1F600}' e '\"' f"),
            ["a", "c", "d", "e", "f"]
        );
    }

    #[test]
    fn lifetimes_and_raw_identifiers_are_code() {
        assert_eq!(
            left("fn a<'b>(r#type: &'b str)"),
            ["fn", "a", "b", "r", "type", "b", "str"]
        );
    }

    #[test]
    fn test_items_are_no_code() {
        assert_eq!(
            left("a;\n#[cfg(test)]\nmod tests { fn b() {} }\nc"),
            ["a", "c"]
        );
        assert_eq!(left("#[cfg(test)]\nuse std::{a, b};\nc"), ["c"]);
        assert_eq!(
            left("#[cfg(test)]\n#[path = \"x\"]\npub(crate) use a::{b};\nc"),
            ["c"]
        );
        assert_eq!(left("#[cfg(test)] extern crate std;\nc"), ["c"]);
        assert_eq!(left("#[cfg(test)] const A: [u8; 2] = [1, 2];\nc"), ["c"]);
        assert_eq!(
            left("#[cfg(test)] impl A { fn b(&self) -> [u8; 2] {} }\nc"),
            ["c"]
        );
        assert_eq!(left("#[cfg(all(test, unix))] fn a() {}\nc"), ["c"]);
        assert_eq!(left("#![cfg(test)]\nfn a() {}"), [""; 0]);
        assert_eq!(
            left("#[cfg(not(test))]\nfn a() {}")
                .last()
                .map(String::as_str),
            Some("a")
        );
    }

    #[test]
    fn modules_of_tests_are_named() {
        let code = code("#[cfg(test)]\nmod tests;\n#[cfg(test)]\nmod a { mod b; }\nmod c;");
        assert_eq!(code.test_modules, ["tests"]);
    }

    #[test]
    fn words_know_their_line_and_whether_a_path_follows() {
        let found: Vec<_> = words("use std::fmt;\nstd ::a").collect();
        assert_eq!(found[1], (1, "std", true));
        assert_eq!(found[2], (1, "fmt", false));
        assert_eq!(found[3], (2, "std", true));
    }
}

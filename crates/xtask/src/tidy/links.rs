//! Links between the pages of the repository: each must lead to a file, and to a heading of it.

use std::collections::BTreeMap;
use std::path::Path;

use super::Problem;

/// `pages` are all the Markdown files of the repository, by path from its root.
pub(super) fn check(root: &Path, pages: &BTreeMap<String, String>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (page, text) in pages {
        for (line, target) in links(text) {
            if let Some(why) = broken(root, pages, page, &target) {
                problems.push(format!("{page}:{line}: the link to {target} {why}"));
            }
        }
    }
    problems
}

/// Why the link leads nowhere, if it is one of ours and does.
fn broken(
    root: &Path,
    pages: &BTreeMap<String, String>,
    page: &str,
    target: &str,
) -> Option<&'static str> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let Some(path) = resolve(page, path) else {
        return Some("leaves the repository");
    };
    if !root.join(&path).exists() {
        return Some("leads to no file");
    }
    let heading_missing = pages
        .get(&path)
        .is_some_and(|text| !anchor.is_empty() && !anchors(text).contains(&anchor.to_lowercase()));
    heading_missing.then_some("names no heading of that page")
}

/// The path from the root that a link means: relative to its page, or from the root after `/`.
/// Nothing but an anchor means the page itself.
fn resolve(page: &str, link: &str) -> Option<String> {
    if link.is_empty() {
        return Some(page.to_owned());
    }
    let mut parts: Vec<&str> = match link.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => page.split('/').rev().skip(1).collect(),
    };
    parts.reverse();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Every link of a page with its line number: `[text](target)`, `[name]: target`, `src="target"`
/// and `href="target"`.
fn links(page: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (line, text) in prose(page) {
        let definition = text
            .trim_start()
            .strip_prefix('[')
            .filter(|rest| !rest.starts_with('^'))
            .and_then(|rest| rest.split_once("]:"))
            .filter(|(name, _)| !name.contains(']'))
            .map(|(_, target)| target);
        let inline = text
            .match_indices("](")
            .filter_map(|(at, _)| up_to_closing_bracket(&text[at + 2..]));
        let html = ["src=\"", "href=\""].into_iter().flat_map(|attribute| {
            text.match_indices(attribute)
                .filter_map(|(at, found)| text[at + found.len()..].split('"').next())
                .collect::<Vec<_>>()
        });
        let targets = definition.into_iter().chain(inline).chain(html);
        found.extend(targets.filter_map(|target| Some((line, destination(target)?))));
    }
    found
}

/// `path (in brackets).md) and so on` → `path (in brackets).md`
fn up_to_closing_bracket(text: &str) -> Option<&str> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(&text[..at]),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The target without its title and its angle brackets.
fn destination(target: &str) -> Option<String> {
    let target = target.trim();
    let bare = match target.strip_prefix('<') {
        Some(rest) => rest.split('>').next(),
        None => target.split_whitespace().next(),
    };
    bare.filter(|bare| !bare.is_empty()).map(str::to_owned)
}

/// The lines outside fenced code, without their code spans.
fn prose(page: &str) -> Vec<(usize, String)> {
    let mut fence: Option<String> = None;
    let mut lines = Vec::new();
    for (index, line) in page.lines().enumerate() {
        match (&fence, fence_mark(line)) {
            (None, Some(mark)) => fence = Some(mark),
            (None, None) => lines.push((index + 1, without_code_spans(line))),
            (Some(open), Some(mark)) if closes(line, open, &mark) => fence = None,
            (Some(_), _) => {}
        }
    }
    lines
}

/// The three or more backticks or tildes that open or close a code block.
fn fence_mark(line: &str) -> Option<String> {
    let line = line.trim_start();
    let mark = line.chars().next().filter(|c| *c == '`' || *c == '~')?;
    let run: String = line.chars().take_while(|c| *c == mark).collect();
    let info_holds_mark = mark == '`' && line[run.len()..].contains('`');
    (run.len() >= 3 && !info_holds_mark).then_some(run)
}

/// A closing fence is at least as long as the opening one and stands alone.
fn closes(line: &str, open: &str, mark: &str) -> bool {
    mark.starts_with(open) && line.trim() == mark
}

fn without_code_spans(line: &str) -> String {
    let mut kept = String::new();
    let mut rest = line;
    while let Some(start) = rest.find('`') {
        let ticks = rest[start..].len() - rest[start..].trim_start_matches('`').len();
        let body = &rest[start + ticks..];
        let Some(end) = body.find(&rest[start..start + ticks]) else {
            break;
        };
        kept.push_str(&rest[..start]);
        rest = &body[end + ticks..];
    }
    kept.push_str(rest);
    kept
}

/// The anchors that a page's headings get, and those it sets itself with `id="…"`.
fn anchors(page: &str) -> Vec<String> {
    let mut anchors: Vec<String> = Vec::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut fence: Option<String> = None;
    for line in page.lines() {
        match (&fence, fence_mark(line)) {
            (None, Some(mark)) => fence = Some(mark),
            (None, None) => {
                if let Some(heading) = heading(line) {
                    let slug = slug(heading);
                    let count = seen.entry(slug.clone()).or_default();
                    anchors.push(match *count {
                        0 => slug,
                        count => format!("{slug}-{count}"),
                    });
                    *count += 1;
                }
                let own = line.match_indices("id=\"").filter_map(|(at, found)| {
                    let rest = &line[at + found.len()..];
                    rest.split('"').next().map(str::to_lowercase)
                });
                anchors.extend(own);
            }
            (Some(open), Some(mark)) if closes(line, open, &mark) => fence = None,
            (Some(_), _) => {}
        }
    }
    anchors
}

/// The text of `## text`.
fn heading(line: &str) -> Option<&str> {
    let text = line.trim_start_matches('#');
    let level = line.len() - text.len();
    ((1..=6).contains(&level) && text.starts_with(' ')).then(|| text.trim())
}

/// A heading's anchor: lower case, hyphens for spaces, no other punctuation.
fn slug(heading: &str) -> String {
    let mut text = String::new();
    let mut rest = heading;
    // A link in a heading counts with its text only.
    while let Some((before, after)) = rest.split_once("](") {
        text.push_str(before);
        rest = after.split_once(')').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text.chars()
        .filter_map(|c| match c {
            ' ' => Some('-'),
            '-' | '_' => Some(c),
            _ if c.is_alphanumeric() => Some(c),
            _ => None,
        })
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn targets(page: &str) -> Vec<String> {
        links(page).into_iter().map(|(_, target)| target).collect()
    }

    #[test]
    fn links_of_every_form_are_found() {
        assert_eq!(
            targets("See [a](b.md) and ![c](d.png \"title\")."),
            ["b.md", "d.png"]
        );
        assert_eq!(targets("[a]: b.md\n[^1]: no link"), ["b.md"]);
        assert_eq!(
            targets("<img src=\"a.png\"><a href=\"b.md\">b</a>"),
            ["a.png", "b.md"]
        );
        assert_eq!(
            targets("[a](b_(c).md) [d](<e f.md>)"),
            ["b_(c).md", "e f.md"]
        );
        assert_eq!(targets("[![a](b.png)](c.md)"), ["b.png", "c.md"]);
        assert_eq!(targets("[说明](说明.md)"), ["说明.md"]);
    }

    #[test]
    fn code_holds_no_links() {
        assert_eq!(targets("`[a](b)` ``[c](`d)`` [e](f)"), ["f"]);
        assert_eq!(targets("```\n[a](b)\n```\n[c](d)"), ["d"]);
        assert_eq!(targets("````md\n```\n[a](b)\n```\n````\n[c](d)"), ["d"]);
    }

    #[test]
    fn links_are_resolved_from_their_page() {
        let resolved = |page, link| resolve(page, link);
        assert_eq!(resolved("docs/a.md", "b.md").as_deref(), Some("docs/b.md"));
        assert_eq!(
            resolved("docs/a.md", "../README.md").as_deref(),
            Some("README.md")
        );
        assert_eq!(
            resolved("docs/x/a.md", "./../b.md").as_deref(),
            Some("docs/b.md")
        );
        assert_eq!(resolved("docs/a.md", "/keys/").as_deref(), Some("keys"));
        assert_eq!(resolved("docs/a.md", "").as_deref(), Some("docs/a.md"));
        assert_eq!(resolved("a.md", "../b.md"), None);
    }

    #[test]
    fn headings_have_the_anchors_that_code_hosts_give_them() {
        let page = "# The `Read` port, and why\n## Why?\n## Why?\n## 4. Bytes\n## 快速开始\n\
                    ```\n# a comment\n```\n<a id=\"Here\"></a>\n### [a b](c.md) d";
        assert_eq!(
            anchors(page),
            [
                "the-read-port-and-why",
                "why",
                "why-1",
                "4-bytes",
                "快速开始",
                "here",
                "a-b-d"
            ]
        );
    }

    #[test]
    fn broken_links_are_told_apart() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let pages = BTreeMap::from([("src/a.md".to_owned(), "# One\n".to_owned())]);
        let why = |target| broken(root, &pages, "src/a.md", target);
        assert_eq!(why("main.rs"), None);
        assert_eq!(why("../Cargo.toml#anything"), None);
        assert_eq!(why("https://example.org/x"), None);
        assert_eq!(why("nowhere.rs"), Some("leads to no file"));
        assert_eq!(why("../../x.md"), Some("leaves the repository"));
        assert_eq!(why("#two"), Some("leads to no file")); // the page is not on this disk
    }
}

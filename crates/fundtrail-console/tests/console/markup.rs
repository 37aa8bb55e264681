//! A strict reader of pages: every element closed where it belongs, every attribute quoted or
//! bare, and nothing that the console's rules forbid.

use std::collections::BTreeSet;

/// Elements without an end.
const VOID: [&str; 7] = ["meta", "link", "input", "br", "hr", "img", "wbr"];

/// A page, as its elements in order.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) elements: Vec<Element>,
    /// All text outside tags, as it stands.
    pub(crate) text: String,
}

/// The start of an element.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    /// The element it stands in; empty for the outermost.
    pub(crate) parent: String,
    /// The text directly in it, until the next tag.
    pub(crate) begins: String,
}

impl Element {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }
}

impl Page {
    /// Reads a page; what is not well formed is said.
    pub(crate) fn read(text: &str) -> Result<Page, String> {
        let mut rest = text.strip_prefix("<!DOCTYPE html>").ok_or("no doctype")?;
        let mut open: Vec<String> = Vec::new();
        let mut page = Page {
            elements: Vec::new(),
            text: String::new(),
        };
        while !rest.is_empty() {
            let Some(tag) = rest.strip_prefix('<') else {
                let end = rest.find('<').unwrap_or(rest.len());
                let (words, after) = rest.split_at(end);
                if words.contains('>') {
                    return Err(format!("a bare > in {words:?}"));
                }
                check_references(words)?;
                page.text.push_str(words);
                if let Some(element) = page.elements.last_mut()
                    && element.begins.is_empty()
                {
                    element.begins = words.to_owned();
                }
                rest = after;
                continue;
            };
            let end = end_of_tag(tag).ok_or("a tag without an end")?;
            let (inside, after) = (&tag[..end], &tag[end + 1..]);
            rest = after;
            if let Some(name) = inside.strip_prefix('/') {
                let last = open.pop();
                if last.as_deref() != Some(name) {
                    return Err(format!("</{name}> closes {last:?}"));
                }
                continue;
            }
            let mut element = element(inside)?;
            element.parent = open.last().cloned().unwrap_or_default();
            if !VOID.contains(&element.name.as_str()) {
                open.push(element.name.clone());
            }
            page.elements.push(element);
        }
        if open.is_empty() {
            Ok(page)
        } else {
            Err(format!("{open:?} are not closed"))
        }
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.elements
            .iter()
            .filter(move |element| element.name == name)
    }

    /// Everything a page must be, whatever it shows.
    pub(crate) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut must = |holds: bool, what: String| {
            if !holds {
                problems.push(what);
            }
        };
        let lang = self
            .all("html")
            .next()
            .and_then(|html| html.attribute("lang"));
        must(
            matches!(lang, Some("zh-CN" | "en")),
            format!("lang is {lang:?}"),
        );
        must(
            self.all("title")
                .all(|title| !title.begins.trim().is_empty()),
            "no title".into(),
        );
        must(
            self.all("title")
                .filter(|title| title.parent == "head")
                .count()
                == 1,
            "not one title".into(),
        );
        must(
            self.all("h1").count() == 1,
            format!("{} h1", self.all("h1").count()),
        );
        must(self.all("main").count() == 1, "not one main".into());
        must(self.all("style").count() == 0, "a style in the page".into());
        for script in self.all("script") {
            let source = script.attribute("src").unwrap_or_default();
            must(
                source.starts_with("/assets/"),
                format!("a script from {source:?}"),
            );
            must(script.begins.is_empty(), "a script in the page".into());
        }
        must(
            self.all("caption").count() == self.all("table").count(),
            "a table without caption".into(),
        );
        for cell in self.all("th") {
            must(
                cell.attribute("scope").is_some(),
                "a th without scope".into(),
            );
        }
        let mut ids = BTreeSet::new();
        for element in &self.elements {
            for (name, value) in &element.attributes {
                must(name != "style", format!("style=\"{value}\""));
                must(!name.starts_with("on"), format!("{name}=\"{value}\""));
                if name == "id" {
                    must(ids.insert(value.clone()), format!("id {value} twice"));
                }
                if ["href", "src", "action"].contains(&name.as_str()) {
                    let is_own = value.starts_with('/') && !value.starts_with("//");
                    must(
                        is_own || value.starts_with('#'),
                        format!("{name}=\"{value}\""),
                    );
                }
            }
        }
        for label in self.all("label") {
            let named = label.attribute("for").unwrap_or_default();
            must(ids.contains(named), format!("a label for {named:?}"));
        }
        problems
    }
}

fn end_of_tag(tag: &str) -> Option<usize> {
    let mut is_quoted = false;
    for (at, byte) in tag.bytes().enumerate() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'>' if !is_quoted => return Some(at),
            _ => {}
        }
    }
    None
}

fn element(inside: &str) -> Result<Element, String> {
    let (name, mut rest) = inside.split_once(' ').unwrap_or((inside, ""));
    let is_plain = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    if !is_plain(name) {
        return Err(format!("an element called {name:?}"));
    }
    let mut attributes: Vec<(String, String)> = Vec::new();
    while !rest.trim_start().is_empty() {
        rest = rest.trim_start();
        let end = rest.find(['=', ' ']).unwrap_or(rest.len());
        let (own, after) = rest.split_at(end);
        let (value, after) = match after.strip_prefix("=\"") {
            Some(value) => value.split_once('"').ok_or("an attribute without an end")?,
            None => ("", after),
        };
        // Attributes of SVG have capitals.
        if !own
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b':')
            || own.is_empty()
        {
            return Err(format!("an attribute called {own:?} in <{inside}>"));
        }
        if value.contains('<') {
            return Err(format!("a bare < in {own}"));
        }
        check_references(value)?;
        if attributes.iter().any(|(other, _)| other == own) {
            return Err(format!("{own} twice in <{name}>"));
        }
        attributes.push((own.to_owned(), value.to_owned()));
        rest = after;
    }
    Ok(Element {
        name: name.to_owned(),
        attributes,
        parent: String::new(),
        begins: String::new(),
    })
}

/// Every `&` begins one of the references that are written.
fn check_references(text: &str) -> Result<(), String> {
    for rest in text.split('&').skip(1) {
        if !["amp;", "lt;", "gt;", "quot;"]
            .iter()
            .any(|known| rest.starts_with(known))
        {
            return Err(format!(
                "a bare & before {:?}",
                rest.chars().take(12).collect::<String>()
            ));
        }
    }
    Ok(())
}

#[test]
fn the_reader_is_strict() {
    let page = |body: &str| {
        format!(
            "<!DOCTYPE html><html lang=\"en\"><head><title>T</title></head><body><main><h1>H</h1>{body}</main></body></html>"
        )
    };
    let read = |body: &str| Page::read(&page(body));
    assert!(read("<p>a &amp; b</p>").unwrap().problems().is_empty());
    for bad in [
        "<p>",
        "</p>",
        "<p><b></p></b>",
        "a & b",
        "a > b",
        "<P></P>",
        "<p x=\"a<b\"></p>",
        "<p a=\"1\" a=\"2\"></p>",
        "<p a='1'></p>",
    ] {
        assert!(read(bad).is_err(), "{bad}");
    }
    for bad in [
        "<h1>two</h1>",
        "<p style=\"color:red\"></p>",
        "<p onclick=\"x()\"></p>",
        "<style></style>",
        "<script>x</script>",
        "<script src=\"https://a.example/x.js\"></script>",
        "<a href=\"javascript:x\"></a>",
        "<a href=\"//evil.example\"></a>",
        "<p id=\"a\"></p><p id=\"a\"></p>",
        "<label for=\"none\"></label>",
        "<table></table>",
        "<table><caption>c</caption><tr><th>x</th></tr></table>",
    ] {
        assert!(!read(bad).unwrap().problems().is_empty(), "{bad}");
    }
}

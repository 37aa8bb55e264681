//! The document as a page: the same source, and no script.

use std::fmt::Write as _;

use serde_json::Value;

/// How the page looks.
const STYLE: &str = "body{font:15px/1.5 sans-serif;margin:2em auto;max-width:75em;padding:0 1em}\
    table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;\
    padding:.3em .8em .3em 0;border-bottom:1px solid #ddd}code{white-space:nowrap}";

/// The page of a document.
pub(crate) fn of(document: &Value) -> String {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Fundtrail API</title>\
         <style>{STYLE}</style></head><body><h1>Fundtrail API</h1>\n\
         <p>Also as <a href=\"/openapi.json\">OpenAPI 3.1</a>.</p>\n<p>{}</p>\n",
        escaped(text(&document["info"]["description"])),
    );
    for tag in list(&document["tags"]) {
        let name = text(&tag["name"]);
        let _ = write!(
            out,
            "<h2 id=\"{name}\">{name}</h2>\n<p>{}</p>\n<table><tr><th>Path</th><th>What</th>\
             <th>Parameters</th><th>Answers</th></tr>\n",
            escaped(text(&tag["description"])),
        );
        for (path, method, operation) in operations(document) {
            if list(&operation["tags"]).iter().any(|own| own == name) {
                row(&mut out, path, method, operation);
            }
        }
        out += "</table>\n";
    }
    out += "</body></html>\n";
    out
}

/// Path, method and operation of each.
fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(path, item)| {
        let methods = item.as_object().into_iter().flatten();
        methods.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

fn row(out: &mut String, path: &str, method: &str, operation: &Value) {
    let parameters: Vec<String> = list(&operation["parameters"])
        .iter()
        .map(|one| format!("<code>{}</code>", escaped(text(&one["name"]))))
        .collect();
    let answers: Vec<&str> = operation["responses"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(status, _)| status.as_str())
        .collect();
    let _ = writeln!(
        out,
        "<tr><td><code>{} {}</code></td><td>{} {}</td><td>{}</td><td>{}</td></tr>",
        method.to_uppercase(),
        escaped(path),
        escaped(text(&operation["summary"])),
        escaped(text(&operation["description"])),
        parameters.join(", "),
        answers.join(", "),
    );
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_the_document_is_no_markup() {
        let document = serde_json::json!({
            "info": { "description": "a < b & c" },
            "tags": [{ "name": "t", "description": "<script>" }],
            "paths": { "/x": { "get": { "tags": ["t"], "summary": "<b>", "responses": { "200": {} } } } },
        });
        let page = of(&document);
        assert!(
            page.contains("a &lt; b &amp; c") && page.contains("&lt;script&gt;"),
            "{page}"
        );
        assert!(
            page.contains("<code>GET /x</code>") && page.contains("&lt;b&gt;"),
            "{page}"
        );
        assert!(!page.contains("<script") && !page.contains("<b>"), "{page}");
    }
}

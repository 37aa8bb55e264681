//! The paths of tiles. The router has one with a rest of any length; a template cannot say
//! that, so the spellings are written out.

use serde_json::{Map, Value, json};

/// As the router has it, and as the table of readers has the part of it that is entries.
const ROUTES: [&str; 2] = ["/tile/{*position}", "/tile/entries/{*position}"];

/// Paths, and what each serves.
const SPELLINGS: &[(&str, &str, &str)] = &[
    (
        "/tile/{level}/{index}",
        "get_tile",
        "A full tile: 256 hashes of the tree.",
    ),
    (
        "/tile/{level}/{index}.p/{width}",
        "get_partial_tile",
        "A partial tile: the first hashes of one that is not full yet.",
    ),
    (
        "/tile/entries/{index}",
        "get_bundle",
        "A full bundle: 256 entries, each after its length as two bytes.",
    ),
    (
        "/tile/entries/{index}.p/{width}",
        "get_partial_bundle",
        "A partial bundle: the first entries of one that is not full yet.",
    ),
];

const GROUPS: &str = "An index is written in groups of three digits; all but the last begin \
    with x and are segments of their own: tile 1234067 is x001/x234/067. A template of a path \
    cannot say how many there are: this one has the last.";

/// The route of the router, or the row of the table of readers, that a path belongs to.
pub(super) fn route_of(path: &str) -> &str {
    match path {
        _ if path.starts_with("/tile/entries/") => ROUTES[1],
        _ if path.starts_with("/tile/") => ROUTES[0],
        _ => path,
    }
}

/// Puts the spellings in the place of the route.
pub(super) fn spell_out(paths: &mut Map<String, Value>) {
    let Some(item) = paths.remove(ROUTES[0]) else {
        return;
    };
    for (path, id, says) in SPELLINGS {
        let mut item = item.clone();
        let operation = &mut item["get"];
        operation["operationId"] = json!(id);
        operation["summary"] = json!(says);
        operation["description"] = json!(GROUPS);
        let named = |name: &&(&str, Value)| path.contains(name.0);
        operation["parameters"] = parameters()
            .iter()
            .filter(named)
            .map(|(_, parameter)| parameter.clone())
            .collect();
        paths.insert((*path).to_owned(), item);
    }
}

fn parameters() -> [(&'static str, Value); 3] {
    let parameter = |name: &str, says: &str, schema: Value| json!({ "name": name, "in": "path", "required": true, "description": says, "schema": schema });
    [
        (
            "{level}",
            parameter(
                "level",
                "0 for leaves; each level above has a 256th as many tiles.",
                json!({ "type": "integer", "minimum": 0, "maximum": 63 }),
            ),
        ),
        (
            "{index}",
            parameter(
                "index",
                "Which one, from 000.",
                json!({ "type": "string", "pattern": "^[0-9]{3}$", "examples": ["000"] }),
            ),
        ),
        (
            "{width}",
            parameter(
                "width",
                "How many of it.",
                json!({ "type": "integer", "minimum": 1, "maximum": 255 }),
            ),
        ),
    ]
}

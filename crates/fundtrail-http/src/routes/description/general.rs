//! What holds for every operation, added to the document in one pass: who may ask, what
//! can go wrong wherever it is asked, and what a problem document looks like.
//!
//! Who may ask is the table of readers', so that the two cannot differ.

use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;
use utoipa::{PartialSchema, ToSchema};

use super::tiles;
use crate::access::{Need, TABLE};
use crate::edge::caching::NEVER_KEPT;
use crate::failure::{Document, PROBLEM_TYPE};

/// The groups of operations, in the order in which a page shows them.
const TAGS: &[(&str, &str)] = &[
    (
        "transactions",
        "What is said is submitted as a signed transaction. It is recorded, or refused with the article and the figures.",
    ),
    (
        "drafts",
        "A transaction that several people sign waits in a draft until the last signature is there.",
    ),
    (
        "entries",
        "What was recorded: the exact text of each entry, with proof of it.",
    ),
    (
        "proofs",
        "Documents that a stranger can check without this node.",
    ),
    (
        "records",
        "What follows from the entries: the state of loans, claims, money and duties.",
    ),
    ("reports", "What is reported of a period."),
    ("regulation", "The rules and the policy that apply."),
    (
        "log",
        "The transparency log as C2SP has it: checkpoint, tiles, bundles and witnesses.",
    ),
    ("operations", "How the node is, for machines beside it."),
    ("description", "This description."),
];

const ABOUT: &str = "The ledger of a public risk-compensation fund. What is signed goes in; \
    receipts, proofs and state come out. Amounts are texts in yuan with two decimals; days are \
    business dates in China; lists come in pages. Whatever goes wrong is said in a problem \
    document (RFC 9457) with a stable code. A path answers HEAD where it answers GET, and any \
    other method with 405 METHOD. Bytes are specified in docs/FORMAT.md, rules in docs/RULES.md.";

const TOKEN: &str = "A JSON Web Token that the reader signs with an enrolled key: \"alg\" EdDSA, \
    \"kid\" the key's id, \"aud\" the origin of the ledger, \"iat\" and \"exp\" at most an hour \
    apart. See docs/FORMAT.md.";

const NOT_MODIFIED: &str = "What If-None-Match names is still what would be answered.";

/// A stream without an end, of which no tag could be made.
const EVENTS: &str = "/v1/events";

/// The document with what its handlers do not say.
pub(crate) fn finished(described: OpenApi) -> Value {
    let mut document = serde_json::to_value(described).unwrap_or_default();
    document["openapi"] = json!("3.1.0");
    document["info"] = json!({
        "title": "Fundtrail",
        "version": env!("CARGO_PKG_VERSION"),
        "description": ABOUT,
        "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
    });
    document["tags"] = TAGS
        .iter()
        .map(|(name, says)| json!({ "name": name, "description": says }))
        .collect();
    add_problems(&mut document["components"]["schemas"]);
    document["components"]["responses"] = responses();
    document["components"]["headers"] = json!({
        "X-Request-Id": {
            "description": "The request's id, as it came or as it was given, for the log.",
            "required": true,
            "schema": { "type": "string" },
        },
        "ETag": {
            "description": "What If-None-Match asks with; none for an answer that is too large to be hashed.",
            "schema": { "type": "string" },
        },
    });
    document["components"]["securitySchemes"]["reader"] = json!({
        "type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": TOKEN,
    });
    if let Some(paths) = document["paths"].as_object_mut() {
        tiles::spell_out(paths);
        for (path, item) in paths {
            for (method, operation) in item.as_object_mut().into_iter().flatten() {
                finish(path, method, operation);
            }
        }
    }
    document
}

/// What a problem document is, and what it is made of.
fn add_problems(schemas: &mut Value) {
    let mut parts = vec![(Document::name().into_owned(), Document::schema())];
    Document::schemas(&mut parts);
    for (name, schema) in parts {
        schemas[name] = serde_json::to_value(schema).unwrap_or_default();
    }
}

/// The name of a general response, its status, what it means, and a header of it.
const GENERAL: &[(&str, &str, &str, &[&str])] = &[
    (
        "BadRequest",
        "400",
        "A parameter, a part of the path or the body says nothing: PARAMETER, BODY, or the code of what is malformed.",
        &[],
    ),
    (
        "Unauthenticated",
        "401",
        "A token is needed (UNAUTHENTICATED), or the one shown does not hold: TOKEN_FORM, TOKEN_ALGORITHM, TOKEN_KEY_UNKNOWN, TOKEN_KEY_REVOKED, TOKEN_SIGNATURE, TOKEN_EXPIRED, TOKEN_LIFETIME, TOKEN_AUDIENCE.",
        &["WWW-Authenticate"],
    ),
    (
        "Forbidden",
        "403",
        "The key has no right to this: FORBIDDEN. What is not there and what is others' give the same answer.",
        &[],
    ),
    ("NotFound", "404", "There is no such thing: NOT_FOUND.", &[]),
    (
        "BodyTimeout",
        "408",
        "Nothing more of the body came for too long: BODY_TIMEOUT.",
        &[],
    ),
    (
        "TooLarge",
        "413",
        "The body is larger than its bound: TOO_LARGE.",
        &[],
    ),
    (
        "RateLimited",
        "429",
        "Too many requests from one side: RATE_LIMITED. Come back after the time said.",
        &["Retry-After"],
    ),
    (
        "HeadTooLarge",
        "431",
        "The head of the request is larger than its bound: HEAD_TOO_LARGE.",
        &[],
    ),
    (
        "Fault",
        "500",
        "The machine failed: FAULT. Whether a transaction was recorded shows when the same one is sent again.",
        &[],
    ),
    (
        "Unavailable",
        "503",
        "Too much to do (BUSY), or it took too long (TIMEOUT). Or the machine is sick: STORAGE_FAILED, STORAGE_LOW, CLOCK_AHEAD, CLOCK_BEHIND, CLOCK_UNREADABLE. The same may be sent again after the time said.",
        &["Retry-After"],
    ),
];

fn responses() -> Value {
    let response = |(name, _, says, headers): &(&str, &str, &str, &[&str])| {
        let mut response = json!({ "description": says, "content": problem() });
        add_request_id(&mut response);
        for header in *headers {
            response["headers"][*header] = match *header {
                "Retry-After" => json!({
                    "description": "Seconds to wait.",
                    "schema": { "type": "integer", "minimum": 0 },
                }),
                _ => json!({
                    "description": "What would be accepted (RFC 6750).",
                    "schema": { "type": "string" },
                }),
            };
        }
        ((*name).to_owned(), response)
    };
    Value::Object(GENERAL.iter().map(response).collect::<Map<_, _>>())
}

fn problem() -> Value {
    let schema = format!("#/components/schemas/{}", Document::name());
    json!({ PROBLEM_TYPE: { "schema": { "$ref": schema } } })
}

/// Who may ask for an operation, and what it can answer besides what it says itself.
fn finish(path: &str, method: &str, operation: &mut Value) {
    let (method, route) = (method.to_ascii_uppercase(), tiles::route_of(path));
    let row = TABLE.iter().find(|row| (row.0, row.1) == (&method, route));
    let needs_key = !matches!(row, Some((_, _, Need::Public | Need::PublicPart)));
    operation["security"] = if needs_key {
        json!([{ "reader": [] }])
    } else {
        json!([{}, { "reader": [] }])
    };
    let mut names_part = false;
    for parameter in array(operation, "parameters").into_iter().flatten() {
        names_part |= parameter["in"] == "path";
        // The last event seen is an entry, and one can come after it.
        let most = u64::MAX - u64::from(parameter["name"] == "Last-Event-ID");
        if let Some(schema) = parameter.get_mut("schema") {
            say_what_is_written(schema, most);
        }
    }
    let has_body = operation.get("requestBody").is_some();
    let is_of_ledger = route.starts_with("/v1/");
    let waits = is_of_ledger || route.starts_with("/tile/") || route == "/checkpoint";
    let Some(responses) = operation["responses"].as_object_mut() else {
        return;
    };
    let is_kept = method == "GET" && !NEVER_KEPT.contains(&route) && route != EVENTS;
    if is_kept {
        responses.insert("304".into(), json!({ "description": NOT_MODIFIED }));
    }
    for (status, response) in responses.iter_mut() {
        add_request_id(response);
        if is_kept && matches!(status.as_str(), "200" | "304") {
            response["headers"]["ETag"] = json!({ "$ref": "#/components/headers/ETag" });
        }
        if status.as_str() >= "400" && response.get("content").is_none() {
            response["content"] = problem();
        }
    }
    for (name, status, ..) in GENERAL {
        let can_be = match *status {
            "400" => is_of_ledger,
            "403" => needs_key,
            "404" => names_part,
            "408" | "413" => has_body,
            "503" => waits,
            _ => true,
        };
        if can_be {
            let reference = json!({ "$ref": format!("#/components/responses/{name}") });
            responses.entry((*status).to_owned()).or_insert(reference);
        }
    }
}

fn add_request_id(response: &mut Value) {
    response["headers"]["X-Request-Id"] = json!({ "$ref": "#/components/headers/X-Request-Id" });
}

/// A parameter that may be left out is left out: nobody writes a null into a query. Large
/// numbers have 64 bits without a sign, which no format says.
fn say_what_is_written(schema: &mut Value, most: u64) {
    if schema.get("format").is_some_and(|format| format == "int64")
        && let Some(schema) = schema.as_object_mut()
    {
        schema.remove("format");
        schema.insert("maximum".into(), json!(most));
    }
    if let Some(kinds) = array(schema, "type") {
        kinds.retain(|kind| kind != "null");
        if let [only] = kinds.as_slice() {
            schema["type"] = only.clone();
        }
    }
    if let Some(choices) = array(schema, "oneOf") {
        choices.retain(|choice| choice["type"] != "null");
        if let [only] = choices.as_slice() {
            *schema = only.clone();
        }
    }
}

/// A list under a name, if there is one. An index would put a null there.
fn array<'a>(value: &'a mut Value, name: &str) -> Option<&'a mut Vec<Value>> {
    value.get_mut(name).and_then(Value::as_array_mut)
}

//! What the API looks like from outside: an OpenAPI 3.1 document, and a page of it.
//!
//! One list feeds both; a test asks every path of it, and that no path of the router is
//! missing from it.

use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// A path as outsiders see it.
struct Path {
    method: &'static str,
    path: &'static str,
    summary: &'static str,
    /// Query parameters, by name.
    query: &'static [&'static str],
    /// Media types of the answer, the usual one first.
    answers: &'static [&'static str],
    /// Statuses besides the usual 200, 400 and 500.
    statuses: &'static [&'static str],
}

const JSON: &[&str] = &["application/json"];
const TEXT: &[&str] = &["text/plain"];
const LINES: &[&str] = &["application/x-ndjson"];
const BYTES: &[&str] = &["application/octet-stream"];
const SUBMITTED: &[&str] = &["text/plain", "application/json"];
const PAGE: &[&str] = &["limit", "cursor"];

const fn get(
    path: &'static str,
    summary: &'static str,
    query: &'static [&'static str],
    answers: &'static [&'static str],
) -> Path {
    Path {
        method: "get",
        path,
        summary,
        query,
        answers,
        statuses: &[],
    }
}

const fn one(path: &'static str, summary: &'static str, answers: &'static [&'static str]) -> Path {
    Path {
        method: "get",
        path,
        summary,
        query: &[],
        answers,
        statuses: &["404"],
    }
}

const fn post(
    path: &'static str,
    summary: &'static str,
    answers: &'static [&'static str],
    statuses: &'static [&'static str],
) -> Path {
    Path {
        method: "post",
        path,
        summary,
        query: &[],
        answers,
        statuses,
    }
}

const PATHS: &[Path] = &[
    post(
        "/v1/transactions",
        "Submit a signed transaction with its disclosures: the answer is its receipt (c2sp.org/tlog-proof@v1), or everything about it as JSON.",
        SUBMITTED,
        &["201", "409", "413", "422", "503"],
    ),
    post(
        "/v1/transactions/check",
        "The same verdict, with nothing recorded.",
        JSON,
        &["409", "413", "422", "503"],
    ),
    post(
        "/v1/transactions/batch",
        "One submission a line; one verdict a line comes back.",
        LINES,
        &["413", "503"],
    ),
    one(
        "/v1/transactions/{id}",
        "The entry of a transaction, with its receipt.",
        SUBMITTED,
    ),
    Path {
        method: "get",
        path: "/v1/transactions/{id}/particulars",
        summary: "What a transaction sealed, opened: for whom it concerns.",
        query: &["name"],
        answers: JSON,
        statuses: &["404"],
    },
    get(
        "/v1/entries",
        "The exact lines of entries, from an index on.",
        &["from", "limit"],
        LINES,
    ),
    one(
        "/v1/entries/{index}",
        "An entry with its receipt.",
        SUBMITTED,
    ),
    get(
        "/v1/proofs/inclusion",
        "That an entry is in the tree of one published checkpoint.",
        &["index", "size"],
        JSON,
    ),
    get(
        "/v1/proofs/consistency",
        "That the tree of one checkpoint begins with that of another.",
        &["from", "to"],
        JSON,
    ),
    Path {
        method: "get",
        path: "/v1/statements/{object}",
        summary: "An object's statement: its entries with proofs under one checkpoint, and what shows that none is missing. See FORMAT 13.2.",
        query: &["size", "from", "complete"],
        answers: JSON,
        statuses: &["404"],
    },
    get("/v1/seals", "Period seals.", PAGE, JSON),
    get(
        "/v1/seals/next",
        "What a period seal must contain if it is the next entry.",
        &["period"],
        JSON,
    ),
    Path {
        method: "get",
        path: "/v1/seals/{period}",
        summary: "What a seal says of an object, or that it has it not, with proofs. See FORMAT 13.1.",
        query: &["object", "size"],
        answers: JSON,
        statuses: &["404"],
    },
    get("/v1/fund", "Balances, totals and invariants.", &[], JSON),
    get(
        "/v1/accounts",
        "Accounts of the fund.",
        &["limit", "cursor", "bank"],
        JSON,
    ),
    one("/v1/accounts/{id}", "One account.", JSON),
    get(
        "/v1/partners",
        "Institutions.",
        &["limit", "cursor", "role", "active", "as_of"],
        JSON,
    ),
    one("/v1/partners/{id}", "One institution.", JSON),
    get(
        "/v1/borrowers",
        "Enterprises, by tag.",
        &["limit", "cursor", "blacklisted", "as_of"],
        JSON,
    ),
    one("/v1/borrowers/{id}", "One enterprise.", JSON),
    get(
        "/v1/loans",
        "Loans.",
        &["limit", "cursor", "bank", "borrower"],
        JSON,
    ),
    one("/v1/loans/{id}", "One loan.", JSON),
    get(
        "/v1/claims",
        "Claims.",
        &["limit", "cursor", "loan", "claimant", "status"],
        JSON,
    ),
    one("/v1/claims/{id}", "One claim.", JSON),
    get(
        "/v1/recoveries",
        "Recoveries, with what is owed and how late.",
        &["limit", "cursor", "loan", "collector", "owed", "as_of"],
        JSON,
    ),
    one("/v1/recoveries/{id}", "One recovery.", JSON),
    get(
        "/v1/alerts",
        "Alerts.",
        &["limit", "cursor", "standing", "code", "object"],
        JSON,
    ),
    one("/v1/alerts/{id}", "One alert.", JSON),
    get(
        "/v1/obligations",
        "What is still owed, seen on a day: returns, refunds, notices, reports, reviews and standing alerts, each with who owes it, its due date and the days late.",
        &["limit", "cursor", "as_of", "party", "kind"],
        JSON,
    ),
    get(
        "/v1/reconciliation",
        "Bank statements beside the ledger's balances by account and day, and whether a difference was cleared.",
        &["limit", "cursor", "account", "from", "until"],
        JSON,
    ),
    get(
        "/v1/refusals",
        "Refused submissions that an enrolled key signed, with their figures: for manager, office, leading group and regulator.",
        &["limit", "cursor", "kind", "code", "party", "transaction"],
        JSON,
    ),
    get(
        "/v1/keys",
        "Keys.",
        &["limit", "cursor", "party", "role", "standing"],
        JSON,
    ),
    one("/v1/keys/{id}", "One key.", JSON),
    get(
        "/v1/policy",
        "Versions of the policy.",
        &["limit", "cursor", "as_of"],
        JSON,
    ),
    one("/v1/policy/{version}", "One version of the policy.", JSON),
    get("/v1/rules", "Every rule with its article.", PAGE, JSON),
    post("/v1/tags", "The tag of a credit code.", JSON, &["422"]),
    post(
        "/v1/drafts",
        "Put a transaction where several people sign it; signatures may be there already.",
        JSON,
        &["201", "401", "409", "413", "422", "503"],
    ),
    get(
        "/v1/drafts",
        "Drafts: those of the reader's party and those that wait for it; all, for who reads the whole ledger.",
        &["limit", "cursor", "state"],
        JSON,
    ),
    one(
        "/v1/drafts/{id}",
        "One draft: the exact bytes that are signed, who signed, who is missing, and what the ledger would say.",
        JSON,
    ),
    post(
        "/v1/drafts/{id}/signatures",
        "Add a signature; with the last one needed it is submitted, and the answer is the verdict.",
        JSON,
        &["201", "404", "409", "413", "422", "503"],
    ),
    Path {
        method: "delete",
        path: "/v1/drafts/{id}",
        summary: "Take a draft back: for whoever posted or signed it.",
        query: &[],
        answers: JSON,
        statuses: &["404", "409", "503"],
    },
    get(
        "/v1/witnesses",
        "The witnesses: what each cosigned last, and what keeps it from more.",
        &[],
        JSON,
    ),
    one(
        "/checkpoint",
        "The published checkpoint (C2SP): the newest that a quorum of the witnesses cosigned, or of all where none are asked.",
        TEXT,
    ),
    one(
        "/tile/{position}",
        "Tiles of the tree and bundles of entries (C2SP tlog-tiles).",
        BYTES,
    ),
    get("/healthz", "200 while the process serves.", &[], TEXT),
    Path {
        method: "get",
        path: "/readyz",
        summary: "200 while submissions are taken.",
        query: &[],
        answers: TEXT,
        statuses: &["503"],
    },
    get(
        "/metrics",
        "Figures in the text format of Prometheus.",
        &[],
        TEXT,
    ),
    get("/openapi.json", "This description.", &[], JSON),
    get("/docs", "This description as a page.", &[], &["text/html"]),
];

/// `GET /openapi.json`
pub(crate) async fn openapi() -> Json<Value> {
    Json(document())
}

/// `GET /docs`: the same as a page, without any script.
pub(crate) async fn docs() -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page()).into_response()
}

fn document() -> Value {
    let mut paths = Map::new();
    for path in PATHS {
        let item = paths.entry(path.path).or_insert_with(|| json!({}));
        item[path.method] = operation(path);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Fundtrail",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The ledger of a public risk-compensation fund. Bytes: docs/FORMAT.md; rules: docs/RULES.md.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "paths": paths,
        "components": { "schemas": { "Problem": problem() } },
    })
}

fn operation(path: &Path) -> Value {
    let mut parameters: Vec<Value> = path
        .query
        .iter()
        .map(|name| parameter(name, "query"))
        .collect();
    for part in path.path.split('/') {
        if let Some(name) = part
            .strip_prefix('{')
            .and_then(|part| part.strip_suffix('}'))
        {
            parameters.push(parameter(name, "path"));
        }
    }
    let content: Map<String, Value> = path
        .answers
        .iter()
        .map(|media| ((*media).to_owned(), json!({})))
        .collect();
    let refused = json!({
        "description": "A problem document (RFC 9457) with a stable code.",
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
    });
    let mut responses = json!({ "200": { "description": "The answer.", "content": content }, "400": refused, "500": refused });
    for status in path.statuses {
        responses[*status] = match *status {
            "201" => json!({ "description": "Recorded.", "content": content }),
            _ => refused.clone(),
        };
    }
    let mut operation =
        json!({ "summary": path.summary, "parameters": parameters, "responses": responses });
    if path.method == "post" {
        operation["requestBody"] =
            json!({ "required": true, "content": { "application/json": {} } });
    }
    operation
}

fn parameter(name: &str, place: &str) -> Value {
    json!({ "name": name, "in": place, "required": place == "path", "schema": { "type": "string" } })
}

fn problem() -> Value {
    let text = json!({ "type": "string" });
    json!({
        "type": "object",
        "required": ["type", "title", "status", "code", "detail"],
        "properties": {
            "type": text, "title": text, "status": { "type": "integer" }, "code": text, "detail": text,
            "instance": text,
            "index": { "type": "integer", "description": "409: the entry that has the id." },
            "refusals": {
                "type": "array",
                "description": "422: each rule that objects, in the order of the text.",
                "items": { "type": "object", "required": ["code", "rule", "article", "title", "message", "figures"] },
            },
        },
    })
}

fn page() -> String {
    let mut rows = String::new();
    for path in PATHS {
        let query = path.query.join(", ");
        rows += &format!(
            "<tr><td><code>{} {}</code></td><td>{}</td><td>{query}</td><td>{}</td></tr>\n",
            path.method.to_uppercase(),
            path.path,
            path.summary,
            path.answers.join(", "),
        );
    }
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Fundtrail API</title>\
         <style>body{{font:15px/1.5 sans-serif;margin:2em auto;max-width:70em;padding:0 1em}}\
         td,th{{text-align:left;vertical-align:top;padding:.3em .8em .3em 0;border-bottom:1px solid #ddd}}</style>\
         </head><body><h1>Fundtrail API</h1><p>Also as <a href=\"/openapi.json\">OpenAPI 3.1</a>. \
         Errors are problem documents with a stable code.</p>\n\
         <table><tr><th>Path</th><th>What</th><th>Query</th><th>Answers</th></tr>\n{rows}</table></body></html>\n"
    )
}

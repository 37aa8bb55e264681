//! `fundtrail obligations` and `fundtrail reconciliation`: who still owes what, and what
//! banks state against the ledger, as a node has it.
//!
//! Lists are not proofs: an audit computes the same from the entries alone.

use clap::Args;
use serde_json::Value;

use crate::failure::{Answer, Ending, Failure};
use crate::files;
use crate::node::{NodeArgs, answered, encoded};

/// Lists what is still owed, the most urgent first.
#[derive(Args, Debug)]
pub(crate) struct Obligations {
    #[command(flatten)]
    node: NodeArgs,
    /// As the ledger stood on this day, YYYY-MM-DD; without it, now and today.
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// Only what this institution owes, or what is about it.
    #[arg(long)]
    party: Option<String>,
    /// Only one sort, such as `recovery_return` or `quarterly_report`.
    #[arg(long)]
    kind: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Compares bank statements with the ledger. The answer is no where a difference is left.
#[derive(Args, Debug)]
pub(crate) struct Reconciliation {
    #[command(flatten)]
    node: NodeArgs,
    /// Only this account.
    #[arg(long)]
    account: Option<String>,
    /// Only from this day on, YYYY-MM-DD.
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// Only until this day, YYYY-MM-DD.
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// As the ledger stood on this day, YYYY-MM-DD; without it, now.
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Query parameters by name, those that were given.
type Query<'a> = [(&'a str, &'a Option<String>)];

pub(crate) fn obligations(arguments: &Obligations) -> Ending {
    let query = [
        ("as_of", &arguments.as_of),
        ("party", &arguments.party),
        ("kind", &arguments.kind),
    ];
    let mut items = all(&arguments.node, "/v1/obligations", &query)?;
    items.sort_by_key(|item| (item["due"].is_null(), text(&item["due"])));
    let columns = [
        ("due", Side::Left),
        ("days_late", Side::Right),
        ("kind", Side::Left),
        ("object", Side::Left),
        ("period", Side::Left),
        ("amount", Side::Right),
        ("article", Side::Right),
        ("owed_by", Side::Left),
        ("entry", Side::Right),
    ];
    print(&items, &columns, arguments.json)?;
    Ok(Answer::Yes)
}

pub(crate) fn reconciliation(arguments: &Reconciliation) -> Ending {
    let query = [
        ("account", &arguments.account),
        ("from", &arguments.from),
        ("until", &arguments.until),
        ("as_of", &arguments.as_of),
    ];
    let items = all(&arguments.node, "/v1/reconciliation", &query)?;
    let columns = [
        ("account", Side::Left),
        ("on", Side::Left),
        ("stated", Side::Right),
        ("ledger", Side::Right),
        ("difference", Side::Right),
        ("entry", Side::Right),
        ("cleared_by", Side::Right),
    ];
    print(&items, &columns, arguments.json)?;
    let left = |item: &Value| item["difference"] != "0.00" && item["cleared_by"].is_null();
    Ok(if items.iter().any(left) {
        Answer::No
    } else {
        Answer::Yes
    })
}

/// Every item of a list, page by page.
fn all(node: &NodeArgs, path: &str, query: &Query<'_>) -> Result<Vec<Value>, Failure> {
    let node = node.connect()?;
    let mut first = format!("{path}?limit=1000");
    for (name, value) in query {
        if let Some(value) = value {
            first += &format!("&{name}={}", encoded(value));
        }
    }
    let (mut items, mut cursor) = (Vec::new(), String::new());
    loop {
        let bytes = answered(node.get(&format!("{first}{cursor}"))?)?;
        let mut page: Value = serde_json::from_slice(&bytes)?;
        let Some(Value::Array(found)) = page.get_mut("items").map(Value::take) else {
            return Err(Failure::at(path, "the node's answer is not a list"));
        };
        items.extend(found);
        let Some(next) = page["next"].as_str() else {
            return Ok(items);
        };
        let next = format!("&cursor={}", encoded(next));
        if next == cursor {
            return Err(Failure::at(path, "the node's pages do not end"));
        }
        cursor = next;
    }
}

/// On which side of its column a value stands.
#[derive(Clone, Copy)]
enum Side {
    Left,
    Right,
}

fn print(items: &[Value], columns: &[(&str, Side)], as_json: bool) -> Result<(), Failure> {
    if as_json {
        return files::print(&format!("{:#}\n", Value::from(items.to_vec())));
    }
    files::print(&table(items, columns))
}

/// A heading and a line for each item.
fn table(items: &[Value], columns: &[(&str, Side)]) -> String {
    let heading = columns.iter().map(|(name, _)| name.replace('_', " "));
    let mut rows: Vec<Vec<String>> = vec![heading.collect()];
    for item in items {
        rows.push(columns.iter().map(|(name, _)| text(&item[*name])).collect());
    }
    let width = |at: usize| {
        let cells = rows.iter().filter_map(|row| row.get(at));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let mut lines = String::new();
    for row in &rows {
        let mut line = String::new();
        for ((cell, width), (_, side)) in row.iter().zip(widths.iter().copied()).zip(columns) {
            line += &match side {
                Side::Left => format!("{cell:<width$}  "),
                Side::Right => format!("{cell:>width$}  "),
            };
        }
        lines += line.trim_end();
        lines.push('\n');
    }
    lines
}

/// A value as a table has it; who owes is a role and, where it is known, a party.
fn text(value: &Value) -> String {
    match value {
        Value::Null => "-".into(),
        Value::String(text) => text.clone(),
        Value::Object(owner) => {
            let part = |name: &str| owner.get(name).and_then(Value::as_str);
            match (part("role"), part("party")) {
                (Some(role), Some(party)) => format!("{role} {party}"),
                (role, _) => role.unwrap_or("-").into(),
            }
        }
        other => other.to_string(),
    }
}

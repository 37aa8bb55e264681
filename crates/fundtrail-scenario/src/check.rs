//! What `expect` lines compare: balances, records, deadlines and standing alerts.

use fundtrail_model::Amount;
use fundtrail_model::port::{Read as _, Table};
use fundtrail_regulation::state::{AlertRecord, Book, Recovery};
use serde_json::Value;

use crate::field::{FieldValue, Fields, get_path};
use crate::ring::Ring;
use crate::scenario::Check;
use crate::shadow::Shadow;
use crate::site::Site;
use crate::value::Values;

/// Tables whose records a line can look into, by the name it uses.
const TABLES: [(&str, Table); 12] = [
    ("loan", Table::Loans),
    ("claim", Table::Claims),
    ("party", Table::Parties),
    ("borrower", Table::Borrowers),
    ("account", Table::Accounts),
    ("recovery", Table::Recoveries),
    ("order", Table::Orders),
    ("key", Table::Keys),
    ("record", Table::Fund),
    ("seal", Table::Seals),
    ("reversed", Table::Reversed),
    ("erased", Table::Erased),
];

/// What is not as a line expects, in words; none if all is.
///
/// # Errors
/// A line that cannot be compared, in words.
pub(crate) fn unmet(
    check: &Check,
    shadow: &Shadow,
    site: &Site,
    ring: &mut Ring,
) -> Result<Option<String>, String> {
    let fault = |fault: fundtrail_model::Fault| fault.to_string();
    match check {
        Check::Balance { book, amount } => {
            let balance = shadow.view().balance(book).map_err(fault)?;
            Ok(differ(book, amount, &balance.to_string()))
        }
        Check::Fund { amount } => {
            let books: Vec<Book> = shadow.view().list(b"account:").map_err(fault)?;
            let total: Amount = books.iter().map(|book| book.balance).sum();
            Ok(differ("fund", amount, &total.to_string()))
        }
        Check::Due {
            recovery,
            amount,
            deadline,
        } => {
            let found: Option<Recovery> = shadow.view().get(recovery.as_bytes()).map_err(fault)?;
            let Some(found) = found else {
                return Ok(Some(format!("there is no recovery {recovery}")));
            };
            let due = format!("{} by {}", found.due, found.deadline);
            Ok(differ(recovery, &format!("{amount} by {deadline}"), &due))
        }
        Check::Alert {
            code,
            object,
            standing,
        } => {
            let mut values = Values { site, shadow, ring };
            let (what, id) = object
                .split_once(':')
                .ok_or("an object is written type:id")?;
            let object = format!("{what}:{}", values.text(id)?);
            let key = AlertRecord::standing_key(code, &object);
            let open = shadow
                .memory()
                .get(Table::Alerts, &key)
                .map_err(fault)?
                .is_some();
            let name = |open: bool| if open { "open" } else { "none" };
            Ok(differ(
                &format!("{code} of {object}"),
                name(*standing),
                name(open),
            ))
        }
        Check::Record {
            table,
            key,
            members,
        } => {
            let mut values = Values { site, shadow, ring };
            let known = TABLES.iter().find(|(name, _)| name == table);
            let (_, place) =
                known.ok_or_else(|| format!("{table}: no such record can be looked into"))?;
            let key = values.text(key)?;
            let Some(bytes) = shadow.memory().get(*place, key.as_bytes()).map_err(fault)? else {
                return Ok(Some(format!("there is no {table} {key}")));
            };
            let record: Value =
                serde_json::from_slice(&bytes).map_err(|error| error.to_string())?;
            compare(&record, members, &mut values)
        }
    }
}

fn compare(
    record: &Value,
    members: &Fields,
    values: &mut Values<'_>,
) -> Result<Option<String>, String> {
    let mut wrong = Vec::new();
    for (path, wanted) in members.iter() {
        let found = get_path(record, path).unwrap_or(&Value::Null);
        let met = match wanted {
            FieldValue::Json(wanted) => found == wanted,
            FieldValue::Text(wanted) => plain(found) == values.text(wanted)?,
        };
        if !met {
            let wanted = match wanted {
                FieldValue::Json(wanted) => wanted.to_string(),
                FieldValue::Text(wanted) => wanted.clone(),
            };
            wrong.push(format!("{path}: expected {wanted}, got {}", plain(found)));
        }
    }
    Ok((!wrong.is_empty()).then(|| wrong.join("; ")))
}

/// A member as a line would write it.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn differ(what: &str, wanted: &str, found: &str) -> Option<String> {
    (wanted != found).then(|| format!("{what}: expected {wanted}, got {found}"))
}

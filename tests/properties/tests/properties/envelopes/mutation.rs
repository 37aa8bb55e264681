//! Random changes of a draft that would be recorded: most keep it close to that, so that what
//! lies behind the first checks is reached too.

use std::collections::BTreeMap;

use fundtrail_model::{Amount, Day, Submission};
use fundtrail_scenario::Draft;
use rand::RngExt as _;
use rand::rngs::StdRng;
use serde_json::{Map, Value, json};

/// What an episode has seen so far, to be put where it does not belong.
#[derive(Default)]
pub(super) struct Pool {
    drafts: Vec<Draft>,
    by_name: BTreeMap<String, Vec<Value>>,
    dates: Vec<String>,
}

impl Pool {
    pub(super) fn learn(&mut self, draft: &Draft) {
        self.learn_value("", &draft.body);
        self.dates.push(draft.date.clone());
        // What reversals and erasures refer to.
        let ids = ["of", "transaction", "id"].map(str::to_owned);
        for name in ids {
            let known = self.by_name.entry(name).or_default();
            known.push(json!(draft.id));
        }
        self.drafts.push(draft.clone());
    }

    /// A draft to begin with: mostly the one whose turn it is, else an earlier one.
    pub(super) fn base(&self, now: &Draft, rng: &mut StdRng) -> Draft {
        match rng.random_range(0..10) {
            0..7 => now.clone(),
            _ => pick(&self.drafts, rng).unwrap_or(now).clone(),
        }
    }

    fn learn_value(&mut self, name: &str, value: &Value) {
        match value {
            Value::Object(members) => members
                .iter()
                .for_each(|(name, value)| self.learn_value(name, value)),
            Value::Array(items) => items.iter().for_each(|item| self.learn_value(name, item)),
            leaf => self
                .by_name
                .entry(name.to_owned())
                .or_default()
                .push(leaf.clone()),
        }
    }

    fn of_name(&self, name: &str, rng: &mut StdRng) -> Option<Value> {
        pick(self.by_name.get(name)?, rng).cloned()
    }

    fn of_any_name(&self, rng: &mut StdRng) -> Option<Value> {
        let at = rng.random_range(0..self.by_name.len().max(1));
        pick(self.by_name.values().nth(at)?, rng).cloned()
    }
}

/// Makes one to three changes, or none. Gives what was done.
pub(super) fn mutate(draft: &mut Draft, pool: &Pool, rng: &mut StdRng) -> Vec<&'static str> {
    let count = *pick(&[0, 1, 1, 1, 1, 1, 2, 2, 3], rng).unwrap_or(&1);
    (0..count).map(|_| change(draft, pool, rng)).collect()
}

fn change(draft: &mut Draft, pool: &Pool, rng: &mut StdRng) -> &'static str {
    match rng.random_range(0..100) {
        0..50 => leaf(&mut draft.body, pool, rng),
        50..60 => structure(&mut draft.body, rng),
        60..70 => graft(draft, pool, rng),
        70..84 => {
            draft.date = date(&draft.date, pool, rng);
            "the date"
        }
        84..90 => particular(draft, pool, rng),
        90..93 => {
            if let Some(other) = pick(&pool.drafts, rng) {
                draft.kind.clone_from(&other.kind);
            }
            "the kind"
        }
        93..96 => {
            if let Some(other) = pick(&pool.drafts, rng) {
                draft.id.clone_from(&other.id);
            }
            "an id that is taken"
        }
        96..97 => {
            draft.ledger.push('x');
            "the ledger"
        }
        _ => {
            if let Some(other) = pick(&pool.drafts, rng) {
                draft.body = other.body.clone();
            }
            "another body"
        }
    }
}

/// Changes one value that is no list and no object.
fn leaf(body: &mut Value, pool: &Pool, rng: &mut StdRng) -> &'static str {
    let mut paths = Vec::new();
    leaves(body, &mut String::new(), &mut paths);
    let Some(path) = pick(&paths, rng) else {
        return "nothing";
    };
    let name = path
        .rsplit('/')
        .find(|part| part.parse::<usize>().is_err())
        .unwrap_or_default();
    if let Some(value) = body.pointer_mut(path) {
        let new = match value {
            Value::String(text) => text_value(text, name, pool, rng),
            Value::Number(_) => number(rng),
            Value::Bool(flag) => json!(!*flag),
            _ => pool.of_name(name, rng).unwrap_or(Value::Null),
        };
        *value = new;
    }
    "a value"
}

fn text_value(text: &str, name: &str, pool: &Pool, rng: &mut StdRng) -> Value {
    if rng.random_ratio(1, 12) {
        return strange(rng);
    }
    if rng.random_ratio(1, 4)
        && let Some(value) = pool.of_name(name, rng)
    {
        return value;
    }
    if is_amount(text) {
        return json!(amount(text, pool, rng));
    }
    if Day::parse(text).is_some() {
        return json!(date(text, pool, rng));
    }
    if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return json!(format!("{:064x}", rng.random::<u128>()));
    }
    match rng.random_range(0..4) {
        0 => json!("no-such-thing"),
        1 => pool.of_any_name(rng).unwrap_or(Value::Null),
        _ => pool.of_name(name, rng).unwrap_or(Value::Null),
    }
}

/// What no member is.
fn strange(rng: &mut StdRng) -> Value {
    let long = "x".repeat(rng.random_range(1..200));
    let all = [
        Value::Null,
        json!(""),
        json!([]),
        json!({}),
        json!(true),
        json!(-1),
        json!(u64::MAX),
        json!("\u{0}"),
        json!("\u{202e}\u{feff}"),
        json!("../../etc"),
        json!(long),
        json!([[[[[[]]]]]]),
    ];
    pick(&all, rng).cloned().unwrap_or(Value::Null)
}

fn number(rng: &mut StdRng) -> Value {
    let all = [
        json!(0),
        json!(1),
        json!(2),
        json!(46),
        json!(100),
        json!(10_000),
        json!(10_001),
        json!(u32::MAX),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(1.5),
        json!(rng.random_range(0..400)),
    ];
    pick(&all, rng).cloned().unwrap_or(Value::Null)
}

fn amount(text: &str, pool: &Pool, rng: &mut StdRng) -> String {
    let fen = fen_of(text).unwrap_or_default();
    let near = |by: i128| Amount::from_fen((fen + by).clamp(0, 99_999_999_999_999)).to_string();
    match rng.random_range(0..12) {
        0 => "0.00".to_owned(),
        1 => "0.01".to_owned(),
        2 => "999999999999.99".to_owned(),
        3 => near(1),
        4 => near(-1),
        5 => near(fen),
        6 => near(-fen / 2),
        7 => near(-fen / 3),
        8 => near(rng.random_range(-1_000_000..1_000_000)),
        9 => "1000000000000.00".to_owned(),
        10 => format!("-{text}"),
        _ => {
            let other = pool.of_name("amount", rng);
            other
                .as_ref()
                .and_then(Value::as_str)
                .unwrap_or(text)
                .to_owned()
        }
    }
}

fn date(text: &str, pool: &Pool, rng: &mut StdRng) -> String {
    let day = Day::parse(text);
    let moved = |days: i64| {
        let moved = day.and_then(|day| day.plus_days(days));
        moved.map_or_else(|| text.to_owned(), |day| day.to_string())
    };
    match rng.random_range(0..12) {
        0 => moved(1),
        1 => moved(-1),
        2..5 => moved(rng.random_range(-400..400)),
        5 => "1900-01-01".to_owned(),
        6 => "2199-12-31".to_owned(),
        7 => "2024-02-29".to_owned(),
        8 => "2023-02-29".to_owned(),
        _ => pick(&pool.dates, rng)
            .cloned()
            .unwrap_or_else(|| text.to_owned()),
    }
}

/// Takes away, repeats, empties or lengthens something of the body.
fn structure(body: &mut Value, rng: &mut StdRng) -> &'static str {
    let mut paths = Vec::new();
    inner(body, &mut String::new(), &mut paths);
    let Some(path) = pick(&paths, rng) else {
        return "nothing";
    };
    match body.pointer_mut(path) {
        Some(Value::Object(members)) => {
            let names: Vec<String> = members.keys().cloned().collect();
            if let Some(name) = pick(&names, rng) {
                if rng.random_ratio(3, 4) {
                    members.remove(name);
                } else {
                    let value = members.get(name).cloned().unwrap_or_default();
                    members.insert(format!("{name}_"), value);
                }
            }
            "a member"
        }
        Some(Value::Array(items)) => {
            match rng.random_range(0..5) {
                0 => items.clear(),
                1 => items.truncate(items.len() / 2),
                2 => items.reverse(),
                3 => {
                    let first = items.first().cloned().unwrap_or(Value::Null);
                    items.push(first);
                }
                _ => {
                    let first = items.first().cloned().unwrap_or(Value::Null);
                    let count = *pick(&[23, 24, 25, 120, 121, 300], rng).unwrap_or(&24);
                    items.resize(count, first);
                }
            }
            "a list"
        }
        _ => "nothing",
    }
}

/// Brings a member of another body of the same kind, or of any, into this one.
fn graft(draft: &mut Draft, pool: &Pool, rng: &mut StdRng) -> &'static str {
    let same: Vec<&Draft> = pool
        .drafts
        .iter()
        .filter(|other| other.kind == draft.kind)
        .collect();
    let other = match rng.random_ratio(3, 4) {
        true => pick(&same, rng).copied(),
        false => pick(&pool.drafts, rng),
    };
    let from: Map<String, Value> = match other.map(|other| &other.body) {
        Some(Value::Object(members)) => members.clone(),
        _ => Map::new(),
    };
    let names: Vec<String> = from.keys().cloned().collect();
    if let (Some(name), Value::Object(members)) = (pick(&names, rng), &mut draft.body) {
        members.insert(name.clone(), from.get(name).cloned().unwrap_or_default());
    }
    "a member of another"
}

fn particular(draft: &mut Draft, pool: &Pool, rng: &mut StdRng) -> &'static str {
    let names: Vec<String> = draft.sealed.keys().cloned().collect();
    let own = pick(&names, rng).cloned();
    let all: Vec<&String> = pool
        .drafts
        .iter()
        .flat_map(|one| one.sealed.values())
        .collect();
    let value = match rng.random_range(0..4) {
        0 => "x".repeat(rng.random_range(0..120)),
        1 => "９１１５０２０３ＭＡ０Ｎ０００１６４".to_owned(),
        _ => pick(&all, rng).map_or_else(String::new, |value| (*value).clone()),
    };
    match (rng.random_range(0..3), own) {
        (0, Some(name)) => drop(draft.sealed.remove(&name)),
        (_, Some(name)) => drop(draft.sealed.insert(name, value)),
        (_, None) => drop(draft.sealed.insert("name".to_owned(), value)),
    }
    "a particular"
}

/// Now and then a signature fewer, one more, or one of somebody else.
pub(super) fn signers(draft: &mut Draft, rng: &mut StdRng) {
    if rng.random_ratio(9, 10) {
        return;
    }
    let at = rng.random_range(0..draft.signers.len().max(1));
    let others = ["OFF", "bank-b/maker", "lg-FIN", "manager/maker", "stranger"];
    let other = (*pick(&others, rng).unwrap_or(&"stranger")).to_owned();
    match rng.random_range(0..3) {
        0 if draft.signers.len() > 1 => drop(draft.signers.remove(at)),
        1 if at < draft.signers.len() && !draft.signers.contains(&other) => {
            if let Some(one) = draft.signers.get_mut(at) {
                *one = other;
            }
        }
        _ if !draft.signers.contains(&other) => draft.signers.push(other),
        _ => {}
    }
}

/// Now and then an opening is missing, there twice, or altered.
pub(super) fn openings(submission: &mut Submission, rng: &mut StdRng) {
    let openings = &mut submission.disclosures;
    if openings.is_empty() || rng.random_ratio(19, 20) {
        return;
    }
    let at = rng.random_range(0..openings.len());
    match rng.random_range(0..3) {
        0 => drop(openings.remove(at)),
        1 => openings.extend(openings.get(at).cloned()),
        _ => {
            if let Some(one) = openings.get_mut(at) {
                one.pop();
            }
        }
    }
}

fn leaves(value: &Value, path: &mut String, paths: &mut Vec<String>) {
    walk(value, path, &mut |path, value| {
        if !value.is_object() && !value.is_array() {
            paths.push(path.to_owned());
        }
    });
}

fn inner(value: &Value, path: &mut String, paths: &mut Vec<String>) {
    walk(value, path, &mut |path, value| {
        if value.is_object() || value.is_array() {
            paths.push(path.to_owned());
        }
    });
}

/// Visits every value with its JSON pointer.
fn walk(value: &Value, path: &mut String, visit: &mut dyn FnMut(&str, &Value)) {
    visit(path, value);
    let length = path.len();
    let mut step = |name: &str, value: &Value, visit: &mut dyn FnMut(&str, &Value)| {
        path.push('/');
        path.push_str(&name.replace('~', "~0").replace('/', "~1"));
        walk(value, path, visit);
        path.truncate(length);
    };
    match value {
        Value::Object(members) => members
            .iter()
            .for_each(|(name, value)| step(name, value, visit)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(at, value)| step(&at.to_string(), value, visit)),
        _ => {}
    }
}

fn is_amount(text: &str) -> bool {
    let parts = text.split_once('.');
    parts.is_some_and(|(yuan, fen)| fen.len() == 2 && yuan.parse::<u64>().is_ok())
}

fn fen_of(text: &str) -> Option<i128> {
    text.replace('.', "").parse().ok()
}

fn pick<'a, T>(all: &'a [T], rng: &mut StdRng) -> Option<&'a T> {
    match all.len() {
        0 => None,
        count => all.get(rng.random_range(0..count)),
    }
}

//! The metrics, read strictly by the rules of the text format (version 0.0.4).

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::client::Server;

/// A family of samples.
#[derive(Default)]
struct Family {
    kind: String,
    samples: Vec<Sample>,
}

/// Names and values, in their order.
type Labels = Vec<(String, String)>;

/// Name, labels, value.
type Sample = (String, Labels, f64);

/// Reads everything, or says what is wrong.
fn read(text: &str) -> Result<BTreeMap<String, Family>, String> {
    let mut families: BTreeMap<String, Family> = BTreeMap::new();
    let mut current = String::new();
    let mut seen = BTreeSet::new();
    if !text.ends_with('\n') {
        return Err("the last line does not end".into());
    }
    for line in text.lines() {
        let wrong = |what: &str| Err(format!("{what}: {line}"));
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let Some((name, help)) = rest.split_once(' ') else {
                return wrong("no help");
            };
            if !is_name(name) || help.is_empty() || families.contains_key(name) {
                return wrong("a name or help");
            }
            families.insert(name.into(), Family::default());
            current = name.into();
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let Some((name, kind)) = rest.split_once(' ') else {
                return wrong("no type");
            };
            let known = ["counter", "gauge", "histogram"].contains(&kind);
            if name != current || !known {
                return wrong("a type");
            }
            let family = families.get_mut(name).unwrap();
            if !family.kind.is_empty() || !family.samples.is_empty() {
                return wrong("a type twice or late");
            }
            family.kind = kind.into();
        } else {
            let Some(sample) = sample(line) else {
                return wrong("no sample");
            };
            let family = families.get_mut(&current).unwrap();
            let suffixes: &[&str] = match family.kind.as_str() {
                "histogram" => &["_bucket", "_sum", "_count"],
                "" => return wrong("no type before"),
                _ => &[""],
            };
            let is_own = suffixes
                .iter()
                .any(|suffix| sample.0 == format!("{current}{suffix}"));
            if !is_own || !seen.insert(line[..line.rfind(' ').unwrap()].to_owned()) {
                return wrong("of another family, or twice");
            }
            family.samples.push(sample);
        }
    }
    Ok(families)
}

fn is_name(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_' || byte == b':';
    let mut bytes = text.bytes();
    bytes.next().is_some_and(is_letter)
        && bytes.all(|byte| is_letter(byte) || byte.is_ascii_digit())
}

fn sample(line: &str) -> Option<Sample> {
    let end = line.find(['{', ' '])?;
    let (name, mut rest) = line.split_at(end);
    let mut labels = Vec::new();
    if let Some(inner) = rest.strip_prefix('{') {
        rest = inner;
        loop {
            let (label, after) = rest.split_once("=\"")?;
            if !is_name(label) {
                return None;
            }
            let mut value = String::new();
            let mut chars = after.char_indices();
            let close = loop {
                match chars.next()? {
                    (at, '"') => break at,
                    (_, '\\') => match chars.next()?.1 {
                        'n' => value.push('\n'),
                        other @ ('\\' | '"') => value.push(other),
                        _ => return None,
                    },
                    (_, other) => value.push(other),
                }
            };
            labels.push((label.to_owned(), value));
            rest = &after[close + 1..];
            match rest.strip_prefix(',') {
                Some(more) => rest = more,
                None => break,
            }
        }
        rest = rest.strip_prefix('}')?;
    }
    let value: f64 = rest.strip_prefix(' ')?.parse().ok()?;
    is_name(name).then(|| (name.to_owned(), labels, value))
}

/// Buckets grow, the last is the count, and each set of labels has a sum.
fn check_histogram(name: &str, family: &Family) {
    // By the labels but for the bound: bounds and counts.
    let mut series = BTreeMap::<Labels, Vec<(f64, f64)>>::new();
    for (sample, labels, value) in &family.samples {
        if sample.ends_with("_bucket") {
            let (own, bound): (Vec<_>, Vec<_>) =
                labels.iter().cloned().partition(|label| label.0 != "le");
            let bound = bound[0].1.replace("+Inf", "inf").parse().unwrap();
            series.entry(own).or_default().push((bound, *value));
        }
    }
    assert!(!series.is_empty(), "{name}");
    for (labels, buckets) in series {
        assert!(buckets.is_sorted(), "{name} {labels:?} {buckets:?}");
        assert!(buckets.iter().map(|bucket| bucket.1).is_sorted(), "{name}");
        let last = buckets.last().unwrap();
        assert!(last.0.is_infinite());
        let of = |suffix: &str| {
            let found = family
                .samples
                .iter()
                .find(|sample| sample.0 == format!("{name}{suffix}") && sample.1 == labels);
            found.unwrap_or_else(|| panic!("{name}{suffix}")).2
        };
        assert!((of("_count") - last.1).abs() < 0.5, "{name}");
        assert!(of("_sum") >= 0.0);
    }
}

fn value(families: &BTreeMap<String, Family>, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
    let samples = families[name].samples.iter();
    let is_same = |own: &[(String, String)]| {
        own.len() == labels.len()
            && labels.iter().all(|label| {
                own.iter()
                    .any(|own| (own.0.as_str(), own.1.as_str()) == *label)
            })
    };
    let mut found = samples.filter(|sample| is_same(&sample.1));
    found.next().map(|sample| sample.2)
}

#[test]
fn every_family_keeps_the_rules_and_counts_what_happened() {
    let server = Server::founded();
    assert_eq!(server.get("/v1/keys").status, 200);
    assert_eq!(server.get("/v1/entries/0").status, 200);
    assert_eq!(server.ask("GET", "/v1/loans", None).status, 401);
    for path in ["/secret-path", "/v1/keys/secret-key?secret=query"] {
        assert!(server.get(path).status >= 400);
    }
    let mut connection = TcpStream::connect(server.address).unwrap();
    let request = b"SECRET /v1/keys HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    connection.write_all(request).unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 405 "), "{answer}");
    let text = server.get("/metrics").text().to_owned();
    assert!(!text.to_lowercase().contains("secret"), "{text}");
    let families = read(&text).unwrap_or_else(|wrong| panic!("{wrong}"));
    for (name, family) in &families {
        assert!(name.starts_with("fundtrail_"), "{name}");
        let is_total = name.ends_with("_total");
        assert_eq!(is_total, family.kind == "counter", "{name}");
        match family.kind.as_str() {
            "histogram" => {
                assert!(name.ends_with("_seconds"), "{name}");
                check_histogram(name, family);
            }
            _ => assert!(family.samples.iter().all(|sample| sample.2 >= 0.0)),
        }
    }
    let requests = "fundtrail_http_requests_total";
    for (method, route, status, count) in [
        ("POST", "/v1/transactions", "201", 1.0),
        ("GET", "/v1/keys", "200", 1.0),
        ("GET", "/v1/entries/{index}", "200", 1.0),
        ("GET", "/v1/loans", "401", 1.0),
        ("GET", "none", "404", 1.0),
        ("other", "/v1/keys", "405", 1.0),
    ] {
        let labels = [("method", method), ("route", route), ("status", status)];
        assert_eq!(
            value(&families, requests, &labels),
            Some(count),
            "{labels:?}\n{text}"
        );
    }
    let problems = "fundtrail_http_problems_total";
    assert_eq!(
        value(&families, problems, &[("code", "UNAUTHENTICATED")]),
        Some(1.0)
    );
    assert!(value(&families, "fundtrail_http_connections", &[]).unwrap() >= 1.0);
    for name in [
        "fundtrail_entries",
        "fundtrail_queue_depth",
        "fundtrail_commit_seconds",
        "fundtrail_refusals_total",
        "fundtrail_http_request_seconds",
        "fundtrail_http_rate_limited_total",
        "fundtrail_http_connections_total",
        "fundtrail_http_connections_evicted_total",
        "fundtrail_build_info",
    ] {
        assert!(families.contains_key(name), "{name}");
    }
}

#[test]
fn what_breaks_the_rules_is_seen() {
    let head = "# HELP a_total A.\n# TYPE a_total counter\n";
    assert!(read(&format!("{head}a_total{{b=\"c\\\"\"}} 1\n")).is_ok());
    for wrong in [
        "a_total 1",
        "a_total one\n",
        "b_total 1\n",
        "a_total{b=c} 1\n",
        "a_total{b=\"c} 1\n",
        "a_total{b=\"\\c\"} 1\n",
        "a_total{1=\"c\"} 1\n",
        "a_total 1\na_total 2\n",
        "# TYPE a_total gauge\n",
        "# HELP a_total A.\n",
    ] {
        assert!(read(&format!("{head}{wrong}")).is_err(), "{wrong}");
    }
}

//! The text format of Prometheus (version 0.0.4), as far as the node writes it.

use std::fmt::{Display, Write as _};

/// What a family of samples is: `# HELP` and `# TYPE`. `kind` is `counter`, `gauge` or
/// `histogram`; counters end in `_total`, times in `_seconds`.
pub(crate) fn family(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

/// One sample. Values of labels are escaped here.
pub(crate) fn sample(out: &mut String, name: &str, labels: &[(&str, &str)], value: impl Display) {
    let pairs: Vec<String> = labels
        .iter()
        .map(|(label, value)| format!("{label}=\"{}\"", escaped(value)))
        .collect();
    let _ = match pairs.is_empty() {
        true => writeln!(out, "{name} {value}"),
        false => writeln!(out, "{name}{{{}}} {value}", pairs.join(",")),
    };
}

/// A family of one sample.
pub(crate) fn single(out: &mut String, name: &str, kind: &str, help: &str, value: u64) {
    family(out, name, kind, help);
    sample(out, name, &[], value);
}

/// A family of counters, by the value of one label.
pub(crate) fn counters(
    out: &mut String,
    name: &str,
    help: &str,
    label: &str,
    values: impl IntoIterator<Item = (&'static str, u64)>,
) {
    family(out, name, "counter", help);
    for (value, count) in values {
        sample(out, name, &[(label, value)], count);
    }
}

/// What took how long: counts up to each bound, of all, and the sum, in microseconds.
pub(crate) struct Times<'a> {
    pub(crate) bounds: &'a [u64],
    /// For each bound, how many took no longer.
    pub(crate) buckets: &'a [u64],
    pub(crate) count: u64,
    pub(crate) sum: u64,
}

/// The samples of a histogram in seconds.
pub(crate) fn times(out: &mut String, name: &str, labels: &[(&str, &str)], times: &Times<'_>) {
    let bucket = format!("{name}_bucket");
    let mut upto = |bound: &str, count| {
        let labels = [labels, &[("le", bound)]].concat();
        sample(out, &bucket, &labels, count);
    };
    for (bound, count) in times.bounds.iter().zip(times.buckets) {
        upto(&seconds(*bound), *count);
    }
    upto("+Inf", times.count);
    sample(out, &format!("{name}_sum"), labels, seconds(times.sum));
    sample(out, &format!("{name}_count"), labels, times.count);
}

fn seconds(micros: u64) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_written_as_the_format_has_them() {
        let mut out = String::new();
        family(&mut out, "a_seconds", "histogram", "A.");
        let took = Times {
            bounds: &[1_500_000],
            buckets: &[1],
            count: 2,
            sum: 3_000_001,
        };
        times(&mut out, "a_seconds", &[("b", "c\"\\\nd")], &took);
        let expected = "# HELP a_seconds A.\n# TYPE a_seconds histogram\n\
            a_seconds_bucket{b=\"c\\\"\\\\\\nd\",le=\"1.500000\"} 1\n\
            a_seconds_bucket{b=\"c\\\"\\\\\\nd\",le=\"+Inf\"} 2\n\
            a_seconds_sum{b=\"c\\\"\\\\\\nd\"} 3.000001\n\
            a_seconds_count{b=\"c\\\"\\\\\\nd\"} 2\n";
        assert_eq!(out, expected);
    }
}

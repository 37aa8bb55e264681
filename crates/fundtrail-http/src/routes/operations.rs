//! How the node is: for those who run it, and their machines.

use std::fmt::Write as _;

use axum::extract::State;
use axum::response::Response;
use fundtrail_kernel::proofs::last_entry;
use fundtrail_node::Metrics;
use fundtrail_node::metrics::COMMIT_BOUNDS_MICROS;
use fundtrail_node::witnesses::{Trouble, WitnessState};

use super::submissions::text;
use crate::app::App;
use crate::failure::Failure;

/// `GET /healthz`: 200 while the process serves
pub(crate) async fn healthz() -> Response {
    text("ok\n".into())
}

/// `GET /readyz`: 200 while submissions are taken and the storage can be read
pub(crate) async fn readyz(State(app): State<App>) -> Result<Response, Failure> {
    if !app.node.is_open() {
        return Err(Failure::Busy);
    }
    app.read(|read| Ok(last_entry(read)?)).await?;
    Ok(text("ready\n".into()))
}

/// `GET /metrics`, in the text format of Prometheus
pub(crate) async fn metrics(State(app): State<App>) -> Response {
    let mut out = exposition(app.node.metrics(), app.node.is_open());
    witnessed(&mut out, &app.node.witnesses());
    text(out)
}

/// What each witness has done; nothing for a node that asks none.
fn witnessed(out: &mut String, witnesses: &[WitnessState]) {
    let mut each = |name: &str, kind, help, value: fn(&WitnessState) -> Option<u64>| {
        if witnesses.is_empty() {
            return;
        }
        header(out, name, kind, help);
        for witness in witnesses {
            if let Some(value) = value(witness) {
                let label = escaped(&witness.name);
                let _ = writeln!(out, "{name}{{witness=\"{label}\"}} {value}");
            }
        }
    };
    each(
        "fundtrail_witness_cosigned_entries",
        "gauge",
        "Entries under the newest checkpoint that the witness cosigned.",
        |witness| witness.cosigned.map(|cosigned| cosigned.size),
    );
    each(
        "fundtrail_witness_cosigned_timestamp_seconds",
        "gauge",
        "When that was, as the witness says.",
        |witness| witness.cosigned.map(|cosigned| cosigned.time),
    );
    each(
        "fundtrail_witness_failures_total",
        "counter",
        "Attempts that gave no line.",
        |witness| Some(witness.failures),
    );
    each(
        "fundtrail_witness_fatal",
        "gauge",
        "1 if the witness saw another tree than this ledger's.",
        |witness| Some(u64::from(witness.trouble.is_some_and(Trouble::is_fatal))),
    );
}

/// A label's value as the text format has it. Names of witnesses come from a policy file.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"")
}

fn exposition(metrics: &Metrics, is_open: bool) -> String {
    let mut out = String::new();
    single(
        &mut out,
        "fundtrail_entries",
        "gauge",
        "Entries in the ledger.",
        metrics.size(),
    );
    let queued = metrics.queued();
    single(
        &mut out,
        "fundtrail_queue_depth",
        "gauge",
        "Submissions that wait.",
        queued,
    );
    let open = u64::from(is_open);
    single(
        &mut out,
        "fundtrail_open",
        "gauge",
        "1 while submissions are taken.",
        open,
    );
    let help = "Submissions answered, by what became of them.";
    labelled(
        &mut out,
        "fundtrail_submissions_total",
        help,
        "answer",
        metrics.answers(),
    );
    let help = "Refused submissions, by their first refusal.";
    labelled(
        &mut out,
        "fundtrail_refusals_total",
        help,
        "code",
        metrics.refusals(),
    );
    let help = "Malformed submissions, by code.";
    labelled(
        &mut out,
        "fundtrail_malformed_total",
        help,
        "code",
        metrics.malformed(),
    );
    histogram(&mut out, metrics);
    out
}

fn header(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn single(out: &mut String, name: &str, kind: &str, help: &str, value: u64) {
    header(out, name, kind, help);
    let _ = writeln!(out, "{name} {value}");
}

/// Labels are codes of our own: letters, digits and underscores.
fn labelled(
    out: &mut String,
    name: &str,
    help: &str,
    label: &str,
    values: impl IntoIterator<Item = (&'static str, u64)>,
) {
    header(out, name, "counter", help);
    for (value, count) in values {
        let _ = writeln!(out, "{name}{{{label}=\"{value}\"}} {count}");
    }
}

fn histogram(out: &mut String, metrics: &Metrics) {
    let name = "fundtrail_commit_seconds";
    header(
        out,
        name,
        "histogram",
        "What writing and syncing a batch took.",
    );
    for (bound, count) in COMMIT_BOUNDS_MICROS.iter().zip(metrics.commit_buckets()) {
        let _ = writeln!(out, "{name}_bucket{{le=\"{}\"}} {count}", seconds(*bound));
    }
    let (count, sum) = metrics.commits();
    let micros = u64::try_from(sum.as_micros()).unwrap_or(u64::MAX);
    let _ = writeln!(out, "{name}_bucket{{le=\"+Inf\"}} {count}");
    let _ = writeln!(out, "{name}_sum {}\n{name}_count {count}", seconds(micros));
}

fn seconds(micros: u64) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

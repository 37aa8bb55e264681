//! How the node is: for those who run it, and their machines.

use axum::extract::State;
use axum::response::Response;
use fundtrail_kernel::proofs::last_entry;
use fundtrail_node::Metrics;
use fundtrail_node::metrics::COMMIT_BOUNDS_MICROS;
use fundtrail_node::witnesses::{Trouble, WitnessState};

use super::submissions::text;
use crate::app::App;
use crate::edge::exposition::{Times, counters, family, sample, single, times};
use crate::failure::Failure;

/// `GET /healthz`: 200 while the process serves
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "healthz",
    tag = "operations",
    summary = "200 while the process serves.",
    responses(
        (status = 200, body = String, content_type = "text/plain", description = "It serves."),
    )
)]
pub(crate) async fn healthz() -> Response {
    text("ok\n".into())
}

/// `GET /readyz`: 200 while submissions are taken and the storage can be read
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "readyz",
    tag = "operations",
    summary = "200 while submissions are taken.",
    responses(
        (status = 200, body = String, content_type = "text/plain", description = "Submissions are taken."),
    )
)]
pub(crate) async fn readyz(State(app): State<App>) -> Result<Response, Failure> {
    if !app.node.is_open() {
        return Err(Failure::Busy);
    }
    app.read(|read| Ok(last_entry(read)?)).await?;
    Ok(text("ready\n".into()))
}

/// `GET /metrics`, in the text format of Prometheus
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "metrics",
    tag = "operations",
    summary = "Figures in the text format of Prometheus.",
    responses(
        (status = 200, body = String, content_type = "text/plain", description = "The figures."),
    )
)]
pub(crate) async fn metrics(State(app): State<App>) -> Response {
    let mut out = exposition(app.node.metrics(), app.node.is_open());
    app.traffic.expose(&mut out);
    witnessed(&mut out, &app.node.witnesses());
    text(out)
}

/// What each witness has done; nothing for a node that asks none.
fn witnessed(out: &mut String, witnesses: &[WitnessState]) {
    let mut each = |name: &str, kind, help, value: fn(&WitnessState) -> Option<u64>| {
        if witnesses.is_empty() {
            return;
        }
        family(out, name, kind, help);
        for witness in witnesses {
            if let Some(value) = value(witness) {
                sample(out, name, &[("witness", &witness.name)], value);
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

fn exposition(metrics: &Metrics, is_open: bool) -> String {
    let mut out = String::new();
    let name = "fundtrail_build_info";
    family(&mut out, name, "gauge", "1, for the version that runs.");
    let version = [("version", env!("CARGO_PKG_VERSION"))];
    sample(&mut out, name, &version, 1);
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
    counters(
        &mut out,
        "fundtrail_submissions_total",
        help,
        "answer",
        metrics.answers(),
    );
    let help = "Refused submissions, by their first refusal.";
    counters(
        &mut out,
        "fundtrail_refusals_total",
        help,
        "code",
        metrics.refusals(),
    );
    let help = "Malformed submissions, by code.";
    counters(
        &mut out,
        "fundtrail_malformed_total",
        help,
        "code",
        metrics.malformed(),
    );
    let name = "fundtrail_commit_seconds";
    let help = "What writing and syncing a batch took.";
    family(&mut out, name, "histogram", help);
    let (count, sum) = metrics.commits();
    let took = Times {
        bounds: &COMMIT_BOUNDS_MICROS,
        buckets: &metrics.commit_buckets(),
        count,
        sum: u64::try_from(sum.as_micros()).unwrap_or(u64::MAX),
    };
    times(&mut out, name, &[], &took);
    out
}

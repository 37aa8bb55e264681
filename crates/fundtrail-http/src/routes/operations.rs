//! How the node is: for those who run it, and their machines.

use axum::extract::State;
use axum::response::Response;
use fundtrail_kernel::proofs::last_entry;
use fundtrail_node::metrics::COMMIT_BOUNDS_MICROS;
use fundtrail_node::witnesses::{Trouble, WitnessState};
use fundtrail_node::{Halt, Metrics, Node, Unfit};

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

/// `GET /readyz`: 200 while submissions are taken, the storage can be read and the machine is
/// fit to record
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
    if app.is_away() {
        return Err(Failure::StorageFailed);
    }
    if !app.node().is_open() {
        return Err(Failure::Busy);
    }
    if let Some(halt) = app.node().halted() {
        return Err(Failure::Halted(halt));
    }
    app.read(|read| Ok(last_entry(read)?)).await?;
    app.work(Node::fitness).await?.map_err(Failure::Unfit)?;
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
    let node = app.node();
    let unfit = app.work(Node::fitness).await.ok().and_then(Result::err);
    let mut out = exposition(
        node.metrics(),
        node.is_open() && unfit.is_none() && node.halted().is_none(),
    );
    sick(&mut out, node.failed().is_some(), unfit.as_ref());
    halted(&mut out, node.halted().as_ref());
    app.traffic.expose(&mut out);
    witnessed(&mut out, &node.witnesses());
    text(out)
}

/// Why submissions are not taken, where that is the machine's doing.
fn sick(out: &mut String, is_away: bool, unfit: Option<&Unfit>) {
    let name = "fundtrail_machine_unfit";
    let help = "1 while submissions are refused with that code.";
    family(out, name, "gauge", help);
    let away = "STORAGE_FAILED";
    sample(out, name, &[("code", away)], u64::from(is_away));
    for code in Unfit::CODES {
        let is_so = !is_away && unfit.is_some_and(|unfit| unfit.code() == code);
        sample(out, name, &[("code", code)], u64::from(is_so));
    }
}

/// Why submissions are not taken, where that is not the machine's doing.
fn halted(out: &mut String, halt: Option<&Halt>) {
    let name = "fundtrail_halted";
    let help = "1 while nothing is recorded for that reason, or nothing but ledger_restore.";
    family(out, name, "gauge", help);
    for code in Halt::CODES {
        let is_so = halt.is_some_and(|halt| halt.code() == code);
        sample(out, name, &[("code", code)], u64::from(is_so));
    }
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

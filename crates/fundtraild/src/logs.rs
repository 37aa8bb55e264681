//! Logs: a line of JSON each, to standard error.
//!
//! `FUNDTRAIL_LOG` sets what is written, such as `debug` or `info,fundtrail_http=debug`.

use tracing_subscriber::EnvFilter;

/// Starts logging, panics included.
pub(crate) fn start() {
    let filter =
        EnvFilter::try_from_env("FUNDTRAIL_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_env_filter(filter)
        // A line that cannot be written, because the disk is full, is not worth a panic.
        .log_internal_errors(false)
        .with_writer(std::io::stderr)
        .init();
    // The place only: a panic's own words may quote what was submitted.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        tracing::error!(place, "panicked: this is a defect");
    }));
}

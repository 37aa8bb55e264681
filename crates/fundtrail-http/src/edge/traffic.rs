//! What is counted of connections and requests since the start. Labels are routes as the
//! router has them, methods, statuses and codes of our own: few, and nothing of a client's.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::Method;

use super::exposition::{Times, counters, family, sample, single, times};

/// Upper bounds of the histogram's buckets, in microseconds.
const BOUNDS_MICROS: [u64; 10] = [
    500, 1_000, 2_500, 5_000, 10_000, 25_000, 100_000, 500_000, 2_500_000, 10_000_000,
];
/// The route of what is no path of the node.
const NOWHERE: &str = "none";

/// The counters.
#[derive(Default)]
pub(crate) struct Traffic {
    opened: AtomicU64,
    closed: AtomicU64,
    evicted: AtomicU64,
    refused: AtomicU64,
    not_taken: AtomicU64,
    limited_keys: AtomicU64,
    limited_addresses: AtomicU64,
    routes: Mutex<BTreeMap<String, Route>>,
    problems: Mutex<BTreeMap<&'static str, u64>>,
}

/// What is counted of one route.
#[derive(Default)]
struct Route {
    answers: BTreeMap<(&'static str, u16), u64>,
    buckets: [u64; BOUNDS_MICROS.len()],
    micros: u64,
}

/// A method as logs and labels have it: a client may write any word there.
pub(crate) fn method_name(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

impl Traffic {
    pub(crate) fn connection_opened(&self) {
        self.opened.fetch_add(1, Relaxed);
    }

    pub(crate) fn connection_closed(&self) {
        self.closed.fetch_add(1, Relaxed);
    }

    /// An idle one made room for a new one.
    pub(crate) fn connection_evicted(&self) {
        self.evicted.fetch_add(1, Relaxed);
    }

    /// A new one found no room.
    pub(crate) fn connection_refused(&self) {
        self.refused.fetch_add(1, Relaxed);
    }

    /// A new one could not be taken.
    pub(crate) fn connection_not_taken(&self) {
        self.not_taken.fetch_add(1, Relaxed);
    }

    pub(crate) fn limited_key(&self) {
        self.limited_keys.fetch_add(1, Relaxed);
    }

    pub(crate) fn limited_address(&self) {
        self.limited_addresses.fetch_add(1, Relaxed);
    }

    /// An answer: `route` as the router has it, empty for none; `code` of a problem, else
    /// empty.
    pub(crate) fn answered(
        &self,
        route: &str,
        method: &'static str,
        status: u16,
        code: &'static str,
        took: Duration,
    ) {
        let route = if route.is_empty() { NOWHERE } else { route };
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let mut routes = lock(&self.routes);
        if !routes.contains_key(route) {
            routes.insert(route.to_owned(), Route::default());
        }
        if let Some(of) = routes.get_mut(route) {
            *of.answers.entry((method, status)).or_default() += 1;
            of.micros = of.micros.saturating_add(micros);
            for (bound, bucket) in BOUNDS_MICROS.iter().zip(&mut of.buckets) {
                *bucket += u64::from(micros <= *bound);
            }
        }
        drop(routes);
        if !code.is_empty() {
            *lock(&self.problems).entry(code).or_default() += 1;
        }
    }

    /// Writes everything for Prometheus.
    pub(crate) fn expose(&self, out: &mut String) {
        self.expose_connections(out);
        let name = "fundtrail_http_rate_limited_total";
        let help = "Requests above a quota, by what was counted.";
        let limited = [
            ("key", self.limited_keys.load(Relaxed)),
            ("address", self.limited_addresses.load(Relaxed)),
        ];
        counters(out, name, help, "by", limited);
        let name = "fundtrail_http_problems_total";
        let problems = lock(&self.problems).clone();
        counters(out, name, "Problem documents, by code.", "code", problems);

        let routes = lock(&self.routes);
        let name = "fundtrail_http_requests_total";
        family(out, name, "counter", "Requests answered.");
        for (route, of) in routes.iter() {
            for ((method, status), count) in &of.answers {
                let labels = [
                    ("method", *method),
                    ("route", route),
                    ("status", &status.to_string()),
                ];
                sample(out, name, &labels, count);
            }
        }
        let name = "fundtrail_http_request_seconds";
        let help = "What it took until the answer began.";
        family(out, name, "histogram", help);
        for (route, of) in routes.iter() {
            let took = Times {
                bounds: &BOUNDS_MICROS,
                buckets: &of.buckets,
                count: of.answers.values().sum(),
                sum: of.micros,
            };
            times(out, name, &[("route", route)], &took);
        }
    }

    fn expose_connections(&self, out: &mut String) {
        let closed = self.closed.load(Relaxed);
        let opened = self.opened.load(Relaxed);
        let name = "fundtrail_http_connections";
        let open = opened.saturating_sub(closed);
        single(out, name, "gauge", "Connections open.", open);
        let name = "fundtrail_http_connections_total";
        let help = "Connections that came: served, refused for want of room, or not to be taken.";
        let came = [
            ("served", opened),
            ("refused", self.refused.load(Relaxed)),
            ("failed", self.not_taken.load(Relaxed)),
        ];
        counters(out, name, help, "outcome", came);
        let name = "fundtrail_http_connections_evicted_total";
        let help = "Idle connections closed to make room.";
        single(out, name, "counter", help, self.evicted.load(Relaxed));
    }
}

/// A thread that panicked while it held the lock left what was there before.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

//! The `[limits]` of the file: how much the node does at a time, and for one client.

use std::time::Duration;

use fundtrail_http::Quotas;

use super::sources::Sources;

/// Open files that are not connections: the storage's 512, those who ask how the node is, and
/// what else a process has.
const OTHER_FILES: usize = 640;

/// Twice what the storage keeps in memory, and writes when it must.
const RESERVE_MIB: usize = 128;

/// The `[limits]` of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// The most submissions that wait, 1 to 65,536.
    pub(crate) queue: usize,
    /// The most submissions of one commit, 1 to 4,096.
    pub(crate) batch: usize,
    /// The most requests worked on at a time, 1 to 500.
    pub(crate) requests: usize,
    /// The most connections open at a time, 1 to 65,536.
    pub(crate) connections: usize,
    /// The most readers that listen at a time, fewer than connections.
    pub(crate) listeners: usize,
    /// How long a connection may be silent, 1 to 600 s.
    pub(crate) idle: Duration,
    /// How long nothing more of a body may come, 1 to 600 s.
    pub(crate) body: Duration,
    /// How long what was begun may take when told to stop, 1 to 300 s.
    pub(crate) grace: Duration,
    /// Free space of the data's disk with less than which nothing is recorded, in MiB, 0 to
    /// 1,048,576.
    pub(crate) reserve_mib: usize,
    /// Requests of one client a minute, 0 to 10,000,000.
    pub(crate) quotas: Quotas,
}

impl Default for Limits {
    fn default() -> Limits {
        let served = fundtrail_http::Limits::default();
        Limits {
            queue: 1024,
            batch: 512,
            requests: served.requests_max,
            connections: served.connections_max,
            listeners: served.listeners_max,
            idle: served.idle_timeout,
            body: served.body_timeout,
            grace: served.grace,
            reserve_mib: RESERVE_MIB,
            quotas: served.quotas,
        }
    }
}

impl Limits {
    /// From the sources; what does not hold is said there.
    pub(super) fn gather(sources: &mut Sources) -> Limits {
        let default = Limits::default();
        let quotas = default.quotas;
        let limits = Limits {
            queue: limit(sources, "limits.queue", 1, 65_536, default.queue),
            batch: limit(sources, "limits.batch", 1, 4096, default.batch),
            requests: limit(sources, "limits.requests", 1, 500, default.requests),
            connections: limit(
                sources,
                "limits.connections",
                1,
                65_536,
                default.connections,
            ),
            listeners: limit(sources, "limits.listeners", 0, 65_535, default.listeners),
            idle: seconds(sources, "limits.idle_seconds", 600, default.idle),
            body: seconds(sources, "limits.body_seconds", 600, default.body),
            grace: seconds(sources, "limits.stop_seconds", 300, default.grace),
            reserve_mib: limit(
                sources,
                "limits.reserve_mib",
                0,
                1 << 20,
                default.reserve_mib,
            ),
            quotas: Quotas {
                key_reads: quota(sources, "limits.key_reads", quotas.key_reads),
                key_submissions: quota(sources, "limits.key_submissions", quotas.key_submissions),
                address_reads: quota(sources, "limits.address_reads", quotas.address_reads),
                address_submissions: quota(
                    sources,
                    "limits.address_submissions",
                    quotas.address_submissions,
                ),
                counts_loopback: sources
                    .take("limits.count_loopback", None)
                    .unwrap_or(quotas.counts_loopback),
            },
        };
        if limits.listeners >= limits.connections {
            sources.complain(format!(
                "limits.listeners: {} listeners would take all of {} connections \
                 (limits.connections)",
                limits.listeners, limits.connections
            ));
        }
        limits
    }

    /// As those who serve are told.
    pub(crate) fn served(&self) -> fundtrail_http::Limits {
        fundtrail_http::Limits {
            requests_max: self.requests,
            connections_max: self.connections,
            listeners_max: self.listeners,
            idle_timeout: self.idle,
            body_timeout: self.body,
            grace: self.grace,
            quotas: self.quotas,
            ..fundtrail_http::Limits::default()
        }
    }

    /// The reserve in bytes.
    pub(crate) fn reserve_bytes(&self) -> u64 {
        (self.reserve_mib as u64) << 20
    }

    /// What is wrong where this process may have so many files open.
    pub(crate) fn lacks_files(&self, may_open: Option<usize>) -> Option<String> {
        let need = self.connections + OTHER_FILES;
        let may_open = may_open.filter(|may_open| *may_open < need)?;
        Some(format!(
            "limits.connections: {} connections need {need} open files, and this process may \
             have {may_open}: raise its limit (LimitNOFILE, ulimit -n), or take fewer",
            self.connections
        ))
    }
}

/// How many files this process may have open, where the system says so.
pub(crate) fn open_files_max() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    soft_limit(&limits)
}

fn soft_limit(limits: &str) -> Option<usize> {
    let mut lines = limits.lines();
    let line = lines.find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

pub(super) fn limit(
    sources: &mut Sources,
    name: &'static str,
    least: usize,
    most: usize,
    default: usize,
) -> usize {
    let value = sources.take(name, None).unwrap_or(default);
    if !(least..=most).contains(&value) {
        sources.complain(format!("{name}: {value} is not {least} to {most}"));
    }
    value
}

fn seconds(sources: &mut Sources, name: &'static str, most: usize, default: Duration) -> Duration {
    let default = usize::try_from(default.as_secs()).unwrap_or(most);
    Duration::from_secs(limit(sources, name, 1, most, default) as u64)
}

/// 0 counts nothing.
fn quota(sources: &mut Sources, name: &'static str, default: u32) -> u32 {
    let default = usize::try_from(default).unwrap_or(usize::MAX);
    let value = limit(sources, name, 0, 10_000_000, default);
    u32::try_from(value).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_need_files() {
        let limits = Limits::default();
        assert_eq!(limits.connections + OTHER_FILES, 1024, "the usual limit");
        assert_eq!(limits.lacks_files(Some(1024)), None);
        assert_eq!(limits.lacks_files(None), None);
        let said = limits.lacks_files(Some(1023)).unwrap();
        let words = "384 connections need 1024 open files, and this process may have 1023";
        assert!(said.contains(words), "{said}");
    }

    #[test]
    fn the_system_says_how_many_files() {
        let text = "Limit   Soft Limit  Hard Limit  Units\n\
            Max processes   127   128   processes\n\
            Max open files            1024                 524288               files\n";
        assert_eq!(soft_limit(text), Some(1024));
        assert_eq!(
            soft_limit("Max open files   unlimited   unlimited   files"),
            None
        );
        assert_eq!(soft_limit(""), None);
    }
}

//! The tracer: which calls a node makes on the files of its ledger, and one of them made to
//! fail. It is `strace`, between the test and the node.
//!
//! Two of its ways to kill were tried out, and are tried again by [`assert_works`]: SIGKILL
//! that is given on the way into a call keeps the call from being made; SIGUSR2, which a node
//! does not handle, ends the process when the call was made, before it can do anything else.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Calls that change files. `?`: not every architecture has it.
const CALLS: &str = "write,pwrite64,writev,pwritev,fsync,fdatasync,?rename,renameat,?renameat2,\
                     ftruncate,fallocate,openat,?unlink,unlinkat,?link,linkat,?mkdir,mkdirat";

/// What the node writes beside its ledger: the diary of RocksDB and the lock.
const NO_LEDGER: [&str; 3] = ["ledger/LOG", "ledger/LOCK", "node.log"];

/// How a call is made to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Way {
    /// The call is not made, and says that the disk is broken.
    InputOutput,
    /// The call is not made, and says that the disk is full.
    NoSpace,
    /// The process dies, and the call is not made.
    KilledBefore,
    /// The process dies once the call is made.
    KilledAfter,
    /// The process dies when half of what the call writes is written.
    KilledWithin,
    /// The process dies before a sync, and what the file had not been synced is gone: the
    /// machine died.
    PowerCut,
}

impl Way {
    pub(crate) const ALL: [Way; 6] = [
        Way::InputOutput,
        Way::NoSpace,
        Way::KilledBefore,
        Way::KilledAfter,
        Way::KilledWithin,
        Way::PowerCut,
    ];

    /// Whether a call can fail in this way.
    pub(crate) fn fits(self, call: &Call) -> bool {
        match self {
            Way::KilledWithin => call.name.contains("write"),
            Way::PowerCut => call.name.ends_with("sync") && call.sort() != Sort::Directory,
            _ => true,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Way::InputOutput => "error EIO",
            Way::NoSpace => "error ENOSPC",
            Way::KilledBefore => "killed, not written",
            Way::KilledAfter => "killed, written",
            Way::KilledWithin => "killed, half written",
            Way::PowerCut => "power cut at a sync",
        }
    }

    const fn injected(self) -> &'static str {
        match self {
            Way::InputOutput => "error=EIO",
            Way::NoSpace => "error=ENOSPC",
            Way::KilledBefore | Way::PowerCut => "signal=KILL",
            Way::KilledAfter | Way::KilledWithin => "signal=USR2",
        }
    }
}

/// A call on a file of the ledger: the n-th of its name that one thread makes on that file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Call {
    pub(crate) name: String,
    /// Under the data directory.
    pub(crate) file: String,
    /// From 1.
    pub(crate) nth: usize,
}

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sort {
    /// The write-ahead log: here are the commits.
    Log,
    /// Rows, in order.
    Table,
    /// Which files there are.
    Manifest,
    /// `CURRENT`, which names the manifest, `IDENTITY`, and what becomes one of them.
    Current,
    Options,
    Directory,
}

impl Call {
    pub(crate) fn sort(&self) -> Sort {
        let has = |end: &str| self.file.ends_with(end);
        if has(".log") {
            Sort::Log
        } else if has(".sst") {
            Sort::Table
        } else if self.file.contains("MANIFEST-") {
            Sort::Manifest
        } else if self.file.contains("OPTIONS-") {
            Sort::Options
        } else if has("CURRENT") || has("IDENTITY") || self.file.contains(".dbtmp") {
            Sort::Current
        } else {
            Sort::Directory
        }
    }
}

/// What was done to a call, by what the tracer wrote down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Struck {
    /// The call never came.
    Missed,
    /// It got the error.
    Failed,
    /// The process was killed at it.
    Killed,
}

/// Stands in for `fundtraild`: starts it under the tracer, with the words that lie in the data
/// directory. One file for all points: writing a program while others start is a race.
pub(crate) fn stand_in(folder: &Path, binary: &Path) -> PathBuf {
    let script = folder.join("traced.sh");
    let words = format!(
        "#!/bin/sh\n# serve --listen ADDRESS --config FILE\n\
         data=\"${{5%/*}}\"\n\
         echo $$ > \"$data/pid\"\n\
         exec strace -D -f -y -s 0 -e signal=kill,usr2 -o \"$data/trace\" $(cat \"$data/tracing\") '{}' \"$@\"\n",
        binary.display()
    );
    fs::write(&script, words).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o700)).unwrap();
    script
}

/// The node in `data` is only watched.
pub(crate) fn watch(data: &Path) {
    fs::write(data.join("tracing"), format!("-e trace={CALLS}")).unwrap();
}

/// The node in `data` has this call made to fail.
pub(crate) fn strike(data: &Path, call: &Call, way: Way) {
    let Call { name, file, nth } = call;
    let path = data.join(file);
    let words = format!(
        "-P {} -e trace={name},write,ftruncate -e inject={name}:{}:when={nth}",
        path.display(),
        way.injected()
    );
    fs::write(data.join("tracing"), words).unwrap();
}

/// What became of the call. The node must have ended.
pub(crate) fn struck(data: &Path) -> Struck {
    let text = trace(data);
    if text.contains("+++ killed by SIGKILL") || text.contains("+++ killed by SIGUSR2") {
        Struck::Killed
    } else if text.contains("(INJECTED)") {
        Struck::Failed
    } else {
        Struck::Missed
    }
}

/// Takes away half of what the call wrote, as if the process had been killed in it. The call
/// that was struck is the last one on the file, and wrote at its end.
pub(crate) fn tear(data: &Path, call: &Call) {
    let last = trace(data)
        .lines()
        .rev()
        .find_map(|line| returned(line, &call.name));
    if let Some(written) = last {
        cut(&data.join(&call.file), |length| {
            length.saturating_sub(written.div_ceil(2))
        });
    }
}

/// Takes away what was written to the file since it was synced last. The node made the file,
/// and writes at its end.
pub(crate) fn lose_unsynced(data: &Path, call: &Call) {
    let (mut written, mut synced) = (0, 0);
    for line in trace(data).lines() {
        if let Some(bytes) = returned(line, "write") {
            written += bytes;
        }
        if ["fsync", "fdatasync"]
            .iter()
            .any(|name| returned(line, name).is_some())
        {
            synced = written;
        }
    }
    cut(&data.join(&call.file), |length| length.min(synced));
}

/// What the call of that name gave back, if the line is one that was made and did not fail.
fn returned(line: &str, name: &str) -> Option<u64> {
    let (_, made) = line.split_once(' ')?;
    let made = made.trim_start();
    let is_it =
        made.starts_with(&format!("{name}(")) || made.starts_with(&format!("<... {name} resumed>"));
    let (_, count) = line.rsplit_once(" = ")?;
    is_it.then(|| count.trim().parse().ok())?
}

fn cut(path: &Path, length: impl FnOnce(u64) -> u64) {
    // Renamed since, or not made: there is nothing to cut.
    if let Ok(file) = fs::File::options().write(true).open(path) {
        let now = file.metadata().unwrap().len();
        file.set_len(length(now)).unwrap();
    }
}

/// What the tracer wrote, once it knows that everybody is gone.
fn trace(data: &Path) -> String {
    let until = Instant::now() + Duration::from_secs(5);
    loop {
        let bytes = fs::read(data.join("trace")).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        // The first line is of the first thread, which ends last.
        let first = text.split_whitespace().next().unwrap_or("?");
        let is_over = text.lines().rev().take(64).any(|line| {
            line.split_once(' ').is_some_and(|(thread, rest)| {
                thread == first && rest.trim_start().starts_with("+++")
            })
        });
        if is_over || Instant::now() > until {
            return text;
        }
        sleep(Duration::from_millis(5));
    }
}

/// The calls on the ledger's files in `data` that were watched, each once, in the order in
/// which they came. Opening counts where it makes the file.
pub(crate) fn calls(data: &Path) -> Vec<Call> {
    let mut made: BTreeMap<(String, String, String), usize> = BTreeMap::new();
    let mut calls = Vec::new();
    for line in trace(data).lines() {
        let Some((thread, name, file)) = line.split_once(' ').and_then(|(thread, rest)| {
            let (name, rest) = rest.trim_start().split_once('(')?;
            Some((thread, name, file_of(name, rest, data)?))
        }) else {
            continue;
        };
        let nth = made
            .entry((thread.to_owned(), name.to_owned(), file.clone()))
            .or_default();
        *nth += 1;
        let changes = match name {
            "openat" => line.contains("O_CREAT"),
            // Directories that are there already are asked for too.
            "mkdir" | "mkdirat" => line.ends_with("= 0"),
            _ => true,
        };
        let call = Call {
            name: name.to_owned(),
            file,
            nth: *nth,
        };
        let is_ledger = !NO_LEDGER.iter().any(|other| call.file.starts_with(other));
        if changes && is_ledger && !calls.contains(&call) {
            calls.push(call);
        }
    }
    calls
}

/// The first file that a call names, if it is in `data`.
fn file_of(name: &str, arguments: &str, data: &Path) -> Option<String> {
    let by_name = ["open", "rename", "unlink", "link", "mkdir"];
    let (from, to) = if by_name.iter().any(|start| name.starts_with(start)) {
        ('"', '"')
    } else {
        ('<', '>')
    };
    let (_, path) = arguments.split_once(from)?;
    let (path, _) = path.split_once(to)?;
    let file = Path::new(path).strip_prefix(data).ok()?;
    Some(file.to_string_lossy().into_owned())
}

/// Says what is wrong if this machine cannot do it: without it nothing here is tried.
///
/// # Panics
/// When there is no `strace`, when processes may not be traced, or when a call that was to be
/// struck was not, or otherwise than it should.
pub(crate) fn assert_works(folder: &Path) {
    let (file, log) = (folder.join("probe"), folder.join("probe.trace"));
    // Three writes of two bytes by one process.
    let writes = "printf a1; printf b2; printf c3";
    for (injected, wanted) in [
        ("signal=KILL", "a1"),
        ("signal=USR2", "a1b2"),
        ("error=EIO", "a1c3"),
        ("error=ENOSPC", "a1c3"),
    ] {
        let output = Command::new("strace")
            .args(["-D", "-f", "-y", "-o"])
            .arg(&log)
            .arg("-P")
            .arg(&file)
            .args(["-e", "trace=write", "-e"])
            .arg(format!("inject=write:{injected}:when=2"))
            .args([
                "sh",
                "-c",
                &format!("{{ {writes}; }} > '{}' 2>/dev/null", file.display()),
            ])
            .output()
            .unwrap_or_else(|error| {
                panic!("strace cannot be run ({error}): install it, as `cargo xtask test` does")
            });
        let written = fs::read_to_string(&file).unwrap_or_default();
        assert_eq!(
            written,
            wanted,
            "calls cannot be made to fail here ({injected}): tracing must be permitted \
             (ptrace_scope, the capability SYS_PTRACE in a container): {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

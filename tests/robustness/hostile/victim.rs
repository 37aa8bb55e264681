//! A node that is being attacked, and what must be so of it all the time.

use std::fs;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use fundtrail_tests::{READY, Scratch};

/// How long anybody else waits for an answer, at most: machines under test are busy ones.
const PATIENCE: Duration = Duration::from_secs(10);
/// What the log may grow to, in bytes, besides what is said of requests that were sent on
/// purpose: an attack must not fill the disk.
const LOG_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// What is said of the requests around one entry, in bytes.
const LOG_BYTES_AN_ENTRY: u64 = 100_000;

/// The node, and how it was before.
pub(super) struct Victim {
    pub(super) scratch: Scratch,
    size: u64,
    memory_before: u64,
    log_bytes_max: u64,
}

impl Victim {
    /// A node whose fund works, with these lines in its configuration besides.
    pub(super) fn start(configuration: &str) -> Victim {
        let mut scratch = Scratch::start();
        if !configuration.is_empty() {
            let file = scratch.node.data.join("fundtraild.toml");
            let text = fs::read_to_string(&file).unwrap();
            fs::write(&file, format!("{text}\n{configuration}\n")).unwrap();
            scratch.restart();
        }
        let size = scratch.play(READY).shadow().size();
        let mut victim = Victim {
            scratch,
            size,
            memory_before: 0,
            log_bytes_max: LOG_BYTES_MAX,
        };
        victim.is_well("before", u64::MAX);
        victim.memory_before = victim.memory();
        victim
    }

    /// What the scenario left, and what was recorded on purpose since.
    pub(super) fn recorded(&mut self, count: u64) {
        self.size += count;
        self.log_bytes_max += count * LOG_BYTES_AN_ENTRY;
    }

    /// Others are answered, nothing was recorded, nothing panicked, and no more memory is used
    /// than `more` bytes above what it was before.
    pub(super) fn is_well(&self, after: &str, more: u64) {
        let began = Instant::now();
        for path in ["/healthz", "/readyz"] {
            let answer = self.ask(
                format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes(),
            );
            assert!(
                answer.starts_with("HTTP/1.1 200 "),
                "{path} after {after}: {answer}"
            );
        }
        let (status, checkpoint) = self
            .scratch
            .client()
            .get("/checkpoint", "text/plain")
            .unwrap();
        assert_eq!(status, 200, "after {after}");
        let took = began.elapsed();
        assert!(took < PATIENCE, "{took:?} for three answers after {after}");
        let size: u64 = checkpoint.lines().nth(1).unwrap().parse().unwrap();
        assert_eq!(size, self.size, "something was recorded after {after}");
        let grown = self.memory().saturating_sub(self.memory_before);
        assert!(grown <= more, "{} MiB more after {after}", grown >> 20);
        let log = self.scratch.node.data.join("node.log");
        assert!(
            fs::metadata(&log).unwrap().len() < self.log_bytes_max,
            "the log after {after}"
        );
        let text = fs::read_to_string(&log).unwrap();
        assert!(!text.contains("panicked"), "after {after}: {text}");
    }

    /// What the process has of the machine's memory (VmRSS), in bytes; 0 where the machine
    /// does not say.
    pub(super) fn memory(&self) -> u64 {
        let path = format!("/proc/{}/status", self.scratch.node.id());
        let text = fs::read_to_string(path).unwrap_or_default();
        let mut lines = text.lines();
        let line = lines.find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        kib.unwrap_or(0) * 1024
    }

    /// How much more it has than before, in MiB.
    pub(super) fn grown_mib(&self) -> u64 {
        self.memory().saturating_sub(self.memory_before) >> 20
    }

    /// A connection.
    pub(super) fn connect(&self) -> TcpStream {
        let address = self.scratch.node.url.trim_start_matches("http://");
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Sends bytes on a connection of their own; gives all that comes until the node closes it,
    /// or says nothing more.
    pub(super) fn ask(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        // It may hang up before the end.
        let _ = stream.write_all(bytes);
        rest(&mut stream)
    }
}

/// Everything that still comes.
pub(super) fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Ok(_) => {}
        // What came before is kept.
        Err(error) => assert!(
            matches!(
                error.kind(),
                ErrorKind::ConnectionReset | ErrorKind::WouldBlock | ErrorKind::TimedOut
            ),
            "{error}"
        ),
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

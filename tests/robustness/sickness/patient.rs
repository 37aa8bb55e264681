//! A node under test, what it was given, and the ways to make its machine sick.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use fundtrail_demo::{HttpTarget, Node};
use fundtrail_model::LogPolicy;
use fundtrail_model::note::VerifierKey;
use fundtrail_model::receipt::Receipt;
use fundtrail_scenario::Run;
use fundtrail_tests::{ORIGIN, READY, binary, minutes, now, scenario};
use serde_json::Value;
use tempfile::TempDir;

/// How long anything may take that should come soon, on a busy machine.
pub(crate) const SOON: Duration = Duration::from_secs(30);

/// A transaction that was sent.
#[derive(Clone)]
pub(crate) struct Sent {
    pub(crate) id: String,
    bytes: Vec<u8>,
}

/// A node with a working fund, and all receipts it gave.
pub(crate) struct Patient {
    pub(crate) node: Node,
    given: Vec<(String, String)>,
    serial: u64,
    data: PathBuf,
    scripts: TempDir,
}

impl Patient {
    /// Founds a ledger in `data` and plays it ready, by a node that was started by a shell
    /// after these lines.
    pub(crate) fn found(data: &Path, lines: &str) -> Patient {
        Node::init(&binary("fundtraild"), data, ORIGIN).unwrap();
        let scripts = TempDir::new().unwrap();
        let node = Node::start(&script(scripts.path(), lines), data, "127.0.0.1:0").unwrap();
        let mut patient = Patient {
            node,
            given: Vec::new(),
            serial: 0,
            data: data.to_owned(),
            scripts,
        };
        patient.play();
        patient
    }

    fn play(&mut self) {
        let site = self.node.site(ORIGIN, now()).unwrap();
        let mut run = Run::new(&site).unwrap();
        let mut target = self.client();
        for action in &scenario(READY).actions {
            let line = run.play(action, Some(&mut target)).unwrap();
            assert!(line.problem.is_none(), "{:?} {}", line.problem, line.text);
        }
        assert!(run.shadow().size() > 0);
    }

    /// Stops the node, so that it gives back what it set aside, and starts it after other
    /// lines; its words where it does not start.
    pub(crate) fn restart(&mut self, lines: &str) -> Result<(), String> {
        if self.node.ended().unwrap().is_none() {
            self.node.stop().unwrap();
        }
        let script = script(self.scripts.path(), lines);
        self.node =
            Node::start(&script, &self.data, "127.0.0.1:0").map_err(|error| error.to_string())?;
        Ok(())
    }

    pub(crate) fn client(&self) -> HttpTarget {
        HttpTarget::new(&self.node.url, ORIGIN)
    }

    /// The next transaction: the cheapest honest one, the manager files minutes.
    pub(crate) fn next(&mut self) -> Sent {
        self.serial += 1;
        let id = format!("minutes-{}", self.serial);
        let bytes = minutes(&id).to_json().into_bytes();
        Sent { id, bytes }
    }

    /// Sends it: `None` with a receipt, which is kept, else status and code.
    pub(crate) fn send(&mut self, sent: &Sent) -> Option<(u16, String)> {
        match post(&self.client(), sent) {
            Ok(receipt) => {
                self.given.push((sent.id.clone(), receipt));
                None
            }
            Err(refused) => Some(refused),
        }
    }

    /// Sends a new one, which must be recorded.
    #[track_caller]
    pub(crate) fn record(&mut self) {
        let sent = self.next();
        assert_eq!(self.send(&sent), None);
    }

    /// Sends a new one, which must be refused so; and gives it.
    #[track_caller]
    pub(crate) fn refused(&mut self, code: &str) -> Sent {
        let sent = self.next();
        assert_eq!(self.send(&sent), Some((503, code.to_owned())));
        sent
    }

    /// Posts the next one as a draft, which is kept beside the log: status and code.
    pub(crate) fn draft(&mut self) -> (u16, String) {
        let bytes = self.next().bytes;
        let client = self.client();
        let (status, text) = client
            .post_as("/v1/drafts", &bytes, "manager/maker")
            .unwrap();
        (status, code_of(&text))
    }

    /// Keeps what others were given.
    pub(crate) fn keep(&mut self, receipts: Vec<(String, String)>) {
        self.given.extend(receipts);
    }

    /// Status and problem code of a path, as anybody.
    pub(crate) fn ask(&self, path: &str) -> (u16, String) {
        let (status, text) = self.client().get(path, "*/*").unwrap();
        (status, code_of(&text))
    }

    /// Waits until readiness is so.
    #[track_caller]
    pub(crate) fn await_ready(&self, status: u16, code: &str) {
        let limit = Instant::now() + SOON;
        loop {
            let now = self.ask("/readyz");
            if now == (status, code.to_owned()) {
                return;
            }
            assert!(Instant::now() < limit, "readiness stays {now:?}");
            sleep(Duration::from_millis(50));
        }
    }

    /// Every receipt ever given is served as it was and verifies. Their number.
    #[track_caller]
    pub(crate) fn check_receipts(&self) -> usize {
        let verifier = VerifierKey::parse(&self.node.log_key().unwrap()).unwrap();
        let policy = LogPolicy::of_log(verifier).unwrap();
        let client = self.client();
        for (id, receipt) in &self.given {
            let path = format!("/v1/transactions/{id}");
            let (status, text) = client.get(&path, "text/plain").unwrap();
            assert_eq!((status, &text), (200, receipt), "{id}");
            let receipt = Receipt::parse(text.as_bytes()).unwrap();
            receipt.verify_self_contained(&policy).unwrap();
        }
        self.given.len()
    }

    /// What the node has logged.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.data.join("node.log")).unwrap()
    }

    /// The whole ledger verifies from outside.
    #[track_caller]
    pub(crate) fn audit(&self) {
        let output = Command::new(binary("fundtrail"))
            .args(["audit", "--node", &self.node.url])
            .args(["--log-key", &self.node.log_key().unwrap()])
            .env(
                "FUNDTRAIL_TOKEN",
                fundtrail_demo::token(fundtrail_demo::READER, ORIGIN).unwrap(),
            )
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
    }

    /// Has system calls of the running node tampered with, as strace writes it, until the
    /// guard is dropped.
    pub(crate) fn tamper(&self, calls: &str, how: &str) -> Tampering {
        let diary = self.scripts.path().join("strace");
        let _ = fs::remove_file(&diary);
        let child = Command::new("strace")
            .args(["-f", "-p", &self.node.id().to_string(), "-o"])
            .arg(&diary)
            .args(["-e", &format!("trace={calls}")])
            .args(["-e", &format!("inject={calls}:{how}")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("strace is needed (`apt-get install strace`): {error}"));
        let mut tampering = Tampering(child);
        let limit = Instant::now() + SOON;
        // Attached to every thread: each names who traces it.
        while !is_traced(&format!("/proc/{}/task", self.node.id())) {
            assert!(
                tampering.0.try_wait().unwrap().is_none(),
                "strace may not attach: this test needs the right to trace (root, or \
                 CAP_SYS_PTRACE)"
            );
            assert!(Instant::now() < limit, "strace does not attach");
            sleep(Duration::from_millis(10));
        }
        tampering
    }
}

/// System calls are tampered with while it lives.
pub(crate) struct Tampering(Child);

impl Drop for Tampering {
    fn drop(&mut self) {
        // Told politely, so that it lets go of the node.
        let id = self.0.id().to_string();
        let _ = Command::new("kill").args(["-INT", &id]).status();
        let _ = self.0.wait();
    }
}

fn is_traced(tasks: &str) -> bool {
    let mut all = fs::read_dir(tasks).unwrap().flatten();
    all.all(|task| {
        // A thread that ended meanwhile needs no tracer.
        fs::read_to_string(task.path().join("status"))
            .map_or(true, |status| !status.contains("TracerPid:\t0\n"))
    })
}

/// A small disk of its own, unmounted when dropped.
pub(crate) struct Disk(TempDir);

impl Disk {
    pub(crate) fn mount(mib: u32) -> Disk {
        let folder = TempDir::new().unwrap();
        let size = format!("size={mib}m");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "fundtrail-test"])
            .arg(folder.path())
            .status();
        assert!(
            mounted.is_ok_and(|status| status.success()),
            "a small disk cannot be mounted: this test needs the right to mount (root, or \
             CAP_SYS_ADMIN)"
        );
        Disk(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Mounts it otherwise; whether that worked.
    pub(crate) fn remount(&self, how: &str) -> bool {
        Command::new("mount")
            .args(["-o", &format!("remount,{how}")])
            .arg(self.path())
            .stderr(Stdio::null())
            .status()
            .unwrap()
            .success()
    }

    /// Fills it until so many KiB are free.
    pub(crate) fn fill(&self, leave_kib: u64) {
        let free = self.free_kib();
        let filler = fs::File::create(self.path().join(FILLER)).unwrap();
        let kib = free.saturating_sub(leave_kib);
        // Takes the room at once.
        let status = Command::new("fallocate")
            .args(["-l", &format!("{kib}KiB")])
            .arg(self.path().join(FILLER))
            .status()
            .unwrap();
        drop(filler);
        assert!(status.success());
    }

    pub(crate) fn clear(&self) {
        fs::remove_file(self.path().join(FILLER)).unwrap();
    }

    pub(crate) fn free_kib(&self) -> u64 {
        let output = Command::new("stat")
            .args(["-f", "-c", "%a %S"])
            .arg(self.path())
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let (blocks, size) = text.trim().split_once(' ').unwrap();
        blocks.parse::<u64>().unwrap() * size.parse::<u64>().unwrap() / 1024
    }
}

const FILLER: &str = "filler";

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

/// A program that runs these lines of shell, then becomes the node.
fn script(folder: &Path, lines: &str) -> PathBuf {
    let path = folder.join("node.sh");
    let node = binary("fundtraild");
    let text = format!("#!/bin/sh\n{lines}\nexec '{}' \"$@\"\n", node.display());
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// Sends it: the receipt, or status and code.
pub(crate) fn post(client: &HttpTarget, sent: &Sent) -> Result<String, (u16, String)> {
    let (status, text) = client.post("/v1/transactions", &sent.bytes).unwrap();
    if !matches!(status, 200 | 201) {
        return Err((status, code_of(&text)));
    }
    let answer: Value = serde_json::from_str(&text).unwrap();
    Ok(answer["receipt"].as_str().unwrap().to_owned())
}

fn code_of(text: &str) -> String {
    let document: Value = serde_json::from_str(text).unwrap_or_default();
    let said = serde_json::to_string(&document).unwrap();
    assert!(!said.contains("/tmp"), "it tells where it lies: {said}");
    document["code"].as_str().unwrap_or_default().to_owned()
}

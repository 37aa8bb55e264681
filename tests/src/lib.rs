//! What the end-to-end tests share: the built binaries, a node on a scratch RocksDB, and a
//! fund that is ready to work.
//!
//! Everything here goes through the product's own doors: processes, files and HTTP.

pub mod benchmark;
pub mod browser;
mod minutes;
pub mod soak;
pub mod tools;
pub mod watched;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use fundtrail_demo::{HttpTarget, Node, READER, token};
use fundtrail_model::Moment;
use fundtrail_scenario::{Run, Scenario, read};
use tempfile::TempDir;

pub use minutes::minutes;

/// The origin of the ledgers under test.
pub const ORIGIN: &str = "ledger.test/fund";

/// A scenario after which the fund works: 3,000,000.00 in `main`, money in `at-a` and `at-b`.
pub const READY: &str = "s03-transfers-to-dedicated-accounts.scn";

/// The built binary of that name. Builds it first: a test must never run an old one.
///
/// # Panics
/// When it cannot be built.
pub fn binary(name: &str) -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let folder = BUILT.get_or_init(|| {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let built = Command::new(cargo)
            .args(["build", "--quiet", "-p", "fundtraild", "-p", "fundtrail"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status();
        assert!(
            built.is_ok_and(|status| status.success()),
            "the binaries do not build"
        );
        // This test runs from `<profile folder>/deps/`.
        let own = std::env::current_exe().unwrap_or_default();
        own.ancestors()
            .nth(2)
            .map(Path::to_path_buf)
            .unwrap_or_default()
    });
    folder.join(name)
}

/// The file of a scenario.
pub fn scenario_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("scenarios")
        .join(name)
}

/// Reads a scenario.
///
/// # Panics
/// When it cannot be read.
pub fn scenario(name: &str) -> Scenario {
    read(&scenario_file(name)).unwrap_or_else(|error| panic!("{error}"))
}

/// The machine's time.
///
/// # Panics
/// When the machine has no time.
pub fn now() -> Moment {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let millis = since
        .ok()
        .and_then(|since| i64::try_from(since.as_millis()).ok());
    millis
        .and_then(Moment::from_millis)
        .unwrap_or_else(|| panic!("this machine has no time"))
}

/// A node over a scratch directory that goes with it.
#[derive(Debug)]
pub struct Scratch {
    /// The node.
    pub node: Node,
    folder: TempDir,
}

impl Scratch {
    /// Makes a ledger and starts its node on a free port.
    ///
    /// # Panics
    /// When the node does not start.
    pub fn start() -> Scratch {
        let folder = TempDir::new().unwrap_or_else(|error| panic!("{error}"));
        let data = folder.path().join("data");
        let fundtraild = binary("fundtraild");
        Node::init(&fundtraild, &data, ORIGIN).unwrap_or_else(|error| panic!("{error}"));
        let node = start(&data);
        Scratch { node, folder }
    }

    /// Starts the node again over the same directory.
    ///
    /// # Panics
    /// When it does not start.
    pub fn restart(&mut self) {
        let _ = self.node.kill();
        self.node = start(&self.folder.path().join("data"));
    }

    /// A folder for what a test writes beside the ledger.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A client.
    pub fn client(&self) -> HttpTarget {
        HttpTarget::new(&self.node.url, ORIGIN)
    }

    /// Plays a scenario on the node; every answer must be as expected.
    ///
    /// # Panics
    /// At the first answer that is not.
    pub fn play(&self, name: &str) -> Run {
        let site = self
            .node
            .site(ORIGIN, now())
            .unwrap_or_else(|error| panic!("{error}"));
        let mut run = Run::new(&site).unwrap_or_else(|error| panic!("{error}"));
        let mut target = self.client();
        for action in &scenario(name).actions {
            let line = run
                .play(action, Some(&mut target))
                .unwrap_or_else(|error| panic!("{error}"));
            assert!(
                line.problem.is_none(),
                "{}: {:?}\n    {}",
                line.place,
                line.problem,
                line.text
            );
        }
        run
    }

    /// A token that reads the whole ledger.
    ///
    /// # Panics
    /// When the machine has no time.
    pub fn token(&self) -> String {
        token(READER, ORIGIN).unwrap_or_else(|fault| panic!("{fault}"))
    }

    /// Runs `fundtrail` as a reader of the whole ledger, and gives its exit code and what it
    /// printed.
    ///
    /// # Panics
    /// When it cannot be run.
    pub fn fundtrail(&self, words: &[&str]) -> (i32, String) {
        let output = Command::new(binary("fundtrail"))
            .args(words)
            .env("FUNDTRAIL_TOKEN", self.token())
            .current_dir(self.folder())
            .output()
            .unwrap_or_else(|error| panic!("{error}"));
        let text = String::from_utf8_lossy(&output.stdout).into_owned()
            + String::from_utf8_lossy(&output.stderr).as_ref();
        (output.status.code().unwrap_or(-1), text)
    }
}

fn start(data: &Path) -> Node {
    Node::start(&binary("fundtraild"), data, "127.0.0.1:0")
        .unwrap_or_else(|error| panic!("{error}"))
}

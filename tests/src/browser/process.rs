//! `chromedriver`: the program between a test and its browser, on a port of its own.

use std::env;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdout, Command, Stdio};

/// What `chromedriver` says before the number of its port.
const STARTED: &str = "started successfully on port ";

/// A running `chromedriver`. Dropping it ends it and every browser it started.
pub(super) struct Driver {
    child: Child,
    /// Kept: `chromedriver` ends when nobody reads what it says.
    _output: BufReader<ChildStdout>,
    /// Where it answers.
    pub(super) url: String,
}

impl Driver {
    /// Starts one on a free port: `CHROMEDRIVER`, or what is on `PATH`.
    ///
    /// # Panics
    /// When there is none.
    pub(super) fn start() -> Driver {
        let program = env::var_os("CHROMEDRIVER").unwrap_or_else(|| "chromedriver".into());
        let started = Command::new(&program)
            .args(["--port=0", "--log-level=WARNING"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn();
        let mut child = started.unwrap_or_else(|error| {
            panic!("chromedriver: {error}; `cargo xtask test` installs it")
        });
        let Some(output) = child.stdout.take() else {
            panic!("chromedriver has no output");
        };
        let mut output = BufReader::new(output);
        let mut said = String::new();
        let port = loop {
            let mut line = String::new();
            if output.read_line(&mut line).unwrap_or(0) == 0 {
                let _ = child.kill();
                let _ = child.wait();
                panic!("chromedriver does not start: {said}");
            }
            if let Some((_, port)) = line.split_once(STARTED) {
                break port.trim().trim_end_matches('.').to_owned();
            }
            said += &line;
        };
        Driver {
            child,
            _output: output,
            url: format!("http://127.0.0.1:{port}"),
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Its browser is in the same process group, and would stay behind.
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.child.wait();
    }
}

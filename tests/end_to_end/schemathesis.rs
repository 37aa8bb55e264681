//! A tester that other people wrote reads the description of the API and asks all it can think
//! of: boundary values, nonsense, chains of requests, other methods, no token. Every answer must
//! be as described.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use fundtrail_tests::Scratch;
use fundtrail_tests::tools::python_venv;

const SCHEMATHESIS: &str = "schemathesis==4.32.5";

/// Cases that are made up for an operation, besides its boundary values.
const CASES: &str = "15";

/// Makes the same requests every time.
const SEED: &str = "20220829";

struct Tester {
    program: PathBuf,
    scratch: Scratch,
}

impl Tester {
    /// The tester, and a node whose ledger has something of everything.
    fn start() -> Option<Tester> {
        let venv = python_venv(&[SCHEMATHESIS])?;
        let scratch = Scratch::start();
        scratch.play("two-years.scn");
        Some(Tester {
            program: venv.join("bin/schemathesis"),
            scratch,
        })
    }

    /// The exit code and what it printed. All of its checks are on.
    fn test(
        &self,
        description: &str,
        words: &[&str],
        token: Option<&str>,
    ) -> (Option<i32>, String) {
        let configuration = Path::new(env!("CARGO_MANIFEST_DIR")).join("end_to_end/schemathesis");
        let mut command = Command::new(&self.program);
        command
            .arg("--config-file")
            .arg(configuration.join("schemathesis.toml"));
        command.args(["run", description, "--url", &self.scratch.node.url]);
        command.args(["--checks", "all", "--max-examples", CASES, "--seed", SEED]);
        command.args([
            "--generation-database",
            "none",
            "--no-color",
            "--continue-on-failure",
        ]);
        command.args(words);
        if let Some(token) = token {
            command.args(["-H", &format!("Authorization: Bearer {token}")]);
        }
        let output = command
            .env("SCHEMATHESIS_HOOKS", configuration.join("hooks.py"))
            .current_dir(self.scratch.folder())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned()
            + String::from_utf8_lossy(&output.stderr).as_ref();
        (output.status.code(), text)
    }

    fn description(&self) -> String {
        format!("{}/openapi.json", self.scratch.node.url)
    }

    /// The description with something in it that is not so.
    fn wrong_description(&self, pointer: &str, value: serde_json::Value) -> String {
        let (status, text) = self.scratch.client().get("/openapi.json", "*/*").unwrap();
        assert_eq!(status, 200, "{text}");
        let mut document: serde_json::Value = serde_json::from_str(&text).unwrap();
        *document.pointer_mut(pointer).unwrap() = value;
        let path = self.scratch.folder().join("wrong.json");
        fs::write(&path, document.to_string()).unwrap();
        path.display().to_string()
    }
}

#[test]
fn every_answer_is_as_described() {
    let Some(tester) = Tester::start() else {
        return;
    };
    let token = tester.scratch.token();
    for token in [Some(token.as_str()), None] {
        let (code, text) = tester.test(&tester.description(), &[], token);
        assert_eq!(code, Some(0), "{text}");
    }
}

/// That the tester would say so.
#[test]
fn what_is_described_wrongly_is_found() {
    let Some(tester) = Tester::start() else {
        return;
    };
    let of_rules = "/components/schemas/Rule/properties/article/type";
    let wrong = tester.wrong_description(of_rules, "string".into());
    let (code, text) = tester.test(&wrong, &["--include-path", "/v1/rules"], None);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("/v1/rules"), "{text}");
    let of_loans = "/paths/~1v1~1loans/get/responses";
    let wrong = tester.wrong_description(
        of_loans,
        serde_json::json!({ "200": { "description": "" } }),
    );
    let (code, text) = tester.test(&wrong, &["--include-path", "/v1/loans"], None);
    assert_eq!(code, Some(1), "{text}");
}

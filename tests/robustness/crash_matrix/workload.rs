//! What a node is asked for while its calls are made to fail: a ledger that is founded, and
//! one that works, with a sealed name, a refusal, a draft and an erasure. Everything is signed
//! once and asked again of a copy of the same directory for each point.

use std::fs;
use std::path::{Path, PathBuf};

use fundtrail_model::{Effects, Fault, Moment, Submission};
use fundtrail_scenario::{Answer, Run, Target, read_text};
use fundtrail_tests::{ORIGIN, READY, Scratch, now, scenario, scenario_file};
use serde_json::Value;
use tempfile::TempDir;

/// What is sealed, and erased later.
pub(crate) const NAME: &str = "鄂尔多斯断电试验有限公司";
/// Entries of the founding that are asked for of an empty directory.
const FOUNDING: usize = 4;
/// The transaction that goes the way of a draft.
const DRAFTED: &str = "drafted";

/// After the founding. The name is sealed and erased again; the draft lies between.
const WORK: &str = "include setup/defaults.scn
2022-01-11 borrower_register id=registered borrower=$E1 registered_on=2017-06-01 sealed.credit_code=91150203MA0N000164 sealed.name=鄂尔多斯断电试验有限公司 => recorded
2022-01-11 particulars_erase id=refused of=never-was decision=\"sha256:no decision\" => refused TRANSACTION_UNKNOWN ...
2022-01-12 transfer id=moved from=main to=at-a amount=1.00 => recorded
2022-01-12 transfer id=drafted from=main to=at-b amount=2.00 => recorded
2022-01-13 particulars_erase id=erasing of=registered decision=\"sha256:decision to erase\" => recorded
2022-01-13 transfer id=moved-again from=main to=at-a amount=3.00 => recorded
";

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An entry: its answer is a receipt.
    Entry,
    /// A submission that is refused, and kept as such.
    Refused,
    /// A draft: its answer is that it is kept.
    Draft,
    /// The last signature of a draft: its answer is a receipt.
    Signature,
}

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) kind: Kind,
    /// Of the transaction.
    pub(crate) id: String,
    pub(crate) path: String,
    pub(crate) body: Vec<u8>,
    /// Whose key asks.
    pub(crate) by: Option<String>,
}

/// A data directory to begin with, what was promised about it, and what is asked then.
pub(crate) struct Chapter {
    pub(crate) name: &'static str,
    /// To be copied.
    pub(crate) base: PathBuf,
    /// Transactions recorded in it, with their receipts.
    pub(crate) given: Vec<(String, String)>,
    pub(crate) steps: Vec<Step>,
}

/// Both chapters, and the folder in which their directories lie.
pub(crate) struct Book {
    pub(crate) chapters: Vec<Chapter>,
    pub(crate) log_key: String,
    pub(crate) folder: TempDir,
}

/// Plays everything once on a node nobody disturbs.
pub(crate) fn write() -> Book {
    let folder = TempDir::new().unwrap();
    let mut scratch = Scratch::start();
    let (empty, founded) = (folder.path().join("empty"), folder.path().join("founded"));
    let log_key = scratch.node.log_key().unwrap();
    let data = scratch.node.data.clone();
    copy(&data, &empty);
    fs::remove_dir_all(empty.join("ledger")).unwrap();

    let site = scratch.node.site(ORIGIN, now()).unwrap();
    let mut run = Run::new(&site).unwrap();
    let mut desk = Desk::new(&scratch);
    play(&mut run, &mut desk, &scenario(READY).actions);
    let (steps, given) = (desk.steps, desk.given);
    scratch.node.kill().unwrap();
    copy(&data, &founded);
    scratch.restart();

    let mut desk = Desk::new(&scratch);
    let work = read_text(&scenario_file("here.scn"), WORK).unwrap();
    play(&mut run, &mut desk, &work.actions);
    let founding = Chapter {
        name: "founding",
        base: empty,
        given: Vec::new(),
        steps: steps.into_iter().take(FOUNDING).collect(),
    };
    let working = Chapter {
        name: "working",
        base: founded,
        given,
        steps: desk.steps,
    };
    Book {
        chapters: vec![founding, working],
        log_key,
        folder,
    }
}

fn play(run: &mut Run, desk: &mut Desk, actions: &[fundtrail_scenario::Action]) {
    for action in actions {
        let line = run.play(action, Some(desk)).unwrap();
        assert!(line.problem.is_none(), "{}: {:?}", line.text, line.problem);
    }
}

/// A directory of files and one of directories of files.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Hands in to a node, and keeps what it handed in and the receipts.
struct Desk<'a> {
    scratch: &'a Scratch,
    steps: Vec<Step>,
    given: Vec<(String, String)>,
}

impl Desk<'_> {
    fn new(scratch: &Scratch) -> Desk<'_> {
        Desk {
            scratch,
            steps: Vec::new(),
            given: Vec::new(),
        }
    }

    /// Posts it without its last signature, then that one.
    fn collect(&mut self, id: &str, submission: &Submission) {
        let client = self.scratch.client();
        let mut draft: Value = serde_json::from_str(&submission.to_json()).unwrap();
        let signatures = draft["envelope"]["signatures"].as_array_mut().unwrap();
        let last = signatures.pop().unwrap();
        let steps = [
            Step {
                kind: Kind::Draft,
                id: id.into(),
                path: "/v1/drafts".into(),
                body: draft.to_string().into_bytes(),
                by: Some("manager/maker".into()),
            },
            Step {
                kind: Kind::Signature,
                id: id.into(),
                path: format!("/v1/drafts/{id}/signatures"),
                body: last.to_string().into_bytes(),
                by: Some("manager/checker".into()),
            },
        ];
        for step in steps {
            let (status, text) = post(&client, &step).unwrap();
            assert_eq!(status, 201, "{text}");
            self.steps.push(step);
        }
    }
}

/// Asks a node for it.
pub(crate) fn post(
    client: &fundtrail_demo::HttpTarget,
    step: &Step,
) -> Result<(u16, String), Fault> {
    match &step.by {
        Some(name) => client.post_as(&step.path, &step.body, name),
        None => client.post(&step.path, &step.body),
    }
}

/// The receipt in an answer.
pub(crate) fn receipt_of(text: &str) -> Option<String> {
    let answer: Value = serde_json::from_str(text).ok()?;
    answer["receipt"].as_str().map(str::to_owned)
}

impl Target for Desk<'_> {
    fn submit(&mut self, submission: &Submission, clock: Moment) -> Result<Answer, Fault> {
        let payload: Value = serde_json::from_slice(&submission.envelope.payload).unwrap();
        let id = payload["id"].as_str().unwrap().to_owned();
        let body = submission.to_json().into_bytes();
        let mut client = self.scratch.client();
        if id == DRAFTED {
            self.collect(&id, submission);
        }
        let step = Step {
            kind: Kind::Entry,
            id: id.clone(),
            path: "/v1/transactions".into(),
            body,
            by: None,
        };
        let (status, text) = post(&client, &step)?;
        match status {
            // A draft's, the second time.
            200 | 201 => {
                let answer: Value = serde_json::from_str(&text).unwrap();
                let effects: Effects = serde_json::from_value(answer["effects"].clone()).unwrap();
                let index = answer["index"].as_u64().unwrap();
                self.given.push((id, receipt_of(&text).unwrap()));
                if status == 201 {
                    self.steps.push(step);
                }
                Ok(Answer::Recorded { index, effects })
            }
            _ => {
                self.steps.push(Step {
                    kind: Kind::Refused,
                    ..step
                });
                client.submit(submission, clock)
            }
        }
    }
}

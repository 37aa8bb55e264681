//! One point: the ledger is copied, a node works on it until the call fails, and another one
//! starts on what is left. What the first one promised, the second one must keep.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

use fundtrail_demo::{HttpTarget, Node};
use fundtrail_tests::ORIGIN;

use super::checking::{replay, verify};
use super::tracer::{self, Call, Struck, Way};
use super::workload::{Chapter, Kind, NAME, Step, copy, post, receipt_of};

/// How long a node that answers with a fault is asked again, while its process lives.
const PATIENCE: Duration = Duration::from_secs(8);
/// After this long without an end, a node hangs.
const HANGS: Duration = Duration::from_secs(60);
const LOOPBACK: &str = "127.0.0.1:0";

/// The programs, and the log's key.
pub(crate) struct Tools<'a> {
    /// `fundtraild` under the tracer.
    pub(crate) traced: &'a Path,
    /// `fundtraild`.
    pub(crate) fundtraild: &'a Path,
    pub(crate) log_key: &'a str,
}

/// What a node said before it was struck, and until it ended.
#[derive(Clone, Debug, Default)]
pub(crate) struct Promises {
    /// Transaction → receipt.
    pub(crate) receipts: BTreeMap<String, String>,
    drafts: Vec<String>,
    refused: usize,
}

/// What came of one point.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// Whether the call came, and was struck.
    pub(crate) struck: Option<Struck>,
    /// Receipts that were verified, and compared with what is served.
    pub(crate) receipts: usize,
    /// What was promised and is not there, or is another.
    pub(crate) lost: Vec<String>,
    /// The words of a node that did not start.
    pub(crate) unstartable: Option<String>,
    /// What is there in part, or does not agree.
    pub(crate) half: Vec<String>,
    /// A node had to be killed, because it neither answered nor ended.
    pub(crate) hung: bool,
    /// Its process went on after the fault, and took submissions again.
    pub(crate) went_on: bool,
}

impl Findings {
    pub(crate) fn is_clean(&self) -> bool {
        self.lost.is_empty() && self.half.is_empty() && self.unstartable.is_none() && !self.hung
    }
}

/// Tries one point in the directory `data`, which is made.
pub(crate) fn run(
    tools: &Tools<'_>,
    chapter: &Chapter,
    data: &Path,
    call: &Call,
    way: Way,
) -> Findings {
    copy(&chapter.base, data);
    tracer::strike(data, call, way);
    let mut findings = Findings::default();
    let promises = work(tools.traced, chapter, data, &mut findings);
    let struck = tracer::struck(data);
    findings.struck = Some(struck);
    if struck == Struck::Missed {
        return findings;
    }
    match way {
        Way::KilledWithin => tracer::tear(data, call),
        Way::PowerCut => tracer::lose_unsynced(data, call),
        _ => {}
    }
    check(tools, chapter, data, promises, &mut findings);
    findings
}

/// Asks a node for everything, for as long as it lives; then asks it to stop.
pub(crate) fn work(
    program: &Path,
    chapter: &Chapter,
    data: &Path,
    findings: &mut Findings,
) -> Promises {
    let mut promises = Promises {
        receipts: chapter.given.iter().cloned().collect(),
        ..Promises::default()
    };
    let guard = Guard::over(data);
    if let Ok(mut node) = Node::start(program, data, LOOPBACK) {
        let client = HttpTarget::new(&node.url, ORIGIN);
        let mut had_fault = false;
        for step in &chapter.steps {
            let until = Instant::now() + PATIENCE;
            let is_answered = loop {
                let answer = post(&client, step);
                if answer.is_ok_and(|answer| promises.note(step, answer)) {
                    break true;
                }
                had_fault = true;
                if Instant::now() > until || !matches!(node.ended(), Ok(None)) {
                    break false;
                }
                sleep(Duration::from_millis(20));
            };
            if !is_answered {
                break;
            }
            findings.went_on |= had_fault;
        }
        if matches!(node.ended(), Ok(None)) {
            let _ = node.stop();
        }
    }
    findings.hung = guard.end();
    promises
}

impl Promises {
    /// Keeps what an answer promises. False if it is none.
    fn note(&mut self, step: &Step, (status, text): (u16, String)) -> bool {
        match (step.kind, status) {
            (Kind::Entry, 200 | 201) | (Kind::Signature, 201) => {
                let receipt = receipt_of(&text).unwrap_or_default();
                self.receipts.insert(step.id.clone(), receipt);
                self.drafts.retain(|draft| *draft != step.id);
            }
            (Kind::Refused, 422) => self.refused += 1,
            (Kind::Draft, 200 | 201) => self.drafts.push(step.id.clone()),
            // It was recorded before, and the answer was lost.
            (Kind::Draft | Kind::Signature, 409) => {}
            (Kind::Signature, 200) if text.contains("\"submitted\"") => {}
            _ => return false,
        }
        true
    }
}

/// Starts a node on what is left, compares it with what was promised, asks for everything
/// again, and replays the whole.
pub(crate) fn check(
    tools: &Tools<'_>,
    chapter: &Chapter,
    data: &Path,
    promises: Promises,
    findings: &mut Findings,
) {
    let mut node = match Node::start(tools.fundtraild, data, LOOPBACK) {
        Ok(node) => node,
        Err(error) => {
            findings.unstartable = Some(error.to_string());
            return;
        }
    };
    let client = HttpTarget::new(&node.url, ORIGIN);
    for (id, receipt) in &promises.receipts {
        findings.receipts += 1;
        if let Err(error) = verify(receipt, tools.log_key) {
            findings.lost.push(format!("{id} does not verify: {error}"));
        }
        let served = get(&client, &format!("/v1/transactions/{id}"));
        if served != (200, receipt.clone()) {
            findings.lost.push(format!("{id} is served as {served:?}"));
        }
    }
    for id in &promises.drafts {
        let (status, text) = get(&client, &format!("/v1/drafts/{id}"));
        if status != 200 {
            findings.lost.push(format!("draft {id}: {status} {text}"));
        }
    }
    for step in &chapter.steps {
        if let Err(what) = repeat(&client, step, tools.log_key) {
            findings.half.push(format!("{} again: {what}", step.id));
        }
    }
    match node.stop() {
        Ok(status) if status.success() => {}
        ended => findings.half.push(format!("does not stop: {ended:?}")),
    }
    drop(node);
    if let Err(what) = settled(tools, chapter, data, promises.refused) {
        findings.half.push(what);
    }
}

/// Asks for one thing again, twice: it is there already or comes to be, and is the same then.
fn repeat(client: &HttpTarget, step: &Step, log_key: &str) -> Result<(), String> {
    let path = format!("/v1/transactions/{}", step.id);
    let before = get(client, &path);
    let asked = || post(client, step).map_err(|fault| fault.0);
    match step.kind {
        Kind::Refused => expect(asked()?, 422).map(drop),
        Kind::Draft if before.0 == 200 => Ok(()),
        Kind::Draft => {
            let (status, text) = asked()?;
            let known = status == 200 || status == 201;
            known.then_some(()).ok_or(format!("{status} {text}"))
        }
        Kind::Signature if before.0 == 200 => verify(&before.1, log_key).map(drop),
        Kind::Signature => {
            let receipt = expect(asked()?, 201)?;
            served(client, &path, &receipt, log_key)
        }
        Kind::Entry => {
            let first = match before {
                (200, receipt) => {
                    let again = expect(asked()?, 200)?;
                    (again == receipt)
                        .then_some(receipt)
                        .ok_or("there are two receipts")?
                }
                before if is_absent(&before) => expect(asked()?, 201)?,
                (status, text) => return Err(format!("{status} {text}")),
            };
            let again = expect(asked()?, 200)?;
            if again != first {
                return Err("the repeat got another receipt".into());
            }
            served(client, &path, &first, log_key)
        }
    }
}

/// In a ledger without a genesis nobody has a key to read with.
fn is_absent((status, text): &(u16, String)) -> bool {
    *status == 404 || *status == 401 && text.contains("TOKEN_KEY_UNKNOWN")
}

fn expect((status, text): (u16, String), wanted: u16) -> Result<String, String> {
    if status != wanted {
        return Err(format!("{status} instead of {wanted}: {text}"));
    }
    Ok(receipt_of(&text).unwrap_or_default())
}

fn served(client: &HttpTarget, path: &str, receipt: &str, log_key: &str) -> Result<(), String> {
    verify(receipt, log_key)?;
    if get(client, path) == (200, receipt.to_owned()) {
        Ok(())
    } else {
        Err("another receipt is served".into())
    }
}

fn get(client: &HttpTarget, path: &str) -> (u16, String) {
    client
        .get(path, "text/plain")
        .unwrap_or_else(|fault| (0, fault.0))
}

/// The closed ledger has each transaction once, in order, and nothing of what was erased.
fn settled(
    tools: &Tools<'_>,
    chapter: &Chapter,
    data: &Path,
    refused: usize,
) -> Result<(), String> {
    let erased = chapter.steps.iter().any(|step| step.id == "erasing");
    if erased && holds(&data.join("ledger"), NAME) {
        return Err("the erased name is in a file".into());
    }
    let held = replay(data, tools.log_key)?;
    let given = chapter.given.iter().map(|(id, _)| id);
    let later = chapter
        .steps
        .iter()
        .filter_map(|step| matches!(step.kind, Kind::Entry | Kind::Signature).then_some(&step.id));
    let wanted: Vec<&String> = given.chain(later).collect();
    if !held.ids.iter().eq(wanted.iter().copied()) {
        return Err(format!("recorded {:?}, and not {wanted:?}", held.ids));
    }
    // And one for each that was asked again.
    let asked = chapter
        .steps
        .iter()
        .filter(|step| step.kind == Kind::Refused);
    let promised = refused + asked.count();
    if held.refusals < promised {
        return Err(format!("{} refusals of {promised}", held.refusals));
    }
    Ok(())
}

/// Whether a file of this directory has these bytes in it.
pub(crate) fn holds(folder: &Path, needle: &str) -> bool {
    let files = fs::read_dir(folder).unwrap();
    files.map(|file| file.unwrap().path()).any(|file| {
        let bytes = fs::read(file).unwrap_or_default();
        bytes
            .windows(needle.len())
            .any(|window| window == needle.as_bytes())
    })
}

/// Kills the node of a directory, by the number that it left there, when it takes too long.
struct Guard {
    over: Sender<()>,
    thread: JoinHandle<bool>,
}

impl Guard {
    fn over(data: &Path) -> Guard {
        let (over, ended) = channel();
        let file = data.join("pid");
        let thread = thread::spawn(move || {
            let hangs = ended.recv_timeout(HANGS) == Err(RecvTimeoutError::Timeout);
            if let (true, Ok(id)) = (hangs, fs::read_to_string(&file)) {
                let _ = Command::new("kill").args(["-KILL", id.trim()]).status();
            }
            hangs
        });
        Guard { over, thread }
    }

    /// Whether it had to.
    fn end(self) -> bool {
        let _ = self.over.send(());
        self.thread.join().unwrap_or(true)
    }
}

//! The ledger that is damaged: a fund's life through the node, on RocksDB, with rows in every
//! table; erased particulars, refused submissions, drafts, and checkpoints that two witnesses
//! cosigned among them.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use fundtrail_kernel::{Desk, Memory, proofs};
use fundtrail_model::add_checkpoint::AddCheckpoint;
use fundtrail_model::checkpoint::cosign;
use fundtrail_model::key::SigningKey;
use fundtrail_model::note::{Note, NoteSigner, SignatureType, VerifierKey};
use fundtrail_model::port::{Batch, Commit as _, Read, Table};
use fundtrail_model::tag::TagKey;
use fundtrail_model::{Fault, Id, LogPolicy, Moment, Submission};
use fundtrail_node::fsck::Known;
use fundtrail_node::known::KnownCheckpoint;
use fundtrail_node::witnesses::{Link, Pace, Reply};
use fundtrail_node::{Clock, Config, Node, Storage, Witnesses};
use fundtrail_scenario::{Answer, CLOCK, Played, Run, Site, Target, read_text, sign};
use fundtrail_store::{ReadOnly, SCHEMA_VERSION, Store};
use fundtrail_tests::{ORIGIN, scenario_file};
use tempfile::TempDir;

/// Past every key.
pub(super) const END: &[u8] = &[0xff; 256];

const WITNESSES: [&str; 2] = ["witness.test/1", "witness.test/2"];
/// The time all witnesses have.
const TIME: u64 = 1_760_000_000;

/// A ledger at rest.
pub(super) struct Ledger {
    folder: TempDir,
    /// All its rows.
    pub(super) rows: Memory,
    /// Number of its entries.
    pub(super) size: u64,
    desk: Desk,
    log_key: VerifierKey,
    policy: LogPolicy,
    /// The newest checkpoint, as somebody outside keeps it.
    kept: Vec<KnownCheckpoint>,
}

impl Ledger {
    /// The ledger of these tests. Its folder goes with the last test that holds it.
    pub(super) fn get() -> Arc<Ledger> {
        static LEDGER: Mutex<Weak<Ledger>> = Mutex::new(Weak::new());
        let mut held = LEDGER.lock().unwrap_or_else(PoisonError::into_inner);
        let there = held.upgrade();
        there.unwrap_or_else(|| {
            let made = Arc::new(make());
            *held = Arc::downgrade(&made);
            made
        })
    }

    /// Its directory, which nobody has open.
    pub(super) fn data(&self) -> PathBuf {
        self.folder.path().join("ledger")
    }

    /// What it is checked with, without what only somebody outside knows.
    pub(super) fn known(&self) -> Known<'_> {
        Known {
            desk: &self.desk,
            log_key: &self.log_key,
            policy: Some(&self.policy),
            witnesses: &[],
            schema: Some(SCHEMA_VERSION),
            kept: &[],
        }
    }

    /// The same, with the newest checkpoint as somebody outside keeps it.
    pub(super) fn known_outside(&self) -> Known<'_> {
        Known {
            kept: &self.kept,
            ..self.known()
        }
    }

    /// Its policy, whose quorum is both witnesses, or none of them.
    pub(super) fn policy(&self, asks_for_witnesses: bool) -> LogPolicy {
        policy(
            &self.log_key,
            if asks_for_witnesses { "both" } else { "none" },
        )
    }

    /// What it is checked with when it was read elsewhere: as [`Ledger::get`] in a process that
    /// did not make it.
    pub(super) fn keys() -> (Desk, VerifierKey, LogPolicy) {
        let signer = signer();
        let log_key = signer.verifier().clone();
        let desk = Desk {
            origin: ORIGIN.into(),
            log_key: log_key.to_string(),
            tag_key: TagKey::new(&TAG_KEY),
        };
        let policy = policy(&log_key, "both");
        (desk, log_key, policy)
    }
}

const TAG_KEY: [u8; 32] = [0xb2; 32];

/// A checkpoint as somebody outside keeps it.
pub(super) fn kept_of(note: &str, log_key: &VerifierKey) -> KnownCheckpoint {
    KnownCheckpoint::read("a kept file", note.as_bytes(), log_key).unwrap()
}

fn signer() -> NoteSigner {
    NoteSigner::new(ORIGIN, SigningKey::from_seed(&[0xa1; 32])).unwrap()
}

fn witness_key(number: usize) -> SigningKey {
    SigningKey::from_seed(&[0xc1 + u8::try_from(number).unwrap(); 32])
}

fn policy(log_key: &VerifierKey, quorum: &str) -> LogPolicy {
    let mut text = format!("log {log_key}\n");
    for (number, name) in WITNESSES.into_iter().enumerate() {
        let public = witness_key(number).public();
        let key = VerifierKey::new(name, SignatureType::Cosignature, public).unwrap();
        text += &format!("witness w{number} {key} http://w{number}.test\n");
    }
    text += &format!("group both all w0 w1\nquorum {quorum}\n");
    LogPolicy::parse(&text).unwrap()
}

/// Makes a directory that is quick to write, where there is one.
pub(super) fn scratch() -> TempDir {
    let memory = Path::new("/dev/shm");
    match TempDir::new_in(memory) {
        Ok(folder) => folder,
        Err(_) => TempDir::new().unwrap(),
    }
}

/// Every row of a storage.
pub(super) fn rows_of(read: &dyn Read) -> Result<Memory, Fault> {
    let mut batch = Batch::default();
    for table in Table::ALL {
        for (key, value) in read.range(*table, &[], END, usize::MAX)? {
            batch.put(*table, key, value);
        }
    }
    let mut rows = Memory::default();
    rows.commit(&batch)?;
    Ok(rows)
}

struct Rocks(Store);

impl Storage for Rocks {
    fn with_snapshot(&self, f: &mut dyn FnMut(&dyn Read)) {
        self.0.read(|state| f(state));
    }
}

/// Each reading is later than the one before, so that each commit has a moment of its own.
struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> Result<Moment, Fault> {
        let millis = self.0.fetch_add(7, SeqCst);
        Moment::from_millis(millis).ok_or_else(|| Fault("the end of time".into()))
    }
}

/// Witnesses that cosign whatever they are shown.
struct Obliging;

impl Link for Obliging {
    fn add_checkpoint(&self, witness: &str, _: &str, body: &[u8]) -> Result<Reply, String> {
        let number = usize::from(witness == "w1");
        let request = AddCheckpoint::parse(body).map_err(|error| error.to_string())?;
        let note = Note::parse(request.checkpoint.as_bytes()).map_err(|error| error.to_string())?;
        let line = cosign(&witness_key(number), WITNESSES[number], TIME, note.text());
        Ok(Reply {
            status: 200,
            content_type: None,
            body: format!("{}\n", line.unwrap()).into_bytes(),
        })
    }
}

struct Submitting<'a>(&'a Node);

impl Target for Submitting<'_> {
    fn submit(&mut self, submission: &Submission, _: Moment) -> Result<Answer, Fault> {
        match self.0.submit(submission.to_json().as_bytes()) {
            fundtrail_node::Answer::Decided(verdict) => Ok(Answer::from(verdict)),
            other => Err(Fault(format!("no verdict: {other:?}"))),
        }
    }
}

fn open(data: &Path, clock: &Arc<Ticking>) -> Node {
    let store = Store::open(data).unwrap();
    let writer = store.writer().unwrap();
    let clock: Arc<dyn Clock> = Arc::<Ticking>::clone(clock);
    let (_, log_key, policy) = Ledger::keys();
    let mut witnesses = Witnesses::new(policy, &log_key, Arc::new(Obliging)).unwrap();
    witnesses.pace = Pace {
        interval: Duration::ZERO,
        ..Pace::default()
    };
    let config = Config {
        witnesses: Some(witnesses),
        ..Config::new(signer(), TagKey::new(&TAG_KEY), clock)
    };
    Node::open(config, Arc::new(Rocks(store)), Box::new(writer)).unwrap()
}

/// Plays lines that stand beside the scenario files; each answer must be as expected.
fn play(run: &mut Run, node: &Node, text: &str) -> Vec<Played> {
    let scenario = read_text(&scenario_file("of-the-trial.scn"), text).unwrap();
    let mut played = Vec::new();
    for action in &scenario.actions {
        let line = run.play(action, Some(&mut Submitting(node))).unwrap();
        assert_eq!(line.problem, None, "{}: {}", line.place, line.text);
        played.extend(line.played);
    }
    played
}

fn make() -> Ledger {
    let folder = scratch();
    let data = folder.path().join("ledger");
    let from = Moment::parse(CLOCK).unwrap().millis();
    let clock = Arc::new(Ticking(AtomicI64::new(from)));
    let (desk, log_key, policy) = Ledger::keys();
    let site = Site::of_node(
        ORIGIN,
        &desk.log_key,
        TAG_KEY,
        Moment::parse(CLOCK).unwrap(),
    );
    let mut run = Run::new(&site).unwrap();

    // Closed in between: what was written before is in table files then, what comes after in
    // the write-ahead log.
    let node = open(&data, &clock);
    let played = play(&mut run, &node, &unfinished_life());
    drop(node);
    let node = open(&data, &clock);
    let enrolled: Vec<&Played> = played
        .iter()
        .filter(|one| one.draft.kind == "loan_enrol")
        .collect();
    let erase = format!(
        "default particulars_erase decision=\"sha256:decision to erase\"\n\
         2024-02-06 particulars_erase of={} => recorded\n\
         2024-02-07 particulars_erase of={} particulars.0=contract_number => recorded\n\
         2024-02-07 particulars_erase of=never-was => refused TRANSACTION_UNKNOWN transaction=never-was\n\
         2024-02-07 particulars_erase of=nor-was => refused TRANSACTION_UNKNOWN transaction=nor-was\n",
        enrolled[0].draft.id, enrolled[1].draft.id,
    );
    play(&mut run, &node, &erase);
    put_drafts(&node, enrolled[0]);
    // What is erased is flushed with everything before it. These stay in the log.
    let last: String = (1..=6).map(enrolment).collect();
    play(&mut run, &node, &last);
    let size = node.metrics().size();
    await_witnessed(&node, size);
    drop(node);

    // Opened to write, the log would be flushed.
    let rows = ReadOnly::open(&data).unwrap().read(rows_of).unwrap();
    let newest = proofs::latest_checkpoint(&rows).unwrap().unwrap();
    Ledger {
        folder,
        rows,
        size,
        desk,
        kept: vec![kept_of(&newest.note, &log_key)],
        log_key,
        policy,
    }
}

/// The life cycle up to its end, and what it has none of: a claim that waits to be paid, money
/// ordered back, a return of it taken back, a report filed, and a sealed quarter.
fn unfinished_life() -> String {
    let life = std::fs::read_to_string(scenario_file("life-cycle.scn")).unwrap();
    let (before, _) = life.split_once("2024-01-31 terminate").unwrap();
    format!(
        "{before}\
         2023-02-20 loan_enrol loan=L9 bank=bank-b borrower=$E2 total=100000.00 due.0.due_on=2023-10-20 => recorded\n\
         2023-02-20 loan_disburse loan=L9 amount=100000.00 => recorded\n\
         2023-12-20 risk_notice loan=L9 partner=bank-b => recorded\n\
         2023-12-21 claim_submit claim=C9 loan=L9 claimant=bank-b loss.principal=100000.00 amount=30000.00 => recorded\n\
         2023-12-22 claim_verify claim=C9 loss=100000.00 amount=30000.00 => recorded\n\
         2023-12-25 claim_approve claim=C9 amount=30000.00 => recorded\n\
         2023-12-26 clawback_order order=O1 loan=L1 debtor=bank-a amount=1000.00 decision=\"sha256:order\" => recorded\n\
         2023-12-27 clawback_return id=back order=O1 payer=bank-a account=main amount=1000.00 => recorded\n\
         2023-12-28 reversal of=back => recorded\n\
         2024-01-10 report_file reporter=manager report=quarterly period=2023Q4 digest=\"sha256:report\" => recorded\n\
         2024-01-11 period_seal period=2023Q4 size=now:size root=now:root => recorded\n"
    )
}

/// A line that enrols a further key of the office.
fn enrolment(number: u32) -> String {
    format!("2024-02-08 key_enrol party=OFF role=office public_key=key:OFF-{number} => recorded\n")
}

/// Two drafts that wait, and one that was taken back.
fn put_drafts(node: &Node, like: &Played) {
    let signers: Vec<&str> = like.draft.signers.iter().map(String::as_str).collect();
    for (number, count) in [(1, 1), (2, 0), (3, 1)] {
        let mut draft = like.draft.clone();
        draft.id = format!("waiting-{number}");
        draft.body["loan"] = format!("L-waiting-{number}").into();
        let (payload, disclosures) = draft.payload().unwrap();
        let submission = Submission {
            envelope: sign(payload, signers.iter().copied().take(count)),
            disclosures,
        };
        let poster = Id::parse("MANAGER").unwrap();
        let kept = node.post_draft(submission, Some(poster.clone())).unwrap();
        assert!(kept.is_new && kept.answer.is_none(), "{kept:?}");
        if number == 3 {
            node.withdraw_draft(&kept.draft.id, &poster).unwrap();
        }
    }
}

fn await_witnessed(node: &Node, size: u64) {
    let began = Instant::now();
    loop {
        let newest = node
            .storage()
            .read(|read| proofs::latest_witnessed(read))
            .unwrap();
        if newest.is_some_and(|newest| newest.size == size) {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "never cosigned");
        std::thread::sleep(Duration::from_millis(5));
    }
}

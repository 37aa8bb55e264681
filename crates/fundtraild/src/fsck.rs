//! `fsck`: checks a ledger at rest from its entries' bytes, and on request writes anew what
//! follows from them.
//!
//! Without `--rebuild` nothing is changed: the storage is opened to read only. Exit codes: 0
//! nothing is wrong, 1 something is, 2 the ledger could not be read. The node of this ledger
//! must not run meanwhile; a backup can be checked at any time.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use clap::Args;
use fundtrail_kernel::Desk;
use fundtrail_model::LogPolicy;
use fundtrail_model::note::VerifierKey;
use fundtrail_node::fsck::{Known, Rebuilt, Report, check, rebuild};
use fundtrail_store::{ReadOnly, SCHEMA_VERSION, Store};
use serde::Serialize;

use crate::Complaint;
use crate::configuration::{self, Settings};
use crate::{keys, known};

/// The flags of `fsck`.
#[derive(Args, Debug)]
pub(crate) struct Flags {
    #[command(flatten)]
    serve: configuration::Flags,
    /// Key of a witness that the policy does not name any more, as a verifier key. May be
    /// given several times
    #[arg(long, value_name = "VKEY")]
    witness_key: Vec<String>,
    /// Write anew what follows from the entries, if these are whole: the tree's nodes, ids,
    /// state, revisions, history. Never entries, checkpoints or disclosures
    #[arg(long)]
    rebuild: bool,
    /// Print one JSON object instead of lines
    #[arg(long)]
    json: bool,
}

/// What is printed.
#[derive(Serialize)]
struct Said<'a> {
    #[serde(flatten)]
    report: &'a Report,
    /// Rows written anew and removed, where that was asked for and done.
    rebuilt: Option<[u64; 2]>,
}

const WRONG: u8 = 1;
const UNREADABLE: u8 = 2;

/// Checks the ledger, and prints what is wrong.
pub(crate) fn fsck(flags: Flags) -> ExitCode {
    match run(flags) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(WRONG),
        Err(Complaint(sentence)) => {
            eprintln!("fundtraild: {sentence}");
            ExitCode::from(UNREADABLE)
        }
    }
}

/// Whether nothing is wrong, in the end.
fn run(flags: Flags) -> Result<bool, Complaint> {
    let Flags {
        serve,
        witness_key,
        rebuild,
        json,
    } = flags;
    let settings = Settings::gather(serve)?;
    let signer = keys::read_signer(&settings.log_key, &settings.origin)?;
    let desk = Desk {
        origin: settings.origin.clone(),
        log_key: signer.verifier().to_string(),
        tag_key: keys::read_tag_key(&settings.tag_key)?,
    };
    let policy = settings.witness_policy.as_deref().map(policy).transpose()?;
    let witnesses: Vec<VerifierKey> = witness_key
        .iter()
        .map(|text| VerifierKey::parse(text).map_err(|error| Complaint(format!("{text}: {error}"))))
        .collect::<Result<_, _>>()?;
    let kept = known::read(&settings.known, signer.verifier())?;
    let known = Known {
        desk: &desk,
        log_key: signer.verifier(),
        policy: policy.as_ref(),
        witnesses: &witnesses,
        schema: Some(SCHEMA_VERSION),
        kept: &kept,
    };
    let open = |error: &dyn std::error::Error| Complaint(error.to_string());
    let storage = ReadOnly::open(&settings.data).map_err(|error| open(&error))?;
    let report = storage.read(|read| check(read, known));
    drop(storage);
    if !rebuild {
        say(&report, None, json)?;
        return Ok(report.is_clean());
    }
    if !json && !report.is_clean() {
        say(&report, None, json)?;
    }
    let store = Store::open(&settings.data).map_err(|error| open(&error))?;
    let (rebuilt, report) = rewrite(&store, known)?;
    say(&report, Some(rebuilt), json)?;
    Ok(report.is_clean())
}

fn rewrite(store: &Store, known: Known<'_>) -> Result<(Rebuilt, Report), Complaint> {
    let mut writer = store
        .writer()
        .ok_or_else(|| Complaint("the storage has a writer already".into()))?;
    let rebuilt = store
        .read(|read| rebuild(read, known, &mut writer))
        .map_err(|error| Complaint(error.to_string()))?;
    Ok((rebuilt, store.read(|read| check(read, known))))
}

fn policy(path: &Path) -> Result<LogPolicy, Complaint> {
    let complain = |what: String| Complaint(format!("{}: {what}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| complain(error.to_string()))?;
    LogPolicy::parse(&text).map_err(|error| complain(error.to_string()))
}

fn say(report: &Report, rebuilt: Option<Rebuilt>, json: bool) -> Result<(), Complaint> {
    let text = if json {
        let said = Said {
            report,
            rebuilt: rebuilt.map(|done| [done.written, done.removed]),
        };
        serde_json::to_string(&said).map_err(|error| Complaint(error.to_string()))? + "\n"
    } else {
        lines(report, rebuilt)
    };
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| Complaint(format!("standard output: {error}")))
}

fn lines(report: &Report, rebuilt: Option<Rebuilt>) -> String {
    let mut text = String::new();
    if let Some(Rebuilt { written, removed }) = rebuilt {
        text += &format!("{written} rows written anew, {removed} removed\n");
    }
    for finding in &report.findings {
        text += &format!("{finding}\n");
    }
    if report.more > 0 {
        text += &format!("and {} more\n", report.more);
    }
    let rows: u64 = report.rows.values().sum();
    let root = report.root.as_deref().unwrap_or("that cannot be derived");
    let wrong = report.findings.len() as u64 + report.more;
    text += &match wrong {
        0 => format!("clean: {} entries, root {root}, {rows} rows\n", report.size),
        _ => format!(
            "{wrong} findings: {} entries, root {root}, {rows} rows\n",
            report.size
        ),
    };
    text
}

//! `restore`: puts a ledger back into a new directory, from a backup, from exported entries, or
//! from both, and lets nobody serve it that was not checked.
//!
//! Everything happens in a folder beside the new one, whose name ends with `.restoring`; it is
//! renamed when all is well, so that a directory of that name is a ledger that was checked from
//! its entries' bytes and held against what is known elsewhere. Nothing is ever written over.
//! The ledger carries a mark then: it takes nothing but the entry that says that it was put
//! back, and the transaction to be signed for that is written beside it.

mod entries;
mod erasures;
mod mend;
mod record;

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use fundtrail_kernel::Desk;
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::note::NoteSigner;
use fundtrail_model::port::{Batch, Commit as _, Table};
use fundtrail_model::{Day, LogPolicy};
use fundtrail_node::fsck::{self, Code, Report};
use fundtrail_node::halt::RESTORED;
use fundtrail_node::known::Heard;
use fundtrail_store::{Backup, SCHEMA_VERSION, Store, Writer};

use crate::Complaint;
use crate::configuration::{self, Settings};
use crate::storage::Rocks;
use crate::{keys, known, witnesses};
use erasures::Taken;
use mend::Mended;
use record::Reason;

/// The flags of `restore`.
#[derive(Args, Debug)]
pub(crate) struct Flags {
    /// The backup to put back, a folder that the node made.
    #[arg(long, required_unless_present = "entries")]
    from: Option<PathBuf>,
    /// The ledger's entries and checkpoint as `fundtrail export` takes them: those that the
    /// backup lacks, or all where there is no backup. What was sealed is not in an export.
    #[arg(long)]
    entries: Option<PathBuf>,
    /// Why, for the entry that says so.
    #[arg(long, value_enum, default_value_t)]
    reason: Reason,
    #[command(flatten)]
    serve: configuration::Flags,
}

/// What keeps no ledger from being put back: what cannot be told of one whose witnesses have
/// changed since; and what was sealed and is lost, which no entry needs.
const TOLERATED: [Code; 3] = [
    Code::WitnessedKey,
    Code::WitnessedQuorum,
    Code::DisclosureMissing,
];

/// Puts the ledger back.
pub(crate) fn restore(flags: Flags) -> Result<(), Complaint> {
    let settings = Settings::gather(flags.serve)?;
    let (data, work) = (&settings.data, beside(&settings.data, ".restoring"));
    let paper = beside(data, ".ledger_restore.json");
    refuse_existing(data, "is there already; nothing is put back over anything")?;
    refuse_existing(&work, "is what another restoring left; remove it")?;
    refuse_existing(
        &paper,
        "is what an earlier restoring wrote for signing; remove it, or move it away",
    )?;
    let signer = keys::read_signer(&settings.log_key, &settings.origin)?;
    let job = Job {
        from: flags.from.as_deref(),
        entries: flags.entries.as_deref(),
        settings: &settings,
        signer: &signer,
        work: &work,
    };
    let write = |done: Done| {
        let restored = record::Restored {
            origin: &settings.origin,
            size: done.report.size,
            root: done.report.root.as_deref().unwrap_or_default(),
            backed_up_on: done.backed_up_on,
            reason: flags.reason,
        };
        keys::write_new(&paper, &restored.transaction()?, 0o644)?;
        // Both names are there together or, after a crash, the folder's still ends with
        // `.restoring`: no ledger is there without its paper.
        let renamed = sync_parent(data)
            .and_then(|()| fs::rename(&work, data).map_err(|error| said(data, &error)));
        renamed.inspect_err(|_| {
            let _ = fs::remove_file(&paper);
        })?;
        Ok(done)
    };
    let done = job.work().and_then(write).inspect_err(|_| {
        // Nobody else made it. What cannot be removed is refused next time.
        let _ = fs::remove_dir_all(&work);
    })?;
    sync_parent(data)?;
    say(data, &paper, &done)
}

struct Job<'a> {
    from: Option<&'a Path>,
    entries: Option<&'a Path>,
    settings: &'a Settings,
    signer: &'a NoteSigner,
    work: &'a Path,
}

/// What was put back.
struct Done {
    report: Report,
    backed_up_on: Day,
    /// What was taken from the disclosures.
    taken: Taken,
    /// What was wrong, and is not any more.
    mended: Mended,
    /// What was sealed and is not there.
    missing: u64,
    held: Held,
}

/// Who outside knows it.
struct Held {
    /// How many kept checkpoints and receipts.
    kept: usize,
    /// What each witness says, by its name.
    heard: Vec<(String, Heard)>,
}

impl Job<'_> {
    /// Makes a checked ledger in the work folder.
    fn work(&self) -> Result<Done, Complaint> {
        let backup = self.from.map(|from| self.copy(from)).transpose()?;
        let store = Store::open(self.work).map_err(|error| Complaint(error.to_string()))?;
        let mut writer = store
            .writer()
            .ok_or_else(|| Complaint("the storage has a writer already".into()))?;
        let tag_key = keys::read_tag_key(&self.settings.tag_key)?;
        let desk = Desk {
            origin: self.settings.origin.clone(),
            log_key: self.signer.verifier().to_string(),
            tag_key,
        };
        let policy = self.policy()?;
        let with = fsck::Known {
            desk: &desk,
            log_key: self.signer.verifier(),
            policy: policy.as_ref(),
            witnesses: &[],
            schema: Some(SCHEMA_VERSION),
            kept: &[],
        };
        if let Some(path) = self.entries {
            entries::add(path, &store, &mut writer, self.signer)?;
            let following = |error| Complaint(format!("{}: {error}", path.display()));
            store
                .read(|read| fsck::rebuild(read, with, &mut writer))
                .map_err(following)?;
            store
                .read(|read| fsck::resign(read, with, self.signer, &mut writer))
                .map_err(following)?;
        }
        let taken = erasures::repeat(&store, &mut writer)?;
        let (report, mended) = mend::mend(&store, &mut writer, with)?;
        let missing = judge(&report)?;
        let backed_up_on = match &backup {
            Some(backup) if self.entries.is_none() => {
                self.compare(backup, &report)?;
                backup.manifest().made.day()
            }
            Some(backup) => backup.manifest().made.day(),
            None => record::newest_day(&store)?,
        };
        let held = self.compare_known(&store)?;
        mark(&mut writer, report.size)?;
        Ok(Done {
            report,
            backed_up_on,
            taken,
            mended,
            missing,
            held,
        })
    }

    /// Copies a backup of this ledger.
    fn copy(&self, from: &Path) -> Result<Backup, Complaint> {
        let wrong = |error: &dyn std::error::Error| Complaint(error.to_string());
        let backup = Backup::open(from).map_err(|error| wrong(&error))?;
        let manifest = backup.manifest();
        if manifest.origin != self.settings.origin {
            return Err(Complaint(format!(
                "BACKUP_OTHER: {}: is of the ledger {}, and the node is configured for {}",
                from.display(),
                manifest.origin,
                self.settings.origin
            )));
        }
        backup.copy_to(self.work).map_err(|error| wrong(&error))?;
        Ok(backup)
    }

    /// The data is what the manifest and the note beside it say.
    fn compare(&self, backup: &Backup, report: &Report) -> Result<(), Complaint> {
        let key = self.signer.verifier();
        let note = Checkpoint::open(backup.checkpoint().as_bytes(), key.name(), key);
        let (note, _) = note.map_err(|error| {
            Complaint(format!(
                "BACKUP_OTHER: its checkpoint is not one of this log: {error}"
            ))
        })?;
        let manifest = backup.manifest();
        let said = (manifest.size, Some(manifest.root.clone()));
        if (note.size(), Some(note.root().to_hex())) == said
            && (report.size, report.root.clone()) == said
        {
            return Ok(());
        }
        Err(Complaint(format!(
            "BACKUP_CHANGED: the manifest says {} entries, its checkpoint {}, and its data has {}",
            manifest.size,
            note.size(),
            report.size
        )))
    }

    /// Holds it against what is known elsewhere.
    fn compare_known(&self, store: &Store) -> Result<Held, Complaint> {
        let key = self.signer.verifier();
        let kept = known::read(&self.settings.known, key)?;
        let ca = self.settings.witness_ca.as_deref();
        let witnesses = match &self.settings.witness_policy {
            Some(path) => Some(witnesses::read(path, ca, key)?),
            None => None,
        };
        let storage = Rocks(store.clone());
        let heard = known::ask(&storage, &kept, witnesses.as_ref())
            .map_err(|error| Complaint(error.to_string()))?;
        Ok(Held {
            kept: kept.len(),
            heard,
        })
    }

    fn policy(&self) -> Result<Option<LogPolicy>, Complaint> {
        let Some(path) = &self.settings.witness_policy else {
            return Ok(None);
        };
        let text = fs::read_to_string(path).map_err(|error| said(path, &error))?;
        let policy = LogPolicy::parse(&text);
        policy
            .map(Some)
            .map_err(|error| Complaint(format!("{}: {error}", path.display())))
    }
}

/// Nothing may be wrong but what is tolerated. Gives how much of what was sealed is not there.
fn judge(report: &Report) -> Result<u64, Complaint> {
    let is_wrong = |code: &Code| !TOLERATED.contains(code);
    let wrong = report.counts.iter().filter(|(code, _)| is_wrong(code));
    let wrong: Vec<String> = wrong
        .map(|(code, count)| format!("{count} {}", code.as_str()))
        .collect();
    if wrong.is_empty() {
        let missing = report.counts.get(&Code::DisclosureMissing);
        return Ok(missing.copied().unwrap_or_default());
    }
    let findings = report.findings.iter();
    let lines: Vec<String> = findings
        .filter(|finding| is_wrong(&finding.code))
        .take(10)
        .map(ToString::to_string)
        .collect();
    Err(Complaint(format!(
        "RESTORE_DAMAGED: what was to be put back is not a whole ledger: {}\n{}",
        wrong.join(", "),
        lines.join("\n")
    )))
}

/// From now on it takes nothing but the entry that says that it was put back.
fn mark(writer: &mut Writer, size: u64) -> Result<(), Complaint> {
    let mut batch = Batch::default();
    batch.put(Table::Meta, RESTORED, size.to_be_bytes());
    writer
        .commit(&batch)
        .map_err(|fault| Complaint(fault.to_string()))
}

/// Says what was done and what is left to do.
fn say(data: &Path, paper: &Path, done: &Done) -> Result<(), Complaint> {
    let report = &done.report;
    let root = report.root.as_deref().unwrap_or_default();
    let mut text = format!(
        "restored {} entries, root {root}\ninto {}\n",
        report.size,
        data.display()
    );
    text += &mended(done);
    text += &held(&done.held);
    text += &format!(
        "The node takes nothing before this is recorded:\n  {0}\nManager and office sign it, and \
         one of them submits it to the node once it runs:\n  fundtrail sign --key MANAGER.pem \
         --key OFFICE.pem --out signed.json {0}\n  fundtrail submit signed.json --node URL\n",
        paper.display()
    );
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| Complaint(format!("standard output: {error}")))
}

/// A line for each thing in which the ledger is not what the backup or the export had.
fn mended(done: &Done) -> String {
    let Done {
        taken,
        mended,
        missing,
        ..
    } = done;
    let rows = mended.rows;
    let lines = [
        (
            taken.erased > 0,
            format!("{} particulars were erased again", taken.erased),
        ),
        (
            taken.spoilt > 0,
            format!(
                "{} particulars were not what was sealed, and are dropped",
                taken.spoilt
            ),
        ),
        (
            *missing > 0,
            format!("{missing} particulars are not there (DISCLOSURE_MISSING)"),
        ),
        (
            rows > 0,
            format!(
                "{rows} rows did not follow from the entries, and were written anew or removed"
            ),
        ),
        (
            mended.drafts,
            "drafts were damaged: all drafts are dropped".to_owned(),
        ),
        (
            mended.refusals,
            "refused submissions were damaged: all of them are dropped".to_owned(),
        ),
    ];
    let said = lines.iter().filter(|(is_so, _)| *is_so);
    said.map(|(_, line)| format!("{line}\n")).collect()
}

/// Who outside agreed, and who said nothing.
fn held(held: &Held) -> String {
    let mut text = match held.kept {
        0 => String::new(),
        kept => format!("held against {kept} kept checkpoints or receipts: they agree\n"),
    };
    let mut agreed = held.kept > 0;
    for (witness, heard) in &held.heard {
        let says = if *heard == Heard::Agrees {
            agreed = true;
            "knows this ledger"
        } else {
            "does not say whether it knows this ledger"
        };
        text += &format!("the witness {witness} {says}\n");
    }
    if !agreed {
        text += "WARNING: RESTORE_UNCOMPARED: no kept checkpoint or receipt was named, and no \
                 witness answered: nobody knows whether newer entries are lost\n";
    }
    text
}

/// The path with something after its name, whether or not a `/` is behind that.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.components().as_path().as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn refuse_existing(path: &Path, why: &str) -> Result<(), Complaint> {
    if path.symlink_metadata().is_ok() {
        return Err(Complaint(format!("DATA_EXISTS: {}: {why}", path.display())));
    }
    Ok(())
}

fn sync_parent(path: &Path) -> Result<(), Complaint> {
    let synced = std::path::absolute(path)
        .and_then(|path| File::open(path.parent().unwrap_or(&path)))
        .and_then(|parent| parent.sync_all());
    synced.map_err(|error| said(path, &error))
}

fn said(path: &Path, error: &std::io::Error) -> Complaint {
    Complaint(format!("{}: {error}", path.display()))
}

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
mod record;

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use fundtrail_kernel::Desk;
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_model::note::NoteSigner;
use fundtrail_model::port::{Batch, Commit as _, Table};
use fundtrail_model::{Day, LogPolicy};
use fundtrail_node::fsck::{self, Code, Finding, Report};
use fundtrail_node::halt::RESTORED;
use fundtrail_store::{Backup, SCHEMA_VERSION, Store, Writer};

use crate::Complaint;
use crate::configuration::{self, Settings};
use crate::storage::Rocks;
use crate::{keys, known, witnesses};
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

/// What cannot be told from a ledger whose witnesses have changed since.
const OF_WITNESSES: [Code; 2] = [Code::WitnessedKey, Code::WitnessedQuorum];

/// Puts the ledger back.
pub(crate) fn restore(flags: Flags) -> Result<(), Complaint> {
    let settings = Settings::gather(flags.serve)?;
    let (data, work) = (&settings.data, beside(&settings.data, ".restoring"));
    refuse_existing(data, "is there already; nothing is put back over anything")?;
    refuse_existing(&work, "is what another restoring left; remove it")?;
    let signer = keys::read_signer(&settings.log_key, &settings.origin)?;
    let job = Job {
        from: flags.from.as_deref(),
        entries: flags.entries.as_deref(),
        settings: &settings,
        signer: &signer,
        work: &work,
    };
    let done = job.work().inspect_err(|_| {
        // Nobody else made it. What cannot be removed is refused next time.
        let _ = fs::remove_dir_all(&work);
    })?;
    fs::rename(&work, data).map_err(|error| said(data, &error))?;
    sync_parent(data)?;
    let draft = beside(data, ".ledger_restore.json");
    let restored = record::Restored {
        origin: &settings.origin,
        size: done.report.size,
        root: done.report.root.as_deref().unwrap_or_default(),
        backed_up_on: done.backed_up_on,
        reason: flags.reason,
    };
    keys::write_new(&draft, &restored.transaction()?, 0o644)?;
    say(data, &draft, &done)
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
    /// Erasures that were carried out again.
    erased: u64,
    /// What was sealed and is not there.
    missing: u64,
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
            store
                .read(|read| fsck::rebuild(read, with, &mut writer))
                .map_err(|error| Complaint(format!("{}: {error}", path.display())))?;
        }
        let erased = erasures::repeat(&store, &mut writer)?;
        let report = store.read(|read| fsck::check(read, with));
        let missing = self.judge(&report)?;
        let backed_up_on = match &backup {
            Some(backup) if self.entries.is_none() => {
                self.compare(backup, &report)?;
                backup.manifest().made.day()
            }
            Some(backup) => backup.manifest().made.day(),
            None => record::newest_day(&store)?,
        };
        self.compare_known(&store)?;
        mark(&mut writer, report.size)?;
        Ok(Done {
            report,
            backed_up_on,
            erased,
            missing,
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

    /// Nothing may be wrong but what nobody here can tell. Gives how much of what was sealed
    /// is not there, which is so where entries came from an export.
    fn judge(&self, report: &Report) -> Result<u64, Complaint> {
        let is_missing =
            |finding: &&Finding| self.entries.is_some() && finding.code == Code::DisclosureMissing;
        let wrong =
            |finding: &&Finding| !is_missing(finding) && !OF_WITNESSES.contains(&finding.code);
        let is_listed = report.more == 0 || self.entries.is_some();
        let mut found = report.findings.iter().filter(wrong).peekable();
        let missing = report.findings.iter().filter(is_missing).count() as u64;
        if found.peek().is_none() && is_listed {
            // Only missing disclosures come in such numbers. The tables that are looked at after
            // them were written anew just now, or emptied.
            return Ok(missing + report.more);
        }
        let lines: Vec<String> = found.take(10).map(ToString::to_string).collect();
        Err(Complaint(format!(
            "RESTORE_DAMAGED: what was to be put back is not a whole ledger:\n{}",
            lines.join("\n")
        )))
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
    fn compare_known(&self, store: &Store) -> Result<(), Complaint> {
        let key = self.signer.verifier();
        let kept = known::read(&self.settings.known, key)?;
        let ca = self.settings.witness_ca.as_deref();
        let witnesses = match &self.settings.witness_policy {
            Some(path) => Some(witnesses::read(path, ca, key)?),
            None => None,
        };
        let storage = Rocks(store.clone());
        known::compare(&storage, &kept, witnesses.as_ref())
            .map_err(|error| Complaint(error.to_string()))
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

/// From now on it takes nothing but the entry that says that it was put back.
fn mark(writer: &mut Writer, size: u64) -> Result<(), Complaint> {
    let mut batch = Batch::default();
    batch.put(Table::Meta, RESTORED, size.to_be_bytes());
    writer
        .commit(&batch)
        .map_err(|fault| Complaint(fault.to_string()))
}

/// Says what was done and what is left to do.
fn say(data: &Path, draft: &Path, done: &Done) -> Result<(), Complaint> {
    let Done {
        report,
        erased,
        missing,
        ..
    } = done;
    let root = report.root.as_deref().unwrap_or_default();
    let mut text = format!(
        "restored {} entries, root {root}\ninto {}\n",
        report.size,
        data.display()
    );
    if *erased > 0 {
        text += &format!("{erased} particulars were erased again\n");
    }
    if *missing > 0 {
        text += &format!("{missing} particulars are not there: their entries came without them\n");
    }
    text += &format!(
        "The node takes nothing before this is recorded:\n  {0}\nManager and office sign it, and \
         one of them submits it to the node once it runs:\n  fundtrail sign --key MANAGER.pem \
         --key OFFICE.pem --out signed.json {0}\n  fundtrail submit signed.json --node URL\n",
        draft.display()
    );
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| Complaint(format!("standard output: {error}")))
}

/// The path with something after its name.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
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

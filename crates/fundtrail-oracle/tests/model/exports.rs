//! Ledgers as exports, for verifiers that share no code with this workspace: those of random
//! steps, and that of every scenario.

use std::fs;
use std::path::Path;

use fundtrail_kernel::{Kernel, Memory};
use fundtrail_model::checkpoint::Checkpoint;
use fundtrail_scenario::{Run, Site, What, read};
use libtest_mimic::Failed;
use rayon::prelude::*;

use crate::agree::play;
use crate::ledger::entries;
use crate::of;
use crate::setting::Setting;

/// Steps that each random ledger tries.
const STEPS: usize = 500;
const SCENARIOS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/scenarios");

/// Writes the ledgers into folders of a directory: random ones of the seeds from 1, named by
/// policy and seed, and the scenarios', named as they are.
pub(crate) fn write(settings: &[Setting], directory: &Path, count: u64) -> Result<(), Failed> {
    (1..=count).into_par_iter().try_for_each(|seed| {
        let setting = of(settings, seed);
        let ledger = play(setting, seed, STEPS)?.ledger;
        let name = format!("{}-{seed}", setting.name.replace(' ', "-"));
        export(&directory.join(name), &ledger.site, &ledger.memory)
    })?;
    let mut scenarios = Vec::new();
    for entry in fs::read_dir(SCENARIOS)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "scn") {
            scenarios.push(path);
        }
    }
    scenarios.into_par_iter().try_for_each(|path| {
        let name = path.file_stem().ok_or("a scenario without a name")?;
        played(&path, &directory.join(name))
    })
}

fn played(path: &Path, folder: &Path) -> Result<(), Failed> {
    let scenario = read(path)?;
    let mut run = Run::alone(&scenario)?;
    for action in &scenario.actions {
        if !matches!(action.what, What::Check(_)) {
            run.play(action, None)?;
        }
    }
    export(folder, run.shadow().site(), run.shadow().memory())
}

/// Nothing where there are no entries.
fn export(folder: &Path, site: &Site, memory: &Memory) -> Result<(), Failed> {
    let kernel = Kernel::open(memory)?;
    if kernel.size() == 0 {
        return Ok(());
    }
    let signer = site.signer()?.ok_or("the log has no key")?;
    let checkpoint = Checkpoint::new(&site.origin, kernel.size(), kernel.root())?;
    let mut lines = entries(memory).join(&b'\n');
    lines.push(b'\n');
    fs::create_dir_all(folder)?;
    fs::write(
        folder.join("checkpoint"),
        checkpoint.sign(&signer)?.to_text(),
    )?;
    fs::write(folder.join("entries.ndjson"), lines)?;
    fs::write(folder.join("log-key"), format!("{}\n", site.log_key))?;
    Ok(())
}

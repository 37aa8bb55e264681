//! The same entries once more: elsewhere, otherwise, and byte for byte the same.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use fundtrail_kernel::Admitted;
use fundtrail_kernel::replay::Replay;
use libtest_mimic::Failed;
use rayon::prelude::*;

use crate::agree::{Played, play};
use crate::ledger::{Ledger, digest, entries};
use crate::setting::Setting;
use crate::{is_long, of};

/// Seeds of the ledgers that are done twice, and how long they are.
fn some() -> (std::ops::Range<u64>, usize) {
    if is_long() {
        (1..31, 1_000)
    } else {
        (1..4, 250)
    }
}

/// Where a long run leaves its entries for another build.
fn kept() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("model")
}

fn played(settings: &[Setting], seed: u64, steps: usize) -> Result<Played, Failed> {
    play(of(settings, seed), seed, steps).map_err(Failed::from)
}

/// Replays a file of entries, a ledger after the other with an empty line between, and
/// prints a digest of each ledger's state.
pub(crate) fn replay(file: &Path) -> ExitCode {
    match digests(file) {
        Ok(lines) => {
            for line in lines {
                println!("{line}");
            }
            ExitCode::SUCCESS
        }
        Err(what) => {
            eprintln!("replay: {what}");
            ExitCode::FAILURE
        }
    }
}

fn digests(file: &Path) -> Result<Vec<String>, String> {
    let text = fs::read_to_string(file).map_err(|error| error.to_string())?;
    text.split("\n\n")
        .filter(|ledger| !ledger.trim().is_empty())
        .map(|ledger| {
            let mut replay = Replay::new(None).map_err(|fault| fault.to_string())?;
            for entry in ledger.lines() {
                let next = replay
                    .next(entry.as_bytes())
                    .map_err(|fault| fault.to_string())?;
                next.map_err(|finding| format!("{finding:?}"))?;
            }
            Ok(digest(replay.state(), false))
        })
        .collect()
}

/// Plays some ledgers and writes their entries to a file; gives the digests they have here.
fn write(settings: &[Setting], file: &Path) -> Result<Vec<String>, Failed> {
    let (seeds, steps) = some();
    let ledgers: Vec<(Vec<u8>, String)> = seeds
        .into_par_iter()
        .map(|seed| {
            let played = played(settings, seed, steps)?;
            let mut bytes = entries(&played.ledger.memory).join(&b'\n');
            bytes.extend_from_slice(b"\n\n");
            Ok((bytes, digest(&played.ledger.memory, false)))
        })
        .collect::<Result<_, Failed>>()?;
    let (bytes, digests): (Vec<Vec<u8>>, Vec<String>) = ledgers.into_iter().unzip();
    fs::write(file, bytes.concat())?;
    Ok(digests)
}

/// Another process that knows the entries only comes to the same state.
pub(crate) fn another_process(settings: &[Setting]) -> Result<(), Failed> {
    fs::create_dir_all(kept())?;
    let file = kept().join(if is_long() {
        "long.entries"
    } else {
        "short.entries"
    });
    let own = write(settings, &file)?;
    let output = Command::new(std::env::current_exe()?)
        .arg("replay")
        .arg(&file)
        .output()?;
    let there: Vec<String> = String::from_utf8(output.stdout)?
        .lines()
        .map(str::to_owned)
        .collect();
    if !output.status.success() || there != own {
        return Err(format!(
            "here {own:?}\nthere {there:?} {}",
            String::from_utf8_lossy(&output.stderr)
        )
        .into());
    }
    fs::write(file.with_extension("digests"), own.join("\n"))?;
    println!(
        "model: {} ledgers replayed in another process, byte for byte the same",
        own.len()
    );
    Ok(())
}

/// What the long run of another build left gives the same state here.
pub(crate) fn another_build() -> Result<(), Failed> {
    let file = kept().join("long.entries");
    let then: Vec<String> = fs::read_to_string(file.with_extension("digests"))?
        .lines()
        .map(str::to_owned)
        .collect();
    let now = digests(&file)?;
    if then.is_empty() || then != now {
        return Err(format!("then {then:?}\nnow {now:?}").into());
    }
    println!(
        "model: {} ledgers of another build replayed, byte for byte the same",
        now.len()
    );
    Ok(())
}

/// Submissions of one moment admitted by several threads and staged together, or one by one.
pub(crate) fn other_threads(settings: &[Setting]) -> Result<(), Failed> {
    let (seeds, steps) = some();
    for seed in seeds {
        let played = played(settings, seed, steps)?;
        let own = (
            digest(&played.ledger.memory, true),
            played.ledger.kernel.root(),
        );
        for (threads, most) in [(1, 1), (1, 64), (4, 2), (4, 7), (3, 64)] {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()?;
            let ledger =
                pool.install(|| batches(of(settings, seed).ledger.clone(), &played, most))?;
            if (digest(&ledger.memory, true), ledger.kernel.root()) != own {
                return Err(format!(
                    "seed {seed}: {threads} threads, batches of {most}: another state"
                )
                .into());
            }
        }
    }
    println!("model: 5 ways of threads and batches, byte for byte the same");
    Ok(())
}

fn batches(mut ledger: Ledger, played: &Played, most: usize) -> Result<Ledger, Failed> {
    let desk = ledger.desk();
    let moments = played.sent.chunk_by(|(one, _), (next, _)| one == next);
    for batch in moments.flat_map(|same| same.chunks(most)) {
        let admitted: Result<Vec<Admitted>, String> = batch
            .par_iter()
            .map(|(_, bytes)| ledger.admit(&desk, bytes))
            .collect();
        ledger.take(batch[0].0, admitted?);
    }
    Ok(ledger)
}

/// A seed always gives the same ledger, and another one another; what was sent before and
/// recorded is the same entry when it is sent again.
pub(crate) fn seeds_reproduce(settings: &[Setting]) -> Result<(), Failed> {
    let (seeds, steps) = some();
    let mut before = String::new();
    for seed in seeds {
        let (one, two) = (
            played(settings, seed, steps)?,
            played(settings, seed, steps)?,
        );
        let own = digest(&one.ledger.memory, true);
        if own != digest(&two.ledger.memory, true) || own == before {
            return Err(format!("seed {seed} does not reproduce").into());
        }
        let (mut ledger, (now, bytes)) = (one.ledger, &one.sent[0]);
        let size = ledger.kernel.size();
        let admitted = ledger.admit(&ledger.desk(), bytes)?;
        let verdicts = ledger.take(*now, vec![admitted]);
        let again = matches!(verdicts[..], [fundtrail_kernel::Verdict::Repeated { .. }]);
        if !again || ledger.kernel.size() != size {
            return Err(format!("seed {seed}: sent again it is {verdicts:?}").into());
        }
        before = own;
    }
    Ok(())
}

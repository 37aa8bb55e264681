//! Oracle against product over seeded random business steps, and the same ledgers replayed
//! in another process, with other numbers of threads, and in another build.
//!
//! Each step is a signed transaction that goes through the real desk and kernel onto a
//! storage in memory; verdict, postings, balances, alerts and every record it touched are
//! compared with what the oracle says, and I1 to I10 are asked of the oracle's books, which
//! are the same. A disagreement prints its policy, seed and step, what came before on the
//! same loan or claim, and both sides. `cargo xtask soak model` does it a million times.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on")]

mod agree;
mod claiming;
mod codes;
mod collecting;
mod compare;
mod coverage;
mod dice;
mod exports;
mod ledger;
mod lending;
mod office;
mod player;
mod setting;
mod signing;
mod spoil;
mod twice;
mod wire;

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use libtest_mimic::{Arguments, Failed, Trial};
use rayon::prelude::*;

use agree::Tally;
use setting::Setting;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("replay") => {
            let file = arguments.next().unwrap_or_default();
            return twice::replay(Path::new(&file));
        }
        Some("export") => {
            let directory = arguments.next().unwrap_or_default();
            let count = arguments.next().and_then(|count| count.parse().ok());
            let written =
                exports::write(&setting::all(), Path::new(&directory), count.unwrap_or(50));
            return written.map_or_else(
                |failed| {
                    eprintln!("export: {}", failed.message().unwrap_or_default());
                    ExitCode::FAILURE
                },
                |()| ExitCode::SUCCESS,
            );
        }
        _ => {}
    }
    let mut trials = vec![
        Trial::test("agreement", agreement),
        Trial::test(
            "another_process",
            || twice::another_process(&setting::all()),
        ),
        Trial::test("other_threads", || twice::other_threads(&setting::all())),
        Trial::test(
            "seeds_reproduce",
            || twice::seeds_reproduce(&setting::all()),
        ),
    ];
    if is_long() {
        trials.push(Trial::test("another_build", twice::another_build));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// Whether `cargo xtask soak` asks.
pub(crate) fn is_long() -> bool {
    std::env::var_os("FUNDTRAIL_SOAK").is_some_and(|value| value == "1")
}

/// Ledgers side by side, each of its own seed, the policies in turn.
fn agreement() -> Result<(), Failed> {
    let settings = setting::all();
    let (ledgers, steps) = if is_long() { (1_500, 700) } else { (30, 300) };
    let number = |name: &str, default: u64| {
        let given = std::env::var(name).ok().and_then(|text| text.parse().ok());
        given.unwrap_or(default)
    };
    let first = number("FUNDTRAIL_MODEL_SEED", 1);
    let ledgers = number("FUNDTRAIL_MODEL_LEDGERS", ledgers);
    let started = Instant::now();
    let results: Vec<Result<Tally, String>> = (first..first + ledgers)
        .into_par_iter()
        .map(|seed| agree::play(of(&settings, seed), seed, steps).map(|played| played.tally))
        .collect();
    let seconds = started.elapsed().as_secs_f32();
    let mut tally = Tally::default();
    let mut disagreements = Vec::new();
    for result in results {
        match result {
            Ok(one) => tally.add(&one),
            Err(what) => disagreements.push(what),
        }
    }
    println!(
        "model: {ledgers} ledgers, {} steps, {} disagreements, {seconds:.1} s",
        tally.steps,
        disagreements.len()
    );
    println!("{}", coverage::table(&tally));
    if !disagreements.is_empty() {
        let shown = disagreements
            .iter()
            .take(5)
            .cloned()
            .collect::<Vec<String>>();
        return Err(shown.join("\n").into());
    }
    let missing = coverage::missing(&tally);
    let enough = if is_long() {
        missing.is_empty()
    } else {
        missing.len() < 30
    };
    if enough {
        Ok(())
    } else {
        Err(format!("never seen: {missing:?}").into())
    }
}

/// The policy a seed is played under.
pub(crate) fn of(settings: &[Setting], seed: u64) -> &Setting {
    let count = settings.len() as u64;
    &settings[usize::try_from(seed % count).unwrap_or(0)]
}

//! What the scenarios reach: every kind accepted at least once, every rule refusing every
//! kind it binds at least once.
//!
//! Rules that bind all kinds are reached by mutants of accepted steps; the rest by lines of
//! the files. A pair counts only when its refusal really came.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use fundtrail_regulation::Kind;
use fundtrail_regulation::chapters::rules;
use fundtrail_scenario::{Answer, Place, Run, Step, What, mutants, read};
use libtest_mimic::Failed;

/// A rule and a kind it binds: code, id in the rule reference, kind.
type Pair = (String, String, String);

#[derive(Default)]
struct Reached {
    accepted: BTreeSet<String>,
    refused: BTreeSet<Pair>,
    mutated: BTreeSet<Place>,
}

/// Plays all files with the mutants of their steps, and names what none of them reaches.
pub(crate) fn test(files: &[PathBuf]) -> Result<(), Failed> {
    let mut reached = Reached::default();
    for file in files {
        reached.play(file)?;
    }
    let kinds = Kind::ALL
        .iter()
        .map(|kind| kind.name())
        .filter(|name| !reached.accepted.contains(*name));
    let unaccepted: Vec<&str> = kinds.collect();
    let required = required();
    let unrefused: Vec<String> = required
        .iter()
        .filter(|pair| !reached.refused.contains(*pair))
        .map(|(code, rule, kind)| format!("{code} ({rule}) never refused {kind}"))
        .collect();
    if unaccepted.is_empty() && unrefused.is_empty() {
        return Ok(());
    }
    let complaint = format!(
        "never accepted: [{}]\n{} of {} pairs of a rule and a kind never refused:\n{}",
        unaccepted.join(" "),
        unrefused.len(),
        required.len(),
        unrefused.join("\n"),
    );
    Err(complaint.into())
}

fn required() -> BTreeSet<Pair> {
    rules()
        .flat_map(|rule| {
            let pair = |kind: &Kind| {
                (
                    rule.code.to_owned(),
                    rule.id.to_owned(),
                    kind.name().to_owned(),
                )
            };
            rule.binds.iter().map(pair)
        })
        .collect()
}

impl Reached {
    fn play(&mut self, file: &Path) -> Result<(), Failed> {
        let scenario = read(file).map_err(|error| error.to_string())?;
        let mut run = Run::alone(&scenario).map_err(|error| error.to_string())?;
        for action in &scenario.actions {
            if let What::Submit(step) = &action.what
                && self.mutated.insert(action.place.clone())
            {
                self.mutate(&mut run, step, &action.place)?;
            }
            let line = run.play(action, None).map_err(|error| error.to_string())?;
            if let Some(played) = line.played {
                self.count(&played.draft.kind, &played.answer);
            }
        }
        Ok(())
    }

    fn mutate(&mut self, run: &mut Run, step: &Step, place: &Place) -> Result<(), Failed> {
        let mut draft = run.draft(step, place).map_err(|error| error.to_string())?;
        "mutant".clone_into(&mut draft.id);
        let submission = draft.submission()?;
        let accepted = run
            .shadow()
            .check(&submission, run.clock())
            .map_err(|fault| fault.to_string())?;
        if !matches!(accepted, Answer::Recorded { .. }) {
            return Ok(());
        }
        let open: BTreeSet<String> = required()
            .into_iter()
            .filter(|pair| pair.2 == draft.kind && !self.refused.contains(pair))
            .map(|(code, _, _)| code)
            .collect();
        let wanted = |code: &str| open.contains(code);
        let tried = mutants(&draft, run.shadow(), run.ring(), run.clock(), &wanted)
            .map_err(|what| place.error(what).to_string())?;
        for mutant in tried {
            self.count(&draft.kind, &mutant.answer);
        }
        Ok(())
    }

    fn count(&mut self, kind: &str, answer: &Answer) {
        match answer {
            Answer::Recorded { .. } => {
                self.accepted.insert(kind.to_owned());
            }
            Answer::Refused(objections) => {
                for one in objections {
                    self.refused
                        .insert((one.code.clone(), one.rule.clone(), kind.to_owned()));
                }
            }
            _ => {}
        }
    }
}

//! Plays a scenario: drafts each step over the shadow, signs it, submits it, compares.

use fundtrail_model::{Fault, Moment, Submission};
use serde_json::Value;

use crate::answer::{Answer, Target};
use crate::check;
use crate::draft::Draft;
use crate::expectation::Expectation;
use crate::field::set_path;
use crate::place::{Place, ScenarioError};
use crate::ring::Ring;
use crate::scenario::{Action, Scenario, Step, What};
use crate::shadow::Shadow;
use crate::site::{ORIGIN, Site};
use crate::value::Values;

/// A scenario being played.
pub struct Run {
    site: Site,
    shadow: Shadow,
    ring: Ring,
    clock: Moment,
    steps: usize,
}

/// What became of the whole scenario.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// A line for each action, in order.
    pub lines: Vec<Line>,
}

/// What became of one action.
#[derive(Clone, Debug)]
pub struct Line {
    /// Where it stands.
    pub place: Place,
    /// As written.
    pub text: String,
    /// The step, if it was one.
    pub played: Option<Played>,
    /// What is not as expected, in words.
    pub problem: Option<String>,
}

/// A step that was submitted.
#[derive(Clone, Debug)]
pub struct Played {
    /// What was signed and by whom.
    pub draft: Draft,
    /// The exact submission.
    pub submission: Submission,
    /// What was expected, if anything.
    pub expected: Option<Expectation>,
    /// What came.
    pub answer: Answer,
}

impl Report {
    /// The lines where something is not as expected.
    pub fn problems(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.problem.is_some())
    }

    /// Every problem as `file:line: …`, each with the line itself.
    pub fn complaint(&self) -> String {
        self.problems().fold(String::new(), |text, line| {
            let problem = line.problem.as_deref().unwrap_or_default();
            text + &format!("{}: {problem}\n    {}\n", line.place, line.text)
        })
    }
}

/// Plays a scenario on a ledger of its own in memory.
///
/// # Errors
/// [`ScenarioError`] where a line makes no transaction, or a machine fails.
pub fn run(scenario: &Scenario) -> Result<Report, ScenarioError> {
    let mut run = Run::alone(scenario)?;
    let mut report = Report::default();
    for action in &scenario.actions {
        report.lines.push(run.play(action, None)?);
    }
    Ok(report)
}

/// Plays a scenario on a target, with a shadow beside it; an answer that differs from the
/// shadow's is a problem too.
///
/// # Errors
/// As [`run`].
pub fn run_on(
    scenario: &Scenario,
    site: &Site,
    target: &mut dyn Target,
) -> Result<Report, ScenarioError> {
    let mut run = Run::new(site).map_err(|fault| nowhere(scenario, &fault))?;
    let mut report = Report::default();
    for action in &scenario.actions {
        report.lines.push(run.play(action, Some(&mut *target))?);
    }
    Ok(report)
}

impl Run {
    /// Nothing played yet.
    ///
    /// # Errors
    /// [`Fault`], of the kernel.
    pub fn new(site: &Site) -> Result<Run, Fault> {
        Ok(Run {
            site: site.clone(),
            shadow: Shadow::new(site)?,
            ring: Ring::default(),
            clock: site.clock,
            steps: 0,
        })
    }

    /// Nothing played yet, on a throw-away ledger of the scenario's origin.
    ///
    /// # Errors
    /// [`ScenarioError`] when the origin cannot be one.
    pub fn alone(scenario: &Scenario) -> Result<Run, ScenarioError> {
        let origin = scenario.origin.as_deref().unwrap_or(ORIGIN);
        let site = Site::throw_away(origin).map_err(|fault| nowhere(scenario, &fault))?;
        Run::new(&site).map_err(|fault| nowhere(scenario, &fault))
    }

    /// The same run once more, to go another way from here.
    #[must_use]
    pub fn again(&self) -> Run {
        Run {
            site: self.site.clone(),
            shadow: self.shadow.copy(),
            ring: self.ring.clone(),
            clock: self.clock,
            steps: self.steps,
        }
    }

    /// The ledger in memory.
    pub fn shadow(&self) -> &Shadow {
        &self.shadow
    }

    /// The same, to submit something to that is no action.
    pub fn shadow_mut(&mut self) -> &mut Shadow {
        &mut self.shadow
    }

    /// The keys that came up.
    pub fn ring(&self) -> &Ring {
        &self.ring
    }

    /// The ledger's clock.
    pub fn clock(&self) -> Moment {
        self.clock
    }

    /// Plays one action.
    ///
    /// # Errors
    /// [`ScenarioError`] where it makes no transaction, or a machine fails.
    pub fn play(
        &mut self,
        action: &Action,
        target: Option<&mut dyn Target>,
    ) -> Result<Line, ScenarioError> {
        let place = &action.place;
        let mut line = Line {
            place: place.clone(),
            text: action.text.clone(),
            played: None,
            problem: None,
        };
        match &action.what {
            What::Clock(moment) => self.clock = *moment,
            What::Check(check) => {
                let found = check::unmet(check, &self.shadow, &self.site, &mut self.ring);
                line.problem = found.map_err(|what| place.error(what))?;
            }
            What::Submit(step) => {
                let (played, problem) = self.submit(step, place, target)?;
                line.problem = problem;
                line.played = Some(played);
            }
        }
        Ok(line)
    }

    fn submit(
        &mut self,
        step: &Step,
        place: &Place,
        target: Option<&mut dyn Target>,
    ) -> Result<(Played, Option<String>), ScenarioError> {
        self.steps += 1;
        let draft = self.draft(step, place)?;
        let submission = draft.submission().map_err(|what| place.error(what))?;
        let clock = self.clock;
        let own = self
            .shadow
            .submit(&submission, clock)
            .map_err(|fault| place.error(fault.0))?;
        let answer = match target {
            Some(target) => target
                .submit(&submission, clock)
                .map_err(|fault| place.error(fault.0))?,
            None => own.clone(),
        };
        let unmet = step
            .expected
            .as_ref()
            .and_then(|expected| expected.unmet(&answer));
        let problem = match unmet {
            Some(problem) => Some(with_lines(&problem, &answer)),
            None if answer != own => Some(format!(
                "the shadow says: {}",
                with_lines(&own.name(), &own)
            )),
            None => None,
        };
        let expected = step.expected.clone();
        Ok((
            Played {
                draft,
                submission,
                expected,
                answer,
            },
            problem,
        ))
    }

    /// What a step would sign now, and who would sign it.
    ///
    /// # Errors
    /// [`ScenarioError`] where it makes no transaction.
    pub fn draft(&mut self, step: &Step, place: &Place) -> Result<Draft, ScenarioError> {
        let here = |what: String| place.error(what);
        let mut values = Values {
            site: &self.site,
            shadow: &self.shadow,
            ring: &mut self.ring,
        };
        let mut body = Value::Object(serde_json::Map::new());
        for (name, value) in step.body.iter() {
            let value = values.json(value, step).map_err(here)?;
            set_path(&mut body, name, value).map_err(here)?;
        }
        let mut draft = Draft {
            ledger: step
                .ledger
                .clone()
                .unwrap_or_else(|| self.site.origin.clone()),
            id: step
                .id
                .clone()
                .unwrap_or_else(|| format!("{}-{}", step.kind, self.steps)),
            kind: step.kind.clone(),
            date: step.date.to_string(),
            body,
            sealed: std::collections::BTreeMap::new(),
            signers: Vec::new(),
        };
        for (name, value) in step.sealed.iter() {
            draft.sealed.insert(
                name.to_owned(),
                values.particular(value, step).map_err(here)?,
            );
        }
        draft.signers = self
            .ring
            .signers(&draft, &step.signers, &self.shadow, self.clock)
            .map_err(here)?;
        for name in &draft.signers {
            self.ring.take(name);
        }
        Ok(draft)
    }
}

fn with_lines(text: &str, answer: &Answer) -> String {
    answer
        .lines()
        .into_iter()
        .fold(text.to_owned(), |text, line| text + "\n    | " + &line)
}

fn nowhere(scenario: &Scenario, fault: &Fault) -> ScenarioError {
    let place = scenario.actions.first().map(|action| action.place.clone());
    let place = place.unwrap_or_else(|| Place {
        file: std::sync::Arc::from(std::path::Path::new("")),
        line: 0,
    });
    place.error(fault.to_string())
}

#[cfg(test)]
mod tests;

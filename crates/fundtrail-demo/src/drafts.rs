//! Leaves work behind: transactions that have some of their signatures and wait for others.

use std::path::Path;

use fundtrail_scenario::{Run, Scenario, What, read};
use serde::Deserialize;

use crate::{HttpTarget, Node};

/// What a node says of a draft.
#[derive(Deserialize)]
struct Shown {
    id: String,
    title: Both,
    missing: Vec<Missing>,
    verdict: Verdict,
}

#[derive(Deserialize)]
struct Both {
    en: String,
}

#[derive(Deserialize)]
struct Missing {
    en: String,
}

#[derive(Deserialize)]
struct Verdict {
    passes: bool,
}

/// Posts each line of a scenario file as a draft: see [`leave_all`].
///
/// # Errors
/// As [`leave_all`], and when the file cannot be read.
pub fn leave(run: &mut Run, path: &Path, node: &Node, origin: &str) -> Result<Vec<String>, String> {
    let scenario = read(path).map_err(|error| error.to_string())?;
    leave_all(run, &scenario, node, origin)
}

/// Posts each step as a draft, signed by those whom its line names, and says of each what it
/// waits for. Each must pass but for the signatures that are missing.
///
/// # Errors
/// Words with the place of the first line that cannot be posted, or would be refused.
pub fn leave_all(
    run: &mut Run,
    scenario: &Scenario,
    node: &Node,
    origin: &str,
) -> Result<Vec<String>, String> {
    let target = HttpTarget::new(&node.url, origin);
    let mut waiting = Vec::new();
    for action in &scenario.actions {
        let What::Submit(step) = &action.what else {
            return Err(format!("{}: a draft is expected", action.place));
        };
        let draft = run
            .draft(step, &action.place)
            .map_err(|error| error.to_string())?;
        let submission = draft
            .submission()
            .map_err(|what| format!("{}: {what}", action.place))?;
        let poster = draft.signers.first().map_or("", String::as_str);
        let (status, text) = target
            .post_as("/v1/drafts", submission.to_json().as_bytes(), poster)
            .map_err(|fault| fault.0)?;
        let complaint = || format!("{}: status {status}: {text}", action.place);
        let shown: Shown = serde_json::from_str(&text).map_err(|_| complaint())?;
        if status != 201 || shown.missing.is_empty() || !shown.verdict.passes {
            return Err(complaint());
        }
        waiting.push(words(&shown, &node.url));
    }
    Ok(waiting)
}

fn words(shown: &Shown, url: &str) -> String {
    let missing: Vec<&str> = shown.missing.iter().map(|need| need.en.as_str()).collect();
    format!(
        "{url}/work/{}: {}, waits for {}",
        shown.id,
        shown.title.en,
        missing.join("; ")
    )
}

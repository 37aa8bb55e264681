//! Runs the frozen vectors of `tests/vectors`: every file, every case.
//!
//! A case gives an input and what must come of it; the family's function computes what
//! does come of it, and the two are compared whole. Wrong cases are listed by file and
//! name. The vectors are also run by verifiers in other languages: see the README there.

mod forge;
mod identifiers;
mod ledger;
mod money;
mod sealing;
mod signing;
mod site;
mod support;
mod text;
mod trees;
mod write;

/// What `fundtrail-audit` verifies is run there.
const RUN_BY_THE_AUDITOR: &[&str] = &["statements.json", "seals.json"];

/// Every file of cases belongs to a family that is run here.
#[test]
fn every_file_is_run() {
    let known: Vec<&str> = [
        text::FILES,
        signing::FILES,
        sealing::FILES,
        identifiers::FILES,
        money::FILES,
        trees::FILES,
        ledger::FILES,
        RUN_BY_THE_AUDITOR,
    ]
    .concat();
    let found = support::files();
    for file in &found {
        assert!(known.contains(&file.as_str()), "{file}: nobody runs it");
    }
    for file in known {
        assert!(found.iter().any(|one| one == file), "{file}: not there");
    }
}

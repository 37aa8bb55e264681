//! What lines become, and what cannot be read.

use super::*;

fn read(text: &str) -> Result<Scenario, ScenarioError> {
    read_text(Path::new("some/file.scn"), text)
}

fn step(text: &str) -> Step {
    let scenario = read(text).unwrap();
    match scenario.actions.into_iter().next_back().unwrap().what {
        What::Submit(step) => *step,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_step_takes_its_defaults_and_its_own_words() {
    let step = step(
        "let E1=tag:X\n\
         default loan_enrol total=1.00 due.0.amount={total} sealed.pledge.0=P purpose=rnd\n\
         2022-01-05 loan_enrol loan=L1 borrower=$E1 # the first\n    \
             total=2.00 -purpose body.by=me by=a,b +by=c -by=a id=T1 => refused A\n",
    );
    let text = |value: &str| Some(FieldValue::Text(value.to_owned()));
    assert_eq!(step.body.get("total").cloned(), text("2.00"));
    assert_eq!(step.body.get("borrower").cloned(), text("tag:X"));
    assert_eq!(step.body.get("due.0.amount").cloned(), text("{total}"));
    assert_eq!(step.body.get("by").cloned(), text("me"));
    assert_eq!(step.body.get("purpose"), None);
    assert_eq!(step.sealed.get("pledge.0").cloned(), text("P"));
    assert_eq!(step.id.as_deref(), Some("T1"));
    let (a, b, c) = ("a".to_owned(), "b".to_owned(), "c".to_owned());
    assert_eq!(
        step.signers,
        Signers {
            only: Some(vec![a.clone(), b]),
            also: vec![c],
            but: vec![a]
        }
    );
    assert!(step.expected.is_some());
}

#[test]
fn what_cannot_be_read_is_said_with_its_place() {
    for (text, line, what) in [
        ("# a comment\n\nhello", 3, "neither a date nor a directive"),
        ("2022-13-01 transfer", 1, "neither a date nor a directive"),
        ("2022-01-01", 1, "a kind is expected"),
        ("2022-01-01 transfer from=$nobody", 1, "not set by let"),
        ("2022-01-01 transfer from", 1, "name=value is expected"),
        ("2022-01-01 transfer => perhaps", 1, "expected recorded"),
        ("2022-01-01 transfer\n  amount:={ => recorded", 1, "amount"),
        ("expect balance account:main", 1, "expect"),
        ("clock tomorrow", 1, "clock"),
        ("include no-such-file.scn", 1, "no-such-file.scn"),
        (
            "2022-01-01 policy builtin:no-such-policy",
            1,
            "no such file",
        ),
    ] {
        let error = read(text).unwrap_err();
        assert_eq!(
            (error.place.line, error.place.file.to_str()),
            (line, Some("some/file.scn")),
            "{text}"
        );
        assert!(error.what.contains(what), "{text}: {error}");
    }
}

//! `cargo xtask docs`: writes `docs/RULES.md` from the rules in the code, or compares it.

use std::fs;

use crate::Outcome;
use crate::cargo::{cargo, root, shown};

const FILE: &str = "docs/RULES.md";

pub(crate) fn run(check: bool) -> Outcome {
    let path = root()?.join(FILE);
    let generated = generate()?;
    if check {
        let stored = fs::read_to_string(&path).unwrap_or_default();
        return match first_difference(&stored, &generated) {
            None => Ok(()),
            Some(line) => Err(format!(
                "{FILE}:{line}: differs from the rules in the code; run `cargo xtask docs`"
            )),
        };
    }
    fs::write(&path, generated).map_err(|error| format!("cannot write {FILE}: {error}"))?;
    eprintln!("Wrote {FILE}.");
    Ok(())
}

fn generate() -> Result<String, String> {
    let mut command = cargo()?;
    command.args(["run", "--quiet", "-p", "fundtrail", "--"]);
    command.args(["rules", "--markdown"]);
    command.stderr(std::process::Stdio::inherit());
    let shown = shown(&command);
    let output = command
        .output()
        .map_err(|error| format!("cannot run `{shown}`: {error}"))?;
    if !output.status.success() {
        return Err(format!("`{shown}` failed ({})", output.status));
    }
    let text = String::from_utf8(output.stdout)
        .map_err(|_| format!("`{shown}` printed something that is not UTF-8"))?;
    if text.trim().is_empty() {
        return Err(format!("`{shown}` printed nothing"));
    }
    Ok(text)
}

/// The number of the first line, from 1, in which the texts differ.
fn first_difference(left: &str, right: &str) -> Option<usize> {
    if left == right {
        return None;
    }
    let same = left
        .split('\n')
        .zip(right.split('\n'))
        .take_while(|(left, right)| left == right)
        .count();
    Some(same + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_differing_line_is_counted_from_one() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), Some(2));
        assert_eq!(first_difference("", "a\n"), Some(1));
        assert_eq!(first_difference("a\n", "a\nb\n"), Some(2));
        assert_eq!(first_difference("a", "a\n"), Some(2));
    }
}

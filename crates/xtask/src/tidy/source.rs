//! What each source file must say, must not say, and how long it may be.

use std::collections::{BTreeMap, BTreeSet};

use super::rust_text::{code, words};
use super::{PURE, Problem};

const FILE_LINES_MAX: usize = 600;

/// Names that bring an operating system, an unstable order or a float into a pure crate.
const IMPURE: &[&str] = &["HashMap", "HashSet", "SystemTime", "Instant", "f32", "f64"];

/// What a pure crate says. Descriptions of its types are derived by code that names `std`;
/// the crate's own may not, whatever is built.
const NO_STD: [&str; 2] = [
    "#![no_std]",
    "#![cfg_attr(not(feature = \"openapi\"), no_std)]",
];

/// `sources` are all the Rust files of the repository, by path from its root.
pub(super) fn check(sources: &BTreeMap<String, String>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in sources {
        problems.extend(no_purpose(path, text));
        if in_crate_source(path) {
            problems.extend(too_long(path, text));
        }
    }
    for name in PURE {
        let src = format!("crates/{name}/src/");
        problems.extend(
            sources
                .get(&format!("{src}lib.rs"))
                .and_then(|text| needs_std(&format!("{src}lib.rs"), text)),
        );
        let files: BTreeMap<&str, &str> = sources
            .iter()
            .filter(|(path, _)| path.starts_with(&src))
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect();
        problems.extend(impurities(&files));
    }
    problems
}

/// `crates/<crate>/src/…`
fn in_crate_source(path: &str) -> bool {
    let mut parts = path.split('/');
    parts.next() == Some("crates") && parts.nth(1) == Some("src")
}

fn no_purpose(path: &str, text: &str) -> Option<Problem> {
    (!text.starts_with("//!"))
        .then(|| format!("{path}:1: must begin with `//!` and say what the file is for"))
}

fn too_long(path: &str, text: &str) -> Option<Problem> {
    let lines = text.lines().count();
    (lines > FILE_LINES_MAX).then(|| {
        format!("{path}: {lines} lines; in more than {FILE_LINES_MAX} there are two ideas")
    })
}

fn needs_std(path: &str, text: &str) -> Option<Problem> {
    (!text.lines().any(|line| NO_STD.contains(&line.trim())))
        .then(|| format!("{path}: a pure crate must say `{}`", NO_STD[0]))
}

/// The words that no file of a pure crate may say outside its tests.
fn impurities(files: &BTreeMap<&str, &str>) -> Vec<Problem> {
    let codes: BTreeMap<&str, _> = files
        .iter()
        .map(|(path, text)| (*path, code(text)))
        .collect();
    let test_files: BTreeSet<String> = codes
        .iter()
        .flat_map(|(path, code)| {
            let dir = module_dir(path);
            code.test_modules
                .iter()
                .map(move |name| format!("{dir}{name}"))
        })
        .collect();
    codes
        .iter()
        .filter(|(path, _)| !is_under(path, &test_files))
        .flat_map(|(path, code)| {
            impure_words(&code.text)
                .into_iter()
                .map(move |(line, word)| format!("{path}:{line}: a pure crate must not say {word}"))
        })
        .collect()
}

fn impure_words(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut before = "";
    for (line, word, path_follows) in words(code) {
        let of_std = word == "std" && (path_follows || before == "crate");
        // `_: f64` takes a float without reading it: that is how a parser refuses one.
        let unread = before == "_" && matches!(word, "f32" | "f64");
        let float = word.starts_with(|c: char| c.is_ascii_digit())
            && (word.ends_with("f32") || word.ends_with("f64"))
            && !word.starts_with("0x");
        if of_std || float || (IMPURE.contains(&word) && !unread) {
            found.push((line, format!("`{word}`")));
        }
        before = word;
    }
    found
}

/// Where the files of a module's children lie: `a/b.rs` has them in `a/b/`, `a/mod.rs` in `a/`.
fn module_dir(path: &str) -> String {
    let (dir, name) = path.rsplit_once('/').unwrap_or(("", path));
    match name {
        "lib.rs" | "main.rs" | "mod.rs" => format!("{dir}/"),
        _ => format!("{}/", path.strip_suffix(".rs").unwrap_or(path)),
    }
}

/// Whether the file is one of these modules, given without `.rs`, or lies inside one.
fn is_under(path: &str, modules: &BTreeSet<String>) -> bool {
    modules.iter().any(|module| {
        path.strip_prefix(module.as_str())
            .is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_begins_with_its_purpose() {
        assert_eq!(no_purpose("a.rs", "//! Why.\n"), None);
        assert!(no_purpose("a.rs", "use a;\n//! Why.\n").is_some());
        assert!(no_purpose("a.rs", "").is_some());
    }

    #[test]
    fn a_file_of_600_lines_is_not_too_long() {
        assert_eq!(too_long("a.rs", &"x\n".repeat(600)), None);
        assert!(too_long("a.rs", &"x\n".repeat(601)).is_some());
        assert!(in_crate_source("crates/a/src/b/c.rs"));
        assert!(!in_crate_source("crates/a/tests/b.rs"));
        assert!(!in_crate_source("tests/src/lib.rs"));
    }

    #[test]
    fn a_pure_crate_says_no_std() {
        assert_eq!(needs_std("lib.rs", "//! Why.\n#![no_std]\n"), None);
        assert!(needs_std("lib.rs", "//! Why: #![no_std]\n").is_some());
        let unless = |feature| format!("#![cfg_attr(not(feature = \"{feature}\"), no_std)]\n");
        assert_eq!(needs_std("lib.rs", &unless("openapi")), None);
        assert!(needs_std("lib.rs", &unless("std")).is_some());
    }

    #[test]
    fn impure_words_are_found_as_whole_words() {
        let found = |code| -> Vec<String> {
            impure_words(code)
                .into_iter()
                .map(|(_, word)| word)
                .collect()
        };
        assert_eq!(found("use std::fmt; extern crate std;"), ["`std`", "`std`"]);
        assert_eq!(found("let std = 1; no_std;"), [""; 0]);
        assert_eq!(
            found("a: f64 = 1.5f64 + 2f32;"),
            ["`f64`", "`5f64`", "`2f32`"]
        );
        assert_eq!(found("0xf64, is_f64(), InstantOf"), [""; 0]);
        assert_eq!(found("fn visit_f64(self, _: f64)"), [""; 0]);
        assert_eq!(found("HashMap<A, Instant>"), ["`HashMap`", "`Instant`"]);
    }

    #[test]
    fn tests_may_say_anything() {
        let files = BTreeMap::from([
            ("crates/m/src/lib.rs", "#[cfg(test)]\nmod tests;\nmod a;\n"),
            ("crates/m/src/tests.rs", "use std::fs;\nmod deep;\n"),
            ("crates/m/src/tests/deep.rs", "use std::fs;\n"),
            (
                "crates/m/src/a.rs",
                "// std::fs\n#[cfg(test)]\nmod inner;\n",
            ),
            ("crates/m/src/a/inner.rs", "use std::fs;\n"),
            ("crates/m/src/a/other.rs", "\nuse std::fs;\n"),
        ]);
        assert_eq!(
            impurities(&files),
            ["crates/m/src/a/other.rs:2: a pure crate must not say `std`"]
        );
    }
}

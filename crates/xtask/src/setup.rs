//! What the build needs besides Rust: found, installed, or asked for.
//!
//! RocksDB is C++, and its bindings are generated with libclang. No environment variable is set
//! here for either: cargo would compile RocksDB again.

mod libclang;

use std::env;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::Outcome;
use crate::cargo::run;

/// Needed to compile the workspace.
pub(crate) const BUILD: &[Need] = &[Need::CxxCompiler, Need::Libclang];
/// Needed to lint it.
pub(crate) const LINT: &[Need] = &[
    Need::CxxCompiler,
    Need::Libclang,
    Need::Rustfmt,
    Need::Clippy,
];

/// Needed to test it: the verifiers in other languages have tests of their own, the console is
/// tested in a browser, and calls of the node are made to fail.
pub(crate) const TEST: &[Need] = &[
    Need::CxxCompiler,
    Need::Libclang,
    Need::Python,
    Need::Node,
    Need::Chromium,
    Need::Chromedriver,
    Need::ChineseFont,
    Need::Strace,
    Need::Faketime,
];

/// Something that may be missing on a fresh machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    CxxCompiler,
    Libclang,
    Rustfmt,
    Clippy,
    Python,
    Node,
    Chromium,
    Chromedriver,
    ChineseFont,
    Strace,
    Faketime,
}

/// Who can install it, under which name.
enum Source {
    Apt(&'static str),
    Rustup(&'static str),
}

impl Need {
    fn name(self) -> &'static str {
        match self {
            Self::CxxCompiler => "a C++ compiler",
            Self::Libclang => "libclang with its headers",
            Self::Rustfmt => "rustfmt",
            Self::Clippy => "clippy",
            Self::Python => "Python 3.9 or newer with venv",
            Self::Node => "Node.js 18 or newer",
            Self::Chromium => "Chromium",
            Self::Chromedriver => "chromedriver",
            Self::ChineseFont => "a Chinese font",
            Self::Strace => "strace",
            Self::Faketime => "faketime",
        }
    }

    fn source(self) -> Source {
        match self {
            Self::CxxCompiler => Source::Apt("g++"),
            Self::Libclang => Source::Apt("libclang-dev"),
            Self::Rustfmt => Source::Rustup("rustfmt"),
            Self::Clippy => Source::Rustup("clippy"),
            Self::Python => Source::Apt("python3-venv"),
            Self::Node => Source::Apt("nodejs"),
            Self::Chromium => Source::Apt("chromium"),
            Self::Chromedriver => Source::Apt("chromium-driver"),
            Self::ChineseFont => Source::Apt("fonts-noto-cjk"),
            Self::Strace => Source::Apt("strace"),
            Self::Faketime => Source::Apt("faketime"),
        }
    }

    fn is_met(self) -> bool {
        match self {
            Self::CxxCompiler => has_cxx_compiler(),
            Self::Libclang => libclang::is_usable(),
            Self::Rustfmt => answers("cargo", &["fmt", "--version"]),
            Self::Clippy => answers("cargo", &["clippy", "--version"]),
            Self::Python => answers(
                "python3",
                &[
                    "-c",
                    "import sys, venv, ensurepip; assert sys.version_info >= (3, 9)",
                ],
            ),
            Self::Node => answers(
                "node",
                &[
                    "-e",
                    "process.exit(parseInt(process.versions.node) >= 18 ? 0 : 1)",
                ],
            ),
            Self::Chromium => chromium().is_some(),
            Self::Chromedriver => has_chromedriver(),
            Self::ChineseFont => has_chinese_font(),
            Self::Strace => answers("strace", &["--version"]),
            Self::Faketime => answers("faketime", &["--version"]),
        }
    }
}

/// Installs what is missing of `needs`.
///
/// # Errors
///
/// Something is missing and cannot be installed from here; the message says what to run.
pub(crate) fn ensure(needs: &[Need]) -> Outcome {
    let missing = unmet(needs);
    if missing.is_empty() {
        return Ok(());
    }
    if missing.contains(&Need::Libclang)
        && let Some(path) = env::var_os("LIBCLANG_PATH")
    {
        return Err(format!(
            "LIBCLANG_PATH is {}, but libclang and clang's headers are not there. Correct it or \
             unset it, then run the command again.",
            path.display()
        ));
    }
    eprintln!("Missing: {}.", names(&missing));
    install(&missing).map_err(|why| format!("{why}\n{}", advice(&missing)))?;
    let still_missing = unmet(&missing);
    if still_missing.is_empty() {
        Ok(())
    } else {
        let names = names(&still_missing);
        Err(format!(
            "still missing after the installation: {names}\n{}",
            advice(&still_missing)
        ))
    }
}

fn unmet(needs: &[Need]) -> Vec<Need> {
    needs
        .iter()
        .copied()
        .filter(|need| !need.is_met())
        .collect()
}

fn names(needs: &[Need]) -> String {
    let names: Vec<&str> = needs.iter().map(|need| need.name()).collect();
    names.join(", ")
}

fn apt_packages(needs: &[Need]) -> Vec<&'static str> {
    needs
        .iter()
        .filter_map(|need| match need.source() {
            Source::Apt(package) => Some(package),
            Source::Rustup(_) => None,
        })
        .collect()
}

fn rustup_components(needs: &[Need]) -> Vec<&'static str> {
    needs
        .iter()
        .filter_map(|need| match need.source() {
            Source::Apt(_) => None,
            Source::Rustup(component) => Some(component),
        })
        .collect()
}

fn install(missing: &[Need]) -> Outcome {
    let packages = apt_packages(missing);
    if !packages.is_empty() {
        apt_install(&packages)?;
    }
    let components = rustup_components(missing);
    if !components.is_empty() {
        run(Command::new("rustup")
            .args(["component", "add"])
            .args(&components))?;
    }
    Ok(())
}

fn apt_install(packages: &[&str]) -> Outcome {
    if find_program("apt-get").is_none() {
        return Err("this machine has no apt-get to install it with".into());
    }
    // A broken third-party source fails the update; the packages may be found all the same.
    if let Err(why) = run(apt_get()?.arg("update")) {
        eprintln!("{why}; going on");
    }
    run(apt_get()?
        .args(["install", "-y", "--no-install-recommends"])
        .args(["-o", "DPkg::Lock::Timeout=300"])
        .args(packages))
}

/// `apt-get` that asks nothing, as root or through sudo.
fn apt_get() -> Result<Command, String> {
    if is_root() {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        return Ok(command);
    }
    if find_program("sudo").is_none() {
        return Err("apt-get needs root, and there is no sudo".into());
    }
    let mut command = Command::new("sudo");
    if !std::io::stdin().is_terminal() {
        command.arg("-n"); // nobody could type a password
    }
    command.args(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    Ok(command)
}

fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// What to run by hand, for the needs that are missing.
fn advice(missing: &[Need]) -> String {
    let mut lines = vec!["Please install it, then run the command again:".to_owned()];
    let packages = apt_packages(missing);
    if !packages.is_empty() {
        let packages = packages.join(" ");
        lines.push(format!(
            "  Debian, Ubuntu:  sudo apt-get update && sudo apt-get install -y {packages}"
        ));
        lines.push("  elsewhere:       the packages that your system has for them".into());
    }
    let components = rustup_components(missing);
    if !components.is_empty() {
        lines.push(format!(
            "  anywhere:        rustup component add {}",
            components.join(" ")
        ));
    }
    lines.join("\n")
}

/// A browser for tests: `CHROMIUM`, or one of the names that distributions use.
pub(crate) fn chromium() -> Option<PathBuf> {
    let chosen = env::var("CHROMIUM").ok();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    chosen
        .as_deref()
        .into_iter()
        .chain(names)
        .find_map(find_program)
}

/// The program between tests and the browser: `CHROMEDRIVER`, or what is on `PATH`.
fn has_chromedriver() -> bool {
    let chosen = env::var("CHROMEDRIVER").unwrap_or_else(|_| "chromedriver".to_owned());
    find_program(&chosen).is_some()
}

/// Whether the browser can draw Chinese: without, pages are measured by boxes of another size.
fn has_chinese_font() -> bool {
    let found = Command::new("fc-list")
        .args([":lang=zh", "family"])
        .output();
    found.is_ok_and(|output| !output.stdout.trim_ascii().is_empty())
}

/// The compiler that the `cc` crate will call: `CXX`, or else `c++`.
fn has_cxx_compiler() -> bool {
    let chosen = env::var("CXX").unwrap_or_default();
    let program = chosen.split_whitespace().next().unwrap_or("c++");
    find_program(program).is_some()
}

/// The file that a program's name stands for; a name with a slash stands for itself.
fn find_program(name: &str) -> Option<PathBuf> {
    if name.contains('/') {
        return Some(PathBuf::from(name)).filter(|path| path.is_file());
    }
    env::split_paths(&env::var_os("PATH")?)
        .map(|dir| dir.join(name))
        .find(|path| path.is_file())
}

/// Whether the program runs and succeeds.
fn answers(program: &str, args: &[&str]) -> bool {
    Command::new(program)
        .args(args)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_advice_names_what_is_missing_only() {
        let text = advice(&[Need::Libclang]);
        assert!(text.contains("apt-get install -y libclang-dev"), "{text}");
        assert!(!text.contains("rustup"), "{text}");
        let text = advice(&[Need::Rustfmt, Need::Clippy]);
        assert!(
            text.contains("rustup component add rustfmt clippy"),
            "{text}"
        );
        assert!(!text.contains("apt-get"), "{text}");
    }

    #[test]
    fn programs_are_found_by_name_and_by_path() {
        let shell = find_program("sh").expect("every system that builds this has sh");
        assert_eq!(find_program(&shell.to_string_lossy()), Some(shell));
        assert_eq!(find_program("no-such-program-anywhere"), None);
        assert_eq!(find_program("/no/such/program"), None);
    }
}

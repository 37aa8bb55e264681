//! Programs that other people wrote, for tests to be judged by: Python packages, Go tools,
//! and small Go programs of our own that call other people's libraries.
//!
//! The ordinary clients (`pip`, `go`) install them into `<cargo target folder>/tools`, one
//! folder for each set of versions, where they stay between runs. A folder whose stamp does
//! not say exactly what was asked for is made anew: an installation that was cut short is
//! never used. Any number of tests and test processes may ask for the same tool at once: a
//! lock on a file lets one install it while the others wait.
//!
//! `None` has one meaning: this machine has no Python 3.12, or no Go. That is printed, and
//! the caller may leave its test out. Everything else that fails panics with what was
//! printed. Name exact versions (`aics-tlog==0.2.1`, `…/cmd/fsck@v1.0.4`).

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use fd_lock::RwLock;

/// The oldest Python that the clients run on.
const PYTHON_MIN: (u32, u32) = (3, 12);

/// What a Python says of itself: its version, whether it can make a venv, and its path.
const PROBE: &str = "import sys, importlib.util
print(*sys.version_info[:2], int(importlib.util.find_spec('ensurepip') is not None), sys.executable)";

/// The file that is written last into the folder of a tool.
const STAMP: &str = "installed";

/// The folder of a Python virtual environment with these requirements
/// (`aics-tlog==0.2.1`); its programs are in `bin`. `None` if there is no Python 3.12 or
/// newer on `PATH` or under pyenv.
///
/// # Panics
/// When the environment cannot be made, with what `pip` printed.
pub fn python_venv(requirements: &[&str]) -> Option<PathBuf> {
    static PYTHON: OnceLock<Option<Python>> = OnceLock::new();
    let Some(python) = PYTHON.get_or_init(Python::find) else {
        println!("needs Python 3.12 or newer; none was found");
        return None;
    };
    let (major, minor) = python.version;
    let name = format!("python{major}.{minor}-{}", requirements.join("-"));
    let stamp = format!("{}\n{}\n", python.path.display(), requirements.join("\n"));
    let install = |folder: &Path| {
        run(Command::new(&python.path).args(["-m", "venv"]).arg(folder));
        let words = ["-m", "pip", "install", "--quiet", "--no-input"];
        run(Command::new(folder.join("bin/python"))
            .args(words)
            .args(requirements));
    };
    Some(provided(&name, &stamp, install))
}

/// The program `binary` of a Go module at a version
/// (`github.com/transparency-dev/tessera/cmd/fsck@v1.0.4`). `None` if there is no `go` on
/// `PATH`.
///
/// # Panics
/// When it cannot be installed, with what `go` printed.
pub fn go_tool(module_at_version: &str, binary: &str) -> Option<PathBuf> {
    if !has_go() {
        return None;
    }
    let install = |folder: &Path| {
        run(Command::new("go")
            .args(["install", module_at_version])
            .env("GOBIN", folder));
    };
    let folder = provided(
        &format!("go-{module_at_version}"),
        module_at_version,
        install,
    );
    Some(folder.join(binary))
}

/// The program that a folder with a `go.mod` and one Go main package builds to. It is built
/// anew when a file in the folder has changed. `None` if there is no `go` on `PATH`.
///
/// # Panics
/// When it cannot be built, with what `go` printed.
pub fn go_program(source: &Path) -> Option<PathBuf> {
    if !has_go() {
        return None;
    }
    let name = source.file_name().unwrap_or_default().to_string_lossy();
    let stamp = format!("{}\n{}", source.display(), contents(source));
    let build = |folder: &Path| {
        run(Command::new("go")
            .args(["build", "-o"])
            .args([&folder.join("program"), Path::new(".")])
            .current_dir(source));
    };
    Some(provided(&format!("go-program-{name}"), &stamp, build).join("program"))
}

fn has_go() -> bool {
    let found = Command::new("go").arg("version").output().is_ok();
    if !found {
        println!("needs Go; no `go` was found on PATH");
    }
    found
}

/// The folder of a tool. It is made by `install` unless it is there with this stamp.
fn provided(name: &str, stamp: &str, install: impl FnOnce(&Path)) -> PathBuf {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || ".-_=@".contains(letter);
    let name = name.replace(|letter| !plain(letter), "_");
    let tools = target_folder().join("tools");
    done(fs::create_dir_all(&tools), &tools);
    let path = tools.join(format!("{name}.lock"));
    let file = File::options().create(true).append(true).open(&path);
    let mut lock = RwLock::new(done(file, &path));
    let _held = done(lock.write(), &path);

    let folder = tools.join(&name);
    if fs::read_to_string(folder.join(STAMP)).is_ok_and(|found| found == stamp) {
        return folder;
    }
    if folder.exists() {
        done(fs::remove_dir_all(&folder), &folder);
    }
    done(fs::create_dir_all(&folder), &folder);
    install(&folder);
    done(fs::write(folder.join(STAMP), stamp), &folder);
    folder
}

/// Where cargo puts what it builds: this test runs from `<target folder>/<profile>/deps/`.
fn target_folder() -> PathBuf {
    let own = done(env::current_exe(), Path::new("this test's program"));
    own.ancestors()
        .nth(3)
        .map(Path::to_path_buf)
        .unwrap_or_default()
}

/// A Python that is new enough.
struct Python {
    path: PathBuf,
    version: (u32, u32),
    makes_venvs: bool,
}

impl Python {
    /// The first on `PATH`, else the newest under pyenv; one that can make a virtual
    /// environment before one that cannot.
    fn find() -> Option<Python> {
        let on_path = (PYTHON_MIN.1..=PYTHON_MIN.1 + 3)
            .rev()
            .map(|minor| format!("python3.{minor}"))
            .chain(["python3".into(), "python".into()])
            .filter_map(|name| Python::probe(name.as_ref()));
        let mut pythons: Vec<Python> = on_path.collect();
        let mut under_pyenv: Vec<Python> = pyenv_folder()
            .and_then(|folder| fs::read_dir(folder.join("versions")).ok())
            .into_iter()
            .flatten()
            .filter_map(|version| Python::probe(&version.ok()?.path().join("bin/python3")))
            .collect();
        under_pyenv.sort_by_key(|python| std::cmp::Reverse(python.version));
        pythons.extend(under_pyenv);
        let whole = pythons.iter().position(|python| python.makes_venvs);
        (!pythons.is_empty()).then(|| pythons.swap_remove(whole.unwrap_or(0)))
    }

    /// Asks a program whether it is a Python that is new enough. Names without a folder are
    /// looked up on `PATH`; what they only stand for (a shim) is resolved.
    fn probe(program: &Path) -> Option<Python> {
        let output = Command::new(program).args(["-c", PROBE]).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        let mut words = text.trim_end().splitn(4, ' ');
        let version = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        let makes_venvs = words.next()? == "1";
        let path = PathBuf::from(words.next()?);
        (version >= PYTHON_MIN).then_some(Python {
            path,
            version,
            makes_venvs,
        })
    }
}

fn pyenv_folder() -> Option<PathBuf> {
    let set = |name: &str| env::var_os(name).filter(|value: &OsString| !value.is_empty());
    let own = set("PYENV_ROOT").map(PathBuf::from);
    own.or_else(|| set("HOME").map(|home| Path::new(&home).join(".pyenv")))
}

/// The names and contents of the files in a folder, in the order of their names.
fn contents(folder: &Path) -> String {
    let mut files: Vec<PathBuf> = done(fs::read_dir(folder), folder)
        .filter_map(|file| Some(file.ok()?.path()))
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    let shown = |path: &PathBuf| {
        format!(
            "{}\n{}",
            path.display(),
            done(fs::read_to_string(path), path)
        )
    };
    files.iter().map(shown).collect()
}

/// Runs a command to its end.
fn run(command: &mut Command) {
    let output = done(command.output(), Path::new(command.get_program()));
    let printed = [output.stdout, output.stderr].concat();
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}",
        output.status,
        String::from_utf8_lossy(&printed)
    );
}

fn done<T>(result: std::io::Result<T>, place: &Path) -> T {
    result.unwrap_or_else(|error| panic!("{}: {error}", place.display()))
}

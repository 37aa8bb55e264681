//! Whether libclang can be found, with clang's own headers (`stddef.h`), without which it
//! cannot read RocksDB's.
//!
//! The search looks where the generator of the bindings will look.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(super) fn is_usable() -> bool {
    let system = system_dirs();
    let (library, headers) = match env::var_os("LIBCLANG_PATH") {
        None => (find_library(&system), system),
        // If this is set, the library is looked for nowhere else.
        Some(path) => {
            let dir = as_dir(PathBuf::from(path));
            (
                find_library(std::slice::from_ref(&dir)),
                [vec![dir], system].concat(),
            )
        }
    };
    // Whoever passes include paths to the generator has the headers somewhere else.
    library && (env::var_os("BINDGEN_EXTRA_CLANG_ARGS").is_some() || find_headers(&headers))
}

fn find_library(dirs: &[PathBuf]) -> bool {
    dirs.iter().flat_map(|dir| children(dir)).any(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        is_library(&name) && path.exists()
    })
}

/// `<dir>/clang/<version>/include/stddef.h`
fn find_headers(dirs: &[PathBuf]) -> bool {
    dirs.iter()
        .flat_map(|dir| children(&dir.join("clang")))
        .any(|version| version.join("include/stddef.h").is_file())
}

/// `libclang.so`, `libclang-14.so.1`, `libclang.so.14`, `libclang.dylib`; not `libclang-cpp.so`.
fn is_library(file_name: &str) -> bool {
    let Some(rest) = file_name.strip_prefix("libclang") else {
        return false;
    };
    let Some((version, _)) = rest.split_once(".so").or(rest.split_once(".dylib")) else {
        return false;
    };
    let digits = version.strip_prefix('-').unwrap_or(version);
    digits.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// What `llvm-config` and the linker's variables name, and the system's library directories
/// down to two levels: `/usr/lib/llvm-14/lib`, `/usr/lib/x86_64-linux-gnu`.
fn system_dirs() -> Vec<PathBuf> {
    let mut dirs = llvm_config_dirs();
    for variable in ["LD_LIBRARY_PATH", "LIBRARY_PATH"] {
        dirs.extend(env::split_paths(&env::var_os(variable).unwrap_or_default()));
    }
    for base in [
        "/usr/lib",
        "/usr/lib64",
        "/usr/local/lib",
        "/usr/local/lib64",
    ] {
        let first = children(Path::new(base));
        let second: Vec<PathBuf> = first.iter().flat_map(|dir| children(dir)).collect();
        dirs.push(base.into());
        dirs.extend(first);
        dirs.extend(second);
    }
    dirs.push("/usr/local/opt/llvm/lib".into());
    dirs.push("/Library/Developer/CommandLineTools/usr/lib".into());
    dirs
}

fn llvm_config_dirs() -> Vec<PathBuf> {
    let program = env::var_os("LLVM_CONFIG_PATH").unwrap_or_else(|| "llvm-config".into());
    Command::new(program)
        .arg("--libdir")
        .output()
        .ok()
        .filter(|output| output.status.success())
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .map(|stdout| PathBuf::from(stdout.trim()))
        .into_iter()
        .collect()
}

/// A file stands for the directory it is in.
fn as_dir(path: PathBuf) -> PathBuf {
    match path.parent() {
        Some(parent) if path.is_file() => parent.to_path_buf(),
        _ => path,
    }
}

/// The entries of a directory; none if it cannot be read.
fn children(dir: &Path) -> Vec<PathBuf> {
    fs::read_dir(dir)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_known_by_their_names() {
        for name in [
            "libclang.so",
            "libclang.so.1",
            "libclang-14.so",
            "libclang-14.so.14.0.6",
            "libclang-14.0.6.so",
            "libclang.dylib",
        ] {
            assert!(is_library(name), "{name}");
        }
        for name in [
            "libclang-cpp.so.14",
            "libclangAST.a",
            "libclang_rt.asan.so",
            "libclang-14.a",
            "libc.so",
        ] {
            assert!(!is_library(name), "{name}");
        }
    }

    #[test]
    fn the_library_and_its_headers_are_found_in_one_directory() {
        let dir = env::temp_dir().join(format!("xtask-libclang-{}", std::process::id()));
        let include = dir.join("clang/14/include");
        fs::create_dir_all(&include).expect("scratch directory");
        let dirs = [dir.clone()];
        assert!(!find_library(&dirs) && !find_headers(&dirs));
        fs::write(dir.join("libclang.so.1"), "").expect("scratch file");
        assert!(find_library(&dirs) && !find_headers(&dirs));
        fs::write(include.join("stddef.h"), "").expect("scratch file");
        assert!(find_library(&dirs) && find_headers(&dirs));
        fs::remove_dir_all(&dir).expect("scratch directory");
    }
}

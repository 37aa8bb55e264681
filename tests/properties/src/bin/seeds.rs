//! The corpora of fuzzing: where they begin, and what of them is kept.
//!
//! `seeds write FOLDER` writes the seeds of every target, `FOLDER/<target>/seed-<number>`.
//! `seeds keep CONTROL FOLDER` copies into FOLDER, of the files of libFuzzer's merge control
//! file, the few that brought most of the coverage; `cargo xtask fuzz --keep` calls it.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use fundtrail_properties::seeds::seeds;

/// What a target may keep: files, and their bytes in all. Nine targets have 198 files.
const FILES_MAX: usize = 22;
const BYTES_MAX: usize = 33_000;

fn main() -> ExitCode {
    let words: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let paths: Vec<&Path> = words.iter().map(PathBuf::as_path).collect();
    let done = match paths.as_slice() {
        [what, folder] if what.as_os_str() == "write" => write(folder),
        [what, control, folder] if what.as_os_str() == "keep" => keep(control, folder),
        _ => Err("seeds write FOLDER | seeds keep CONTROL FOLDER".into()),
    };
    match done {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("seeds: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write(folder: &Path) -> Result<String, Box<dyn Error>> {
    let mut count = 0;
    for (target, seeds) in seeds() {
        let folder = folder.join(target);
        fs::create_dir_all(&folder)?;
        for (at, bytes) in seeds.iter().enumerate() {
            fs::write(folder.join(format!("seed-{at}")), bytes)?;
            count += 1;
        }
    }
    Ok(format!("{count} seeds"))
}

fn keep(control: &Path, folder: &Path) -> Result<String, Box<dyn Error>> {
    let text = fs::read_to_string(control)?;
    let mut all = by_coverage(&text).ok_or("not a control file")?;
    // Those that brought most first; where two brought as much, as they came.
    all.sort_by_key(|(_, features)| std::cmp::Reverse(*features));
    fs::create_dir_all(folder)?;
    let (mut count, mut size) = (0, 0);
    for (path, _) in all.iter().filter(|(_, features)| *features > 0) {
        let bytes = fs::read(path)?;
        let name = path.file_name().ok_or("a file without a name")?;
        if count < FILES_MAX && size + bytes.len() <= BYTES_MAX {
            fs::write(folder.join(name), &bytes)?;
            (count, size) = (count + 1, size + bytes.len());
        }
    }
    Ok(format!("{count} of {} files, {size} bytes", all.len()))
}

/// The files of a control file, each with how much it covers that none before it did: a count
/// of files, the first to do, a line with the name of each, then lines of `FT number features`.
fn by_coverage(text: &str) -> Option<Vec<(PathBuf, usize)>> {
    let mut lines = text.lines();
    let count: usize = lines.next()?.parse().ok()?;
    lines.next()?;
    let mut all: Vec<(PathBuf, usize)> = lines
        .by_ref()
        .take(count)
        .map(|name| (name.into(), 0))
        .collect();
    for line in lines {
        if let Some(features) = line.strip_prefix("FT ") {
            let mut words = features.split_whitespace();
            let at: usize = words.next()?.parse().ok()?;
            all.get_mut(at)?.1 = words.count();
        }
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_control_file_says() {
        let text = "2\n0\n/a/one\n/a/two\nSTARTED 0 12\nFT 0 1 2 3\nCOV 0 7\nSTARTED 1 5\nFT 1\n";
        let found = by_coverage(text).unwrap();
        assert_eq!(found, [("/a/one".into(), 3), ("/a/two".into(), 0)]);
        for text in ["", "2\n", "x\n0\n", "1\n0\n/a\nFT 1 2\n"] {
            assert_eq!(by_coverage(text), None, "{text}");
        }
    }
}

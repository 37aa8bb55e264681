//! The files of `docker/`, read: the compose file by a YAML parser, the Dockerfile and the
//! list of what is not sent line by line.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use saphyr::{LoadableYamlNode as _, Scalar, Yaml};
use serde_json::{Map, Value};

/// The repository's root.
pub(super) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .into()
}

fn read(name: &str) -> String {
    fs::read_to_string(repository().join("docker").join(name)).unwrap()
}

/// The compose file.
pub(super) fn compose() -> Value {
    let documents = Yaml::load_from_str(&read("compose.yaml")).unwrap();
    let [document] = &documents[..] else {
        panic!("one document");
    };
    json(document)
}

fn json(yaml: &Yaml<'_>) -> Value {
    match yaml {
        Yaml::Value(Scalar::String(text)) => text.as_ref().into(),
        Yaml::Value(Scalar::Integer(number)) => (*number).into(),
        Yaml::Value(Scalar::Boolean(truth)) => (*truth).into(),
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Sequence(list) => list.iter().map(json).collect(),
        Yaml::Mapping(map) => {
            let mut members = Map::new();
            for (key, value) in map {
                let name = key.as_str().unwrap().to_owned();
                assert!(
                    members.insert(name, json(value)).is_none(),
                    "{key:?} stands twice"
                );
            }
            Value::Object(members)
        }
        other => panic!("{other:?}"),
    }
}

/// An instruction of the Dockerfile, its lines joined.
pub(super) struct Instruction {
    name: String,
    pub(super) rest: String,
}

impl Instruction {
    pub(super) fn is(&self, name: &str) -> bool {
        self.name == name
    }
}

/// The instructions of the Dockerfile.
pub(super) fn dockerfile() -> Vec<Instruction> {
    let known = [
        "ARG",
        "FROM",
        "RUN",
        "WORKDIR",
        "COPY",
        "USER",
        "VOLUME",
        "ENTRYPOINT",
        "CMD",
        "HEALTHCHECK",
    ];
    let text = read("Dockerfile");
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'));
    let joined = lines.collect::<Vec<&str>>().join("\n").replace("\\\n", " ");
    let steps = joined
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            let (name, rest) = line.split_once(' ').unwrap_or_else(|| panic!("{line}"));
            assert!(known.contains(&name), "{line}");
            Instruction {
                name: name.into(),
                rest: rest.trim().into(),
            }
        });
    steps.collect()
}

/// What is not sent to the builder.
pub(super) struct Ignore(Vec<(bool, String)>);

impl Ignore {
    pub(super) fn read() -> Ignore {
        let text = read("Dockerfile.dockerignore");
        let lines = text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        Ignore(
            lines
                .map(|line| match line.strip_prefix('!') {
                    Some(pattern) => (false, pattern.to_owned()),
                    None => (true, line.to_owned()),
                })
                .collect(),
        )
    }

    /// Whether the last pattern that fits excludes the path. Of the patterns there may be,
    /// only these: `*`, a path (with all below it), `**/name` and `**/*.extension`.
    pub(super) fn covers(&self, path: &str) -> bool {
        let fits = |pattern: &str| match pattern.strip_prefix("**/") {
            Some(name) => path.split('/').any(|part| match name.strip_prefix('*') {
                Some(end) => part.ends_with(end),
                None => part == name,
            }),
            None if pattern == "*" => true,
            None => path == pattern || path.starts_with(&format!("{pattern}/")),
        };
        let last = self.0.iter().rfind(|(_, pattern)| fits(pattern));
        last.is_some_and(|(excludes, _)| *excludes)
    }
}

/// The files of the repository: tracked, or new and not ignored.
pub(super) fn all() -> Vec<String> {
    let output = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(repository())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let list = String::from_utf8(output.stdout).unwrap();
    let names = list.split_terminator('\0').map(str::to_owned);
    names
        .filter(|name| repository().join(name).is_file())
        .collect()
}

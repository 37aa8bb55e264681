//! Who may know whom: the dependency arrows between our crates, from `cargo metadata`.
//!
//! A new arrow is rare: it is added to the table here and to `docs/ARCHITECTURE.md` in one commit.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::process::Command;

use cargo_metadata::{CargoOpt, DependencyKind, Metadata, MetadataCommand};

use super::{PURE, Problem};

/// Which of our crates each of our crates may depend on, tests aside.
const ARROWS: &[(&str, &[&str])] = &[
    ("fundtrail-merkle", &[]),
    ("fundtrail-model", &["fundtrail-merkle"]),
    (
        "fundtrail-regulation",
        &["fundtrail-merkle", "fundtrail-model"],
    ),
    (
        "fundtrail-kernel",
        &[
            "fundtrail-merkle",
            "fundtrail-model",
            "fundtrail-regulation",
        ],
    ),
    // Knows tables and bytes, never rules.
    ("fundtrail-store", &["fundtrail-model"]),
    (
        "fundtrail-node",
        &[
            "fundtrail-merkle",
            "fundtrail-model",
            "fundtrail-regulation",
            "fundtrail-kernel",
        ],
    ),
    (
        "fundtrail-http",
        &[
            "fundtrail-merkle",
            "fundtrail-model",
            "fundtrail-regulation",
            "fundtrail-kernel",
            "fundtrail-node",
        ],
    ),
    // A client of the API in the same process: knows no node and no storage.
    (
        "fundtrail-console",
        &["fundtrail-model", "fundtrail-regulation"],
    ),
    (
        "fundtrail-audit",
        &[
            "fundtrail-merkle",
            "fundtrail-model",
            "fundtrail-regulation",
            "fundtrail-kernel",
        ],
    ),
    (
        "fundtrail-scenario",
        &[
            "fundtrail-merkle",
            "fundtrail-model",
            "fundtrail-regulation",
            "fundtrail-kernel",
        ],
    ),
    // Knows checkpoints and proofs, never entries.
    (
        "fundtrail-witness",
        &["fundtrail-merkle", "fundtrail-model"],
    ),
    (
        "fundtrail",
        &[
            "fundtrail-merkle",
            "fundtrail-model",
            "fundtrail-regulation",
            "fundtrail-kernel",
            "fundtrail-audit",
            "fundtrail-scenario",
            "fundtrail-witness",
        ],
    ),
    // The only place where the store and the rules meet.
    (
        "fundtraild",
        &[
            "fundtrail-merkle",
            "fundtrail-model",
            "fundtrail-regulation",
            "fundtrail-kernel",
            "fundtrail-store",
            "fundtrail-node",
            "fundtrail-http",
            "fundtrail-console",
        ],
    ),
    ("fundtrail-demo", &["fundtrail-model", "fundtrail-scenario"]),
    // Written from the rules alone; its tests hold it against the others.
    ("fundtrail-oracle", &[]),
    // What must hold of any bytes: for tests and fuzzing only.
    (
        "fundtrail-properties",
        &[
            "fundtrail-merkle",
            "fundtrail-model",
            "fundtrail-regulation",
            "fundtrail-kernel",
            "fundtrail-http",
            "fundtrail-scenario",
        ],
    ),
    ("xtask", &[]),
];

/// The tests of the whole may know everything.
const FREE: &str = "fundtrail-tests";

/// Who may reach RocksDB, even through others, even in tests.
const MAY_REACH_ROCKSDB: &[&str] = &["fundtrail-store", "fundtraild", FREE];

/// What a pure crate must not reach: runtimes, network, disk, randomness.
const IMPURE: &[&str] = &["tokio", "axum", "rocksdb", "rand"];

/// Crates as nodes, dependencies as arrows.
pub(super) struct Graph {
    ours: BTreeSet<String>,
    names: BTreeMap<String, String>,
    arrows: BTreeMap<String, Vec<Arrow>>,
}

struct Arrow {
    to: String,
    kind: DependencyKind,
}

pub(super) fn check(graph: &Graph) -> Vec<Problem> {
    let mut problems = Vec::new();
    for id in &graph.ours {
        let name = graph.name(id);
        problems.extend(forbidden_arrows(graph, id));
        if !MAY_REACH_ROCKSDB.contains(&name) {
            problems.extend(reaches(graph, id, "rocksdb", FromTests::Included));
        }
        if PURE.contains(&name) {
            let reached = IMPURE
                .iter()
                .filter_map(|impure| reaches(graph, id, impure, FromTests::Excluded));
            problems.extend(reached);
        }
    }
    problems.dedup(); // a pure crate that reaches rocksdb breaks two rules at once
    problems
}

/// The graph of this workspace on this machine's platform.
pub(super) fn load() -> Result<Graph, String> {
    let mut command = MetadataCommand::new();
    command.features(CargoOpt::AllFeatures);
    if let Some(host) = host() {
        // Without this, cargo would download the crates of every other platform.
        command.other_options(["--filter-platform".to_owned(), host]);
    }
    let metadata = command
        .exec()
        .map_err(|error| format!("cargo metadata failed: {error}"))?;
    Graph::new(&metadata).ok_or_else(|| "cargo metadata resolved nothing".into())
}

/// The platform triple that the compiler names as its host.
fn host() -> Option<String> {
    let output = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .arg("-vV")
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "))?;
    Some(host.to_owned())
}

impl Graph {
    fn new(metadata: &Metadata) -> Option<Self> {
        let names = metadata
            .packages
            .iter()
            .map(|package| (package.id.repr.clone(), package.name.to_string()))
            .collect();
        let arrows = metadata
            .resolve
            .as_ref()?
            .nodes
            .iter()
            .map(|node| {
                let arrows = node.deps.iter().flat_map(|dependency| {
                    dependency.dep_kinds.iter().map(|info| Arrow {
                        to: dependency.pkg.repr.clone(),
                        kind: info.kind,
                    })
                });
                (node.id.repr.clone(), arrows.collect())
            })
            .collect();
        let ours = metadata
            .workspace_members
            .iter()
            .map(|id| id.repr.clone())
            .collect();
        Some(Self {
            ours,
            names,
            arrows,
        })
    }

    fn name<'a>(&'a self, id: &'a str) -> &'a str {
        self.names.get(id).map_or(id, String::as_str)
    }

    fn arrows(&self, id: &str) -> &[Arrow] {
        self.arrows.get(id).map_or(&[], Vec::as_slice)
    }
}

fn forbidden_arrows(graph: &Graph, id: &str) -> Vec<Problem> {
    let name = graph.name(id);
    if name == FREE {
        return Vec::new();
    }
    let Some((_, allowed)) = ARROWS.iter().find(|(from, _)| *from == name) else {
        return vec![format!(
            "{name}: has no line in the table of arrows, {}",
            file!()
        )];
    };
    let targets: BTreeSet<&str> = graph
        .arrows(id)
        .iter()
        .filter(|arrow| arrow.kind != DependencyKind::Development && graph.ours.contains(&arrow.to))
        .map(|arrow| graph.name(&arrow.to))
        .collect();
    targets
        .into_iter()
        .filter(|target| !allowed.contains(target))
        .map(|target| format!("{name}: must not depend on {target}"))
        .collect()
}

/// Whether the crate's own dev-dependencies count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FromTests {
    Included,
    Excluded,
}

/// The shortest way from a crate to one called `wanted`, as a problem.
fn reaches(graph: &Graph, start: &str, wanted: &str, from_tests: FromTests) -> Option<Problem> {
    let mut parents: BTreeMap<&str, &str> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(id) = queue.pop_front() {
        if graph.name(id) == wanted {
            return Some(way(graph, &parents, id));
        }
        for arrow in graph.arrows(id) {
            let counts = match arrow.kind {
                DependencyKind::Normal => true,
                // What only runs while a dependency is compiled leaves nothing in ours.
                DependencyKind::Build => id == start,
                DependencyKind::Development => id == start && from_tests == FromTests::Included,
                _ => false,
            };
            if counts && arrow.to != start && !parents.contains_key(arrow.to.as_str()) {
                parents.insert(&arrow.to, id);
                queue.push_back(&arrow.to);
            }
        }
    }
    None
}

fn way(graph: &Graph, parents: &BTreeMap<&str, &str>, end: &str) -> Problem {
    let mut names = vec![graph.name(end)];
    let mut at = end;
    while let Some(parent) = parents.get(at) {
        names.push(graph.name(parent));
        at = parent;
    }
    names.reverse();
    let (start, target) = (names[0], names[names.len() - 1]);
    format!(
        "{start}: must not reach {target}, but does: {}",
        names.join(" → ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A graph from lines `from to`; `~>` before `to` marks a dev-dependency. Ours are all whose
    /// names begin with `fundtrail` or `xtask`; ids are names.
    fn graph(lines: &[&str]) -> Graph {
        let mut graph = Graph {
            ours: BTreeSet::new(),
            names: BTreeMap::new(),
            arrows: BTreeMap::new(),
        };
        for line in lines {
            let words: Vec<&str> = line.split_whitespace().collect();
            let (from, kind, to) = match words[..] {
                [from, "->", to] => (from, DependencyKind::Normal, to),
                [from, "~>", to] => (from, DependencyKind::Development, to),
                _ => panic!("not an arrow: {line}"),
            };
            for name in [from, to] {
                graph.names.insert(name.into(), name.into());
                if name.starts_with("fundtrail") || name == "xtask" {
                    graph.ours.insert(name.into());
                }
            }
            let arrow = Arrow {
                to: to.into(),
                kind,
            };
            graph.arrows.entry(from.into()).or_default().push(arrow);
        }
        graph
    }

    #[test]
    fn the_design_is_tidy() {
        let design = graph(&[
            "fundtrail-model -> fundtrail-merkle",
            "fundtrail-regulation -> fundtrail-model",
            "fundtrail-kernel -> fundtrail-regulation",
            "fundtrail-store -> fundtrail-model",
            "fundtrail-store -> rocksdb",
            "fundtrail-node -> fundtrail-kernel",
            "fundtrail-node -> rand",
            "fundtraild -> fundtrail-store",
            "fundtraild -> fundtrail-node",
            "fundtrail-kernel ~> proptest",
            "proptest -> rand",
            "fundtrail-tests ~> fundtrail-store",
        ]);
        assert_eq!(check(&design), [""; 0]);
    }

    #[test]
    fn arrows_against_the_order_are_named() {
        let graph = graph(&[
            "fundtrail-store -> fundtrail-kernel",
            "fundtrail-merkle -> sha2",
        ]);
        assert_eq!(
            check(&graph),
            ["fundtrail-store: must not depend on fundtrail-kernel"]
        );
    }

    #[test]
    fn rocksdb_is_found_through_others_and_in_tests() {
        let graph = graph(&[
            "fundtrail-audit ~> fundtrail-store",
            "fundtrail-store -> rocksdb",
        ]);
        assert_eq!(
            check(&graph),
            ["fundtrail-audit: must not reach rocksdb, but does: \
                 fundtrail-audit → fundtrail-store → rocksdb"]
        );
    }

    #[test]
    fn a_pure_crate_reaches_no_randomness() {
        let graph = graph(&["fundtrail-model -> uuid", "uuid -> rand"]);
        assert_eq!(
            check(&graph),
            ["fundtrail-model: must not reach rand, but does: fundtrail-model → uuid → rand"]
        );
    }

    #[test]
    fn a_new_crate_must_enter_the_table() {
        let problems = check(&graph(&["fundtrail-new -> serde"]));
        assert_eq!(problems.len(), 1);
        assert!(problems[0].contains("table of arrows"), "{}", problems[0]);
    }
}

//! The key files of everybody in the story: throw-away keys, for signing in at the console.
//!
//! Invariant: only who runs the demonstration may read them, as with any private key.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use fundtrail_scenario::key;

/// The file of the office's key.
pub(crate) const OFFICE: &str = "office.pem";

/// A view of the ledger: whose, with which keys, and what can be done there.
struct View {
    /// Who signs in.
    who: &'static str,
    /// Key files without `.pem`, with the name of the throw-away key.
    keys: &'static [(&'static str, &'static str)],
    /// What it shows.
    shows: &'static str,
}

/// Everybody who may sign in.
const VIEWS: [View; 9] = [
    View {
        who: "the office",
        keys: &[("office", "OFF")],
        shows: "the whole ledger; registers keys, engages auditors",
    },
    View {
        who: "the fund manager",
        keys: &[
            ("manager-maker", "manager/maker"),
            ("manager-checker", "manager/checker"),
            ("manager-maker2", "manager/maker2"),
            ("manager-checker2", "manager/checker2"),
        ],
        shows: "the whole ledger; verifies claims, pays. Nobody signs two steps of one claim",
    },
    View {
        who: "the leading group",
        keys: &[
            ("group-MSB", "lg-MSB"),
            ("group-FIN", "lg-FIN"),
            ("group-JRB", "lg-JRB"),
            ("group-KJ", "lg-KJ"),
            ("group-GX", "lg-GX"),
            ("group-FGW", "lg-FGW"),
            ("group-PBC", "lg-PBC"),
            ("group-YBJ", "lg-YBJ"),
        ],
        shows: "the whole ledger; five seats approve a claim, MSB among them",
    },
    View {
        who: "bank-a",
        keys: &[
            ("bank-a-maker", "bank-a/maker"),
            ("bank-a-checker", "bank-a/checker"),
        ],
        shows: "its own loans; claims, reports recoveries",
    },
    View {
        who: "bank-b",
        keys: &[
            ("bank-b-maker", "bank-b/maker"),
            ("bank-b-checker", "bank-b/checker"),
        ],
        shows: "its own loans; a claim of its own waits for the checker",
    },
    View {
        who: "bank-c",
        keys: &[
            ("bank-c-maker", "bank-c/maker"),
            ("bank-c-checker", "bank-c/checker"),
        ],
        shows: "its own loans; a claim of its own is approved",
    },
    View {
        who: "the guarantor",
        keys: &[
            ("guarantor-maker", "guarantor/maker"),
            ("guarantor-checker", "guarantor/checker"),
        ],
        shows: "what it bears a part of",
    },
    View {
        who: "the insurer",
        keys: &[
            ("insurer-maker", "insurer/maker"),
            ("insurer-checker", "insurer/checker"),
        ],
        shows: "what it bears a part of",
    },
    View {
        who: "the auditor",
        keys: &[("auditor", "cpa")],
        shows: "what its engagement covers, and names",
    },
];

/// Writes the folder `keys` of a data directory, and gives its path.
pub(crate) fn write(data: &Path) -> Result<PathBuf, String> {
    let folder = data.join("keys");
    let made = fs::DirBuilder::new().mode(0o700).create(&folder);
    made.map_err(|error| format!("{}: {error}", folder.display()))?;
    for (file, name) in VIEWS.iter().flat_map(|view| view.keys) {
        let path = folder.join(format!("{file}.pem"));
        let written = File::options()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .and_then(|mut file| file.write_all(key(name).to_pkcs8_pem().as_bytes()));
        written.map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(folder)
}

/// Says which file opens which view.
pub(crate) fn show(folder: &Path) {
    println!(
        "\nSign in at the console with a key file of {}:",
        folder.display()
    );
    for view in &VIEWS {
        println!("  {}: {}", view.who, view.shows);
        let files: Vec<String> = view
            .keys
            .iter()
            .map(|(file, _)| format!("{file}.pem"))
            .collect();
        println!("      {}", files.join("  "));
    }
}

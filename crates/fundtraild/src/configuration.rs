//! What the node is told: a TOML file, and flags that win over it.
//!
//! Paths in the file are relative to the file. Members it does not know are errors. Absent
//! on purpose: anything about durability, and anything the regulation says.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Deserialize;

use crate::Complaint;

/// Where the node listens where nothing is said.
const LISTEN: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 7440);

/// The flags of `serve`.
#[derive(Args, Debug, Default)]
pub(crate) struct Flags {
    /// Configuration file, TOML.
    #[arg(long)]
    config: Option<PathBuf>,
    /// The ledger's origin.
    #[arg(long)]
    origin: Option<String>,
    /// Directory of the ledger's storage.
    #[arg(long)]
    data: Option<PathBuf>,
    /// The log's private key, PKCS#8 PEM.
    #[arg(long)]
    log_key: Option<PathBuf>,
    /// The tag key, 64 hex digits.
    #[arg(long)]
    tag_key: Option<PathBuf>,
    /// Address and port to listen on; port 0 takes a free one. [default: 127.0.0.1:7440]
    #[arg(long)]
    listen: Option<SocketAddr>,
}

/// The configuration file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    origin: Option<String>,
    data: Option<PathBuf>,
    log_key: Option<PathBuf>,
    tag_key: Option<PathBuf>,
    listen: Option<SocketAddr>,
    #[serde(default)]
    limits: Limits,
}

/// The `[limits]` of the file.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Limits {
    /// The most submissions that wait, 1 to 65,536.
    pub(crate) queue: usize,
    /// The most submissions of one commit, 1 to 4,096.
    pub(crate) batch: usize,
    /// The most requests worked on at a time, 1 to 500.
    pub(crate) requests: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            queue: 1024,
            batch: 512,
            requests: 256,
        }
    }
}

/// All that `serve` needs.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) origin: String,
    pub(crate) data: PathBuf,
    pub(crate) log_key: PathBuf,
    pub(crate) tag_key: PathBuf,
    pub(crate) listen: SocketAddr,
    pub(crate) limits: Limits,
}

impl Settings {
    /// Flags over file over defaults.
    pub(crate) fn gather(flags: Flags) -> Result<Settings, Complaint> {
        let file = match &flags.config {
            Some(path) => File::read(path)?,
            None => File::default(),
        };
        let settings = Settings {
            origin: needed(flags.origin.or(file.origin), "origin")?,
            data: needed(flags.data.or(file.data), "data")?,
            log_key: needed(flags.log_key.or(file.log_key), "log-key")?,
            tag_key: needed(flags.tag_key.or(file.tag_key), "tag-key")?,
            listen: flags.listen.or(file.listen).unwrap_or(LISTEN),
            limits: file.limits,
        };
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), Complaint> {
        if !self.listen.ip().is_loopback() {
            return Err(Complaint(format!(
                "listen: {} is not a loopback address. Readers do not authenticate yet, so whoever \
                 reached this port could read every entry: listen on 127.0.0.1 or [::1]",
                self.listen
            )));
        }
        let Limits {
            queue,
            batch,
            requests,
        } = self.limits;
        for (name, value, most) in [
            ("queue", queue, 65_536),
            ("batch", batch, 4096),
            ("requests", requests, 500),
        ] {
            if !(1..=most).contains(&value) {
                return Err(Complaint(format!(
                    "limits.{name}: {value} is not 1 to {most}"
                )));
            }
        }
        Ok(())
    }
}

impl File {
    fn read(path: &Path) -> Result<File, Complaint> {
        let complain = |what: String| Complaint(format!("{}: {what}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|error| complain(error.to_string()))?;
        let file: File =
            toml::from_str(&text).map_err(|error| complain(error.to_string().trim_end().into()))?;
        let base = path.parent().unwrap_or(Path::new(""));
        let beside = |path: Option<PathBuf>| path.map(|path| base.join(path));
        Ok(File {
            data: beside(file.data),
            log_key: beside(file.log_key),
            tag_key: beside(file.tag_key),
            ..file
        })
    }
}

fn needed<T>(value: Option<T>, name: &str) -> Result<T, Complaint> {
    let member = name.replace('-', "_");
    value.ok_or_else(|| {
        Complaint(format!(
            "{name} is not given: say --{name}, or {member} in the file of --config"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gather(text: &str, listen: Option<&str>) -> Result<Settings, String> {
        let directory = tempfile::tempdir().unwrap();
        let config = directory.path().join("node.toml");
        std::fs::write(&config, text).unwrap();
        let listen = listen.map(|listen| listen.parse().unwrap());
        let flags = Flags {
            config: Some(config),
            listen,
            ..Flags::default()
        };
        Settings::gather(flags).map_err(|Complaint(sentence)| sentence)
    }

    const WHOLE: &str = "origin = 'o'\ndata = 'd'\nlog_key = 'l'\ntag_key = '/t'\n";

    #[test]
    fn paths_are_relative_to_the_file_and_flags_win() {
        let settings = gather(&format!("{WHOLE}listen = '127.0.0.1:1'"), Some("[::1]:2")).unwrap();
        assert!(settings.data.is_absolute() && settings.data.ends_with("d"));
        assert_eq!(settings.tag_key, Path::new("/t"));
        assert_eq!(settings.listen, "[::1]:2".parse().unwrap());
        assert_eq!(gather(WHOLE, None).unwrap().listen, LISTEN);
        assert_eq!(gather(WHOLE, None).unwrap().limits, Limits::default());
    }

    #[test]
    fn what_is_wrong_is_said() {
        let says = |text: &str, listen, words: &str| {
            let sentence = gather(text, listen).unwrap_err();
            assert!(sentence.contains(words), "{sentence}");
        };
        says(
            &format!("{WHOLE}lisen = '127.0.0.1:1'"),
            None,
            "unknown field `lisen`",
        );
        says(
            "origin = 'o'",
            None,
            "data is not given: say --data, or data in the file",
        );
        says("origin = ", None, "node.toml: ");
        says(
            &format!("{WHOLE}listen = '0.0.0.0:1'"),
            None,
            "is not a loopback address",
        );
        says(
            WHOLE,
            Some("192.168.0.1:7440"),
            "Readers do not authenticate yet",
        );
        says(
            &format!("{WHOLE}[limits]\nqueue = 0"),
            None,
            "limits.queue: 0 is not 1 to 65536",
        );
        says(
            &format!("{WHOLE}[limits]\nsync = false"),
            None,
            "unknown field `sync`",
        );
        let missing = Flags {
            config: Some("/nowhere/node.toml".into()),
            ..Flags::default()
        };
        assert!(
            Settings::gather(missing)
                .unwrap_err()
                .0
                .starts_with("/nowhere/node.toml: ")
        );
    }
}

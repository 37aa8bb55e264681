//! `fundtrail witness`: makes, shows and serves a witness.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Subcommand;
use fundtrail_model::key::SigningKey;
use fundtrail_witness::directory::Shown;
use rand::TryRng;
use rand::rngs::SysRng;
use serde_json::json;

use crate::failure::{Answer, Ending, Failure};
use crate::{files, time};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a witness with a key of its own, and print its verifier key.
    Init {
        /// The witness's name, as in witness.example/audit-firm.
        #[arg(long)]
        name: String,
        /// Where it keeps its key and what it cosigned.
        #[arg(long)]
        dir: PathBuf,
    },
    /// Cosign for a log. The witness must not be serving.
    AddLog {
        #[arg(long)]
        dir: PathBuf,
        /// The log's verifier key, or a file with it.
        #[arg(long, value_name = "KEY|FILE")]
        log_key: String,
        /// The log's origin, where it is not the name of its key.
        #[arg(long)]
        origin: Option<String>,
    },
    /// Cosign what logs send and is consistent with what was cosigned before.
    Serve {
        #[arg(long)]
        dir: PathBuf,
        /// The address to listen on. All that is served is public; TLS is for a proxy.
        #[arg(long, default_value = "127.0.0.1:7380")]
        listen: SocketAddr,
    },
    /// Print the verifier key, the logs, what was cosigned last, and evidence against logs.
    Show {
        #[arg(long)]
        dir: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(crate) fn run(command: &Command) -> Ending {
    match command {
        Command::Init { name, dir } => {
            let mut seed = [0; 32];
            SysRng.try_fill_bytes(&mut seed)?;
            let key = fundtrail_witness::init(dir, name, &SigningKey::from_seed(&seed))?;
            files::print(&format!("{key}\n"))?;
        }
        Command::AddLog {
            dir,
            log_key,
            origin,
        } => {
            let key = files::log_key(log_key)?;
            let origin = origin.as_deref().unwrap_or(key.name());
            fundtrail_witness::add_log(dir, origin, &key)?;
        }
        Command::Serve { dir, listen } => serve(dir, *listen)?,
        Command::Show { dir, json } => {
            let shown = fundtrail_witness::show(dir)?;
            files::print(&if *json {
                as_json(&shown)
            } else {
                as_text(&shown)
            })?;
        }
    }
    Ok(Answer::Yes)
}

fn serve(dir: &std::path::Path, listen: SocketAddr) -> Result<(), Failure> {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_writer(std::io::stderr)
        .init();
    let witness = fundtrail_witness::open(dir)?;
    // The one line on standard output: tests and scripts read the port from it.
    let announce = |address: SocketAddr| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "listening on http://{address}")?;
        out.flush()
    };
    Ok(fundtrail_witness::serve(witness, listen, announce)?)
}

fn as_text(shown: &Shown) -> String {
    let mut text = format!("key        {}\n", shown.key);
    let mut line = |name: &str, value: String| {
        // Writing to memory cannot fail.
        let _ = writeln!(text, "{name:<10} {value}");
    };
    for log in &shown.logs {
        line("log", log.origin.clone());
        for key in &log.keys {
            line("  key", key.to_string());
        }
        let last = log.last.as_ref().map(|(size, root, seconds)| {
            format!("{size} entries, root {root}, at {}", time::shown(*seconds))
        });
        line("  cosigned", last.unwrap_or_else(|| "nothing yet".into()));
        for path in &log.evidence {
            line("  evidence", path.display().to_string());
        }
    }
    text
}

fn as_json(shown: &Shown) -> String {
    let logs = shown.logs.iter().map(|log| {
        let keys: Vec<String> = log.keys.iter().map(ToString::to_string).collect();
        let last = log
            .last
            .as_ref()
            .map(|(size, root, time)| json!({ "size": size, "root": root, "time": time }));
        json!({ "origin": log.origin, "keys": keys, "cosigned": last, "evidence": log.evidence })
    });
    let logs: Vec<_> = logs.collect();
    format!(
        "{:#}\n",
        json!({ "key": shown.key.to_string(), "logs": logs })
    )
}

//! The demonstration behind `cargo xtask demo`: two years of the fund on a real node.

mod keys;
mod story;
mod verify;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Parser;
use fundtrail_demo::{Node, drafts};
use fundtrail_model::Moment;

/// The origin of the demonstration's ledger.
const ORIGIN: &str = "fundtrail.example/demo";

/// Starts a node on RocksDB, plays two years of the Baotou fund on it over HTTP, exports and
/// verifies a receipt, audits the whole ledger offline, and leaves the node running, with work
/// that waits for signatures and the key files to sign in with.
#[derive(Debug, Parser)]
struct Arguments {
    /// The node's binary.
    #[arg(long)]
    fundtraild: PathBuf,
    /// The tool's binary; beside the node's unless given.
    #[arg(long)]
    fundtrail: Option<PathBuf>,
    /// The scenario to play.
    #[arg(long, default_value = "tests/scenarios/demo.scn")]
    story: PathBuf,
    /// What waits for signatures afterwards: lines of a scenario, each with the keys that signed.
    #[arg(long, default_value = "tests/scenarios/setup/demo-drafts.scn")]
    drafts: PathBuf,
    /// Where the ledger is kept; a new folder for temporary files unless given.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Where the node listens; any free port if this one is taken.
    #[arg(long, default_value = "127.0.0.1:7440")]
    listen: String,
    /// Print refusals in this language: `en` or `zh`.
    #[arg(long, default_value = "en")]
    lang: String,
    /// Stop the node at the end.
    #[arg(long)]
    exit: bool,
}

fn main() -> ExitCode {
    match demonstrate(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("demo: {what}");
            ExitCode::FAILURE
        }
    }
}

fn demonstrate(arguments: &Arguments) -> Result<(), String> {
    let data = arguments.data.clone().unwrap_or_else(fresh_folder);
    let tool = match &arguments.fundtrail {
        Some(tool) => tool.clone(),
        None => arguments.fundtraild.with_file_name("fundtrail"),
    };
    Node::init(&arguments.fundtraild, &data, ORIGIN).map_err(|error| error.to_string())?;
    let mut node = Node::start(&arguments.fundtraild, &data, &arguments.listen)
        .or_else(|_| Node::start(&arguments.fundtraild, &data, "127.0.0.1:0"))
        .map_err(|error| error.to_string())?;
    println!(
        "A node runs on RocksDB in {} and answers at {}\n",
        data.display(),
        node.url
    );

    let mut run = story::play(&arguments.story, &node, ORIGIN, now()?, &arguments.lang)?;
    let keys = keys::write(&data)?;
    verify::receipt(&node, ORIGIN, &tool)?;
    verify::ledger(&node, &tool, &keys.join(keys::OFFICE))?;
    let waiting = drafts::leave(&mut run, &arguments.drafts, &node, ORIGIN)?;

    keys::show(&keys);
    println!("\nWork that waits for signatures:");
    for line in waiting {
        println!("  {line}");
    }
    if arguments.exit {
        node.stop().map_err(|error| error.to_string())?;
        println!(
            "\nThe node has stopped. Its ledger stays in {}",
            data.display()
        );
        println!("To start it again: {}", again(arguments, &data));
        return Ok(());
    }
    show_machines(&node, &tool, &keys);
    println!("\nStop the node with: kill {}", node.id());
    println!("\nOpen in a browser:  {}/", node.url);
    node.leave_running();
    Ok(())
}

/// What programs may ask of the node.
fn show_machines(node: &Node, tool: &Path, keys: &Path) {
    println!("\nPrograms ask the same node. Everybody may read:");
    for path in ["/docs", "/v1/fund", "/v1/rules", "/checkpoint"] {
        println!("  {}{path}", node.url);
    }
    println!("The office, and whoever else has a key in the ledger, reads more:");
    println!(
        "  TOKEN=$({} token --key {} --ledger {ORIGIN})",
        tool.display(),
        keys.join(keys::OFFICE).display()
    );
    for path in ["/v1/loans", "/v1/claims", "/v1/alerts", "/metrics"] {
        println!(
            "  curl -H \"Authorization: Bearer $TOKEN\" {}{path}",
            node.url
        );
    }
}

/// The command that starts a node on the ledger that stays.
fn again(arguments: &Arguments, data: &Path) -> String {
    format!(
        "{} serve --listen {} --config {}",
        arguments.fundtraild.display(),
        arguments.listen,
        data.join("fundtraild.toml").display()
    )
}

fn fresh_folder() -> PathBuf {
    let name = format!("fundtrail-demo-{}", std::process::id());
    std::env::temp_dir().join(name)
}

fn now() -> Result<Moment, String> {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_err(|error| error.to_string())?;
    let millis = i64::try_from(since.as_millis()).map_err(|error| error.to_string())?;
    Moment::from_millis(millis).ok_or_else(|| "the clock of this machine is not set".to_owned())
}

//! What the node is told: flags, which win over variables of the environment, which win
//! over a TOML file, which wins over what goes without saying.
//!
//! Paths in the file are relative to the file. Settings it does not know are errors, and all
//! errors are said at once. Absent on purpose: anything about durability, and anything the
//! regulation says.

mod limits;
mod sources;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use crate::Complaint;
pub(crate) use limits::{Limits, open_files_max};
use sources::{Sources, Variables};

/// Where the node listens where nothing is said.
const LISTEN: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 7440);

/// The flags of `serve`.
#[derive(Args, Debug, Default)]
pub(crate) struct Flags {
    /// Configuration file, TOML. Each setting may also be a variable: FUNDTRAILD_LISTEN,
    /// FUNDTRAILD_LIMITS__QUEUE.
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
    /// The witnesses to ask and their quorum, a C2SP tlog-policy file. [default: none]
    #[arg(long)]
    witness_policy: Option<PathBuf>,
    /// A checkpoint or a receipt that was kept elsewhere, or a folder of such files: the ledger
    /// must have what they were signed over. May be given several times. [default: none]
    #[arg(long)]
    known: Vec<PathBuf>,
    /// Address and port to listen on; port 0 takes a free one. [default: 127.0.0.1:7440]
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// Address on this machine where /healthz, /readyz and /metrics are open. [default: none]
    #[arg(long)]
    operations_listen: Option<SocketAddr>,
}

/// The `[tls]` of the file: the node's certificate and its key, both PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TlsFiles {
    /// The chain, the node's own certificate first.
    pub(crate) certificate: PathBuf,
    /// Its private key, not encrypted.
    pub(crate) key: PathBuf,
}

/// All that `serve` needs.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) origin: String,
    pub(crate) data: PathBuf,
    pub(crate) log_key: PathBuf,
    pub(crate) tag_key: PathBuf,
    pub(crate) witness_policy: Option<PathBuf>,
    /// Who vouches for witnesses at https addresses, certificates in PEM; else the
    /// authorities that browsers know.
    pub(crate) witness_ca: Option<PathBuf>,
    /// Checkpoints and receipts that were kept elsewhere, or folders of them.
    pub(crate) known: Vec<PathBuf>,
    /// Where backups go; without it there are none.
    pub(crate) backups: Option<PathBuf>,
    pub(crate) listen: SocketAddr,
    /// Where the node tells how it is to whoever asks on this machine.
    pub(crate) operations_listen: Option<SocketAddr>,
    pub(crate) tls: Option<TlsFiles>,
    /// Whether the console is served beside the API.
    pub(crate) console: bool,
    pub(crate) limits: Limits,
    /// How many days a draft takes signatures, 1 to 366.
    pub(crate) draft_days: u16,
}

impl Settings {
    /// Flags over environment over file over defaults.
    ///
    /// # Errors
    /// [`Complaint`] with everything that is wrong, a line each.
    pub(crate) fn gather(flags: Flags) -> Result<Settings, Complaint> {
        Settings::gather_from(flags, std::env::vars_os().collect())
    }

    fn gather_from(flags: Flags, variables: Variables) -> Result<Settings, Complaint> {
        let mut sources = Sources::new(variables);
        if let Some(path) = sources.take("config", flags.config) {
            sources.read(&path)?;
        }
        let origin = sources.need("origin", flags.origin);
        let data = sources.need("data", flags.data);
        let log_key = sources.need("log_key", flags.log_key);
        let tag_key = sources.need("tag_key", flags.tag_key);
        let witness_policy = sources.take("witness_policy", flags.witness_policy);
        let witness_ca = sources.take("witness_ca", None);
        let in_file = sources.take("known", None);
        let known = if flags.known.is_empty() {
            in_file.into_iter().collect()
        } else {
            flags.known
        };
        let backups = sources.take("backup.directory", None);
        let listen = sources.take("listen", flags.listen).unwrap_or(LISTEN);
        let operations_listen = sources.take("operations_listen", flags.operations_listen);
        let tls = tls(&mut sources);
        let console = sources.take("console", None).unwrap_or(true);
        check_listen(&mut sources, listen, tls.is_some());
        check_operations(&mut sources, operations_listen);
        let limits = Limits::gather(&mut sources);
        let draft_days = limits::limit(&mut sources, "drafts.days", 1, 366, 30);
        let draft_days = u16::try_from(draft_days).unwrap_or(30);
        let problems = sources.problems();
        match (origin, data, log_key, tag_key) {
            (Some(origin), Some(data), Some(log_key), Some(tag_key)) if problems.is_empty() => {
                Ok(Settings {
                    origin,
                    data,
                    log_key,
                    tag_key,
                    witness_policy,
                    witness_ca,
                    known,
                    backups,
                    listen,
                    operations_listen,
                    tls,
                    console,
                    limits,
                    draft_days,
                })
            }
            _ => Err(Complaint(problems.join("\n"))),
        }
    }
}

/// Both files, or neither.
fn tls(sources: &mut Sources) -> Option<TlsFiles> {
    let certificate: Option<PathBuf> = sources.take("tls.certificate", None);
    let key: Option<PathBuf> = sources.take("tls.key", None);
    match (certificate, key) {
        (Some(certificate), Some(key)) => Some(TlsFiles { certificate, key }),
        (None, None) => None,
        (certificate, _) => {
            let missing = ["tls.certificate", "tls.key"][usize::from(certificate.is_some())];
            sources.complain(format!("{missing} is not given: TLS needs both files"));
            None
        }
    }
}

fn check_listen(sources: &mut Sources, listen: SocketAddr, is_tls: bool) {
    if !listen.ip().is_loopback() && !is_tls {
        sources.complain(format!(
            "listen: {listen} is not a loopback address. Without TLS, tokens and entries would \
             cross the network in clear: give tls.certificate and tls.key, or listen on \
             127.0.0.1 or [::1]"
        ));
    }
}

fn check_operations(sources: &mut Sources, listen: Option<SocketAddr>) {
    if let Some(listen) = listen.filter(|listen| !listen.ip().is_loopback()) {
        sources.complain(format!(
            "operations_listen: {listen} is not a loopback address. Whoever reaches it is \
             answered: other machines ask the node's own address, with a token"
        ));
    }
}

//! `fundtrail key`: makes keys, and shows what can be shown of them.
//!
//! Keys are what OpenSSL makes and reads: unencrypted PKCS#8 for the private half,
//! SubjectPublicKeyInfo for the public one. Keeping them safe is their owner's business.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use fundtrail_model::PublicKey;
use fundtrail_model::key::SigningKey;
use rand::TryRng;
use rand::rngs::SysRng;

use crate::failure::{Answer, Ending, Failure};
use crate::files;

const PUBLIC_BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const PUBLIC_END: &str = "-----END PUBLIC KEY-----";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make an Ed25519 key: PKCS#8 in PEM, readable by you only.
    New {
        /// Where to put it.
        #[arg(long)]
        out: PathBuf,
        /// Replace a file that is there.
        #[arg(long)]
        force: bool,
    },
    /// Print a key's id and its public half.
    Show {
        /// A private or public key in PEM.
        file: PathBuf,
    },
}

pub(crate) fn run(command: &Command) -> Ending {
    match command {
        Command::New { out, force } => {
            let mut seed = [0; 32];
            SysRng.try_fill_bytes(&mut seed)?;
            let key = SigningKey::from_seed(&seed);
            files::write_secret(out, key.to_pkcs8_pem().as_bytes(), *force)?;
            files::print(&shown(&key.public()))?;
        }
        Command::Show { file } => {
            let key = public(file)?;
            files::print(&(shown(&key) + &public_pem(&key)))?;
        }
    }
    Ok(Answer::Yes)
}

/// Reads a private key.
pub(crate) fn private(path: &Path) -> Result<SigningKey, Failure> {
    let pem = files::read_text(path)?;
    SigningKey::from_pkcs8_pem(&pem).map_err(|error| Failure::at(path.display(), error))
}

/// Reads the public half of a private or public key.
fn public(path: &Path) -> Result<PublicKey, Failure> {
    let text = files::read_text(path)?;
    if text.contains("PRIVATE KEY-----") {
        return Ok(private(path)?.public());
    }
    parse_public(&text).map_err(|error| Failure::at(path.display(), error))
}

/// Reads a public key in PEM, or the base64 inside it alone.
fn parse_public(text: &str) -> Result<PublicKey, fundtrail_model::key::KeyError> {
    let inner = text
        .split_once(PUBLIC_BEGIN)
        .and_then(|(_, rest)| rest.split_once(PUBLIC_END));
    let base64: String = inner
        .map_or(text, |(inner, _)| inner)
        .split_whitespace()
        .collect();
    PublicKey::parse(&base64)
}

fn shown(key: &PublicKey) -> String {
    format!("key id      {}\npublic key  {key}\n", key.id())
}

fn public_pem(key: &PublicKey) -> String {
    format!("{PUBLIC_BEGIN}\n{key}\n{PUBLIC_END}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_keys_are_read_in_pem_and_bare() {
        let key = SigningKey::from_seed(&[5; 32]).public();
        for text in [
            public_pem(&key),
            key.to_string(),
            format!(" {key}\n"),
            format!("note\n{}", public_pem(&key)),
        ] {
            assert_eq!(parse_public(&text), Ok(key), "{text}");
        }
        assert!(parse_public("").is_err());
        assert!(parse_public(&public_pem(&key).replace("MCow", "MCox")).is_err());
    }
}

//! `fundtrail key`: makes keys, and shows what can be shown of them.
//!
//! Keys are what OpenSSL makes and reads: PKCS#8 for the private half, plain or locked with a
//! passphrase, SubjectPublicKeyInfo for the public one. Browsers read the same files.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use fundtrail_model::PublicKey;
use fundtrail_model::key::{SigningKey, Zeroizing, is_encrypted};
use rand::TryRng;
use rand::rngs::SysRng;

use crate::failure::{Answer, Ending, Failure};
use crate::passphrase::{Passphrase, PassphraseArgs};
use crate::{files, passphrase};

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
        /// Lock it with a passphrase; so does a passphrase file.
        #[arg(long)]
        encrypt: bool,
        #[command(flatten)]
        passphrase: PassphraseArgs,
    },
    /// Print a key's id and its public half.
    Show {
        /// A private or public key in PEM.
        file: PathBuf,
    },
    /// Lock a key with a passphrase.
    Encrypt(Rewrite),
    /// Write a locked key without its passphrase.
    Decrypt(Rewrite),
}

/// A key file written in another way.
#[derive(Args, Debug)]
pub(crate) struct Rewrite {
    /// A private key in PEM.
    file: PathBuf,
    /// Where to put it; the same file with --force.
    #[arg(long)]
    out: PathBuf,
    /// Replace a file that is there.
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

pub(crate) fn run(command: &Command) -> Ending {
    match command {
        Command::New {
            out,
            force,
            encrypt,
            passphrase,
        } => {
            let mut seed = Zeroizing::new([0; 32]);
            SysRng.try_fill_bytes(seed.as_mut())?;
            let key = SigningKey::from_seed(&seed);
            let pem = match *encrypt || passphrase.is_given() {
                true => locked(&key, &passphrase.new_for(out)?)?,
                false => key.to_pkcs8_pem(),
            };
            files::write_secret(out, pem.as_bytes(), *force)?;
            files::print(&shown(&key.public()))?;
        }
        Command::Show { file } => {
            let key = public(file)?;
            files::print(&(shown(&key) + &public_pem(&key)))?;
        }
        Command::Encrypt(rewrite) => {
            let pem = Zeroizing::new(files::read_text(&rewrite.file)?);
            if is_encrypted(&pem) {
                let why = "locked already; `fundtrail key decrypt` unlocks it";
                return Err(Failure::at(rewrite.file.display(), why));
            }
            let key = SigningKey::from_pkcs8_pem(&pem)
                .map_err(|error| Failure::at(rewrite.file.display(), error))?;
            let pem = locked(&key, &rewrite.passphrase.new_for(&rewrite.out)?)?;
            rewrite.put(&key, &pem)?;
        }
        Command::Decrypt(rewrite) => {
            let pem = Zeroizing::new(files::read_text(&rewrite.file)?);
            if !is_encrypted(&pem) {
                return Err(Failure::at(rewrite.file.display(), "not locked"));
            }
            let passphrase = rewrite.passphrase.of(&rewrite.file)?;
            let key = unlocked(&rewrite.file, &pem, &passphrase)?;
            rewrite.put(&key, &key.to_pkcs8_pem())?;
        }
    }
    Ok(Answer::Yes)
}

impl Rewrite {
    fn put(&self, key: &SigningKey, pem: &str) -> Result<(), Failure> {
        files::write_secret(&self.out, pem.as_bytes(), self.force)?;
        files::print(&shown(&key.public()))
    }
}

/// Reads a private key. One that is locked asks for its passphrase.
pub(crate) fn private(path: &Path) -> Result<SigningKey, Failure> {
    let pem = Zeroizing::new(files::read_text(path)?);
    if is_encrypted(&pem) {
        return unlocked(path, &pem, &passphrase::of(path)?);
    }
    SigningKey::from_pkcs8_pem(&pem).map_err(|error| Failure::at(path.display(), error))
}

fn unlocked(path: &Path, pem: &str, passphrase: &Passphrase) -> Result<SigningKey, Failure> {
    SigningKey::from_encrypted_pem(pem, passphrase.as_bytes())
        .map_err(|error| Failure::at(path.display(), error))
}

/// A key file that the passphrase opens.
fn locked(key: &SigningKey, passphrase: &Passphrase) -> Result<Zeroizing<String>, Failure> {
    let (mut salt, mut initial) = ([0; 16], [0; 16]);
    SysRng.try_fill_bytes(&mut salt)?;
    SysRng.try_fill_bytes(&mut initial)?;
    Ok(key.to_encrypted_pem(passphrase.as_bytes(), &salt, initial)?)
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

//! The founders' file: whose keys the ledger begins with.
//!
//! TOML, a table `[[founder]]` for each key, in the order of the genesis. Everything that
//! is wrong is said at once, each with its line.

use std::path::{Path, PathBuf};

use fundtrail_model::{Id, KeyId, PublicKey};
use fundtrail_regulation::state::{Duty, Role};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::Complaint;

/// The longest file of a public key read, in bytes.
const PEM_BYTES_MAX: u64 = 16 * 1024;
const PUBLIC_BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const PUBLIC_END: &str = "-----END PUBLIC KEY-----";

/// A founding key as the genesis names it (FORMAT.md, section 6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Founder {
    pub(super) party: Id,
    pub(super) role: Role,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) duty: Option<Duty>,
    pub(super) public_key: PublicKey,
}

impl Founder {
    pub(super) fn key_id(&self) -> KeyId {
        self.public_key.id()
    }

    /// For whom and as what, in words.
    pub(super) fn describe(&self) -> String {
        let duty = match self.duty {
            Some(Duty::Maker) => " (maker)",
            Some(Duty::Checker) => " (checker)",
            None => "",
        };
        format!("{} as {}{duty}", self.party, self.role.name())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    founder: Vec<Spanned<Row>>,
}

/// As written. `public_key` is the key in base64, `pem` the name of a file with it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    party: Spanned<String>,
    role: Spanned<String>,
    duty: Option<Spanned<String>>,
    public_key: Option<Spanned<String>>,
    pem: Option<Spanned<PathBuf>>,
}

/// Reads the file. Paths in it are relative to it.
///
/// # Errors
/// Everything that is wrong, as `FILE:LINE: what`, a line each.
pub(super) fn read(path: &Path) -> Result<Vec<Founder>, Complaint> {
    let at = path.display();
    let text =
        std::fs::read_to_string(path).map_err(|error| Complaint(format!("{at}: {error}")))?;
    let file: File = toml::from_str(&text)
        .map_err(|error| Complaint(format!("{at}: {}", error.to_string().trim_end())))?;
    if file.founder.is_empty() {
        return Err(Complaint(format!(
            "{at}: no founder: write a table [[founder]] for each key"
        )));
    }
    let mut reader = Reader {
        text: &text,
        base: path.parent().unwrap_or(Path::new("")),
        problems: Vec::new(),
    };
    let founders: Vec<(usize, Founder)> = file
        .founder
        .iter()
        .filter_map(|row| reader.founder(row))
        .collect();
    reader.find_repeated(&founders);
    if reader.problems.is_empty() {
        return Ok(founders.into_iter().map(|(_, founder)| founder).collect());
    }
    reader.problems.sort();
    let said = reader
        .problems
        .iter()
        .map(|(line, what)| format!("{at}:{line}: {what}"));
    Err(Complaint(said.collect::<Vec<String>>().join("\n")))
}

struct Reader<'a> {
    text: &'a str,
    base: &'a Path,
    /// Line and sentence.
    problems: Vec<(usize, String)>,
}

impl Reader<'_> {
    fn line<T>(&self, spanned: &Spanned<T>) -> usize {
        let before = self.text.get(..spanned.span().start).unwrap_or_default();
        before.matches('\n').count() + 1
    }

    fn complain<T>(&mut self, line: usize, what: impl Into<String>) -> Option<T> {
        self.problems.push((line, what.into()));
        None
    }

    /// One table, with the line of its key.
    fn founder(&mut self, row: &Spanned<Row>) -> Option<(usize, Founder)> {
        let fields = row.get_ref();
        // All are read before any is missed, so that every problem is found.
        let party = self.party(&fields.party);
        let role = self.option::<Role>("role", &fields.role);
        let duty = match &fields.duty {
            Some(duty) => self.option::<Duty>("duty", duty).map(Some),
            None => Some(None),
        };
        let (line, public_key) = self.key(row)?;
        let founder = Founder {
            party: party?,
            role: role?,
            duty: duty?,
            public_key,
        };
        Some((line, founder))
    }

    fn party(&mut self, text: &Spanned<String>) -> Option<Id> {
        let line = self.line(text);
        Id::parse(text.get_ref()).or_else(|| {
            self.complain(
                line,
                "party: ID_FORM: 1 to 64 of A-Z a-z 0-9 . _ -, the first a letter or digit",
            )
        })
    }

    /// One of the words of the format, read as the format's own reader does.
    fn option<T: DeserializeOwned>(&mut self, name: &str, text: &Spanned<String>) -> Option<T> {
        let line = self.line(text);
        match serde_json::from_value(text.get_ref().as_str().into()) {
            Ok(value) => Some(value),
            Err(error) => self.complain(line, format!("{name}: SHAPE: {error}")),
        }
    }

    fn key(&mut self, row: &Spanned<Row>) -> Option<(usize, PublicKey)> {
        let fields = row.get_ref();
        match (&fields.public_key, &fields.pem) {
            (Some(base64), None) => {
                let line = self.line(base64);
                match PublicKey::parse(base64.get_ref()) {
                    Ok(key) => Some((line, key)),
                    Err(error) => self.complain(line, format!("public_key: {error}")),
                }
            }
            (None, Some(pem)) => {
                let line = self.line(pem);
                let path = self.base.join(pem.get_ref());
                match read_pem(&path) {
                    Ok(key) => Some((line, key)),
                    Err(what) => self.complain(line, format!("pem: {}: {what}", path.display())),
                }
            }
            _ => {
                let line = self.line(row);
                self.complain(
                    line,
                    "a founder has either public_key (base64) or pem (a file)",
                )
            }
        }
    }

    fn find_repeated(&mut self, founders: &[(usize, Founder)]) {
        for (at, (line, founder)) in founders.iter().enumerate() {
            let mut before = founders.iter().take(at);
            if let Some((first, _)) = before.find(|(_, other)| other.key_id() == founder.key_id()) {
                let what = format!(
                    "key {} stands on line {first} already: each key once",
                    founder.key_id()
                );
                self.problems.push((*line, what));
            }
        }
    }
}

/// Reads the public key that a file has in PEM, as `openssl pkey -pubout` and
/// `fundtrail key show` write it; text around it is ignored.
fn read_pem(path: &Path) -> Result<PublicKey, String> {
    let length = std::fs::metadata(path).map_err(|error| error.to_string())?;
    if length.len() > PEM_BYTES_MAX {
        return Err(format!(
            "a file of more than {PEM_BYTES_MAX} bytes is no key"
        ));
    }
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    if text.contains("PRIVATE KEY-----") {
        return Err(
            "this is a private key, which nobody but its owner should have: \
                    put the public half here, as `fundtrail key show` prints it"
                .into(),
        );
    }
    let inner = text
        .split_once(PUBLIC_BEGIN)
        .and_then(|(_, rest)| rest.split_once(PUBLIC_END))
        .ok_or_else(|| format!("no {PUBLIC_BEGIN} in it"))?;
    let base64: String = inner.0.split_whitespace().collect();
    PublicKey::parse(&base64).map_err(|error| error.to_string())
}

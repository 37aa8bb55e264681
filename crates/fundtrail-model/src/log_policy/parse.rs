//! Reading a policy file, line by line.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use super::{
    Log, LogPolicy, LogPolicyError, LogPolicyProblem, NONE, Named, POLICY_FILE_BYTES_MAX,
    POLICY_FILE_PARTIES_MAX, What, Witness,
};
use crate::checkpoint::parse_number;
use crate::note::{NoteError, SignatureType, VerifierKey};

pub(super) fn parse(text: &str) -> Result<LogPolicy, LogPolicyError> {
    let whole = |problem| LogPolicyError {
        line: None,
        problem,
    };
    if text.len() > POLICY_FILE_BYTES_MAX {
        return Err(whole(LogPolicyProblem::TooLarge));
    }
    let mut reader = Reader::default();
    for (number, line) in (1..).zip(text.split('\n')) {
        reader.take(line).map_err(|problem| LogPolicyError {
            line: Some(number),
            problem,
        })?;
    }
    reader.end().map_err(whole)
}

/// What the lines so far have said.
#[derive(Default)]
struct Reader {
    logs: Vec<Log>,
    witnesses: Vec<Witness>,
    names: Vec<Named>,
    /// For each of `names`, whether it is a member of a group.
    is_member: Vec<bool>,
    groups: usize,
    /// The quorum line: `none`, or a place in `names`.
    quorum: Option<Option<usize>>,
}

impl Reader {
    fn take(&mut self, line: &str) -> Result<(), LogPolicyProblem> {
        if line.bytes().any(|byte| byte != b'\t' && byte < b' ') || line.contains('\x7f') {
            return Err(LogPolicyProblem::Text);
        }
        // Spaces and tabs only: other white space of Unicode is part of a word.
        let words: Vec<&str> = line
            .split([' ', '\t'])
            .filter(|word| !word.is_empty())
            .collect();
        match words[..] {
            [] => Ok(()),
            [first, ..] if first.starts_with('#') => Ok(()),
            ["log", key] => self.log(key, None),
            ["log", key, url] => self.log(key, Some(url)),
            ["witness", name, key] => self.witness(name, key, None),
            ["witness", name, key, url] => self.witness(name, key, Some(url)),
            ["group", name, needed, ref members @ ..] if !members.is_empty() => {
                self.group(name, needed, members)
            }
            ["quorum", name] => self.quorum(name),
            _ => Err(LogPolicyProblem::Line),
        }
    }

    fn log(&mut self, key: &str, url: Option<&str>) -> Result<(), LogPolicyProblem> {
        bounded(self.logs.len())?;
        let key = self.key(key, SignatureType::Ed25519)?;
        self.logs.push(Log {
            key,
            url: url.map(ToOwned::to_owned),
        });
        Ok(())
    }

    fn witness(
        &mut self,
        name: &str,
        key: &str,
        url: Option<&str>,
    ) -> Result<(), LogPolicyProblem> {
        bounded(self.witnesses.len())?;
        self.check_free(name)?;
        let key = self.key(key, SignatureType::Cosignature)?;
        self.witnesses.push(Witness {
            name: String::from(name),
            key,
            url: url.map(ToOwned::to_owned),
        });
        self.define(Named::new(name, What::Witness));
        Ok(())
    }

    fn group(
        &mut self,
        name: &str,
        needed: &str,
        members: &[&str],
    ) -> Result<(), LogPolicyProblem> {
        bounded(self.groups)?;
        self.check_free(name)?;
        let needed = match needed {
            "all" => members.len(),
            "any" => 1,
            number => threshold(number, members.len())?,
        };
        let mut places = Vec::with_capacity(members.len());
        for member in members {
            let place = self.place(member)?;
            let is_member = self.is_member.get_mut(place);
            if is_member.is_none_or(|is| core::mem::replace(is, true)) {
                return Err(LogPolicyProblem::MemberTwice);
            }
            places.push(place);
        }
        self.groups += 1;
        let what = What::Group {
            needed,
            members: places,
        };
        self.define(Named::new(name, what));
        Ok(())
    }

    fn quorum(&mut self, name: &str) -> Result<(), LogPolicyProblem> {
        if self.quorum.is_some() {
            return Err(LogPolicyProblem::QuorumTwice);
        }
        self.quorum = Some(match name {
            NONE => None,
            _ => Some(self.place(name)?),
        });
        Ok(())
    }

    fn end(self) -> Result<LogPolicy, LogPolicyProblem> {
        let quorum = self.quorum.ok_or(LogPolicyProblem::NoQuorum)?;
        if self.logs.is_empty() {
            return Err(LogPolicyProblem::NoLog);
        }
        Ok(LogPolicy {
            logs: self.logs,
            witnesses: self.witnesses,
            names: self.names,
            quorum,
        })
    }

    /// A key of that type, unlike all before: a log that is its own witness is none.
    fn key(&self, text: &str, kind: SignatureType) -> Result<VerifierKey, LogPolicyProblem> {
        let key = VerifierKey::parse(text).map_err(|error| match error {
            NoteError::KeyType => LogPolicyProblem::KeyType,
            other => LogPolicyProblem::Key(other),
        })?;
        if key.kind() != kind {
            return Err(LogPolicyProblem::KeyType);
        }
        let logs = self.logs.iter().map(|log| &log.key);
        let witnesses = self.witnesses.iter().map(|witness| &witness.key);
        if logs
            .chain(witnesses)
            .any(|earlier| earlier.public() == key.public())
        {
            return Err(LogPolicyProblem::KeyDuplicate);
        }
        Ok(key)
    }

    fn check_free(&self, name: &str) -> Result<(), LogPolicyProblem> {
        if name == NONE || self.place(name).is_ok() {
            return Err(LogPolicyProblem::Name);
        }
        Ok(())
    }

    fn place(&self, name: &str) -> Result<usize, LogPolicyProblem> {
        let mut names = self.names.iter();
        names
            .position(|named| named.name == name)
            .ok_or(LogPolicyProblem::Undefined)
    }

    fn define(&mut self, named: Named) {
        self.names.push(named);
        self.is_member.push(false);
    }
}

fn bounded(count: usize) -> Result<(), LogPolicyProblem> {
    if count >= POLICY_FILE_PARTIES_MAX {
        return Err(LogPolicyProblem::TooLarge);
    }
    Ok(())
}

/// A number of members: decimal, at least 1, at most all.
fn threshold(text: &str, members: usize) -> Result<usize, LogPolicyProblem> {
    parse_number(text)
        .and_then(|number| usize::try_from(number).ok())
        .filter(|number| (1..=members).contains(number))
        .ok_or(LogPolicyProblem::Threshold)
}

//! `particulars_erase`: erases what a transaction sealed, wherever this ledger keeps it. The entry, its digests and its tags stay; that it was erased, and on whose decision, is recorded.

use super::prelude::*;
use alloc::collections::{BTreeMap, BTreeSet};
use fundtrail_model::port::Table;
use fundtrail_model::transaction::SEALED_MAX;

use super::{Original, original};
use crate::case::lost;

/// The longest name of a particular, in bytes.
const NAME_BYTES_MAX: usize = 64;

/// Erases what a transaction sealed, wherever this ledger keeps it. The entry, its digests and its tags stay; that it was erased, and on whose decision, is recorded.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParticularsErase {
    /// Id of the transaction that sealed them.
    pub of: Id,
    /// Names of the particulars; all that it sealed if none is given.
    #[serde(default)]
    pub particulars: Vec<String>,
    /// The decision to erase.
    pub decision: DocumentDigest,
}

impl Meaning for ParticularsErase {
    const NAME: &'static str = "particulars_erase";
    const ARTICLES: &'static [u8] = &[7];
    const TITLE: Bilingual = Bilingual { zh: "删除封存信息", en: "Erasure of sealed particulars" };

    fn check(&self) -> Result<(), Malformed> {
        bounded("particulars", self.particulars.len(), SEALED_MAX)?;
        // Nothing but what a kind could have called a particular gets into an entry.
        let fits = |name: &String| {
            let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_.".contains(&byte);
            (1..=NAME_BYTES_MAX).contains(&name.len()) && name.bytes().all(known)
        };
        if !self.particulars.iter().all(fits) {
            return Err(misfit("particulars: a name is 1 to 64 of a-z 0-9 _ ."));
        }
        let names: BTreeSet<&String> = self.particulars.iter().collect();
        if names.len() != self.particulars.len() {
            return Err(misfit("particulars: a name stands twice"));
        }
        Ok(())
    }

    fn subject(&self) -> Subject {
        Subject::default()
    }

    fn follows(&self, case: &Case<'_>) -> Result<Vec<(&'static str, Day)>, Fault> {
        Ok(original(case.view, &self.of)?.map(|original| ("original", original.transaction.date)).into_iter().collect())
    }

    fn needs(&self, _: &Case<'_>) -> Result<Vec<Need>, Fault> {
        Ok(vec![Need::role(Role::Office)])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        let original = original(case.view, &self.of)?.ok_or_else(|| lost("transaction"))?;
        let mut erased = self.erased(case)?;
        for name in self.meant(&original) {
            if erased.particulars.contains_key(name) {
                continue;
            }
            let digest = original.transaction.sealed.get(name).ok_or_else(|| lost("particular"))?;
            // Outside the log: not there in a replay, where this is nothing.
            out.remove_row(Table::Disclosures, digest.to_string().into_bytes());
            erased.particulars.insert(name.to_string(), case.index);
        }
        out.touch_id("transaction", &self.of);
        out.put(&erased)
    }
}

impl ParticularsErase {
    /// The names it is about.
    pub(crate) fn meant<'a>(&'a self, original: &'a Original) -> Vec<&'a str> {
        if self.particulars.is_empty() {
            original.transaction.sealed.keys().map(String::as_str).collect()
        } else {
            self.particulars.iter().map(String::as_str).collect()
        }
    }

    /// What was erased of that transaction before.
    pub(crate) fn erased(&self, case: &Case<'_>) -> Result<Erased, Fault> {
        Ok(case.view.get(self.of.as_bytes())?.unwrap_or_else(|| Erased {
            transaction: self.of.clone(),
            particulars: BTreeMap::new(),
        }))
    }
}

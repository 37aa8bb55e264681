//! A transaction: what a party signs, as exact bytes.
//!
//! Only its frame is read here; what a body means is the regulation's business.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::day::Day;
use crate::disclosure::DisclosureDigest;
use crate::id::Id;
use crate::json;
use crate::malformed::{Malformed, MalformedCode};

/// The media type of a transaction, bound into every signature.
pub const TRANSACTION_TYPE: &str = "application/vnd.fundtrail.transaction+json";

/// The largest transaction, in bytes.
pub const TRANSACTION_BYTES_MAX: usize = 32 * 1024;

/// The most particulars one transaction may seal.
pub const SEALED_MAX: usize = 64;

/// A transaction whose frame is well formed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transaction {
    /// The origin of the one ledger it is meant for.
    pub ledger: String,
    /// Chosen by the sender, unique in the ledger: the idempotency key.
    pub id: Id,
    /// The kind, in snake case.
    pub kind: String,
    /// The business date, in Asia/Shanghai.
    pub date: Day,
    /// What the kind says, unread.
    pub body: Box<RawValue>,
    /// Name of each sealed particular and the digest of its disclosure.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sealed: BTreeMap<String, DisclosureDigest>,
}

impl Transaction {
    /// Reads the frame of a transaction.
    ///
    /// # Errors
    /// `TOO_LARGE`, those of [`json::check`], and those of the members.
    pub fn parse(bytes: &[u8]) -> Result<Transaction, Malformed> {
        if bytes.len() > TRANSACTION_BYTES_MAX {
            let detail = format!("a transaction is at most {TRANSACTION_BYTES_MAX} bytes");
            return Err(Malformed::new(MalformedCode::TooLarge, detail));
        }
        let text = json::check(bytes)?;
        let transaction: Transaction = json::read(text)?;
        if transaction.sealed.len() > SEALED_MAX {
            let detail = format!("at most {SEALED_MAX} particulars are sealed in one transaction");
            return Err(Malformed::new(MalformedCode::TooLarge, detail));
        }
        Ok(transaction)
    }

    /// Reads the body as a given type.
    ///
    /// # Errors
    /// What is wrong with the body, under its code.
    pub fn body_as<'a, T: Deserialize<'a>>(&'a self) -> Result<T, Malformed> {
        json::read(self.body.get())
            .map_err(|found| Malformed::new(found.code, "body: ".to_owned() + &found.detail))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_is_an_object() {
        let object = br#" {"ledger":"l","id":"x","kind":"k","date":"2022-01-01","body":{}}"#;
        assert!(Transaction::parse(object).is_ok());
        let array = br#"["l","x","k","2022-01-01",{}]"#;
        assert_eq!(
            Transaction::parse(array).unwrap_err().code,
            MalformedCode::Shape
        );
    }
}

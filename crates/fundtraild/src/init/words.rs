//! What `init` says to people: what looks wrong, and what comes next.

use std::fmt::Write as _;
use std::path::Path;

use fundtrail_model::{Day, Moment};
use fundtrail_regulation::state::Role;

use super::CONFIG;
use super::founders::Founder;
use super::founding::{Adoption, Document, seats};

/// What the ledger would record, and its founders would regret.
pub(super) fn warnings(
    founders: &[Founder],
    adoption: Option<&Adoption>,
    date: Day,
    now: Moment,
) -> Vec<String> {
    let mut warnings = Vec::new();
    let has = |role| founders.iter().any(|founder| founder.role == role);
    if !has(Role::Office) {
        warnings.push(
            "no founder is the office: it signs every key_enrol, so no key could ever be added"
                .into(),
        );
    }
    let seats = seats(founders).len();
    if seats == 0 {
        warnings.push(
            "no founder is a group_member: the leading group adopts the policy, so there could \
             never be one"
                .into(),
        );
    }
    if let Some(adoption) = adoption {
        let members = adoption.policy.approval.lg_members;
        if u32::try_from(seats) != Ok(members) {
            warnings.push(format!(
                "the policy counts approval.lg_members = {members}, the founders hold {seats} seats"
            ));
        }
    }
    if date > now.day() {
        warnings.push(format!(
            "{date} is to come: until then the ledger answers DATE_IN_FUTURE"
        ));
    }
    warnings
}

/// The commands that lead from here to a founded ledger.
pub(super) fn next(
    data: &Path,
    log_key: &str,
    founders: &[Founder],
    documents: &[Document],
) -> String {
    let mut text = String::from(
        "\nNext: each founder reads what follows, compares its sha256 with the others, and signs \
         on a machine\nof their own, one after the other. The first signs the file itself, the \
         next ones what came of it.\n",
    );
    let mut signed = Vec::with_capacity(documents.len());
    for document in documents {
        let file = quoted(&data.join(document.file).display().to_string());
        let out = document.file.replace(".json", ".signed.json");
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "\n  fundtrail sign --key KEY.pem --out {out} {file}\n  \
             fundtrail sign --key KEY.pem --out {out} {out}"
        );
        for at in &document.signers {
            let founder = &founders[*at];
            let _ = writeln!(text, "      {}  {}", founder.key_id(), founder.describe());
        }
        signed.push(out);
    }
    let config = quoted(&data.join(CONFIG).display().to_string());
    let _ = writeln!(
        text,
        "\nThen:\n\n  fundtraild serve --config {config}\n  \
         fundtrail submit --node http://127.0.0.1:7440 --log-key {} --receipt-dir receipts {}",
        quoted(log_key),
        signed.join(" ")
    );
    text
}

/// As a shell takes it for one word.
fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        return word.into();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn words_are_quoted_for_a_shell() {
        assert_eq!(quoted("a/b-1.json"), "a/b-1.json");
        assert_eq!(quoted("a+b=="), "'a+b=='");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}

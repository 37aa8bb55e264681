//! `fundtrail submit`: posts submissions, prints the verdicts, keeps the receipts.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use comfy_table::{ContentArrangement, Table, presets};
use fundtrail_audit::verify_receipt;
use fundtrail_model::LogPolicy;
use fundtrail_model::note::VerifierKey;
use fundtrail_model::{Submission, Transaction};
use serde_json::Value;

use crate::failure::{Answer, Ending, Failure};
use crate::files;
use crate::language::Language;
use crate::node::{NodeArgs, Reply, no_answer};

#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Submissions, as `fundtrail sign` writes them; `-` is standard input.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    node: NodeArgs,
    /// Ask for the verdict only: nothing is recorded.
    #[arg(long)]
    check: bool,
    /// Save each receipt into this directory, as ID.tlog-proof.
    #[arg(long)]
    receipt_dir: Option<PathBuf>,
    /// Verify each receipt with the log's verifier key, or a file with it.
    #[arg(long, env = "FUNDTRAIL_LOG_KEY")]
    log_key: Option<String>,
    /// Language of refusals.
    #[arg(long, value_enum, default_value_t)]
    lang: Language,
}

pub(crate) fn run(arguments: &Arguments) -> Ending {
    let node = arguments.node.connect()?;
    let log_key = arguments
        .log_key
        .as_deref()
        .map(files::log_key)
        .transpose()?;
    if let Some(directory) = &arguments.receipt_dir {
        std::fs::create_dir_all(directory)
            .map_err(|error| Failure::at(directory.display(), error))?;
    }
    let path = if arguments.check {
        "/v1/transactions/check"
    } else {
        "/v1/transactions"
    };
    let mut all = Answer::Yes;
    for file in &arguments.files {
        let bytes = files::read(file)?;
        let reply = node
            .post(path, &bytes)
            .map_err(|failure| Failure::at(file.display(), failure.0))?;
        let verdict =
            Verdict::of(&reply).map_err(|failure| Failure::at(file.display(), failure.0))?;
        files::print(&verdict.shown(file, arguments.check, arguments.lang))?;
        if let Some(receipt) = &verdict.receipt {
            keep(
                receipt,
                &bytes,
                log_key.as_ref(),
                arguments.receipt_dir.as_deref(),
            )?;
        }
        all = all.and(verdict.answer);
    }
    Ok(all)
}

/// Verifies a receipt, if there is a key to do it with, and saves it, if there is a place.
fn keep(
    receipt: &str,
    submission: &[u8],
    log_key: Option<&VerifierKey>,
    directory: Option<&Path>,
) -> Result<(), Failure> {
    let sent = Submission::parse(submission).map_err(|error| Failure(error.to_string()))?;
    let sent =
        Transaction::parse(&sent.envelope.payload).map_err(|error| Failure(error.to_string()))?;
    if let Some(key) = log_key {
        let policy = LogPolicy::of_log(key.clone()).map_err(|error| Failure(error.to_string()))?;
        let proven = verify_receipt(receipt.as_bytes(), &policy)
            .map_err(|finding| Failure::at("the node's receipt does not verify", finding))?;
        if proven.id != sent.id {
            return Err(Failure::at(
                "the node's receipt is for another transaction",
                proven.id,
            ));
        }
    }
    match directory {
        Some(directory) => files::write(
            &directory.join(format!("{}.tlog-proof", sent.id)),
            receipt.as_bytes(),
        ),
        None => Ok(()),
    }
}

/// What a node said of a submission.
struct Verdict {
    answer: Answer,
    document: Value,
    receipt: Option<String>,
}

impl Verdict {
    /// Reads a reply. What is neither yes nor no is no answer.
    fn of(reply: &Reply) -> Result<Verdict, Failure> {
        let document = reply.json();
        let answer = match reply.status {
            200 | 201 if document.get("index").is_some() => Answer::Yes,
            400 | 409 | 413 | 422 if document.get("code").is_some() => Answer::No,
            _ => return Err(no_answer(reply)),
        };
        let receipt = document
            .get("receipt")
            .and_then(Value::as_str)
            .map(Into::into);
        Ok(Verdict {
            answer,
            document,
            receipt,
        })
    }

    fn shown(&self, file: &Path, dry: bool, language: Language) -> String {
        let (document, file) = (&self.document, file.display());
        match self.answer {
            Answer::Yes => {
                let would = if dry {
                    language.of("（试算）", "would be ")
                } else {
                    ""
                };
                let what = match document["verdict"].as_str() {
                    Some("repeated") => language.of("已有记录", "repeated"),
                    _ => language.of("已记录", "recorded"),
                };
                let index = &document["index"];
                format!(
                    "{file}: {would}{what}: {} {index}\n{}",
                    language.of("条目", "entry"),
                    alerts(document)
                )
            }
            Answer::No if document["refusals"].is_array() => {
                let refused = language.of("不予受理", "refused");
                format!("{file}: {refused}\n{}\n", refusals(document, language))
            }
            Answer::No => {
                let (code, detail) = (&document["code"], &document["detail"]);
                format!("{file}: {}: {}\n", plain(code), plain(detail))
            }
        }
    }
}

/// A line for each alert.
fn alerts(document: &Value) -> String {
    let mut text = String::new();
    for alert in document["effects"]["alerts"]
        .as_array()
        .into_iter()
        .flatten()
    {
        let [code, object, owed_by] = ["code", "object", "owed_by"].map(|name| plain(&alert[name]));
        let figures = figures(&alert["figures"]);
        // Writing to memory cannot fail.
        let _ = writeln!(text, "  ! {code} {object} ({owed_by}) {figures}");
    }
    text
}

/// A row for each refusal: code, article, title and the figures that decided it.
pub(crate) fn refusals(document: &Value, language: Language) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(match language {
        Language::Zh => ["代码", "条", "规则", "数据"],
        Language::En => ["code", "Art.", "rule", "figures"],
    });
    for refusal in document["refusals"].as_array().into_iter().flatten() {
        let article = match refusal["article"].as_u64() {
            None | Some(0) => String::new(),
            Some(article) => article.to_string(),
        };
        let title = &refusal["title"][language.of("zh", "en")];
        let (code, figures) = (plain(&refusal["code"]), figures(&refusal["figures"]));
        table.add_row([code, article, plain(title), figures]);
    }
    table
}

/// `overdue_days: 59, required: 60`
fn figures(object: &Value) -> String {
    let members = object.as_object().into_iter().flatten();
    let all: Vec<String> = members
        .map(|(name, value)| format!("{name}: {}", plain(value)))
        .collect();
    all.join(", ")
}

/// A text without quotation marks, anything else as JSON.
pub(crate) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), Into::into)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn verdict(status: u16, document: &Value) -> Result<Verdict, Failure> {
        Verdict::of(&Reply {
            status,
            body: document.to_string().into_bytes(),
        })
    }

    fn shown(status: u16, document: &Value, language: Language) -> String {
        verdict(status, document)
            .unwrap()
            .shown(Path::new("a.json"), false, language)
    }

    #[test]
    fn a_recorded_transaction_shows_its_entry_and_alerts() {
        let alert = json!({
            "code": "NO_RISK_NOTICE", "object": "loan:L1", "owed_by": "bank", "figures": { "days": 3 },
        });
        let document = json!({ "verdict": "recorded", "index": 12, "effects": { "alerts": [alert] }, "receipt": "r" });
        let text = shown(201, &document, Language::En);
        assert_eq!(
            text,
            "a.json: recorded: entry 12\n  ! NO_RISK_NOTICE loan:L1 (bank) days: 3\n"
        );
        assert_eq!(
            verdict(201, &document).unwrap().receipt.as_deref(),
            Some("r")
        );
        let repeated = json!({ "verdict": "repeated", "index": 12, "effects": {} });
        assert_eq!(
            shown(200, &repeated, Language::En),
            "a.json: repeated: entry 12\n"
        );
    }

    #[test]
    fn a_refusal_shows_code_article_title_and_figures() {
        let refusal = json!({
            "code": "NOT_OVERDUE_ENOUGH", "article": 15,
            "title": { "zh": "逾期不足", "en": "Not overdue long enough" },
            "figures": { "overdue_days": 59, "required": 60 },
        });
        let document = json!({ "code": "REFUSED", "refusals": [refusal] });
        let english = shown(422, &document, Language::En);
        for part in [
            "refused",
            "NOT_OVERDUE_ENOUGH",
            "15",
            "Not overdue long enough",
            "overdue_days: 59, required: 60",
        ] {
            assert!(english.contains(part), "{part}: {english}");
        }
        let chinese = shown(422, &document, Language::Zh);
        assert!(
            chinese.contains("逾期不足") && chinese.contains("不予受理"),
            "{chinese}"
        );
        assert_eq!(verdict(422, &document).unwrap().answer, Answer::No);
    }

    #[test]
    fn malformed_and_conflict_are_answers_and_faults_are_not() {
        for (status, code) in [(400, "NOT_JSON"), (409, "CONFLICT"), (413, "TOO_LARGE")] {
            let document = json!({ "code": code, "detail": "why" });
            assert_eq!(
                shown(status, &document, Language::En),
                format!("a.json: {code}: why\n")
            );
        }
        for status in [200, 201, 404, 500, 503, 302] {
            assert!(
                verdict(status, &json!({ "code": "X", "detail": "y" })).is_err(),
                "{status}"
            );
        }
    }
}

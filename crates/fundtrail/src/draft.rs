//! `fundtrail draft`: several people add their signatures to the same bytes at a node.
//!
//! Nothing is signed that was not shown: what is shown is read from the very bytes that are
//! signed, and nothing that the node says about them is.

mod words;

use std::io::{self, BufRead, IsTerminal, Write as _};
use std::path::PathBuf;
use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::{Args, Subcommand};
use comfy_table::{ContentArrangement, Table, presets};
use fundtrail_kernel::admission::open_envelope;
use fundtrail_model::transaction::TRANSACTION_TYPE;
use fundtrail_model::{Envelope, Id, Malformed};
use serde_json::{Value, json};

use crate::failure::{Answer, Ending, Failure};
use crate::language::Language;
use crate::node::{Node, NodeArgs, Reply, no_answer};
use crate::submit::{plain, refusals};
use crate::{files, key, sign};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Post a transaction, or a submission that some have signed, for others to sign.
    New(New),
    /// List drafts: yours and those that wait for you, or all if you read the whole ledger.
    List(List),
    /// Show a draft: what its bytes say, who signed, who is missing.
    Show(Show),
    /// Show a draft and sign it.
    Sign(Sign),
    /// Take a draft back.
    Withdraw(Withdraw),
}

#[derive(Args, Debug)]
pub(crate) struct New {
    /// A transaction, or a submission as `fundtrail sign` writes it; `-` is standard input.
    file: PathBuf,
    #[command(flatten)]
    node: NodeArgs,
    /// Language of what is printed.
    #[arg(long, value_enum, default_value_t)]
    lang: Language,
}

#[derive(Args, Debug)]
pub(crate) struct List {
    /// Only those in this state: open, submitted, refused, expired, withdrawn.
    #[arg(long)]
    state: Option<String>,
    #[command(flatten)]
    node: NodeArgs,
    /// Language of what is printed.
    #[arg(long, value_enum, default_value_t)]
    lang: Language,
}

#[derive(Args, Debug)]
pub(crate) struct Show {
    /// The draft's id.
    id: String,
    #[command(flatten)]
    node: NodeArgs,
    /// Language of what is printed.
    #[arg(long, value_enum, default_value_t)]
    lang: Language,
}

#[derive(Args, Debug)]
pub(crate) struct Sign {
    /// The draft's id.
    id: String,
    /// The private key to sign with, in PEM. The node is asked with it too, unless --as or
    /// --token says otherwise.
    #[arg(long)]
    key: PathBuf,
    /// Sign without asking: for scripts.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    node: NodeArgs,
    /// Language of what is printed.
    #[arg(long, value_enum, default_value_t)]
    lang: Language,
}

#[derive(Args, Debug)]
pub(crate) struct Withdraw {
    /// The draft's id.
    id: String,
    #[command(flatten)]
    node: NodeArgs,
}

pub(crate) fn run(command: &Command) -> Ending {
    match command {
        Command::New(new) => post(new),
        Command::List(list) => listed(list),
        Command::Show(show) => shown(show),
        Command::Sign(sign) => signed(sign),
        Command::Withdraw(withdraw) => withdrawn(withdraw),
    }
}

fn post(arguments: &New) -> Ending {
    let bytes = files::read(&arguments.file)?;
    let body = if sign::is_submission(&bytes) {
        bytes
    } else {
        json!({
            "payload": STANDARD.encode(&bytes),
            "payloadType": TRANSACTION_TYPE,
            "signatures": [],
        })
        .to_string()
        .into_bytes()
    };
    let reply = arguments.node.connect()?.post("/v1/drafts", &body)?;
    answered(&reply, arguments.lang)
}

fn listed(arguments: &List) -> Ending {
    let node = arguments.node.connect()?;
    let language = arguments.lang;
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(match language {
        Language::Zh => ["编号", "状态", "事项", "日期", "提交方", "待签"],
        Language::En => ["id", "state", "what", "date", "posted by", "missing"],
    });
    let mut query = match &arguments.state {
        Some(state) if state.bytes().all(|byte| byte.is_ascii_lowercase()) => {
            format!("?state={state}")
        }
        Some(state) => return Err(Failure::at(state, "not a state")),
        None => String::new(),
    };
    loop {
        let reply = node.get(&format!("/v1/drafts{query}"))?;
        let document = reply.json();
        let Some(items) = document["items"].as_array().filter(|_| reply.status == 200) else {
            return Err(no_answer(&reply));
        };
        for item in items {
            let title = &item["title"][language.of("zh", "en")];
            table.add_row([
                words::safe(&plain(&item["id"])),
                words::safe(&plain(&item["state"])),
                words::safe(&plain(title)),
                words::safe(&plain(&item["date"])),
                words::safe(&plain(&item["party"])),
                missing(item, language).join("; "),
            ]);
        }
        let Some(next) = document["next"].as_str() else {
            break;
        };
        let state = arguments.state.as_deref();
        let state = state.map_or(String::new(), |state| format!("&state={state}"));
        query = format!("?cursor={next}{state}");
    }
    files::print(&format!("{table}\n"))?;
    Ok(Answer::Yes)
}

fn shown(arguments: &Show) -> Ending {
    let node = arguments.node.connect()?;
    let id = id(&arguments.id)?;
    let fetched = match fetch(&node, &id)? {
        Ok(fetched) => fetched,
        Err(no) => return Ok(no),
    };
    let ledger = arguments.node.ledger_of(&node)?;
    match fetched.in_words(&id, &ledger, arguments.lang) {
        Ok(text) => {
            files::print(&(text + &fetched.standing(arguments.lang)))?;
            Ok(Answer::Yes)
        }
        Err(malformed) => {
            eprintln!("{id}: malformed: {malformed}");
            Ok(Answer::No)
        }
    }
}

fn signed(arguments: &Sign) -> Ending {
    let key = Rc::new(key::private(&arguments.key)?);
    let node = arguments.node.connect_with(&key)?;
    let id = id(&arguments.id)?;
    let fetched = match fetch(&node, &id)? {
        Ok(fetched) => fetched,
        Err(no) => return Ok(no),
    };
    let ledger = arguments.node.ledger_of(&node)?;
    let text = match fetched.in_words(&id, &ledger, arguments.lang) {
        Ok(text) => text,
        Err(malformed) => {
            eprintln!("{id}: not signed: {malformed}");
            return Ok(Answer::No);
        }
    };
    files::print(&(text + &fetched.standing(arguments.lang)))?;
    let key_id = key.public().id();
    if !arguments.yes && !is_agreed(&format!("Sign this with key {key_id}? [y/N] "))? {
        eprintln!("{id}: not signed");
        return Ok(Answer::No);
    }
    let signature = key.sign(&fetched.envelope.signed_bytes());
    let body = json!({ "keyid": key_id.to_string(), "sig": STANDARD.encode(signature) });
    let path = format!("/v1/drafts/{id}/signatures");
    let reply = node.post(&path, body.to_string().as_bytes())?;
    answered(&reply, arguments.lang)
}

fn withdrawn(arguments: &Withdraw) -> Ending {
    let id = id(&arguments.id)?;
    let node = arguments.node.connect()?;
    let reply = node.delete(&format!("/v1/drafts/{id}"))?;
    answered(&reply, Language::En)
}

/// A draft as a node gave it.
struct Fetched {
    /// The very bytes that are signed, without signatures.
    envelope: Envelope,
    disclosures: Vec<String>,
    document: Value,
}

/// A draft; or the answer, where there is none to be had.
fn fetch(node: &Node, id: &Id) -> Result<Result<Fetched, Answer>, Failure> {
    let reply = node.get(&format!("/v1/drafts/{id}"))?;
    if reply.status != 200 {
        return answered(&reply, Language::En).map(Err);
    }
    let document = reply.json();
    let payload = document["payload"].as_str().unwrap_or_default();
    let payload = STANDARD
        .decode(payload)
        .map_err(|_| Failure("the node gave no payload".into()))?;
    let disclosures = document["disclosures"].as_array().into_iter().flatten();
    let disclosures = disclosures
        .filter_map(|one| one.as_str().map(Into::into))
        .collect();
    Ok(Ok(Fetched {
        envelope: Envelope {
            payload,
            signatures: Vec::new(),
        },
        disclosures,
        document,
    }))
}

impl Fetched {
    /// What the bytes say, if they are a well-formed transaction of that id for the ledger.
    fn in_words(&self, id: &Id, ledger: &str, language: Language) -> Result<String, Malformed> {
        let (transaction, body) = open_envelope(&self.envelope, ledger)?;
        if transaction.id != *id {
            let detail = format!("its bytes are those of {}", transaction.id);
            let code = fundtrail_model::MalformedCode::Shape;
            return Err(Malformed::new(code, detail));
        }
        let payload = &self.envelope.payload;
        Ok(words::of(
            &transaction,
            body.kind(),
            payload,
            &self.disclosures,
            language,
        ))
    }

    /// What the node says of it: who signed, who is missing, what the ledger would say.
    fn standing(&self, language: Language) -> String {
        let document = &self.document;
        let line = |zh, en, text: String| format!("{} {text}\n", language.of(zh, en));
        let state = words::safe(&plain(&document["state"]));
        let mut text = line("状态：", "state:", state);
        for one in document["signatures"].as_array().into_iter().flatten() {
            let [party, role, keyid] = ["party", "role", "keyid"].map(|name| plain(&one[name]));
            let who = words::safe(&format!("{party} ({role}) {keyid}"));
            text += &line("已签：", "signed:", who);
        }
        for lack in missing(document, language) {
            text += &line("待签：", "missing:", lack);
        }
        if let Some(refused) = document["verdict"]["refusals"].as_array() {
            for one in refused {
                let message = plain(&one["message"][language.of("zh", "en")]);
                let message = format!("{} {message}", plain(&one["code"]));
                let message = words::safe(&message);
                text += &line("现况下将不予受理：", "would be refused now:", message);
            }
        }
        text
    }
}

/// Prints what a node made of a request about a draft.
fn answered(reply: &Reply, language: Language) -> Ending {
    let document = reply.json();
    match reply.status {
        200 | 201 if document["state"].is_string() => {
            let (id, state) = (plain(&document["id"]), plain(&document["state"]));
            let mut text = words::safe(&format!("{id}: {state}"));
            if let Some(entry) = document["entry"].as_u64() {
                text += &format!(": {} {entry}", language.of("条目", "entry"));
            }
            for lack in missing(&document, language) {
                text += &format!("\n{} {lack}", language.of("  待签：", "  missing:"));
            }
            files::print(&(text + "\n"))?;
            Ok(Answer::Yes)
        }
        422 if document["refusals"].is_array() => {
            let refused = language.of("不予受理", "refused");
            files::print(&format!("{refused}\n{}\n", refusals(&document, language)))?;
            Ok(Answer::No)
        }
        400..=499 if document["code"].is_string() => {
            let (code, detail) = (plain(&document["code"]), plain(&document["detail"]));
            eprintln!("{}", words::safe(&format!("{code}: {detail}")));
            Ok(Answer::No)
        }
        _ => Err(no_answer(reply)),
    }
}

/// Who is missing, in words.
fn missing(document: &Value, language: Language) -> Vec<String> {
    let lacks = document["missing"].as_array().into_iter().flatten();
    lacks
        .map(|lack| words::safe(&plain(&lack[language.of("zh", "en")])))
        .collect()
}

fn id(text: &str) -> Result<Id, Failure> {
    Id::parse(text).ok_or_else(|| Failure::at(text, "not an id"))
}

/// Asks on the terminal. Without one there is nobody to agree.
fn is_agreed(question: &str) -> Result<bool, Failure> {
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        return Err(Failure(
            "nobody can be asked: --yes signs all the same".into(),
        ));
    }
    eprint!("{question}");
    io::stderr().flush()?;
    let mut line = String::new();
    stdin.lock().read_line(&mut line)?;
    Ok(matches!(line.trim(), "y" | "Y" | "yes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{"ledger":"l","id":"x","kind":"claim_approve","date":"2022-09-01","body":{"claim":"C1","amount":"1.00","decision":"DIGEST"}}"#;

    fn words(text: &str, id: &str, ledger: &str) -> Result<String, &'static str> {
        let fetched = Fetched {
            envelope: Envelope {
                payload: text.replace("DIGEST", &"00".repeat(32)).into(),
                signatures: Vec::new(),
            },
            disclosures: Vec::new(),
            // What a node says of the bytes is not looked at.
            document: json!({ "kind": "contribution", "text": "{}", "body": {} }),
        };
        let id = Id::parse(id).unwrap();
        let shown = fetched.in_words(&id, ledger, Language::En);
        shown.map_err(|malformed| malformed.code.as_str())
    }

    #[test]
    fn what_cannot_be_shown_is_not_signed() {
        assert!(words(TEXT, "x", "l").unwrap().contains("claim_approve"));
        assert_eq!(words(TEXT, "y", "l"), Err("SHAPE"));
        assert_eq!(words(TEXT, "x", "other"), Err("WRONG_LEDGER"));
        assert_eq!(
            words(&TEXT.replace("1.00", "1.0"), "x", "l"),
            Err("AMOUNT_FORMAT")
        );
        assert_eq!(
            words(&TEXT.replace("\"claim\"", "\"loan\""), "x", "l"),
            Err("UNKNOWN_MEMBER")
        );
        assert_eq!(words("no", "x", "l"), Err("NOT_JSON"));
    }
}

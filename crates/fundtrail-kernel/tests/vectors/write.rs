//! Writes the frozen ledger: once, and again only when the format breaks. Run with
//! `cargo test -p fundtrail-kernel --test vectors -- --ignored write_the_ledger`.

use std::collections::BTreeMap;

use fundtrail_kernel::proofs::StoredNodes;
use fundtrail_kernel::{Kernel, Memory, Verdict};
use fundtrail_merkle::inclusion_proof;
use fundtrail_model::checkpoint::{Checkpoint, cosign};
use fundtrail_model::note::{SignatureType, VerifierKey};
use fundtrail_model::receipt::Receipt;
use fundtrail_model::tag::CREDIT_CODE;
use fundtrail_model::{Moment, Submission};
use fundtrail_regulation::seal;
use fundtrail_regulation::state::View;
use serde_json::{Value, json};

use crate::forge;
use crate::site::{self, Draft, ORIGIN};
use crate::support::{place, read, read_json};

/// Founding keys: name, party, role, duty.
const FOUNDERS: [(&str, &str, &str, Option<&str>); 10] = [
    ("office", "OFF", "office", None),
    ("finance", "FIN", "finance", None),
    ("bureau", "MSB", "market_supervision", None),
    ("seat-msb", "MSB", "group_member", None),
    ("seat-fin", "FIN", "group_member", None),
    ("seat-sci", "SCI", "group_member", None),
    ("manager-1", "MGR", "manager", Some("maker")),
    ("manager-2", "MGR", "manager", Some("checker")),
    ("manager-3", "MGR", "manager", Some("maker")),
    ("manager-4", "MGR", "manager", Some("checker")),
];

/// The credit code of the vectors' borrower.
const BORROWER: &str = "91150203MA0N000164";

/// A ledger in memory that is being written.
pub(crate) struct Writer {
    kernel: Kernel,
    memory: Memory,
    pub(crate) lines: Vec<String>,
    checkpoints: BTreeMap<String, String>,
    disclosures: BTreeMap<String, BTreeMap<String, String>>,
}

impl Writer {
    fn record(&mut self, draft: &Draft<'_>, signers: &[&str]) {
        let disclosures = draft.disclosures();
        let submission = Submission {
            envelope: draft.sign(signers),
            disclosures: disclosures.values().cloned().collect(),
        };
        let id = draft.id;
        let admitted = site::desk()
            .admit(submission, &self.memory)
            .unwrap_or_else(|rejection| panic!("{id}: {rejection:?}"));
        let time = format!("{}T10:{:02}:00+08:00", draft.date, self.lines.len());
        let now = Moment::parse(&time).expect("a moment");
        let staged = self
            .kernel
            .stage(&self.memory, now, vec![admitted])
            .expect("no fault");
        let Some(Verdict::Recorded { .. }) = staged.verdicts.first() else {
            panic!("{id}: {:?}", staged.verdicts)
        };
        self.lines
            .push(String::from_utf8(staged.entries[0].clone()).expect("text"));
        if !disclosures.is_empty() {
            self.disclosures.insert(id.to_owned(), disclosures);
        }
        let note = checkpoint(staged.size(), &staged);
        self.checkpoints
            .insert(staged.size().to_string(), note.clone());
        self.kernel
            .commit(staged, &note, &mut self.memory)
            .expect("no fault");
    }

    fn plain(&mut self, id: &str, kind: &str, date: &str, body: Value, signers: &[&str]) {
        self.sealed(id, kind, date, body, &[], signers);
    }

    fn sealed(
        &mut self,
        id: &str,
        kind: &str,
        date: &str,
        body: Value,
        particulars: &[(&str, &str)],
        signers: &[&str],
    ) {
        let draft = Draft {
            ledger: ORIGIN,
            id,
            kind,
            date,
            body,
            particulars,
        };
        self.record(&draft, signers);
    }

    fn receipt(&self, index: u64, size: u64, with_entry: bool) -> String {
        let proof = inclusion_proof(index, size, &StoredNodes(&self.memory)).expect("a proof");
        let line = self.lines[usize::try_from(index).expect("small")]
            .clone()
            .into_bytes();
        let note = self.checkpoints[&size.to_string()].clone();
        let receipt = Receipt::new(with_entry.then_some(line), index, proof, note);
        receipt.expect("a receipt").to_text()
    }
}

/// The checkpoint of a staged batch, signed by the log and one witness.
fn checkpoint(size: u64, staged: &fundtrail_kernel::Staged) -> String {
    let head = Checkpoint::new(ORIGIN, size, staged.root()).expect("an origin");
    let mut note = head.sign(&site::log()).expect("a note");
    let (key, time) = (site::key("witness"), 1_700_000_000 + size);
    let line = cosign(&key, "witness.example/w1", time, note.text()).expect("a cosignature");
    note.add(line).expect("room");
    note.to_text()
}

#[test]
#[ignore = "writes the frozen vectors anew"]
fn write_the_ledger() {
    let mut writer = founded();
    lend(&mut writer);
    compensate(&mut writer);
    close(&mut writer);

    let folder = place("ledger");
    let put = |name: &str, text: String| {
        std::fs::write(folder.join(name), text).unwrap_or_else(|error| panic!("{name}: {error}"));
    };
    let size = writer.lines.len() as u64;
    put("entries.jsonl", writer.lines.join("\n") + "\n");
    put(
        "checkpoint.txt",
        writer.checkpoints[&size.to_string()].clone(),
    );
    put("checkpoints.json", pretty(&json!(writer.checkpoints)));
    put("site.json", pretty(&site_of(&writer)));
    for (index, size) in [
        (0, 1),
        (0, size),
        (8, 9),
        (8, 12),
        (15, size),
        (size - 1, size),
    ] {
        put(
            &format!("receipt-{index}-{size}.tlog-proof"),
            writer.receipt(index, size, true),
        );
    }
    put("receipt-bare.tlog-proof", writer.receipt(8, 12, false));
    put("forged.json", pretty(&forge::cases(&writer)));
}

/// The same ledger, which goes on after its seal and is sealed again: for statements that
/// rest on a seal. Its first entries are those of `ledger/`.
#[test]
#[ignore = "writes frozen vectors anew"]
fn write_the_ledger_after_its_seal() {
    let mut writer = founded();
    lend(&mut writer);
    compensate(&mut writer);
    close(&mut writer);
    let before = writer.lines.join("\n") + "\n";
    assert_eq!(before, read("ledger/entries.jsonl"), "another ledger");
    go_on(&mut writer);
    let folder = place("ledger-after-seal");
    let put = |name: &str, text: String| {
        std::fs::write(folder.join(name), text).unwrap_or_else(|error| panic!("{name}: {error}"));
    };
    put("entries.jsonl", writer.lines.join("\n") + "\n");
    put("checkpoints.json", pretty(&json!(writer.checkpoints)));
}

fn founded() -> Writer {
    let memory = Memory::default();
    let kernel = Kernel::open(&memory).expect("an empty memory");
    let mut writer = Writer {
        kernel,
        memory,
        lines: Vec::new(),
        checkpoints: BTreeMap::new(),
        disclosures: BTreeMap::new(),
    };
    let keys: Vec<Value> = FOUNDERS
        .iter()
        .map(|(name, party, role, duty)| {
            let public_key = site::key(name).public();
            json!({ "party": party, "role": role, "duty": duty, "public_key": public_key })
        })
        .collect();
    let genesis = json!({
        "log_key": site::log().verifier().to_string(),
        "tag_key": site::tag_key().commitment(),
        "keys": keys,
    });
    let founders: Vec<&str> = FOUNDERS.iter().map(|founder| founder.0).collect();
    writer.plain("genesis", "genesis", "2021-12-23", genesis, &founders);
    let policy = json!({
        "applies_from": "2021-12-23",
        "text": site::paper("measure"),
        "decision": site::paper("decision-1"),
        "policy": read_json("policy.json"),
    });
    let seats = ["seat-msb", "seat-fin", "seat-sci"];
    writer.plain("policy-1", "policy_adopt", "2021-12-23", policy, &seats);
    let manager = json!({
        "manager": "MGR",
        "agreement": site::paper("entrustment"),
        "decision": site::paper("decision-2"),
        "state_owned": true,
        "registered_division": "150200",
        "platform": true,
        "team": true,
    });
    let particulars = [
        ("credit_code", "91150200MA0N000409"),
        ("name", "向量资金管理有限公司"),
    ];
    let signers = ["manager-1", "seat-msb", "seat-fin"];
    writer.sealed(
        "manager-1",
        "manager_appoint",
        "2021-12-23",
        manager,
        &particulars,
        &signers,
    );
    let years: Vec<Value> = read_json("calendar.json")
        .as_array()
        .expect("years")
        .iter()
        .take(3)
        .cloned()
        .collect();
    let calendar = json!({ "calendar": "cn-state-council", "years": years });
    let house = ["manager-1", "office"];
    writer.plain(
        "calendar-1",
        "calendar_adopt",
        "2021-12-23",
        calendar,
        &house,
    );
    let mut consenting = vec!["office"];
    for (id, name, duty) in [
        ("key-a1", "bank-1", "maker"),
        ("key-a2", "bank-2", "checker"),
    ] {
        let body = json!({
            "party": "BANKA", "role": "bank", "duty": duty,
            "public_key": site::key(name).public(),
        });
        // The new key, the office, and from the second on a key the party has already.
        let signers = [&[name], &consenting[..]].concat();
        writer.plain(id, "key_enrol", "2021-12-24", body, &signers);
        consenting.push(name);
    }
    let partner = json!({
        "partner": "BANKA", "role": "bank", "from": "2021-12-24",
        "agreement": site::paper("agreement"), "review": site::paper("review"),
        "decision": site::paper("decision-3"), "experience": true, "operating_rules": true,
        "credit_management": true, "risk_control": true,
    });
    let particulars = [
        ("cnaps", "999192000011"),
        ("credit_code", "91150100MA0N00075N"),
        ("name", "Bank A"),
    ];
    let signers = ["bank-1", "bureau", "seat-msb", "seat-sci"];
    writer.sealed(
        "partner-a",
        "partner_admit",
        "2021-12-24",
        partner,
        &particulars,
        &signers,
    );
    for (id, account, purpose) in [
        ("open-1", "main", "main"),
        ("open-2", "bank-a", "dedicated"),
    ] {
        let body = json!({ "account": account, "purpose": purpose, "bank": "BANKA" });
        let number = [(
            "account_number",
            if id == "open-1" {
                "0605 1234 5678"
            } else {
                "06059999"
            },
        )];
        writer.sealed(id, "account_open", "2021-12-28", body, &number, &house);
    }
    let body = json!({
        "contributor": "GOV", "account": "main", "amount": "10000000.00", "purpose": "initial",
    });
    writer.plain(
        "pay-in",
        "contribution",
        "2021-12-30",
        body,
        &["finance", "manager-1"],
    );
    writer.plain("activate", "fund_activate", "2021-12-30", json!({}), &house);
    let body = json!({ "from": "main", "to": "bank-a", "amount": "4000000.00" });
    writer.plain("transfer-1", "transfer", "2022-01-10", body, &house);
    writer
}

fn lend(writer: &mut Writer) {
    let borrower = site::tag_key().tag(CREDIT_CODE, BORROWER).to_string();
    let body = json!({
        "borrower": borrower, "registered_on": "2020-05-06", "registered_division": "150203",
        "legal_person": true, "evidence": site::paper("registration"),
    });
    let particulars = [
        ("credit_code", BORROWER),
        ("name", "示例科技（包头）有限公司"),
    ];
    let both = ["bank-1", "manager-1"];
    writer.sealed(
        "borrower-1",
        "borrower_register",
        "2022-01-10",
        body,
        &particulars,
        &both,
    );
    let body = json!({
        "loan": "L1", "bank": "BANKA", "borrower": borrower,
        "total": "2000000.00", "ip_amount": "2000000.00",
        "due": [{ "due_on": "2022-06-30", "amount": "2000000.00" }],
        "purpose": "rnd",
        "pledges": [{ "kind": "patent", "registered_on": "2022-01-11" }],
        "credit": { "queried_on": "2022-01-05", "report": site::paper("credit") },
    });
    let particulars = [
        ("contract_number", "JK-2022-001"),
        ("pledge.0", "ZL202010123456.2"),
        ("pledge.0.registration", "Y2022150000001"),
    ];
    writer.sealed(
        "loan-1",
        "loan_enrol",
        "2022-01-12",
        body,
        &particulars,
        &both,
    );
    let body = json!({
        "loan": "L1", "amount": "2000000.00", "disbursed_at": "2022-01-14T10:30:00+08:00",
    });
    writer.plain(
        "disburse-1",
        "loan_disburse",
        "2022-01-14",
        body,
        &["bank-1"],
    );
}

fn compensate(writer: &mut Writer) {
    let body = json!({
        "claim": "C1", "loan": "L1", "claimant": "BANKA", "as_of": "2022-08-29",
        "loss": { "principal": "2000000.00" }, "amount": "600000.00",
    });
    writer.plain(
        "claim-1",
        "claim_submit",
        "2022-08-29",
        body,
        &["bank-1", "bank-2"],
    );
    let body = json!({ "claim": "C1", "loss": "2000000.00", "amount": "600000.00" });
    writer.plain(
        "verify-1",
        "claim_verify",
        "2022-09-05",
        body,
        &["manager-1", "manager-2"],
    );
    let body = json!({
        "claim": "C1", "amount": "600000.00", "decision": site::paper("minutes-1"),
    });
    writer.plain(
        "approve-1",
        "claim_approve",
        "2022-09-09",
        body,
        &["seat-msb", "seat-fin"],
    );
    let body = json!({
        "claim": "C1", "account": "bank-a", "payee": "BANKA", "amount": "600000.00",
        "reconfirmed_loss": "2000000.00",
    });
    let signers = ["manager-3", "manager-4"];
    writer.plain("pay-1", "compensation_pay", "2022-09-15", body, &signers);
    let body = json!({
        "recovery": "R1", "loan": "L1", "collector": "BANKA", "received_on": "2022-09-20",
        "amount": "500000.00",
    });
    writer.plain(
        "recovery-1",
        "recovery_report",
        "2022-09-21",
        body,
        &["bank-1"],
    );
    let body = json!({
        "recovery": "R1", "loan": "L1", "payer": "BANKA", "account": "bank-a",
        "amount": "149999.99",
    });
    writer.plain(
        "return-1",
        "recovery_return",
        "2022-10-17",
        body,
        &["bank-2", "manager-1"],
    );
}

fn close(writer: &mut Writer) {
    let body = json!({ "account": "main", "payee": "MGR", "amount": "15000.00" });
    writer.plain(
        "fee-1",
        "fee_pay",
        "2022-12-26",
        body,
        &["office", "manager-1"],
    );
    let body = json!({ "of": "fee-1" });
    writer.plain(
        "reverse-1",
        "reversal",
        "2022-12-27",
        body,
        &["office", "manager-1"],
    );
    let body = json!({
        "key": site::key("bank-2").public().id(), "public_key": site::key("bank-3").public(),
    });
    writer.plain(
        "rotate-1",
        "key_rotate",
        "2022-12-28",
        body,
        &["bank-2", "bank-3"],
    );
    sealed(writer, "seal-1", "2022Q3", "2022-12-29");
}

fn sealed(writer: &mut Writer, id: &str, period: &str, date: &str) {
    let root = seal::root(View::new(&writer.memory))
        .expect("no fault")
        .to_hex();
    let body = json!({ "period": period, "size": writer.lines.len(), "root": root });
    writer.plain(id, "period_seal", date, body, &["manager-1", "office"]);
}

fn go_on(writer: &mut Writer) {
    let house = ["manager-1", "office"];
    let body = json!({ "from": "main", "to": "bank-a", "amount": "1000000.00" });
    writer.plain("transfer-2", "transfer", "2023-01-05", body, &house);
    let body = json!({ "account": "reserve", "purpose": "dedicated", "bank": "BANKA" });
    let number = [("account_number", "06051111")];
    writer.sealed(
        "open-3",
        "account_open",
        "2023-01-06",
        body,
        &number,
        &house,
    );
    let body = json!({ "from": "main", "to": "reserve", "amount": "500000.00" });
    writer.plain("transfer-3", "transfer", "2023-01-06", body, &house);
    sealed(writer, "seal-2", "2022Q4", "2023-01-09");
    let body = json!({ "from": "bank-a", "to": "main", "amount": "49999.99" });
    writer.plain("transfer-4", "transfer", "2023-02-01", body, &house);
    let body = json!({
        "contributor": "GOV", "account": "main", "amount": "250000.00", "purpose": "top_up",
    });
    let signers = ["finance", "manager-1", "seat-msb", "seat-fin"];
    writer.plain("pay-in-2", "contribution", "2023-02-02", body, &signers);
}

fn site_of(writer: &Writer) -> Value {
    let mut names: Vec<&str> = FOUNDERS.iter().map(|founder| founder.0).collect();
    names.extend(["bank-1", "bank-2", "bank-3", "log", "witness", "stranger"]);
    let keys: BTreeMap<&str, Value> = names
        .into_iter()
        .map(|name| {
            let key = site::key(name);
            let seed = hex::encode(site::seed(&format!("fundtrail/vectors/key/{name}")));
            let public = key.public();
            (
                name,
                json!({ "seed": seed, "public_key": public, "keyid": public.id() }),
            )
        })
        .collect();
    let witness = VerifierKey::new(
        "witness.example/w1",
        SignatureType::Cosignature,
        site::key("witness").public(),
    );
    json!({
        "what": "The ledger's names and secrets. Worthless: each is SHA-256 of a published text.",
        "origin": ORIGIN,
        "log_key": site::log().verifier().to_string(),
        "witness_key": witness.expect("a name").to_string(),
        "tag_key": hex::encode(site::seed("fundtrail/vectors/tag-key")),
        "tag_key_commitment": site::tag_key().commitment(),
        "keys": keys,
        "disclosures": writer.disclosures,
    })
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).expect("JSON") + "\n"
}

//! `init` with founders: what they sign is what a node takes, and what cannot be is said
//! before anything is written. Keys and signatures are OpenSSL's.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::process::{Daemon, run};

const ORIGIN: &str = "ledger.example/new";
const DATE: &str = "2021-12-23";
const POLICY: &str = include_str!("../../../fundtrail-regulation/data/baotou-2021-61.toml");

/// The office, a bureau, a regulator, and the eight seats of which the policy speaks.
const FOUNDERS: &[(&str, &str)] = &[
    ("OFF", "office"),
    ("REG", "regulator"),
    ("MSB", "group_member"),
    ("FIN", "group_member"),
    ("JRB", "group_member"),
    ("KJ", "group_member"),
    ("GX", "group_member"),
    ("FGW", "group_member"),
    ("PBC", "group_member"),
    ("YBJ", "group_member"),
];

/// Signs a file as `docs/FORMAT.md` says, with OpenSSL: an envelope on standard output.
const SIGN: &str = r#"
set -eu
type=application/vnd.fundtrail.transaction+json
{ printf 'DSSEv1 %d %s %d ' "${#type}" "$type" "$(wc -c < "$1")"; cat "$1"; } > pae
payload=$(base64 -w0 < "$1"); shift
signatures=""
for key in "$@"; do
  openssl pkeyutl -sign -inkey "$key.pem" -rawin -in pae -out signature
  id=$(openssl pkey -in "$key.pem" -pubout -outform DER | openssl dgst -sha256 -r | cut -c1-32)
  signatures="$signatures${signatures:+,}{\"keyid\":\"$id\",\"sig\":\"$(base64 -w0 < signature)\"}"
done
printf '{"payload":"%s","payloadType":"%s","signatures":[%s]}' "$payload" "$type" "$signatures"
"#;

/// A scratch directory with founders' keys and papers.
struct Desk(TempDir);

impl Desk {
    fn new(founders: &[(&str, &str)]) -> Desk {
        let desk = Desk(tempfile::tempdir().unwrap());
        let mut text = String::new();
        for (party, role) in founders {
            desk.make_key(party);
            text += &founder(party, role, &format!("pem = '{party}.pub'"));
        }
        desk.write("founders.toml", &text);
        desk.write("policy.toml", POLICY);
        desk.write("measure.txt", "The measure.\n");
        desk.write("decision.txt", "It is decided.\n");
        desk
    }

    fn make_key(&self, name: &str) {
        let script = r#"openssl genpkey -algorithm ed25519 -out "$1.pem"
            openssl pkey -in "$1.pem" -pubout -out "$1.pub""#;
        self.shell(script, &[name]);
    }

    fn shell(&self, script: &str, words: &[&str]) -> Vec<u8> {
        let output = Command::new("bash")
            .args(["-ec", script, "bash"])
            .args(words)
            .current_dir(self.0.path())
            .stderr(Stdio::inherit())
            .output()
            .unwrap();
        assert!(output.status.success());
        output.stdout
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn read(&self, name: &str) -> Value {
        serde_json::from_slice(&fs::read(self.path(name)).unwrap()).unwrap()
    }

    /// `init` into `data`, with the founders and further flags.
    fn init(&self, flags: &[&str]) -> Output {
        let (data, founders) = (self.path("deep/data"), self.path("founders.toml"));
        let mut arguments = vec!["init", "--origin", ORIGIN, "--date", DATE, "--data", &data];
        arguments.extend(["--founders", &founders]);
        arguments.extend(flags);
        run(&arguments)
    }

    /// `init` with a policy and its papers too.
    fn init_whole(&self) -> Output {
        let [policy, text, decision] =
            ["policy.toml", "measure.txt", "decision.txt"].map(|name| self.path(name));
        let papers = ["--policy-text", &text, "--decision", &decision];
        self.init(&[&["--policy", &policy][..], &papers].concat())
    }

    /// What is said when it fails. Nothing is left behind then.
    #[track_caller]
    fn complaint(&self, output: &Output) -> String {
        let said = String::from_utf8(output.stderr.clone()).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(output.stdout.is_empty());
        assert!(!Path::new(&self.path("deep")).exists(), "{said}");
        said
    }

    /// An envelope over a file of `init`.
    fn sign(&self, name: &str, keys: &[&str]) -> Vec<u8> {
        let name = format!("deep/data/{name}");
        self.shell(SIGN, &[&[name.as_str()][..], keys].concat())
    }
}

fn founder(party: &str, role: &str, key: &str) -> String {
    format!("[[founder]]\nparty = '{party}'\nrole = '{role}'\n{key}\n")
}

fn warned(output: &Output) -> String {
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    let lines = said.lines().filter(|line| line.contains(": warning: "));
    lines.collect::<Vec<&str>>().join("\n")
}

#[test]
fn what_the_founders_sign_is_what_a_node_takes() {
    let desk = Desk::new(FOUNDERS);
    let output = desk.init_whole();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(warned(&output), "");
    let made: Value = serde_json::from_slice(&output.stdout).unwrap();

    let genesis = desk.read("deep/data/genesis.json");
    assert_eq!(genesis["ledger"], ORIGIN);
    assert_eq!(
        (&genesis["kind"], &genesis["date"]),
        (&"genesis".into(), &DATE.into())
    );
    assert_eq!(genesis["body"]["log_key"], made["log_key"]);
    assert_eq!(genesis["body"]["tag_key"], made["tag_key"]);
    let keys = genesis["body"]["keys"].as_array().unwrap();
    let named = keys.iter().map(|key| {
        (
            key["party"].as_str().unwrap(),
            key["role"].as_str().unwrap(),
        )
    });
    assert_eq!(named.collect::<Vec<_>>(), FOUNDERS);

    let adoption = desk.read("deep/data/policy_adopt.json");
    let digest = |name: &str| {
        let printed = desk.shell(r#"sha256sum < "$1" | cut -c-64 | tr -d '\n'"#, &[name]);
        String::from_utf8(printed).unwrap()
    };
    assert_eq!(adoption["body"]["applies_from"], "2021-12-23");
    assert_eq!(adoption["body"]["text"], digest("measure.txt"));
    assert_eq!(adoption["body"]["decision"], digest("decision.txt"));
    assert_eq!(
        adoption["body"]["policy"]["compensation"]["cap"],
        "1500000.00"
    );
    let to_sign = made["to_sign"].as_array().unwrap();
    assert_eq!(to_sign[0]["sha256"], digest("deep/data/genesis.json"));
    assert_eq!(to_sign[1]["sha256"], digest("deep/data/policy_adopt.json"));
    assert_eq!(to_sign[0]["keys"].as_array().unwrap().len(), 10);
    assert_eq!(to_sign[1]["keys"].as_array().unwrap().len(), 8);

    let all: Vec<&str> = FOUNDERS.iter().map(|(party, _)| *party).collect();
    let data = desk.0.path().join("deep/data");
    let daemon = Daemon::start(&data);
    // One founder too few, one seat too few, a stranger too many.
    let (status, said) = daemon.submit(&desk.sign("genesis.json", &all[1..]));
    assert!(status == 422 && said.contains("SIG_MISSING"), "{said}");
    let (status, said) = daemon.submit(&desk.sign("genesis.json", &all));
    assert_eq!(status, 201, "{said}");
    let (status, said) = daemon.submit(&desk.sign("policy_adopt.json", &all[3..]));
    assert!(status == 422 && said.contains("SIG_MISSING"), "{said}");
    let (status, said) = daemon.submit(&desk.sign("policy_adopt.json", &all[1..]));
    assert!(status == 422 && said.contains("SIG_ROLE"), "{said}");
    let (status, said) = daemon.submit(&desk.sign("policy_adopt.json", &all[2..]));
    assert_eq!(status, 201, "{said}");
    let (status, policy) = daemon.get("/v1/policy");
    assert_eq!(status, 200, "{policy}");
    assert!(policy.contains("cn-baotou-ip-pledge-2021-61"), "{policy}");
    assert_eq!(daemon.stop("TERM").0, Some(0));
}

#[test]
fn keys_are_read_as_base64_and_a_genesis_may_come_without_a_policy() {
    let desk = Desk::new(FOUNDERS);
    let mut text = String::new();
    for (party, role) in FOUNDERS {
        let pem = fs::read_to_string(desk.path(&format!("{party}.pub"))).unwrap();
        let base64 = pem.lines().nth(1).unwrap();
        text += &founder(
            party,
            role,
            &format!("duty = 'maker'\npublic_key = '{base64}'"),
        );
    }
    desk.write("founders.toml", &text);
    let output = desk.init(&[]);
    assert!(output.status.success(), "{output:?}");
    let keys = &desk.read("deep/data/genesis.json")["body"]["keys"];
    assert_eq!(keys[9]["party"], "YBJ");
    assert_eq!(keys[9]["duty"], "maker");
    assert!(!Path::new(&desk.path("deep/data/policy_adopt.json")).exists());
    // Nor is anything written over it.
    let before = fs::read(desk.path("deep/data/genesis.json")).unwrap();
    fs::remove_file(desk.path("deep/data/fundtraild.toml")).unwrap();
    fs::remove_file(desk.path("deep/data/log-key.pem")).unwrap();
    fs::remove_file(desk.path("deep/data/tag-key.hex")).unwrap();
    let again = desk.init_whole();
    assert_eq!(again.status.code(), Some(1));
    let said = String::from_utf8(again.stderr).unwrap();
    assert!(
        said.contains("genesis.json is there already; nothing was written"),
        "{said}"
    );
    assert_eq!(fs::read_dir(desk.path("deep/data")).unwrap().count(), 1);
    assert_eq!(
        fs::read(desk.path("deep/data/genesis.json")).unwrap(),
        before
    );
}

#[test]
fn every_wrong_line_is_named_at_once() {
    let desk = Desk::new(&[("OFF", "office"), ("A", "group_member")]);
    // The identity, of order 1: base64 of the DER prefix, a byte 01 and 31 zeros.
    let weak = "MCowBQYDK2VwAyEAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    desk.write("empty.pub", "");
    let lines = [
        founder("OFF", "office", "pem = 'OFF.pub'"), // lines 1 to 4
        founder("no space", "office", "pem = 'A.pub'"), // 5: party on 6
        founder("B", "chief", &format!("public_key = '{weak}'")), // 9: role 11, key 12
        founder("C", "bank", "pem = 'nowhere.pub'"), // 13: key 16
        founder("D", "bank", "pem = 'OFF.pem'"),     // 17: key 20
        founder("E", "bank", "pem = 'empty.pub'"),   // 21: key 24
        founder("F", "bank", "duty = 'boss'\npem = 'OFF.pub'"), // 25: duty 28
        founder("G", "bank", "pem = 'OFF.pub'"),     // 30: key 33
        founder("H", "bank", ""),                    // 34
        founder("I", "bank", "public_key = 'AAAA'"), // 38: key 41
        founder("J", "bank", "public_key = 'AAAA'\npem = 'OFF.pub'"), // 42
    ];
    desk.write("founders.toml", &lines.concat());
    let said = desk.complaint(&desk.init(&[]));
    let file = desk.path("founders.toml");
    let expected = [
        (6, "party: ID_FORM"),
        (11, "role: SHAPE: unknown variant `chief`"),
        (12, "public_key: KEY_WEAK"),
        (16, "nowhere.pub: No such file"),
        (20, "OFF.pem: this is a private key"),
        (24, "empty.pub: no -----BEGIN PUBLIC KEY-----"),
        (28, "duty: SHAPE: unknown variant `boss`"),
        (33, "stands on line 4 already"),
        (34, "either public_key (base64) or pem (a file)"),
        (41, "public_key: KEY_FORM"),
        (42, "either public_key (base64) or pem (a file)"),
    ];
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), expected.len(), "{said}");
    for (line, (number, words)) in lines.iter().zip(expected) {
        let begin = format!("{file}:{number}: ");
        assert!(
            line.contains(&begin) && line.contains(words),
            "{line}\n{number}: {words}"
        );
    }
    // A private key is not quoted.
    let pem = fs::read_to_string(desk.path("OFF.pem")).unwrap();
    assert!(!said.contains(pem.lines().nth(1).unwrap()));
}

#[test]
fn a_founders_file_that_is_none_is_refused() {
    let desk = Desk::new(&[("OFF", "office")]);
    for (text, words) in [
        ("", "no founder"),
        ("[[founder]]\nparty = 'OFF'\n", "missing field `role`"),
        ("[[founders]]\nparty = 'OFF'\n", "unknown field `founders`"),
        (
            "[[founder]]\nparty = 'O'\nrole = 'bank'\nkey = 'x'\n",
            "line 4",
        ),
        ("[[founder]\n", "line 1"),
    ] {
        desk.write("founders.toml", text);
        let said = desk.complaint(&desk.init(&[]));
        assert!(said.contains(words), "{said}");
    }
    fs::remove_file(desk.path("founders.toml")).unwrap();
    let said = desk.complaint(&desk.init(&[]));
    assert!(said.contains("founders.toml: No such file"), "{said}");
    // 33 keys are one more than a genesis has.
    let parties: Vec<String> = (0..33).map(|number| format!("P{number}")).collect();
    let many: Vec<(&str, &str)> = parties
        .iter()
        .map(|party| (party.as_str(), "bank"))
        .collect();
    let desk = Desk::new(&many);
    let said = desk.complaint(&desk.init(&[]));
    assert!(
        said.contains("genesis.json: ") && said.contains("TOO_"),
        "{said}"
    );
}

#[test]
fn founders_who_could_not_decide_are_told() {
    let desk = Desk::new(&[("REG", "regulator")]);
    let output = desk.init(&[]);
    assert!(output.status.success(), "{output:?}");
    let said = warned(&output);
    assert!(said.contains("no founder is the office"), "{said}");
    assert!(said.contains("no founder is a group_member"), "{said}");

    // With a policy it is an error: nobody could sign its adoption.
    let desk = Desk::new(&[("OFF", "office")]);
    let said = desk.complaint(&desk.init_whole());
    assert!(said.contains("no founder is a group_member"), "{said}");

    // Four seats where five decide; five without the one that must be there.
    let said = Desk::new(&FOUNDERS[..6]);
    let said = said.complaint(&said.init_whole());
    assert!(
        said.contains("policy_adopt.json: ") && said.contains("POLICY_QUORUM"),
        "{said}"
    );
    let others = [&FOUNDERS[..2], &FOUNDERS[3..]].concat();
    let desk = Desk::new(&others);
    let said = desk.complaint(&desk.init_whole());
    assert!(
        said.contains("POLICY_QUORUM") && said.contains("MSB"),
        "{said}"
    );
    // Seven of eight can decide, but that is not what the policy says.
    let desk = Desk::new(&FOUNDERS[..9]);
    let output = desk.init_whole();
    assert!(output.status.success(), "{output:?}");
    let said = warned(&output);
    assert!(
        said.contains("lg_members = 8") && said.contains("hold 7 seats"),
        "{said}"
    );
}

#[test]
fn a_policy_that_cannot_be_is_refused() {
    let desk = Desk::new(FOUNDERS);
    for (from, to, words) in [
        (
            "warn_bp = 300",
            "warn_bp = 501",
            "POLICY_INVALID: policy: brake thresholds",
        ),
        (
            "lg_threshold = 5",
            "lg_threshold = 9",
            "POLICY_INVALID: policy: approval",
        ),
        ("warn_bp = 300", "warn = 300", "unknown field `warn`"),
        ("cap = \"1500000.00\"", "cap = 1500000", "line "),
        (
            "suite = \"ed25519\"",
            "suite = \"rsa\"",
            "policy_adopt.json: the ledger would not",
        ),
    ] {
        assert!(POLICY.contains(from), "{from}");
        desk.write("policy.toml", &POLICY.replace(from, to));
        let said = desk.complaint(&desk.init_whole());
        assert!(said.contains(words), "{said}");
    }
    desk.write("policy.toml", POLICY);
    desk.write("measure.txt", "");
    let said = desk.complaint(&desk.init_whole());
    assert!(said.contains("measure.txt: it is empty"), "{said}");
}

#[test]
fn flags_that_do_not_go_together_are_refused() {
    let desk = Desk::new(FOUNDERS);
    let policy = desk.path("policy.toml");
    let text = desk.path("measure.txt");
    let digest = "ab".repeat(32);
    let refused = |flags: &[&str], words: &str| {
        let output = desk.init(flags);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(words), "{said}");
        assert!(!Path::new(&desk.path("deep")).exists());
    };
    refused(&["--policy", &policy], "--policy-text");
    refused(&["--policy", &policy, "--policy-text", &text], "--decision");
    refused(&["--policy-text", &text], "--policy");
    let both = [
        "--policy",
        &policy,
        "--policy-text",
        &text,
        "--policy-text-digest",
        &digest,
    ];
    refused(&both, "cannot be used with");
    refused(
        &["--policy-text-digest", &digest[1..]],
        "64 lower-case hex digits",
    );
    refused(&["--applies-from", "2021-02-29"], "YYYY-MM-DD");
    let data = desk.path("deep");
    let founders = desk.path("founders.toml");
    let output = run(&[
        "init",
        "--origin",
        ORIGIN,
        "--data",
        &data,
        "--founders",
        &founders,
    ]);
    assert_eq!(output.status.code(), Some(2));

    // Digests stand where files do.
    let papers = [
        "--policy-text-digest",
        &digest,
        "--decision-digest",
        &digest,
    ];
    let output = desk.init(
        &[
            &["--policy", &policy, "--applies-from", "2022-01-01"][..],
            &papers,
        ]
        .concat(),
    );
    assert!(output.status.success(), "{output:?}");
    let body = &desk.read("deep/data/policy_adopt.json")["body"];
    assert_eq!(body["text"], digest);
    assert_eq!(body["applies_from"], "2022-01-01");
}

#[test]
fn a_full_disk_leaves_nothing_behind() {
    let desk = Desk::new(FOUNDERS);
    // No file may grow beyond 512 bytes: the keys fit, the genesis does not.
    let script = "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\"";
    let (data, founders) = (desk.path("deep/data"), desk.path("founders.toml"));
    let output = Command::new("bash")
        .args(["-c", script, env!("CARGO_BIN_EXE_fundtraild")])
        .args(["init", "--origin", ORIGIN, "--date", DATE, "--data", &data])
        .args(["--founders", &founders])
        .output()
        .unwrap();
    let said = desk.complaint(&output);
    assert!(said.contains("genesis.json: File too large"), "{said}");
}

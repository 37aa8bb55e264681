//! Whom entries and objects concern, on a ledger with two banks and one enterprise.

use std::collections::BTreeMap;
use std::path::Path;

use fundtrail_kernel::Memory;
use fundtrail_model::port::Table;
use fundtrail_model::{Entry, Tag, Transaction};
use fundtrail_regulation::state::{Filing, FilingKind, Role, View};
use fundtrail_scenario::{Run, read_text};

use super::ledger::{State, day, enrolled, id};
use crate::access::{Concern, Known, Partners, Reader, Scope};

/// Bank A keeps the main account, lends to E1 and is paid; bank B lends to E1 too and is
/// paid from the account that bank A keeps; an insurer is told of.
const STORY: &str = "
include setup/fund-founded.scn
2021-12-30 contribution amount=10000000.00 => recorded
2021-12-30 fund_activate => recorded
2022-01-10 transfer from=main to=at-b amount=3000000.00 => recorded
2022-01-11 transfer from=main to=at-a amount=1000000.00 => recorded
2022-01-12 loan_enrol loan=LA bank=bank-a borrower=$E1 total=2000000.00 due.0.due_on=2022-06-30 => recorded
2022-01-12 loan_disburse loan=LA amount=2000000.00 => recorded
2022-01-13 loan_enrol loan=LB bank=bank-b borrower=$E1 total=1000000.00 due.0.due_on=2022-06-30 => recorded
2022-01-13 loan_disburse loan=LB amount=1000000.00 => recorded
2022-01-14 loan_enrol loan=LC bank=bank-b borrower=$E2 total=19000000.00 due.0.due_on=2024-06-30 => recorded
2022-01-14 loan_disburse loan=LC amount=19000000.00 => recorded
2022-03-21 interest_credit account=main period=2022Q1 amount=2625.00 => recorded
2022-03-21 interest_credit account=at-b period=2022Q1 amount=2625.00 => recorded
2022-07-04 risk_notice loan=LB partner=bank-b => recorded
2022-07-05 risk_notice loan=LA partner=insurer => recorded
2022-08-29 claim_submit claim=CB loan=LB claimant=bank-b loss.principal=1000000.00 amount=300000.00 => recorded
2022-09-01 claim_verify claim=CB loss=1000000.00 amount=300000.00 => recorded
2022-09-08 claim_approve claim=CB amount=300000.00 => recorded
2022-09-15 compensation_pay claim=CB account=main payee=bank-b amount=300000.00 reconfirmed_loss=1000000.00 => recorded
2022-09-26 recovery_report recovery=RB loan=LB collector=bank-b received_on=2022-09-20 amount=100000.00 => recorded
2022-10-10 recovery_return recovery=RB loan=LB payer=bank-b amount=30000.00 => recorded
2022-10-11 fee_pay amount=10000.00 => recorded
";

/// Who of the partners reads each entry of the story after its setup, in order.
const READ_BY: &[(&str, &[&str])] = &[
    ("contribution", &[]),
    ("fund_activate", &[]),
    ("transfer", &["bank-a", "bank-b"]),
    ("transfer", &["bank-a"]),
    ("loan_enrol", &["bank-a"]),
    ("loan_disburse", &["bank-a"]),
    ("loan_enrol", &["bank-b"]),
    ("loan_disburse", &["bank-b"]),
    ("loan_enrol", &["bank-b"]),
    ("loan_disburse", &["bank-b"]),
    ("interest_credit", &["bank-a"]),
    ("interest_credit", &["bank-b"]),
    ("risk_notice", &["bank-b"]),
    ("risk_notice", &["bank-a", "insurer"]),
    ("claim_submit", &["bank-b"]),
    ("claim_verify", &["bank-b"]),
    ("claim_approve", &["bank-b"]),
    ("compensation_pay", &["bank-b"]),
    ("recovery_report", &["bank-b"]),
    ("recovery_return", &["bank-b"]),
    ("fee_pay", &[]),
];

const PARTNERS: [&str; 4] = ["bank-a", "bank-b", "insurer", "guarantor"];

fn played() -> (Memory, Tag) {
    let setup = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios/story.scn");
    let scenario = read_text(&setup, STORY).unwrap();
    let mut run = Run::alone(&scenario).unwrap();
    for action in &scenario.actions {
        let line = run.play(action, None).unwrap();
        assert_eq!(line.problem, None, "{}", line.text);
    }
    let borrower = run.shadow().site().borrower("91150203MA0N000164");
    (run.shadow().memory().clone(), borrower)
}

fn entries(memory: &Memory) -> Vec<(String, Entry)> {
    let rows = memory.iter().filter(|row| row.0 == Table::Entries);
    rows.map(|(_, _, bytes)| {
        let entry = Entry::parse(bytes).unwrap();
        let transaction = Transaction::parse(&entry.envelope.payload).unwrap();
        (transaction.kind, entry)
    })
    .collect()
}

fn with(scope: Scope) -> Reader {
    Reader::Known(Known {
        key: enrolled(1, "x", Role::Bank).key_id,
        party: id("x"),
        role: Role::Bank,
        scope,
    })
}

fn own(party: &str) -> Reader {
    with(Scope::Own(id(party)))
}

fn engaged(partners: &[&str]) -> Reader {
    let partners = partners.iter().map(|partner| id(partner)).collect();
    with(Scope::Engaged {
        partners: Partners::Only(partners),
    })
}

fn readers_of<'a>(view: View<'_>, entry: &Entry, parties: &[&'a str]) -> Vec<&'a str> {
    let reads = |party: &&str| own(party).may_read_entry(view, entry).unwrap();
    parties.iter().copied().filter(reads).collect()
}

#[test]
fn entries_are_read_by_those_they_concern() {
    let (memory, _) = played();
    let view = View::new(&memory);
    let entries = entries(&memory);
    let story = &entries[entries.len() - READ_BY.len()..];
    for ((kind, entry), (expected_kind, expected)) in story.iter().zip(READ_BY) {
        assert_eq!(kind, expected_kind);
        assert_eq!(
            &readers_of(view, entry, &PARTNERS),
            expected,
            "{} {kind}",
            entry.index
        );
        // An auditor of some partners reads what any of them reads; of all, and the whole
        // ledger's readers, everything; the public, nothing.
        for partners in [&["bank-a"][..], &["bank-b", "insurer"], &["guarantor"]] {
            let reads = engaged(partners).may_read_entry(view, entry).unwrap();
            let wanted = expected.iter().any(|party| partners.contains(party));
            assert_eq!(reads, wanted, "{} {kind} {partners:?}", entry.index);
        }
        for scope in [
            Scope::Whole,
            Scope::Engaged {
                partners: Partners::All,
            },
        ] {
            assert!(with(scope).may_read_entry(view, entry).unwrap());
        }
        assert!(!with(Scope::Nothing).may_read_entry(view, entry).unwrap());
        assert!(!Reader::Public.may_read_entry(view, entry).unwrap());
        assert!(with(Scope::Whole).check_entry(view, entry).is_ok());
        for (reader, code) in [
            (own("nobody"), "FORBIDDEN"),
            (Reader::Public, "UNAUTHENTICATED"),
        ] {
            let failure = reader.check_entry(view, entry).unwrap_err();
            assert_eq!(failure.problem().code, code);
        }
    }
}

#[test]
fn the_setup_is_read_by_those_it_concerns() {
    let (memory, _) = played();
    let view = View::new(&memory);
    let entries = entries(&memory);
    let mut by_kind: BTreeMap<&str, Vec<Vec<&str>>> = BTreeMap::new();
    for (kind, entry) in &entries[..entries.len() - READ_BY.len()] {
        let readers = readers_of(view, entry, &PARTNERS);
        by_kind.entry(kind).or_default().push(readers);
    }
    let none: Vec<&str> = Vec::new();
    for kind in [
        "genesis",
        "policy_adopt",
        "calendar_adopt",
        "manager_appoint",
    ] {
        assert!(by_kind[kind].iter().all(Vec::is_empty), "{kind}");
    }
    let admitted = PARTNERS.map(|partner| vec![partner]);
    assert_eq!(by_kind["partner_admit"], admitted);
    // main and at-a at bank A, at-b at bank B.
    let opened = [vec!["bank-a"], vec!["bank-a"], vec!["bank-b"]];
    assert_eq!(by_kind["account_open"], opened);
    // E1 has loans at both banks, E2 at bank B, E3 nowhere.
    let registered = [vec!["bank-a", "bank-b"], vec!["bank-b"], none];
    assert_eq!(by_kind["borrower_register"], registered);
    for readers in &by_kind["key_enrol"] {
        assert!(readers.len() <= 1, "{readers:?}");
    }
}

#[test]
fn objects_are_read_by_those_they_concern() {
    let (memory, borrower) = played();
    let view = View::new(&memory);
    let borrower = format!("borrower:{borrower}");
    let longer = format!("{borrower}0");
    let cases: &[(&str, &[&str])] = &[
        ("party:bank-a", &["bank-a"]),
        ("party:insurer", &["insurer"]),
        ("party:MSB", &[]),
        ("loan:LA", &["bank-a"]),
        ("loan:LB", &["bank-b"]),
        ("claim:CB", &["bank-b"]),
        ("recovery:RB", &["bank-b"]),
        ("account:main", &["bank-a"]),
        ("account:at-b", &["bank-b"]),
        ("account:at-b/2022-03-31", &["bank-b"]),
        (&borrower, &["bank-a", "bank-b"]),
        // No such thing, in one way or another.
        ("loan:LX", &[]),
        ("claim:CX", &[]),
        ("claim:LB", &[]),
        ("loan:", &[]),
        ("loan", &[]),
        ("loan:LB/2022-03-31", &[]),
        ("party:bank-a/x", &[]),
        ("LOAN:LB", &[]),
        (" loan:LB", &[]),
        ("loan:LB ", &[]),
        ("loan:loan:LB", &[]),
        (&longer, &[]),
        ("borrower:", &[]),
        // What is nobody's.
        ("fund", &[]),
        ("ledger", &[]),
        ("policy", &[]),
        ("compensation", &[]),
        ("contribution:GOV", &[]),
        ("suspense:bank-a", &[]),
    ];
    for (object, expected) in cases {
        let reads = |party: &&str| own(party).may_read_object(view, object).unwrap();
        let readers: Vec<&str> = PARTNERS.into_iter().filter(reads).collect();
        assert_eq!(&readers, expected, "{object}");
        assert!(
            !Reader::Public.may_read_object(view, object).unwrap(),
            "{object}"
        );
    }
}

#[test]
fn claimants_beside_the_bank_are_concerned() {
    // The insurer claims on the bank's loan; the guarantor collects; the bank is ordered.
    let (memory, _) = played();
    let mut state = State(memory);
    let mut claim: fundtrail_regulation::state::Claim = state.view().get(b"CB").unwrap().unwrap();
    claim.claimant = id("insurer");
    let mut recovery: fundtrail_regulation::state::Recovery =
        state.view().get(b"RB").unwrap().unwrap();
    recovery.collector = id("guarantor");
    let order = fundtrail_regulation::state::Order {
        order: id("O1"),
        loan: id("LA"),
        debtor: id("insurer"),
        amount: fundtrail_model::Amount::ZERO,
        returned: fundtrail_model::Amount::ZERO,
    };
    state = state.put(&claim).put(&recovery).put(&order);
    let of = |object: &str| {
        let concern = Concern::of_object(state.view(), object).unwrap();
        assert!(concern.borrowers.is_empty());
        let parties = concern.parties.iter();
        parties.map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(of("claim:CB"), ["bank-b", "insurer"]);
    assert_eq!(of("recovery:RB"), ["bank-b", "guarantor"]);
    assert_eq!(of("order:O1"), ["bank-a", "insurer"]);
}

#[test]
fn keys_and_engagements_are_their_partys() {
    let key = enrolled(4, "bank-a", Role::Bank);
    let state = State::default().put(&key).put(&Filing {
        kind: FilingKind::Engagement,
        id: "E1".into(),
        party: Some(id("CPA")),
        partners: vec![id("bank-b")],
        from: Some(day("2022-01-01")),
        until: Some(day("2022-12-31")),
        digest: None,
        entry: 1,
    });
    let of = |object: &str| Concern::of_object(state.view(), object).unwrap();
    assert_eq!(
        of(&format!("key:{}", key.key_id)),
        Concern::of_party(id("bank-a"))
    );
    assert_eq!(of("engagement:E1"), Concern::of_party(id("CPA")));
    for object in [
        "engagement:E2",
        "key:00",
        "seal:2022",
        "transaction:T-1",
        "calendar:x",
    ] {
        assert_eq!(of(object), Concern::default(), "{object}");
    }
}

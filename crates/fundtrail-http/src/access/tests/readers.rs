//! How far each role's right to read goes.

use std::collections::BTreeSet;

use fundtrail_regulation::state::{Key, Role};

use super::ledger::{State, day, enrolled, id, moment, now, tag};
use crate::access::{Concern, Known, Partners, Reader, Scope};

const ROLES: [Role; 11] = [
    Role::Government,
    Role::Finance,
    Role::MarketSupervision,
    Role::GroupMember,
    Role::Office,
    Role::Manager,
    Role::Bank,
    Role::Insurer,
    Role::Guarantor,
    Role::Auditor,
    Role::Regulator,
];

fn reader(state: &State, key: &Key) -> Reader {
    Reader::of_key(state.view(), key, now().day()).unwrap()
}

/// Somebody of party `P` in a role, where `P` manages and is engaged for nothing.
fn of_role(role: Role) -> Reader {
    reader(&State::default().managed_by("P"), &enrolled(1, "P", role))
}

fn concerning(parties: &[&str]) -> Concern {
    Concern {
        parties: parties.iter().map(|party| id(party)).collect(),
        borrowers: BTreeSet::new(),
    }
}

fn only(partners: &[&str]) -> Scope {
    Scope::Engaged {
        partners: Partners::Only(partners.iter().map(|partner| id(partner)).collect()),
    }
}

const ALL: Scope = Scope::Engaged {
    partners: Partners::All,
};

#[test]
fn each_role_has_its_scope() {
    for role in ROLES {
        let expected = match role.name() {
            "bank" | "insurer" | "guarantor" => Scope::Own(id("P")),
            "auditor" => Scope::Nothing,
            _ => Scope::Whole,
        };
        let reader = of_role(role);
        assert_eq!(reader.scope(), &expected, "{role:?}");
        let known = Known {
            key: enrolled(1, "P", role).key_id,
            party: id("P"),
            role,
            scope: expected,
        };
        assert_eq!(reader, Reader::Known(known));
    }
    assert_eq!(Reader::Public.scope(), &Scope::Nothing);
}

#[test]
fn a_manager_reads_while_in_office() {
    let key = enrolled(1, "P", Role::Manager);
    assert_eq!(
        reader(&State::default().managed_by("P"), &key).scope(),
        &Scope::Whole
    );
    for state in [State::default(), State::default().managed_by("Q")] {
        let reader = reader(&state, &key);
        assert_eq!(reader.scope(), &Scope::Nothing);
        assert!(!reader.may_read_whole_ledger() && !reader.may_read_party(&id("P")));
    }
}

#[test]
fn an_engagement_holds_from_its_first_day_to_its_last() {
    let state = State::default().engaging("E", "CPA", &[], ("2022-03-01", "2022-03-31"));
    let key = enrolled(1, "CPA", Role::Auditor);
    for (date, expected) in [
        ("2022-02-28", Scope::Nothing),
        ("2022-03-01", ALL),
        ("2022-03-31", ALL),
        ("2022-04-01", Scope::Nothing),
    ] {
        let reader = Reader::of_key(state.view(), &key, day(date)).unwrap();
        assert_eq!(reader.scope(), &expected, "{date}");
    }
    // Days are those of Asia/Shanghai: the last second of February and the first of March.
    for (at, expected) in [
        ("2022-02-28T15:59:59Z", Scope::Nothing),
        ("2022-02-28T16:00:00Z", ALL),
    ] {
        let reader = Reader::of_key(state.view(), &key, moment(at).day()).unwrap();
        assert_eq!(reader.scope(), &expected, "{at}");
    }
}

#[test]
fn engagements_add_up_and_are_nobody_elses() {
    let march = ("2022-03-01", "2022-03-31");
    let (cpa, other) = (
        enrolled(1, "CPA", Role::Auditor),
        enrolled(2, "CPB", Role::Auditor),
    );
    let state = State::default()
        .engaging("E1", "CPA", &["bank-a"], march)
        .engaging("E2", "CPA", &["bank-b", "bank-c"], march)
        .engaging("E3", "CPA", &["bank-d"], ("2022-04-01", "2022-04-30"))
        .engaging("E4", "CPB", &["bank-e"], march);
    assert_eq!(
        reader(&state, &cpa).scope(),
        &only(&["bank-a", "bank-b", "bank-c"])
    );
    assert_eq!(reader(&state, &other).scope(), &only(&["bank-e"]));
    // One for all of the fund is for all.
    let state = state.engaging("E5", "CPA", &[], march);
    assert_eq!(reader(&state, &cpa).scope(), &ALL);
    assert_eq!(reader(&state, &other).scope(), &only(&["bank-e"]));
    // Only an auditor's key reads by an engagement.
    for role in [Role::Bank, Role::Manager] {
        let wrong = reader(&state, &enrolled(3, "CPA", role));
        assert_ne!(wrong.scope(), &ALL, "{role:?}");
    }
}

#[test]
fn own_readers_read_their_own() {
    for role in [Role::Bank, Role::Insurer, Role::Guarantor] {
        let reader = of_role(role);
        assert!(reader.may_read_party(&id("P")));
        assert!(!reader.may_read_party(&id("Q")));
        assert!(!reader.may_read_whole_ledger());
    }
    let state = State::default().engaging("E", "P", &["Q"], ("2022-03-01", "2022-03-01"));
    let engaged = reader(&state, &enrolled(1, "P", Role::Auditor));
    assert!(engaged.may_read_party(&id("Q")) && !engaged.may_read_party(&id("R")));
    assert!(!engaged.may_read_whole_ledger());
    assert!(!Reader::Public.may_read_party(&id("P")));
    assert!(!Reader::Public.may_read_whole_ledger());
}

#[test]
fn an_enterprise_is_read_through_a_loan_of_ones_own() {
    let state = State::default()
        .lent("P", tag(1), "L1")
        .lent("Q", tag(2), "L2")
        .engaging("E", "CPA", &["Q"], ("2022-03-01", "2022-03-01"));
    let bank = reader(&state, &enrolled(1, "P", Role::Bank));
    let auditor = reader(&state, &enrolled(2, "CPA", Role::Auditor));
    let reads = |reader: &Reader, number| {
        let concern = Concern::of_borrower(tag(number));
        reader.may_read(state.view(), &concern).unwrap()
    };
    assert!(reads(&bank, 1) && !reads(&bank, 2) && !reads(&bank, 3));
    assert!(!reads(&auditor, 1) && reads(&auditor, 2) && !reads(&auditor, 3));
    assert!(!reads(&Reader::Public, 1));
    assert!(reads(&of_role(Role::Office), 3));
    // A party whose name begins like another's is another.
    let longer = reader(&state, &enrolled(3, "P-2", Role::Bank));
    assert!(!reads(&longer, 1));
}

#[test]
fn particulars_are_for_those_who_must_know_them() {
    let state = State::default()
        .managed_by("P")
        .engaging("E", "CPA", &["Q"], ("2022-03-01", "2022-03-01"))
        .engaging("F", "CPB", &[], ("2022-03-01", "2022-03-01"));
    let reads = |reader: &Reader, parties: &[&str]| {
        let concern = concerning(parties);
        reader.may_read_particulars(state.view(), &concern).unwrap()
    };
    for role in ROLES {
        let reader = reader(&state, &enrolled(1, "P", role));
        let of_others = matches!(role.name(), "manager" | "office" | "group_member");
        let of_own = of_others || role.is_partner();
        assert_eq!(reads(&reader, &["Q"]), of_others, "{role:?}");
        assert_eq!(reads(&reader, &["P"]), of_own, "{role:?}");
        assert_eq!(reads(&reader, &["Q", "P"]), of_own, "{role:?}");
        assert_eq!(reads(&reader, &[]), of_others, "{role:?}");
    }
    let engaged = reader(&state, &enrolled(2, "CPA", Role::Auditor));
    assert!(reads(&engaged, &["Q"]) && !reads(&engaged, &["R"]) && !reads(&engaged, &[]));
    let for_all = reader(&state, &enrolled(3, "CPB", Role::Auditor));
    assert!(reads(&for_all, &["R"]));
    assert!(!reads(&Reader::Public, &["P"]));
}

#[test]
fn what_is_not_there_and_what_is_not_ones_own_look_alike() {
    let state = State::default().lent("P", tag(1), "L1");
    let bank = reader(&state, &enrolled(1, "P", Role::Bank));
    let code = |reader: &Reader, object: &str| {
        let failure = reader.check_object(state.view(), object).err();
        failure.map(|failure| failure.problem().code)
    };
    for object in [
        "party:Q",
        "loan:L9",
        "claim:C9",
        "nonsense",
        "",
        "borrower:x",
    ] {
        assert_eq!(code(&bank, object), Some("FORBIDDEN"), "{object}");
        assert_eq!(
            code(&Reader::Public, object),
            Some("UNAUTHENTICATED"),
            "{object}"
        );
        assert_eq!(code(&of_role(Role::Office), object), None, "{object}");
    }
    assert_eq!(code(&bank, "party:P"), None);
    assert_eq!(code(&bank, &format!("borrower:{}", tag(1))), None);
}

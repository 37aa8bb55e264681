//! State by kind of record: filters, pages, and what follows on a day.
//!
//! The records are put there by hand; how they come about is the regulation's business.

use fundtrail_model::port::Table;
use fundtrail_regulation::policy::Policy;
use fundtrail_regulation::state::{AlertRecord, PolicyVersion};
use serde_json::{Value, json};

use crate::client::Server;
use crate::fixture::*;
use crate::reading::ledger;

pub(crate) fn put(server: &Server, table: Table, key: &str, record: &Value) {
    server.put_row(table, key.into(), record.to_string().into_bytes());
}

/// The values of a member over a list's items.
pub(crate) fn members(server: &Server, path: &str, member: &str) -> Vec<Value> {
    let page = server.get(path).json();
    assert_eq!(page["next"], Value::Null, "{page}");
    page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item[member].clone())
        .collect()
}

fn tag(number: u8) -> String {
    format!("{number:02x}").repeat(32)
}

pub(crate) fn put_loan(server: &Server, loan: &str, bank: &str, borrower: u8, compensated: &str) {
    let record = json!({
        "loan": loan, "bank": bank, "borrower": tag(borrower), "policy": 1,
        "enrolled_on": "2022-01-10", "total": "3000000.00", "ip_amount": "2000000.00",
        "allocation": "pro_rata", "repayment_order": "costs_interest_principal",
        "due": [], "purpose": "working_capital", "pledges": [],
        "credit": { "queried_on": "2022-01-01", "adverse_on": null, "report": "0".repeat(64) },
        "disbursed": "3000000.00", "disbursed_ip": "2000000.00", "first_disbursed": null,
        "repaid": "0.00", "contract": null, "last_recovery": null, "risk_noticed": false, "misuse": false, "fraud": false,
        "counts_for_brake": true, "claims": [],
        "compensated": compensated, "compensated_on": null, "collected": "0.00",
        "return_due": "0.00", "returned": "0.00", "clawed_back": "0.00",
    });
    put(server, Table::Loans, loan, &record);
}

pub(crate) fn put_claim(server: &Server, claim: &str, loan: &str, loss: &str, status: &str) {
    let paid = if status == "paid" { loss } else { "0.00" };
    let record = json!({
        "claim": claim, "loan": loan, "claimant": "BANK", "as_of": "2022-02-01", "loss": loss,
        "borne": [], "amount": "0.00", "paid": paid, "beside_principal": "0.00",
        "status": status, "approval": null, "steps": [],
    });
    put(server, Table::Claims, claim, &record);
}

pub(crate) fn put_policy(server: &Server, version: u32, applies_from: &str) {
    let text = include_str!("../../../fundtrail-regulation/data/baotou-2021-61.toml");
    let policy: Policy = toml::from_str(text).unwrap();
    let applies_from = fundtrail_model::Day::parse(applies_from).unwrap();
    server.put(&PolicyVersion {
        version,
        applies_from,
        policy,
    });
}

#[test]
fn a_list_is_paged_by_an_opaque_cursor() {
    let server = ledger(8);
    let mut path = "/v1/keys?role=regulator&limit=3".to_owned();
    let mut seen: Vec<String> = Vec::new();
    let mut sizes = Vec::new();
    loop {
        let page = server.get(&path).json();
        assert_eq!(page["size"], 8);
        let items = page["items"].as_array().unwrap();
        sizes.push(items.len());
        seen.extend(
            items
                .iter()
                .map(|item| item["key_id"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next"].as_str() else {
            break;
        };
        path = format!("/v1/keys?role=regulator&limit=3&cursor={next}");
    }
    assert_eq!(sizes, [3, 3, 2]);
    assert!(seen.is_sorted_by(|a, b| a < b), "each once, in order");
    let expected: Vec<String> = (1..8)
        .map(|number| enrolment(number).2.public().id().to_string())
        .collect();
    assert!(expected.iter().all(|id| seen.contains(id)));

    let keys = "/v1/keys";
    server
        .get("/v1/keys?cursor=!")
        .problem(400, "PARAMETER", keys);
    server
        .get("/v1/keys?role=king")
        .problem(400, "PARAMETER", keys);
    server
        .get("/v1/keys?colour=red")
        .problem(400, "PARAMETER", keys);
    server
        .get("/v1/keys?limit=ten")
        .problem(400, "PARAMETER", keys);
    server
        .get("/v1/keys?standing=yes")
        .problem(400, "PARAMETER", keys);
    // A cursor of another list, whose keys have another beginning.
    server
        .get("/v1/alerts?cursor=c2FiYw")
        .problem(400, "PARAMETER", "/v1/alerts");
}

#[test]
fn a_key_is_found_by_its_id() {
    let server = Server::founded();
    let id = office().public().id().to_string();
    let key = server.get(&format!("/v1/keys/{id}")).json();
    assert_eq!(key["public_key"], office().public().to_string());
    assert_eq!(
        (&key["party"], &key["role"], &key["revoked"]),
        (&json!("OFF"), &json!("office"), &Value::Null)
    );
    assert_eq!(
        members(&server, "/v1/keys?party=OFF&standing=true", "key_id"),
        [json!(id)]
    );
    assert!(members(&server, "/v1/keys?party=NOBODY", "key_id").is_empty());
    let nobody = format!("/v1/keys/{}", "0".repeat(32));
    server.get(&nobody).problem(404, "NOT_FOUND", &nobody);
    server
        .get("/v1/keys/xyz")
        .problem(400, "PARAMETER", "/v1/keys/xyz");
}

#[test]
fn loans_and_claims_are_filtered() {
    let server = Server::founded();
    put_loan(&server, "L1", "BANK", 1, "0.00");
    put_loan(&server, "L2", "BANK", 2, "0.00");
    put_loan(&server, "L3", "OTHER", 1, "0.00");
    assert_eq!(members(&server, "/v1/loans", "loan"), ["L1", "L2", "L3"]);
    assert_eq!(
        members(&server, "/v1/loans?bank=BANK", "loan"),
        ["L1", "L2"]
    );
    let path = format!("/v1/loans?borrower={}", tag(1));
    assert_eq!(members(&server, &path, "loan"), ["L1", "L3"]);
    assert_eq!(
        members(&server, &format!("{path}&bank=OTHER"), "loan"),
        ["L3"]
    );
    server
        .get("/v1/loans?borrower=91150200")
        .problem(400, "PARAMETER", "/v1/loans");
    assert_eq!(server.get("/v1/loans/L2").json()["borrower"], tag(2));
    server
        .get("/v1/loans/L9")
        .problem(404, "NOT_FOUND", "/v1/loans/L9");
    server
        .get("/v1/loans/L%209")
        .problem(400, "PARAMETER", "/v1/loans/L%209");

    put_claim(&server, "C1", "L1", "1.00", "submitted");
    put_claim(&server, "C2", "L1", "2.00", "approved");
    put_claim(&server, "C3", "L2", "3.00", "approved");
    assert_eq!(
        members(&server, "/v1/claims?loan=L1", "claim"),
        ["C1", "C2"]
    );
    assert_eq!(
        members(&server, "/v1/claims?status=approved", "claim"),
        ["C2", "C3"]
    );
    assert_eq!(
        members(&server, "/v1/claims?status=approved&loan=L2", "claim"),
        ["C3"]
    );
    assert!(members(&server, "/v1/claims?claimant=OTHER", "claim").is_empty());
    server
        .get("/v1/claims?status=lost")
        .problem(400, "PARAMETER", "/v1/claims");
    assert_eq!(server.get("/v1/claims/C3").json()["loss"], "3.00");
}

#[test]
fn a_recovery_is_late_from_its_deadline_while_something_is_owed() {
    let server = Server::founded();
    let recovery = |id: &str, returned: &str, deadline: &str| {
        let record = json!({
            "recovery": id, "loan": "L1", "collector": "BANK", "received_on": "2022-02-01",
            "amount": "100.00", "counted": "100.00", "due": "30.00", "deadline": deadline,
            "returned": returned,
        });
        put(&server, Table::Recoveries, id, &record);
    };
    recovery("R1", "10.00", "2022-02-22");
    recovery("R2", "30.00", "2022-02-22");
    recovery("R3", "29.99", "2022-03-22");
    let late = |path: &str| {
        let recovery = server.get(path).json();
        let [owed, days] = ["owed", "days_late"].map(|member| recovery[member].to_string());
        format!("{owed} {days}")
    };
    // The clock stands at 2022-03-01, the day of the genesis.
    assert_eq!(late("/v1/recoveries/R1"), "\"20.00\" 7");
    assert_eq!(late("/v1/recoveries/R3?as_of=2022-03-22"), "\"0.01\" 0");
    assert_eq!(late("/v1/recoveries/R3?as_of=2022-03-23"), "\"0.01\" 1");
    let before = "/v1/recoveries/R1?as_of=2022-02-28";
    server
        .get(before)
        .problem(404, "NOT_FOUND", "/v1/recoveries/R1");
    assert_eq!(late("/v1/recoveries/R2?as_of=2023-02-23"), "\"0.00\" 0");
    let path = "/v1/recoveries?loan=L1&until=2022-02-01&as_of=2022-03-03";
    assert_eq!(members(&server, path, "days_late"), [9, 0, 0]);
    assert_eq!(
        members(&server, &format!("{path}&owed=true"), "recovery"),
        ["R1", "R3"]
    );
    assert_eq!(
        members(&server, &format!("{path}&owed=false"), "recovery"),
        ["R2"]
    );
    server
        .get("/v1/recoveries?as_of=today")
        .problem(400, "PARAMETER", "/v1/recoveries");
}

#[test]
fn alerts_are_those_that_stand_or_all() {
    let server = Server::founded();
    let alert = |number: u64, closed_by: Option<u64>| AlertRecord {
        number,
        entry: number,
        alert: fundtrail_model::Alert {
            code: "RETURN_LATE".into(),
            article: 16,
            object: format!("recovery:R{number}"),
            owed_by: "bank".into(),
            due: None,
            figures: fundtrail_model::Figures::none(),
        },
        closed_by,
    };
    server.put(&alert(1, None));
    server.put(&alert(2, Some(9)));
    let index = AlertRecord::standing_key("RETURN_LATE", "recovery:R1");
    server.put_row(Table::Alerts, index, 1_u64.to_be_bytes().to_vec());
    assert_eq!(members(&server, "/v1/alerts", "number"), [1, 2]);
    assert_eq!(members(&server, "/v1/alerts?standing=true", "number"), [1]);
    assert_eq!(members(&server, "/v1/alerts?standing=false", "number"), [2]);
    assert_eq!(
        members(&server, "/v1/alerts?object=recovery:R2", "number"),
        [2]
    );
    assert!(members(&server, "/v1/alerts?code=OTHER", "number").is_empty());
    assert_eq!(server.get("/v1/alerts/2").json()["closed_by"], 9);
    server
        .get("/v1/alerts/3")
        .problem(404, "NOT_FOUND", "/v1/alerts/3");
}

#[test]
fn partners_and_borrowers_stand_as_of_a_day() {
    let server = Server::founded();
    let party = |id: &str, revoked_on: Value, admitted: bool| {
        let admission = json!({
            "role": "bank", "from": "2022-01-01", "agreement": "0".repeat(64), "revoked_on": revoked_on,
        });
        let admissions = if admitted {
            vec![admission]
        } else {
            Vec::new()
        };
        let money = [
            "disbursed",
            "disbursed_ip",
            "compensated",
            "returned",
            "approved_unpaid",
        ];
        let mut record = json!({
            "party": id, "roles": ["bank"], "admissions": admissions, "fraud": false,
            "warnings": [{ "issued_at": "2022-02-01T00:00:00.000Z", "lifted_at": null }],
            "suspensions": [],
        });
        for member in money {
            record[member] = json!("0.00");
        }
        put(&server, Table::Parties, id, &record);
    };
    party("B1", Value::Null, true);
    party("B2", json!("2022-03-15"), true);
    party("B3", Value::Null, false);
    assert_eq!(members(&server, "/v1/partners", "party"), ["B1", "B2"]);
    assert_eq!(
        members(
            &server,
            "/v1/partners?active=true&as_of=2022-03-15",
            "party"
        ),
        ["B1"]
    );
    assert_eq!(
        members(&server, "/v1/partners?as_of=2022-03-14", "active"),
        [true, true]
    );
    // Before the genesis of 2022-03-01 there is nothing.
    assert!(members(&server, "/v1/partners?as_of=2022-02-28", "active").is_empty());
    assert!(members(&server, "/v1/partners?role=insurer", "party").is_empty());
    let partner = server.get("/v1/partners/B1").json();
    assert_eq!(
        (&partner["warned"], &partner["suspended"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(server.get("/v1/partners/OFF").json()["active"], false);

    let borrower = json!({
        "borrower": tag(7), "registered_on": "2010-01-01", "division": "150200", "sme": null,
        "blacklisting": { "from": "2022-03-10", "lifted_on": null }, "fraud": false,
        "compensated": "0.00",
    });
    put(&server, Table::Borrowers, &tag(7), &borrower);
    assert_eq!(
        members(
            &server,
            "/v1/borrowers?blacklisted=true&as_of=2022-03-10",
            "borrower"
        ),
        [tag(7)]
    );
    assert!(
        members(
            &server,
            "/v1/borrowers?blacklisted=true&as_of=2022-03-09",
            "borrower"
        )
        .is_empty()
    );
    let path = format!("/v1/borrowers/{}?as_of=2022-03-09", tag(7));
    assert_eq!(server.get(&path).json()["blacklisted"], false);
}

#[test]
fn the_policy_is_found_by_version_and_by_day() {
    let server = Server::founded();
    put_policy(&server, 1, "2021-12-23");
    put_policy(&server, 2, "2023-01-01");
    assert_eq!(members(&server, "/v1/policy", "version"), [1, 2]);
    assert_eq!(
        members(&server, "/v1/policy?as_of=2022-12-31", "version"),
        [1]
    );
    assert_eq!(
        members(&server, "/v1/policy?as_of=2023-01-01", "version"),
        [2]
    );
    let policy = server.get("/v1/policy/2").json();
    assert_eq!(policy["policy"]["compensation"]["ratio_bp"], 3000);
    for path in ["/v1/policy/3", "/v1/policy/4294967297"] {
        server.get(path).problem(404, "NOT_FOUND", path);
    }
}

#[test]
fn every_rule_is_listed_in_its_order() {
    let rules = Server::empty().get("/v1/rules").json();
    let rules = rules.as_array().unwrap();
    let codes: Vec<&str> = fundtrail_regulation::chapters::rules()
        .map(|rule| rule.code)
        .collect();
    let listed: Vec<&str> = rules
        .iter()
        .map(|rule| rule["code"].as_str().unwrap())
        .collect();
    assert_eq!(listed, codes);
    for rule in rules {
        assert!(!rule["title"]["zh"].as_str().unwrap().is_empty());
        assert!(!rule["binds"].as_array().unwrap().is_empty(), "{rule}");
    }
}

//! `as_of`: how the ledger stood on a day. The figures are counted by hand from
//! `tests/scenarios/two-years.scn`, where much is recorded late: what counts is the longest
//! beginning with nothing dated after the day.

use serde_json::{Value, json};

use crate::client::{Reply, Server};
use crate::roles::Site;

/// Every list and what holds one thing in it.
const LISTS: [&str; 12] = [
    "/v1/accounts",
    "/v1/partners",
    "/v1/borrowers",
    "/v1/loans",
    "/v1/claims",
    "/v1/recoveries",
    "/v1/alerts",
    "/v1/obligations",
    "/v1/reconciliation",
    "/v1/keys",
    "/v1/policy",
    "/v1/fund",
];

fn fund(site: &Site, as_of: &str) -> Value {
    site.server.get(&format!("/v1/fund?as_of={as_of}")).json()
}

fn count(reply: &Reply) -> usize {
    let page = reply.json();
    assert_eq!(page["next"], Value::Null, "{page}");
    page["items"].as_array().unwrap().len()
}

fn text<'a>(value: &'a Value, members: &[&str]) -> Vec<&'a str> {
    let of = |name: &&str| value[*name].as_str().unwrap_or("-");
    members.iter().map(of).collect()
}

/// 10,000,000.00 paid in on 2021-12-30, after enterprises were registered on the 31st; 8,750.00 interest of 2022-03-21, recorded after the loans of May;
/// 600,000.00 for K-A1; 149,999.99 and 0.01 back; 900,000.00 for B1 (one payment taken back);
/// 370,370.37 for K-C1; then 31,234.56 interest less 150,000.00 fees of December 2022,
/// recorded after the payment of January; 450,000.00 for K-A3, recorded after the report of
/// 2023-03-10 and so not seen on the 9th.
#[test]
fn the_fund_of_a_day_is_that_of_its_height() {
    let site = Site::new();
    for (as_of, balance) in [
        ("2021-12-29", "0.00"),
        ("2021-12-30", "0.00"),
        ("2021-12-31", "10000000.00"),
        ("2022-03-31", "10000000.00"),
        ("2022-05-11", "10000000.00"),
        ("2022-05-12", "10008750.00"),
        ("2022-09-14", "10008750.00"),
        ("2022-09-15", "9408750.00"),
        ("2022-10-13", "9558749.99"),
        ("2022-10-15", "9558750.00"),
        ("2022-12-31", "8658750.00"),
        ("2023-01-11", "8658750.00"),
        ("2023-01-12", "8169614.19"),
        ("2023-03-09", "8169614.19"),
        ("2023-03-10", "7719614.19"),
        ("2024-03-17", "7619984.56"),
        ("2024-03-18", "0.00"),
        ("2199-12-31", "0.00"),
    ] {
        let fund = fund(&site, as_of);
        assert_eq!(fund["balance"], balance, "{as_of}");
        assert_eq!(fund["as_of"], as_of);
        assert!(fund["size"].as_u64().is_some());
        for invariant in fund["invariants"].as_array().unwrap() {
            assert_eq!(invariant["holds"], true, "{as_of}: {invariant}");
        }
    }
    // All that is recorded, and nobody asked for a day.
    let now = site.server.get("/v1/fund").json();
    assert_eq!(now.get("as_of"), None);
    let end = fund(&site, "2199-12-31");
    assert_eq!(
        (&now["size"], &now["totals"]),
        (&end["size"], &end["totals"])
    );
    assert_eq!(now["totals"]["distributions"], "7619984.56");
    assert_eq!(fund(&site, "2024-03-17")["totals"]["distributions"], "0.00");
}

#[test]
fn before_the_genesis_there_is_nothing_and_afterwards_everything() {
    let site = Site::new();
    for list in LISTS {
        let path = |as_of: &str| format!("{list}?limit=1000&as_of={as_of}");
        let path = |as_of| path(as_of).replace("/v1/fund?limit=1000&", "/v1/fund?");
        let before = site.server.get(&path("2021-12-22")).json();
        assert_eq!(
            (&before["size"], &before["as_of"]),
            (&json!(0), &json!("2021-12-22")),
            "{list}"
        );
        if list == "/v1/fund" {
            assert_eq!(
                (&before["ledger"], &before["balance"]),
                (&Value::Null, &json!("0.00"))
            );
            assert_eq!(before["accounts"], json!([]));
            continue;
        }
        assert_eq!(before["items"], json!([]), "{list}");
        // A day after the newest date: everything, seen on that day.
        let far = site.server.get(&path("2199-12-31")).json();
        let now = site
            .server
            .get(&path("2199-12-31").replace("&as_of=2199-12-31", ""))
            .json();
        assert_eq!(far["size"], now["size"], "{list}");
        assert_eq!(now.get("as_of"), None, "{list}");
        if ![
            "/v1/partners",
            "/v1/borrowers",
            "/v1/recoveries",
            "/v1/obligations",
            "/v1/policy",
        ]
        .contains(&list)
        {
            assert_eq!(far["items"], now["items"], "{list}");
        }
        for bad in [
            "2022-02-30",
            "9999-12-31",
            "yesterday",
            "2022-1-1",
            "",
            "2022-01-01T00:00:00Z",
        ] {
            site.server.get(&path(bad)).problem(400, "PARAMETER", list);
        }
        let twice = format!("{}&as_of=2022-01-01", path("2022-01-01"));
        site.server.get(&twice).problem(400, "PARAMETER", list);
    }
}

/// A claim's way: 08-29 submitted, 09-02 verified, 09-08 approved, 09-15 paid.
#[test]
fn a_claim_is_as_far_as_it_was() {
    let site = Site::new();
    for (as_of, status, paid) in [
        ("2022-08-29", "submitted", "0.00"),
        ("2022-09-01", "submitted", "0.00"),
        ("2022-09-02", "verified", "0.00"),
        ("2022-09-14", "approved", "0.00"),
        ("2022-09-15", "paid", "600000.00"),
    ] {
        let claim = site
            .server
            .get(&format!("/v1/claims/K-A1?as_of={as_of}"))
            .json();
        assert_eq!(text(&claim, &["status", "paid"]), [status, paid], "{as_of}");
        assert_eq!(claim["state"]["as_of"], as_of);
        // The day of its loss is another thing.
        assert_eq!(claim["as_of"], "2022-08-29");
        let listed = site
            .server
            .get(&format!("/v1/claims?status={status}&as_of={as_of}"));
        assert_eq!(count(&listed), 1, "{as_of}");
        assert_eq!(
            count(&site.server.get(&format!("/v1/claims?as_of={as_of}"))),
            1
        );
    }
    let path = "/v1/claims/K-A1?as_of=2022-08-28";
    site.server
        .get(path)
        .problem(404, "NOT_FOUND", "/v1/claims/K-A1");
    assert_eq!(count(&site.server.get("/v1/claims?as_of=2022-08-28")), 0);
    let now = site.server.get("/v1/claims/K-A1").json();
    assert_eq!(now.get("state"), None);
}

/// A record of each sort is not there before its entry is, and is from it on. A6's enrolment
/// of 2022-05-11 is followed by nothing later before its own disbursement of the 12th.
#[test]
fn what_did_not_exist_is_not_there() {
    let site = Site::new();
    let key = fundtrail_scenario::key("cpa").public().id().to_string();
    let e4 = site.server.get("/v1/loans/A4").json()["borrower"]
        .as_str()
        .unwrap()
        .to_owned();
    for (path, last_without, first_with) in [
        ("/v1/accounts/at-c".to_owned(), "2022-01-05", "2022-01-06"),
        ("/v1/partners/bank-c".into(), "2022-01-04", "2022-01-05"),
        (format!("/v1/borrowers/{e4}"), "2022-01-10", "2022-01-11"),
        ("/v1/loans/A1".into(), "2022-02-13", "2022-02-14"),
        ("/v1/claims/K-C1".into(), "2022-12-29", "2022-12-30"),
        ("/v1/recoveries/R-A1-1".into(), "2022-09-25", "2022-09-26"),
        ("/v1/policy/1".into(), "2021-12-22", "2021-12-23"),
        // Enrolled 2023-10-10, after a report of 2023-11-06 was on record.
        (format!("/v1/keys/{key}"), "2023-11-05", "2023-11-06"),
    ] {
        let ask = |day: &str| site.server.get(&format!("{path}?as_of={day}"));
        ask(last_without).problem(404, "NOT_FOUND", &path);
        let found = ask(first_with).json();
        assert_eq!(found["state"]["as_of"], first_with, "{path}");
        let seen = fund(&site, first_with);
        assert_eq!(found["state"]["size"], seen["size"], "{path}");
        ask("tomorrow").problem(400, "PARAMETER", &path);
        site.server
            .get(&format!("{path}?on=2022-01-01"))
            .problem(400, "PARAMETER", &path);
    }
    let nothing = "/v1/loans/NONE?as_of=2022-06-01";
    site.server
        .get(nothing)
        .problem(404, "NOT_FOUND", "/v1/loans/NONE");
}

/// Standing 2023-03-08 recorded 5% late; warned 03-09, suspended 03-20, lifted 2023-10-09 but
/// recorded after 2023-11-06.
#[test]
fn standing_and_disqualification_follow_height_and_day() {
    let site = Site::new();
    for (as_of, warned, suspended) in [
        ("2023-03-09", false, false),
        ("2023-03-10", true, false),
        ("2023-03-19", true, false),
        ("2023-03-20", true, true),
        ("2023-10-09", true, true),
        ("2023-11-05", true, true),
        ("2023-11-06", true, false),
    ] {
        let bank = site
            .server
            .get(&format!("/v1/partners/bank-a?as_of={as_of}"))
            .json();
        assert_eq!(
            (&bank["warned"], &bank["suspended"]),
            (&json!(warned), &json!(suspended)),
            "{as_of}"
        );
        assert_eq!(bank["active"], true);
    }
    // From 2023-08-21, recorded after 2023-11-06: on the 31st of August nobody could know.
    let e8 = site.server.get("/v1/loans/B3").json()["borrower"]
        .as_str()
        .unwrap()
        .to_owned();
    let listed = |as_of: &str| {
        let path = format!("/v1/borrowers?blacklisted=true&as_of={as_of}");
        site.server.get(&path).json()["items"].clone()
    };
    assert_eq!(listed("2023-08-31"), json!([]));
    assert_eq!(listed("2023-11-06")[0]["borrower"], e8);
    let then = site
        .server
        .get(&format!("/v1/borrowers/{e8}?as_of=2023-08-31"))
        .json();
    assert_eq!(
        text(&then, &["compensated", "as_of"]),
        ["0.00", "2023-08-31"]
    );
    let after = site
        .server
        .get(&format!("/v1/borrowers/{e8}?as_of=2023-11-06"))
        .json();
    assert_eq!(after["blacklisted"], true);
}

/// 150,000.00 due 2022-10-14 on R-A1-1: 149,999.99 came on the 13th, 0.01 on the 15th.
#[test]
fn what_is_owed_is_what_was_owed() {
    let site = Site::new();
    for (as_of, owed, late) in [
        ("2022-09-26", "150000.00", 0),
        ("2022-10-12", "150000.00", 0),
        ("2022-10-13", "0.01", 0),
        ("2022-10-14", "0.01", 0),
        ("2022-10-15", "0.00", 0),
    ] {
        let one = site
            .server
            .get(&format!("/v1/recoveries/R-A1-1?as_of={as_of}"))
            .json();
        assert_eq!(
            (&one["owed"], &one["days_late"]),
            (&json!(owed), &json!(late)),
            "{as_of}"
        );
        let path = format!("/v1/obligations?kind=recovery_return&as_of={as_of}");
        let items = site.server.get(&path).json()["items"].clone();
        let amounts: Vec<&Value> = items
            .as_array()
            .unwrap()
            .iter()
            .map(|one| &one["amount"])
            .collect();
        let wanted = if owed == "0.00" { vec![] } else { vec![owed] };
        assert_eq!(amounts, wanted, "{as_of}");
    }
    // The ratio of 5% was reached with the payment of 2023-03-08; the notice went out on the 20th.
    let due = |as_of: &str| {
        count(&site.server.get(&format!(
            "/v1/obligations?kind=suspend_notice&as_of={as_of}"
        )))
    };
    assert_eq!(
        ["2023-03-09", "2023-03-10", "2023-03-19", "2023-03-20"].map(due),
        [0, 1, 1, 0]
    );
}

/// Accounts, alerts and statements. at-a: 3,000,000.00 placed, 3,500.00 interest, 600,000.00
/// paid to bank-a.
#[test]
fn balances_alerts_and_statements_are_those_of_then() {
    let site = Site::new();
    for (as_of, balance) in [
        ("2022-01-09", "0.00"),
        ("2022-01-10", "3000000.00"),
        ("2022-07-03", "3003500.00"),
        ("2022-09-15", "2403500.00"),
    ] {
        let account = site
            .server
            .get(&format!("/v1/accounts/at-a?as_of={as_of}"))
            .json();
        assert_eq!(account["balance"], balance, "{as_of}");
        let listed = site
            .server
            .get(&format!("/v1/accounts?as_of={as_of}"))
            .json()["items"]
            .clone();
        let own = listed
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["account"] == "at-a");
        assert_eq!(own.unwrap()["balance"], balance);
    }
    let codes = |as_of: &str| {
        let path = format!("/v1/alerts?as_of={as_of}");
        let items = site.server.get(&path).json()["items"].clone();
        let codes = items.as_array().unwrap().iter();
        codes
            .map(|one| one["alert"]["code"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(codes("2022-05-11"), [""; 0]);
    assert_eq!(codes("2022-10-12"), ["RECONCILE_DIFF"]);
    assert_eq!(
        codes("2022-10-14"),
        ["RECONCILE_DIFF", "SHORT_RETURN_ARREARS"]
    );
    assert_eq!(
        codes("2022-10-15"),
        ["RECONCILE_DIFF", "SHORT_RETURN_ARREARS", "LATE_RETURN"]
    );
    site.server
        .get("/v1/alerts/2?as_of=2022-10-12")
        .problem(404, "NOT_FOUND", "/v1/alerts/2");
    assert_eq!(
        site.server.get("/v1/alerts/2?as_of=2022-10-13").json()["number"],
        2
    );
    assert_eq!(
        count(&site.server.get("/v1/reconciliation?as_of=2022-05-11")),
        0
    );
    assert_eq!(
        count(&site.server.get("/v1/reconciliation?as_of=2022-05-12")),
        3
    );
}

/// Ten loans had been enrolled when the first of April came, none disbursed; eighteen on the
/// 12th of May. A1 was due 2022-06-30; A6 was repaid 2022-12-15, recorded in October 2023.
#[test]
fn loans_are_found_by_how_far_they_had_come() {
    let site = Site::new();
    let loans = |query: &str| count(&site.server.get(&format!("/v1/loans?{query}")));
    for (query, found) in [
        ("as_of=2022-03-31", 10),
        ("as_of=2022-03-31&status=enrolled", 10),
        ("as_of=2022-05-12&status=running", 18),
        ("as_of=2022-05-12&status=enrolled", 0),
        ("as_of=2022-06-30&overdue=true", 0),
        ("as_of=2022-07-01&overdue=true", 1),
        ("as_of=2022-07-01&overdue=false", 17),
        ("as_of=2022-09-14&status=compensated", 0),
        ("as_of=2022-09-15&status=compensated&bank=bank-a", 1),
        ("as_of=2023-11-05&status=repaid", 0),
        ("as_of=2023-11-06&status=repaid", 1),
    ] {
        assert_eq!(loans(query), found, "{query}");
    }
    for bad in ["status=lost", "overdue=maybe", "status=", "state=running"] {
        site.server
            .get(&format!("/v1/loans?{bad}"))
            .problem(400, "PARAMETER", "/v1/loans");
    }
    let claims = |query: &str| count(&site.server.get(&format!("/v1/claims?{query}")));
    for (query, found) in [
        ("bank=bank-a", 3),
        ("bank=bank-b", 3),
        ("bank=bank-b&claimant=guarantor", 1),
        ("bank=nobody", 0),
        ("from=2022-08-29&until=2022-08-29", 1),
        ("from=2022-08-30&until=2022-12-29", 2),
        ("from=2022-11-30&as_of=2022-12-31", 2),
        ("until=2022-08-28", 0),
        ("bank=bank-a&from=2023-01-01", 2),
    ] {
        assert_eq!(claims(query), found, "{query}");
    }
    site.server
        .get("/v1/claims?from=August")
        .problem(400, "PARAMETER", "/v1/claims");
    let recoveries = |query: &str| count(&site.server.get(&format!("/v1/recoveries?{query}")));
    for (query, found) in [
        ("from=2022-09-20&until=2022-09-20", 1),
        ("from=2023-06-01&until=2023-09-01", 2),
        ("from=2023-06-01&until=2023-09-01&as_of=2023-09-03", 1),
        ("until=2022-09-19", 0),
    ] {
        assert_eq!(recoveries(query), found, "{query}");
    }
    site.server
        .get("/v1/recoveries?until=1")
        .problem(400, "PARAMETER", "/v1/recoveries");
}

#[test]
fn pages_of_a_past_day_do_not_move() {
    let mut site = Site::new();
    let mut path = "/v1/loans?as_of=2022-05-12&limit=5".to_owned();
    let (mut seen, mut sizes) = (Vec::new(), Vec::new());
    loop {
        let page = site.server.get(&path).json();
        assert_eq!(page["as_of"], "2022-05-12");
        sizes.push(page["size"].clone());
        seen.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|loan| loan["loan"].clone()),
        );
        let Some(next) = page["next"].as_str() else {
            break;
        };
        path = format!("/v1/loans?as_of=2022-05-12&limit=5&cursor={next}");
        // Meanwhile the ledger goes on, and an entry is dated back before that day.
        if seen.len() == 5 {
            site.play("2022-05-11 party cpa-2 auditor");
        }
    }
    assert_eq!(seen.len(), 18);
    assert!(sizes.iter().all(|size| *size == sizes[0]), "{sizes:?}");
    assert_eq!(count(&site.server.get("/v1/keys?party=cpa-2")), 1);
    assert_eq!(
        count(&site.server.get("/v1/keys?party=cpa-2&as_of=2022-05-12")),
        0
    );
}

/// bank-c was admitted 2022-01-05; today it is a partner of the past that reads its own.
#[test]
fn rights_are_those_of_today() {
    let site = Site::new();
    let ask = |name: &str, path: &str| {
        site.server
            .ask("GET", path, Some(&fundtrail_scenario::key(name)))
    };
    let all = ask("bank-c/maker", "/v1/loans?as_of=2022-05-12").json();
    assert_eq!(all["items"].as_array().unwrap().len(), 6);
    ask("bank-c/maker", "/v1/loans/A1?as_of=2022-05-12").problem(403, "FORBIDDEN", "/v1/loans/A1");
    ask("bank-c/maker", "/v1/loans/A1?as_of=2021-01-01").problem(403, "FORBIDDEN", "/v1/loans/A1");
    ask("bank-c/maker", "/v1/loans/C1?as_of=2021-01-01").problem(404, "NOT_FOUND", "/v1/loans/C1");
    ask("bank-c/maker", "/v1/loans/NONE?as_of=2021-01-01").problem(
        403,
        "FORBIDDEN",
        "/v1/loans/NONE",
    );
    let path = "/v1/loans?as_of=2022-05-12";
    site.server
        .ask("GET", path, None)
        .problem(401, "UNAUTHENTICATED", "/v1/loans");
    let accounts = site
        .server
        .ask("GET", "/v1/fund?as_of=2022-05-12", None)
        .json();
    assert_eq!(
        (&accounts["accounts"], &accounts["balance"]),
        (&json!([]), &json!("10008750.00"))
    );
}

#[test]
fn a_ledger_without_entries_has_no_past() {
    let server = Server::empty();
    let fund = server.get("/v1/fund?as_of=2022-01-01").json();
    assert_eq!(
        (&fund["size"], &fund["as_of"]),
        (&json!(0), &json!("2022-01-01"))
    );
}

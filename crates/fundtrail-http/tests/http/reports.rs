//! Reports and months as they are served. Figures by hand from
//! `tests/scenarios/two-years.scn`; each figure of a report is another test's.

use serde_json::{Value, json};

use crate::client::Server;
use crate::roles::Site;

fn items(site: &Site, path: &str) -> Vec<Value> {
    site.server.get(path).json()["items"]
        .as_array()
        .unwrap()
        .clone()
}

#[test]
fn periods_with_entries_are_listed_and_reported_on() {
    let site = Site::new();
    let found = items(&site, "/v1/reports");
    let names: Vec<&str> = found
        .iter()
        .map(|one| one["period"].as_str().unwrap())
        .collect();
    let wanted = [
        "2021", "2021Q4", "2022", "2022Q1", "2022Q2", "2022Q3", "2022Q4", "2023", "2023Q1",
        "2023Q2", "2023Q3", "2023Q4", "2024", "2024Q1",
    ];
    assert_eq!(names, &wanted[..]);
    let mut until = json!(0);
    for one in found
        .iter()
        .filter(|one| one["period"].as_str().unwrap().contains('Q'))
    {
        assert_eq!(one["opening_size"], until, "{one}");
        until = one["closing_size"].clone();
        let period = one["period"].as_str().unwrap();
        let report = site.server.get(&format!("/v1/reports/{period}")).json();
        assert_eq!(report["closing_size"], until);
        assert_eq!(
            (&report["from"], &report["until"]),
            (&one["from"], &one["until"])
        );
        assert_eq!(report["is_closed"], period != "2024Q1");
        let day = report["until"].as_str().unwrap();
        let fund = site.server.get(&format!("/v1/fund?as_of={day}")).json();
        assert_eq!(report["money"]["closing"], fund["balance"], "{period}");
    }
    let q3 = site.server.get("/v1/reports/2022Q3").json();
    assert_eq!(q3["money"]["flows"]["compensation"]["amount"], "600000.00");
    assert_eq!(q3["claims"]["paid"]["count"], 1);
    assert_eq!(q3["ledger"], crate::fixture::ORIGIN);
    // The root is that of the tree of the close.
    let size = q3["closing_size"].as_u64().unwrap();
    let note = site
        .server
        .get(&format!("/v1/proofs/consistency?from=0&to={size}"))
        .json();
    let note = note.to_string();
    let root = q3["root"].as_str().unwrap();
    assert_eq!(root.len(), 64);
    let bytes: Vec<u8> = (0..32)
        .map(|at| u8::from_str_radix(&root[at * 2..at * 2 + 2], 16).unwrap())
        .collect();
    let base64 = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes);
    assert!(note.contains(&base64), "{note}");
}

#[test]
fn a_report_does_not_change_once_its_period_is_closed() {
    let mut site = Site::new();
    let before = site.server.get("/v1/reports/2022Q3").json();
    site.play("2022-08-01 party cpa-2 auditor");
    assert_eq!(site.server.get("/v1/reports/2022Q3").json(), before);
    // It is in the period in which it was recorded, as recorded late.
    let newest = site.server.get("/v1/reports/2024Q1").json();
    let late = newest["recorded_late"].as_array().unwrap();
    let last = newest["closing_size"].as_u64().unwrap() - 1;
    assert_eq!(late.last(), Some(&json!(last)));
}

#[test]
fn what_is_no_period_is_refused() {
    let site = Site::new();
    for bad in [
        "2022-01",
        "2022H1",
        "2022Q5",
        "22Q1",
        "2022q1",
        "now",
        "2022Q1%20",
    ] {
        let path = format!("/v1/reports/{bad}");
        site.server.get(&path).problem(400, "PARAMETER", &path);
    }
    for none in ["2021Q3", "1999", "2024Q2", "2199"] {
        let path = format!("/v1/reports/{none}");
        site.server.get(&path).problem(404, "NOT_FOUND", &path);
    }
    site.server
        .get("/v1/reports?limit=1")
        .problem(400, "PARAMETER", "/v1/reports");
    let of = "/v1/reports/2022";
    site.server
        .get("/v1/reports/2022?as_of=2022-01-01")
        .problem(400, "PARAMETER", of);
    let bank = fundtrail_scenario::key("bank-a/maker");
    site.server
        .ask("GET", of, Some(&bank))
        .problem(403, "FORBIDDEN", of);
    site.server
        .ask("GET", of, None)
        .problem(401, "UNAUTHENTICATED", of);
    let empty = Server::empty();
    empty.get(of).problem(404, "NOT_FOUND", of);
    assert_eq!(empty.get("/v1/reports").json()["items"], json!([]));
}

/// 10,000,000.00 in December 2021; 8,750.00 interest of March, recorded in May; 600,000.00 in
/// September; 150,000.00 back in October; 900,000.00 in December 2022.
#[test]
fn months_are_those_of_the_states_at_their_ends() {
    let site = Site::new();
    let months = items(&site, "/v1/fund/months");
    assert_eq!(
        (&months[0]["month"], &months[27]["month"]),
        (&json!("2021-12"), &json!("2024-03"))
    );
    assert_eq!(months.len(), 28);
    let of = |month: &str| {
        months
            .iter()
            .find(|one| one["month"] == month)
            .unwrap()
            .clone()
    };
    for (month, balance, moved) in [
        ("2021-12", "10000000.00", ("contributions", "10000000.00")),
        ("2022-03", "10000000.00", ("interest", "0.00")),
        ("2022-05", "10008750.00", ("interest", "8750.00")),
        ("2022-06", "10008750.00", ("interest", "0.00")),
        ("2022-09", "9408750.00", ("compensation", "600000.00")),
        ("2022-10", "9558750.00", ("returns", "150000.00")),
        ("2022-12", "8658750.00", ("compensation", "900000.00")),
        ("2024-03", "0.00", ("distributions", "7619984.56")),
    ] {
        let found = of(month);
        assert_eq!(found["balance"], balance, "{month}");
        assert_eq!(found["moved"][moved.0], moved.1, "{month}");
    }
    let part = items(&site, "/v1/fund/months?from=2022-09&until=2022-10");
    assert_eq!(part, [of("2022-09"), of("2022-10")]);
    // Before the first entry and after the newest.
    let before = items(&site, "/v1/fund/months?from=2021-10&until=2021-11");
    assert_eq!(
        (&before[0]["balance"], &before[0]["size"]),
        (&json!("0.00"), &json!(0))
    );
    let after = items(&site, "/v1/fund/months?from=2025-01&until=2025-01");
    assert_eq!(after[0]["moved"]["distributions"], "0.00");
    assert!(items(&site, "/v1/fund/months?from=2022-10&until=2022-09").is_empty());
    for bad in [
        "from=2022",
        "until=2022Q1",
        "from=2022-13",
        "from=1900-01",
        "as_of=2022-01-01",
    ] {
        let path = format!("/v1/fund/months?{bad}");
        site.server
            .get(&path)
            .problem(400, "PARAMETER", "/v1/fund/months");
    }
    let anybody = site.server.ask("GET", "/v1/fund/months", None).json();
    assert_eq!(anybody["items"], json!(months));
    assert_eq!(
        Server::empty().get("/v1/fund/months").json()["items"],
        json!([])
    );
}

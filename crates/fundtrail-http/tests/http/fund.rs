//! The fund at a glance: totals, and invariants that hold or name who breaks them.

use fundtrail_model::port::Table;
use serde_json::json;

use crate::client::Server;
use crate::fixture::ORIGIN;
use crate::records::{members, put, put_claim, put_loan, put_policy};

fn put_book(server: &Server, book: &str, balance: &str) {
    put(
        server,
        Table::Books,
        book,
        &json!({ "book": book, "balance": balance }),
    );
}

#[test]
fn the_fund_adds_up_or_says_where_it_does_not() {
    let server = Server::founded();
    let empty = server.get("/v1/fund").json();
    assert_eq!(
        (&empty["size"], &empty["balance"]),
        (&json!(1), &json!("0.00"))
    );
    assert_eq!(empty["ledger"]["origin"], ORIGIN);

    put_policy(&server, 1, "2021-12-23");
    for account in ["main", "bank1"] {
        let record = json!({
            "account": account, "purpose": "main", "bank": "BANK", "opened_on": "2022-01-01",
        });
        put(&server, Table::Accounts, account, &record);
    }
    put_book(&server, "account:main", "9000000.00");
    put_book(&server, "account:bank1", "409984.56");
    put_book(&server, "contribution:GOV", "-6000000.00");
    put_book(&server, "contribution:FIN", "-4000000.00");
    put_book(&server, "interest", "-9984.56");
    put_book(&server, "compensation", "600000.00");
    put_loan(&server, "L1", "BANK", 1, "600000.00");
    put_claim(&server, "C1", "L1", "2000000.00", "paid");
    put_claim(&server, "C2", "L1", "9000000.00", "rejected");

    let fund = server.get("/v1/fund").json();
    assert_eq!(fund["balance"], "9409984.56");
    let accounts = fund["accounts"].as_array().unwrap();
    assert_eq!(
        (&accounts[0]["account"], &accounts[0]["balance"]),
        (&json!("bank1"), &json!("409984.56"))
    );
    let totals = &fund["totals"];
    assert_eq!(totals["contributions"], "10000000.00");
    assert_eq!(totals["interest"], "9984.56");
    assert_eq!(totals["compensation"], "600000.00");
    assert_eq!(
        server.get("/v1/accounts/main").json()["balance"],
        "9000000.00"
    );
    assert_eq!(
        members(&server, "/v1/accounts?bank=BANK", "account"),
        ["bank1", "main"]
    );

    let broken = || -> Vec<String> {
        let fund = server.get("/v1/fund").json();
        let invariants = fund["invariants"].as_array().unwrap();
        assert_eq!(invariants.len(), 5);
        let broken = invariants.iter().filter(|one| one["holds"] == false);
        broken
            .map(|one| format!("{} {}", one["id"], one["violated_by"]))
            .collect()
    };
    assert_eq!(broken(), Vec::<String>::new());
    put_loan(&server, "L1", "BANK", 1, "600000.01");
    assert_eq!(broken(), [r#""I3" ["loan:L1"]"#]);
    put_book(&server, "compensation", "600000.01");
    assert_eq!(broken(), [r#""I2" ["fund"]"#, r#""I3" ["loan:L1"]"#]);
    put_book(&server, "account:main", "-0.01");
    put(
        &server,
        Table::Fees,
        "",
        &json!({ "year": 2022, "paid": "150000.01" }),
    );
    let mut loan = server.get("/v1/loans/L1").json();
    loan["returned"] = json!("600000.02");
    put(&server, Table::Loans, "L1", &loan);
    let all = [
        r#""I1" ["account:main"]"#,
        r#""I2" ["fund"]"#,
        r#""I3" ["loan:L1"]"#,
        r#""I4" ["loan:L1"]"#,
        r#""I5" ["fees:2022"]"#,
    ];
    assert_eq!(broken(), all);
}

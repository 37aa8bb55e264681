//! `fundtrail obligations` and `fundtrail reconciliation`, against a node that says what it
//! is told to.

use serde_json::{Value, json};

use crate::server::Server;
use crate::support::{Called, Desk};

/// Two pages: what has no date first, as the node's order has it.
fn server() -> Server {
    Server::new(|asked| {
        let owed = |object: &str, due: Value, late: Value, amount: &str| {
            json!({
                "kind": "recovery_return", "article": 16, "object": object, "amount": amount,
                "owed_by": { "role": "bank", "party": "bank-a" }, "period": null,
                "due": due, "days_late": late, "entry": 44,
            })
        };
        let page = if asked.line.contains("cursor=c2Vjb25k") {
            json!({ "size": 50, "items": [owed("recovery:R1", json!("2022-10-14"), json!(31), "0.01")], "next": null })
        } else {
            json!({ "size": 50, "items": [
                owed("order:O1", Value::Null, Value::Null, "450000.00"),
                owed("recovery:R2", json!("2022-11-04"), json!(10), "150000.00"),
            ], "next": "c2Vjb25k" })
        };
        (200, "", page.to_string().into_bytes())
    })
}

fn call(desk: &Desk, server: &Server, words: &str) -> Called {
    let words = words.split(' ').chain(["--node", server.url.as_str()]);
    desk.call(words)
}

#[test]
fn obligations_of_every_page_are_listed_by_their_date() {
    let (desk, server) = (Desk::new(), server());
    let text = call(
        &desk,
        &server,
        "obligations --as-of 2022-11-14 --party bank-a --kind recovery_return",
    )
    .ends(0);
    assert_eq!(
        text,
        "due         days late  kind             object       period     amount  article  owed by      entry\n\
         2022-10-14         31  recovery_return  recovery:R1  -            0.01       16  bank bank-a     44\n\
         2022-11-04         10  recovery_return  recovery:R2  -       150000.00       16  bank bank-a     44\n\
         -                   -  recovery_return  order:O1     -       450000.00       16  bank bank-a     44\n"
    );
    let asked: Vec<String> = server.asked().into_iter().map(|asked| asked.line).collect();
    let query = "limit=1000&as_of=2022-11-14&party=bank-a&kind=recovery_return";
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0], format!("GET /v1/obligations?{query}"));
    assert!(
        asked[1].contains(&format!("{query}&cursor=c2Vjb25k")),
        "{asked:?}"
    );
    let text = call(&desk, &server, "obligations --json").ends(0);
    let items: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(items.len(), 3);
    assert_eq!(items[2]["due"], Value::Null);
}

#[test]
fn a_difference_that_is_left_is_a_no() {
    let line = |difference: &str, cleared_by: Value| {
        json!({ "account": "at-a", "on": "2022-03-31", "stated": "4000000.00",
            "ledger": "4000000.01", "difference": difference, "entry": 41, "cleared_by": cleared_by })
    };
    for (items, code) in [
        (json!([]), 0),
        (json!([line("0.00", Value::Null)]), 0),
        (json!([line("0.01", json!(43))]), 0),
        (json!([line("0.01", Value::Null)]), 1),
        (
            json!([line("0.00", Value::Null), line("-0.01", Value::Null)]),
            1,
        ),
    ] {
        let body = json!({ "size": 50, "items": items, "next": null }).to_string();
        let server = Server::new(move |_| (200, "", body.clone().into_bytes()));
        let desk = Desk::new();
        let text = call(&desk, &server, "reconciliation --account at-a").ends(code);
        assert!(text.starts_with("account  on"), "{text}");
        assert_eq!(text.lines().count(), 1 + items.as_array().unwrap().len());
    }
}

#[test]
fn a_past_day_is_asked_of_the_node() {
    let server = Server::new(|_| (200, "", b"{\"size\":7,\"items\":[],\"next\":null}".to_vec()));
    let words = "reconciliation --account at-a --as-of 2022-05-12";
    call(&Desk::new(), &server, words).ends(0);
    let asked = server.asked();
    let line = "GET /v1/reconciliation?limit=1000&account=at-a&as_of=2022-05-12";
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].line, line);
}

#[test]
fn what_is_no_list_is_no_answer() {
    for (status, body) in [
        (200, "{}"),
        (200, "nonsense"),
        (403, "{\"code\":\"FORBIDDEN\",\"detail\":\"not for you\"}"),
    ] {
        let server = Server::new(move |_| (status, "", body.into()));
        for command in ["obligations", "reconciliation"] {
            let called = call(&Desk::new(), &server, command);
            assert_eq!(called.code, Some(2), "{}", called.stderr);
            assert_eq!(called.stdout, "");
        }
    }
    // A node whose pages lead to themselves is left.
    let page = json!({ "items": [], "next": "again" }).to_string();
    let server = Server::new(move |_| (200, "", page.clone().into_bytes()));
    assert_eq!(call(&Desk::new(), &server, "obligations").code, Some(2));
    let called = Desk::new().call(["obligations"]);
    assert!(
        called.stderr.contains("--node is needed"),
        "{}",
        called.stderr
    );
}

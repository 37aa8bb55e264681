//! Whom a token is of, as the node knows it.

use serde_json::json;

use crate::roles::Site;

#[test]
fn everybody_with_a_key_is_told_who_they_are() {
    let site = Site::new();
    let readers = site.readers();
    let expected = [
        ("bank-a", "bank-a", "bank", "own"),
        ("insurer", "insurer", "insurer", "own"),
        ("guarantor", "guarantor", "guarantor", "own"),
        ("manager", "manager", "manager", "whole"),
        ("past-manager", "past-manager", "manager", "nothing"),
        ("office", "OFF", "office", "whole"),
        ("group", "MSB", "group_member", "whole"),
        ("finance", "FIN", "finance", "whole"),
        ("government", "GOV", "government", "whole"),
        ("market-supervision", "MSB", "market_supervision", "whole"),
        ("regulator", "regulator", "regulator", "whole"),
        ("cpa-whole", "cpa-whole", "auditor", "whole"),
        ("cpa-of-a", "cpa-of-a", "auditor", "own"),
        ("cpa-over", "cpa-over", "auditor", "nothing"),
    ];
    // Ten minutes after the clock of the scenarios.
    let now = site.server.node.clock().now().unwrap().millis();
    let expires = fundtrail_model::Moment::from_millis(now + 600_000).unwrap();
    for (name, party, role, scope) in expected {
        let reader = readers.iter().find(|reader| reader.name == name).unwrap();
        let token = reader.token.as_deref();
        let reply = site.server.ask_with("GET", "/v1/reader", token);
        let shown = reply.json();
        let key = shown["key"].as_str().unwrap();
        let shown_key = site.server.get(&format!("/v1/keys/{key}")).json();
        assert_eq!(shown_key["party"], party, "{name}");
        let wanted = json!({
            "party": party, "name": null, "role": role, "key": key, "scope": scope,
            "expires": expires,
        });
        assert_eq!(shown, wanted, "{name}");
    }
}

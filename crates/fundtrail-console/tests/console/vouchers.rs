//! Vouchers: each entry that moves money has one, it balances, and its amount in words is the
//! amount.

use axum::http::Method;
use fundtrail_model::{Amount, Entry, capital};
use sha2::{Digest as _, Sha256};

use crate::browser::{ask, look};
use crate::markup::Page;
use crate::played::{Who, api, console};

fn shown(address: &str) -> String {
    let reply = look(&console(), address, Who::Office.token().as_deref());
    assert_eq!(reply.status, 200, "{address}");
    reply.text().to_owned()
}

/// The entries of the ledger as they stand.
fn recorded() -> Vec<Entry> {
    let bearer = format!("Bearer {}", Who::Office.token().unwrap());
    let headers = [
        ("authorization", bearer.as_str()),
        ("accept", "application/x-ndjson"),
    ];
    let reply = ask(&api(), Method::GET, "/v1/entries?limit=1000", &headers, "");
    let lines = reply
        .body
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty());
    lines.map(|line| Entry::parse(line).unwrap()).collect()
}

#[test]
fn every_entry_that_moves_money_has_a_voucher_that_balances() {
    let (entries, office, console) = (recorded(), Who::Office.token(), console());
    let (mut vouchers, mut red) = (0, 0);
    for entry in &entries {
        let reply = look(
            &console,
            &format!("/vouchers/{}", entry.index),
            office.as_deref(),
        );
        if entry.effects.postings.is_empty() {
            assert_eq!(reply.status, 404, "{}", entry.index);
            continue;
        }
        assert_eq!(reply.status, 200, "{}", entry.index);
        vouchers += 1;
        let page = Page::read(reply.text()).unwrap();
        let amounts: Vec<String> = page
            .all("data")
            .map(|data| data.attribute("value").unwrap().to_owned())
            .collect();
        let (lines, totals) = amounts.split_at(amounts.len() - 2);
        assert_eq!(lines.len(), entry.effects.postings.len(), "{}", entry.index);
        let debits: Amount = entry
            .effects
            .postings
            .iter()
            .map(|one| one.amount)
            .filter(|one| !one.is_negative())
            .sum();
        let payload = std::str::from_utf8(&entry.envelope.payload).unwrap();
        let is_reversal = payload.contains("\"kind\":\"reversal\"");
        red += usize::from(is_reversal);
        let wanted = if is_reversal { -debits } else { debits };
        assert_eq!(
            totals,
            [wanted.to_string(), wanted.to_string()],
            "{}",
            entry.index
        );
        assert!(
            page.text.contains(&capital::capital(debits).unwrap()),
            "{}",
            entry.index
        );
        assert_eq!(
            page.text.contains("（红字）人民币"),
            is_reversal,
            "{}",
            entry.index
        );
    }
    assert!(vouchers > 20 && red == 1, "{vouchers} {red}");
}

#[test]
fn a_voucher_says_what_was_booked_where() {
    let entries = recorded();
    let with = |said: &str| {
        let found = entries.iter().find(|entry| {
            std::str::from_utf8(&entry.envelope.payload)
                .unwrap()
                .contains(said)
        });
        format!("/vouchers/{}?lang=zh", found.unwrap().index)
    };
    // 600,000.00 from the account at bank A, for the claim on loan A1.
    let page = shown(&with("\"claim\":\"K-A1\",\"payee\""));
    for said in [
        "2711.11",
        "1002.02",
        "人民币陆拾万元整",
        "href=\"/claims/K-A1\"",
        "专项应付款—补偿支出",
    ] {
        assert!(page.contains(said), "{said}");
    }
    let page = shown(&with("\"kind\":\"contribution\""));
    for said in ["1002.01", "2711.01", "人民币壹仟万元整"] {
        assert!(page.contains(said), "{said}");
    }
}

#[test]
fn a_voucher_names_the_hash_that_the_next_entry_continues_from() {
    let entries = recorded();
    let at = entries
        .iter()
        .position(|entry| !entry.effects.postings.is_empty())
        .unwrap();
    let next: String = entries[at + 1]
        .prev
        .0
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert!(shown(&format!("/vouchers/{at}")).contains(&next));
    // The same, worked out here.
    let leaf = Sha256::new()
        .chain_update([0])
        .chain_update(entries[at].to_bytes())
        .finalize();
    assert_eq!(
        leaf.iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>(),
        next
    );
}

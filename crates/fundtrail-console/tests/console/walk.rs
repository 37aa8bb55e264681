//! Every page, in both languages, by everybody: well formed, framed, and nothing forbidden.

use axum::http::StatusCode;

use crate::POLICY;
use crate::browser::look;
use crate::markup::Page;
use crate::played::{Who, api, console};

/// Every address, and what the API must give for it to be shown: a reader whom the API
/// refuses that is refused the page.
pub(crate) const PAGES: &[(&str, &str)] = &[
    ("/", "/v1/fund"),
    ("/sign-in", "/checkpoint"),
    ("/verify", "/checkpoint"),
    ("/work", "/v1/drafts"),
    ("/work/new/claim_submit?loan=A1", "/v1/reader"),
    ("/work/new/loan_enrol?due=24", "/v1/reader"),
    (
        "/work/new/compensation_pay?claim=K-A1&amount=1.00",
        "/v1/reader",
    ),
    ("/work/new/recovery_return?recovery=R-A1-1", "/v1/reader"),
    ("/work/new/fraud_finding?variant=partner", "/v1/reader"),
    ("/reports", "/v1/reports"),
    ("/reports/2022Q2", "/v1/reports/2022Q2"),
    ("/reports/2023", "/v1/reports/2023"),
    ("/vouchers/26", "/v1/entries/26"),
    ("/entries", "/v1/reader"),
    ("/entries?object=loan%3AA1", "/v1/statements/loan%3AA1"),
    ("/entries/0", "/v1/entries/0"),
    ("/entries/100", "/v1/entries/100"),
    ("/accounts", "/v1/accounts"),
    ("/accounts/main", "/v1/accounts/main"),
    ("/partners", "/v1/partners"),
    ("/partners/bank-a?as_of=2022-12-31", "/v1/partners/bank-a"),
    ("/borrowers", "/v1/borrowers"),
    ("/loans", "/v1/loans"),
    ("/loans?status=compensated&as_of=2022-12-31", "/v1/loans"),
    ("/loans/A1", "/v1/loans/A1"),
    ("/loans/B3", "/v1/loans/B3"),
    ("/claims", "/v1/claims"),
    ("/claims/K-A1", "/v1/claims/K-A1"),
    ("/recoveries", "/v1/recoveries"),
    ("/recoveries/R-A1-1", "/v1/recoveries/R-A1-1"),
    ("/alerts", "/v1/alerts"),
    ("/alerts/1", "/v1/alerts/1"),
    ("/obligations", "/v1/obligations"),
    ("/reconciliation", "/v1/reconciliation"),
    ("/refusals", "/v1/refusals"),
    ("/keys", "/v1/keys"),
    ("/keys?role=bank&standing=true", "/v1/keys"),
    ("/policy", "/v1/policy"),
    ("/policy/1", "/v1/policy/1"),
    ("/rules", "/v1/rules"),
    ("/rules?article=15", "/v1/rules"),
];

#[test]
fn every_page_is_whole_in_both_languages_for_everybody() {
    let console = console();
    for who in Who::ALL {
        let token = who.token();
        for (address, _) in PAGES {
            for (lang, tag) in [("zh", "zh-CN"), ("en", "en")] {
                let joint = if address.contains('?') { '&' } else { '?' };
                let address = format!("{address}{joint}lang={lang}");
                let reply = look(&console, &address, token.as_deref());
                let page = Page::read(reply.text())
                    .unwrap_or_else(|what| panic!("{who:?} {address}: {what}"));
                assert_eq!(page.problems(), [""; 0], "{who:?} {address}");
                let html = page.all("html").next().unwrap();
                assert_eq!(html.attribute("lang"), Some(tag), "{address}");
                assert_eq!(reply.header("content-security-policy"), POLICY);
                assert_eq!(reply.header("cache-control"), "no-store");
                assert_eq!(reply.header("x-content-type-options"), "nosniff");
                assert_eq!(reply.header("referrer-policy"), "no-referrer");
                assert!(
                    reply
                        .header("set-cookie")
                        .starts_with(&format!("lang={lang};"))
                );
            }
        }
    }
}

#[test]
fn a_page_is_shown_to_whom_the_api_answers_and_to_no_other() {
    let (api, console) = (api(), console());
    let mut refused = 0;
    for who in Who::ALL {
        let token = who.token();
        let bearer = token.as_ref().map(|token| format!("Bearer {token}"));
        for (address, route) in PAGES {
            let headers: Vec<(&str, &str)> = bearer
                .iter()
                .map(|bearer| ("authorization", bearer.as_str()))
                .collect();
            let answer = crate::browser::ask(&api, axum::http::Method::GET, route, &headers, "");
            let page = look(&console, address, token.as_deref());
            assert_eq!(page.status, answer.status, "{who:?} {address}");
            if answer.status != StatusCode::OK {
                refused += 1;
                let problem: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
                assert!(
                    page.text().contains(problem["code"].as_str().unwrap()),
                    "{who:?} {address}"
                );
            }
        }
    }
    assert!(refused > 0);
}

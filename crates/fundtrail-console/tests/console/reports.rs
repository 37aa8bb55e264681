//! Operation reports: every figure of a page and of a spreadsheet is the API's,
//! and what the scenario says was paid is what they show.

use std::collections::BTreeMap;
use std::io::Cursor;

use axum::http::{Method, StatusCode};
use calamine::{Data, Reader as _, Xlsx};
use fundtrail_model::{Amount, amount};
use serde::Deserialize;
use serde_json::Value;

use crate::browser::{ask, look};
use crate::markup::Page;
use crate::played::{Who, api, console};

const SHEETS: usize = 12;
const FLOWS: [&str; 8] = [
    "contributions",
    "interest",
    "returns",
    "clawbacks",
    "suspense",
    "compensation",
    "fees",
    "distributions",
];

fn of_api(path: &str) -> Value {
    let bearer = format!("Bearer {}", Who::Office.token().unwrap());
    let reply = ask(&api(), Method::GET, path, &[("authorization", &bearer)], "");
    assert_eq!(reply.status, StatusCode::OK, "{path}");
    serde_json::from_slice(&reply.body).unwrap()
}

fn periods() -> Vec<String> {
    let listed = of_api("/v1/reports");
    listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["period"].as_str().unwrap().to_owned())
        .collect()
}

fn shown(address: &str) -> String {
    let reply = look(&console(), address, Who::Office.token().as_deref());
    assert_eq!(reply.status, 200, "{address}");
    reply.text().to_owned()
}

fn file(period: &str, lang: &str) -> Vec<u8> {
    let address = format!("/reports/{period}.xlsx?lang={lang}");
    let reply = look(&console(), &address, Who::Office.token().as_deref());
    assert_eq!(reply.status, 200, "{address}");
    assert_eq!(
        reply.header("content-disposition"),
        format!("attachment; filename=\"report-{period}.xlsx\"")
    );
    assert_eq!(reply.header("cache-control"), "no-store");
    reply.body
}

/// The rows of each sheet, in order.
fn sheets(bytes: Vec<u8>) -> Vec<(String, Vec<Vec<Data>>)> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let names = book.sheet_names().clone();
    names
        .into_iter()
        .map(|name| {
            let range = book.worksheet_range(&name).unwrap();
            let rows = range.rows().map(<[Data]>::to_vec).collect();
            (name, rows)
        })
        .collect()
}

/// The numbers of each row that has any, in order.
fn numbers(rows: &[Vec<Data>]) -> Vec<Vec<f64>> {
    let rows = rows
        .iter()
        .map(|row| row.iter().filter_map(number).collect::<Vec<f64>>());
    rows.filter(|row| !row.is_empty()).collect()
}

fn number(cell: &Data) -> Option<f64> {
    match cell {
        Data::Float(number) => Some(*number),
        Data::Int(_) => panic!("an integer cell: {cell}"),
        _ => None,
    }
}

fn yuan(value: &Value) -> Amount {
    #[derive(Deserialize)]
    struct Signed(#[serde(with = "amount::signed")] Amount);
    let Signed(amount) = serde_json::from_value(value.clone()).unwrap();
    amount
}

/// A figure of the JSON as a number: an amount, or a count.
fn figure(value: &Value) -> f64 {
    match value {
        Value::String(text) => text.parse().unwrap(),
        Value::Number(number) => number.to_string().parse().unwrap(),
        other => panic!("{other} is no figure"),
    }
}

fn figures<'a>(values: impl IntoIterator<Item = &'a Value>) -> Vec<f64> {
    values.into_iter().map(figure).collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

/// What the rows of a table add up to, where there is more than one.
fn totals(rows: &[Vec<&Value>], into: &mut Vec<Vec<f64>>) {
    into.extend(rows.iter().map(|row| figures(row.iter().copied())));
    if rows.len() < 2 {
        return;
    }
    let sums = (0..rows[0].len()).map(|at| match rows[0][at] {
        Value::String(_) => rows
            .iter()
            .map(|row| yuan(row[at]))
            .sum::<Amount>()
            .to_string()
            .parse()
            .unwrap(),
        _ => rows.iter().map(|row| figure(row[at])).sum(),
    });
    into.push(sums.collect());
}

fn expected(report: &Value) -> BTreeMap<char, Vec<Vec<f64>>> {
    let mut all = BTreeMap::new();
    let (money, mut rows) = (&report["money"], Vec::new());
    rows.push(figures([&money["opening"]]));
    for name in FLOWS {
        rows.push(figures([
            &money["flows"][name]["amount"],
            &money["cumulative"][name],
        ]));
    }
    rows.push(figures([&money["closing"]]));
    let accounts = list(&money["accounts"]);
    let of_accounts: Vec<Vec<&Value>> = accounts
        .iter()
        .map(|one| {
            vec![
                &one["opening"],
                &one["received"]["amount"],
                &one["paid"]["amount"],
                &one["closing"],
            ]
        })
        .collect();
    totals(&of_accounts, &mut rows);
    for stated in accounts.iter().flat_map(|one| list(&one["statements"])) {
        rows.push(figures([
            &stated["stated"],
            &stated["ledger"],
            &stated["difference"],
        ]));
    }
    all.insert('A', rows);

    let (lending, mut rows) = (list(&report["lending"]), Vec::new());
    for part in ["period", "cumulative"] {
        let lent: Vec<Vec<&Value>> = lending
            .iter()
            .map(|one| {
                ["loans", "enterprises", "amount", "ip_amount"]
                    .iter()
                    .map(|name| &one[part][*name])
                    .collect()
            })
            .collect();
        totals(&lent, &mut rows);
        // Enterprises are not added up.
        if lent.len() > 1 {
            rows.last_mut().unwrap().remove(1);
        }
    }
    let stocks: Vec<Vec<&Value>> = lending
        .iter()
        .map(|one| {
            let stocks = [
                &one["outstanding"],
                &one["overdue"]["short"],
                &one["overdue"]["long"],
            ];
            stocks
                .into_iter()
                .flat_map(|stock| [&stock["count"], &stock["amount"]])
                .collect()
        })
        .collect();
    totals(&stocks, &mut rows);
    all.insert('B', rows);

    let (claims, mut rows) = (&report["claims"], Vec::new());
    for step in ["submitted", "verified", "approved", "rejected", "paid"] {
        rows.push(figures([&claims[step]["count"], &claims[step]["amount"]]));
    }
    let ages: Vec<Vec<&Value>> = ["days_30", "days_60", "days_90", "longer"]
        .iter()
        .map(|age| {
            vec![
                &claims["undecided"][*age]["count"],
                &claims["undecided"][*age]["amount"],
            ]
        })
        .collect();
    totals(&ages, &mut rows);
    rows.push(figures([
        &claims["approved_unpaid"]["count"],
        &claims["approved_unpaid"]["amount"],
    ]));
    all.insert('C', rows);

    let found = &report["recoveries"];
    let mut rows = vec![
        figures([&found["collected"]["count"], &found["collected"]["amount"]]),
        figures([&found["owed_opening"]]),
        figures([&found["due"]["amount"]]),
        figures([&found["returned"]["amount"]]),
        figures([&found["owed_closing"]]),
    ];
    rows.extend(
        list(&found["late"])
            .iter()
            .map(|late| figures([&late["owed"], &late["days_late"]])),
    );
    all.insert('D', rows);

    let ratios = list(&report["ratios"]).iter().map(|one| {
        let mut row = figures([&one["compensated"], &one["disbursed"]]);
        if let Some(percent) = one["percent"].as_str() {
            row.push(format!("{percent}e-2").parse().unwrap());
        }
        row
    });
    all.insert('E', ratios.collect());
    let exceptions = list(&report["exceptions"]).iter();
    all.insert(
        'F',
        exceptions
            .map(|one| figures([&one["count"], &one["standing"]]))
            .collect(),
    );
    all.insert('G', Vec::new());
    all.insert('H', Vec::new());
    all
}

/// Every list of entries in a value, one after another.
fn entries(value: &Value, into: &mut Vec<u64>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::Array(items) if name == "entries" => {
                        into.extend(items.iter().map(|one| one.as_u64().unwrap()));
                    }
                    other => entries(other, into),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| entries(item, into)),
        _ => {}
    }
}

#[test]
fn every_figure_of_a_spreadsheet_is_the_apis() {
    let mut compared = 0;
    for period in periods() {
        let report = of_api(&format!("/v1/reports/{period}"));
        let expected = expected(&report);
        for lang in ["zh", "en"] {
            let sheets = sheets(file(&period, lang));
            assert_eq!(sheets.len(), SHEETS, "{period}");
            for (mark, rows) in &expected {
                let own: Vec<_> = sheets
                    .iter()
                    .filter(|(name, _)| name.starts_with(&format!("{mark} ")))
                    .collect();
                assert_eq!(own.len(), 1, "{period} {mark}");
                assert_eq!(numbers(&own[0].1), *rows, "{period} {lang} {mark}");
                compared += rows.iter().map(Vec::len).sum::<usize>();
            }
            // What each figure is made of: every list of the JSON, at least once.
            let (_, lines) = sheets.last().unwrap();
            let mut wanted = Vec::new();
            entries(&report, &mut wanted);
            let listed: Vec<f64> = lines
                .iter()
                .filter_map(|row| number(row.last().unwrap()))
                .collect();
            for entry in wanted {
                assert!(
                    listed.contains(&figure(&Value::from(entry))),
                    "{period}: {entry}"
                );
            }
        }
    }
    assert!(compared > 1000, "{compared}");
}

#[test]
fn the_same_report_is_the_same_file() {
    assert_eq!(file("2022Q4", "zh"), file("2022Q4", "zh"));
    assert_ne!(file("2022Q4", "zh"), file("2022Q4", "en"));
}

/// What the scenario says was paid in each year, by purpose: opening, the eight flows in
/// their order, close.
#[test]
fn a_year_is_what_the_scenario_paid() {
    for (year, figures) in [
        (
            "2022",
            [
                "10000000.00",
                "0.00",
                "8750.00",
                "150000.00",
                "0.00",
                "0.00",
                "1500000.00",
                "0.00",
                "0.00",
                "8658750.00",
            ],
        ),
        (
            "2023",
            [
                "8658750.00",
                "0.00",
                "51604.93",
                "1500000.00",
                "300000.00",
                "0.00",
                "2620370.37",
                "270000.00",
                "0.00",
                "7619984.56",
            ],
        ),
        (
            "2024",
            [
                "7619984.56",
                "0.00",
                "0.00",
                "0.00",
                "0.00",
                "0.00",
                "0.00",
                "0.00",
                "7619984.56",
                "0.00",
            ],
        ),
    ] {
        let sheets = sheets(file(year, "zh"));
        let (_, rows) = sheets
            .iter()
            .find(|(name, _)| name.starts_with("A "))
            .unwrap();
        let first: Vec<f64> = numbers(rows).iter().take(10).map(|row| row[0]).collect();
        let wanted: Vec<f64> = figures.iter().map(|text| text.parse().unwrap()).collect();
        assert_eq!(first, wanted, "{year}");
        let page = shown(&format!("/reports/{year}"));
        for figure in figures {
            assert!(
                page.contains(&format!("value=\"{figure}\"")),
                "{year} {figure}"
            );
        }
    }
}

#[test]
fn a_page_has_every_amount_and_leads_to_every_entry() {
    for period in periods() {
        let report = of_api(&format!("/v1/reports/{period}"));
        let text = shown(&format!("/reports/{period}?lang=en"));
        let page = Page::read(&text).unwrap();
        let amounts: Vec<&str> = page
            .all("data")
            .filter_map(|data| data.attribute("value"))
            .collect();
        for name in FLOWS {
            let flow = &report["money"]["flows"][name];
            assert!(
                amounts.contains(&flow["amount"].as_str().unwrap()),
                "{period} {name}"
            );
        }
        for rows in expected(&report).values().flatten().flatten() {
            let is_there = amounts.iter().any(|amount| amount.parse() == Ok(*rows))
                || text.contains(&format!("{rows}"))
                || text.contains(&format!("{:.2}%", rows * 100.0));
            assert!(is_there, "{period}: {rows}");
        }
        let mut wanted = Vec::new();
        entries(&report, &mut wanted);
        for entry in wanted {
            assert!(
                text.contains(&format!("href=\"/entries/{entry}\"")),
                "{period}: {entry}"
            );
        }
        assert!(text.contains(report["root"].as_str().unwrap()), "{period}");
        assert!(text.contains("written by the manager"), "{period}");
    }
}

#[test]
fn a_report_says_when_it_was_filed() {
    // The scenario files the first quarter on 2022-04-15 and nothing on the second.
    assert!(shown("/reports/2022Q1?lang=en").contains("datetime=\"2022-04-15\""));
    assert!(shown("/reports/2022Q2?lang=en").contains("No filing of this report is on record"));
    assert!(shown("/reports/2022?lang=en").contains("datetime=\"2023-03-10\""));
}

#[test]
fn whose_period_is_none_gets_a_page_that_says_so() {
    let office = Who::Office.token();
    for (address, status, code) in [
        ("/reports/2022-03", 400, "PARAMETER"),
        ("/reports/2022H1", 400, "PARAMETER"),
        ("/reports/2022Q5", 400, "PARAMETER"),
        ("/reports/2022q1", 400, "PARAMETER"),
        ("/reports/0000", 400, "PARAMETER"),
        (
            "/reports/%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E",
            400,
            "PARAMETER",
        ),
        ("/reports/..%2F..%2Fv1%2Ffund", 400, "PARAMETER"),
        ("/reports/2022Q1%3Fas_of=x", 400, "PARAMETER"),
        ("/reports/%ff", 400, "PARAMETER"),
        ("/reports/.xlsx", 404, "NOT_FOUND"),
        ("/reports/2022Q1.xlsx.xlsx", 400, "PARAMETER"),
        ("/reports/2022Q1.xls", 400, "PARAMETER"),
        ("/reports/1999Q1", 404, "NOT_FOUND"),
        ("/reports/1999.xlsx", 404, "NOT_FOUND"),
        ("/vouchers/x", 400, "PARAMETER"),
        ("/vouchers/-1", 400, "PARAMETER"),
        ("/vouchers/999999", 404, "NOT_FOUND"),
        ("/vouchers/0", 404, "NOT_FOUND"),
    ] {
        let reply = look(&console(), address, office.as_deref());
        assert_eq!(reply.status.as_u16(), status, "{address}");
        let page = Page::read(reply.text()).unwrap();
        assert_eq!(page.problems(), [""; 0], "{address}");
        assert!(
            reply.text().contains(&format!("<code>{code}</code>")),
            "{address}"
        );
    }
    // Who may not read everything gets neither page nor file.
    for address in ["/reports", "/reports/2022Q1", "/reports/2022Q1.xlsx"] {
        for (who, status) in [(Who::Anybody, 401), (Who::Bank, 403)] {
            let reply = look(&console(), address, who.token().as_deref());
            assert_eq!(reply.status.as_u16(), status, "{who:?} {address}");
            assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
        }
    }
}

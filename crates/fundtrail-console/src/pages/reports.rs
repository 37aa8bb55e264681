//! The manager's operation reports: which there are, and each as a page and as a spreadsheet.

mod paper;

use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse as _, Response};
use fundtrail_model::Day;
use fundtrail_regulation::Body;
use fundtrail_regulation::kinds::ReportKind;
use fundtrail_regulation::period::{Period, Span};
use fundtrail_regulation::state::PolicyVersion;
use maud::html;

use crate::components::figures::{count, day};
use crate::components::notices::{Tone, badge};
use crate::components::table::Table;
use crate::i18n::families::PLACE;
use crate::pages::entries;
use crate::reports::record::{Held, Periods, Report};
use crate::reports::{self, Beside, document, xlsx};
use crate::sheet::{Answer, Place, Sheet};
use crate::trouble::Trouble;
use crate::url;
use crate::visit::{Segment, Visit};

/// What a spreadsheet's address ends in.
const XLSX: &str = ".xlsx";
/// The media type of a spreadsheet.
const XLSX_MEDIA: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// `GET /reports`
pub(crate) async fn list(visit: Visit) -> Answer {
    let words = visit.words;
    let periods: Periods = visit.api.get("/v1/reports").await?;
    let title = words.of_family(&PLACE, Place::Reports.name());
    let mut table = Table::new(&title)
        .text(words.t("reports-report"))
        .text(words.t("reports-from"))
        .text(words.t("reports-until"))
        .figure(words.t("reports-entries"))
        .text(words.t("reports-state"))
        .text(words.t("reports-file"));
    for one in periods.items.iter().rev() {
        let address = format!("/reports/{}", one.period);
        let entries = one.closing_size.saturating_sub(one.opening_size);
        table.row(vec![
            html! { a href=(address) { (reports::title(words, one.period)) } },
            day(one.from),
            day(one.until),
            html! { (count(entries)) },
            match one.is_closed {
                true => badge(Tone::Good, &words.t("reports-is-closed")),
                false => badge(Tone::Plain, &words.t("reports-is-open")),
            },
            html! { a href={ (address) (XLSX) } download { "xlsx" } },
        ]);
    }
    Ok(Sheet::new(Place::Reports, &title).body(html! {
        p { (words.t("reports-about")) }
        (table.shown(words))
        p .soft { (words.ta("reports-size", &[("size", count(periods.size).into())])) }
    }))
}

/// `GET /reports/{period}` and `GET /reports/{period}.xlsx`
pub(crate) async fn one(
    visit: Visit,
    segment: Result<Segment, Trouble>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Trouble> {
    let Segment(asked) = segment?;
    let words = visit.words;
    let (period, is_file) = match asked.strip_suffix(XLSX) {
        Some(period) => (period, true),
        None => (asked.as_str(), false),
    };
    let report: Report = visit
        .api
        .get(&format!("/v1/reports/{}", url::encode(period)))
        .await?;
    let document = document(words, &report, &beside(&visit, &report).await?);
    if is_file {
        let site = xlsx::site(&headers, &uri);
        let bytes = xlsx::bytes(words, &document, &site)
            .map_err(|error| Trouble::unreadable("/v1/reports", &error))?;
        let name = format!("attachment; filename=\"report-{}{XLSX}\"", report.period);
        let about = [
            (header::CONTENT_TYPE, XLSX_MEDIA.to_owned()),
            (header::CONTENT_DISPOSITION, name),
        ];
        return Ok((about, bytes).into_response());
    }
    let sheet = Sheet::new(Place::Reports, &document.title)
        .under(
            words.of_family(&PLACE, Place::Reports.name()),
            Place::Reports.address(),
        )
        .script("print.js")
        .body(paper::shown(
            words,
            &document,
            &format!("/reports/{}{XLSX}", report.period),
        ));
    Ok(sheet.into_response())
}

/// What stands in the report beside its own figures.
async fn beside(visit: &Visit, report: &Report) -> Result<Beside, Trouble> {
    let doc_no = match report.policy {
        Some(version) => {
            let version: Option<PolicyVersion> =
                visit.api.allowed(&format!("/v1/policy/{version}")).await?;
            version.map(|version| version.policy.policy.doc_no)
        }
        None => None,
    };
    let held: Option<Held> = match report.period.span() {
        Span::Year => {
            visit
                .api
                .allowed(&format!("/v1/fund?as_of={}", report.until))
                .await?
        }
        _ => None,
    };
    Ok(Beside {
        doc_no,
        filed: filed(visit, report).await?,
        held,
    })
}

/// The first report that the manager filed on the period, after its close.
async fn filed(visit: &Visit, report: &Report) -> Result<Option<(Day, u64)>, Trouble> {
    let Some(reporter) = report.reported_by.as_ref() else {
        return Ok(None);
    };
    let from = report.closing_size.to_string();
    let path = url::with_query(
        "/v1/entries",
        [
            ("kind", "report_file"),
            ("party", reporter.as_str()),
            ("from", from.as_str()),
        ],
    );
    let reply = visit.api.ask(&path, "application/x-ndjson").await?;
    if !reply.status.is_success() {
        return Ok(None);
    }
    for line in reply
        .body
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
    {
        let read = entries::read(&path, line)?;
        if let Ok(Body::ReportFile(body)) = Body::parse(&read.transaction)
            && is_on(report.period, body.report, body.period)
            && body.reporter == *reporter
        {
            return Ok(Some((read.transaction.date, read.entry.index)));
        }
    }
    Ok(None)
}

/// Whether a paper is the operation report on a period.
fn is_on(period: Period, kind: ReportKind, on: Period) -> bool {
    let wanted = match period.span() {
        Span::Year => ReportKind::Annual,
        _ => ReportKind::Quarterly,
    };
    kind == wanted && on == period
}

//! Many submissions at once: a line each in, a line each out, in the same order.
//!
//! They are not one transaction: each is decided by itself, and one that fails stops no
//! other.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use fundtrail_kernel::proofs;
use fundtrail_model::Fault;
use fundtrail_node::{Answer, Storage};
use serde::Serialize;

use crate::app::App;
use crate::failure::{Document, Failure, accepted};
use crate::parameters::Parameters;

/// The media type of lines of JSON.
pub(crate) const NDJSON: &str = "application/x-ndjson";

/// One line of the answer.
#[derive(Serialize)]
struct Line {
    /// The line of the request, from 1. Blank lines count and are not answered.
    line: usize,
    /// The status that the submission alone would have had.
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Document>,
}

/// `POST /v1/transactions/batch`, with receipts on `receipts=true`
#[utoipa::path(
    post,
    path = "/v1/transactions/batch",
    operation_id = "submit_batch",
    tag = "transactions",
    summary = "Submit many transactions: one a line.",
    description = "Each is decided by itself, in order; one that fails stops no other.",
    params(
        ("receipts" = Option<bool>, Query, description = "Whether each line of the answer has its receipt."),
    ),
    request_body(content = Option<String>, content_type = "application/x-ndjson", description = "One submission a line."),
    responses(
        (status = 200, body = String, content_type = "application/x-ndjson", description = "For each line that is not blank one of JSON: its number, status and verdict, and the entry or the problem."),
    )
)]
pub(crate) async fn submit_all(
    State(app): State<App>,
    parameters: Parameters,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Failure> {
    let with_receipts = parameters
        .only(&["receipts"])?
        .flag("receipts")?
        .unwrap_or(false);
    let permit = app.enter_batch()?;
    let limits = app.limits;
    let body = body.map_err(|rejection| Failure::of_body(&rejection, limits.batch_bytes_max))?;
    app.work(move |node| {
        // Held until the work is done, also when nobody waits for it any more.
        let _permit = permit;
        let lines: Vec<(usize, &[u8])> = lines(&body);
        if lines.len() > limits.batch_lines_max {
            return Err(Failure::Parameter(
                "body".into(),
                "too many lines: send fewer at a time",
            ));
        }
        let list: Vec<&[u8]> = lines.iter().map(|(_, bytes)| *bytes).collect();
        let answers = node.submit_all(&list);
        let mut out = Vec::new();
        for ((line, _), answer) in lines.iter().zip(answers) {
            let line = answer_line(node.storage(), *line, answer, with_receipts);
            serde_json::to_writer(&mut out, &line)
                .map_err(|error| Failure::Fault(Fault(error.to_string())))?;
            out.push(b'\n');
        }
        Ok(([(header::CONTENT_TYPE, NDJSON)], out).into_response())
    })
    .await?
}

/// The lines that are not blank, with their numbers.
fn lines(body: &[u8]) -> Vec<(usize, &[u8])> {
    body.split(|byte| *byte == b'\n')
        .zip(1..)
        .filter(|(line, _)| !line.trim_ascii().is_empty())
        .map(|(line, number)| (number, line))
        .collect()
}

/// The answer to one line. A receipt that cannot be read, as from a storage that was closed
/// since, is told of its line alone: the others have their answers.
fn answer_line(storage: &dyn Storage, line: usize, answer: Answer, with_receipt: bool) -> Line {
    let receipt_of = |index| match with_receipt {
        true => storage.read(|read| Ok(Some(proofs::receipt(read, index)?.to_text()))),
        false => Ok::<_, Failure>(None),
    };
    let outcome = accepted(answer).and_then(|accepted| {
        let receipt = receipt_of(accepted.index())?;
        Ok((accepted, receipt))
    });
    match outcome {
        Ok((accepted, receipt)) => {
            let status = accepted.status();
            let verdict = if status == 201 {
                "recorded"
            } else {
                "repeated"
            };
            let (verdict, index) = (Some(verdict), Some(accepted.index()));
            Line {
                line,
                status: status.as_u16(),
                verdict,
                index,
                receipt,
                problem: None,
            }
        }
        Err(failure) => {
            let problem = failure.problem();
            let status = problem.status.as_u16();
            let problem = Some(problem.document);
            Line {
                line,
                status,
                verdict: None,
                index: None,
                receipt: None,
                problem,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use fundtrail_kernel::Verdict;
    use fundtrail_model::port::Read;
    use fundtrail_node::{Answer, Storage};

    /// A storage that was closed.
    struct Closed;

    impl Storage for Closed {
        fn with_snapshot(&self, _: &mut dyn FnMut(&dyn Read)) {}
    }

    #[test]
    fn a_storage_closed_since_takes_the_receipts_and_no_other_answer() {
        let recorded = || Answer::Decided(Verdict::Repeated { index: 7 });
        let line = |answer, with_receipt| {
            let line = super::answer_line(&Closed, 1, answer, with_receipt);
            let code = line.problem.map(|problem| problem.code);
            (line.status, line.index, code)
        };
        assert_eq!(line(recorded(), false), (200, Some(7), None));
        assert_eq!(line(recorded(), true), (500, None, Some("FAULT")));
        assert_eq!(line(Answer::Busy, true), (503, None, Some("BUSY")));
    }

    #[test]
    fn blank_lines_count_and_are_passed_over() {
        let found = super::lines(b"a\n\n \r\nb\r\n");
        assert_eq!(found, [(1, b"a".as_slice()), (4, b"b\r".as_slice())]);
        assert!(super::lines(b"").is_empty());
    }
}

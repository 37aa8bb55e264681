//! What can go wrong with a request, and the one place that turns it into HTTP.
//!
//! Every failure becomes a problem document (RFC 9457): `type`, `title`, `status`,
//! `detail`, `instance`, and our own `code`, which is stable. Details are for the sender
//! and may quote what was sent; they are never logged.

use std::error::Error;
use std::time::Duration;

use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fundtrail_kernel::Verdict;
use fundtrail_kernel::proofs::ProofFault;
use fundtrail_model::{Fault, Figures, Malformed, MalformedCode};
use fundtrail_node::{Answer, Halt, NotBackedUp, Unfit};
use fundtrail_regulation::identifier::IdentifierError;
use fundtrail_regulation::{Bilingual, Refusal};
use serde::Serialize;
use tower_http::timeout::TimeoutError;
use utoipa::ToSchema;

use crate::access::Denied;

/// The media type of problem documents.
pub const PROBLEM_TYPE: &str = "application/problem+json";

/// Why a request gets no answer of the kind it asked for.
#[derive(Debug)]
pub enum Failure {
    /// The bytes say nothing.
    Malformed(Malformed),
    /// A parameter or a part of the path says nothing: its name, and what it should be.
    Parameter(String, &'static str),
    /// The body could not be read to its end.
    Body,
    /// The body is larger than its bound in bytes.
    TooLarge(usize),
    /// The regulation says no.
    Refused(Vec<Refusal>),
    /// An identifier does not hold.
    Identifier(IdentifierError),
    /// The id is taken by the transaction of that entry.
    Conflict(u64),
    /// There is no such thing.
    NotFound(String),
    /// The path has no such method.
    Method,
    /// Not for this reader.
    Denied(Denied),
    /// A draft does not take what was sent.
    Draft(NotTaken),
    /// The head of the request is larger than its bound in bytes.
    HeadTooLarge(usize),
    /// Nothing more of the body came for too long.
    BodyTimeout,
    /// More was asked than one reader may: how long until more is taken.
    RateLimited(Duration),
    /// Too much to do: come back later.
    Busy,
    /// The machine is not fit to record: nothing was recorded.
    Unfit(Unfit),
    /// Nothing is taken, or nothing of this kind, until somebody did something about it.
    Halted(Halt),
    /// There is no new backup.
    NotBackedUp(NotBackedUp),
    /// The node failed, and tries to open its ledger again.
    StorageFailed,
    /// It took too long; the outcome of a submission is not known.
    Timeout,
    /// The machine failed.
    Fault(Fault),
}

/// What a draft does not take, and why.
#[derive(Debug)]
pub struct NotTaken {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) title: &'static str,
    pub(crate) detail: String,
}

/// A failure as HTTP says it.
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    /// The document without `instance`.
    pub(crate) document: Document,
}

/// A problem document (RFC 9457) with this API's own members. Typed, so that figures keep
/// the order in which they matter.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct Document {
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    pub(crate) code: &'static str,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) instance: Option<String>,
    /// As in the header `X-Request-Id`, and in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request_id: Option<String>,
    /// The entry that has the id.
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refusals: Vec<RefusalText>,
}

/// A refusal with its texts in both languages.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = Refusal)]
struct RefusalText {
    code: &'static str,
    rule: &'static str,
    article: u8,
    title: Bilingual,
    message: Message,
    figures: Figures,
}

#[derive(Clone, Serialize, ToSchema)]
#[schema(as = RefusalMessage)]
struct Message {
    zh: String,
    en: String,
}

impl Failure {
    /// The one mapping of failures to HTTP.
    pub(crate) fn problem(&self) -> Problem {
        let (status, code, title) = match self {
            Failure::Malformed(malformed) => {
                let status = match malformed.code {
                    MalformedCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
                    _ => StatusCode::BAD_REQUEST,
                };
                (status, malformed.code.as_str(), malformed.code.meaning())
            }
            Failure::Parameter(..) => (
                StatusCode::BAD_REQUEST,
                "PARAMETER",
                "A parameter is unknown or says nothing.",
            ),
            Failure::Body => (
                StatusCode::BAD_REQUEST,
                "BODY",
                "The body could not be read.",
            ),
            Failure::TooLarge(_) => {
                let code = MalformedCode::TooLarge;
                (StatusCode::PAYLOAD_TOO_LARGE, code.as_str(), code.meaning())
            }
            Failure::Refused(_) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "REFUSED",
                "The regulation says no.",
            ),
            Failure::Identifier(error) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                error.code(),
                "The identifier does not hold.",
            ),
            Failure::Conflict(_) => (
                StatusCode::CONFLICT,
                "CONFLICT",
                "The id was taken by another transaction.",
            ),
            Failure::NotFound(_) => (
                StatusCode::NOT_FOUND,
                "NOT_FOUND",
                "There is no such thing.",
            ),
            Failure::Method => (
                StatusCode::METHOD_NOT_ALLOWED,
                "METHOD",
                "The path has no such method.",
            ),
            Failure::Denied(denied) => (denied.status(), denied.code(), denied.title()),
            Failure::Draft(not_taken) => (not_taken.status, not_taken.code, not_taken.title),
            Failure::HeadTooLarge(_) => (
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "HEAD_TOO_LARGE",
                "The head of the request is too large.",
            ),
            Failure::BodyTimeout => (
                StatusCode::REQUEST_TIMEOUT,
                "BODY_TIMEOUT",
                "The body did not come in time.",
            ),
            Failure::RateLimited(_) => (
                StatusCode::TOO_MANY_REQUESTS,
                "RATE_LIMITED",
                "More requests than one reader may make.",
            ),
            Failure::Busy => (
                StatusCode::SERVICE_UNAVAILABLE,
                "BUSY",
                "Too much to do: come back later.",
            ),
            Failure::Unfit(unfit) => (
                StatusCode::SERVICE_UNAVAILABLE,
                unfit.code(),
                "The machine is not fit to record.",
            ),
            Failure::Halted(halt) => (
                StatusCode::SERVICE_UNAVAILABLE,
                halt.code(),
                "Nothing is recorded before somebody looked into it.",
            ),
            Failure::NotBackedUp(NotBackedUp::Fault(_)) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "FAULT",
                "The machine failed.",
            ),
            Failure::NotBackedUp(why) => {
                (StatusCode::CONFLICT, why.code(), "There is no new backup.")
            }
            Failure::StorageFailed => (
                StatusCode::SERVICE_UNAVAILABLE,
                "STORAGE_FAILED",
                "The ledger cannot be reached.",
            ),
            Failure::Timeout => (
                StatusCode::SERVICE_UNAVAILABLE,
                "TIMEOUT",
                "It took too long: send it again.",
            ),
            Failure::Fault(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "FAULT",
                "The machine failed.",
            ),
        };
        let document = Document {
            kind: format!("urn:fundtrail:problem:{code}"),
            title,
            status: status.as_u16(),
            code,
            detail: self.detail(),
            instance: None,
            request_id: None,
            index: match self {
                Failure::Conflict(index) => Some(*index),
                _ => None,
            },
            refusals: match self {
                Failure::Refused(refusals) => refusals.iter().map(RefusalText::from).collect(),
                _ => Vec::new(),
            },
        };
        Problem {
            status,
            code,
            document,
        }
    }

    fn detail(&self) -> String {
        match self {
            Failure::Malformed(malformed) => malformed.detail.clone(),
            Failure::Parameter(name, expected) => format!("{name}: {expected}"),
            Failure::Body => "the body ended before it was complete".into(),
            Failure::TooLarge(most) => format!("the body is at most {most} bytes"),
            Failure::Refused(refusals) => {
                let texts: Vec<String> = refusals.iter().map(Refusal::in_english).collect();
                texts.join("; ")
            }
            Failure::Identifier(error) => error.to_string(),
            Failure::Conflict(index) => {
                format!("entry {index} has this id and another content; choose another id")
            }
            Failure::NotFound(what) => what.clone(),
            Failure::Method => "see the Allow header".into(),
            Failure::Denied(denied) => denied.detail().into(),
            Failure::Draft(not_taken) => not_taken.detail.clone(),
            Failure::HeadTooLarge(most) => {
                format!("path, query and headers are at most {most} bytes together")
            }
            Failure::BodyTimeout => "nothing was recorded: the body was not complete".into(),
            Failure::RateLimited(wait) => format!(
                "nothing was recorded; send it again after {} s",
                whole_seconds(*wait)
            ),
            Failure::Busy => "nothing was recorded; send the same again after a pause".into(),
            Failure::Unfit(unfit) => {
                format!("{unfit}: nothing was recorded; send the same again later")
            }
            Failure::Halted(halt) => format!("{halt}; nothing was recorded"),
            Failure::NotBackedUp(NotBackedUp::Fault(_)) => {
                "the backup could not be made; the node's log says why".into()
            }
            Failure::NotBackedUp(why) => why.to_string(),
            Failure::StorageFailed => {
                "the node's storage failed, and it is being opened again; nothing was recorded of \
                 this request: send the same again later"
                    .into()
            }
            Failure::Timeout => {
                "whether a transaction was recorded is not known: send the same one again, and \
                 it is recorded once"
                    .into()
            }
            // What exactly failed is for the operator's log.
            Failure::Fault(_) => {
                "the request could not be answered; whether a transaction was recorded shows \
                 when the same one is sent again"
                    .into()
            }
        }
    }
}

impl From<&Refusal> for RefusalText {
    fn from(refusal: &Refusal) -> RefusalText {
        RefusalText {
            code: refusal.code,
            rule: refusal.rule,
            article: refusal.article,
            title: refusal.title,
            message: Message {
                zh: refusal.in_chinese(),
                en: refusal.in_english(),
            },
            figures: refusal.figures.clone(),
        }
    }
}

impl IntoResponse for Failure {
    /// A response whose body the outermost layer writes: it knows the path.
    fn into_response(self) -> Response {
        if let Failure::Fault(fault) | Failure::NotBackedUp(NotBackedUp::Fault(fault)) = &self {
            tracing::error!(%fault, "a request met a fault");
        }
        let problem = self.problem();
        let mut response = problem.status.into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_TYPE));
        if let Failure::Denied(denied) = &self
            && let Some(challenge) = denied.challenge()
        {
            response.headers_mut().insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static(challenge),
            );
        }
        if problem.status == StatusCode::SERVICE_UNAVAILABLE {
            // A machine is not cured within a second.
            let seconds = match self {
                Failure::Unfit(_) | Failure::Halted(_) | Failure::StorageFailed => "5",
                _ => "1",
            };
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
        }
        if let Failure::RateLimited(wait) = self {
            let seconds = HeaderValue::from(whole_seconds(wait));
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response.extensions_mut().insert(Pending {
            code: problem.code,
            document: problem.document,
        });
        response
    }
}

/// A problem document that waits for its `instance`.
#[derive(Clone)]
pub(crate) struct Pending {
    pub(crate) code: &'static str,
    pub(crate) document: Document,
}

/// The accepted ones of the verdicts.
pub(crate) enum Accepted {
    /// Recorded now.
    Recorded(u64, fundtrail_model::Effects),
    /// Recorded before.
    Repeated(u64),
}

/// Parts an answer into what was accepted and what failed.
pub(crate) fn accepted(answer: Answer) -> Result<Accepted, Failure> {
    match answer {
        Answer::Decided(Verdict::Recorded { index, effects }) => {
            Ok(Accepted::Recorded(index, effects))
        }
        Answer::Decided(Verdict::Repeated { index }) => Ok(Accepted::Repeated(index)),
        Answer::Decided(Verdict::Conflict { index }) => Err(Failure::Conflict(index)),
        Answer::Decided(Verdict::Refused(refusals)) => Err(Failure::Refused(refusals)),
        Answer::Decided(Verdict::Malformed(malformed)) => Err(Failure::Malformed(malformed)),
        Answer::Busy => Err(Failure::Busy),
        Answer::Unfit(unfit) => Err(Failure::Unfit(unfit)),
        Answer::Halted(halt) => Err(Failure::Halted(halt)),
        Answer::Fault(fault) => Err(Failure::Fault(fault)),
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Failure {
        Failure::Fault(fault)
    }
}

impl From<Denied> for Failure {
    fn from(denied: Denied) -> Failure {
        Failure::Denied(denied)
    }
}

impl From<Malformed> for Failure {
    fn from(malformed: Malformed) -> Failure {
        Failure::Malformed(malformed)
    }
}

impl From<ProofFault> for Failure {
    fn from(fault: ProofFault) -> Failure {
        match fault {
            ProofFault::NotThere(what) => Failure::NotFound(what),
            ProofFault::Fault(fault) => Failure::Fault(fault),
        }
    }
}

impl Failure {
    /// A body that was not taken, whose bound was `most` bytes.
    pub(crate) fn of_body(rejection: &BytesRejection, most: usize) -> Failure {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Failure::TooLarge(most)
        } else if is_timeout(rejection) {
            Failure::BodyTimeout
        } else {
            Failure::Body
        }
    }
}

/// Whether a body was given up because nothing more of it came.
fn is_timeout(error: &dyn Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.is::<TimeoutError>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// At least one, so that who waits as long as it was told is taken.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + 1
}

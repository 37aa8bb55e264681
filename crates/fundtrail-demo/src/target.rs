//! A scenario's target behind a node's HTTP API: the answers are read from what the node
//! says, status and problem document, and from nothing else.

use fundtrail_model::{Effects, Fault, Figures, Moment, Submission};
use fundtrail_scenario::{Answer, Objection, Target};
use serde::Deserialize;

use crate::token::{READER, token};

/// A node that takes submissions over HTTP.
#[derive(Debug)]
pub struct HttpTarget {
    agent: ureq::Agent,
    url: String,
    /// The origin of the ledger, for tokens.
    origin: String,
}

/// What the node answers to what it recorded.
#[derive(Deserialize)]
struct Recorded {
    index: u64,
    effects: Effects,
}

/// RFC 9457, with what this API adds.
#[derive(Deserialize)]
struct Problem {
    code: String,
    #[serde(default)]
    detail: String,
    #[serde(default)]
    index: Option<u64>,
    #[serde(default)]
    refusals: Vec<WireRefusal>,
}

#[derive(Deserialize)]
struct WireRefusal {
    code: String,
    rule: String,
    article: u8,
    message: Both,
    figures: Figures,
}

#[derive(Deserialize)]
struct Both {
    zh: String,
    en: String,
}

impl HttpTarget {
    /// A target at `http://host:port`, whose ledger has this origin.
    pub fn new(url: &str, origin: &str) -> HttpTarget {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build();
        HttpTarget {
            agent: config.into(),
            url: url.to_owned(),
            origin: origin.to_owned(),
        }
    }

    /// Posts bytes as they are; gives status and body.
    ///
    /// # Errors
    /// [`Fault`] when there is no answer.
    pub fn post(&self, path: &str, body: &[u8]) -> Result<(u16, String), Fault> {
        self.hand_in(path, body, None)
    }

    /// Posts bytes with a token of the throw-away key of that name.
    ///
    /// # Errors
    /// As [`HttpTarget::post`].
    pub fn post_as(&self, path: &str, body: &[u8], name: &str) -> Result<(u16, String), Fault> {
        self.hand_in(path, body, Some(&token(name, &self.origin)?))
    }

    fn hand_in(
        &self,
        path: &str,
        body: &[u8],
        token: Option<&str>,
    ) -> Result<(u16, String), Fault> {
        let mut request = self
            .agent
            .post(format!("{}{path}", self.url))
            .header("content-type", "application/json")
            .header("accept", "application/json");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let mut response = request
            .send(body)
            .map_err(|error| Fault(error.to_string()))?;
        let status = response.status().as_u16();
        let text = response
            .body_mut()
            .read_to_string()
            .map_err(|error| Fault(error.to_string()))?;
        Ok((status, text))
    }

    /// Gets a path as anybody, or as [`READER`] where the node wants to know who asks; gives
    /// status and body.
    ///
    /// # Errors
    /// [`Fault`] when there is no answer.
    pub fn get(&self, path: &str, accept: &str) -> Result<(u16, String), Fault> {
        let anybody = self.ask(path, accept, None)?;
        if anybody.0 != 401 {
            return Ok(anybody);
        }
        self.ask(path, accept, Some(&token(READER, &self.origin)?))
    }

    fn ask(&self, path: &str, accept: &str, token: Option<&str>) -> Result<(u16, String), Fault> {
        let mut request = self
            .agent
            .get(format!("{}{path}", self.url))
            .header("accept", accept);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let mut response = request.call().map_err(|error| Fault(error.to_string()))?;
        let status = response.status().as_u16();
        let text = response
            .body_mut()
            .read_to_string()
            .map_err(|error| Fault(error.to_string()))?;
        Ok((status, text))
    }
}

impl Target for HttpTarget {
    fn submit(&mut self, submission: &Submission, _: Moment) -> Result<Answer, Fault> {
        let (status, text) = self.post("/v1/transactions", submission.to_json().as_bytes())?;
        let unreadable =
            |error: serde_json::Error| Fault(format!("status {status}: {error}: {text}"));
        if status == 201 || status == 200 {
            let recorded: Recorded = serde_json::from_str(&text).map_err(unreadable)?;
            return Ok(if status == 201 {
                Answer::Recorded {
                    index: recorded.index,
                    effects: recorded.effects,
                }
            } else {
                Answer::Repeated {
                    index: recorded.index,
                }
            });
        }
        let problem: Problem = serde_json::from_str(&text).map_err(unreadable)?;
        match status {
            409 => Ok(Answer::Conflict {
                index: problem.index.unwrap_or_default(),
            }),
            422 => Ok(Answer::Refused(
                problem.refusals.into_iter().map(Objection::from).collect(),
            )),
            400 | 413 => Ok(Answer::Malformed {
                code: problem.code,
                detail: problem.detail,
            }),
            _ => Err(Fault(format!("status {status}: {}", problem.detail))),
        }
    }
}

impl From<WireRefusal> for Objection {
    fn from(refusal: WireRefusal) -> Objection {
        Objection {
            code: refusal.code,
            rule: refusal.rule,
            article: refusal.article,
            figures: refusal.figures,
            zh: refusal.message.zh,
            en: refusal.message.en,
        }
    }
}

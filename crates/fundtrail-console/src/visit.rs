//! One request for a page: who asks, in which language, for what.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use fundtrail_model::{Id, KeyId, Moment};
use fundtrail_regulation::state::Role;

use crate::api::Api;
use crate::i18n::{Lang, Words};
use crate::records::Founded;
use crate::trouble::Trouble;
use crate::url;

/// The cookie that holds the reader's token.
pub(crate) const TOKEN_COOKIE: &str = "fundtrail_token";
/// The cookie that holds the language.
pub(crate) const LANG_COOKIE: &str = "lang";
/// The longest token, in bytes: the API's bound.
pub(crate) const TOKEN_BYTES_MAX: usize = 2048;

/// What a handler is given.
#[derive(Clone)]
pub(crate) struct Visit(Arc<Visited>);

/// One request for a page.
pub(crate) struct Visited {
    /// The API as this reader sees it.
    pub(crate) api: Api,
    /// The words of the page.
    pub(crate) words: Words,
    /// Whether the language was chosen with this request.
    pub(crate) chosen: bool,
    /// Who asks, if they signed in.
    pub(crate) reader: Option<Reader>,
    /// The ledger's origin, once it is founded.
    pub(crate) origin: Option<String>,
    /// The newest checkpoint that is published.
    pub(crate) log: Option<Log>,
    /// The path that was asked for.
    pub(crate) path: String,
    /// Its query, without the language.
    pub(crate) query: Vec<(String, String)>,
}

/// Who signed in, as `GET /v1/reader` says.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Reader {
    /// For whom the key signs.
    pub(crate) party: Id,
    /// What the party is called, where anybody says so.
    #[serde(default)]
    pub(crate) name: Option<String>,
    /// As what.
    pub(crate) role: Role,
    /// The key.
    pub(crate) key: KeyId,
    /// How far its right to read goes.
    pub(crate) scope: Scope,
    /// When the token ends.
    #[serde(default)]
    pub(crate) expires: Option<Expiry>,
}

/// How far a right to read goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Scope {
    /// The whole ledger.
    Whole,
    /// What concerns the reader's party, or what an audit is about.
    #[serde(alias = "engaged")]
    Own,
    /// No further than anybody's.
    Nothing,
}

impl Scope {
    /// The wire name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Scope::Whole => "whole",
            Scope::Own => "own",
            Scope::Nothing => "nothing",
        }
    }
}

/// A point in time, as text or in seconds after 1970.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Expiry {
    /// Seconds after 1970-01-01T00:00:00Z.
    Seconds(i64),
    /// RFC 3339.
    Text(String),
}

/// What a checkpoint says, below its origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Log {
    /// Number of entries.
    pub(crate) size: u64,
    /// The root hash, in base64.
    pub(crate) root: String,
}

impl Visit {
    /// Finds out who asks for what. A token that does not hold counts as none.
    ///
    /// # Errors
    /// [`Trouble`] where the API itself fails.
    pub(crate) async fn of(api: Api, parts: &Parts) -> Result<Visit, Trouble> {
        let mut query = pairs(parts);
        let asked = query
            .iter()
            .find(|(name, _)| name == LANG_COOKIE)
            .and_then(|(_, value)| Lang::parse(value));
        query.retain(|(name, _)| name != LANG_COOKIE);
        let kept = cookie(&parts.headers, LANG_COOKIE).and_then(|value| Lang::parse(&value));
        let token = cookie(&parts.headers, TOKEN_COOKIE).filter(|token| is_token(token));
        let (reader, log, api) = match token {
            Some(token) => {
                let known = api.clone().with_token(&token);
                let (reader, log) = tokio::join!(known.get("/v1/reader"), log(&api));
                match reader {
                    Ok(reader) => (Some(reader), log, known),
                    // Ended, or of a key that was revoked: nobody in particular asks.
                    Err(trouble) if trouble.status == StatusCode::UNAUTHORIZED => (None, log, api),
                    Err(trouble) => return Err(trouble),
                }
            }
            None => (None, log(&api).await, api),
        };
        let (origin, log) = log?;
        Ok(Visit(Arc::new(Visited {
            api,
            words: Words::of(asked.or(kept).unwrap_or_default()),
            chosen: asked.is_some(),
            reader,
            origin,
            log,
            path: parts.uri.path().to_owned(),
            query,
        })))
    }

    /// The same request as of somebody unknown, where the API fails before it is known who
    /// asks: the page that says so still has words.
    pub(crate) fn unknown(api: Api, parts: &Parts) -> Visit {
        let kept = cookie(&parts.headers, LANG_COOKIE).and_then(|value| Lang::parse(&value));
        Visit(Arc::new(Visited {
            api,
            words: Words::of(kept.unwrap_or_default()),
            chosen: false,
            reader: None,
            origin: None,
            log: None,
            path: parts.uri.path().to_owned(),
            query: pairs(parts),
        }))
    }
}

impl std::fmt::Display for Expiry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Expiry::Text(text) => f.write_str(text),
            Expiry::Seconds(seconds) => match Moment::from_millis(seconds.saturating_mul(1000)) {
                Some(end) => end.fmt(f),
                None => seconds.fmt(f),
            },
        }
    }
}

impl Visited {
    /// A parameter of the address; none where it is empty.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(own, _)| own == name);
        found
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// The address that was asked for.
    pub(crate) fn address(&self) -> String {
        self.address_with(&[])
    }

    /// The same with some parameters set, or taken away where the value is empty.
    pub(crate) fn address_with(&self, changed: &[(&str, &str)]) -> String {
        let kept = self
            .query
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(name, _)| changed.iter().all(|(other, _)| other != name));
        let set = changed
            .iter()
            .copied()
            .filter(|(_, value)| !value.is_empty());
        url::with_query(&self.path, kept.chain(set))
    }

    /// A path of the API, looked at on the day that the address names.
    pub(crate) fn dated(&self, path: &str) -> String {
        let day = self.parameter("as_of").map(|day| ("as_of", day));
        url::with_query(path, day)
    }

    /// Whether the reader may read everything.
    pub(crate) fn reads_all(&self) -> bool {
        let reader = self.reader.as_ref();
        reader.is_some_and(|reader| reader.scope == Scope::Whole)
    }
}

impl std::ops::Deref for Visit {
    type Target = Visited;

    fn deref(&self) -> &Visited {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Visit, Trouble> {
        let missing = || Trouble::unreadable("", &"a page outside its frame: this is a defect");
        parts.extensions.get().cloned().ok_or_else(missing)
    }
}

/// A part of the path.
pub(crate) struct Segment(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Segment, Trouble> {
        let axum::extract::Path(text) =
            axum::extract::Path::<String>::from_request_parts(parts, state).await?;
        Ok(Segment(text))
    }
}

/// The ledger's origin, and the published checkpoint; none before there is one.
async fn log(api: &Api) -> Result<(Option<String>, Option<Log>), Trouble> {
    match api.text("/checkpoint", "text/plain").await {
        Ok(note) => Ok(Log::of_note(&note)),
        Err(trouble) if trouble.status == StatusCode::NOT_FOUND => {
            let fund: Founded = api.get("/v1/fund").await?;
            Ok((fund.ledger.map(|ledger| ledger.origin), None))
        }
        Err(trouble) => Err(trouble),
    }
}

impl Log {
    /// The first three lines of a checkpoint: origin, size, root.
    fn of_note(note: &str) -> (Option<String>, Option<Log>) {
        let mut lines = note.lines();
        let origin = lines.next().map(str::to_owned);
        let size = lines.next().and_then(|size| size.parse().ok());
        let log = size.zip(lines.next()).map(|(size, root)| Log {
            size,
            root: root.to_owned(),
        });
        (origin, log)
    }
}

/// The value of a cookie.
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(own, _)| *own == name)
        .map(|(_, value)| value.to_owned())
}

/// Whether a text could be a token: it goes into a header.
pub(crate) fn is_token(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !text.is_empty() && text.len() <= TOKEN_BYTES_MAX && text.bytes().all(plain)
}

fn pairs(parts: &Parts) -> Vec<(String, String)> {
    let query: Result<axum::extract::Query<Vec<(String, String)>>, _> =
        axum::extract::Query::try_from_uri(&parts.uri);
    query.map(|query| query.0).unwrap_or_default()
}

//! Parameters of a query and of a path: known, once, and well formed, or 400.

use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use fundtrail_model::{Day, Id};

use crate::failure::Failure;

/// The query's parameters as they came.
pub(crate) struct Parameters(Vec<(String, String)>);

/// Parameters whose names a path knows, each once.
pub(crate) struct Known(Vec<(String, String)>);

/// The one variable segment of a path, decoded.
pub(crate) struct Segment(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Parameters, Failure> {
        Query::try_from_uri(&parts.uri)
            .map(|Query(pairs)| Parameters(pairs))
            .map_err(|_| Failure::Parameter("query".into(), "pairs of name and value"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Segment, Failure> {
        let path: Result<Path<String>, PathRejection> =
            Path::from_request_parts(parts, state).await;
        path.map(|Path(text)| Segment(text))
            .map_err(|_| Failure::Parameter("path".into(), "percent-encoded UTF-8"))
    }
}

impl Parameters {
    /// Those of these names, which are all there may be.
    pub(crate) fn only(self, names: &[&str]) -> Result<Known, Failure> {
        for (at, (name, _)) in self.0.iter().enumerate() {
            if !names.contains(&name.as_str()) {
                // Without its name: a value may stand in its place.
                return Err(Failure::Parameter(
                    "query".into(),
                    "this path has no parameter of one of these names",
                ));
            }
            if self.0.iter().skip(at + 1).any(|(other, _)| other == name) {
                return Err(Failure::Parameter(name.clone(), "given twice"));
            }
        }
        Ok(Known(self.0))
    }
}

impl Known {
    /// A text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }

    /// A text of its own.
    pub(crate) fn owned(&self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    /// The text of an id.
    pub(crate) fn id(&self, name: &str) -> Result<Option<String>, Failure> {
        let malformed = || Failure::Parameter(name.into(), "an id");
        self.text(name)
            .map(|text| {
                Id::parse(text)
                    .map(|id| id.to_string())
                    .ok_or_else(malformed)
            })
            .transpose()
    }

    /// A number.
    pub(crate) fn number(&self, name: &str) -> Result<Option<u64>, Failure> {
        self.text(name).map(|text| number(name, text)).transpose()
    }

    /// A number that must be there.
    pub(crate) fn required(&self, name: &str) -> Result<u64, Failure> {
        let missing = || Failure::Parameter(name.into(), "a number is required");
        self.number(name)?.ok_or_else(missing)
    }

    /// A business date.
    pub(crate) fn day(&self, name: &str) -> Result<Option<Day>, Failure> {
        let malformed = || Failure::Parameter(name.into(), "a date, YYYY-MM-DD");
        self.text(name)
            .map(|text| Day::parse(text).ok_or_else(malformed))
            .transpose()
    }

    /// `true` or `false`.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Failure> {
        let malformed = || Failure::Parameter(name.into(), "true or false");
        self.text(name)
            .map(|text| text.parse().map_err(|_| malformed()))
            .transpose()
    }

    /// How many, from 1 up to `most`; as many as `default` where nothing is said.
    pub(crate) fn limit(&self, default: usize, most: usize) -> Result<usize, Failure> {
        let Some(limit) = self.number("limit")? else {
            return Ok(default);
        };
        match usize::try_from(limit) {
            Ok(limit) if (1..=most).contains(&limit) => Ok(limit),
            _ => Err(Failure::Parameter(
                "limit".into(),
                "above what one answer holds, or none",
            )),
        }
    }
}

/// A decimal number without sign and superfluous zeros.
pub(crate) fn number(name: &str, text: &str) -> Result<u64, Failure> {
    let canonical = text == "0" || !text.starts_with('0');
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = if canonical && digits {
        text.parse().ok()
    } else {
        None
    };
    number.ok_or_else(|| Failure::Parameter(name.into(), "a whole number without sign"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(query: &str) -> Result<Known, Failure> {
        let uri = format!("http://host/path?{query}").parse().unwrap();
        let Query(pairs) = Query::try_from_uri(&uri).unwrap();
        Parameters(pairs).only(&["limit", "day", "on", "who"])
    }

    #[test]
    fn unknown_and_repeated_parameters_are_refused() {
        assert!(known("limit=1&who=x").is_ok());
        assert!(matches!(known("limits=1"), Err(Failure::Parameter(name, _)) if name == "query"));
        assert!(matches!(known("who=a&who=b"), Err(Failure::Parameter(name, _)) if name == "who"));
    }

    #[test]
    fn values_have_one_spelling() {
        for bad in [
            "",
            "0",
            "01",
            "+1",
            "-1",
            "1.0",
            "11",
            "99999999999999999999999",
        ] {
            assert!(
                known(&format!("limit={bad}"))
                    .unwrap()
                    .limit(5, 10)
                    .is_err(),
                "{bad}"
            );
        }
        assert_eq!(known("limit=10").unwrap().limit(5, 10).unwrap(), 10);
        assert_eq!(known("").unwrap().limit(5, 10).unwrap(), 5);
        assert!(known("day=2022-2-1").unwrap().day("day").is_err());
        assert!(known("who=-a").unwrap().id("who").is_err());
        assert_eq!(
            known("who=A-1").unwrap().id("who").unwrap().as_deref(),
            Some("A-1")
        );
        assert!(known("on=yes").unwrap().flag("on").is_err());
        assert_eq!(known("on=true").unwrap().flag("on").unwrap(), Some(true));
        assert_eq!(known("who=%E5%B8%82").unwrap().text("who"), Some("市"));
    }
}

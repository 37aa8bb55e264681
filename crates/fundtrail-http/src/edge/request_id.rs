//! The id of a request: in its answer, in its line of log, in its problem document.
//!
//! Whoever asks may bring one (`X-Request-Id`), so that its logs and ours can be read
//! together. What is not of the form is replaced, not refused.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// The header, in requests and in answers.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest id taken from a client, in characters.
const LENGTH_MAX: usize = 64;

/// 1 to 64 characters of `A-Z a-z 0-9 . _ -`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestId(HeaderValue);

impl RequestId {
    /// The client's own, where it sends one of the form, else a new one.
    pub(crate) fn of(headers: &HeaderMap) -> RequestId {
        let mut sent = headers.get_all(X_REQUEST_ID).iter();
        match (sent.next(), sent.next()) {
            (Some(one), None) if is_of_the_form(one.as_bytes()) => RequestId(one.clone()),
            _ => RequestId::new(),
        }
    }

    /// A random one: 128 bits, as 32 hexadecimal digits.
    pub(crate) fn new() -> RequestId {
        let text = format!("{:032x}", rand::random::<u128>());
        RequestId(HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("none")))
    }

    pub(crate) fn header(&self) -> HeaderValue {
        self.0.clone()
    }

    pub(crate) fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }
}

fn is_of_the_form(bytes: &[u8]) -> bool {
    let is_taken = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
    (1..=LENGTH_MAX).contains(&bytes.len()) && bytes.iter().all(is_taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[&'static str]) -> RequestId {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(X_REQUEST_ID, HeaderValue::from_static(value));
        }
        RequestId::of(&headers)
    }

    #[test]
    fn a_client_keeps_its_own() {
        const LONGEST: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        for own in ["a", "Trace_1.2-3", LONGEST] {
            assert_eq!(of(&[own]).as_str(), own);
        }
    }

    #[test]
    fn what_is_not_of_the_form_is_replaced_by_a_random_one() {
        const TOO_LONG: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0";
        let mut seen = std::collections::BTreeSet::new();
        let sent: [&[&'static str]; 7] = [
            &[],
            &[""],
            &["a b"],
            &["a/b"],
            &["{}"],
            &[TOO_LONG],
            &["one", "two"],
        ];
        for sent in sent {
            let id = of(sent).as_str().to_owned();
            assert_eq!(id.len(), 32, "{sent:?}");
            assert!(id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
            assert!(seen.insert(id));
        }
    }
}

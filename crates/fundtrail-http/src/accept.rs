//! Content negotiation between two forms of one answer (RFC 9110, section 12.5.1).

use axum::http::{HeaderMap, header};

/// The form to answer in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `text/plain`: a receipt as it stands.
    Text,
    /// `application/json`.
    Json,
}

/// The form a client prefers; `default` where it does not care or wants neither.
pub(crate) fn preferred(headers: &HeaderMap, default: Form) -> Form {
    let ranges: Vec<(&str, u16)> = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(range)
        .collect();
    let text = quality(&ranges, "text/plain", "text/*");
    let json = quality(&ranges, "application/json", "application/*");
    match text.cmp(&json) {
        std::cmp::Ordering::Greater => Form::Text,
        std::cmp::Ordering::Less => Form::Json,
        std::cmp::Ordering::Equal => default,
    }
}

/// A media range and its weight in thousandths.
fn range(text: &str) -> (&str, u16) {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let weight = parts
        .find_map(|part| part.strip_prefix("q="))
        .map_or(Some(1000), thousandths);
    (name, weight.unwrap_or(0))
}

/// `0.5` is 500. Floats are not needed for three digits.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole: u16 = whole.parse().ok().filter(|whole| *whole <= 1)?;
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fraction: u16 = format!("{fraction:0<3}").parse().ok()?;
    Some((whole * 1000 + fraction).min(1000))
}

/// The weight of a type: that of the most exact range that covers it.
fn quality(ranges: &[(&str, u16)], exact: &str, family: &str) -> u16 {
    [exact, family, "*/*"]
        .iter()
        .find_map(|wanted| {
            ranges
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
        })
        .map_or(0, |(_, weight)| *weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_chooses() {
        let form = |accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().unwrap());
            (
                preferred(&headers, Form::Text),
                preferred(&headers, Form::Json),
            )
        };
        let (either, text, json) = (
            (Form::Text, Form::Json),
            (Form::Text, Form::Text),
            (Form::Json, Form::Json),
        );
        assert_eq!(preferred(&HeaderMap::new(), Form::Text), Form::Text);
        assert_eq!(form("*/*"), either);
        assert_eq!(form("image/png"), either);
        assert_eq!(form("application/json"), json);
        assert_eq!(form("Application/JSON; charset=utf-8"), json);
        assert_eq!(form("text/plain"), text);
        assert_eq!(form("application/json, text/plain"), either);
        assert_eq!(form("application/json;q=0.5, text/plain;q=0.6"), text);
        assert_eq!(form("text/*;q=0.1, application/json;q=0.05"), text);
        assert_eq!(form("*/*;q=0.1, application/json"), json);
        assert_eq!(form("text/plain;q=0, */*"), json);
        assert_eq!(form("text/plain;q=nonsense, */*;q=0.2"), json);
    }
}

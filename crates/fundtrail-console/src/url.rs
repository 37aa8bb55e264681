//! Writing parts of addresses.

/// Percent-encodes what is not unreserved (RFC 3986, section 2.3): fit for a segment of a
/// path and for a name or value of a query.
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// A path with a query of these pairs; the bare path where there are none.
pub(crate) fn with_query<'a>(
    path: &str,
    pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> String {
    let pairs: Vec<String> = pairs
        .into_iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    if pairs.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", pairs.join("&"))
    }
}

/// An address of this console to go on to after signing in; the overview for any other.
pub(crate) fn own(address: &str) -> &str {
    // Browsers read "//host" and "/\host" as another site's, and drop tabs and line feeds.
    let is_own = address.starts_with('/')
        && !address.starts_with("//")
        && address
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\')
        && !address.starts_with("/sign-in");
    if is_own { address } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_meaning_in_addresses_is_encoded() {
        assert_eq!(encode("BANK-A.1_~"), "BANK-A.1_~");
        assert_eq!(
            encode("a/b?c=d&e#f%\"'<市"),
            "a%2Fb%3Fc%3Dd%26e%23f%25%22%27%3C%E5%B8%82"
        );
        assert_eq!(with_query("/x", []), "/x");
        assert_eq!(with_query("/x", [("a", "1"), ("b", "&")]), "/x?a=1&b=%26");
    }

    #[test]
    fn signing_in_leads_nowhere_else() {
        assert_eq!(
            own("/entries?kind=claim_submit"),
            "/entries?kind=claim_submit"
        );
        for other in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/\n",
            "/sign-in?next=/sign-in",
            "entries",
            "/市",
        ] {
            assert_eq!(own(other), "/", "{other}");
        }
    }
}

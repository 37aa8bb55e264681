//! What pages load: styles, scripts, the icon, and the verifier that shares no code with us.
//!
//! Everything is compiled in. [`address`] names a file together with a hash of all of them,
//! so that browsers keep it for a year and never mix files of two versions; the same file
//! without the hash is checked each time. A new file of `assets/` is a line of [`LIST`].

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest as _, Sha256};

use crate::trouble::Trouble;
use crate::visit::Segment;

/// The one sheet of styles, made of [`STYLES`].
pub(crate) const STYLE: &str = "console.css";

/// A file of `assets/`.
macro_rules! own {
    ($path:literal) => {
        ($path, include_bytes!(concat!("../assets/", $path)))
    };
}

/// A file of the verifier for browsers, under `verify/`.
macro_rules! verifier {
    ($path:literal) => {
        (
            concat!("verify/", $path),
            include_bytes!(concat!("../../../verifiers/es/", $path)),
        )
    };
}

/// The files, by the path under `/assets/`.
#[rustfmt::skip]
const LIST: &[(&str, &[u8])] = &[
    own!("icon.svg"),
    own!("api.js"),
    own!("canonical.js"),
    own!("der.js"),
    own!("dom.js"),
    own!("drafts.js"),
    own!("export.js"),
    own!("fault.js"),
    own!("figures.js"),
    own!("forms.js"),
    own!("keys.js"),
    own!("labels.js"),
    own!("particulars.js"),
    own!("pkcs8.js"),
    own!("print.js"),
    own!("prospect.js"),
    own!("refusals.js"),
    own!("said.js"),
    own!("say.js"),
    own!("session.js"),
    own!("sign.js"),
    own!("token.js"),
    own!("verify.js"),
    own!("verifying.js"),
    own!("words.js"),
    own!("work.js"),
    verifier!("amount.js"),
    verifier!("bytes.js"),
    verifier!("checkpoint.js"),
    verifier!("disclosure.js"),
    verifier!("ed25519.js"),
    verifier!("entry.js"),
    verifier!("envelope.js"),
    verifier!("errors.js"),
    verifier!("fundtrail-verify.js"),
    verifier!("head.js"),
    verifier!("keys.js"),
    verifier!("note.js"),
    verifier!("passbook.js"),
    verifier!("policy.js"),
    verifier!("receipt.js"),
    verifier!("seal.js"),
    verifier!("shape.js"),
    verifier!("statement.js"),
    verifier!("steps.js"),
    verifier!("strict-json.js"),
    verifier!("transaction.js"),
    verifier!("tree.js"),
    verifier!("webcrypto.js"),
];

/// The files of `assets/styles/`, in the order in which they are applied.
#[rustfmt::skip]
const STYLES: &[(&str, &[u8])] = &[
    own!("styles/tokens.css"),
    own!("styles/base.css"),
    own!("styles/frame.css"),
    own!("styles/tables.css"),
    own!("styles/parts.css"),
    own!("styles/overview.css"),
    own!("styles/forms.css"),
    own!("styles/work.css"),
    own!("styles/narrow.css"),
    own!("styles/print.css"),
    own!("styles/reports.css"),
];

/// A file as it is served.
struct Asset {
    bytes: Bytes,
    media: &'static str,
    tag: String,
}

/// The files by path, and the hash of all.
struct Assets {
    files: BTreeMap<&'static str, Asset>,
    version: String,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(Assets::new);

/// The paths of assets.
pub(crate) fn routes() -> Router {
    Router::new().route("/assets/{*path}", get(serve))
}

/// The address under which a page names a file.
pub(crate) fn address(path: &str) -> String {
    format!("/assets/{}/{path}", ASSETS.version)
}

async fn serve(segment: Result<Segment, Trouble>, headers: HeaderMap) -> Response {
    let Ok(Segment(path)) = segment else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let kept = path
        .strip_prefix(ASSETS.version.as_str())
        .and_then(|rest| rest.strip_prefix('/'));
    let Some(asset) = ASSETS.files.get(kept.unwrap_or(&path)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let caching = match kept {
        Some(_) => "public, max-age=31536000, immutable",
        None => "no-cache",
    };
    let about = [
        (header::CONTENT_TYPE, HeaderValue::from_static(asset.media)),
        (header::CACHE_CONTROL, HeaderValue::from_static(caching)),
    ];
    let mut response = if has(&headers, &asset.tag) {
        (StatusCode::NOT_MODIFIED, about).into_response()
    } else {
        (about, asset.bytes.clone()).into_response()
    };
    if let Ok(tag) = HeaderValue::from_str(&asset.tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// Whether the browser has this version (RFC 9110, section 13.1.2).
fn has(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers.get_all(header::IF_NONE_MATCH).iter();
    known
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|known| known.trim().trim_start_matches("W/") == tag)
}

impl Assets {
    fn new() -> Assets {
        let style: Vec<u8> = STYLES
            .iter()
            .flat_map(|(_, bytes)| bytes.iter().copied())
            .collect();
        let own = LIST
            .iter()
            .map(|(path, bytes)| (*path, Bytes::from_static(bytes)));
        let mut all = Sha256::new();
        let mut files = BTreeMap::new();
        for (path, bytes) in own.chain([(STYLE, Bytes::from(style))]) {
            let digest = Sha256::digest(&bytes);
            all.update(path.as_bytes());
            all.update(digest);
            let tag = format!("\"{}\"", hex(&digest));
            files.insert(
                path,
                Asset {
                    bytes,
                    media: media(path),
                    tag,
                },
            );
        }
        Assets {
            files,
            version: hex(&all.finalize()),
        }
    }
}

/// The first eight bytes.
fn hex(digest: &[u8]) -> String {
    digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn media(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// The files below a folder of this crate, but for those under `but`.
    fn files(folder: &str, ending: &str, prefix: &str) -> BTreeSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(ending))
            .map(|name| format!("{prefix}{name}"))
            .collect()
    }

    #[test]
    fn every_file_is_served() {
        let listed: BTreeSet<String> = LIST.iter().map(|(path, _)| (*path).to_owned()).collect();
        let mut wanted = files("assets", ".js", "");
        wanted.extend(files("assets", ".svg", ""));
        // The page of the folder itself is not ours.
        let verifier = files("../../verifiers/es", ".js", "verify/");
        wanted.extend(verifier.into_iter().filter(|path| path != "verify/page.js"));
        assert_eq!(listed, wanted);
        let styles: BTreeSet<String> = STYLES.iter().map(|(path, _)| (*path).to_owned()).collect();
        assert_eq!(styles, files("assets/styles", ".css", "styles/"));
    }

    #[test]
    fn no_file_names_another_site_or_makes_code_of_text() {
        for (path, bytes) in LIST.iter().chain(STYLES) {
            let text = std::str::from_utf8(bytes).unwrap();
            for banned in [
                "@import",
                "url(http",
                "eval(",
                "innerHTML",
                "outerHTML",
                "new Function",
                "document.write",
            ] {
                assert!(!text.contains(banned), "{path}: {banned}");
            }
        }
    }
}

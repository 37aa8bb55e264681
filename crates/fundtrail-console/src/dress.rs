//! Puts the frame around a page, and makes pages of what went wrong.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use maud::Markup;

use crate::api::Api;
use crate::layout;
use crate::pages::{sign_in, trouble};
use crate::sheet::Sheet;
use crate::trouble::Trouble;
use crate::visit::{LANG_COOKIE, Visit};

/// Finds out who asks, lets the page's handler answer, and writes the whole page.
pub(crate) async fn dress(State(api): State<Router>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let api = Api::of(api, &parts);
    let visit = match Visit::of(api.clone(), &parts).await {
        Ok(visit) => visit,
        Err(trouble) => return page_of(&Visit::unknown(api, &parts), &trouble),
    };
    parts.extensions.insert(visit.clone());
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if let Some(trouble) = response.extensions_mut().remove::<Trouble>() {
        return page_of(&visit, &trouble);
    }
    match response.extensions_mut().remove::<Sheet>() {
        Some(sheet) => written(&visit, &sheet),
        None => response,
    }
}

/// A page in place of one that cannot be shown.
fn page_of(visit: &Visit, trouble: &Trouble) -> Response {
    if trouble.status == StatusCode::UNAUTHORIZED {
        let mut response = written(visit, &sign_in::in_place_of(visit, trouble));
        let challenge = HeaderValue::from_static("Bearer");
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, challenge);
        return response;
    }
    written(visit, &trouble::sheet(visit, trouble))
}

fn written(visit: &Visit, sheet: &Sheet) -> Response {
    let page: Markup = layout::page(visit, sheet);
    let mut response = (sheet.status, Html(visible(&page.into_string()))).into_response();
    if visit.chosen {
        let lang = visit.words.lang().code();
        let cookie = format!("{LANG_COOKIE}={lang}; Path=/; Max-Age=31536000; SameSite=Lax");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    response
}

/// Characters that are not seen but change how others are, written out: what somebody put
/// into a text cannot turn the direction of what stands beside it, or hide in it.
fn visible(page: &str) -> String {
    if !page.contains(is_hidden) {
        return page.to_owned();
    }
    let mut out = String::with_capacity(page.len());
    for character in page.chars() {
        if is_hidden(character) {
            out.push_str(&format!("⟨U+{:04X}⟩", u32::from(character)));
        } else {
            out.push(character);
        }
    }
    out
}

fn is_hidden(character: char) -> bool {
    let is_format = matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    is_format || (character.is_control() && !matches!(character, '\n' | '\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_written_out() {
        assert_eq!(
            visible("a\u{202e}b\u{200b}\u{0}c\n\t市"),
            "a⟨U+202E⟩b⟨U+200B⟩⟨U+0000⟩c\n\t市"
        );
        assert_eq!(visible("plain 市"), "plain 市");
    }
}

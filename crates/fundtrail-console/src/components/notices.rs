//! Sentences that stand out: something to know, something wrong, nothing there; and the small
//! words for how a thing stands.

use maud::{Markup, html};

use crate::i18n::Words;

/// How a thing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// As any other.
    Plain,
    /// As it should be.
    Good,
    /// Somebody should look.
    Warn,
    /// Wrong, or refused.
    Bad,
}

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Tone::Plain => "plain",
            Tone::Good => "good",
            Tone::Warn => "warn",
            Tone::Bad => "bad",
        }
    }
}

/// A sentence to know before reading on.
pub(crate) fn notice(tone: Tone, text: Markup) -> Markup {
    html! { div class={ "notice " (tone.class()) } role="note" { (text) } }
}

/// A word or two about how a thing stands. The word says it; its colour only repeats it.
pub(crate) fn badge(tone: Tone, text: &str) -> Markup {
    html! { span class={ "badge " (tone.class()) } { (text) } }
}

/// There is nothing to list.
pub(crate) fn empty(words: Words) -> Markup {
    html! { p .empty { (words.t("parts-empty")) } }
}

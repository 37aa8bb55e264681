//! A receipt, a statement or a seal that somebody has, verified in the browser: the file is
//! never sent. `assets/verify.js` does it, with the verifier that shares no code with us.

use maud::{Markup, html};

use crate::components::notices::{Tone, notice};
use crate::i18n::Words;
use crate::i18n::families::PLACE;
use crate::records::Founded;
use crate::sheet::{Answer, Place, Sheet};
use crate::trouble::Trouble;
use crate::visit::Visit;

/// `GET /verify`
pub(crate) async fn page(visit: Visit) -> Answer {
    let words = visit.words;
    let title = words.of_family(&PLACE, Place::Verify.name());
    let log_key = log_key(&visit).await?;
    Ok(Sheet::new(Place::Verify, title)
        .script("verify.js")
        .body(html! {
            p { (words.t("verify-how")) }
            form #verify .stacked {
                (trust(words, &log_key))
                div #drop .drop {
                    label for="verify-file" { (words.t("verify-file")) }
                    input #verify-file type="file";
                }
                p { button #verify-button type="button" { (words.t("verify-do")) } }
            }
            (outcome(words))
        }))
}

/// The log's verifier key, as this node has it; empty before the ledger is founded.
pub(crate) async fn log_key(visit: &Visit) -> Result<String, Trouble> {
    let fund: Founded = visit.api.get("/v1/fund").await?;
    Ok(fund.ledger.map(|ledger| ledger.log_key).unwrap_or_default())
}

/// Whose signature is asked for: a log's key, or a policy of witnesses.
pub(crate) fn trust(words: Words, given: &str) -> Markup {
    html! {
        p {
            label for="trust" { (words.t("verify-trust")) }
            textarea #trust rows="2" spellcheck="false" autocomplete="off" { (given) }
        }
        (notice(Tone::Warn, html! { p { (words.t("verify-trust-source")) } }))
    }
}

/// Where each step and what came of it are said.
pub(crate) fn outcome(words: Words) -> Markup {
    html! {
        ol #verify-steps .steps aria-label=(words.t("verify-steps")) aria-live="polite" {}
        p #verify-verdict role="status" {}
    }
}

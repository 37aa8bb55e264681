//! A page's own part: what stands inside the frame that all pages have.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use crate::trouble::Trouble;

/// What a page's handler gives.
pub(crate) type Answer = Result<Sheet, Trouble>;

/// A page without its frame.
#[derive(Clone)]
pub(crate) struct Sheet {
    pub(crate) status: StatusCode,
    pub(crate) place: Place,
    pub(crate) title: String,
    /// What stands above: words and addresses, the outermost first.
    pub(crate) crumbs: Vec<(String, String)>,
    /// Modules of `assets/` that the page needs beside the session's.
    pub(crate) scripts: Vec<&'static str>,
    pub(crate) body: Markup,
}

impl Sheet {
    /// A page at its place in the navigation, whose `title` is its heading too.
    pub(crate) fn new(place: Place, title: impl Into<String>) -> Sheet {
        Sheet {
            status: StatusCode::OK,
            place,
            title: title.into(),
            crumbs: Vec::new(),
            scripts: Vec::new(),
            body: html! {},
        }
    }

    /// With one more page above it.
    pub(crate) fn under(mut self, words: impl Into<String>, address: impl Into<String>) -> Sheet {
        self.crumbs.push((words.into(), address.into()));
        self
    }

    /// With a module of `assets/`.
    pub(crate) fn script(mut self, path: &'static str) -> Sheet {
        self.scripts.push(path);
        self
    }

    /// With what stands below the heading.
    pub(crate) fn body(mut self, body: Markup) -> Sheet {
        self.body = body;
        self
    }
}

impl IntoResponse for Sheet {
    /// A response whose page is written by [`crate::dress`].
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Where a page stands in the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Overview,
    Work,
    Reports,
    Verify,
    Entries,
    Accounts,
    Partners,
    Borrowers,
    Loans,
    Claims,
    Recoveries,
    Alerts,
    Obligations,
    Reconciliation,
    Refusals,
    Keys,
    Policy,
    Rules,
    /// Nowhere: signing in, and what went wrong.
    Outside,
}

impl Place {
    /// What the explorer shows, in the order of its navigation.
    pub(crate) const EXPLORER: [Place; 14] = [
        Place::Entries,
        Place::Loans,
        Place::Claims,
        Place::Recoveries,
        Place::Partners,
        Place::Borrowers,
        Place::Accounts,
        Place::Alerts,
        Place::Obligations,
        Place::Reconciliation,
        Place::Refusals,
        Place::Keys,
        Place::Policy,
        Place::Rules,
    ];

    /// Its address.
    pub(crate) const fn address(self) -> &'static str {
        match self {
            Place::Overview | Place::Outside => "/",
            Place::Work => "/work",
            Place::Reports => "/reports",
            Place::Verify => "/verify",
            Place::Entries => "/entries",
            Place::Accounts => "/accounts",
            Place::Partners => "/partners",
            Place::Borrowers => "/borrowers",
            Place::Loans => "/loans",
            Place::Claims => "/claims",
            Place::Recoveries => "/recoveries",
            Place::Alerts => "/alerts",
            Place::Obligations => "/obligations",
            Place::Reconciliation => "/reconciliation",
            Place::Refusals => "/refusals",
            Place::Keys => "/keys",
            Place::Policy => "/policy",
            Place::Rules => "/rules",
        }
    }

    /// The name under which `chrome.ftl` has its title.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Place::Overview | Place::Outside => "overview",
            Place::Work => "work",
            Place::Reports => "reports",
            Place::Verify => "verify",
            Place::Entries => "entries",
            Place::Accounts => "accounts",
            Place::Partners => "partners",
            Place::Borrowers => "borrowers",
            Place::Loans => "loans",
            Place::Claims => "claims",
            Place::Recoveries => "recoveries",
            Place::Alerts => "alerts",
            Place::Obligations => "obligations",
            Place::Reconciliation => "reconciliation",
            Place::Refusals => "refusals",
            Place::Keys => "keys",
            Place::Policy => "policy",
            Place::Rules => "rules",
        }
    }

    /// Whether the explorer shows it.
    pub(crate) fn is_in_explorer(self) -> bool {
        Place::EXPLORER.contains(&self)
    }
}

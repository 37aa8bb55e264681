//! A reader's token, to be looked at again: for answers that last.
//!
//! Nothing that was found out about a reader is kept beside it. Each look reads the ledger
//! and the clock as they are then.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use fundtrail_model::Moment;
use fundtrail_model::port::Read;

use super::matrix::Need;
use super::{Denied, Reader, token};
use crate::failure::Failure;

/// A token, for the route at which it was shown.
#[derive(Clone)]
pub(crate) struct Pass {
    token: Arc<str>,
    origin: Arc<str>,
    need: Need,
}

impl Pass {
    pub(super) fn new(token: &str, origin: &str, need: Need) -> Pass {
        Pass {
            token: token.into(),
            origin: origin.into(),
            need,
        }
    }

    /// Who shows it. `now` is the node's clock.
    ///
    /// # Errors
    /// As the token's; as the route's row in the table; and faults of the storage.
    pub(crate) fn reader(&self, read: &dyn Read, now: Moment) -> Result<Reader, Failure> {
        let reader = Reader::of_token(read, &self.origin, now, &self.token)?;
        self.need.admits(&reader)?;
        Ok(reader)
    }

    /// From then on it says nothing. Only of a token that held.
    ///
    /// # Errors
    /// `TOKEN_FORM`, if it says no time.
    pub(crate) fn expires(&self) -> Result<Moment, Denied> {
        token::expires(&self.token)
    }
}

/// As [`super::gate`] left it.
impl<S: Send + Sync> FromRequestParts<S> for Pass {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Pass, Failure> {
        let shown = parts.extensions.get::<Pass>().cloned();
        shown.ok_or_else(|| Denied::Unauthenticated.into())
    }
}

//! `as_of`: how the ledger stood on a day.
//!
//! The state is the longest beginning of the ledger in which nothing is dated after the day;
//! figures that depend on a day are worked out for it. Without `as_of` it is everything
//! recorded, and today. Who may read what is decided by the ledger of now: rights do not come
//! back with the past, and what did not exist then is not there.

use fundtrail_kernel::history::Past;
use fundtrail_model::Day;
use fundtrail_model::port::Read;
use fundtrail_regulation::state::View;
use serde::Serialize;

use crate::app::App;
use crate::failure::Failure;
use crate::page::size;
use crate::parameters::Known;

/// The day a reader looks at.
#[derive(Clone, Copy)]
pub(crate) struct Asked {
    day: Day,
    /// Whether it was asked for; else it is today.
    is_asked: bool,
}

/// A state of the ledger and the day it is looked at.
pub(crate) struct Then<'a> {
    /// The ledger of now: for what a reader may read.
    pub(crate) now: View<'a>,
    /// The ledger as it stood.
    pub(crate) state: &'a dyn Read,
    /// The day.
    pub(crate) on: Day,
    is_asked: bool,
}

/// Which state an answer is about, where a day was asked for.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Looked {
    /// The day.
    as_of: Day,
    /// Number of entries of that beginning.
    size: u64,
}

/// One record, and the state it is from where a day was asked for.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Dated<T> {
    #[serde(flatten)]
    record: T,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<Looked>,
}

impl Asked {
    /// From `as_of`.
    pub(crate) fn of(app: &App, known: &Known) -> Result<Asked, Failure> {
        let asked = known.day("as_of")?;
        Ok(Asked {
            day: match asked {
                Some(day) => day,
                None => app.node().clock().now()?.day(),
            },
            is_asked: asked.is_some(),
        })
    }

    /// Looks at the state of that day.
    pub(crate) fn look<T>(
        self,
        read: &dyn Read,
        f: impl FnOnce(Then<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let past = match self.is_asked {
            true => Past::on(read, self.day)?,
            false => None,
        };
        f(Then {
            now: View::new(read),
            state: past.as_ref().map_or(read, |past| past),
            on: self.day,
            is_asked: self.is_asked,
        })
    }
}

impl App {
    /// Reads the ledger as it stood on a day, on a thread that may block.
    pub(crate) async fn look<T: Send + 'static>(
        &self,
        as_of: Asked,
        f: impl FnOnce(Then<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.read(move |read| as_of.look(read, f)).await
    }
}

impl<'a> Then<'a> {
    /// The records as they stood.
    pub(crate) fn view(&self) -> View<'a> {
        View::new(self.state)
    }

    /// The day, where it was asked for.
    pub(crate) fn asked(&self) -> Option<Day> {
        self.is_asked.then_some(self.on)
    }

    /// A record of this state.
    pub(crate) fn dated<T>(&self, record: T) -> Result<Dated<T>, Failure> {
        let state = match self.asked() {
            Some(as_of) => Some(Looked {
                as_of,
                size: size(self.state)?,
            }),
            None => None,
        };
        Ok(Dated { record, state })
    }
}

//! Work: what waits for a signature, what can be begun, and one draft.
//!
//! Ids and attributes that scripts and tests find:
//! - `/work`: `section#work-waiting`, `#work-own`, `#work-others`, `#work-owed`, `#work-begin`;
//!   a draft's row links to it by `a[href="/work/ID"]`, a form by `a[data-begin=KIND]`.
//! - pages of loans, claims and recoveries: `a[data-begin=KIND]` to a form filled in from them.
//! - `/work/new/{kind}`: what `work.js` says of its form; a field's element has the id `w-` and
//!   its name, with hyphens for points and underscores (`body.loss.principal` is
//!   `#w-body-loss-principal`, `date` is `#w-date`). `[data-subject=loan]`: choosing it loads
//!   the page again with `?loan=…`. `[data-tag-of]` is filled in from a credit code (`forms.js`).
//! - `/work/{draft}`: what `sign.js` says of its section, which has the id `work-draft`; the
//!   tick box is `#work-agreed`, the buttons are `#work-sign` and `#work-withdraw`; where it
//!   stands is `#work-state[data-state=open|…]`, what the ledger says now `#work-verdict`
//!   with `data-passes`, what would follow `#work-prospect`, who signed `#work-signed`, who is missing `#work-lacking`, and an
//!   entry that came of it `a#work-entry`.

mod choices;
mod controls;
mod draft;
mod field;
mod filled;
mod forms;
mod link;
mod list;
mod new;
mod prospect;
mod record;

pub(crate) use draft::page as draft;
pub(crate) use link::next;
pub(crate) use list::page as list;
pub(crate) use new::page as new;

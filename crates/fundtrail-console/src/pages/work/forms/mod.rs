//! The forms of all kinds that are prepared in the console: a further one is a value of a list.
//!
//! Absent on purpose: what founds the ledger and its policy, and what enrols keys. Those are
//! rare, long, and prepared with the tool.

mod compensation;
mod fund;
mod lending;
mod oversight;

use fundtrail_regulation::state::Role;

use super::field::Form;

/// Every form, in the order of the work.
pub(super) fn all() -> impl Iterator<Item = &'static Form> {
    let lists = [
        lending::FORMS,
        compensation::FORMS,
        fund::FORMS,
        oversight::FORMS,
    ];
    lists.into_iter().flatten()
}

/// The forms of a kind: one, or one for each variant.
pub(super) fn of_kind(name: &str) -> Vec<&'static Form> {
    all().filter(|form| form.kind.name() == name).collect()
}

/// The kinds that a role usually begins, each once.
pub(super) fn begun_by(role: Role) -> Vec<&'static Form> {
    let mut found: Vec<&Form> = Vec::new();
    for form in all().filter(|form| form.by.contains(&role)) {
        if found.iter().all(|other| other.kind != form.kind) {
            found.push(form);
        }
    }
    found
}

//! An oracle of the fund: what the regulation says of a business step, worked out a second
//! time with plain maps and whole fen, from the reading of the law and from no code.
//!
//! Its sources are the regulation's text, the reading of it with its recommended options,
//! the working days of 2021 to 2026, and the written format and decisions; where those leave
//! open *how* a refusal is named, the list of codes. It depends on none of our crates: the
//! same mistake would have to be made twice. A driver (`tests/model`) holds it against the
//! product, a signed transaction at a time.
//!
//! **Modelled**: accounts, contributions, activation, transfers, interest, fees; borrowers,
//! loans from enrolment to acceleration and cancellation; notices of risk; claims with their
//! ratio, cap (per contract or borrower), bearers, queue and confirmation at payment;
//! recoveries, returns, suspense, clawbacks; warnings, suspensions and who is covered;
//! blacklisting, misuse, fraud of loans and borrowers; reports, reviews, bank statements;
//! reversals; termination and distribution; who signs each of them; every alert about them
//! but that on an organisation code's own check digit; I1 to I6, I9 and I10.
//! [`policy`] has the readings of the ambiguities that can be chosen.
//!
//! A verdict is accepted, with postings, balances and alerts, or refused, with the *whole
//! set* of codes of the stage that objects and those of admission.
//!
//! **Not modelled**: founding, keys, policies and calendars once adopted, appointments and
//! admissions, audits, period seals, erasure of particulars, restoring; fraud of a partner;
//! penalties and costs as losses; which alerts an entry answers; the hash chain (I7); whether a notice follows an alert (I8: that the alert
//! is raised is compared).
//!
//! Three readings are taken from the product because the rules say nothing: money may be
//! paid out after the day an earlier instalment fell due, as long as the last one is not;
//! a loan of a borrower found in fraud may still be paid out; and a loan's first disbursement
//! is known by its moment, so of two of one moment neither is taken back while both stand.

pub mod calendar;
pub mod day;
pub mod invariants;
mod law;
pub mod money;
pub mod policy;
pub mod standing;
pub mod step;
pub mod world;

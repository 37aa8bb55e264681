//! Backups, and coming back from one: what was receipted before is in it, what is not whole is
//! not put back, what others know more of is not served, and what was put back says so.

mod bench;
mod earlier;
mod erased;
mod interrupted;
mod known;
mod load;
mod lost;
mod mended;
mod refused;

//! The console in a real browser, on a real node over a real RocksDB: everything a person
//! does there, with key files, in Chinese and English, on a desk and on a telephone.
//!
//! Pictures of every page are kept in `<cargo target folder>/console-screenshots`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod claim;
mod hostile;
mod own_books;
mod pages;
mod paper;
mod people;
mod sign_in;
mod site;
mod verify;

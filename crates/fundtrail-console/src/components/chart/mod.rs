//! Charts as SVG, drawn on the server with whole numbers of fen.
//!
//! A chart is drawn twice, for a wide and for a narrow place; the style sheet shows the one
//! that fits the place it stands in. Its figures are in a table below it. Drawings carry
//! classes and no style. A word that would not fit, or would cover another, is left out of
//! the drawing: the table has all of them.

mod axis;
pub(crate) mod balance;
mod canvas;
mod figure;
pub(crate) mod flows;
pub(crate) mod ratios;
pub(crate) mod stages;
#[cfg(test)]
mod tests;

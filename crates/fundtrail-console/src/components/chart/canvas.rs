//! What a chart is drawn on: shapes, and words that keep clear of one another.
//!
//! Lengths are tenths of a pixel of the place for which it is drawn.

use maud::{Markup, html};

/// The size of words; the style sheet sets the same.
pub(super) const TEXT: i32 = 120;
/// How far a word reaches below its line.
const DESCENT: i32 = 30;
/// The width of the two places for which a chart is drawn.
pub(super) const PLACES: [(&str, i32); 2] = [("at-wide", 6000), ("at-narrow", 3400)];

/// Which part of a word stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A drawing.
pub(super) struct Canvas {
    pub(super) width: i32,
    pub(super) height: i32,
    shapes: Vec<Markup>,
    words: Vec<Markup>,
    taken: Vec<Area>,
}

/// Where a word stands.
#[derive(Clone, Copy)]
struct Area {
    left: i32,
    right: i32,
    top: i32,
    bottom: i32,
}

impl Canvas {
    /// An empty one.
    pub(super) fn new(width: i32, height: i32) -> Canvas {
        Canvas {
            width,
            height,
            shapes: Vec::new(),
            words: Vec::new(),
            taken: Vec::new(),
        }
    }

    /// Adds a rectangle between two corners, and what is said of it to who points at it.
    pub(super) fn area(&mut self, class: &str, from: (i32, i32), to: (i32, i32), says: &str) {
        let (x, y) = (from.0.min(to.0), from.1.min(to.1));
        let (width, height) = ((from.0 - to.0).abs(), (from.1 - to.1).abs());
        self.shapes.push(html! {
            rect class=(class) x=(x) y=(y) width=(width) height=(height) {
                @if !says.is_empty() { title { (says) } }
            }
        });
    }

    /// Adds a line.
    pub(super) fn line(&mut self, class: &str, from: (i32, i32), to: (i32, i32)) {
        self.shapes.push(html! {
            line class=(class) x1=(from.0) y1=(from.1) x2=(to.0) y2=(to.1) {}
        });
    }

    /// Adds a path of straight lines through these places.
    pub(super) fn path(&mut self, class: &str, places: &[(i32, i32)]) {
        let mut path = String::new();
        for (at, (x, y)) in places.iter().enumerate() {
            path.push_str(if at == 0 { "M" } else { "L" });
            path.push_str(&format!("{x} {y}"));
        }
        self.shapes.push(html! { path class=(class) d=(path) {} });
    }

    /// Marks a place on the axis below.
    pub(super) fn tick_mark(&mut self, x: i32, y: i32) {
        self.line("axis", (x, y), (x, y + 30));
    }

    /// Adds a word on the line `y`, unless it reaches out of the drawing or would cover
    /// another: then it gives false.
    pub(super) fn word(
        &mut self,
        anchor: Anchor,
        (x, y): (i32, i32),
        class: &str,
        text: &str,
    ) -> bool {
        let width = width_of(text);
        let left = match anchor {
            Anchor::Start => x,
            Anchor::Middle => x - width / 2,
            Anchor::End => x - width,
        };
        let area = Area {
            left,
            right: left + width,
            top: y - TEXT,
            bottom: y + DESCENT,
        };
        let is_inside = area.left >= 0
            && area.right <= self.width
            && area.top >= 0
            && area.bottom <= self.height;
        if !is_inside || self.taken.iter().any(|other| other.meets(&area)) {
            return false;
        }
        self.taken.push(area);
        self.words.push(html! {
            text class=(class) x=(x) y=(y) text-anchor=(anchor.name()) { (text) }
        });
        true
    }

    /// The drawing, named for who cannot see it.
    pub(super) fn drawn(&self, class: &str, id: &str, title: &str, says: &str) -> Markup {
        let (title_id, says_id) = (format!("{id}-{class}-title"), format!("{id}-{class}-desc"));
        html! {
            svg class=(class) viewBox={ "0 0 " (self.width) " " (self.height) } role="img"
                aria-labelledby=(title_id) aria-describedby=(says_id) {
                title #(title_id) { (title) }
                desc #(says_id) { (says) }
                @for shape in &self.shapes { (shape) }
                @for word in &self.words { (word) }
            }
        }
    }
}

impl Area {
    fn meets(&self, other: &Area) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }
}

impl Anchor {
    const fn name(self) -> &'static str {
        match self {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        }
    }
}

/// About how wide a text is, rather too much than too little.
pub(super) fn width_of(text: &str) -> i32 {
    text.chars().map(advance).sum()
}

/// The text, or its beginning and `…` where it is wider.
pub(super) fn cut(text: &str, width: i32) -> String {
    if width_of(text) <= width {
        return text.to_owned();
    }
    let mut left = width - advance('…');
    let mut out = String::new();
    for character in text.chars() {
        left -= advance(character);
        if left < 0 {
            break;
        }
        out.push(character);
    }
    out.push('…');
    out
}

const fn advance(character: char) -> i32 {
    match character {
        '.' | ',' | ':' | ';' | '\'' | '|' | 'i' | 'l' | 'j' => 40,
        'A'..='Z' | 'm' | 'w' | '%' | '@' | '…' => TEXT * 9 / 10,
        ' '..='~' => 72,
        _ => TEXT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_clear_of_one_another_and_of_the_edge() {
        let mut canvas = Canvas::new(1000, 400);
        assert!(canvas.word(Anchor::Start, (0, 200), "", "2022-01"));
        assert!(
            !canvas.word(Anchor::Start, (400, 200), "", "2022-02"),
            "covers the first"
        );
        assert!(canvas.word(Anchor::End, (1000, 200), "", "2022"));
        assert!(
            !canvas.word(Anchor::Middle, (10, 380), "", "2022"),
            "out to the left"
        );
        assert!(
            !canvas.word(Anchor::Start, (900, 350), "", "2022"),
            "out to the right"
        );
        assert!(!canvas.word(Anchor::Start, (0, 100), "", "2"), "out above");
        assert!(!canvas.word(Anchor::Start, (0, 390), "", "2"), "out below");
        assert_eq!(canvas.words.len(), 2);
    }

    #[test]
    fn texts_are_cut_to_a_width() {
        assert_eq!(cut("BANK-A", 1000), "BANK-A");
        let short = cut("BANK-OF-THE-WHOLE-PROVINCE", 600);
        assert!(short.ends_with('…') && width_of(&short) <= 600, "{short}");
        assert_eq!(cut("银行银行", 250), "银…");
        assert_eq!(cut("abc", 0), "…");
    }

    #[test]
    fn what_is_said_is_escaped() {
        let mut canvas = Canvas::new(4000, 400);
        canvas.word(Anchor::Start, (0, 200), "", "<b>\"&");
        canvas.area("x", (0, 0), (1, 1), "</title><script>");
        let drawn = canvas.drawn("wide", "i", "<t>", "<d>").into_string();
        for raw in ["<b>", "<script>", "<t>", "<d>"] {
            assert!(!drawn.contains(raw), "{drawn}");
        }
    }
}

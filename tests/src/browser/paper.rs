//! Pages on paper: as the browser would print them on A4.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Browser, Size};

/// What is left of A4 between margins of 15 mm, in CSS pixels: 180 by 267 mm at 96 an inch.
const UPRIGHT: Size = Size {
    width: 680,
    height: 1009,
    mobile: false,
};

/// The same across, where a table asks for it, between margins of 12 mm: 273 by 186 mm.
const ACROSS: Size = Size {
    width: 1031,
    height: 702,
    mobile: false,
};

const IS_ACROSS: &str = "return getComputedStyle(document.body).page === 'wide'";

/// What a printed page must keep to: nothing to press is on it, nothing is wider than the
/// sheet, and no figure is cut.
const FAULTS: &str = "
    const shown = (one) => one.checkVisibility();
    const name = (one) => `${one.localName}#${one.id}.${one.className}: ${one.textContent.trim().slice(0, 40)}`;
    const faults = [];
    for (const one of document.querySelectorAll('nav, button, input, select, .explorer, .filters')) {
        if (shown(one)) faults.push(`to press: ${name(one)}`);
    }
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth + 1) {
        const right = (one) => one.getBoundingClientRect().right;
        const wide = [...document.body.querySelectorAll('*')].find((one) => shown(one) && right(one) > root.clientWidth + 1);
        faults.push(`wider than the sheet: ${wide ? name(wide) : root.scrollWidth}`);
    }
    for (const one of document.querySelectorAll('.scroll, .figure, .amount, th, td, dd')) {
        if (!shown(one) || one.closest('caption')) continue;
        const { overflowX } = getComputedStyle(one);
        if (overflowX !== 'visible' && one.scrollWidth > one.clientWidth + 1) faults.push(`cut: ${name(one)}`);
    }
    return faults";

impl Browser {
    /// Prints the page into `NAME.pdf` beside the screenshots, and gives what is wrong with
    /// it on paper.
    ///
    /// # Panics
    /// When it cannot be printed or written.
    pub fn print(&self, name: &str) -> Vec<String> {
        let size = self.size();
        self.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" }));
        let is_across = self.eval(IS_ACROSS) == Value::Bool(true);
        self.resize(if is_across { ACROSS } else { UPRIGHT });
        let Value::Array(faults) = self.eval(FAULTS) else {
            panic!("{name}: no list of faults");
        };
        self.devtools("Emulation.setEmulatedMedia", json!({ "media": "" }));
        self.resize(size);
        let asked = json!({ "preferCSSPageSize": true, "paperWidth": 8.27, "paperHeight": 11.69 });
        let printed = self.devtools("Page.printToPDF", asked);
        let text = printed["data"].as_str().unwrap_or_default();
        let bytes = STANDARD.decode(text).unwrap_or_default();
        assert!(bytes.starts_with(b"%PDF-"), "{name} is not printed");
        let path = self.screenshots.join(format!("{name}.pdf"));
        fs::write(&path, bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let faults = faults.iter().filter_map(Value::as_str);
        faults.map(|fault| format!("{name}: {fault}")).collect()
    }
}

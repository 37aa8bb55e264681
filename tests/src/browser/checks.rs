//! What every page must keep to, whatever it shows: see `checks.js`, which looks.

use serde_json::json;

use super::Browser;
use super::keyboard::texts;

/// Looks at the page and says what is wrong with it.
const LOOK: &str = include_str!("checks.js");

impl Browser {
    /// A screenshot of the page as `NAME.png`, and every check: what is wrong, one a line.
    pub fn faults(&self, name: &str) -> Vec<String> {
        self.screenshot(name);
        let width = json!(self.size().width);
        let mut faults = texts(&self.eval_with(LOOK, vec![width]));
        faults.extend(self.keyboard_faults());
        faults
    }

    /// A screenshot of the page, every check, and nothing said on the console.
    ///
    /// # Panics
    /// When something is wrong; says what.
    pub fn check(&self, name: &str) {
        let faults = self.faults(name);
        let (path, width) = (self.path(), self.size().width);
        assert!(
            faults.is_empty(),
            "{path} at {width}:\n{}",
            faults.join("\n")
        );
        self.assert_quiet();
    }
}

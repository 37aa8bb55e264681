//! Every link, button and field can be reached with the Tab key, and shows that it is reached.

use std::time::Duration;

use serde_json::{Value, json};
use thirtyfour::Key;

use super::Browser;

/// Lists what must be reachable, and watches where the focus goes.
const WATCH: &str = include_str!("keyboard.js");

/// No page has more to tab through.
const STEPS_MAX: usize = 1_200;

impl Browser {
    /// What the Tab key does not reach, and what does not show the focus.
    pub fn keyboard_faults(&self) -> Vec<String> {
        let many = self.eval_with(WATCH, vec![json!("watch")]);
        let many = usize::try_from(many.as_u64().unwrap_or(0)).unwrap_or(0);
        // Dates have several stops each, and the browser's own frame may take one.
        let steps = (many * 2 + 20).min(STEPS_MAX);
        let keys: String = std::iter::repeat_n(char::from(Key::Tab), steps).collect();
        self.run("Tab", async |driver| {
            driver
                .action_chain_with_delay(Some(Duration::ZERO), Some(Duration::ZERO))
                .send_keys(keys)
                .perform()
                .await
        });
        let faults = self.eval_with(WATCH, vec![json!("judge")]);
        texts(&faults)
    }
}

/// A list of texts that a script gave.
pub(super) fn texts(list: &Value) -> Vec<String> {
    let texts = list.as_array().into_iter().flatten();
    texts
        .map(|text| text.as_str().unwrap_or_default().to_owned())
        .collect()
}

//! What the browser says on its console, and whom it asks for anything.

use serde_json::Value;

use super::Browser;

/// Addresses that ask no host for anything.
const LOCAL: [&str; 4] = ["data:", "blob:", "about:", "chrome:"];

/// What was heard since the start.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// Lines of the console that no test has taken.
    lines: Vec<String>,
    /// Requests to other hosts.
    strangers: Vec<String>,
    /// Addresses that were asked, in order.
    asked: Vec<String>,
}

impl Browser {
    /// What the browser's console holds and no test has taken: errors, warnings, violations
    /// of the content security policy, failed requests.
    pub fn said(&self) -> Vec<String> {
        self.listen();
        self.heard.borrow().lines.clone()
    }

    /// Takes the lines of the console with this in them, which a test expects.
    ///
    /// # Panics
    /// When there is none.
    pub fn take_said(&self, part: &str) {
        self.listen();
        let mut heard = self.heard.borrow_mut();
        let before = heard.lines.len();
        heard.lines.retain(|line| !line.contains(part));
        assert!(
            heard.lines.len() < before,
            "the console does not say {part}: {:?}",
            heard.lines
        );
    }

    /// Takes all that the console holds.
    pub fn all_said(&self) -> Vec<String> {
        self.listen();
        std::mem::take(&mut self.heard.borrow_mut().lines)
    }

    /// Requests to any host but the node's.
    pub fn strangers(&self) -> Vec<String> {
        self.listen();
        self.heard.borrow().strangers.clone()
    }

    /// The addresses that this browser asked for anything, in order.
    pub fn asked(&self) -> Vec<String> {
        self.listen();
        self.heard.borrow().asked.clone()
    }

    /// The console is empty, and nobody but the node was asked for anything.
    ///
    /// # Panics
    /// When it is not so.
    pub fn assert_quiet(&self) {
        let lines = self.said();
        let path = self.path();
        assert!(
            lines.is_empty(),
            "{path}: the console says:\n{}",
            lines.join("\n")
        );
        let strangers = &self.heard.borrow().strangers;
        assert!(
            strangers.is_empty(),
            "{path}: other hosts were asked: {strangers:?}"
        );
    }

    fn listen(&self) {
        let lines = self.run("the console", async |driver| driver.browser_log().await);
        let events = self.run("the requests", async |driver| {
            driver.get_log("performance").await
        });
        let mut heard = self.heard.borrow_mut();
        for line in lines {
            heard.lines.push(format!("{} {}", line.level, line.message));
        }
        for event in events {
            let event: Value = serde_json::from_str(&event.message).unwrap_or_default();
            let Some(address) = asked_for(&event["message"]) else {
                continue;
            };
            let ours = address == self.site || address.starts_with(&format!("{}/", self.site));
            let local = LOCAL.iter().any(|scheme| address.starts_with(scheme));
            match (ours, local) {
                (true, _) => heard.asked.push(address.to_owned()),
                (false, true) => {}
                (false, false) => heard.strangers.push(address.to_owned()),
            }
        }
    }
}

/// The address of an event that is a request.
fn asked_for(event: &Value) -> Option<&str> {
    match event["method"].as_str()? {
        "Network.requestWillBeSent" => event["params"]["request"]["url"].as_str(),
        "Network.webSocketCreated" => event["params"]["url"].as_str(),
        _ => None,
    }
}

//! What a person does with a page: open it, fill it in, click, read, wait.

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;
use thirtyfour::{By, WebElement};

use super::Browser;

/// How long something may take to appear.
const PATIENCE: Duration = Duration::from_secs(40);

impl Browser {
    /// Opens a page of the node.
    ///
    /// # Panics
    /// When it does not load.
    pub fn open(&self, path: &str) {
        let address = format!("{}{path}", self.site);
        self.run(path, async |driver| driver.goto(address).await);
    }

    /// Path and query of the page that is shown.
    pub fn path(&self) -> String {
        let path = self.eval("return location.pathname + location.search");
        path.as_str().unwrap_or_default().to_owned()
    }

    /// The status with which the page came.
    pub fn status(&self) -> u64 {
        let script = "return performance.getEntriesByType('navigation')[0].responseStatus";
        self.eval(script).as_u64().unwrap_or(0)
    }

    /// A cookie of the page's site, also one that no script may see.
    pub fn cookie(&self, name: &str) -> Option<Value> {
        let cookies = self.run("cookies", async |driver| driver.get_all_cookies().await);
        let cookie = cookies.into_iter().find(|cookie| cookie.name == name);
        cookie.map(|cookie| serde_json::to_value(cookie).unwrap_or_default())
    }

    /// The language the page says it is in.
    pub fn language(&self) -> String {
        let lang = self.eval("return document.documentElement.lang");
        lang.as_str().unwrap_or_default().to_owned()
    }

    /// Whether there is such an element, shown or not.
    pub fn has(&self, css: &str) -> bool {
        self.find(css).is_some()
    }

    /// The text of the first such element, as it is shown.
    ///
    /// # Panics
    /// When there is none within some seconds.
    pub fn text(&self, css: &str) -> String {
        let element = self.element(css);
        self.run(css, async |_| element.text().await)
    }

    /// The whole text of the page, as it is shown.
    pub fn shown(&self) -> String {
        self.text("body")
    }

    /// An attribute of the first such element.
    ///
    /// # Panics
    /// When there is no such element within some seconds.
    pub fn attribute(&self, css: &str, name: &str) -> Option<String> {
        let element = self.element(css);
        self.run(css, async |_| element.attr(name.to_owned()).await)
    }

    /// Clicks the first such element, once it is shown and enabled.
    ///
    /// # Panics
    /// When it is not within some seconds, or something lies over it.
    pub fn click(&self, css: &str) {
        self.until(&format!("{css} can be clicked"), || {
            self.find(css).is_some_and(|element| {
                self.attempt(async |_| element.is_clickable().await)
                    .unwrap_or(false)
            })
        });
        let element = self.element(css);
        self.run(css, async |_| {
            element.scroll_into_view().await?;
            element.click().await
        });
    }

    /// Clicks what leads to another page, and waits until that is loaded.
    ///
    /// # Panics
    /// When no other page comes within some seconds.
    pub fn follow(&self, css: &str) {
        self.eval("window.before = true");
        self.click(css);
        self.until_left(css);
    }

    /// Waits until the page that [`Browser::mark`] marked has given way to another.
    ///
    /// # Panics
    /// When it does not within some seconds.
    pub fn until_left(&self, what: &str) {
        self.until(&format!("{what} leads to another page"), || {
            let script = "return !window.before && document.readyState === 'complete'";
            self.attempt(async |driver| driver.execute(script, Vec::new()).await)
                .is_ok_and(|answer| answer.json() == true)
        });
    }

    /// Marks the page that is shown, so that its end can be seen.
    pub fn mark(&self) {
        self.eval("window.before = true");
    }

    /// Types a text into a field, instead of what was in it.
    ///
    /// # Panics
    /// When there is no such field.
    pub fn fill(&self, css: &str, text: &str) {
        let element = self.element(css);
        let kind = self.attribute(css, "type").unwrap_or_default();
        if kind == "date" {
            // What is typed into such a field depends on the machine's language.
            let script = "const [css, text] = arguments; const field = document.querySelector(css);
                field.value = text;
                for (const name of ['input', 'change'])
                    field.dispatchEvent(new Event(name, { bubbles: true }));";
            self.eval_with(script, vec![css.into(), text.into()]);
            return;
        }
        self.run(css, async |_| {
            element.clear().await?;
            element.send_keys(text).await
        });
    }

    /// Chooses the option of this value.
    ///
    /// # Panics
    /// When there is none.
    pub fn choose(&self, css: &str, value: &str) {
        let script = "const [css, value] = arguments; const field = document.querySelector(css);
            if (![...field.options].some((option) => option.value === value)) return false;
            field.value = value;
            for (const name of ['input', 'change'])
                field.dispatchEvent(new Event(name, { bubbles: true }));
            return true;";
        let chosen = self.eval_with(script, vec![css.into(), value.into()]);
        assert_eq!(chosen, true, "{css} has no option {value}");
    }

    /// Hands a file to a field for files, also to one that is not shown.
    ///
    /// # Panics
    /// When there is no such field.
    pub fn upload(&self, css: &str, file: &Path) {
        let element = self.element(css);
        let path = file.display().to_string();
        self.run(css, async |_| element.send_keys(path).await);
    }

    /// Waits until something is so.
    ///
    /// # Panics
    /// When it is not within some seconds; with the page's text.
    pub fn until(&self, what: &str, is_so: impl Fn() -> bool) {
        let began = Instant::now();
        while !is_so() {
            if began.elapsed() > PATIENCE {
                self.screenshot("waited-in-vain");
                let asked = self.asked();
                panic!(
                    "{}: {what}: not yet\n{}\nsaid: {:?}\nasked last: {:?}",
                    self.path(),
                    self.shown(),
                    self.said(),
                    asked.iter().rev().take(6).collect::<Vec<_>>()
                );
            }
            sleep(Duration::from_millis(40));
        }
    }

    /// Waits until the first such element is shown with this text in it.
    ///
    /// # Panics
    /// When it is not within some seconds.
    pub fn until_text(&self, css: &str, text: &str) {
        self.until(&format!("{css} says {text}"), || {
            self.find(css).is_some_and(|element| {
                self.attempt(async |_| element.text().await)
                    .is_ok_and(|found| found.contains(text))
            })
        });
    }

    /// The first such element.
    ///
    /// # Panics
    /// When there is none within some seconds.
    fn element(&self, css: &str) -> WebElement {
        self.until(&format!("there is {css}"), || self.find(css).is_some());
        self.find(css).unwrap_or_else(|| panic!("{css} has gone"))
    }

    fn find(&self, css: &str) -> Option<WebElement> {
        self.attempt(async |driver| driver.find(By::Css(css)).await)
            .ok()
    }
}

//! A real browser, without a window, driven over WebDriver: what the tests of the console use.
//!
//! ```text
//! let browser = Browser::start(&node.url, Size::WIDE, "claim-in-chinese");
//! browser.open("/loans");
//! browser.click("#sign-in-button");
//! browser.check("loans");                  // a screenshot, and what every page must keep to
//! ```
//!
//! Each test has a browser of its own, which ends with it. Whatever the browser says on its
//! console is a failure, unless the test took it: a violation of the content security policy
//! is said there. So is a request to any other host than the node.
//!
//! Absent on purpose: any knowledge of the console's pages.

mod checks;
mod keyboard;
mod log;
mod page;
mod paper;
mod process;

use std::cell::{Cell, RefCell};
use std::env;
use std::fs;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::error::WebDriverResult;
use thirtyfour::{
    CapabilitiesHelper, ChromiumLikeCapabilities, DesiredCapabilities, LoggingPrefsLogLevel,
    WebDriver,
};
use tokio::runtime::{Builder, Runtime};

use process::Driver;

/// Switches of Chromium: no window, no calls home, nothing kept.
const SWITCHES: [&str; 10] = [
    "--headless=new",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-crash-reporter",
    "--disable-sync",
    "--force-device-scale-factor=1",
    "--no-default-browser-check",
    "--no-first-run",
];

/// How large the page's own part of the window is, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
    /// Whether the page is shown as a telephone shows it.
    pub mobile: bool,
}

impl Size {
    /// A screen on a desk.
    pub const WIDE: Size = Size {
        width: 1280,
        height: 900,
        mobile: false,
    };
    /// A telephone.
    pub const NARROW: Size = Size {
        width: 390,
        height: 844,
        mobile: true,
    };
}

/// A browser that looks at one node.
pub struct Browser {
    /// None once it was told to go.
    driver: Option<WebDriver>,
    runtime: Runtime,
    /// `http://127.0.0.1:port` of the node.
    site: String,
    size: Cell<Size>,
    screenshots: PathBuf,
    heard: RefCell<log::Heard>,
    // These end after the session: fields are dropped in this order.
    _process: Driver,
    _profile: TempDir,
}

impl Browser {
    /// Starts a browser that looks at the node at `site`, and keeps its screenshots in the
    /// folder `name`.
    ///
    /// # Panics
    /// When there is no chromedriver or no Chromium.
    pub fn start(site: &str, size: Size, name: &str) -> Browser {
        let process = Driver::start();
        let profile = TempDir::new().unwrap_or_else(|error| panic!("{error}"));
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.unwrap_or_else(|error| panic!("{error}"));
        let screenshots = screenshots(name);
        let capabilities = capabilities(profile.path());
        let driver = runtime.block_on(WebDriver::new(process.url.clone(), capabilities));
        let driver = driver.unwrap_or_else(|error| panic!("Chromium does not start: {error}"));
        let browser = Browser {
            driver: Some(driver),
            runtime,
            site: site.trim_end_matches('/').to_owned(),
            size: Cell::new(size),
            screenshots,
            heard: RefCell::default(),
            _process: process,
            _profile: profile,
        };
        browser.resize(size);
        browser
    }

    /// Shows pages at another size from now on.
    pub fn resize(&self, size: Size) {
        self.size.set(size);
        let metrics = json!({
            "width": size.width,
            "height": size.height,
            "deviceScaleFactor": 1,
            "mobile": size.mobile,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics);
    }

    /// The size at which pages are shown.
    pub fn size(&self) -> Size {
        self.size.get()
    }

    /// The whole page as a picture, also what is below the window, as `NAME.png` in this
    /// browser's folder of screenshots.
    ///
    /// # Panics
    /// When it cannot be taken or written.
    pub fn screenshot(&self, name: &str) {
        let size = self.size();
        let height = self.eval("return document.documentElement.scrollHeight");
        // Very long pages are cut: nobody looks at more.
        let height = height
            .as_u64()
            .unwrap_or(0)
            .clamp(u64::from(size.height), 6_000);
        let clip = json!({ "x": 0, "y": 0, "width": size.width, "height": height, "scale": 1 });
        let asked = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let picture = self.devtools("Page.captureScreenshot", asked);
        let text = picture["data"].as_str().unwrap_or_default();
        let engine = &base64::engine::general_purpose::STANDARD;
        let bytes = base64::Engine::decode(engine, text).unwrap_or_default();
        assert!(!bytes.is_empty(), "no screenshot of {name}");
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        let file = name.replace(|letter| !plain(letter), "_") + ".png";
        let path = self.screenshots.join(file);
        fs::write(&path, bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    /// Runs a script in the page and gives what it returns.
    ///
    /// # Panics
    /// When it throws.
    pub fn eval(&self, script: &str) -> Value {
        self.eval_with(script, Vec::new())
    }

    /// The same, with `arguments[0]` and so on.
    ///
    /// # Panics
    /// When it throws.
    pub fn eval_with(&self, script: &str, arguments: Vec<Value>) -> Value {
        let answer = self.run(brief(script), async |driver| {
            driver.execute(script.to_owned(), arguments).await
        });
        answer.json().clone()
    }

    /// Runs a script that calls its last argument when it is done, and gives what it says.
    ///
    /// # Panics
    /// When it throws, or does not come to its end.
    pub fn eval_later(&self, script: &str) -> Value {
        let answer = self.run(brief(script), async |driver| {
            driver.execute_async(script.to_owned(), Vec::new()).await
        });
        answer.json().clone()
    }

    fn devtools(&self, method: &str, parameters: Value) -> Value {
        self.run(method, async |driver| {
            driver.cdp().send_raw(method, parameters).await
        })
    }

    /// Waits for something the browser does.
    fn run<T>(&self, what: &str, act: impl AsyncFnOnce(&WebDriver) -> WebDriverResult<T>) -> T {
        self.attempt(act)
            .unwrap_or_else(|error| panic!("{what}: {error}"))
    }

    fn attempt<T>(
        &self,
        act: impl AsyncFnOnce(&WebDriver) -> WebDriverResult<T>,
    ) -> WebDriverResult<T> {
        let Some(driver) = &self.driver else {
            panic!("this browser has ended");
        };
        self.wait(act(driver))
    }

    fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let Some(driver) = self.driver.take() else {
            return;
        };
        // What does not end in time ends with its process group.
        let _ = self
            .runtime
            .block_on(async { tokio::time::timeout(Duration::from_secs(5), driver.quit()).await });
    }
}

fn capabilities(profile: &Path) -> thirtyfour::ChromeCapabilities {
    let mut capabilities = DesiredCapabilities::chrome();
    let switches = SWITCHES.map(str::to_owned).into_iter().chain([
        format!("--user-data-dir={}", profile.display()),
        // Chromium's own sandbox is not to be had in most containers; pages here are ours.
        "--no-sandbox".to_owned(),
    ]);
    let fill = || {
        for switch in switches {
            capabilities.add_arg(&switch)?;
        }
        if let Some(chosen) = env::var_os("CHROMIUM") {
            capabilities.set_binary(&chosen.to_string_lossy())?;
        }
        capabilities.set("timeouts", json!({ "pageLoad": 30_000, "script": 30_000 }))?;
        capabilities.set_logging_prefs("browser", LoggingPrefsLogLevel::All)?;
        capabilities.set_logging_prefs("performance", LoggingPrefsLogLevel::All)
    };
    fill().unwrap_or_else(|error| panic!("{error}"));
    capabilities
}

/// The first line of a script, for messages.
fn brief(script: &str) -> &str {
    script.trim_start().lines().next().unwrap_or_default()
}

/// The folder `<cargo target folder>/console-screenshots/NAME`, empty.
fn screenshots(name: &str) -> PathBuf {
    let own = env::current_exe().unwrap_or_default();
    let target = own.ancestors().nth(3).unwrap_or(Path::new("."));
    let folder = target.join("console-screenshots").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    println!("screenshots: {}", folder.display());
    folder
}

//! A claim from the bank's form to the money that came back, by the keys of all concerned:
//! two persons of a bank, four of the manager, the office, and five seats of the group.
//!
//! The figures are the regulation's: 30% of a loss of 2,000,000.00 is 600,000.00 (Art. 12);
//! 30% of the 500,000.00 recovered is 150,000.00 (Art. 16).

use std::cell::RefCell;
use std::fs;
use std::path::PathBuf;

use fundtrail_tests::Scratch;
use fundtrail_tests::browser::{Browser, Size};
use serde_json::Value;

use crate::people::{sign_in, speak};

/// One way through the whole of it.
struct Way {
    scratch: Scratch,
    browser: Browser,
    /// What was wrong with the pages on the way.
    faults: RefCell<Vec<String>>,
}

impl Way {
    fn new(size: Size, lang: &str, name: &str) -> Way {
        let scratch = Scratch::start();
        scratch.play("setup/l1-overdue.scn");
        let browser = Browser::start(&scratch.node.url, size, name);
        speak(&browser, lang);
        Way {
            scratch,
            browser,
            faults: RefCell::default(),
        }
    }

    fn is(&self, name: &str, path: &str) {
        sign_in(&self.browser, &self.scratch, name, path);
    }

    /// A picture of the page, and what is wrong with it.
    fn look(&self, name: &str) {
        let found = self.browser.faults(name);
        let said = self.browser.all_said();
        let path = self.browser.path();
        let lines = found.into_iter().chain(said);
        let lines = lines.map(|line| format!("{path} ({name}): {line}"));
        self.faults.borrow_mut().extend(lines);
    }

    /// A paper of which only the digest is recorded.
    fn paper(&self) -> PathBuf {
        let path = self.scratch.folder().join("minutes.txt");
        fs::write(&path, "minutes of the leading group").unwrap();
        path
    }

    /// Fills fields of the form, by their names: what it is about first, which fills in others.
    fn fill(&self, fields: &[(&str, &str)]) {
        let is_subject = |name: &str| self.sort_of(name).0 == "subject";
        let (subjects, others): (Vec<_>, Vec<_>) =
            fields.iter().partition(|(name, _)| is_subject(name));
        for (name, text) in subjects.into_iter().chain(others) {
            let css = format!("#work [name=\"{name}\"]");
            let (sort, value) = self.sort_of(name);
            match sort.as_str() {
                "subject" if value == *text => {}
                "subject" => {
                    self.browser.mark();
                    self.browser.choose(&css, text);
                    self.browser.until_left("what the form is about");
                }
                "select" => self.browser.choose(&css, text),
                "file" => self.browser.upload(&css, &self.paper()),
                "fixed" => assert_eq!(value, *text, "{name}"),
                "none" => panic!("no field {name}\n{}", self.browser.shown()),
                _ => self.browser.fill(&css, text),
            }
        }
    }

    /// What sort of field has that name, and what is in it.
    fn sort_of(&self, name: &str) -> (String, String) {
        let script = "const field = document.querySelector(`#work [name=\"${arguments[0]}\"]`);
            if (!field) return ['none', ''];
            const fixed = field.type === 'hidden' || field.readOnly;
            const select = field.dataset.subject ? 'subject' : 'select';
            const sort = fixed ? 'fixed' : field.localName === 'select' ? select : field.type;
            return [sort, field.value]";
        let found = self.browser.eval_with(script, vec![name.into()]);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (text(&found[0]), text(&found[1]))
    }

    /// What the ledger would say of the form as it stands.
    fn foretold(&self, class: &str) {
        self.browser.until(&format!("the form is {class}"), || {
            let found = self.browser.attribute("#work-status", "class");
            found.is_some_and(|found| found.split(' ').any(|one| one == class))
        });
    }

    /// The form passes, and beside it stand these names and figures of what would follow.
    fn follows(&self, figures: &[(&str, &str)]) {
        self.foretold("ok");
        let script = "return document.querySelector('#work-prospect')?.innerHTML ?? ''";
        self.browser.until("what would follow is shown", || {
            let html = self.browser.eval(script);
            let html = html.as_str().unwrap_or_default();
            figures
                .iter()
                .all(|(name, figure)| html.contains(name) && html.contains(figure))
        });
    }

    /// Keeps the form as a draft and gives the draft's id.
    fn keep(&self) -> String {
        self.browser.mark();
        self.browser.click("#work-keep");
        self.browser.until_left("keeping the draft");
        let path = self.browser.path();
        let id = path
            .strip_prefix("/work/")
            .unwrap_or_else(|| panic!("{path} is no draft"));
        id.to_owned()
    }

    /// Signs the draft that is shown, after reading it.
    fn sign(&self) {
        let agreed = "[data-draft] [data-agreed]";
        self.browser.until("what is signed is said in words", || {
            self.browser.has("[data-says-transaction] dl.said dd")
        });
        if self.browser.has(agreed) {
            self.browser.click(agreed);
        }
        self.browser.mark();
        self.browser.click("[data-draft] [data-sign]");
        self.browser.until_left("signing");
    }

    /// Somebody finds the draft among the work that waits for them, reads it and signs.
    fn finds_and_signs(&self, name: &str, id: &str) {
        self.is(name, "/work");
        self.browser.follow(&format!("main a[href=\"/work/{id}\"]"));
        self.sign();
    }

    fn is_recorded(&self) {
        let path = self.browser.path();
        assert!(
            path.starts_with("/entries/"),
            "{path}: not recorded\n{}",
            self.browser.shown()
        );
    }

    fn record(&self, path: &str) -> Value {
        let (status, text) = self.scratch.client().get(path, "application/json").unwrap();
        assert_eq!(status, 200, "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    fn status_of_claim(&self) -> String {
        let claim = self.record("/v1/claims/C1");
        claim["status"].as_str().unwrap_or_default().to_owned()
    }
}

/// The refusal that is shown for the form: its words.
fn refusal(browser: &Browser, code: &str) -> String {
    browser.until(&format!("{code} is foretold"), || {
        browser.has(&format!("#work-refusals [data-code=\"{code}\"]"))
    });
    browser.text(&format!("#work-refusals [data-code=\"{code}\"]"))
}

/// The bank's claim: what would be refused is said while it is typed, with article and figures.
fn claimed(way: &Way) {
    way.is("bank-a/maker", "/work/new/claim_submit");
    way.fill(&[
        ("date", "2022-08-28"),
        ("body.claim", "C1"),
        ("body.loan", "L1"),
        ("body.claimant", "bank-a"),
        ("body.as_of", "2022-08-28"),
        ("body.loss.principal", "2000000.00"),
        ("body.amount", "600000.00"),
    ]);
    let words = refusal(&way.browser, "NOT_OVERDUE_ENOUGH");
    assert!(
        words.contains("59") && words.contains("60") && words.contains("15"),
        "{words}"
    );
    way.look("claim-too-early");
    way.fill(&[
        ("date", "2022-08-29"),
        ("body.as_of", "2022-08-29"),
        ("body.amount", "600000.01"),
    ]);
    let words = refusal(&way.browser, "AMOUNT_MISMATCH");
    assert!(
        words.contains("600,000.00") || words.contains("600000.00"),
        "{words}"
    );
    way.foretold("refused");
    way.look("claim-too-much");
    way.fill(&[("body.amount", "600000.00")]);
    // 30 % of the loss, below the ceiling of Art. 12; nothing was claimed before.
    way.follows(&[
        ("title=\"expected\"", "600,000.00"),
        ("title=\"cap\"", "1,500,000.00"),
        ("title=\"claimed_before\"", "0.00"),
    ]);
    way.look("claim-passes");
    let id = way.keep();
    // The page says the amount before and after it has read the bytes itself.
    let shown = way.browser.shown().replace(',', "");
    assert!(shown.contains("600000.00"), "{shown}");
    way.look("claim-draft");
    way.sign();
    assert_eq!(
        way.browser.path(),
        format!("/work/{id}"),
        "one signature is not enough"
    );
    way.look("claim-signed-by-one");

    // Another bank has no part in it.
    way.is("bank-b/maker", "/work");
    assert!(!way.browser.has(&format!("a[href=\"/work/{id}\"]")));
    way.browser.open(&format!("/work/{id}"));
    let status = way.browser.status();
    assert!([403, 404].contains(&status), "{status}");
    way.browser.take_said(&status.to_string());

    way.finds_and_signs("bank-a/checker", &id);
    way.is_recorded();
    way.look("claim-recorded");
    assert_eq!(way.status_of_claim(), "submitted");
}

fn verified(way: &Way) {
    way.is("manager/maker", "/work/new/claim_verify");
    way.fill(&[
        ("date", "2022-09-01"),
        ("body.claim", "C1"),
        ("body.loss", "2000000.00"),
        ("body.amount", "600000.00"),
    ]);
    way.foretold("ok");
    let id = way.keep();
    way.sign();
    way.finds_and_signs("manager/checker", &id);
    way.is_recorded();
    assert_eq!(way.status_of_claim(), "verified");
}

/// The office prepares the decision; the quorum needs five seats, the leader's among them.
fn approved(way: &Way) {
    way.is("OFF", "/work/new/claim_approve");
    way.fill(&[
        ("date", "2022-09-08"),
        ("body.claim", "C1"),
        ("body.amount", "600000.00"),
        ("body.decision", ""),
    ]);
    way.foretold("ok");
    let id = way.keep();
    for seat in ["FIN", "JRB", "KJ", "GX"] {
        way.finds_and_signs(&format!("lg-{seat}"), &id);
        assert_eq!(
            way.browser.path(),
            format!("/work/{id}"),
            "{seat} is not the last"
        );
    }
    way.look("four-of-five");
    way.finds_and_signs("lg-MSB", &id);
    way.is_recorded();
    assert_eq!(way.status_of_claim(), "approved");
}

fn paid(way: &Way) {
    way.is("manager/maker2", "/work/new/compensation_pay");
    way.fill(&[
        ("date", "2022-09-15"),
        ("body.claim", "C1"),
        ("body.payee", "bank-a"),
        ("body.account", "main"),
        ("body.amount", "600000.00"),
        ("body.reconfirmed_loss", "2000000.00"),
    ]);
    way.follows(&[("account:main", "-600,000.00")]);
    let id = way.keep();
    way.sign();
    way.finds_and_signs("manager/checker2", &id);
    way.is_recorded();
    way.look("payment-recorded");
    assert_eq!(way.status_of_claim(), "paid");
    assert_eq!(way.record("/v1/claims/C1")["paid"], "600000.00");
}

fn recovered(way: &Way) {
    way.is("bank-a/maker", "/work/new/recovery_report");
    way.fill(&[
        ("date", "2022-09-26"),
        ("body.recovery", "R1"),
        ("body.loan", "L1"),
        ("body.collector", "bank-a"),
        ("body.received_on", "2022-09-20"),
        ("body.amount", "500000.00"),
    ]);
    // S64 of the reference: 15 working days.
    way.follows(&[
        ("data-name=\"recovery_return\"", "150,000.00"),
        ("data-name=\"recovery_return\"", "2022-10-14"),
    ]);
    way.look("recovery-form");
    way.keep();
    way.sign();
    way.is_recorded();
    assert_eq!(way.record("/v1/recoveries/R1")["due"], "150000.00");

    way.browser.open("/work/new/recovery_return");
    way.fill(&[
        ("date", "2022-10-13"),
        ("body.recovery", "R1"),
        ("body.loan", "L1"),
        ("body.payer", "bank-a"),
        ("body.account", "main"),
        ("body.amount", "150000.00"),
    ]);
    way.foretold("ok");
    let id = way.keep();
    way.sign();
    way.finds_and_signs("manager/maker", &id);
    way.is_recorded();
    assert_eq!(way.record("/v1/recoveries/R1")["returned"], "150000.00");
}

fn whole_way(size: Size, lang: &str, name: &str) {
    let way = Way::new(size, lang, name);
    claimed(&way);
    verified(&way);
    approved(&way);
    paid(&way);
    recovered(&way);
    way.is("bank-a/maker", "/claims/C1");
    assert!(way.browser.shown().contains("600,000.00"));
    way.look("claim-paid");
    way.browser.open("/recoveries/R1");
    assert!(way.browser.shown().contains("150,000.00"));
    way.look("recovery-returned");
    assert_eq!(way.browser.strangers(), [""; 0]);

    // What was signed in the browser is a ledger like any other.
    let (url, key) = (
        way.scratch.node.url.clone(),
        way.scratch.node.log_key().unwrap(),
    );
    let (code, text) = way
        .scratch
        .fundtrail(&["audit", "--node", &url, "--log-key", &key]);
    assert_eq!(code, 0, "{text}");
    let faults = way.faults.borrow();
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn the_whole_claim_in_chinese_on_a_desk() {
    whole_way(Size::WIDE, "zh", "claim-1280-zh");
}

#[test]
fn the_whole_claim_in_english_on_a_telephone() {
    whole_way(Size::NARROW, "en", "claim-390-en");
}

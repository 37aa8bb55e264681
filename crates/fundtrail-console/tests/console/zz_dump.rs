//! Scratch.
use crate::browser::look;
use crate::played::{Who, console, token, now};
#[test]
#[ignore = "scratch"]
fn dump() {
    let c = console();
    let root = std::path::Path::new("/tmp/p2site");
    let bank = Who::Bank.token();
    let mgr = Some(token(&fundtrail_scenario::key("OFF"), now(), 600));
    crate::work_drafts::some();
    for (name, addr, tok) in [
        ("work", "/work?lang=zh", &bank), ("work-en", "/work?lang=en", &bank), ("work-off", "/work?lang=zh", &mgr),
        ("claim", "/work/new/claim_submit?loan=A4&lang=zh", &bank), ("claim-en", "/work/new/claim_submit?loan=A4&lang=en", &bank),
        ("enrol", "/work/new/loan_enrol?lang=zh", &bank), ("draft", "/work/draft-look?lang=zh", &bank), ("draft-en", "/work/draft-look?lang=en", &bank),
        ("verify", "/work/new/claim_verify?claim=K-A1&lang=zh", &mgr), ("loan", "/loans/A1?lang=zh", &bank),
    ] {
        let r = look(&c, addr, tok.as_deref());
        let d = root.join(name);
        std::fs::create_dir_all(&d).unwrap();
        std::fs::write(d.join("index.html"), &r.body).unwrap();
        let t = r.text();
        for rest in t.split("href=\"/assets/").skip(1) {
            let p = &rest[..rest.find('"').unwrap()];
            let a = look(&c, &format!("/assets/{p}"), None);
            let f = root.join("assets").join(p);
            std::fs::create_dir_all(f.parent().unwrap()).unwrap();
            std::fs::write(f, a.body).unwrap();
        }
    }
}

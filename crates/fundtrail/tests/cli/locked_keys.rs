//! Key files locked with a passphrase: made, read by every command, and the same to OpenSSL.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::support::{Called, Desk, ORIGIN, arguments};

const PASSPHRASE: &str = "口令 correct horse";

/// A scratch directory with a locked key, its passphrase in `pass`.
fn locked() -> Desk {
    let desk = Desk::new();
    desk.write("pass", format!("{PASSPHRASE}\nand more\n"));
    let new = "key new --encrypt --passphrase-file pass --out locked.pem";
    desk.call(arguments(new)).ends(0);
    desk
}

fn fails(called: Called, why: &str) {
    assert!(called.stderr.contains(why), "{}", called.stderr);
    called.ends(2);
}

#[test]
fn a_new_key_is_locked_and_readable_by_its_owner_only() {
    let desk = locked();
    let pem = String::from_utf8(desk.read("locked.pem")).unwrap();
    assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(desk.path("locked.pem"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // A passphrase file locks also where nothing else says so.
    desk.call(arguments("key new --passphrase-file pass --out other.pem"))
        .ends(0);
    assert!(desk.read("other.pem").starts_with(b"-----BEGIN ENCRYPTED"));
    fails(
        desk.call(arguments("key new --encrypt --out nobody.pem")),
        "nobody can be asked",
    );
    assert!(!desk.path("nobody.pem").exists());
}

#[test]
fn every_command_opens_it_with_the_passphrase_only() {
    let desk = locked();
    desk.transaction("t.json");
    let file = [("FUNDTRAIL_PASSPHRASE_FILE", "pass")];
    let itself = [("FUNDTRAIL_PASSPHRASE", PASSPHRASE)];
    let shown = desk
        .call_knowing(&file, arguments("key show locked.pem"))
        .ends(0);
    assert_eq!(
        desk.call_knowing(&itself, arguments("key show locked.pem"))
            .ends(0),
        shown
    );
    let token = ["token", "--key", "locked.pem", "--ledger", ORIGIN];
    let sign = ["sign", "--key", "locked.pem", "t.json"];
    for command in [&token[..], &sign[..], &["key", "show", "locked.pem"]] {
        desk.call_knowing(&file, command).ends(0);
        desk.call_knowing(&itself, command).ends(0);
        fails(desk.call(command), "nobody can be asked");
        let wrong = [("FUNDTRAIL_PASSPHRASE", "wrong")];
        fails(desk.call_knowing(&wrong, command), "WRONG_PASSPHRASE");
        let empty = [("FUNDTRAIL_PASSPHRASE", "")];
        fails(desk.call_knowing(&empty, command), "empty");
        let gone = [("FUNDTRAIL_PASSPHRASE_FILE", "gone")];
        fails(desk.call_knowing(&gone, command), "gone");
    }
}

#[test]
fn locking_and_unlocking_keep_the_key() {
    let desk = Desk::new();
    desk.write("pass", PASSPHRASE);
    let made = desk.call(arguments("key new --out plain.pem")).ends(0);
    let encrypt = "key encrypt plain.pem --passphrase-file pass --out locked.pem";
    assert_eq!(desk.call(arguments(encrypt)).ends(0), made);
    let decrypt = "key decrypt locked.pem --passphrase-file pass --out again.pem";
    assert_eq!(desk.call(arguments(decrypt)).ends(0), made);
    assert_eq!(desk.read("again.pem"), desk.read("plain.pem"));
    // In place, and not by accident.
    let before = desk.read("plain.pem");
    let in_place = "key encrypt plain.pem --passphrase-file pass --out plain.pem";
    fails(desk.call(arguments(in_place)), "--force");
    assert_eq!(desk.read("plain.pem"), before);
    desk.call(arguments(&format!("{in_place} --force"))).ends(0);
    assert!(desk.read("plain.pem").starts_with(b"-----BEGIN ENCRYPTED"));
    // Each only once.
    fails(
        desk.call(arguments(&format!("{in_place} --force"))),
        "locked already",
    );
    fails(
        desk.call(arguments("key decrypt again.pem --out x.pem")),
        "not locked",
    );
    desk.write("wrong", "wrong");
    let wrong = "key decrypt locked.pem --passphrase-file wrong --out x.pem";
    fails(desk.call(arguments(wrong)), "WRONG_PASSPHRASE");
    assert!(!desk.path("x.pem").exists());
}

#[test]
fn openssl_opens_what_is_locked_here_and_the_other_way_round() {
    let desk = locked();
    let known = [("FUNDTRAIL_PASSPHRASE_FILE", "pass")];
    let shown = desk
        .call_knowing(&known, arguments("key show locked.pem"))
        .ends(0);
    let public = "pkey -in locked.pem -passin file:pass -pubout -outform DER";
    let Some(der) = desk.openssl(&arguments(public).collect::<Vec<_>>()) else {
        eprintln!("skipped: there is no openssl on this machine");
        return;
    };
    assert!(shown.contains(&STANDARD.encode(der)), "{shown}");
    desk.write("same", PASSPHRASE);
    let parameters = desk.openssl(&["asn1parse", "-in", "locked.pem"]).unwrap();
    let parameters = String::from_utf8(parameters).unwrap();
    // 600,000 is 0927C0.
    for name in [
        "PBES2",
        "PBKDF2",
        "hmacWithSHA256",
        "aes-256-cbc",
        ":0927C0",
    ] {
        assert!(parameters.contains(name), "{name}: {parameters}");
    }
    for lock in [
        "pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256",
        "pkey -aes256",
    ] {
        let words =
            format!("{lock} -in locked.pem -passin file:pass -passout file:same -out o.pem");
        desk.openssl(&arguments(&words).collect::<Vec<_>>())
            .unwrap();
        assert_eq!(
            desk.call_knowing(&known, arguments("key show o.pem"))
                .ends(0),
            shown
        );
    }
    let words =
        "pkcs8 -topk8 -scrypt -in locked.pem -passin file:pass -passout file:same -out o.pem";
    desk.openssl(&arguments(words).collect::<Vec<_>>()).unwrap();
    let scrypt = desk.call_knowing(&known, arguments("key show o.pem"));
    fails(scrypt, "UNSUPPORTED_ENCRYPTION");
}
